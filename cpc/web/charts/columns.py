"""Columns over years, from zero."""

from __future__ import annotations

from collections.abc import Collection

from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, legend_of
from cpc.web.charts.labels import within
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import linear
from cpc.web.charts.series import (
    BOTTOM,
    HEIGHT,
    WIDTH,
    Series,
    draw_series,
    gap_legend,
    nothing,
    table_years,
    year_axis,
)
from cpc.web.charts.svg import Svg, line, rect, swatch, text


def columns_chart(series: Series, *, partial: Collection[int] = ()) -> Chart:
    """Draw one column per year from zero; a negative one extends down with a label, a `partial` year is outlined."""
    body = _columns_body(series, partial) if series.known else nothing(6)
    table = ChartTable(
        series.name,
        (ChartColumn("Year"), ChartColumn(series.name, numeric=True)),
        tuple(
            (series.year_written(year) + (", in part" if year in partial else ""), series.cell(year))
            for year in table_years(series)
        ),
    )
    legend = legend_of([(partial, swatch("k-col k-col--part"), "Year in part")]) + gap_legend(series)
    return Chart(series.finding, series.context, draw_series(series, body), table, legend=legend)


def _columns_body(series: Series, partial: Collection[int]) -> list[Svg]:
    assert series.span is not None
    values = [value for _, value in series.known]
    low, high = min(0.0, *values), max(0.0, *values)
    left = max(text_width(series.written(end), 12) for end in (0.0, high)) + 8
    top, right = 18.0, 4.0
    below = 16.0 if low < 0 else 0.0  # room for the label of a negative year
    first, last = series.span
    step = (WIDTH - left - right) / (last - first + 1)
    y = linear(low, high, HEIGHT - BOTTOM - below, top) if high > low else linear(0, 1, HEIGHT - BOTTOM, top)
    body = [rect(left + (year - first) * step + 0.5, top, step - 1, y(0) - top, "k-gap") for year in series.missing]
    full = [year for year, _ in series.known if year not in partial]
    labeled = full[-1] if full else series.known[-1][0]
    for year, value in series.known:
        at = left + (year - first) * step
        style = "k-col k-col--part" if year in partial else "k-col"
        body.append(rect(at + 1, y(max(value, 0)), step - 2, max(abs(y(value) - y(0)), 1), style))
        middle = within(at + step / 2, text_width(series.written(value), 13, strong=True), left, WIDTH - right)
        if value < 0:
            body.append(text(middle, y(value) + 12, series.written(value), "k-v0 k-halo", "middle"))
        elif year == labeled:
            body.append(text(middle, y(value) - 5, series.written(value), "k-v k-halo", "middle"))
    body.append(line(left, y(0), WIDTH - right, y(0), "k-axis"))
    body.append(text(left - 6, y(0) + 4, series.written(0), "k-ax", "end"))
    if high > 0:
        body.append(text(left - 6, y(high) + 5, series.written(high), "k-ax", "end"))
    return body + year_axis(series, left, WIDTH - right)
