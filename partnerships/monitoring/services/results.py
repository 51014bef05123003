"""Services for reporting periods and their results.

Results are recorded, submitted by one person, and approved by another. Corrections replace earlier results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.validation import db_errors_as_validation, reject, save_validated
from partnerships.aggregation import Method
from partnerships.lookups.locking import (
    audit_values,
    check_same_partnership,
    create,
    lock_partnership,
    lock_row,
    service,
)
from partnerships.lookups.rule_inputs import period_state
from partnerships.lookups.steps import step
from partnerships.models import (
    Award,
    Breakdown,
    DoubleCount,
    OutcomeIndicator,
    Partnership,
    PeriodStep,
    ReportingPeriod,
    Result,
    ResultCell,
)
from partnerships.monitoring.preconditions import (
    PERIOD_CHECKS,
    counts_fit,
    doubles_possible,
    parts_add_up,
    value_is_possible,
)
from partnerships.monitoring.queries import doubles_revision, live_doubles, live_results, result_revision
from partnerships.progress import Measure, share_of, spans
from partnerships.schedules import ReportFrequency, schedule_in_bounds
from partnerships.states import PERIOD


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a value: by sex, age, or both; or by `category`.

    `category` is a form of trafficking or a region.
    """

    breakdown: Breakdown
    value: Decimal
    sex: str = ""
    age: str = ""
    category: str = ""


@service(Permission.EDIT_PARTNERSHIPS)
def schedule_periods(*, partnership: Partnership, frequency: ReportFrequency, actor: User) -> list[ReportingPeriod]:
    """Add the missing reporting periods to the end of the term, split at parts of the fiscal year.

    After an extension it adds the periods of the longer term. Raises `ValidationError` with code `term_missing`
    without a term, and `schedule_too_long` for more periods than a schedule holds.
    """
    current = lock_partnership(partnership)
    if current.starts_on is None or current.ends_on is None:
        raise ValidationError("Set the first and last day of the term first.", code="term_missing")
    reject(schedule_in_bounds(current.starts_on, current.ends_on, frequency))
    # The last period of a shorter term may end within a part of the fiscal year; the next one begins a day later.
    newest = max(
        ReportingPeriod.objects.filter(partnership=current).values_list("ends_on", flat=True),
        default=date.min,
    )
    return [
        create(
            ReportingPeriod(
                partnership=current,
                starts_on=max(span.starts_on, _day_after(newest)),
                ends_on=span.ends_on,
                due_on=span.due_on,
            ),
            actor=actor,
        )
        for span in spans(current.starts_on, current.ends_on, frequency)
        if span.ends_on > newest
    ]


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


# One piece: most of it names what a result has.
@service(Permission.EDIT_PARTNERSHIPS)
def record_result(
    *,
    period: ReportingPeriod,
    indicator: OutcomeIndicator,
    value: Decimal | None,
    actor: User,
    on: date,
    award: Award | None = None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    parts: Sequence[Part] = (),
    no_data_reason: str = "",
    not_disaggregated: str = "",
    narrative: str = "",
    evidence: str = "",
    expected_revision: str | None = None,
) -> Result:
    """Record the result of an indicator in an open period by one reporter, replacing an earlier one.

    The reporter is an `award`, or the partner government or the office without one. A share is computed from its two
    counts if they are given. `expected_revision` is the `result_revision` from when the writer opened the form. Raises
    `EditConflict` if another result counts now. The first result of a period begins it. Raises `ValidationError` with
    code `period_closed`; `value` or `no_data_reason` for an impossible value; `counts` for counts that do not fit;
    `disaggregation_sum` for parts that add up to another value; `disaggregation` for parts that are missing or not
    requested; and `doubles` if fewer remain than several counted.
    """
    check_same_partnership(indicator.partnership_id, award=award)
    requires_counts = indicator.aggregation == Method.SHARE
    reject(counts_fit(Measure(indicator.measure), value, numerator, denominator, requires_counts=requires_counts))
    if numerator is not None and denominator is not None:
        value = share_of([(numerator, denominator)])
    current = lock_row(period)
    if current.state == "no_data":  # the first result begins the period
        current = take_period_step(period=current, name="begin", actor=actor, on=on)
    _require_possible(indicator, value, parts, no_data_reason.strip(), not_disaggregated.strip())
    by_reporter = {row.award_id: row for row in live_results(current, indicator)}
    before = by_reporter.get(award.pk if award else None)
    check_revision(result_revision(before), expected_revision)
    doubles = live_doubles(current, indicator)
    if doubles is not None:
        values = [row.value for row in by_reporter.values() if row != before]
        reject(doubles_possible(doubles.value, [*values, value]))
    result = Result(
        period=current,
        indicator=indicator,
        award=award,
        value=value,
        numerator=numerator,
        denominator=denominator,
        no_data_reason=no_data_reason.strip(),
        not_disaggregated=not_disaggregated.strip(),
        narrative=narrative.strip(),
        evidence=evidence.strip(),
        replaces=before,
        recorded_by=actor,
    )
    cells = _insert_result(result, parts)
    record(
        actor=actor,
        action="replaced a result" if before else "recorded a result",
        target=result,
        before=audit_values(before) if before else None,
        after={**audit_values(result), "parts": [audit_values(cell) for cell in cells]},
    )
    return result


@service(Permission.EDIT_PARTNERSHIPS)
def record_doubles(
    *,
    period: ReportingPeriod,
    indicator: OutcomeIndicator,
    value: Decimal,
    source: str,
    actor: User,
    expected_revision: str | None = None,
) -> DoubleCount:
    """Record how many several reporters counted in an open period, replacing an earlier number; zero takes it back.

    `expected_revision` is the `doubles_revision` from when the writer opened the form. Raises `EditConflict`, and
    `ValidationError` with code `aggregation` if the plan takes no duplicates off the indicator, `doubles` for more than
    there can be, `source` without one, or `period_closed`.
    """
    current = lock_row(period)
    if indicator.aggregation != Method.DISTINCT:
        message = "The plan takes no duplicates off this indicator. Revise the plan to change the method."
        raise ValidationError(message, code="aggregation")
    before = live_doubles(current, indicator)
    check_revision(doubles_revision(before), expected_revision)
    reject(doubles_possible(value, [row.value for row in live_results(current, indicator)]))
    row = DoubleCount(
        period=current, indicator=indicator, value=value, source=source.strip(), replaces=before, recorded_by=actor
    )
    with db_errors_as_validation():
        save_validated(row, force_insert=True)
    record(
        actor=actor,
        action="replaced duplicates" if before else "recorded duplicates",
        target=row,
        before=audit_values(before) if before else None,
        after=audit_values(row),
    )
    return row


def _require_possible(
    indicator: OutcomeIndicator,
    value: Decimal | None,
    parts: Iterable[Part],
    no_data_reason: str,
    not_disaggregated: str,
) -> None:
    findings = value_is_possible(Measure(indicator.measure), value, no_data_reason)
    findings += parts_add_up(value, required_breakdowns(indicator), _sums(parts, indicator), not_disaggregated)
    reject(findings)


def _insert_result(result: Result, parts: Iterable[Part]) -> list[ResultCell]:
    cells = [ResultCell(breakdown=p.breakdown, sex=p.sex, age=p.age, category=p.category, value=p.value) for p in parts]
    with db_errors_as_validation():
        save_validated(result, force_insert=True)
        for cell in cells:
            cell.result = result
            cell.full_clean(validate_unique=False)
        ResultCell.objects.bulk_create(cells)
    return cells


def required_breakdowns(indicator: OutcomeIndicator) -> list[str]:
    wanted = {
        Breakdown.SEX_AGE: indicator.by_sex or indicator.by_age,
        Breakdown.FORM: indicator.by_form,
        Breakdown.REGION: indicator.by_region,
    }
    return [name_of_breakdown(breakdown, indicator) for breakdown, is_wanted in wanted.items() if is_wanted]


def name_of_breakdown(breakdown: Breakdown, indicator: OutcomeIndicator) -> str:
    """Return what the indicator is broken down by: "sex" if it is not broken down by age, too."""
    if breakdown is Breakdown.SEX_AGE and indicator.by_sex is not indicator.by_age:
        return "sex" if indicator.by_sex else "age"
    return breakdown.label.lower()


def _sums(parts: Iterable[Part], indicator: OutcomeIndicator) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for part in parts:
        name = name_of_breakdown(Breakdown(part.breakdown), indicator)
        sums[name] = sums.get(name, Decimal(0)) + part.value
    return sums


@transaction.atomic
def take_period_step(*, period: ReportingPeriod, name: str, actor: User, on: date, reason: str = "") -> ReportingPeriod:
    """Take one step of a period.

    `reason` is stored as the comment of the step. Submitting needs an approved plan, a period that is over, every
    result that is due, and a narrative for a year that misses its target by more than 10 percent
    (`plan_not_approved`, `period_open`, `result_missing`, `deviation_unexplained`). The person who submits can
    neither return nor approve (`two_people`).
    """
    return step(
        lock_row(period),
        PERIOD,
        name=name,
        checks=PERIOD_CHECKS,
        state=period_state,
        make=partial(PeriodStep, period=period),
        actor=actor,
        on=on,
        reason=reason,
    )
