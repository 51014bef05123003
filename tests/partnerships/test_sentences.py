"""Sentences on pages and in documents that were once false: each situation is built, and the page is read."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.files.word_documents import text_of
from cpc.fiscal_years import fiscal_year
from cpc.lifecycle import step_findings
from cpc.web import formats
from partnerships.amendments.services import steps as step_services
from partnerships.dialogues.services import plan_dialogue
from partnerships.documents.instrument import render_instrument
from partnerships.limit_exceptions import services as limit_exceptions_services
from partnerships.limits import add_months
from partnerships.lookups.rule_inputs import plan_state, record_of
from partnerships.models import Activity, Contribution, Milestone, MonitoringPlan, OutcomeIndicator, Partnership, Risk
from partnerships.money import services as money_services
from partnerships.monitoring.preconditions import PLAN_CHECKS
from partnerships.monitoring.presenters import comparison_badge
from partnerships.monitoring.services.plans import NewTarget, set_targets, take_plan_step
from partnerships.monitoring.services.results import take_period_step
from partnerships.progress import Direction, compare, fiscal_years
from partnerships.sustainability.services import add_entry
from partnerships.terms import services as terms_services
from partnerships.valuation import contribution_sentence, contributions_sentence, stated_value, total_text
from tests.partnerships.sending import client_of, page_text
from tests.support.accounts import make_account
from tests.support.queues import queue_for, titles_for
from tests.worlds.partnerships import life
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -36)
END = add_months(START, 48)


def page_text_of(client: Client, partnership: Partnership, page: str = "") -> str:
    """Return the text of a partnership's page."""
    response = client.get(f"/partnerships/{partnership.pk}/{page}")
    assert response.status_code == 200
    return page_text(response)


# ---- activities ----------------------------------------------------------------------------------------------------


def activity(stage: Stage, draft: Partnership, start: date, end: date, **values: Any) -> Activity:
    row = Activity(
        partnership=draft,
        objective=draft.objectives.get(),
        title="Train judges",
        planned_start=start,
        planned_end=end,
        **values,
    )
    made: Activity = terms_services.add_term(term=row, actor=stage.analyst)
    return made


def test_an_activity_that_should_have_begun_is_late(stage: Stage) -> None:
    draft, analyst = stage.draft("PER", starts_on=START, ends_on=END), client_of(stage.analyst)
    began = add_months(TODAY, -20)
    made = activity(stage, draft, began, add_months(TODAY, 4))
    terms = page_text_of(analyst, draft, "terms/")
    assert "0 of 1 activities have begun; 1 late." in terms
    assert "none late" not in terms
    assert terms.count(f"Should have begun {(TODAY - began).days:,} days ago") >= 1
    mark = Milestone(activity=made, title="First course", planned_on=TODAY - timedelta(days=9))
    terms_services.add_term(term=mark, actor=stage.analyst)
    assert "0 of 1 activities have begun; 1 late; 1 milestone late." in page_text_of(analyst, draft, "terms/")


def test_an_activity_under_way_has_begun_and_one_ahead_is_not_late(stage: Stage) -> None:
    draft, analyst = stage.draft("PER", starts_on=START, ends_on=END), client_of(stage.analyst)
    activity(stage, draft, add_months(TODAY, -2), add_months(TODAY, 4), status="under_way")
    activity(stage, draft, TODAY, add_months(TODAY, 4))
    assert "1 of 2 activities has begun; none late." in page_text_of(analyst, draft, "terms/")


# ---- results -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "target", "kind", "expected"),
    [
        ("140", "150", "warn", "Behind by 7%"),
        ("149", "150", "warn", "Behind by 0.7%"),
        ("149.99", "150", "warn", "Behind by under 0.1%"),
        ("150", "150", "good", "Met"),
        ("151", "150", "good", "Met, 0.7% above the target"),
        ("130", "150", "warn", "Behind by 13%"),
    ],
)
def test_only_what_reaches_its_target_is_met(actual: str, target: str, kind: str, expected: str) -> None:
    mark = comparison_badge(compare(Decimal(actual), Decimal(target), Direction.INCREASE))
    assert (mark.kind, mark.text) == (kind, expected)


@pytest.mark.parametrize(
    ("actual", "direction", "expected"),
    [
        ("68", Direction.INCREASE, "Behind by 2 points"),
        ("69", Direction.INCREASE, "Behind by 1 point"),
        ("69.5", Direction.INCREASE, "Behind by 0.5 points"),
        ("69.95", Direction.INCREASE, "Behind by under 0.1 points"),
        ("70", Direction.INCREASE, "Met"),
        ("80", Direction.INCREASE, "Met, 10 points above the target"),
        ("72", Direction.DECREASE, "Behind: 2 points above the target"),
    ],
)
def test_a_percentage_is_off_its_target_by_points(actual: str, direction: Direction, expected: str) -> None:
    assert comparison_badge(compare(Decimal(actual), Decimal(70), direction), "percent").text == expected


def test_year_below_target_is_nowhere_met(stage: Stage) -> None:
    running, analyst = life.live(stage), client_of(stage.analyst)  # 110 of 120 children in its second year
    results = page_text_of(analyst, running, "results/years/")
    assert "110 of 120 Behind by 8%" in results
    second = running.reporting_periods.order_by("ends_on")[1]
    assert "Behind by 8%" in page_text_of(analyst, running, f"results/?year={fiscal_year(second.ends_on)}")
    exported = b"".join(analyst.get(f"/partnerships/{running.pk}/results/years/", {"format": "csv"})).decode()
    assert "Behind by 8%" in exported


# ---- targets -------------------------------------------------------------------------------------------------------


def test_yearly_targets_that_miss_the_target_of_the_term_are_remarked(stage: Stage) -> None:
    draft, analyst = stage.draft("PER", starts_on=START, ends_on=END), client_of(stage.analyst)
    stage.program(draft, "4000000.00")
    stage.complete(draft)
    row = OutcomeIndicator.objects.get(partnership=draft, code="CV-1")
    years = list(fiscal_years(START, END))
    yearly = [NewTarget(year, Decimal(110 if year == years[0] else 0)) for year in years]
    set_targets(
        indicator=row, targets=[*yearly, NewTarget(None, Decimal(72))], actor=stage.analyst, reason="Counted anew"
    )
    remark = "The yearly targets add up to 110; the target for the whole term is 72."
    for page in ("monitoring/", "results/", ""):
        assert remark in page_text_of(analyst, draft, page), page
    plan = MonitoringPlan.objects.get(partnership=draft)
    findings = step_findings(PLAN_CHECKS, "submit", plan_state(plan), TODAY)
    assert [(one.code, one.severity) for one in findings if "110" in one.message] == [("targets_differ", "warning")]
    set_targets(
        indicator=row, targets=[NewTarget(None, Decimal(110))], actor=stage.analyst, reason="The sum of the years"
    )
    assert "The yearly targets add up" not in page_text_of(analyst, draft, "monitoring/")


# ---- contributions -------------------------------------------------------------------------------------------------


def stated(usd: str = "", amount: str = "", currency: str = "", years: str = "") -> Any:
    """Return the fields of a contribution that give its value."""

    def number(text: str) -> Decimal | None:
        return Decimal(text) if text else None

    return SimpleNamespace(
        amount_usd=number(usd),
        original_amount=number(amount),
        original_currency=currency,
        staff_years=number(years),
    )


def test_each_contribution_is_summed_once_in_what_it_is_stated_in() -> None:
    rows = [
        stated("1000000"),
        stated("250000", "4500000", "MDL"),
        stated(amount="4000000", currency="MDL"),
        stated(amount="500", currency="EUR", years="3"),
        stated(years="2.50"),
        stated(),
    ]
    assert total_text(rows) == (
        "$1.2M, EUR 500, MDL 4,000,000, 2.5 years of work, and 1 contribution without a stated value"
    )
    assert contribution_sentence("Moldova", []) == "No contribution of Moldova is recorded."
    assert contributions_sentence("Moldova", rows[4:5], []) == (
        "Moldova gives 2.5 years of work; no contribution of the United States is recorded."
    )
    assert contributions_sentence("Moldova", [], rows[:1]) == (
        "No contribution of Moldova is recorded; the United States gives $1.0M."
    )
    assert [stated_value(row) for row in rows[1:4]] == [
        "$250,000.00; MDL 4,500,000.00",
        "MDL 4,000,000.00",
        "EUR 500.00; 3 years of work",
    ]
    assert stated_value(rows[5]) == "not valued"


def test_contribution_in_currency_staff_or_kind_counts_as_given(stage: Stage) -> None:
    running, analyst = stage.active("MDA", starts_on=START, ends_on=END), client_of(stage.analyst)
    first = Contribution.objects.filter(partnership=running).count()
    shared = {"partnership": running, "government": "partner", "stage": "reported", "fiscal_year": TODAY.year}
    for row in (
        Contribution(
            **shared, kind="cash", description="Shelters", source="Letter",
            original_amount=Decimal(4_000_000), original_currency="MDL",
        ),
        Contribution(**shared, kind="staff", description="Social workers", source="Letter", staff_years=Decimal(12)),
        Contribution(**shared, kind="in_kind", description="A shelter", source="Letter"),
    ):  # fmt: skip
        money_services.record_contribution(contribution=row, actor=stage.analyst)
    assert Contribution.objects.filter(partnership=running).count() == first + 3
    dialogue = plan_dialogue(partnership=running, planned_on=TODAY, actor=stage.analyst)
    pages = [page_text_of(analyst, running, page) for page in ("money/", f"dialogues/{dialogue.number}/pack/")]
    for page_content in pages:
        assert "Moldova gives " in page_content
        assert "MDL 4,000,000" in page_content
        assert "1 contribution without a stated value" in page_content
        assert "gives nothing" not in page_content
    for value in ("MDL 4,000,000.00", "12 years of work", "not valued"):
        assert value in pages[1], value
    overview = page_text_of(analyst, running)
    assert "MDL, cash" in overview
    assert "12 years of work" in overview
    assert "1 contribution Not known" in overview
    text = "\n".join(text_of(render_instrument(record_of(running)).document))
    for line in (
        "cash: Shelters (MDL 4,000,000.00)",
        "staff: Social workers (12 years of work)",
        "in kind: A shelter (not valued)",
    ):
        assert line in text


# ---- a term that is over -------------------------------------------------------------------------------------------


def test_a_status_that_outlived_its_term_is_flagged_wherever_it_is_shown(documented: None, stage: Stage) -> None:
    analyst = client_of(stage.analyst)
    mongolia = Partnership.objects.get(country__code="MNG")
    assert (mongolia.status, mongolia.ends_on) == ("active", date(2025, 4, 2))
    flag = "Term ended Apr 2, 2025; no later status recorded"
    for url in (f"/partnerships/{mongolia.pk}/", "/partnerships/", "/partnerships/?attention=risk&q=mongolia"):
        assert flag in page_text(analyst.get(url)), url
    table = analyst.get("/partnerships/?q=mongolia").content.decode().partition('id="list"')[2]
    assert flag in table
    running = stage.active("KEN", starts_on=START, ends_on=END)
    assert "no later status recorded" not in page_text_of(analyst, running)


# ---- what waits ----------------------------------------------------------------------------------------------------


def heading(client: Client) -> str:
    """Return the heading of the home page."""
    html = client.get("/").content.decode()
    return html[html.index("<h1") : html.index("</h1>")].rpartition(">")[2].strip()


def test_waiting_approvals_are_counted_except_for_the_requester(stage: Stage) -> None:
    running = stage.active("KEN", starts_on=START, ends_on=END)
    analyst, approver = client_of(stage.analyst), client_of(stage.approver)
    quiet = [title for title in titles_for(approver) if "Kenya" in title]
    assert quiet == []
    amendment = life.amendment(stage, running, "Six months more", add_months(START, 54))
    step_services.submit_amendment(amendment=amendment, actor=stage.analyst, on=TODAY)
    take_plan_step(plan=running.monitoring_plan, name="submit", actor=stage.analyst, on=TODAY)
    limit_exceptions_services.request_exception(
        partnership=running,
        term_months=72,
        reason="Courts open a year later",
        expires_on=TODAY + timedelta(days=90),
        actor=stage.analyst,
    )
    policy = limit_exceptions_services.propose_policy(
        effective_from=TODAY + timedelta(days=30),
        term_months=48,
        funding=Decimal(4_000_000),
        citation="A new authority",
        actor=stage.approver,
    )
    waits = [
        "Approve or return amendment 1 to Kenya",
        "Grant or refuse an exception for Kenya",
        "Approve or return the monitoring plan of Kenya",
    ]
    assert sorted(title for title in titles_for(approver) if title in waits) == sorted(waits)
    assert not any(title.startswith("Approve the limits") for title in titles_for(approver))
    assert heading(approver) == f"{formats.spell_out(len(titles_for(approver)))} items wait for your decision"
    assert not set(waits) & set(titles_for(analyst))
    second = client_of(make_account(Role.APPROVER, username="second"))
    assert any(title.startswith("Approve the limits") for title in titles_for(second))
    limit_exceptions_services.approve_policy(policy=policy, actor=User.objects.get(username="second"))
    assert not any(title.startswith("Approve the limits") for title in titles_for(second))
    step_services.return_amendment(amendment=amendment, note="Say which awards.", actor=stage.approver)
    assert "Revise amendment 1 to Kenya" in titles_for(analyst)
    assert waits[0] not in titles_for(approver)
    step_services.submit_amendment(amendment=amendment, actor=stage.analyst, on=TODAY)
    step_services.decide_amendment(amendment=amendment, approve=True, actor=stage.approver)
    assert "Put amendment 1 to Kenya into effect" in titles_for(analyst)


def test_reports_wait_for_approval_and_come_back(stage: Stage) -> None:
    running = life.live(stage)
    analyst, approver = client_of(stage.analyst), client_of(stage.approver)
    first = running.reporting_periods.order_by("ends_on").first()
    assert first is not None
    days = f"{formats.day(first.starts_on)} to {formats.day(first.ends_on)}"
    assert f"Approve or return the report of Kenya on {days}" not in titles_for(approver)
    take_period_step(period=first, name="reopen", actor=stage.approver, on=TODAY, reason="A sum is wrong")
    assert f"Revise the report of Kenya on {days}" in titles_for(analyst)
    take_period_step(period=first, name="submit", actor=stage.analyst, on=TODAY)
    assert f"Approve or return the report of Kenya on {days}" in titles_for(approver)
    assert f"Revise the report of Kenya on {days}" not in titles_for(analyst)


def test_a_partnership_ready_for_signature_waits_for_the_approver(stage: Stage) -> None:
    draft = stage.draft("KEN", starts_on=TODAY, ends_on=add_months(TODAY, 48))
    stage.program(draft, "4000000.00")
    stage.restrictions(draft)
    stage.complete(draft)
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(draft, name, TODAY)
    assert "Record the signature of Kenya" in titles_for(client_of(stage.approver))
    assert "Record the signature of Kenya" not in titles_for(client_of(stage.analyst))


def test_all_that_is_overdue_is_counted(stage: Stage) -> None:
    running, analyst = stage.active("KEN", starts_on=START, ends_on=END), client_of(stage.analyst)
    before = queue_for(analyst).total
    owner = running.participants.get(government="partner", is_lead=True)
    for number in range(9):
        row = Risk(
            partnership=running, text=f"Risk {number}", likelihood=3, impact=3, mitigation="Watch it", owner=owner,
            review_on=TODAY - timedelta(days=10),
        )  # fmt: skip
        add_entry(entry=row, actor=stage.analyst)
    assert queue_for(analyst, limit=2).total == queue_for(analyst).total == before + 9
    assert heading(analyst) == f"{formats.spell_out(before + 9)} items wait for you"
