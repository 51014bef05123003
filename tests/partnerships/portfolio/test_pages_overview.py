"""Page of one partnership: limits, elements, results, exceptions, and history, from records or stated figures."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnerships.agreements import services as agreements_services
from partnerships.limit_exceptions import services as limit_exceptions_services
from partnerships.limits import add_months, months_used
from partnerships.models import (
    Activity,
    Contribution,
    LedgerKind,
    Objective,
    Partnership,
    ReportingPeriod,
    Status,
)
from partnerships.money import services as money_services
from partnerships.monitoring.queries import measures
from partnerships.monitoring.services.plans import take_plan_step
from partnerships.monitoring.services.results import record_result, schedule_periods
from partnerships.portfolio.overview import overview
from partnerships.portfolio.presenters.money import money_rows
from partnerships.portfolio.presenters.overview import ROAD, road
from partnerships.progress import Trend
from partnerships.schedules import ReportFrequency
from partnerships.terms import services as terms_services
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -36)


def page_of(stage: Stage, partnership: Partnership, page: str = "") -> str:
    """Return the text of a page of the partnership as the analyst sees it, without markup."""
    client = Client()
    client.force_login(stage.analyst)
    response = client.get(f"/partnerships/{partnership.pk}/{page}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def panel(text: str, first: str, after: str) -> str:
    """Return the text of a panel: from the last `first`, its title, to the next `after`, the title that follows."""
    return text.rpartition(first)[2].partition(after)[0]


@pytest.fixture
def real(documented: None, stage: Stage) -> dict[str, Partnership]:
    return {row.country.code: row for row in Partnership.objects.select_related("country")}


@pytest.fixture
def running(stage: Stage) -> Partnership:
    """Return a partnership in force with an award: two thirds obligated, one half disbursed."""
    partnership = stage.active("KEN", starts_on=START, ends_on=add_months(START, 60))
    award = stage.award(partnership, "3000000.00")
    stage.move(award, LedgerKind.OBLIGATION, "2000000.00", on=START)
    stage.move(award, LedgerKind.DISBURSEMENT, "1500000.00", on=START)
    partnership.refresh_from_db()
    return partnership


# ---- known from statements -----------------------------------------------------------------------------------------


def test_practice_past_both_limits_shows_wherever_the_figures_show(stage: Stage, real: dict[str, Partnership]) -> None:
    text = page_of(stage, real["PER"])
    assert "Term: 84 months, 24 past the limit of 60, known only from practice." in text
    both = "$11.0M, 2022; $9.8M, October 2024. The statements disagree; counted from the highest, $6.0M past the limit"
    assert f"Money: {both}, known only from practice." in text
    assert "Latest end known from practice" in text
    assert "Latest lawful end" not in text
    assert "Term up to 84 months instead of 60." in text
    assert "Funding up to $11,000,000.00 instead of $5,000,000.00." in text
    assert text.count("Not found: who requested it, who granted it, and the authority.") == 2
    for stated in ("$6.7M", "$7.1M", "$11.0M", "$10.0M", "$9.8M", "PEN 8,000,000"):
        assert stated in text


def test_documented_record_names_unknown_facts(stage: Stage, real: dict[str, Partnership]) -> None:
    text = page_of(stage, real["CIV"])
    assert "Money: $10.0M planned, $5.0M past the limit, known only from practice; later totals were not found." in text
    assert "No ledger." in text
    assert "0 of 7 on record" in text
    assert "Gap" not in text
    assert "Signed, last documented: as of Dec 7, 2022" in text
    assert "last documented: day not found" in page_of(stage, real["PER"])


def test_dialogues_with_a_known_day_are_shown_as_held(stage: Stage, real: dict[str, Partnership]) -> None:
    text = page_of(stage, real["COL"])
    assert "Sep 25, 2024 to Sep 26, 2024" in text
    assert text.count("Key indicators and minutes: not found.") == 2
    assert "No dialogue with a known day." in page_of(stage, real["JAM"])


# ---- run here ------------------------------------------------------------------------------------------------------


def test_amounts_come_from_the_ledger_to_the_cent(stage: Stage, running: Partnership) -> None:
    text = page_of(stage, running)
    assert "Money: $2.0M of $4.0M planned is obligated, within the limit." in text
    assert f"Term: {months_used(START, TODAY)} of 60 months used. It ends in" in text
    assert "an extension needs an exception granted first" in text
    for term, amount in (
        ("Room to plan", "$1,000,000.00"),
        ("Planned, not awarded", "$1,000,000.00"),
        ("Awarded, not obligated", "$1,000,000.00"),
        ("Not yet disbursed", "$500,000.00"),
    ):
        assert f"{term} {amount}" in text


def test_a_granted_exception_is_distinguished_from_a_request(stage: Stage, running: Partnership) -> None:
    asked = limit_exceptions_services.request_exception(
        partnership=running,
        actor=stage.analyst,
        reason="A second survey",
        expires_on=TODAY + timedelta(days=60),
        funding=Decimal("6000000.00"),
    )
    text = page_of(stage, running)
    assert "Exception: $6.0M Waiting With " in text
    assert "Requested, not granted" in page_of(stage, running, "exceptions/")
    assert "Exception $6M" not in text
    limit_exceptions_services.grant_exception(
        exception=asked, authority="Action memo 7", document=stage.document(running), actor=stage.approver
    )
    running.refresh_from_db()
    text = page_of(stage, running)
    assert "Exception: $6.0M Granted" in text
    assert "Action memo 7" in page_of(stage, running, "exceptions/")
    assert "Exception $6M" in text
    assert "Within both limits; exception granted, not used" in text


def test_gaps_of_a_draft_say_what_to_do(stage: Stage) -> None:
    text = page_of(stage, stage.draft("KEN"))
    assert "1 of 7" in text
    assert text.count("Gap") == 6
    assert "Add an outcome indicator that is collected regularly." in text


def test_undated_record_is_marked_and_drawn(stage: Stage) -> None:
    country = stage.draft("NGA").country
    bare = agreements_services.create_partnership(
        country=country, title="Bare", origin_reason="Asked for", actor=stage.analyst
    )
    text = page_of(stage, bare)
    assert "Not dated: set the first and the last day" in text
    assert "Money: nothing is planned yet." in text
    assert "No objective is on record" in text


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_step_in_the_progress_bar(status: Status) -> None:
    names, current = road(status)
    assert current == len(names) if status == Status.CLOSED else names[current] == status.label
    assert len(names) in (5, len(ROAD))


@pytest.mark.parametrize(
    ("canceled_from", "taken"),
    [
        ("selected", ["Selected"]),
        ("invited", ["Selected", "Invited"]),
        ("in_clearance", ["Selected", "Invited", "Negotiating", "In clearance"]),
    ],
)
def test_a_canceled_partnership_shows_only_the_steps_that_it_took(canceled_from: str, taken: list[str]) -> None:
    assert road(Status.CANCELED, canceled_from=canceled_from) == (
        [*taken, "Canceled before signature"],
        len(taken),
    )


def test_contributions_are_by_government_and_unit_and_never_added(stage: Stage, running: Partnership) -> None:
    common = {"partnership": running, "stage": "reported", "fiscal_year": 2026, "source": "Report"}
    for government, kind, amount in (
        ("partner", "cash", "250000.00"),
        ("partner", "staff", None),
        ("us", "cash", "7.00"),
    ):
        row = Contribution(
            government=government,
            kind=kind,
            description=f"{kind} of {government}",
            amount_usd=Decimal(amount) if amount else None,
            account="esf" if government == "us" else "",
            authority="A provision" if government == "us" else "",
            **common,
        )
        money_services.record_contribution(contribution=row, actor=stage.analyst)
    text = page_of(stage, running)
    assert "Currencies are never added. A dollar value needs a rate and its source." in text
    rows = [(row.who, row.unit, row.given, row.in_dollars) for row in money_rows(overview(running, TODAY))]
    assert rows == [
        ("United States", "U.S. dollars, 1 award", "$1,500,000.00", "$2,000,000.00"),
        ("United States", "U.S. dollars, cash and staff; not counted toward the limit", "$7.00", "$400,000.00"),
        ("Kenya", "U.S. dollars, cash", "$250,000.00", "$400,000.00"),
        ("Kenya", "without a stated value, staff", "1 contribution", "Not known"),
    ]


def test_the_timeline_holds_every_step_and_the_end_to_come(stage: Stage, running: Partnership) -> None:
    text = panel(page_of(stage, running, "as-of/"), "Timeline", "Record at the end of")
    for word in ("Term ends", "Started, recorded by", "Signed, recorded by", "Invited, recorded by"):
        assert word in text


def test_what_is_not_there_answers_404_and_unknown_parameters_are_named(stage: Stage, running: Partnership) -> None:
    client = Client()
    client.force_login(stage.analyst)
    assert client.get("/partnerships/999999/").status_code == 404
    response = client.get(f"/partnerships/{running.pk}/?tab=money")
    assert (response.status_code, "tab" in response.content.decode()) == (400, True)


# ---- results -------------------------------------------------------------------------------------------------------


def test_results_are_held_against_the_targets_so_far(stage: Stage, running: Partnership) -> None:
    take_plan_step(plan=running.monitoring_plan, name="submit", actor=stage.analyst, on=TODAY)
    take_plan_step(plan=running.monitoring_plan, name="approve", actor=stage.approver, on=TODAY)
    schedule_periods(partnership=running, frequency=ReportFrequency.ANNUAL, actor=stage.analyst)
    first, second = ReportingPeriod.objects.filter(partnership=running).order_by("ends_on")[:2]
    before = next(row for row in measures(running, TODAY) if row.indicator.code == "CV-1")
    assert before.figure.value is None
    assert "No data" in page_of(stage, running)
    for period, value in ((first, "1"), (second, "3")):
        record_result(
            period=period, indicator=before.indicator, value=Decimal(value), narrative="Late start",
            not_disaggregated="Not collected", actor=stage.analyst, on=TODAY,
        )  # fmt: skip
    after = next(row for row in measures(running, TODAY) if row.indicator.code == "CV-1")
    assert (after.figure.value, after.figure.known, after.trend) == (Decimal(4), 2, Trend.BETTER)
    text = page_of(stage, running)
    assert after.figure.value is not None
    assert after.whole is not None
    assert f"{after.figure.value.normalize():f} of {after.whole.normalize():f}" in text


def test_more_rows_take_no_more_queries(stage: Stage) -> None:
    draft = stage.draft("NGA", starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1))
    stage.complete(draft)
    page_of(stage, draft)
    with CaptureQueriesContext(connection) as few:
        page_of(stage, draft)
    for number in range(2, 8):
        objective = Objective(
            partnership=draft, number=number, title=f"Objective {number}", paradigm="protection",
            system="protection", outcome="More children safe",
        )  # fmt: skip
        terms_services.add_term(term=objective, actor=stage.analyst)
        terms_services.add_term(
            term=Activity(
                partnership=draft, objective=objective, title="Train", planned_start=TODAY, planned_end=TODAY
            ),
            actor=stage.analyst,
        )
    with CaptureQueriesContext(connection) as many:
        text = page_of(stage, draft)
    assert text.count("No indicator measures this objective.") == 6
    assert len(many) <= len(few)
