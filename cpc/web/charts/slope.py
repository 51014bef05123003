"""Two rankings side by side: one line per country, and which of them enter or leave the first N."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web.charts.figure import Chart, at_both_widths
from cpc.web.charts.labels import SIZE, cut_to_fit
from cpc.web.charts.svg import Svg, circle, line, link, path, rect, text

WIDE, NARROW = 760.0, 322.0
ROW, TOP, GAP, TAIL = 24.0, 40.0, 8.0, 34.0
"""Heights in pixels: a row, the titles, the break at the cut, and the part after the last row."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A country's rank in both rankings; None is no rank.

    Without `href` its name is no link.
    """

    name: str
    before: int | None
    after: int | None
    href: str = ""

    def enters(self, first: int) -> bool:
        return _within(self.after, first) and not _within(self.before, first)

    def leaves(self, first: int) -> bool:
        return _within(self.before, first) and not _within(self.after, first)


def slope(
    key: str,
    finding: str,
    context: str,
    titles: tuple[str, str],
    rows: Sequence[Slope],
    *,
    first: int,
    top: int,
    width: float = WIDE,
) -> Chart:
    """Draw the first `top` countries of both rankings; those that enter or leave the first N are set off.

    Entering countries have a solid line, leaving ones a dashed line, so that hue is not needed to distinguish them. The
    page lists the same ranks. Raises `ValueError` if `top` cuts off the first N.
    """
    if top < first:
        raise ValueError(f"a slope of {top} rows does not show the first {first}")
    wide, narrow = at_both_widths(
        lambda size: (size, TOP + ROW * (top + 1) + TAIL, _body(_Layout(size, first, top), titles, rows)),
        width,
        NARROW,
        key=key,
        title=" and ".join(titles),
        desc=_description(rows, first),
        linked=True,
    )
    return Chart(finding, context, wide, None, narrow=narrow)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Layout of the two columns and of the rows.

    `js/what_if/slope.js` uses the same layout.
    """

    width: float
    first: int
    top: int

    @property
    def left(self) -> float:
        return 190.0 if self.width > 440 else 128.0

    @property
    def right(self) -> float:
        return self.width - self.left

    @property
    def last(self) -> float:
        return TOP + ROW * (self.top + 1) + 18

    def y(self, rank: int | None) -> float:
        """Return the height of a rank; those beyond the last row meet at its end."""
        if rank is None or rank > self.top:
            return self.last - 14
        return TOP + ROW * (rank - 1) + 12 + (GAP if rank > self.first else 0)


def _body(at: _Layout, titles: tuple[str, str], rows: Sequence[Slope]) -> list[Svg]:
    cut = at.y(at.first) + 16
    body = [
        rect(0, TOP - 2, at.width, ROW * at.first + 4, "k-quad"),
        line(0, cut, at.width, cut, "k-med"),
        text(at.left - 14, 18, cut_to_fit(titles[0], at.left - 14, SIZE, strong=True), "k-lb k-lb--on", "end"),
        text(at.right + 14, 18, cut_to_fit(titles[1], at.left - 14, SIZE, strong=True), "k-lb k-lb--on"),
    ]
    shown = [row for row in rows if _within(row.before, at.top) or _within(row.after, at.top)]
    # Lines that cross the cut are drawn last, over the pale lines.
    for row in sorted(shown, key=lambda row: row.enters(at.first) or row.leaves(at.first)):
        body += _row(at, row)
    tail = f"after {at.top}, or no rank" if any(None in (row.before, row.after) for row in shown) else f"after {at.top}"
    return [*body, text(at.left - 10, at.last, tail, "k-ax", "end"), text(at.right + 10, at.last, tail, "k-ax")]


def _row(at: _Layout, row: Slope) -> list[Svg]:
    crosses = row.enters(at.first) or row.leaves(at.first)
    mark = " k-sl--in" if row.enters(at.first) else " k-sl--out" if row.leaves(at.first) else ""
    name_class, dot = ("k-lb k-lb--on", "k-dot") if crosses else ("k-lb", "k-dot0")
    body = [path([[(at.left, at.y(row.before)), (at.right, at.y(row.after))]], f"k-sl{mark}")]
    label = cut_to_fit(row.name, at.left - 36, SIZE, strong=crosses)
    for rank, x, side, anchor in ((row.before, at.left, -1, "end"), (row.after, at.right, 1, "start")):
        if rank is None or rank > at.top:
            continue
        y = at.y(rank)
        name = text(x + side * 34, y + 4, label, name_class, anchor)
        body += [
            link(row.href, row.name, name) if row.href else name,
            text(x + side * 10, y + 4, str(rank), "k-ax", anchor),
            circle(x, y, 3.4, dot),
        ]
    return body


def _within(rank: int | None, first: int) -> bool:
    return rank is not None and rank <= first


def _description(rows: Sequence[Slope], first: int) -> str:
    enter = [row.name for row in rows if row.enters(first)]
    leave = [row.name for row in rows if row.leaves(first)]
    if not enter and not leave:
        return f"The same countries are among the first {first} in both."
    return f"Enter the first {first}: {', '.join(enter) or 'none'}. Leave it: {', '.join(leave) or 'none'}."
