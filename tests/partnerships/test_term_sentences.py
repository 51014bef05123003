"""Sentences on a term, its limit, and its exceptions agree on every page, in exports, and in REST."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.fiscal_years import fiscal_year
from cpc.web import formats
from partnerships.agreements.presenters import partnership_row
from partnerships.agreements.queries import in_partnership
from partnerships.amendments.services import drafting, steps
from partnerships.deadlines.queries import overdue, upcoming
from partnerships.limit_exceptions import services as exceptions_services
from partnerships.limit_position import limit_positions
from partnerships.limits import add_months
from partnerships.models import Determination, LimitException, Partnership
from partnerships.monitoring.figures import against
from partnerships.monitoring.presenters import comparison_badge
from partnerships.monitoring.services.results import schedule_periods
from partnerships.portfolio.queries import filter_partnerships, partnerships
from partnerships.progress import Direction, compare
from partnerships.schedules import ReportFrequency
from partnerships.status import services as status_services
from selection.models import Candidate
from tests.partnerships.error_codes import error_codes
from tests.partnerships.forged import plan_dialogue
from tests.partnerships.sending import client_of, page_text
from tests.worlds.partnerships import life
from tests.worlds.partnerships.build import Stage

DAY = timedelta(days=1)
TODAY = timezone.now().date()
START = add_months(TODAY, -25)
END = add_months(START, 48)


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


def text_of(client: Client, partnership: Partnership, page: str = "") -> str:
    """Return the text of a partnership's page."""
    response = client.get(f"/partnerships/{partnership.pk}/{page}")
    assert response.status_code == 200
    return page_text(response)


def exported(client: Client) -> dict[str, str]:
    """Return the first row of the export of all partnerships."""
    content = b"".join(client.get("/partnerships/", {"format": "csv", "columns": "file"})).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    at = next(number for number, row in enumerate(rows) if "Country" in row)
    return dict(zip(rows[at], rows[at + 1], strict=True))


def terminated(stage: Stage, partnership: Partnership, day: date) -> Partnership:
    """Terminate a partnership by determination."""
    status_services.determine(
        determination=Determination(
            partnership=partnership,
            kind="termination",
            grounds=["eligibility"],
            text="Determined",
            signatory="The Secretary",
            determined_on=day,
        ),
        actor=stage.approver,
    )
    return Partnership.objects.get(pk=partnership.pk)


def exception(stage: Stage, partnership: Partnership, **new: Any) -> LimitException:
    """Request an exception."""
    return exceptions_services.request_exception(
        partnership=partnership, reason="Courts open later", expires_on=TODAY + 60 * DAY, actor=stage.analyst, **new
    )


def grant(stage: Stage, asked: LimitException, partnership: Partnership) -> None:
    """Grant an exception with its authority and document."""
    exceptions_services.grant_exception(
        exception=asked, authority="Action memo 7", document=stage.document(partnership), actor=stage.approver
    )


# ---- an early end --------------------------------------------------------------------------------------------------


def test_a_term_that_ended_early_is_over_on_every_page(stage: Stage, analyst: Client) -> None:
    running = stage.active("KEN", starts_on=START, ends_on=END)
    ended = add_months(START, 20)
    over = terminated(stage, running, ended)
    ago, agreed = formats.relative_day(ended, TODAY), formats.day(END)
    text = text_of(analyst, over)
    assert f"Term: 20 of 60 months used. It ended {ago}, before its agreed last day, {agreed}." in text
    assert "was the latest lawful day." in text
    assert f"Terminated on {formats.day(ended)}" in text
    assert "Terminated, recorded by" in text_of(analyst, over, "as-of/")
    assert "End of the term" not in text
    for page in ("", "exceptions/", "as-of/"):
        for wrong in ("It ends in", "Term ends", "an extension needs"):
            assert wrong not in text_of(analyst, over, page), (page, wrong)
    days = f"{formats.day(START)} to {formats.day(ended)}, agreed to {agreed}"
    assert partnership_row(over, Candidate(country=over.country), TODAY).term == days
    listed = page_text(analyst.get("/partnerships/"))
    assert "20 of 48 months" in listed
    assert f"agreed to {agreed}" in listed
    row = exported(analyst)
    assert (row["Ends"], row["Actual end"]) == (END.isoformat(), ended.isoformat())
    assert overdue(TODAY, partnership=over) == upcoming(TODAY, partnership=over) == []
    assert "KEN" not in in_partnership(TODAY)


def test_a_draft_and_a_canceled_partnership_have_no_running_term(stage: Stage, analyst: Client) -> None:
    draft = stage.draft("KEN", starts_on=START, ends_on=END)
    planned = formats.relative_day(END, TODAY)
    text = text_of(analyst, draft)
    assert f"Term: 0 of 60 months used. It is planned to end {planned}." in text
    assert "Planned last day of the term" in text_of(analyst, draft, "as-of/")
    assert "Term ends" not in text
    assert f"it is planned to end {formats.day(END)}" in in_partnership(TODAY)["KEN"]
    stage.step(draft, "cancel", TODAY, reason="No agreement")
    text = text_of(analyst, draft)
    assert "It was canceled before signature." in text
    assert "months used" not in text
    assert "lanned last day of the term" not in text_of(analyst, draft, "as-of/")


@pytest.mark.parametrize(("ends_in", "late"), [(-1, True), (0, False), (1, False)])
def test_a_term_is_overdue_from_the_day_after_its_last(stage: Stage, ends_in: int, *, late: bool) -> None:
    running = stage.active("KEN", starts_on=START, ends_on=TODAY + ends_in * DAY)
    plan_dialogue(running)
    found = [row.text for row in overdue(TODAY, partnership=running)]
    assert found == (["Term ended; completion not recorded"] if late else [])
    assert [row.text for row in upcoming(TODAY, partnership=running)] == ([] if late else ["Term ends"])


# ---- exceptions ----------------------------------------------------------------------------------------------------


def test_the_badge_follows_an_exception_from_request_to_use(stage: Stage, analyst: Client) -> None:
    running = stage.active("KEN", starts_on=START, ends_on=END)

    def shown() -> str:
        return page_text(analyst.get("/partnerships/")) + text_of(analyst, running)

    def past() -> list[Partnership]:
        return list(filter_partnerships(partnerships(TODAY), TODAY, attention="exception"))

    assert shown().count("Within both limits;") == 0
    asked = exception(stage, running, term_months=72)
    assert shown().count("Within both limits; exception requested") >= 2
    grant(stage, asked, running)
    assert shown().count("Within both limits; exception granted, not used") >= 2
    assert "exception requested" not in shown()
    assert "Granted, not used; usable until" in text_of(analyst, running, "exceptions/")
    assert past() == []
    longer = life.amendment(stage, running, "To 61 months", add_months(START, 61))
    life.in_effect(stage, longer, TODAY)
    assert shown().count("Term 1 month over; exception granted") >= 2
    assert "Granted and used; usable until" in text_of(analyst, running, "exceptions/")
    assert past() == [running]


def test_a_refused_exception_leaves_no_badge(stage: Stage, analyst: Client) -> None:
    running = stage.active("KEN", starts_on=START, ends_on=END)
    asked = exception(stage, running, funding=Decimal("6000000.00"))
    exceptions_services.refuse_exception(exception=asked, reason="Not needed", actor=stage.approver)
    text = text_of(analyst, running)
    assert "Within both limits;" not in text
    assert "Refused" in text


# ---- months --------------------------------------------------------------------------------------------------------


def test_term_over_the_limit_shows_from_when_it_counts(stage: Stage, analyst: Client) -> None:
    start, signed = date(2024, 1, 1), date(2023, 12, 1)
    draft = stage.draft("KEN", starts_on=start, ends_on=date(2029, 1, 1))
    stage.program(draft, "1000.00")
    grant(stage, exception(stage, draft, term_months=72), draft)
    stage.sign(draft, signed)
    expected = "Term: 60 months, 61 counted from entry into force; 1 past the limit of 60, under an exception."
    assert expected in text_of(analyst, draft)
    assert "Term 1 month over; exception granted" in page_text(analyst.get("/partnerships/"))
    assert exported(analyst)["Months over the policy"] == "1"


def test_no_month_is_used_before_signature(stage: Stage, analyst: Client) -> None:
    draft = stage.draft("KEN", starts_on=START, ends_on=add_months(START, 60))
    stage.program(draft, "1000.00")
    stage.restrictions(draft)
    stage.complete(draft)
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(draft, name, START - 90 * DAY)
    early = START - DAY
    assert error_codes(lambda: stage.step(draft, "sign", early)) == ["term_limit_if_signed"]
    page = analyst.get(f"/partnerships/{draft.pk}/")
    assert "0 of 60 months used" in page_text(page)
    with pytest.raises(Exception, match=f"sign on {START.isoformat()} or later"):
        stage.step(draft, "sign", early)
    signed = stage.step(draft, "sign", TODAY)
    assert "25 of 60 months used" in text_of(analyst, signed)


def test_months_as_signed_do_not_depend_on_the_order_of_amendments(stage: Stage, analyst: Client) -> None:
    running = stage.active("KEN", starts_on=START, ends_on=END)
    first = life.amendment(stage, running, "To 59 months", add_months(START, 59))
    second = life.amendment(stage, running, "To 54 months", add_months(START, 54))
    for number, amendment in ((2, second), (1, first)):
        if number == 1:
            change = amendment.changes.get()
            drafting.drop_change(change=change, actor=stage.analyst)
            running.refresh_from_db()
            drafting.propose_change(
                amendment=amendment, row=running, field="ends_on", value=add_months(START, 59), actor=stage.analyst
            )
        steps.submit_amendment(amendment=amendment, actor=stage.analyst, on=TODAY)
        steps.decide_amendment(amendment=amendment, approve=True, actor=stage.approver)
        steps.apply_amendment(amendment=amendment, actor=stage.analyst, on=TODAY)
    running.refresh_from_db()
    (position,) = limit_positions([running])
    term = position.term(TODAY)
    assert (term.signed_months, term.added_months) == (48, 11)
    assert "48 + 11 months" in page_text(analyst.get("/partnerships/"))
    assert exported(analyst)["Planned end"] == END.isoformat()


# ---- elements ------------------------------------------------------------------------------------------------------


def test_the_note_on_the_seven_elements_agrees_with_their_number(stage: Stage, analyst: Client) -> None:
    draft = stage.draft("KEN", starts_on=START, ends_on=END)
    text = text_of(analyst, draft)
    assert "1 of 7" in text
    assert "All seven must be complete before signature. Six have a gap." in text
    assert "All seven are complete" not in text
    stage.program(draft, "1000.00")
    stage.complete(draft)
    text = text_of(analyst, draft)
    assert "7 of 7" in text
    assert "All seven are complete." in text
    draft.data_plans.all().delete()
    assert "All seven must be complete before signature. One has a gap." in text_of(analyst, draft)


# ---- results where less is better ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "target", "text"),
    [
        ("48", "50", "Met, 4% below the target"),
        ("50", "50", "Met"),
        ("51", "50", "Behind: 2% above the target"),
        ("55", "50", "Behind: 10% above the target"),
        ("56", "50", "Behind: 12% above the target"),
    ],
)
def test_lower_is_better_names_the_side_of_the_target(actual: str, target: str, text: str) -> None:
    assert comparison_badge(compare(Decimal(actual), Decimal(target), Direction.DECREASE)).text == text


@pytest.mark.parametrize(
    ("value", "target", "direction", "text"),
    [
        ("48", "30", Direction.DECREASE, "48 (target 30 or less)"),
        ("48", "30", Direction.INCREASE, "48 of 30"),
        ("", "30", Direction.DECREASE, "No data (target 30 or less)"),
        ("", "30", Direction.INCREASE, "No data (target 30)"),
        ("48", "", Direction.INCREASE, "48 (no target)"),
        ("", "", Direction.DECREASE, "No data (no target)"),
    ],
)
def test_a_figure_with_its_target(value: str, target: str, direction: Direction, text: str) -> None:
    figure, goal = (Decimal(one) if one else None for one in (value, target))
    assert against(figure, goal, "people", direction) == text


def test_a_page_of_results_names_the_target_that_the_badge_compares_with(stage: Stage, analyst: Client) -> None:
    running = stage.active("KEN", starts_on=START, ends_on=END)
    running.outcome_indicators.filter(code="CV-1").update(direction="decrease")
    life.approve_plan(stage, running, START)
    periods = schedule_periods(partnership=running, frequency=ReportFrequency.ANNUAL, actor=stage.analyst)
    life.report(stage, periods[0], "80", "50", TODAY)
    text = text_of(analyst, running, f"results/?year={fiscal_year(periods[0].ends_on)}")
    title = re.search(r"Child victims identified: 80 \(target (\d+) or less\)", text)
    assert title
    mark = re.search(rf"{title[1]} or less (Met,|Behind:) \S+ (above|below) the target", text)
    assert mark
    assert (mark[1], mark[2]) == (("Met,", "below") if int(title[1]) > 80 else ("Behind:", "above"))
    assert "80 of " not in text
