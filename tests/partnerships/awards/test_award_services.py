"""The day on which an award ended, the fiscal year of its funds, and the steps of its close-out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cpc.findings import Severity
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.ledger_days import award_in_bounds, award_past_term, closeout_due_on
from partnerships.models import Award, AwardState, CloseoutKind, LedgerKind
from partnerships.schedules import ReportFrequency, ReportKind
from tests.worlds.partnerships.build import START, Active

DAY = timedelta(days=1)


@pytest.fixture
def award(active: Active) -> Award:
    return active.stage.award(active.partnership, "100.00")


def move(active: Active, award: Award, state: AwardState, on: date) -> Award:
    return awards_services.change_award_state(
        award=award, state=state, actor=active.stage.analyst, on=on, reason=" As agreed "
    )


def test_award_can_end_today_but_not_tomorrow_and_keeps_its_end_when_closed(active: Active, award: Award) -> None:
    analyst, today = active.stage.analyst, timezone.now().date()
    with pytest.raises(ValidationError) as error:
        move(active, award, AwardState.ENDED, today + DAY)
    assert error.value.message_dict == {
        "on": ["You can record an award as ended on its last day or later, not before."]
    }
    award = move(active, award, AwardState.ENDED, today)
    assert award.ended_on == today
    award = move(active, award, AwardState.ACTIVE, today)
    assert award.ended_on is None
    award = move(active, award, AwardState.ENDED, START + 100 * DAY)
    due = {step.kind: step.due_on for step in reports_services.plan_closeout(award=award, actor=analyst)}
    by_recipient = {CloseoutKind.FINAL_PERFORMANCE, CloseoutKind.FINAL_FINANCIAL}
    assert due == {kind: date(2021, 8, 9) if kind in by_recipient else date(2022, 4, 11) for kind in CloseoutKind}
    assert reports_services.plan_closeout(award=award, actor=analyst) == []
    for step in award.closeout_steps.all():
        for done_on, why_not in ((None, ""), (today, "No property")):
            with pytest.raises(ValidationError, match="Enter when it was done, or explain why"):
                reports_services.record_closeout_step(
                    step=step, actor=analyst, done_on=done_on, not_applicable_because=why_not
                )
        reports_services.record_closeout_step(step=step, actor=analyst, done_on=today)
    closed = move(active, award, AwardState.CLOSED, today)
    assert (closed.state, closed.ended_on) == ("closed", START + 100 * DAY)
    assert closed.steps.latest("pk").reason == "As agreed"


@pytest.mark.parametrize(
    ("on", "given", "year"),
    [(date(2021, 9, 30), None, 2021), (date(2021, 10, 1), None, 2022), (date(2021, 9, 30), 2019, 2019)],
)
def test_fiscal_year_of_funds_defaults_to_that_of_the_day(
    active: Active, award: Award, on: date, given: int | None, year: int
) -> None:
    made = awards_services.record_ledger_entry(
        award=award, kind=LedgerKind.AWARD, amount=Decimal(1), on=on, actor=active.stage.analyst, fiscal_year=given
    )
    assert made.fiscal_year == year


def test_only_missing_reports_are_scheduled_up_to_the_last_day(active: Active, award: Award) -> None:
    def scheduled(frequency: ReportFrequency, kind: ReportKind = ReportKind.FINANCIAL) -> list[tuple[date, date]]:
        made = reports_services.schedule_reports(
            award=award, kind=kind, frequency=frequency, actor=active.stage.analyst
        )
        return [(row.period_end, row.due_on) for row in made]

    move(active, award, AwardState.ENDED, date(2022, 6, 30))
    expected = [(date(2021, 9, 30), date(2021, 12, 29)), (date(2022, 6, 30), date(2022, 9, 28))]
    assert scheduled(ReportFrequency.ANNUAL) == expected
    assert scheduled(ReportFrequency.ANNUAL) == []
    assert scheduled(ReportFrequency.ANNUAL, ReportKind.PERFORMANCE) == expected
    assert scheduled(ReportFrequency.FINAL) == [(date(2022, 6, 30), date(2022, 10, 28))]
    award.refresh_from_db()
    move(active, award, AwardState.ACTIVE, date(2022, 7, 1))
    assert [day for day, _ in scheduled(ReportFrequency.ANNUAL)] == [
        date(2022, 9, 30), date(2023, 9, 30), date(2024, 9, 30), date(2025, 9, 30), date(2026, 1, 1),
    ]  # fmt: skip


def test_an_award_without_days_has_no_schedule_and_no_close_out(active: Active, award: Award) -> None:
    awards_services.edit_award(award=award, actor=active.stage.analyst, values={"starts_on": None, "ends_on": None})
    with pytest.raises(ValidationError, match="Set the first and last day of the award"):
        reports_services.schedule_reports(
            award=award, kind=ReportKind.FINANCIAL, frequency=ReportFrequency.ANNUAL, actor=active.stage.analyst
        )
    with pytest.raises(ValidationError, match="Set the last day of the award"):
        reports_services.plan_closeout(award=award, actor=active.stage.analyst)


# ---- bounds without a database -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        (None, None, None),
        (date(2021, 1, 1), date(2031, 1, 1), None),
        (date(2021, 1, 1), date(2031, 1, 2), "ends_on"),
        (date(2031, 1, 2), None, "starts_on"),
        (date(2031, 1, 2), date(2031, 1, 3), "ends_on"),
    ],
)
def test_an_award_ends_within_ten_years(starts_on: date | None, ends_on: date | None, field: str | None) -> None:
    found = award_in_bounds(starts_on, ends_on, date(2021, 1, 1))
    would_be: dict[str | None, date | None] = {"starts_on": starts_on, "ends_on": ends_on}
    assert [(row.code, row.severity, row.field, row.limit, row.would_be) for row in found] == (
        [("award_hard_end", Severity.ERROR, field, "2031-01-01", str(would_be[field]))] if field else []
    )
    assert {row.citation for row in found} <= {""}
    assert all(f"The latest date is 2031-01-01; {would_be[field]} is later." in row.message for row in found)


@pytest.mark.parametrize(
    ("ends_on", "term_ends_on", "number"),
    [
        (date(2026, 6, 30), date(2025, 12, 31), 0),
        (date(2026, 7, 1), date(2025, 12, 31), 1),
        (None, date(2025, 12, 31), 0),
        (date(2026, 7, 1), None, 0),
    ],
)
def test_an_award_outlasts_the_term_by_the_months_of_the_policy(
    ends_on: date | None, term_ends_on: date | None, number: int
) -> None:
    found = award_past_term(ends_on, term_ends_on, 6, "A memo")
    assert [(row.code, row.severity, row.field, row.limit, row.would_be, row.citation) for row in found] == [
        ("award_past_term", Severity.WARNING, "ends_on", "2026-06-30", "2026-07-01", "A memo")
    ] * number
    assert all("which ends on 2025-12-31, by 6 months, until 2026-06-30." in row.message for row in found)


def test_the_recipient_has_120_days_and_the_office_a_year() -> None:
    assert closeout_due_on(date(2024, 2, 29), by_recipient=True) == date(2024, 6, 28)
    assert closeout_due_on(date(2024, 2, 29), by_recipient=False) == date(2025, 2, 28)
