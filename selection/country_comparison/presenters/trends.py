"""Indices of two to five countries over time: small multiples, and a table of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cpc.web import charts, formats
from cpc.web.charts import ChartColumn, ChartTable, Multiples, Svg
from indicators.models import Observation
from selection.countries.presenters.trends import dollars
from selection.country_comparison.queries import MOST
from selection.runs.rows import RankingRow

SINCE = 1990
WIDE, NARROW_OF_MOST, NARROW = 270, 214, 150
"""Widths of one chart: on wide screens, there beside four others, and on phones."""

Found = Mapping[str, Mapping[str, Sequence[Observation]]]


@dataclass(frozen=True, slots=True)
class Trend:
    """One index: each country's letter, name, and line at two widths, with the numbers."""

    title: str
    context: str
    pictures: Sequence[tuple[Svg, str, Svg, Svg]]
    table: ChartTable


@dataclass(frozen=True, slots=True)
class Index:
    """One index to draw: its indicator, name, and number format."""

    key: str
    indicator: str
    title: str
    context: str
    written: Callable[[float], str]


INDICES = (
    Index("cpi", "cpi.score", "Corruption Perceptions Index", "Higher is better.", formats.number),
    Index(
        "freedom",
        "fh.total",
        "Freedom in the World, total",
        "Higher is better. Of 100; the year covered, not the edition.",
        formats.number,
    ),
    Index(
        "gni",
        "wb.gni_per_capita",
        "Income per person",
        "Gross national income, Atlas method, current dollars.",
        dollars,
    ),
)
CODES = tuple(index.indicator for index in INDICES)


def trends(found: Found, rows: Sequence[RankingRow]) -> list[Trend]:
    drawn = [_trend(index, found, rows) for index in INDICES]
    return [trend for trend in drawn if trend is not None]


def _trend(index: Index, found: Found, rows: Sequence[RankingRow]) -> Trend | None:
    by_country = found.get(index.indicator, {})
    key, title, written = index.key, index.title, index.written
    series = {
        row.name: {
            one.year: one.value for one in by_country.get(row.code, ()) if one.value is not None and one.year >= SINCE
        }
        for row in rows
    }
    values = [value for one in series.values() for value in one.values()]
    if not values:
        return None
    common = Multiples(title, series, charts.round_ends(values, from_zero=True), written)
    pictures = [
        (
            charts.letter_mark(index),
            row.name,
            charts.multi(f"{key}-{index}-wide", row.name, common, width=WIDE if len(rows) < MOST else NARROW_OF_MOST),
            charts.multi(f"{key}-{index}-narrow", row.name, common, width=NARROW),
        )
        for index, row in enumerate(rows)
    ]
    years = sorted({year for one in series.values() for year in one}, reverse=True)
    cells = tuple(
        (str(year), *(written(one[year]) if year in one else formats.DASH for one in series.values())) for year in years
    )
    columns = (ChartColumn("Year"), *(ChartColumn(row.name, numeric=True) for row in rows))
    return Trend(title, index.context, pictures, ChartTable(title, columns, cells))
