"""Line over years, with the publisher's interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from cpc.web import formats
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, legend_of
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, linear, round_ends
from cpc.web.charts.series import (
    BOTTOM,
    HEIGHT,
    WIDTH,
    Series,
    draw_series,
    gap_legend,
    hatch,
    line_through,
    nothing,
    runs_of,
    table_years,
    value_axis,
    year_axis,
)
from cpc.web.charts.svg import Point, Svg, circle, line, path, stroke, swatch, text

LABEL_HEIGHT = 12.0


def line_chart(
    series: Series,
    *,
    ends: tuple[float, float] | None = None,
    intervals: Mapping[int, tuple[float, float]] | None = None,
    reference: tuple[str, float] | None = None,
    yearly: bool = True,
) -> Chart:
    """Draw one series as a line: first value next to its dot, last value bold in the margin.

    `ends` of the scale default to round numbers around the values. `intervals` is drawn as a pale band, and as a
    whisker for an isolated year. `reference` is the name and height of a dashed line. `yearly=False` is for surveys:
    the years between two of them are not missing, so the line continues over them and each survey has a dot.
    """
    intervals = intervals or {}
    marks = [value for _, value in series.known] + [end for pair in intervals.values() for end in pair]
    low, high = ends or round_ends(marks + ([reference[1]] if reference else []))
    columns = [ChartColumn("Year"), ChartColumn(series.name, numeric=True)]
    if intervals:
        columns.append(ChartColumn("Interval", numeric=True))
    rows = []
    for year in table_years(series, yearly=yearly):
        row = [series.year_written(year), series.cell(year)]
        if intervals:
            pair = intervals.get(year)
            row.append(formats.span(*map(series.written, pair)) if pair else formats.DASH)
        rows.append(tuple(row))
    body = _line_body(series, low, high, intervals, reference, yearly=yearly)
    table = ChartTable(series.name, tuple(columns), tuple(rows))
    legend = legend_of(
        [
            (intervals and series.known, swatch("k-band"), "Publisher's interval"),
            (reference and series.known, stroke("k-med"), reference[0] if reference else ""),
        ]
    )
    if yearly:
        legend += gap_legend(series)
    return Chart(series.finding, series.context, draw_series(series, body), table, legend=legend)


def _line_body(
    series: Series,
    low: float,
    high: float,
    intervals: Mapping[int, tuple[float, float]],
    reference: tuple[str, float] | None,
    *,
    yearly: bool,
) -> list[Svg]:
    written = series.written
    left = max(text_width(written(end), 12) for end in (low, high)) + 8
    if not series.known or series.span is None:
        return nothing(left)
    right = max(text_width(written(value), 13, strong=True) for _, value in series.known) + 12
    top = 14.0
    x = linear(*series.span, left, WIDTH - right)
    y = linear(low, high, HEIGHT - BOTTOM, top)
    body = hatch(series.missing, series.span, x, left, WIDTH - right, top) if yearly else []
    body += value_axis((low, high), y, left, WIDTH - right, written)
    runs = runs_of(series.known, joined=not yearly)
    body += _band(intervals, runs, x, y)
    if reference:
        body.append(line(left, y(reference[1]), WIDTH - right, y(reference[1]), "k-med"))
    body.append(line_through([run for run in runs if len(run) > 1], x, y, "k-line"))
    alone = [run[0] for run in runs if len(run) == 1] if yearly else series.known
    body += [circle(x(year), y(value), 2.4, "k-dot0") for year, value in alone]
    dashed = y(reference[1]) if reference else None
    return body + _ends(series, x, y, dashed) + year_axis(series, left, WIDTH - right)


def _ends(series: Series, x: Scale, y: Scale, dashed: float | None) -> list[Svg]:
    (first, start), (last, end) = series.known[0], series.known[-1]
    body = []
    if first != last:
        body += [circle(x(first), y(start), 2.4, "k-dot0")]
        body += [_first_value(series, x, y, dashed)]
    body += [circle(x(last), y(end), 3.6, "k-dot")]
    return [*body, text(x(last) + 8, y(end) + 4.5, series.written(end), "k-v k-halo")]


def _first_value(series: Series, x: Scale, y: Scale, dashed: float | None) -> Svg:
    """Draw the first value above the line, or below it if that is nearer to its dot, clear of both lines."""
    (first, start), *_ = series.known
    label, left = series.written(start), x(first) + 1
    right = left + text_width(label, 12) + 2
    spots = [(x(year), y(value)) for year, value in series.known]
    heights = [height for at, height in spots if at <= right]
    for (before, low), (after, high) in pairwise(spots):
        if before < right < after:  # the line crosses the edge of the text
            heights.append(low + (high - low) * (right - before) / (after - before))
    above, below = min(heights) - 8, max(heights) + 16
    fits = below <= HEIGHT - BOTTOM - 3 and (dashed is None or not below - LABEL_HEIGHT < dashed < below + 3)
    is_nearer_below = fits and below - y(start) < y(start) - above
    return text(left, below if is_nearer_below or above < LABEL_HEIGHT else above, label, "k-v0 k-halo")


def _band(
    intervals: Mapping[int, tuple[float, float]], runs: Sequence[Sequence[tuple[int, float]]], x: Scale, y: Scale
) -> list[Svg]:
    """Draw a band over each stretch of years with an interval; a whisker for an isolated year."""
    body = []
    for run in runs:
        stretches: list[list[int]] = [[]]
        for year, _ in run:
            if year in intervals:
                stretches[-1].append(year)
            elif stretches[-1]:
                stretches.append([])
        for years in stretches:
            upper: list[Point] = [(x(year), y(intervals[year][1])) for year in years]
            lower: list[Point] = [(x(year), y(intervals[year][0])) for year in reversed(years)]
            if len(years) == 1:
                body.append(path([lower + upper], "k-err"))
            elif years:
                body.append(path([upper + lower], "k-band", closed=True))
    return body
