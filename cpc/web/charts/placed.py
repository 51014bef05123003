"""Ranks of countries in lists of different lengths and years, on one scale from the top of a list to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web.charts.figure import Chart, Drawing, LegendItem, at_both_widths, legend_of
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.rows import RowLayout
from cpc.web.charts.scale import Scale, linear
from cpc.web.charts.svg import Svg, circle, diamond, line, mark, rect, text

QUARTER = 0.25
MARKS = ((0.0, "Top"), (QUARTER, "Top 25%"), (0.5, "Middle"), (0.75, ""), (1.0, "Last"))
"""The lines of the scale, with their labels."""


@dataclass(frozen=True, slots=True)
class Placing:
    """A rank among `of` countries with the ranks of 90% of the draws.

    `note` is a short text under the name. `complete` fills the mark: by the caller's limit, enough of the values
    behind the rank were published then. `outside` marks a country that a rule of its list did not admit. Without a
    rank the track is hatched.
    """

    name: str
    note: str
    rank: int | None
    of: int
    low: int | None = None
    high: int | None = None
    complete: bool = True
    outside: bool = False


WIDE = RowLayout(570, left=128, row=46, drop=22, labels_left=True, top=40)
NARROW = RowLayout(322, left=6, row=58, drop=38, labels_left=False, top=40)


def placed(key: str, title: str, finding: str, context: str, cases: Sequence[Placing]) -> Chart:
    """Draw each rank as a dot on its own track, the best at the left; a table on the page has the figures."""
    wide, narrow = at_both_widths(
        lambda rows: _body(rows, cases), WIDE, NARROW, key=key, title=title, desc=" ".join(map(_description, cases))
    )
    return Chart(finding, context, wide, None, narrow=narrow)


def placed_legend(complete: str, partly: str, outside: str) -> tuple[LegendItem, ...]:
    """Return the legend of `placed` with these labels; a mark without a label is left out."""
    return legend_of(
        [
            (complete, mark(30, 14, line(1, 7, 29, 7, "k-range"), circle(15, 7, 5, "k-dot")), complete),
            (partly, mark(30, 14, line(1, 7, 29, 7, "k-range k-range--then"), circle(15, 7, 5, "k-hollow")), partly),
            (outside, mark(16, 16, diamond(8, 8, 6.5, "k-dot")), outside),
        ]
    )


def _body(rows: RowLayout, cases: Sequence[Placing]) -> Drawing:
    x = rows.scale(0, 1)
    end = rows.top + rows.row * len(cases) + 2
    body = [rect(x(0), rows.top - 8, x(QUARTER) - x(0), end - rows.top + 8, "k-quad")]
    for share, label in MARKS:
        body.append(line(x(share), rows.top - 8, x(share), end, "k-med" if share == 0.5 else "k-grid"))
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        if label:
            body.append(text(x(share), rows.top - 16, label, "k-ax", anchor))
    for number, case in enumerate(cases):
        body += _row(rows, case, x, rows.top + rows.row * number)
    return rows.width, end + 4, body


def _row(rows: RowLayout, case: Placing, x: Scale, top: float) -> list[Svg]:
    y = top + rows.drop
    if rows.labels_left:
        body = [
            text(rows.left - 14, y - 2, case.name, "k-lb k-lb--on", "end"),
            text(rows.left - 14, y + 13, case.note, "k-ax", "end"),
        ]
    else:
        after = rows.left + text_width(case.name, 12.5, strong=True) + 8
        body = [text(rows.left, top + 18, case.name, "k-lb k-lb--on"), text(after, top + 18, case.note, "k-ax")]
    if case.rank is None:
        return [*body, rect(x(0), y - 4, x(1) - x(0), 8, "k-gap")]
    along = linear(1, max(case.of, 2), x(0), x(1))
    body.append(line(x(0), y, x(1), y, "k-hair"))
    if case.low is not None and case.high is not None:
        class_ = "k-range" if case.complete else "k-range k-range--then"
        body.append(line(along(case.low), y, along(case.high), y, class_))
    fill = "k-dot" if case.complete else "k-hollow"
    return [*body, diamond(along(case.rank), y, 7, fill) if case.outside else circle(along(case.rank), y, 6, fill)]


def _description(case: Placing) -> str:
    if case.rank is None:
        return f"{case.name}: no rank."
    interval = "" if case.low is None else f", {case.low} to {case.high} in 90% of draws"
    outside = ", outside that year's pool" if case.outside else ""
    partly = "" if case.complete else ", with values not all published at that time"
    return f"{case.name}, {case.note}: {case.rank} of {case.of}{interval}{partly}{outside}."
