"""Preconditions of results, monitoring plans, and reporting periods. Pure.

They read plain values, which `lookups.rule_inputs` loads. GAO-23-105390 found that annual targets were missing and
that results were not compared with them; each finding has its rule here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from cpc.findings import Finding
from cpc.lifecycle import Checks
from partnerships.aggregation import most_doubles
from partnerships.lookups.rule_inputs import Period, Plan, ReportedIndicator
from partnerships.progress import COUNTED, Measure, points_off, share_of

GAO = "GAO-23-105390"
OUTCOMES = "22 U.S.C. 7103a(d)(2)(D)"


# --- Result ---------------------------------------------------------------------------------------------------


def value_is_possible(measure: Measure, value: Decimal | None, no_data_reason: str) -> list[Finding]:
    """Require a value that the measure can have, or a reason why there is none, but not both."""
    if value is None:
        return (
            []
            if no_data_reason
            else [Finding.error("no_data_reason", "Enter a value, or explain why there is none.", "value")]
        )
    if no_data_reason:
        return [
            Finding.error("no_data_reason", "There is a value. Remove the reason for missing data.", "no_data_reason")
        ]
    if measure in COUNTED and (value < 0 or value != int(value)):
        return [Finding.error("value", f"{value} is not a count. Enter a whole number, zero or more.", "value")]
    if measure is Measure.PERCENT and not 0 <= value <= 100:
        return [Finding.error("value", f"{value} is not a share. Enter a percentage from 0 to 100.", "value")]
    return []


def counts_fit(
    measure: Measure,
    value: Decimal | None,
    numerator: Decimal | None,
    denominator: Decimal | None,
    *,
    requires_counts: bool,
) -> list[Finding]:
    """Require that a share has both counts or none, and that a value beside them is their quotient, as printed.

    `requires_counts` is true where shares of several reporters are added by their counts.
    """
    if numerator is None and denominator is None:
        if requires_counts and value is not None:
            message = "Enter how many of how many: shares of several reporters are added by their counts."
            return [Finding.error("counts", message, "numerator")]
        return []
    if measure is not Measure.PERCENT:
        return [Finding.error("counts", "Only a share in percent has two counts.", "numerator")]
    if numerator is None or denominator is None:
        missing = "numerator" if numerator is None else "denominator"
        return [Finding.error("counts", "Enter both counts of the share, or neither.", missing)]
    if any(count < 0 or count != int(count) for count in (numerator, denominator)):
        return [Finding.error("counts", "Enter counts as whole numbers, zero or more.", "numerator")]
    if not denominator or numerator > denominator:
        message = f"{numerator} of {denominator} is not a share. Enter how many, of how many."
        return [Finding.error("counts", message, "denominator")]
    share = share_of([(numerator, denominator)])
    if value is not None and value != share.quantize(Decimal(1).scaleb(min(0, int(value.as_tuple().exponent)))):
        message = (
            f"{numerator} of {denominator} is {share.normalize():f} percent. Leave the value blank, or enter that."
        )
        return [Finding.error("counts", message, "value")]
    return []


def doubles_possible(doubles: Decimal, values: Iterable[Decimal | None]) -> list[Finding]:
    """Require no more duplicates than there can be: the total less the largest reporter."""
    if doubles < 0 or doubles != int(doubles):
        return [Finding.error("value", f"{doubles} is not a count. Enter a whole number, zero or more.", "value")]
    most = most_doubles(value for value in values if value is not None)
    if doubles <= most:
        return []
    message = (
        f"{doubles.normalize():f} counted by several is more than there can be: the total less the largest reporter is "
        f"{most.normalize():f}. Correct the duplicates or a result."
    )
    return [Finding.error("doubles", message, "value")]


def parts_add_up(
    value: Decimal | None, expected: Iterable[str], parts: dict[str, Decimal], not_disaggregated: str
) -> list[Finding]:
    """Require that each breakdown adds up to the value, unless a reason is given.

    `expected` names the breakdowns that the indicator requires; `parts` holds the sum of each that was entered.
    """
    if not_disaggregated or value is None:
        return [
            Finding.error(
                "disaggregation", "Leave the parts blank if there is no value or it is not broken down.", "cells"
            )
            for _ in list(parts)[:1]
        ]
    wanted = set(expected)
    findings = [
        Finding.error("disaggregation", f"This indicator is not broken down by {name}.", "cells")
        for name in sorted(set(parts) - wanted)
    ]
    for name in sorted(wanted):
        if name not in parts:
            message = f"Break the value down by {name}, or explain why you can't."
            findings.append(Finding.error("disaggregation", message, "cells"))
        elif parts[name] != value:
            message = f"The parts by {name} add up to {parts[name]}, but the value is {value}. Correct one of them."
            findings.append(Finding.error("disaggregation_sum", message, "cells"))
    return findings


# --- Monitoring plan ------------------------------------------------------------------------------------------


def outcomes_measured(plan: Plan, _on: date) -> list[Finding]:
    """Require an outcome indicator: outputs alone show what was done, not what changed."""
    if any(indicator.is_outcome for indicator in plan.indicators):
        return []
    return [Finding.error("outcome_indicator_missing", "Add an outcome indicator.", "indicators", OUTCOMES)]


def targets_set(plan: Plan, _on: date) -> list[Finding]:
    """Require a target of every indicator for each fiscal year of the term and for the whole term."""
    if not plan.has_term:
        return [Finding.error("term_missing", "Set the term first. Targets are set for each year.", "ends_on", GAO)]
    findings = []
    for indicator in plan.indicators:
        if indicator.years_without_target:
            years = ", ".join(str(year) for year in indicator.years_without_target)
            message = f"{indicator.title}: set the target of fiscal year {years}."
            findings.append(Finding.error("target_missing", message, "targets", GAO))
        if not indicator.has_life_target:
            message = f"{indicator.title}: set the target of the whole partnership."
            findings.append(Finding.error("target_missing", message, "targets", GAO))
    return findings


def targets_agree(plan: Plan, _on: date) -> list[Finding]:
    return [
        Finding.warning("targets_differ", f"{indicator.title}: {indicator.targets_differ}", "targets")
        for indicator in plan.indicators
        if indicator.targets_differ
    ]


def targets_within_term(plan: Plan, _on: date) -> list[Finding]:
    """Warn of targets of years outside the term, which nothing reports on."""
    return [
        Finding.warning(
            "targets_outside_term",
            (
                f"{indicator.title}: the term has no day in fiscal year "
                f"{', '.join(str(year) for year in indicator.years_outside)}, for which a target is set."
            ),
            "targets",
        )
        for indicator in plan.indicators
        if plan.has_term and indicator.years_outside
    ]


def baselines_known(plan: Plan, _on: date) -> list[Finding]:
    return [
        Finding.warning(
            "baseline_missing", f"{indicator.title}: its baseline is still to be collected.", "baseline_value"
        )
        for indicator in plan.indicators
        if not indicator.has_baseline
    ]


_TO_READ = (targets_agree, targets_within_term, baselines_known)

PLAN_CHECKS: Checks[Plan] = {"submit": (outcomes_measured, targets_set, *_TO_READ), "approve": _TO_READ}


# --- Reporting period -------------------------------------------------------------------------------------------


def plan_approved(period: Period, _on: date) -> list[Finding]:
    """Require an approved plan, because results are compared with its targets."""
    if period.plan_approved:
        return []
    return [Finding.error("plan_not_approved", "The monitoring plan must be approved first.", "plan", GAO)]


def period_over(period: Period, on: date) -> list[Finding]:
    if on > period.ends_on:
        return []
    return [Finding.error("period_open", f"The period lasts until {period.ends_on}. Submit it after that.", "ends_on")]


def results_present(period: Period, _on: date) -> list[Finding]:
    return [
        Finding.error("result_missing", f"{row.title}: record its result, or explain why there is none.", "results")
        for row in period.indicators
        if row.is_due and not row.has_result
    ]


def reporters_present(period: Period, _on: date) -> list[Finding]:
    """Warn of reporters that reported an indicator before and not in this period."""
    return [
        Finding.warning(
            "reporter_missing", f"{row.title}: {name} reported it before, and not in this period.", "results"
        )
        for row in period.indicators
        for name in row.silent
    ]


def totals_made(period: Period, _on: date) -> list[Finding]:
    """Require the counts of shares that several report, without which there is no total."""
    return [
        Finding.error("counts", f"{row.title}: enter the counts of each share, so that they can be added.", "value")
        for row in period.indicators
        if row.lacks_counts
    ]


def deviations_explained(period: Period, _on: date) -> list[Finding]:
    """Require a narrative for a year more than 10 percent off its target, either way."""
    return [
        Finding.error(
            "deviation_unexplained",
            (f"{row.title}: the year is {_off(row)}; explain why in the narrative."),
            "narrative",
        )
        for row in period.indicators
        if row.needs_narrative and not row.has_narrative
    ]


def _off(row: ReportedIndicator) -> str:
    if row.deviation is None:
        return "off its target of zero"
    size = f"{abs(row.deviation):.1f} percent"
    if row.is_percentage and row.comparison is not None and row.comparison.difference is not None:
        size = points_off(row.comparison.difference)
    return f"{size} {'above' if row.deviation > 0 else 'below'} its target"


def baselines_behind_values(period: Period, _on: date) -> list[Finding]:
    """Warn of results without a baseline, which show no change."""
    return [
        Finding.warning("actual_without_baseline", f"{row.title}: it has a result but no baseline.", "baseline_value")
        for row in period.indicators
        if row.has_value and not row.has_baseline
    ]


PERIOD_CHECKS: Checks[Period] = {
    "submit": (
        plan_approved,
        period_over,
        results_present,
        reporters_present,
        totals_made,
        deviations_explained,
        baselines_behind_values,
    ),
    # A target or method may have changed since the report was submitted.
    "approve": (totals_made, deviations_explained),
}
