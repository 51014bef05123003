"""Outcome indicators with their results and targets to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cpc.fiscal_years import fiscal_year
from partnerships.lookups.rule_inputs import (
    live_results_by_indicator,
    newest_targets,
    points,
    targets_of_indicator,
    years_of,
)
from partnerships.models import (
    OutcomeIndicator,
    Partnership,
    Result,
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
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator with its value to date and its targets to date and for the whole term.

    `explained` is true if a result off its target has a narrative. `differs` describes how the yearly targets differ
    from the target of the whole term.
    """

    indicator: OutcomeIndicator
    figure: Figure
    target: Decimal | None
    whole: Decimal | None
    comparison: Comparison
    trend: Trend
    newest: Result | None
    explained: bool
    differs: str


def measures(partnership: Partnership, today: date) -> list[Measured]:
    """Return every active indicator with its value by the newest period with a result."""
    indicators = list(partnership.outcome_indicators.filter(withdrawn=False).order_by("objective__number", "code"))
    targets = newest_targets(indicator.pk for indicator in indicators)
    results = live_results_by_indicator(partnership.pk)
    years = years_of(partnership)
    return [_measure(indicator, results[indicator.pk], targets, today, years) for indicator in indicators]


def _measure(
    indicator: OutcomeIndicator,
    results: Sequence[Result],
    targets: dict[tuple[int, int | None], Decimal],
    today: date,
    years: range,
) -> Measured:
    how, direction = Rollup(indicator.accumulation), Direction(indicator.direction)
    known = [result for result in results if result.value is not None]
    figure = roll_up(points(results), how)
    if how is Rollup.NONE and known:
        figure = replace(figure, value=known[-1].value)
    year = fiscal_year(known[-1].period.ends_on if known else today)
    target = _target_to_date(indicator.pk, targets, year, added=how is Rollup.SUM)
    return Measured(
        indicator=indicator,
        figure=figure,
        target=target,
        whole=targets.get((indicator.pk, None)),
        comparison=compare(figure.value, target, direction),
        trend=trend(points(results), direction),
        newest=results[-1] if results else None,
        explained=_is_explained(indicator, results, targets),
        differs=targets_differ(years, targets_of_indicator(indicator.pk, targets), how),
    )


def _is_explained(
    indicator: OutcomeIndicator, results: Sequence[Result], targets: dict[tuple[int, int | None], Decimal]
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
