from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from partnerships.lookups.rule_inputs import (
    ReportedIndicator,
    live_results_by_indicator,
    newest_targets,
    period_state,
    points,
    years_of,
)
from partnerships.models import (
    Evaluation,
    MonitoringPlan,
    OutcomeIndicator,
    Partnership,
    ReportingPeriod,
    Result,
    Target,
)
from partnerships.monitoring.measured import Measured, measures
from partnerships.progress import (
    Comparison,
    Direction,
    Figure,
    Rollup,
    by_fiscal_year,
    compare,
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


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One indicator in one period: its result, the number of replacements, and its findings."""

    indicator: OutcomeIndicator
    result: Result | None
    earlier: int
    reported: ReportedIndicator


def period_lines(period: ReportingPeriod) -> list[PeriodLine]:
    indicators = OutcomeIndicator.objects.filter(partnership_id=period.partnership_id, withdrawn=False)
    results = (
        Result.objects.filter(period=period).select_related("recorded_by").prefetch_related("cells").order_by("pk")
    )
    recorded: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        recorded[result.indicator_id].append(result)  # each replaces the one before it
    reported = {row.title: row for row in period_state(period).indicators}
    lines = []
    for row in indicators:
        own = recorded[row.pk]
        lines.append(PeriodLine(row, own[-1] if own else None, max(len(own) - 1, 0), reported[str(row)]))
    return lines


def targets_revision(indicator: OutcomeIndicator) -> str:
    """Return the key of the newest target, or "0". Targets are only added, never edited."""
    newest = Target.objects.filter(indicator=indicator).order_by("-pk").values_list("pk", flat=True).first()
    return str(newest or 0)


def result_revision(live: Result | None) -> str:
    """Return the key of the current result, or "0". Results are only replaced, never edited."""
    return str(live.pk if live else 0)


def live_result(period: ReportingPeriod, indicator: OutcomeIndicator) -> Result | None:
    rows = Result.objects.filter(period=period, indicator=indicator, replaced_by__isnull=True)
    return rows.prefetch_related("cells").first()


@dataclass(frozen=True, slots=True)
class YearLine:
    measured: Measured
    year: int
    target: Decimal | None
    figure: Figure | None
    comparison: Comparison


def results_by_year(partnership: Partnership, today: date) -> list[tuple[Measured, Sequence[YearLine]]]:
    measured = measures(partnership, today)
    targets = newest_targets(row.indicator.pk for row in measured)
    results = live_results_by_indicator(partnership.pk)
    lines: list[tuple[Measured, Sequence[YearLine]]] = []
    for row in measured:
        figures = by_fiscal_year(points(results[row.indicator.pk]), Rollup(row.indicator.accumulation))
        years = sorted({*years_of(partnership), *figures})
        lines.append((row, [_year(row, year, targets, figures.get(year)) for year in years]))
    return lines


def _year(row: Measured, year: int, targets: dict[tuple[int, int | None], Decimal], figure: Figure | None) -> YearLine:
    target = targets.get((row.indicator.pk, year))
    value = figure.value if figure else None
    return YearLine(row, year, target, figure, compare(value, target, Direction(row.indicator.direction)))


def evaluations_of(partnership: Partnership) -> QuerySet[Evaluation]:
    return partnership.evaluations.select_related("document__document").order_by("planned_on", "pk")
