"""Results of the newest fiscal year that is over, against its targets, loaded with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cpc.fiscal_years import fiscal_year
from partnerships.lookups.rule_inputs import REPORTS, newest_targets, years_of
from partnerships.lookups.totals import PeriodTotal, live_results_by_indicator, points
from partnerships.models import Frequency, Objective, Partnership, PeriodState, ReportingPeriod
from partnerships.monitoring.queries import Measured, measure, newest_year_of, of_ended_periods
from partnerships.progress import Comparison, Direction, Figure, Rollup, closes, compare, roll_up

HANDED_IN = (PeriodState.SUBMITTED, PeriodState.APPROVED)


@dataclass(frozen=True, slots=True)
class YearResult:
    """One indicator in one fiscal year, and to date (`measured`).

    `missing` are the periods of the year without a report of this indicator, `has_late` whether one of them is overdue.
    `figure` is that of the periods that are over; `is_approved` is false if a result of them waits for approval.
    """

    measured: Measured
    target: Decimal | None
    figure: Figure | None
    comparison: Comparison
    missing: int
    has_late: bool
    is_approved: bool = True

    @property
    def value(self) -> Decimal | None:
        return self.figure.value if self.figure else None


@dataclass(frozen=True, slots=True)
class NewestYear:
    """The newest fiscal year of which every period is over, or else the one that is under way.

    `number` counts the years of the term from 1, None outside of them. `ends_on` is the last day of its last
    period, or of the fiscal year without periods.
    """

    year: int
    number: int | None
    ends_on: date
    is_over: bool
    has_periods: bool
    rows: Sequence[tuple[Objective, Sequence[YearResult]]]

    @property
    def results(self) -> list[YearResult]:
        return [row for _, rows in self.rows for row in rows]


def newest_year(partnership: Partnership, today: date) -> NewestYear:
    objectives = list(partnership.objectives.filter(withdrawn=False).order_by("number"))
    indicators = list(partnership.outcome_indicators.filter(withdrawn=False).order_by("objective__number", "code"))
    targets = newest_targets(row.pk for row in indicators)
    results = live_results_by_indicator(partnership.pk)
    periods = list(partnership.reporting_periods.order_by("ends_on"))
    terms = years_of(partnership)
    year = newest_year_of(periods, terms, today)
    of_year = [row for row in periods if fiscal_year(row.ends_on) == year]
    ends_on = of_year[-1].ends_on if of_year else date(year, 9, 30)
    found: dict[int | None, list[YearResult]] = {}
    for row in indicators:
        measured = measure(row, results[row.pk], targets, today, terms, last_day=partnership.term_last_day)
        due = _expected(of_year, periods, Frequency(row.frequency))
        found.setdefault(row.objective_id, []).append(
            _of_year(measured, year, results[row.pk], due, targets.get((row.pk, year)), today)
        )
    return NewestYear(
        year=year,
        number=terms.index(year) + 1 if year in terms else None,
        ends_on=ends_on,
        is_over=ends_on < today,
        has_periods=bool(of_year),
        rows=[(row, found.get(row.pk, [])) for row in objectives],
    )


def _expected(
    of_year: Sequence[ReportingPeriod], periods: Sequence[ReportingPeriod], frequency: Frequency
) -> list[ReportingPeriod]:
    """Return the periods of the year in which an indicator of this frequency is reported."""
    if frequency is Frequency.AS_NEEDED:
        return []
    report = REPORTS.get(frequency)
    schedule = [row.ends_on for row in periods]
    return [row for row in of_year if report is None or closes(row.ends_on, schedule, report)]


def _of_year(
    measured: Measured,
    year: int,
    results: Sequence[PeriodTotal],
    expected: Sequence[ReportingPeriod],
    target: Decimal | None,
    today: date,
) -> YearResult:
    own = [row for row in of_ended_periods(results, today) if fiscal_year(row.period.ends_on) == year]
    how = Rollup(measured.indicator.accumulation)
    figure = roll_up(points(own), how) if own else None
    known = [row.value for row in own if row.value is not None]
    if figure is not None and how is Rollup.NONE and known:
        figure = replace(figure, value=known[-1])
    reported = {row.period_id for row in own}
    missing = [row for row in expected if row.pk not in reported and row.ends_on < today]
    return YearResult(
        measured=measured,
        target=target,
        figure=figure,
        comparison=compare(figure.value if figure else None, target, Direction(measured.indicator.direction)),
        missing=len(missing),
        has_late=any(row.due_on < today and row.state not in HANDED_IN for row in missing),
        is_approved=all(row.period.state == PeriodState.APPROVED for row in own),
    )
