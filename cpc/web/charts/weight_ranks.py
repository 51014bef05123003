"""Rank of one country over a weight, from 0 to 100 percent of its group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web.charts.figure import Chart, at_both_widths
from cpc.web.charts.scale import linear
from cpc.web.charts.svg import Point, Svg, circle, line, path, rect, text

WIDE, NARROW, HEIGHT = 740.0, 322.0, 200.0
LEFT, RIGHT, TOP, BOTTOM = 30.0, 18.0, 8.0, 24.0
STEP = 20
"""Ranks between two lines of the grid, and percent between two labels."""


@dataclass(frozen=True, slots=True)
class WeightRank:
    """A rank of the line that is marked: at which percentage, and its label."""

    percent: float
    rank: int
    label: str
    is_now: bool = False


def weight_ranks(
    key: str,
    finding: str,
    context: str,
    title: str,
    ranks: Sequence[tuple[float, int]],
    marks: Sequence[WeightRank],
    *,
    first: int,
) -> Chart:
    """Draw ranks by percentage, rank 1 at the top, with the first ranks shaded. `js/what_if/follow.js` redraws it."""
    description = "; ".join(f"rank {rank} at {percent:g} percent" for percent, rank in ranks[:: len(ranks) // 5 or 1])
    wide, narrow = at_both_widths(
        lambda width: (width, HEIGHT, _body(width, ranks, marks, first)),
        WIDE,
        NARROW,
        key=key,
        title=title,
        desc=description,
    )
    return Chart(finding, context, wide, None, narrow=narrow)


def last_rank(ranks: Sequence[tuple[float, int]], first: int) -> int:
    """Return the rank at the bottom: a whole step below every rank of the line."""
    lowest = max(first, *(rank for _, rank in ranks))
    return -(-lowest // STEP) * STEP


def _body(width: float, ranks: Sequence[tuple[float, int]], marks: Sequence[WeightRank], first: int) -> list[Svg]:
    last = last_rank(ranks, first)
    x = linear(0, 100, LEFT, width - RIGHT)
    y = linear(1, last, TOP, HEIGHT - BOTTOM)
    body = [rect(LEFT, TOP, width - RIGHT - LEFT, y(first) - TOP, "k-quad")]
    for rank in (1, *range(STEP, last + 1, STEP)):
        body += [line(LEFT, y(rank), width - RIGHT, y(rank), "k-grid"), text(22, y(rank) + 4, str(rank), "k-ax", "end")]
    for percent in range(0, 101, STEP):
        body.append(text(x(percent), HEIGHT - 4, f"{percent}%", "k-ax", "middle"))
    points: list[Point] = [(x(percent), y(rank)) for percent, rank in ranks]
    body.append(path([points], "k-line"))
    for mark in marks:
        at = x(mark.percent), y(mark.rank)
        body.append(circle(*at, 5 if mark.is_now else 4.5, "k-dot" if mark.is_now else "k-hollow"))
        anchor = "end" if at[0] > width - 80 else None
        shift = -6 if anchor else 6
        body.append(text(at[0] + shift, at[1] + 18, mark.label, "k-lb k-lb--on" if mark.is_now else "k-lb", anchor))
    return body
