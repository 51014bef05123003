"""The pooled line of each measure: its picture, its finding, and the table of the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts import Effect, Svg, effect_legend, effect_mark
from cpc.web.charts.effects import NARROW, WIDE
from cpc.web.charts.figure import LegendItem
from cpc.web.tables import Column, Table
from partnerships.outcomes.measures import OutcomeMeasure
from partnerships.outcomes.presenters import numbers
from partnerships.outcomes.results import MeasureResult, OutcomeResults

WITHIN = 0.25
"""Difference in tiers for which the page gives the number of partners that would show it."""


@dataclass(frozen=True, slots=True)
class PooledRow:
    """A row of the chart: a measure with a pooled line, or too few partners for one."""

    measure: OutcomeMeasure
    wide: Svg | None
    narrow: Svg | None
    value: str
    partners: int


def pooled_rows(results: OutcomeResults) -> list[PooledRow]:
    return [_row(result) for result in results.measures.values()]


def _row(result: MeasureResult) -> PooledRow:
    line, measure = result.pooled, result.measure
    if line is None:
        return PooledRow(measure, None, None, formats.DASH, len(result.compared))
    effect = Effect(line.difference, line.low, line.high, line.chance, line.detectable)
    value = numbers.difference(measure, line.difference)
    return PooledRow(measure, effect_mark(effect, WIDE), effect_mark(effect, NARROW), value, line.partners)


def legend(results: OutcomeResults) -> Sequence[LegendItem]:
    counts = sorted({row.pooled.partners for row in results.measures.values() if row.pooled})
    if not counts:
        return ()
    span = formats.span(str(counts[0]), str(counts[-1]), prose=True)
    return effect_legend(f"Pooled difference, {span} partners")


def outside(results: OutcomeResults) -> list[str]:
    """Return the measures whose dot lies outside the band of chance: their line does not cross zero."""
    return [
        result.measure.title
        for result in results.measures.values()
        if result.pooled and not result.pooled.chance[0] <= result.pooled.difference <= result.pooled.chance[1]
    ]


def partners_for(result: MeasureResult, difference: float = WITHIN) -> int | None:
    """Return about how many partners would show a difference: the error falls with the root of their number."""
    line = result.pooled
    return None if line is None else round(line.partners * (line.detectable / difference) ** 2)


def _figure(result: MeasureResult, name: str) -> str:
    return formats.DASH if result.pooled is None else numbers.size(result.measure, getattr(result.pooled, name))


def _range(result: MeasureResult) -> str:
    if result.pooled is None:
        return formats.DASH
    return f"{_figure(result, 'low')} to {_figure(result, 'high')}"


def pooled_table(results: OutcomeResults) -> Table[MeasureResult]:
    tests = sum(row.pooled is not None for row in results.measures.values())
    return Table(
        "Pooled differences",
        [
            Column("Measure", lambda row: row.measure.title, detail=lambda row: row.measure.unit),
            Column("Partners", lambda row: len(row.compared), "number"),
            Column(
                "Difference",
                lambda row: numbers.difference(row.measure, row.pooled.difference) if row.pooled else None,
                css="num",
            ),
            Column("95% range", _range, css="num"),
            Column("p", lambda row: numbers.chance(row.pooled.p if row.pooled else None), css="num"),
            Column(
                f"p, {formats.count_of(tests, 'test')}",
                lambda row: numbers.chance(row.adjusted),
                css="num",
                phone="p, all",
            ),
            Column(
                "Detectable",
                lambda row: _figure(row, "detectable"),
                detail=lambda row: (
                    f"{_figure(row, 'detectable_first')} at the first step of Holm" if row.pooled else None
                ),
                css="num",
            ),
        ],
        caption="Pooled difference of each measure",
    )
