"""Two columns per year, side by side: the amounts of two partners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.web import formats
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, at_both_widths, legend_of
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, between, linear, round_ends
from cpc.web.charts.svg import Svg, line, rect, swatch, text

WIDE, NARROW, HEIGHT = 1172.0, 322.0, 220.0
TOP, BOTTOM = 22.0, 24.0
STYLES = ("k-dis", "k-stated")


@dataclass(frozen=True, slots=True)
class Pair:
    """Dollar amounts of two partners in one year. None: no record.

    `unvalued` counts records without an amount.
    """

    year: int
    first: Decimal | None
    second: Decimal | None
    unvalued: int = 0


def paired_columns(
    key: str, title: str, finding: str, context: str, names: tuple[str, str], pairs: Sequence[Pair]
) -> Chart:
    """Draw columns from zero by fiscal year; a partner without an amount in a year has a hatched column."""
    wide, narrow = at_both_widths(
        lambda width: (width, HEIGHT, _body(pairs, width)),
        WIDE,
        NARROW,
        key=key,
        title=title,
        desc=_description(names, pairs),
    )
    has_gap = any(value is None for pair in pairs for value in (pair.first, pair.second))
    legend = legend_of(
        [
            *((True, swatch(style), name) for style, name in zip(STYLES, names, strict=True)),
            (has_gap, swatch("k-gap"), "No amount in dollars"),
        ]
    )
    return Chart(finding, context, wide, _table(title, names, pairs), narrow=narrow, legend=legend)


def _body(pairs: Sequence[Pair], width: float) -> list[Svg]:
    values = [float(value) for pair in pairs for value in (pair.first, pair.second) if value is not None]
    low, high = round_ends(values, from_zero=True)
    base = HEIGHT - BOTTOM
    y = linear(low, high, base, TOP) if high > low else linear(0, 1, base, TOP)
    body: list[Svg] = []
    left = max(text_width(formats.money(end), 12) for end in (low, high)) + 8
    for value in between(low, high, (high - low) / 4 or 1):
        body.append(line(left, y(value), width - 4, y(value), "k-grid"))
        body.append(text(left - 6, y(value) + 4, formats.money(value), "k-ax", "end"))
    step = (width - 4 - left) / len(pairs)
    for index, pair in enumerate(pairs):
        body += _year(pair, left + index * step, step, y, base)
    return [*body, line(left, base, width - 4, base, "k-axis")]


def _year(pair: Pair, at: float, step: float, y: Scale, base: float) -> list[Svg]:
    half = min(step * 0.36, 44)
    middle = at + step / 2
    body = [text(middle, base + 16, formats.fiscal_year(pair.year) if step >= 52 else str(pair.year), "k-ax", "middle")]
    for offset, value, style in ((-half - 1, pair.first, STYLES[0]), (1, pair.second, STYLES[1])):
        if value is None:
            body.append(rect(middle + offset, base - 10, half, 10, "k-gap"))
            continue
        top = y(float(value))
        body.append(rect(middle + offset, top, half, max(base - top, 1), style))
        label = formats.money(value)
        if text_width(label, 12) <= half + 4:
            body.append(text(middle + offset + half / 2, top - 5, label, "k-lb", "middle"))
    return body


def _table(caption: str, names: tuple[str, str], pairs: Sequence[Pair]) -> ChartTable:
    columns = (
        ChartColumn("Fiscal year"),
        *(ChartColumn(name, numeric=True) for name in names),
        ChartColumn("Without a value", True),
    )
    rows = tuple(
        (formats.fiscal_year(p.year), formats.dollars(p.first), formats.dollars(p.second), str(p.unvalued))
        for p in pairs
    )
    return ChartTable(caption, columns, rows)


def _description(names: tuple[str, str], pairs: Sequence[Pair]) -> str:
    return " ".join(
        f"{formats.fiscal_year(p.year)}: {names[0]} {_amount(p.first)}, {names[1]} {_amount(p.second)}." for p in pairs
    )


def _amount(value: Decimal | None) -> str:
    return "no amount recorded" if value is None else formats.money(value)
