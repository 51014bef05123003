"""Indicators, targets, and results to date; `publication` has what of them can be published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from cpc.fiscal_years import fiscal_year
from partnerships.aggregation import Method
from partnerships.lookups.rule_inputs import (
    ReportedIndicator,
    newest_targets,
    period_state,
    runs_in,
    targets_of_indicator,
    years_of,
)
from partnerships.lookups.totals import PeriodTotal, live_results_by_indicator, points
from partnerships.models import (
    Award,
    AwardState,
    DoubleCount,
    Evaluation,
    MonitoringPlan,
    OutcomeIndicator,
    Partnership,
    ReportingPeriod,
    Result,
    Target,
)
from partnerships.progress import (
    Comparison,
    Direction,
    Figure,
    Rollup,
    Trend,
    by_fiscal_year,
    compare,
    roll_up,
    targets_differ,
    trend,
    year_is_over,
)


def plan_of(partnership: Partnership) -> MonitoringPlan | None:
    return MonitoringPlan.objects.filter(partnership=partnership).select_related("partnership").first()


def indicators_of(partnership: Partnership) -> QuerySet[OutcomeIndicator]:
    rows = OutcomeIndicator.objects.filter(partnership=partnership).select_related("objective", "responsible")
    return rows.order_by("withdrawn", "objective__number", "code")


def targets_of(indicator: OutcomeIndicator) -> dict[int | None, Decimal]:
    """Return the target of each year, and that of the whole partnership under None."""
    return {year: value for (_, year), value in newest_targets([indicator.pk]).items()}


def periods_of(partnership: Partnership) -> list[ReportingPeriod]:
    """Return every period in order of time, with `reported`: its number of results."""
    live = Count("results", filter=Q(results__replaced_by__isnull=True))
    return list(partnership.reporting_periods.annotate(reported=live).order_by("ends_on"))


def period_that_takes_results(partnership: Partnership, today: date) -> ReportingPeriod | None:
    """Return the first period that has begun and isn't submitted."""
    begun = partnership.reporting_periods.filter(starts_on__lte=today).order_by("ends_on")
    return next((period for period in begun if period.takes_results), None)


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One indicator of one reporter in one period: its result, the number of replacements, and its findings.

    The reporter is an award, or the partner government or the office if it is None. `total` is over all reporters.
    """

    indicator: OutcomeIndicator
    result: Result | None
    earlier: int
    reported: ReportedIndicator
    award: Award | None = None
    total: PeriodTotal | None = None

    @property
    def name(self) -> str:
        """Return the code of the indicator, with the recipient of the award that reports it."""
        return f"{self.indicator.code}, {self.award.recipient}" if self.award else self.indicator.code

    @property
    def takes_doubles(self) -> bool:
        """Return whether duplicates can be taken off, at the first of several reporters."""
        reported = self.total.reported if self.total else ()
        return self.indicator.aggregation == Method.DISTINCT and len(reported) > 1 and self.result in list(reported)[:1]

    @property
    def query(self) -> str:
        """Return what the URL of its form has behind the indicator."""
        return f"?award={self.award.pk}" if self.award else ""


def period_lines(period: ReportingPeriod) -> list[PeriodLine]:
    """Return a line for each indicator and reporter: first the partner government or the office, then each award."""
    indicators = OutcomeIndicator.objects.filter(partnership_id=period.partnership_id, withdrawn=False)
    results = (
        Result.objects.filter(period=period).select_related("recorded_by").prefetch_related("cells").order_by("pk")
    )
    recorded: dict[tuple[int, int | None], list[Result]] = defaultdict(list)
    for result in results:
        recorded[result.indicator_id, result.award_id].append(result)  # each replaces the one before it
    reported = {row.title: row for row in period_state(period).indicators}
    totals = live_results_by_indicator(period.partnership_id)
    reporters: list[Award | None] = [None, *awards_that_report(period)]
    lines = []
    for row in indicators:
        total = next((total for total in totals[row.pk] if total.period_id == period.pk), None)
        for award in reporters:
            own = recorded[row.pk, award.pk if award else None]
            newest = own[-1] if own else None
            lines.append(PeriodLine(row, newest, max(len(own) - 1, 0), reported[str(row)], award, total))
    return lines


def shown_lines(period: ReportingPeriod) -> list[PeriodLine]:
    """Return the lines of a period without the awards that report nothing.

    An indicator that no one reports has the line without an award.
    """
    lines = period_lines(period)
    reported = {line.indicator.pk for line in lines if line.result is not None}
    return [
        line for line in lines if line.result is not None or (line.award is None and line.indicator.pk not in reported)
    ]


def targets_revision(indicator: OutcomeIndicator) -> str:
    """Return the key of the newest target, or "0". Targets are only added, never edited."""
    newest = Target.objects.filter(indicator=indicator).order_by("-pk").values_list("pk", flat=True).first()
    return str(newest or 0)


def result_revision(live: Result | None) -> str:
    """Return the key of the current result, or "0". Results are only replaced, never edited."""
    return str(live.pk if live else 0)


def live_result(period: ReportingPeriod, indicator: OutcomeIndicator, award: Award | None = None) -> Result | None:
    """Return the current result of one reporter: an award, or without one the partner government or the office."""
    rows = Result.objects.filter(period=period, indicator=indicator, replaced_by__isnull=True)
    rows = rows.filter(award__isnull=True) if award is None else rows.filter(award=award)
    return rows.prefetch_related("cells").first()


def live_results(period: ReportingPeriod, indicator: OutcomeIndicator) -> QuerySet[Result]:
    """Return the current results of an indicator in a period, one of each reporter."""
    return Result.objects.filter(period=period, indicator=indicator, replaced_by__isnull=True)


def live_doubles(period: ReportingPeriod, indicator: OutcomeIndicator) -> DoubleCount | None:
    return DoubleCount.objects.filter(period=period, indicator=indicator, replaced_by__isnull=True).first()


def doubles_revision(live: DoubleCount | None) -> str:
    """Return the key of the current duplicates, or "0"."""
    return str(live.pk if live else 0)


def awards_that_report(period: ReportingPeriod) -> list[Award]:
    """Return the awards of a partnership that run in a period, or have a result in it."""
    rows = Award.objects.filter(partnership_id=period.partnership_id).order_by("starts_on", "pk")
    with_result = set(period.results.exclude(award=None).values_list("award_id", flat=True))
    planned = AwardState.PLANNED
    return [row for row in rows if row.pk in with_result or (row.state != planned and runs_in(row, period))]


@dataclass(frozen=True, slots=True)
class YearLine:
    """One indicator in one fiscal year. `figure` is that of the periods that are over.

    `is_approved` is false if one of their results still waits for approval.
    """

    measured: Measured
    year: int
    target: Decimal | None
    figure: Figure | None
    comparison: Comparison
    is_over: bool = True
    in_progress: PeriodTotal | None = None
    is_approved: bool = True


def results_by_year(partnership: Partnership, today: date) -> list[tuple[Measured, Sequence[YearLine]]]:
    measured = measures(partnership, today)
    targets = newest_targets(row.indicator.pk for row in measured)
    results = live_results_by_indicator(partnership.pk)
    lines: list[tuple[Measured, Sequence[YearLine]]] = []
    for row in measured:
        own = results[row.indicator.pk]
        years = sorted({*years_of(partnership), *(fiscal_year(result.period.ends_on) for result in own)})
        lines.append((row, [_year(row, year, targets, own, partnership.term_last_day, today) for year in years]))
    return lines


def _year(
    row: Measured,
    year: int,
    targets: dict[tuple[int, int | None], Decimal],
    results: Sequence[PeriodTotal],
    last_day: date | None,
    today: date,
) -> YearLine:
    own = [result for result in results if fiscal_year(result.period.ends_on) == year]
    ended = of_ended_periods(own, today)
    figure = roll_up(points(ended), Rollup(row.indicator.accumulation)) if ended else None
    target, value = targets.get((row.indicator.pk, year)), figure.value if figure else None
    return YearLine(
        measured=row,
        year=year,
        target=target,
        figure=figure,
        comparison=compare(value, target, Direction(row.indicator.direction)),
        is_over=year_is_over(year, last_day, today),
        in_progress=in_progress(own, today),
        is_approved=all(result.period.state == "approved" for result in ended),
    )


def newest_year_of(periods: Sequence[ReportingPeriod], years: Sequence[int], today: date) -> int:
    """Return the newest fiscal year whose last period is over, or else the first one with a period or among `years`."""
    last = {fiscal_year(row.ends_on): row.ends_on for row in periods} or {year: date(year, 9, 30) for year in years}
    over = [year for year, ends_on in last.items() if ends_on < today]
    return max(over) if over else min(last, default=fiscal_year(today))


def of_ended_periods(results: Iterable[PeriodTotal], today: date) -> list[PeriodTotal]:
    """Return the results that count: those of periods that are over."""
    return [result for result in results if result.period.ends_on < today]


def in_progress(results: Iterable[PeriodTotal], today: date) -> PeriodTotal | None:
    """Return the newest value of a period that is not over, or None; it counts toward nothing yet."""
    rows = [result for result in results if result.period.ends_on >= today and result.value is not None]
    return rows[-1] if rows else None


def evaluations_of(partnership: Partnership) -> QuerySet[Evaluation]:
    return partnership.evaluations.select_related("document__document").order_by("planned_on", "pk")


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator with its value to date and its targets to date and for the whole term.

    The value is that of the periods that are over. `comparison` holds only years that are over against their targets;
    `is_under_way` is true if there are values, and none of such a year. `explained` is true if a result off its target
    has a narrative. `differs` describes how the yearly targets differ from the target of the whole term.
    """

    indicator: OutcomeIndicator
    figure: Figure
    target: Decimal | None
    whole: Decimal | None
    comparison: Comparison
    trend: Trend
    newest: PeriodTotal | None
    explained: bool
    differs: str
    is_under_way: bool = False
    in_progress: PeriodTotal | None = None


def measures(partnership: Partnership, today: date) -> list[Measured]:
    """Return every active indicator with its value by the newest period with a result."""
    indicators = list(partnership.outcome_indicators.filter(withdrawn=False).order_by("objective__number", "code"))
    targets = newest_targets(indicator.pk for indicator in indicators)
    results = live_results_by_indicator(partnership.pk)
    years = years_of(partnership)
    last_day = partnership.term_last_day
    return [measure(row, results[row.pk], targets, today, years, last_day=last_day) for row in indicators]


def measure(
    indicator: OutcomeIndicator,
    results: Sequence[PeriodTotal],
    targets: dict[tuple[int, int | None], Decimal],
    today: date,
    years: range,
    *,
    last_day: date | None = None,
) -> Measured:
    """Return an indicator on a day. `last_day` is that of the term, on which its last year is over."""
    how, direction = Rollup(indicator.accumulation), Direction(indicator.direction)
    ended = of_ended_periods(results, today)
    due = [row for row in ended if year_is_over(fiscal_year(row.period.ends_on), last_day, today)]
    known, now = [row for row in due if row.value is not None], in_progress(results, today)
    is_under_way = not known and (now is not None or any(row.value is not None for row in ended))
    over = [year for year in years if year_is_over(year, last_day, today)]
    year = fiscal_year(known[-1].period.ends_on) if known else fiscal_year(today)
    if not known and not is_under_way and over:
        year = over[-1]  # as for an indicator with values: a year that is not over asks for nothing yet
    target = _target_to_date(indicator.pk, targets, year, added=how is Rollup.SUM)
    return Measured(
        indicator=indicator,
        figure=_figure(ended, how),
        target=target,
        whole=targets.get((indicator.pk, None)),
        comparison=compare(_figure(due, how).value, target, direction),
        trend=trend(points(ended), direction),
        newest=ended[-1] if ended else None,
        explained=_is_explained(indicator, due, targets),
        differs=targets_differ(years, targets_of_indicator(indicator.pk, targets), how),
        is_under_way=is_under_way,
        in_progress=now,
    )


def _figure(results: Sequence[PeriodTotal], how: Rollup) -> Figure:
    """Return the combined value; of results that are not combined, the newest."""
    figure, known = roll_up(points(results), how), [row.value for row in results if row.value is not None]
    return replace(figure, value=known[-1]) if how is Rollup.NONE and known else figure


def _is_explained(
    indicator: OutcomeIndicator, results: Sequence[PeriodTotal], targets: dict[tuple[int, int | None], Decimal]
) -> bool:
    """Return whether each fiscal year off its target has a narrative.

    If no single year is off its target, return whether the newest result has one.
    """
    figures = by_fiscal_year(points(results), Rollup(indicator.accumulation))
    direction = Direction(indicator.direction)
    off = {
        year
        for year, figure in figures.items()
        if compare(figure.value, targets.get((indicator.pk, year)), direction).needs_narrative
    }
    explained_years = {fiscal_year(result.period.ends_on) for result in results if result.narrative.strip()}
    return off <= explained_years if off else bool(results) and results[-1].narrative.strip() != ""


def _target_to_date(
    indicator: int, targets: dict[tuple[int, int | None], Decimal], year: int, *, added: bool
) -> Decimal | None:
    """Return the target for the end of a fiscal year.

    It is the sum over the years so far if years add up (`added`), else the newest target.
    """
    yearly = {when: value for (pk, when), value in targets.items() if pk == indicator and when is not None}
    so_far = [yearly[when] for when in sorted(yearly) if when <= year]
    if not so_far:
        return None
    return sum(so_far, Decimal(0)) if added else so_far[-1]
