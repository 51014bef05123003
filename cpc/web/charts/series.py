"""Series over years, and shared parts of their charts: size, axes, hatching, description."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cpc.web import formats
from cpc.web.charts.figure import LegendItem, legend_of
from cpc.web.charts.labels import plate
from cpc.web.charts.scale import Scale
from cpc.web.charts.svg import Svg, line, path, picture, rect, swatch, text

WIDTH, HEIGHT = 276.0, 120.0
BOTTOM = 20.0
NO_VALUES = "No value is published"

Values = Mapping[int, float | None]


@dataclass(frozen=True, slots=True)
class Series:
    """Data for a chart of one series.

    `values` is by year; a year is missing if its value is None, or if it is within `years` but absent. `reasons` has
    the text for why a year is missing. `years` is the first and last year to draw, by default those of `values`.
    `written` formats a value for the reader.
    """

    key: str
    name: str
    finding: str
    context: str
    values: Values
    years: tuple[int, int] | None = None
    reasons: Mapping[int, str] = field(default_factory=dict)
    written: Callable[[float], str] = formats.number
    year_written: Callable[[int], str] = str

    @property
    def span(self) -> tuple[int, int] | None:
        """Return the first and last year drawn; None for a series without years."""
        if self.years is not None:
            return self.years
        return (min(self.values), max(self.values)) if self.values else None

    @property
    def known(self) -> list[tuple[int, float]]:
        return [(year, value) for year, value in sorted(self.values.items()) if value is not None]

    @property
    def missing(self) -> list[int]:
        if self.span is None:
            return []
        return [year for year in range(self.span[0], self.span[1] + 1) if self.values.get(year) is None]

    def cell(self, year: int) -> str:
        value = self.values.get(year)
        return self.reasons.get(year, "No value") if value is None else self.written(value)


def draw_series(series: Series, body: Sequence[Svg], description: str = "") -> Svg:
    """Return the drawing.

    `description` replaces the sentence "from ... to ..." of its description.
    """
    return picture(WIDTH, HEIGHT, body, key=series.key, title=series.name, desc=_description(series, description))


def _description(series: Series, description: str) -> str:
    if not series.known:
        return f"{NO_VALUES}."
    (first, start), (last, end) = series.known[0], series.known[-1]
    if not description and first == last:
        description = f"One value, {series.written(start)} in {series.year_written(first)}."
    elif not description:
        start_year, end_year = series.year_written(first), series.year_written(last)
        description = f"From {series.written(start)} in {start_year} to {series.written(end)} in {end_year}."
    hatched = f"{formats.count_of(len(series.missing), 'year')} without a value." if series.missing else ""
    return " ".join(part for part in (series.finding, series.context, description, hatched) if part)


def nothing(left: float) -> list[Svg]:
    """Draw a hatched plot with a text that there are no values."""
    top, right = 6.0, 4.0
    area = rect(left, top, WIDTH - left - right, HEIGHT - BOTTOM - top, "k-gap")
    return [area, *plate(NO_VALUES, (left + WIDTH - right) / 2, HEIGHT / 2 - 6)]


def runs_of(known: Sequence[tuple[int, float]], *, joined: bool) -> list[list[tuple[int, float]]]:
    """Return runs of values in consecutive years; a single run if the years between are not missing."""
    runs: list[list[tuple[int, float]]] = []
    for year, value in known:
        if runs and (joined or year == runs[-1][-1][0] + 1):
            runs[-1].append((year, value))
        else:
            runs.append([(year, value)])
    return runs


def hatch(missing: Sequence[int], span: tuple[int, int], x: Scale, left: float, right: float, top: float) -> list[Svg]:
    """Draw a hatched box over each stretch of missing years, from mid-year before to mid-year after."""
    if span[0] == span[1]:
        return []
    boxes = []
    for run in runs_of([(year, 0.0) for year in missing], joined=False):
        start, end = max(x(run[0][0] - 0.5), left), min(x(run[-1][0] + 0.5), right)
        boxes.append(rect(start, top, end - start, HEIGHT - BOTTOM - top, "k-gap"))
    return boxes


def value_axis(
    ends: tuple[float, float], y: Scale, left: float, right: float, written: Callable[[float], str]
) -> list[Svg]:
    """Draw the axis at the low end, lines at the high end and halfway, and both ends at the left."""
    low, high = ends
    return [
        *(line(left, y(level), right, y(level), "k-grid") for level in (high, (low + high) / 2)),
        line(left, y(low), right, y(low), "k-axis"),
        *(text(left - 6, y(end) + 4, written(end), "k-ax", "end") for end in (high, low)),
    ]


def line_through(runs: Sequence[Sequence[tuple[int, float]]], x: Scale, y: Scale, class_: str) -> Svg:
    return path([[(x(year), y(value)) for year, value in run] for run in runs], class_)


def year_axis(series: Series, left: float, right: float) -> list[Svg]:
    assert series.span is not None
    first, last = series.span
    body = [text(left, HEIGHT - 5, series.year_written(first), "k-ax")]
    return [*body, text(right, HEIGHT - 5, series.year_written(last), "k-ax", "end")] if last > first else body


def table_years(series: Series, *, yearly: bool = True) -> Sequence[int]:
    """Return the years of the companion table; for surveys only years with a survey."""
    if series.span is None:
        return ()
    if not yearly:
        return [year for year, _ in sorted(series.values.items())]
    return range(series.span[0], series.span[1] + 1)


def gap_legend(series: Series) -> tuple[LegendItem, ...]:
    """Return the legend of the hatching; empty unless the chart has both missing years and values."""
    return legend_of([(series.missing and series.known, swatch("k-gap"), "No value")])
