"""Services for plans, periods, and results: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from partnerships.lookups.rule_inputs import Period, Plan, PlannedIndicator
from partnerships.models import Breakdown, MonitoringPlan, Objective, OutcomeIndicator, Participant, ReportingPeriod
from partnerships.monitoring import preconditions
from partnerships.monitoring.queries import targets_revision
from partnerships.monitoring.services import plans, results
from partnerships.monitoring.services.plans import NewTarget
from partnerships.monitoring.services.results import Part
from partnerships.schedules import ReportFrequency
from partnerships.standard_indicators import LIBRARY
from tests.partnerships.monitoring.test_monitoring import LATER, children, half_years
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.complete import TERM, Complete, make_complete

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Complete:
    """Return a partnership whose plan is approved."""
    return make_complete()


@pytest.fixture
def drafted() -> Complete:
    """Return a partnership whose plan is a draft."""
    return make_complete(approved_plan=False)


def values(made: Complete, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "partnership": made.partnership,
        "objective": made.objective,
        "definition": "Counted once",
        "data_source": "Register",
        "method": "Totals",
        "frequency": "annual",
        "responsible": made.ministry,
    }
    return row | changes


def other_rows(made: Complete) -> dict[str, Objective | Participant]:
    other = Stage(analyst=made.analyst, approver=made.approver).draft("TGO")
    return {"objective": other.objectives.get(), "responsible": other.participants.all()[0]}


# ---- the plan ------------------------------------------------------------------------------------------------------


def test_an_indicator_of_the_library_brings_its_values(drafted: Complete) -> None:
    found = LIBRARY["S-3"]
    adopt: dict[str, Any] = {"code": "S-3", "actor": drafted.analyst, "sheet_read": False}
    indicator = plans.adopt_indicator(**adopt, **values(drafted))
    columns = ("code", "source", "title", "level", "paradigm", "measure", "unit", "direction", "accumulation")
    for column in (*columns, "by_sex", "by_age"):
        assert getattr(indicator, column) == getattr(found, column), column
    assert (indicator.definition, indicator.responsible) == ("Counted once", drafted.ministry)
    assert trail(indicator)[0][:2] == ("analyst", "created")
    own = plans.adopt_indicator(
        code="S-1", actor=drafted.analyst, sheet_read=False, **values(drafted, title="Own title", by_sex=True)
    )
    assert (own.code, own.title, own.by_sex) == ("S-1", "Own title", True)


def test_the_library_refuses_unknown_codes_and_unread_sheets(drafted: Complete) -> None:
    standard = next(code for code, row in LIBRARY.items() if row.source == "standard")
    by: dict[str, Any] = {"actor": drafted.analyst, "sheet_read": False}
    assert refusals(lambda: plans.adopt_indicator(code="X-1", **by, **values(drafted))) == {"": "library"}
    assert refusals(lambda: plans.adopt_indicator(code=standard, **by, **values(drafted))) == {"": "sheet_read"}


@pytest.mark.parametrize("column", ["objective", "responsible"])
def test_an_indicator_names_rows_of_its_own_partnership(drafted: Complete, column: str) -> None:
    foreign = {column: other_rows(drafted)[column]}
    adopt: dict[str, Any] = {"code": "S-3", "actor": drafted.analyst, "sheet_read": False}
    assert refusals(lambda: plans.adopt_indicator(**adopt, **values(drafted, **foreign))) == {column: column}
    edit: dict[str, Any] = {"indicator": drafted.children, "values": foreign, "actor": drafted.analyst}
    assert refusals(lambda: plans.edit_indicator(**edit)) == {column: column}


def test_an_overtaken_edit_of_an_indicator_changes_nothing(drafted: Complete) -> None:
    indicator = OutcomeIndicator.objects.get(pk=drafted.children.pk)
    revision = indicator.current_revision()
    edit: dict[str, Any] = {"indicator": indicator, "actor": drafted.analyst, "expected_revision": revision}
    plans.edit_indicator(values={"title": "Found"}, **edit)
    before, after = {"title": "Child victims identified"}, {"title": "Found"}
    assert trail(indicator)[-1] == ("analyst", "changed", before, after)
    with pytest.raises(EditConflict):
        plans.edit_indicator(values={"title": "Lost"}, **edit)


def test_a_baseline_is_collected_once_even_under_an_approved_plan(made: Complete) -> None:
    collect: dict[str, Any] = {"indicator": made.children, "on": TERM[0], "source": "Census", "actor": made.analyst}
    plans.collect_baseline(value=Decimal(7), **collect)
    who, action, before, after = trail(made.children)[-1]
    assert (who, action) == ("analyst", "collected the baseline")
    assert (before["baseline_status"], before["baseline_value"]) == ("to_collect", None)
    assert after == {
        "baseline_status": "known",
        "baseline_value": "7.0000",
        "baseline_on": "2023-10-01",
        "baseline_source": "Census",
    }
    assert refusals(lambda: plans.collect_baseline(value=Decimal(8), **collect)) == {"": "baseline"}


def test_a_target_changes_with_a_reason_and_is_kept(drafted: Complete) -> None:
    indicator = drafted.children
    revision = targets_revision(indicator)
    change = [NewTarget(2024, Decimal(100)), NewTarget(2025, Decimal(130)), NewTarget(None, Decimal(230))]
    put: dict[str, Any] = {"indicator": indicator, "targets": change, "actor": drafted.analyst}
    assert refusals(lambda: plans.set_targets(reason=" ", **put)) == {"reason": "reason"}
    rows = plans.set_targets(reason=" More shelters ", expected_revision=revision, **put)
    stored = [(row.fiscal_year, row.value, row.reason, row.recorded_by) for row in rows]
    assert stored == [
        (2025, Decimal(130), "More shelters", drafted.analyst),
        (None, Decimal(230), "More shelters", drafted.analyst),
    ]
    who, action, before, after = trail(indicator)[-1]
    assert (who, action) == ("analyst", "set targets")
    assert {year: int(Decimal(value)) for year, value in before.items()} == {"2024": 100, "2025": 120, "whole": 220}
    set_now = [(row.get("fiscal_year"), int(Decimal(row["value"]))) for row in after["targets"]]
    assert set_now == [(2025, 130), (None, 230)]
    before_again = trail(indicator)
    assert plans.set_targets(**put) == []
    assert trail(indicator) == before_again
    with pytest.raises(EditConflict):
        plans.set_targets(expected_revision=revision, reason="R", **put)


def test_the_first_target_of_a_year_needs_no_reason(drafted: Complete) -> None:
    new = plans.add_indicator(
        indicator=OutcomeIndicator(
            **values(drafted, code="N-1", title="New", level="outcome", measure="things", unit="cases"),
            paradigm="protection",
            accumulation="sum",
        ),
        actor=drafted.analyst,
    )
    [row] = plans.set_targets(indicator=new, targets=[NewTarget(2024, Decimal(5))], actor=drafted.analyst)
    assert (row.value, row.reason) == (5, "")


def test_a_step_of_the_plan_is_stored_with_its_reason(drafted: Complete) -> None:
    plan = MonitoringPlan.objects.get(partnership=drafted.partnership)
    plans.take_plan_step(plan=plan, name="submit", actor=drafted.analyst, on=TERM[0])
    back = plans.take_plan_step(plan=plan, name="return", actor=drafted.approver, on=TERM[0], reason=" Unclear ")
    step = back.steps.order_by("-pk")[0]
    assert (step.name, step.source, step.target) == ("return", "submitted", "draft")
    assert (step.reason, step.actor) == ("Unclear", drafted.approver)
    assert trail(step)[0][0] == "approver"


# ---- periods and results -------------------------------------------------------------------------------------------


def test_periods_are_scheduled_to_the_end_of_the_term(made: Complete) -> None:
    periods = half_years(made)
    assert [(row.starts_on, row.ends_on) for row in periods] == [
        (date(2023, 10, 1), date(2024, 3, 31)),
        (date(2024, 4, 1), date(2024, 9, 30)),
        (date(2024, 10, 1), date(2025, 3, 31)),
        (date(2025, 4, 1), date(2025, 9, 30)),
    ]
    who, action, before, after = trail(periods[0])[0]
    assert (who, action, before) == ("analyst", "created", None)
    assert (after["partnership"], after["due_on"]) == (made.partnership.pk, periods[0].due_on.isoformat())
    assert half_years(made) == []


def test_a_longer_term_adds_periods_after_the_newest(made: Complete) -> None:
    for ends_on in (date(2024, 6, 30), date(2024, 7, 1)):
        with unguarded():
            type(made.partnership).objects.filter(pk=made.partnership.pk).update(ends_on=ends_on)
        added = half_years(made)
    assert [(row.starts_on, row.ends_on) for row in added] == [(date(2024, 7, 1), date(2024, 7, 1))]


def test_without_a_term_no_period_is_scheduled(made: Complete) -> None:
    with unguarded():
        type(made.partnership).objects.filter(pk=made.partnership.pk).update(ends_on=None)
    assert refusals(lambda: half_years(made)) == {"": "term_missing"}


def record(made: Complete, period: ReportingPeriod, value: int | None, **more: Any) -> Any:
    result: dict[str, Any] = {
        "period": period,
        "indicator": made.children,
        "value": None if value is None else Decimal(value),
        "parts": () if value is None else children(value),
        "actor": made.analyst,
        "on": LATER,
    }
    return results.record_result(**result | more)


def test_a_result_begins_its_period_and_is_replaced(made: Complete) -> None:
    period = half_years(made)[0]
    first = record(made, period, 10, narrative=" N ", evidence=" E ")
    period.refresh_from_db()
    assert period.state == "in_progress"
    assert (first.narrative, first.evidence, first.replaces, first.recorded_by) == ("N", "E", None, made.analyst)
    who, action, before, after = trail(first)[0]
    assert (who, action, before) == ("analyst", "recorded a result", None)
    assert [(part["sex"], part["age"], int(Decimal(part["value"]))) for part in after["parts"]] == [
        ("female", "12-17", 5),
        ("male", "6-11", 5),
    ]
    assert (after["period"], after["indicator"], after["evidence"]) == (period.pk, made.children.pk, "E")
    second = record(made, period, 12, expected_revision=str(first.pk))
    assert second.replaces == first
    who, action, before, after = trail(second)[0]
    assert (who, action) == ("analyst", "replaced a result")
    assert (int(Decimal(before["value"])), int(Decimal(after["value"]))) == (10, 12)
    with pytest.raises(EditConflict):
        record(made, period, 13, expected_revision=str(first.pk))


def test_parts_are_stored_with_each_of_their_columns(made: Complete) -> None:
    period = half_years(made)[0]
    cells = record(made, period, 10).cells.order_by("pk")
    assert [(cell.breakdown, cell.sex, cell.age, cell.category, cell.value) for cell in cells] == [
        ("sex_age", "female", "12-17", "", 5),
        ("sex_age", "male", "6-11", "", 5),
    ]


@pytest.mark.parametrize(
    ("value", "more", "codes"),
    [
        (-1, {"parts": (), "not_disaggregated": "R"}, {"value": "value"}),
        (10, {"no_data_reason": "R"}, {"no_data_reason": "no_data_reason"}),
        (None, {}, {"value": "no_data_reason"}),
        (None, {"no_data_reason": " "}, {"value": "no_data_reason"}),
        (10, {"parts": ()}, {"cells": "disaggregation"}),
        (10, {"parts": children(9)}, {"cells": "disaggregation_sum"}),
        (10, {"not_disaggregated": "R"}, {"cells": "disaggregation"}),
        (
            10,
            {"parts": [*children(10), Part(Breakdown.REGION, Decimal(10), category="Volta")]},
            {"cells": "disaggregation"},
        ),
    ],
)
def test_an_impossible_result_is_refused_at_its_field(
    made: Complete, value: int | None, more: dict[str, Any], codes: dict[str, str]
) -> None:
    period = half_years(made)[0]
    assert refusals(lambda: record(made, period, value, **more)) == codes


def test_reasons_of_a_result_are_stored_trimmed(made: Complete) -> None:
    period = half_years(made)[0]
    missing = record(made, period, None, no_data_reason=" No register ")
    whole = record(made, period, 10, parts=(), not_disaggregated=" Only totals ")
    assert (missing.value, missing.no_data_reason, missing.not_disaggregated) == (None, "No register", "")
    assert (whole.value, whole.no_data_reason, whole.not_disaggregated) == (10, "", "Only totals")


def test_a_step_of_a_period_is_stored_with_its_comment(made: Complete) -> None:
    period = half_years(made)[0]
    record(made, period, 10)
    results.take_period_step(period=period, name="submit", actor=made.analyst, on=LATER)
    back = results.take_period_step(period=period, name="return", actor=made.approver, on=LATER, reason=" Check ")
    step = back.steps.order_by("-pk")[0]
    assert (step.name, step.source, step.target) == ("return", "submitted", "returned")
    assert (step.reason, step.actor) == ("Check", made.approver)


def test_other_roles_write_nothing(made: Complete) -> None:
    by: dict[str, Any] = {"actor": make_account(Role.VIEWER)}
    period = half_years(made)[0]
    plan = MonitoringPlan.objects.get(partnership=made.partnership)
    indicator = OutcomeIndicator(**values(made, code="N-1"))
    for attempt in (
        lambda: plans.add_indicator(indicator=indicator, **by),
        lambda: plans.edit_indicator(indicator=made.children, values={"title": "T"}, **by),
        lambda: plans.collect_baseline(indicator=made.children, value=Decimal(1), on=TERM[0], source="S", **by),
        lambda: plans.set_targets(indicator=made.children, targets=(), **by),
        lambda: plans.take_plan_step(plan=plan, name="revise", on=TERM[0], reason="R", **by),
        lambda: results.schedule_periods(partnership=made.partnership, frequency=ReportFrequency.ANNUAL, **by),
        lambda: record(made, period, 10, **by),
        lambda: results.take_period_step(period=period, name="begin", on=LATER, **by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


# ---- findings ------------------------------------------------------------------------------------------------------


def test_findings_of_an_empty_plan_and_period_name_field_and_source() -> None:
    gao = "GAO-23-105390"
    plan = Plan(has_term=False, indicators=())
    found = [*preconditions.outcomes_measured(plan, LATER), *preconditions.targets_set(plan, LATER)]
    assert [(row.code, row.field, row.citation) for row in found] == [
        ("outcome_indicator_missing", "indicators", "22 U.S.C. 7103a(d)(2)(D)"),
        ("term_missing", "ends_on", gao),
    ]
    day = timedelta(days=1)
    period = Period(plan_approved=False, ends_on=LATER, indicators=())
    assert [(row.code, row.field, row.citation) for row in preconditions.plan_approved(period, LATER)] == [
        ("plan_not_approved", "plan", gao)
    ]
    for on, codes in ((LATER - day, ["period_open"]), (LATER, ["period_open"]), (LATER + day, [])):
        assert [row.code for row in preconditions.period_over(period, on)] == codes
    [row] = preconditions.period_over(period, LATER)
    assert (row.field, row.citation) == ("ends_on", "")


def test_findings_of_indicators_name_field_and_source() -> None:
    gao = "GAO-23-105390"
    indicator = PlannedIndicator(
        title="CV-1",
        is_outcome=True,
        years_without_target=(2024, 2025),
        has_life_target=False,
        targets_differ="120 is not 100.",
        has_baseline=False,
    )
    plan = Plan(has_term=True, indicators=(indicator,))
    checks = (preconditions.targets_set, preconditions.targets_agree, preconditions.baselines_known)
    found = [row for check in checks for row in check(plan, LATER)]
    assert [(row.code, str(row.severity), row.message, row.field, row.citation) for row in found] == [
        ("target_missing", "error", "CV-1: set the target of fiscal year 2024, 2025.", "targets", gao),
        ("target_missing", "error", "CV-1: set the target of the whole partnership.", "targets", gao),
        ("targets_differ", "warning", "CV-1: 120 is not 100.", "targets", ""),
        ("baseline_missing", "warning", "CV-1: its baseline is still to be collected.", "baseline_value", ""),
    ]
