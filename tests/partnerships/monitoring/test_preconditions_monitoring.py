"""Preconditions of results, monitoring plans, and reporting periods, on either side of each bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cpc.findings import Finding, Severity
from partnerships.lookups.rule_inputs import Period, Plan, PlannedIndicator, ReportedIndicator
from partnerships.monitoring import preconditions
from partnerships.progress import Measure

D = Decimal
ON = date(2026, 3, 10)
PLANNED = PlannedIndicator(
    title="CV-1", is_outcome=True, has_baseline=True, years_without_target=(), has_life_target=True
)
REPORTED = ReportedIndicator(
    title="CV-1", is_due=True, has_result=True, has_value=True, has_baseline=True, needs_narrative=False,
    deviation=None, has_narrative=False,
)  # fmt: skip


def said(found: list[Finding]) -> list[tuple[str, str, str]]:
    return [(row.code, row.message, row.field) for row in found]


# ---- results -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "value", "reason", "code"),
    [
        (Measure.ITEMS, None, "", "no_data_reason"),
        (Measure.ITEMS, None, "The register was closed", None),
        (Measure.ITEMS, "5", "The register was closed", "no_data_reason"),
        (Measure.ITEMS, "0", "", None),
        (Measure.PEOPLE, "5", "", None),
        (Measure.PEOPLE, "-1", "", "value"),
        (Measure.ITEMS, "0.5", "", "value"),
        (Measure.SCORE, "-1", "", None),
        (Measure.MONEY, "0.5", "", None),
        (Measure.PERCENT, "-0.0001", "", "value"),
        (Measure.PERCENT, "0", "", None),
        (Measure.PERCENT, "100", "", None),
        (Measure.PERCENT, "100.0001", "", "value"),
        (Measure.SCORE, "100.0001", "", None),
    ],
)
def test_a_value_is_one_that_its_measure_can_have(
    measure: Measure, value: str | None, reason: str, code: str | None
) -> None:
    found = preconditions.value_is_possible(measure, None if value is None else D(value), reason)
    assert [row.code for row in found] == ([code] if code else [])


def test_invalid_value_is_reported_at_its_field() -> None:
    assert said(preconditions.value_is_possible(Measure.ITEMS, None, "")) == [
        ("no_data_reason", "Enter a value, or explain why there is none.", "value")
    ]
    assert said(preconditions.value_is_possible(Measure.ITEMS, D(0), "Closed")) == [
        ("no_data_reason", "There is a value. Remove the reason for missing data.", "no_data_reason")
    ]
    assert said(preconditions.value_is_possible(Measure.ITEMS, D("0.5"), "")) == [
        ("value", "0.5 is not a count. Enter a whole number, zero or more.", "value")
    ]
    assert said(preconditions.value_is_possible(Measure.PERCENT, D(101), "")) == [
        ("value", "101 is not a share. Enter a percentage from 0 to 100.", "value")
    ]


BLANK = "Leave the parts blank if there is no value or it is not broken down."


@pytest.mark.parametrize(
    ("value", "expected", "parts", "why_not", "messages"),
    [
        (5, (), {}, "", []),
        (5, ("region",), {"region": 5}, "", []),
        (0, ("region",), {"region": 0}, "", []),
        (5, ("region",), {"region": 4}, "",
         ["The parts by region add up to 4, but the value is 5. Correct one of them."]),
        (5, ("region", "age"), {}, "",
         ["Break the value down by age, or explain why you can't.",
          "Break the value down by region, or explain why you can't."]),
        (5, ("age",), {"age": 5, "region": 5, "form": 5}, "",
         ["This indicator is not broken down by form.", "This indicator is not broken down by region."]),
        (5, ("region",), {}, "No register", []),
        (5, ("region",), {"region": 5, "age": 5}, "No register", [BLANK]),
        (None, ("region",), {}, "", []),
        (None, ("region",), {"region": 0}, "", [BLANK]),
    ],
)  # fmt: skip
def test_parts_add_up_to_the_value(
    value: int | None, expected: tuple[str, ...], parts: dict[str, int], why_not: str, messages: list[str]
) -> None:
    sums = {name: D(number) for name, number in parts.items()}
    found = preconditions.parts_add_up(None if value is None else D(value), expected, sums, why_not)
    assert [row.message for row in found] == messages
    assert {row.field for row in found} <= {"cells"}
    assert [row.code for row in found] == [
        "disaggregation_sum" if "add up to" in message else "disaggregation" for message in messages
    ]


# ---- plan ----------------------------------------------------------------------------------------------------------


def plan(*indicators: dict[str, Any], has_term: bool = True) -> Plan:
    return Plan(has_term, tuple(replace(PLANNED, **values) for values in indicators))


@pytest.mark.parametrize(
    ("outcomes", "codes"), [((), 1), ((False,), 1), ((False, False), 1), ((False, True), 0), ((True,), 0)]
)
def test_a_plan_has_an_outcome_indicator(outcomes: tuple[bool, ...], codes: int) -> None:
    found = preconditions.outcomes_measured(plan(*({"is_outcome": each} for each in outcomes)), ON)
    assert said(found) == [("outcome_indicator_missing", "Add an outcome indicator.", "indicators")] * codes


def test_every_year_and_the_whole_term_have_a_target() -> None:
    found = preconditions.targets_set(
        plan(
            {},
            {"title": "CV-2", "years_without_target": (2025,)},
            {"title": "CV-3", "years_without_target": (2025, 2026), "has_life_target": False},
        ),
        ON,
    )
    assert said(found) == [
        ("target_missing", "CV-2: set the target of fiscal year 2025.", "targets"),
        ("target_missing", "CV-3: set the target of fiscal year 2025, 2026.", "targets"),
        ("target_missing", "CV-3: set the target of the whole partnership.", "targets"),
    ]
    without = preconditions.targets_set(plan({"has_life_target": False}, has_term=False), ON)
    assert said(without) == [("term_missing", "Set the term first. Targets are set for each year.", "ends_on")]


def test_targets_that_differ_and_missing_baselines_are_warnings() -> None:
    indicators: tuple[dict[str, Any], ...] = (
        {},
        {"title": "CV-2", "targets_differ": "They differ."},
        {"title": "CV-3", "has_baseline": False},
    )
    differing = preconditions.targets_agree(plan(*indicators), ON)
    lacking = preconditions.baselines_known(plan(*indicators), ON)
    assert said(differing) == [("targets_differ", "CV-2: They differ.", "targets")]
    assert said(lacking) == [("baseline_missing", "CV-3: its baseline is still to be collected.", "baseline_value")]
    assert {row.severity for row in (*differing, *lacking)} == {Severity.WARNING}


# ---- period --------------------------------------------------------------------------------------------------------


def period(*indicators: dict[str, Any], ends_on: date = ON, plan_approved: bool = True) -> Period:
    return Period(ends_on, plan_approved, tuple(replace(REPORTED, **values) for values in indicators))


@pytest.mark.parametrize(("ends_on", "number"), [(date(2026, 3, 9), 0), (date(2026, 3, 10), 1), (date(2026, 3, 11), 1)])
def test_a_period_is_submitted_from_the_day_after_it_ends(ends_on: date, number: int) -> None:
    found = preconditions.period_over(period(ends_on=ends_on), ON)
    message = f"The period lasts until {ends_on}. Submit it after that."
    assert said(found) == [("period_open", message, "ends_on")] * number


def test_a_period_needs_an_approved_plan() -> None:
    assert preconditions.plan_approved(period(), ON) == []
    assert said(preconditions.plan_approved(period(plan_approved=False), ON)) == [
        ("plan_not_approved", "The monitoring plan must be approved first.", "plan")
    ]


def test_only_results_that_are_due_are_missing() -> None:
    found = preconditions.results_present(
        period(
            {},
            {"title": "CV-2", "has_result": False},
            {"title": "CV-3", "has_result": False, "is_due": False},
            {"title": "CV-4", "has_value": False},
        ),
        ON,
    )
    message = "CV-2: record its result, or explain why there is none."
    assert said(found) == [("result_missing", message, "results")]


def test_a_year_off_its_target_is_explained() -> None:
    off = {"needs_narrative": True}
    found = preconditions.deviations_explained(
        period(
            {"deviation": D("12.5")},
            {"title": "CV-2", **off, "deviation": D("12.5")},
            {"title": "CV-3", **off, "deviation": D("-12.55")},
            {"title": "CV-4", **off},
            {"title": "CV-5", **off, "has_narrative": True},
        ),
        ON,
    )
    assert [row.message for row in found] == [
        "CV-2: the year is 12.5 percent above its target; explain why in the narrative.",
        "CV-3: the year is 12.6 percent below its target; explain why in the narrative.",
        "CV-4: the year is off its target of zero; explain why in the narrative.",
    ]
    assert {(row.code, row.field) for row in found} == {("deviation_unexplained", "narrative")}


def test_a_value_without_a_baseline_is_a_warning() -> None:
    found = preconditions.baselines_behind_values(
        period(
            {}, {"title": "CV-2", "has_baseline": False}, {"title": "CV-3", "has_baseline": False, "has_value": False}
        ),
        ON,
    )
    assert said(found) == [("actual_without_baseline", "CV-2: it has a result but no baseline.", "baseline_value")]
    assert found[0].severity is Severity.WARNING


def test_each_step_has_its_checks() -> None:
    assert {
        "submit": (
            preconditions.outcomes_measured,
            preconditions.targets_set,
            preconditions.targets_agree,
            preconditions.targets_within_term,
            preconditions.baselines_known,
        ),
        "approve": (
            preconditions.targets_agree,
            preconditions.targets_within_term,
            preconditions.baselines_known,
        ),
    } == preconditions.PLAN_CHECKS
    assert {
        "submit": (
            preconditions.plan_approved,
            preconditions.period_over,
            preconditions.results_present,
            preconditions.reporters_present,
            preconditions.totals_made,
            preconditions.deviations_explained,
            preconditions.baselines_behind_values,
        ),
        "approve": (preconditions.totals_made, preconditions.deviations_explained),
    } == preconditions.PERIOD_CHECKS
