"""Dates of awards: bounds that apply everywhere, a mark past the term, bounded schedules, and the actual end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from partnerships import ledger_days
from partnerships.agreements import services as agreements_services
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.limit_exceptions import services as limit_exceptions_services
from partnerships.limits import add_months
from partnerships.lookups.duties import reports_open
from partnerships.models import (
    Award,
    AwardState,
    AwardStep,
    AwardType,
    CloseoutStep,
    LimitPolicy,
    Partnership,
    RecipientType,
    ReportDue,
    ReportingPeriod,
)
from partnerships.monitoring.services.results import schedule_periods
from partnerships.schedules import MOST_ROWS, ReportFrequency, ReportKind, periods, schedule_in_bounds
from tests.api.test_partnerships import as_program
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, filled_fields, page_text, rejected_page, send
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import (
    END,
    START,
    Active,
    Stage,
)

TODAY = timezone.now().date()
LATEST = add_months(START, 120)
TOO_LATE = LATEST + timedelta(days=1)
NONE_SUCH = (date(2326, 1, 1), date(9999, 12, 31), date(1026, 1, 1))
"""Dates outside the bounds of every field."""
FORM = {
    "title": "Courts", "type": "grant", "recipient": "An organization", "recipient_type": "civil_society",
    "starts_on": START.isoformat(), "competed": "on",
}  # fmt: skip


@pytest.fixture
def running(active: Active) -> Partnership:
    return active.partnership


def unsaved(partnership: Partnership, **days: date | None) -> Award:
    return Award(
        partnership=partnership, title="Courts", type=AwardType.GRANT, recipient="An organization",
        recipient_type=RecipientType.CIVIL_SOCIETY, starts_on=START, **days,
    )  # fmt: skip


def ways(stage: Stage, award: Award, day: date) -> dict[str, Callable[[], object]]:
    """Return the ways in which code can write an award's last day without the services."""
    rows = Award.objects.filter(pk=award.pk)
    bulk = rows.get()
    bulk.ends_on = day
    other = unsaved(award.partnership, ends_on=day)
    return {
        "update": lambda: rows.update(ends_on=day),
        "bulk_update": lambda: Award.objects.bulk_update([bulk], ["ends_on"]),
        "bulk_create": lambda: Award.objects.bulk_create([other]),
        "SQL": lambda: raw("UPDATE partnerships_award SET ends_on = %s WHERE id = %s", day, award.pk),
    }


# ---- ten years after the first day ---------------------------------------------------------------------------------


def code_on_page(stage: Stage, partnership: Partnership, day: date) -> list[Any]:
    response = send(client_of(stage.analyst), f"/partnerships/{partnership.pk}/awards/new/", **FORM, ends_on=day)
    rejected_page(response)
    form = response.context["form"]
    assert not form.non_field_errors()
    return [error.code for error in form.errors["ends_on"].as_data()]


@pytest.mark.parametrize(
    ("day", "code"), [(TOO_LATE, "award_hard_end"), *((day, "implausible_day") for day in NONE_SUCH)]
)
def test_no_award_ends_past_its_bounds(stage: Stage, running: Partnership, day: date, code: str) -> None:
    award = stage.award(running)
    assert code_on_page(stage, running, day) == [code]
    new: dict[str, Any] = {"award": unsaved(running, ends_on=day), "actor": stage.analyst}
    edit: dict[str, Any] = {"award": award, "actor": stage.analyst, "values": {"ends_on": day}}
    assert error_codes(lambda: awards_services.create_award(**new)) == [code]
    assert error_codes(lambda: awards_services.edit_award(**edit)) == [code]
    for way, attempt in ways(stage, award, day).items():
        assert db_error_code(attempt) == code, way
    assert Award.objects.get().ends_on == END


def test_the_last_day_of_the_ten_years_is_lawful(stage: Stage, running: Partnership) -> None:
    made = awards_services.create_award(award=unsaved(running, ends_on=LATEST), actor=stage.analyst)
    assert made.ends_on == LATEST
    assert ledger_days.award_in_bounds(None, LATEST, START) == []
    [found] = ledger_days.award_in_bounds(TOO_LATE, TOO_LATE, START)
    assert (found.limit, found.would_be) == ("2031-01-01", "2031-01-02")


def test_the_first_day_of_a_draft_does_not_leave_its_awards_behind(stage: Stage) -> None:
    draft = stage.draft()
    awards_services.create_award(award=unsaved(draft, ends_on=LATEST), actor=stage.analyst)
    earlier = START - timedelta(days=1)
    edit: dict[str, Any] = {"partnership": draft, "actor": stage.analyst, "values": {"starts_on": earlier}}
    edit["values"]["ends_on"] = END - timedelta(days=1)
    assert error_codes(lambda: agreements_services.edit_partnership(**edit)) == ["award_hard_end"]
    both = "UPDATE partnerships_partnership SET starts_on = %s, ends_on = NULL"
    assert db_error_code(lambda: raw(both, earlier)) == "award_hard_end"


def test_an_award_of_old_that_is_too_long_can_still_be_ended(stage: Stage, running: Partnership) -> None:
    award = stage.award(running)
    with unguarded():
        Award.objects.filter(pk=award.pk).update(ends_on=TOO_LATE)
    ended = awards_services.change_award_state(
        award=award, state=AwardState.ENDED, actor=stage.analyst, on=END, reason="Work is done"
    )
    assert (ended.ends_on, ended.ended_on) == (TOO_LATE, END)


# ---- past the term, by more than the policy allows -----------------------------------------------------------------


def found_by_rest(stage: Stage, partnership: Partnership) -> list[dict[str, str]]:
    answer = as_program(stage.analyst).get(f"/api/v1/partnerships/{partnership.pk}/findings/").json()
    return [finding for finding in answer["findings"] if finding["code"] == "award_past_term"]


def test_an_award_that_outlasts_the_term_is_marked_and_saved(stage: Stage, running: Partnership) -> None:
    award = stage.award(running)
    allowed = add_months(END, 12)
    awards_services.edit_award(award=award, actor=stage.analyst, values={"ends_on": allowed})
    assert found_by_rest(stage, running) == []
    awards_services.edit_award(award=award, actor=stage.analyst, values={"ends_on": allowed + timedelta(days=1)})
    [found] = found_by_rest(stage, running)
    assert (found["severity"], found["limit"], found["would_be"]) == ("warning", "2027-01-01", "2027-01-02")
    assert found["citation"]
    page = client_of(stage.analyst).get(f"/partnerships/{running.pk}/awards/{award.pk}/")
    assert "It can outlast the term, which ends on Jan 1, 2026, by 12 months" in page_text(page)


def test_the_months_are_policy_with_a_date(stage: Stage, running: Partnership) -> None:
    first = LimitPolicy.objects.get()
    assert (first.award_months, running.limit_policy) == (12, first)
    response = send(
        client_of(stage.analyst),
        "/partnerships/limits/new/",
        effective_from=TODAY.isoformat(),
        term_months="60",
        funding="5000000",
        award_months="6",
        citation="A memo",
    )
    assert response.status_code == 302
    second = LimitPolicy.objects.exclude(pk=first.pk).get()
    assert second.award_months == 6
    limit_exceptions_services.approve_policy(policy=second, actor=stage.approver)
    award = stage.award(running)
    awards_services.edit_award(award=award, actor=stage.analyst, values={"ends_on": add_months(END, 12)})
    running.refresh_from_db()
    assert running.limit_policy == first, "a signed partnership keeps the policy of its signature"
    assert found_by_rest(stage, running) == []
    insert = (
        "INSERT INTO partnerships_limitpolicy (effective_from, term_months, funding, citation, award_months) "
        "VALUES ('2030-01-01', 60, 1, 'A memo', 121)"
    )
    assert db_error_code(lambda: raw(insert)) == "award_months"


# ---- schedules are bounded -----------------------------------------------------------------------------------------


def test_a_schedule_has_as_many_rows_as_fifteen_years_have_quarters(stage: Stage, running: Partnership) -> None:
    award = stage.award(running)
    Award.objects.filter(pk=award.pk).update(starts_on=date(1990, 1, 1))
    schedule: dict[str, Any] = {"award": award, "kind": ReportKind.FINANCIAL, "actor": stage.analyst}
    quarterly = schedule | {"frequency": ReportFrequency.QUARTERLY}
    assert error_codes(lambda: reports_services.schedule_reports(**quarterly)) == ["schedule_too_long"]
    url = f"/partnerships/{running.pk}/awards/{award.pk}/reports/schedule/"
    html = rejected_page(send(client_of(stage.analyst), url, kind="financial", frequency="quarterly"))
    assert f"would have 145 rows; the maximum is {MOST_ROWS}" in html
    assert not ReportDue.objects.exists()
    assert len(reports_services.schedule_reports(**schedule, frequency=ReportFrequency.ANNUAL)) == 37


def test_the_bound_of_a_schedule_counts_its_rows() -> None:
    quarterly = ReportFrequency.QUARTERLY
    fifteen_years = add_months(START, 180)
    last = fifteen_years - timedelta(days=1)
    assert schedule_in_bounds(START, last, quarterly) == []
    assert len(list(periods(START, last, quarterly))) == MOST_ROWS
    [found] = schedule_in_bounds(START, fifteen_years, quarterly)
    assert (found.limit, found.would_be) == ("60", "61")
    assert schedule_in_bounds(date.min, date.max, ReportFrequency.FINAL) == []


def test_the_periods_of_a_term_are_bounded(stage: Stage, running: Partnership) -> None:
    with unguarded():
        raw("UPDATE partnerships_partnership SET starts_on = '2000-01-01', term_limit_months = 400")
    schedule: dict[str, Any] = {"partnership": running, "actor": stage.analyst}
    quarterly = schedule | {"frequency": ReportFrequency.QUARTERLY}
    assert error_codes(lambda: schedule_periods(**quarterly)) == ["schedule_too_long"]
    assert not ReportingPeriod.objects.exists()


def test_no_program_adds_a_row_to_a_full_schedule(stage: Stage, running: Partnership) -> None:
    award, other = stage.award(running), stage.award(running)
    shape: dict[str, Any] = {"award": award, "kind": "performance", "frequency": "quarterly", "period_start": START}

    def rows(first: int, last: int, **changed: Any) -> list[ReportDue]:
        """Return rows of the schedule by number, each a day after the one before."""
        ends = [START + timedelta(days=number) for number in range(first, last + 1)]
        return [ReportDue(**shape | changed, period_end=day, due_on=day + timedelta(days=30)) for day in ends]

    insert = (
        "INSERT INTO partnerships_reportdue (award_id, kind, frequency, period_start, period_end, due_on) "
        "SELECT %s, 'performance', 'quarterly', %s::date, %s::date + n, %s::date + n + 30 FROM generate_series(1, %s) n"
    )
    at_once = MOST_ROWS + 1
    assert db_error_code(lambda: ReportDue.objects.bulk_create(rows(1, at_once))) == "schedule_too_long"
    assert db_error_code(lambda: raw(insert, award.pk, START, START, START, at_once)) == "schedule_too_long"
    assert not ReportDue.objects.exists()
    ReportDue.objects.bulk_create(rows(1, MOST_ROWS))
    (one_more,) = rows(at_once, at_once)
    assert db_error_code(one_more.save) == "schedule_too_long"
    (elsewhere,) = ReportDue.objects.bulk_create(rows(at_once, at_once, award=other))
    ReportDue.objects.bulk_create(rows(1, 1, frequency="annual"))
    moved = ReportDue.objects.filter(pk=elsewhere.pk)
    assert db_error_code(lambda: moved.update(award=award)) == "schedule_too_long"


def test_no_program_adds_a_period_to_a_full_term(running: Partnership) -> None:
    def period(number: int) -> ReportingPeriod:
        day = START + timedelta(days=number)
        return ReportingPeriod(partnership=running, starts_on=day, ends_on=day, due_on=day + timedelta(days=30))

    ReportingPeriod.objects.bulk_create([period(number) for number in range(MOST_ROWS)])
    one_more = period(MOST_ROWS)
    insert = (
        "INSERT INTO partnerships_reportingperiod (partnership_id, starts_on, ends_on, due_on, state) "
        "VALUES (%s, %s, %s, %s, 'no_data')"
    )
    values = (running.pk, one_more.starts_on, one_more.ends_on, one_more.due_on)
    assert db_error_code(one_more.save) == "schedule_too_long"
    assert db_error_code(lambda: ReportingPeriod.objects.bulk_create([period(MOST_ROWS)])) == "schedule_too_long"
    assert db_error_code(lambda: raw(insert, *values)) == "schedule_too_long"


# ---- the actual end ------------------------------------------------------------------------------------------------

ENDED = date(2023, 5, 10)


def days(award: Award) -> set[tuple[str, date]]:
    return set(CloseoutStep.objects.filter(award=award).values_list("kind", "due_on"))


def ended(stage: Stage, award: Award, state: AwardState = AwardState.TERMINATED, on: date = ENDED) -> Award:
    return awards_services.change_award_state(
        award=award, state=state, actor=stage.analyst, on=on, reason="The office ended it"
    )


def test_the_close_out_counts_from_the_actual_end(stage: Stage, running: Partnership) -> None:
    award = ended(stage, stage.award(running))
    reports_services.plan_closeout(award=award, actor=stage.analyst)
    by_recipient, by_office = ENDED + timedelta(days=120), date(2024, 5, 10)
    assert {due for _, due in days(award)} == {by_recipient, by_office}
    assert ("final_financial", by_recipient) in days(award)


@pytest.mark.parametrize("state", [AwardState.TERMINATED, AwardState.ENDED])
def test_a_close_out_that_is_planned_follows_the_actual_end(
    stage: Stage, running: Partnership, state: AwardState
) -> None:
    award = stage.award(running)
    reports_services.schedule_reports(
        award=award, kind=ReportKind.FINANCIAL, frequency=ReportFrequency.FINAL, actor=stage.analyst
    )
    done, *_ = reports_services.plan_closeout(award=award, actor=stage.analyst)
    reports_services.record_closeout_step(step=done, actor=stage.analyst, done_on=ENDED)
    planned = done.due_on
    ended(stage, award, state)
    assert {due for kind, due in days(award) if kind != done.kind} == {ENDED + timedelta(days=120), date(2024, 5, 10)}
    assert (done.kind, planned) in days(award), "what is done stays as it was"
    report = ReportDue.objects.get()
    assert (report.period_end, report.due_on) == (ENDED, ENDED + timedelta(days=120))
    page = client_of(stage.analyst).get(f"/partnerships/{running.pk}/awards/{award.pk}/")
    assert "ended May 10, 2023" in page_text(page)


@pytest.mark.parametrize("kinds", [("received",), ("received", "returned"), ("received", "accepted"), ("waived",)])
def test_a_final_report_with_an_event_stays_as_it_was(
    stage: Stage, running: Partnership, kinds: tuple[str, ...]
) -> None:
    award = stage.award(running)
    touched, open_one = (
        reports_services.schedule_reports(award=award, kind=kind, frequency=ReportFrequency.FINAL, actor=stage.analyst)
        for kind in ReportKind
    )
    for kind in kinds:
        reports_services.record_report_event(
            report=touched[0], kind=kind, on=ENDED, actor=stage.analyst, note="The annex is missing"
        )
    ended(stage, award)
    found = {report.pk: (report.period_end, report.due_on) for report in ReportDue.objects.all()}
    assert found == {
        touched[0].pk: (END, END + timedelta(days=120)),
        open_one[0].pk: (ENDED, ENDED + timedelta(days=120)),
    }


@pytest.mark.parametrize(
    ("begins", "follows"), [(ENDED - timedelta(days=1), True), (ENDED, True), (ENDED + timedelta(days=1), False)]
)
def test_final_report_on_a_period_after_the_end_is_unchanged(
    stage: Stage, running: Partnership, begins: date, follows: bool
) -> None:
    award = stage.award(running)
    days = {"period_start": begins, "period_end": END, "due_on": END + timedelta(days=120)}
    ReportDue.objects.create(award=award, kind=ReportKind.FINANCIAL, frequency=ReportFrequency.FINAL, **days)
    ended(stage, award)
    assert ReportDue.objects.get().period_end == (ENDED if follows else END)


def test_nothing_is_due_on_a_time_after_the_end(stage: Stage, running: Partnership) -> None:
    award = stage.award(running)
    reports_services.schedule_reports(
        award=award, kind=ReportKind.PERFORMANCE, frequency=ReportFrequency.QUARTERLY, actor=stage.analyst
    )
    assert reports_open().count() == 21
    ended(stage, award)
    assert max(reports_open().values_list("period_start", flat=True)) == date(2023, 4, 1)


def test_an_award_that_runs_again_has_not_ended(stage: Stage, running: Partnership) -> None:
    award = stage.award(running)
    reports_services.plan_closeout(award=award, actor=stage.analyst)
    before = days(award)
    ended(stage, award, AwardState.ENDED)
    assert days(award) != before
    again = awards_services.change_award_state(
        award=award, state=AwardState.ACTIVE, actor=stage.analyst, on=ENDED, reason="Too early"
    )
    assert again.ended_on is None
    assert days(award) == before
    ended(stage, award, AwardState.ENDED)
    AwardStep.objects.bulk_create(
        [AwardStep(award=award, name="continue", source="ended", target="active", reason="Again", on=ENDED)]
    )
    assert Award.objects.get().ended_on is None, "whoever records the step"


def test_the_actual_end_is_a_day_that_has_come(stage: Stage, running: Partnership) -> None:
    award = stage.award(running)
    url = f"/partnerships/{running.pk}/awards/{award.pk}/state/"
    client = client_of(stage.analyst)
    tomorrow = TODAY + timedelta(days=1)
    response = client.post(url, filled_fields(client, url, state="ended", on=tomorrow.isoformat(), reason="Done"))
    rejected_page(response)
    assert [error.code for error in response.context["form"].errors["on"].as_data()] == ["future_day"]
    rows = Award.objects.filter(pk=award.pk)
    assert db_error_code(lambda: rows.update(ended_on=ENDED)) == "award_state"
    ended(stage, award, AwardState.ENDED)
    assert db_error_code(lambda: rows.update(ended_on=START - timedelta(days=1))) == "dates_order"
