"""Monitoring plan, reporting periods, and results: requirements, separation of duties, and fixed history."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, connection, transaction

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.fiscal_years import fiscal_year
from partnerships.agreements.services import edit_partnership
from partnerships.disclosure import Hidden
from partnerships.lookups.rule_inputs import period_state
from partnerships.models import (
    Breakdown,
    History,
    MonitoringPlan,
    OutcomeIndicator,
    PeriodStep,
    ReportingPeriod,
    Result,
    Target,
)
from partnerships.monitoring.preconditions import baselines_behind_values
from partnerships.monitoring.publication import published_results
from partnerships.monitoring.services.plans import (
    NewTarget,
    adopt_indicator,
    collect_baseline,
    edit_indicator,
    set_targets,
    take_plan_step,
)
from partnerships.monitoring.services.results import (
    Part,
    record_result,
    schedule_periods,
    take_period_step,
)
from partnerships.schedules import ReportFrequency
from partnerships.standard_indicators import CHECK, LIBRARY, NOT_OFFICIAL, STANDARD, SUGGESTED
from partnerships.states import PERIOD, PLAN
from tests.partnerships.error_codes import db_error_code
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights
from tests.worlds.partnerships.build import END, Stage
from tests.worlds.partnerships.complete import TERM, Complete, make_complete

pytestmark = pytest.mark.django_db
LATER = date(2026, 1, 15)
DAY = timedelta(days=1)


def codes(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    refused = error.value
    lists = refused.error_dict.values() if hasattr(refused, "error_dict") else [refused.error_list]
    return {str(one.code) for errors in lists for one in errors}


def run(sql: str, *params: str | int | None) -> None:
    """Execute a statement with the checks that the database makes at the end of the transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused_by_database(sql: str, *params: str | int | None) -> str:
    """Return the code of the database error that a statement raises."""
    return db_error_code(lambda: run(sql, *params))


def children(count: int, *, girls: int | None = None) -> list[Part]:
    of_girls = count // 2 if girls is None else girls
    return [
        Part(Breakdown.SEX_AGE, Decimal(of_girls), sex="female", age="12-17"),
        Part(Breakdown.SEX_AGE, Decimal(count - of_girls), sex="male", age="6-11"),
    ]


def half_years(made: Complete) -> list[ReportingPeriod]:
    return schedule_periods(partnership=made.partnership, frequency=ReportFrequency.SEMIANNUAL, actor=made.analyst)


def report(made: Complete, period: ReportingPeriod, count: int, share: int | None = None, narrative: str = "") -> None:
    record_result(
        period=period,
        indicator=made.children,
        value=Decimal(count),
        parts=children(count),
        narrative=narrative,
        actor=made.analyst,
        on=LATER,
    )
    if share is not None:
        record_result(
            period=period, indicator=made.share, value=Decimal(share), narrative=narrative, actor=made.analyst, on=LATER
        )


def submit_and_approve(made: Complete, period: ReportingPeriod) -> None:
    period = take_period_step(period=period, name="submit", actor=made.analyst, on=LATER)
    take_period_step(period=period, name="approve", actor=made.approver, on=LATER)


# --- the plan


def test_plan_submission_needs_yearly_targets_and_an_outcome_indicator() -> None:
    made = make_complete(approved_plan=False)
    plan = MonitoringPlan.objects.get()
    extra = adopt_indicator(
        code="S-3",
        actor=made.analyst,
        sheet_read=False,
        partnership=made.partnership,
        objective=made.objective,
        definition="Opened in the period",
        data_source="Prosecutor's office",
        method="Extract of totals",
        frequency="annual",
        responsible=made.ministry,
    )
    set_targets(indicator=extra, targets=[NewTarget(2024, Decimal(5))], actor=made.analyst)
    with pytest.raises(ValidationError) as error:
        take_plan_step(plan=plan, name="submit", actor=made.analyst, on=TERM[0])
    assert codes(error) == {"target_missing"}
    assert "fiscal year 2025" in str(error.value)
    set_targets(indicator=extra, targets=[NewTarget(year, Decimal(9)) for year in (2025, None)], actor=made.analyst)
    for indicator in OutcomeIndicator.objects.all():
        edit_indicator(indicator=indicator, values={"level": "output"}, actor=made.analyst)
    with pytest.raises(ValidationError) as error:
        take_plan_step(plan=plan, name="submit", actor=made.analyst, on=TERM[0])
    assert codes(error) == {"outcome_indicator_missing"}


def test_plan_is_approved_by_another_approver() -> None:
    made = make_complete(approved_plan=False)
    plan = take_plan_step(plan=MonitoringPlan.objects.get(), name="submit", actor=made.approver, on=TERM[0])
    with pytest.raises(ValidationError) as error:
        take_plan_step(plan=plan, name="approve", actor=made.approver, on=TERM[0])
    assert codes(error) == {"two_people"}
    with pytest.raises(PermissionDenied):
        take_plan_step(plan=plan, name="approve", actor=made.analyst, on=TERM[0])
    other = make_account(Role.APPROVER, username="second")
    assert take_plan_step(plan=plan, name="approve", actor=other, on=TERM[0]).state == "approved"


def test_approved_plan_accepts_only_a_missing_baseline() -> None:
    made = make_complete()
    with pytest.raises(ValidationError) as error:
        edit_indicator(indicator=made.children, values={"title": "Another"}, actor=made.analyst)
    assert codes(error) == {"plan_fixed"}
    with pytest.raises(ValidationError) as error:
        set_targets(indicator=made.children, targets=[NewTarget(2024, Decimal(1))], actor=made.analyst, reason="Less")
    assert codes(error) == {"plan_fixed"}
    assert refused_by_database("UPDATE partnerships_outcomeindicator SET definition = 'x'") == "plan_fixed"
    assert refused_by_database("UPDATE partnerships_monitoringplan SET state = 'draft'") == "derived_state"

    found = collect_baseline(
        indicator=made.children, value=Decimal(40), on=TERM[0], source="Register", actor=made.analyst
    )
    assert (found.baseline_status, found.baseline_value) == ("known", 40)
    with pytest.raises(ValidationError) as error:
        collect_baseline(indicator=made.children, value=Decimal(1), on=TERM[0], source="Again", actor=made.analyst)
    assert codes(error) == {"baseline"}
    assert refused_by_database("UPDATE partnerships_outcomeindicator SET baseline_value = 3 WHERE code = 'CV-1'")

    plan = MonitoringPlan.objects.get()
    with pytest.raises(ValidationError) as error:
        take_plan_step(plan=plan, name="revise", actor=made.analyst, on=TERM[0])
    assert codes(error) == {"reason"}
    take_plan_step(plan=plan, name="revise", actor=made.analyst, on=TERM[0], reason="A new region")
    with pytest.raises(ValidationError) as error:
        set_targets(indicator=made.children, targets=[NewTarget(2024, Decimal(110))], actor=made.analyst)
    assert codes(error) == {"reason"}
    set_targets(indicator=made.children, targets=[NewTarget(2024, Decimal(110))], actor=made.analyst, reason="More")
    assert list(Target.objects.filter(indicator=made.children, fiscal_year=2024).values_list("value", flat=True)) == [
        110,
        100,
    ]


def test_library_describes_its_indicators() -> None:
    made = make_complete(approved_plan=False)
    assert {indicator.notice for indicator in STANDARD} == {CHECK}
    assert {indicator.notice for indicator in SUGGESTED} == {NOT_OFFICIAL}
    assert all(indicator.address.startswith("https://") for indicator in STANDARD)
    assert len(LIBRARY) == len(STANDARD) + len(SUGGESTED)
    own = {
        "partnership": made.partnership,
        "objective": made.objective,
        "definition": "As the current sheet says",
        "data_source": "Training records",
        "method": "Attendance totals",
        "frequency": "quarterly",
        "responsible_office": "The implementer",
    }
    with pytest.raises(ValidationError) as error:
        adopt_indicator(code="PS.5.1-28", actor=made.analyst, sheet_read=False, **own)
    assert codes(error) == {"sheet_read"}
    with pytest.raises(ValidationError) as error:
        adopt_indicator(code="PS.9", actor=made.analyst, sheet_read=True, **own)
    assert codes(error) == {"library"}
    adopted = adopt_indicator(code="PS.5.1-28", actor=made.analyst, sheet_read=True, **own)
    assert (adopted.source, adopted.by_sex, adopted.accumulation) == ("standard", True, "sum")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"measure": "percent", "aggregation": ""}, "disaggregation"),
        ({"measure": "things", "aggregation": "share"}, "aggregation"),
        ({"baseline_value": Decimal(3)}, "baseline"),
        ({"responsible": None}, "responsible"),
        ({"code": "SH-1"}, "indicator_code"),
    ],
)
def test_what_an_indicator_cannot_be_is_refused(values: dict[str, object], code: str) -> None:
    made = make_complete(approved_plan=False)
    with pytest.raises(ValidationError) as error:
        edit_indicator(indicator=made.children, values=values, actor=made.analyst)
    assert codes(error) == {code}


# --- periods


def test_periods_follow_the_fiscal_year_and_are_added_once() -> None:
    made = make_complete()
    periods = half_years(made)
    assert [(p.starts_on, p.ends_on) for p in periods][:2] == [
        (date(2023, 10, 1), date(2024, 3, 31)),
        (date(2024, 4, 1), date(2024, 9, 30)),
    ]
    assert len(periods) == 4
    assert half_years(made) == []
    sql = "INSERT INTO partnerships_reportingperiod (partnership_id, starts_on, ends_on, due_on, state) VALUES "
    assert refused_by_database(f"{sql} (%s, '2024-09-01', '2024-10-15', '2024-11-15', 'no_data')", made.partnership.pk)


@pytest.mark.parametrize("frequency", [ReportFrequency.QUARTERLY, ReportFrequency.SEMIANNUAL, ReportFrequency.ANNUAL])
@pytest.mark.parametrize("short_end", [date(2024, 9, 29), date(2024, 9, 30), date(2024, 10, 1), date(2025, 1, 1)])
def test_periods_of_an_extended_term_leave_no_day_out(
    stage: Stage, frequency: ReportFrequency, short_end: date
) -> None:
    partnership = stage.draft(ends_on=short_end)
    schedule = partial(schedule_periods, partnership=partnership, frequency=frequency, actor=stage.analyst)
    before = schedule()
    assert before[-1].ends_on == short_end
    edit_partnership(partnership=partnership, actor=stage.analyst, values={"ends_on": END})
    added = schedule()
    assert (added[0].starts_on, added[-1].ends_on) == (short_end + DAY, END)
    assert all(one.ends_on + DAY == other.starts_on for one, other in pairwise([*before, *added]))
    assert all(fiscal_year(row.starts_on) == fiscal_year(row.ends_on) for row in added)
    assert schedule() == []


def test_a_period_goes_from_no_data_to_approved_and_is_then_locked() -> None:
    made = make_complete()
    first, second, *_ = half_years(made)
    assert first.state == "no_data"
    report(made, first, 48)
    first.refresh_from_db()
    assert first.state == "in_progress"
    first = take_period_step(period=first, name="submit", actor=made.analyst, on=LATER)
    with pytest.raises(ValidationError) as error:
        report(made, first, 50)
    assert codes(error) == {"period_closed"}
    with pytest.raises(ValidationError) as error:
        take_period_step(period=first, name="return", actor=made.approver, on=LATER)
    assert codes(error) == {"reason"}
    first = take_period_step(period=first, name="return", actor=made.approver, on=LATER, reason="Check the boys")
    report(made, first, 50)
    submit_and_approve(made, first)
    first.refresh_from_db()
    assert first.state == "approved"
    assert [step.reason for step in first.steps.all()] == ["", "", "Check the boys", "", ""]

    result = Result.objects.get(replaced_by__isnull=True)
    assert (result.value, result.replaces and result.replaces.value) == (50, 48)
    for sql, code in (
        (f"UPDATE partnerships_reportingperiod SET state = 'in_progress' WHERE id = {first.pk}", "derived_state"),
        (f"UPDATE partnerships_reportingperiod SET due_on = '2030-01-01' WHERE id = {first.pk}", "period_fixed"),
        (f"DELETE FROM partnerships_reportingperiod WHERE id = {first.pk}", "period_fixed"),
        (f"UPDATE partnerships_reportingperiod SET state = 'approved' WHERE id = {second.pk}", "derived_state"),
    ):
        assert refused_by_database(sql) == code
    for sql in ("UPDATE partnerships_result SET value = 1", "DELETE FROM partnerships_resultcell"):
        with owner_rights(), pytest.raises(InternalError, match="append_only"):
            run(sql)
    reopened = take_period_step(period=first, name="reopen", actor=made.approver, on=LATER, reason="A double count")
    assert reopened.state == "returned"


def test_no_step_of_the_table_is_passed_by_raw_sql() -> None:
    made = make_complete()
    first = half_years(made)[0]
    sql = (
        "INSERT INTO partnerships_periodstep (name, source, target, reason, actor_id, period_id) "
        "VALUES (%s, %s, %s, '', %s, %s)"
    )
    assert refused_by_database(sql, "approve", "no_data", "approved", made.approver.pk, first.pk) == "transition"
    report(made, first, 48)
    take_period_step(period=first, name="submit", actor=made.approver, on=LATER)
    approve = (sql, "approve", "submitted", "approved")
    assert refused_by_database(*approve, made.approver.pk, first.pk) == "two_people"
    assert refused_by_database(*approve, made.analyst.pk, first.pk) == "may_not_approve"
    assert PeriodStep.objects.count() == 2


def test_period_submission_needs_its_end_results_and_an_approved_plan() -> None:
    made = make_complete()
    first, second, *_ = half_years(made)
    report(made, second, 100)
    with pytest.raises(ValidationError) as error:
        take_period_step(period=second, name="submit", actor=made.analyst, on=second.ends_on)
    assert codes(error) == {"period_open", "result_missing"}
    plan = MonitoringPlan.objects.get()
    take_plan_step(plan=plan, name="revise", actor=made.analyst, on=LATER, reason="New")
    report(made, first, 48)
    with pytest.raises(ValidationError) as error:
        take_period_step(period=first, name="submit", actor=made.analyst, on=LATER)
    assert codes(error) == {"plan_not_approved"}


@pytest.mark.parametrize(
    ("second_half", "share", "expected"),
    [(52, 50, []), (63, 45, ["11.0 percent above"]), (20, 44, ["32.0 percent below", "6 points below"])],
)
def test_deviation_over_ten_percent_needs_a_narrative(second_half: int, share: int, expected: list[str]) -> None:
    made = make_complete()
    first, second, *_ = half_years(made)
    report(made, first, 48)
    take_period_step(period=first, name="submit", actor=made.analyst, on=LATER)
    report(made, second, second_half, share)
    if expected:
        with pytest.raises(ValidationError) as error:
            take_period_step(period=second, name="submit", actor=made.analyst, on=LATER)
        assert codes(error) == {"deviation_unexplained"}
        assert all(part in str(error.value) for part in expected)
    report(made, second, second_half, share, narrative="The second shelter opened later")
    assert take_period_step(period=second, name="submit", actor=made.analyst, on=LATER).state == "submitted"


def test_a_value_without_a_baseline_is_flagged_and_stops_nothing() -> None:
    made = make_complete()
    first = half_years(made)[0]
    report(made, first, 48)
    (finding,) = baselines_behind_values(period_state(first), LATER)
    assert finding.code == "actual_without_baseline"
    collect_baseline(indicator=made.children, value=Decimal(40), on=TERM[0], source="Register", actor=made.analyst)
    assert baselines_behind_values(period_state(first), LATER) == []


# --- results


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"value": Decimal(10), "parts": children(9)}, "disaggregation_sum"),
        ({"value": Decimal(10)}, "disaggregation"),
        ({"value": Decimal(10), "parts": children(10), "not_disaggregated": "No register"}, "disaggregation"),
        (
            {"value": Decimal(10), "parts": [*children(10), Part(Breakdown.REGION, Decimal(10), category="Volta")]},
            "disaggregation",
        ),
        ({"value": Decimal("1.5"), "parts": children(1)}, "value"),
        ({"value": None}, "no_data_reason"),
        ({"value": Decimal(10), "parts": children(10), "no_data_reason": "Late"}, "no_data_reason"),
    ],
)
def test_a_result_that_cannot_be_is_refused(given: dict[str, object], code: str) -> None:
    made = make_complete()
    first = half_years(made)[0]
    with pytest.raises(ValidationError) as error:
        record_result(period=first, indicator=made.children, actor=made.analyst, on=LATER, **given)  # type: ignore[arg-type]  # the arguments have several types
    assert code in codes(error)
    assert not Result.objects.exists()


def test_no_data_and_not_broken_down_are_reported_and_are_not_zero() -> None:
    made = make_complete()
    first, second, *_ = half_years(made)
    none = record_result(
        period=first,
        indicator=made.children,
        value=None,
        no_data_reason="The register was closed",
        actor=made.analyst,
        on=LATER,
    )
    whole = record_result(
        period=second,
        indicator=made.children,
        value=Decimal(7),
        not_disaggregated="Only totals were sent",
        actor=made.analyst,
        on=LATER,
    )
    assert (none.value, whole.value) == (None, 7)
    assert AuditEntry.objects.filter(action="recorded a result").count() == 2
    assert History.objects.filter(row_table="partnerships_reportingperiod", row_id=first.pk).count() == 2


def test_the_database_adds_up_the_parts_too_and_keeps_results_apart() -> None:
    made = make_complete()
    first, second, *_ = half_years(made)
    report(made, first, 48)
    take_period_step(period=second, name="begin", actor=made.analyst, on=LATER)
    sql = (
        "INSERT INTO partnerships_result (period_id, indicator_id, value, no_data_reason, not_disaggregated, "
        "narrative, evidence, recorded_by_id, replaces_id) VALUES (%s, %s, 9, '', '', '', '', %s, %s)"
    )
    rest = (made.children.pk, made.analyst.pk)
    result = Result.objects.get()
    assert refused_by_database(sql, second.pk, *rest, None) == "disaggregation_sum"
    assert refused_by_database(sql, first.pk, *rest, None) == "result_once"
    assert refused_by_database(sql, second.pk, *rest, result.pk) == "replaces"
    cell = (
        "INSERT INTO partnerships_resultcell (result_id, breakdown, sex, age, category, value) "
        "VALUES (%s, %s, %s, '', '', 1)"
    )
    assert refused_by_database(cell, result.pk, "sex_age", "unknown") == "disaggregation_sum"
    assert refused_by_database(cell, result.pk, "region", "") == "cell"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_record_at_once_each_replaces_the_one_before() -> None:
    made = make_complete()
    first = half_years(made)[0]

    def write(count: int) -> None:
        try:
            report(made, first, count)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as writers:
        list(writers.map(write, range(10, 26)))
    assert Result.objects.count() == 16
    assert Result.objects.filter(replaces__isnull=True).count() == 1
    assert Result.objects.filter(replaced_by__isnull=True).count() == 1
    assert first.steps.count() == 1


# --- publication


def test_what_is_published_comes_from_approved_periods_and_hides_small_counts() -> None:
    made = make_complete()
    first, second, third, fourth = half_years(made)
    for period, count in ((first, 40), (second, 62), (third, 1), (fourth, 2)):
        parts = children(count, girls=2 if count == 40 else count)
        share = 80 if period in (second, fourth) else None
        record_result(
            period=period,
            indicator=made.children,
            value=Decimal(count),
            parts=parts,
            narrative="Explained",
            actor=made.analyst,
            on=LATER,
        )
        if share:
            record_result(
                period=period,
                indicator=made.share,
                value=Decimal(share),
                narrative="Explained",
                actor=made.analyst,
                on=LATER,
            )
    nothing = published_results(made.children)
    assert (nothing.years, nothing.whole, nothing.parts) == ({}, None, {})
    for period in (first, second, third, fourth):
        submit_and_approve(made, period)
    published = published_results(made.children)
    assert published.whole == 105
    assert published.years == {2024: Hidden.HELD, 2025: Hidden.SMALL}
    assert published.parts[Breakdown.SEX_AGE]["", ""] == 105
    shares = published_results(made.share)
    assert shares.years == {2024: 80, 2025: 80}
    assert shares.whole == 80


@pytest.mark.parametrize("lifecycle", [PLAN, PERIOD])
def test_the_tables_have_no_step_without_a_permission(lifecycle: object) -> None:
    assert all(transition.permission for transition in lifecycle.transitions)  # type: ignore[attr-defined]  # all machines of the product have permissions
