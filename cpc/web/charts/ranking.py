"""Marks in a row of the ranking and of the factor table.

The row has their figures, so they are decoration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cpc.web.charts.figure import LegendItem
from cpc.web.charts.scale import linear
from cpc.web.charts.svg import Svg, circle, decoration, line, rect

Branch = Literal["need", "feas"]

# Dark, light with an outline, middle: in this order neighbors differ by 3:1 or more.
SHADES = 3
OUTLINED = 2


@dataclass(frozen=True, slots=True)
class Part:
    """Points that one group of criteria gives to a score."""

    label: str
    points: float
    branch: Branch


def rank_bar(
    parts: Sequence[Part], *, top: float, open_points: float = 0, width: float = 320, height: float = 20
) -> Svg:
    """Draw the score as a bar: need from the left, a black split, feasibility to its right.

    All rows share the scale 0 to `top`. `open_points` are points that depend on missing values; they follow, hatched. A
    branch has at most three parts, since more shades can't be distinguished: group them. Raises `ValueError` for more.
    """
    scale = linear(0, top, 0, width)
    body: list[Svg] = []
    reached = 0.0
    for branch in ("need", "feas"):
        own = [part for part in parts if part.branch == branch]
        if len(own) > SHADES:
            raise ValueError(f"{len(own)} parts of {branch} in one bar; group them into at most {SHADES}.")
        for shade, part in enumerate(own, start=1):
            if part.points < 0:
                raise ValueError(f"{part.label}: {part.points} points; a bar shows points from 0 up.")
            body += _segment(scale(reached), scale(reached + part.points), height, f"k-{branch}{shade}")
            reached += part.points
        if branch == "need" and reached:
            x = scale(reached) - 0.8
            body.append(line(x, 0, x, height, "k-split"))
    if open_points > 0:
        x = scale(reached) + 0.5
        body.append(rect(x, 4.5, scale(min(reached + open_points, top)) - x, height - 9, "k-gap"))
    return decoration(width, height, body)


def _segment(start: float, end: float, height: float, class_: str) -> list[Svg]:
    """Draw one part with a white gap after it; an outline stays inside the part.

    Omit less than half a pixel.
    """
    if end - start < 0.5:
        return []
    gap = 1.5
    if class_.endswith(str(OUTLINED)):
        return [rect(start + 0.6, 3.6, max(end - start - gap - 1.2, 0.8), height - 7.2, class_)]
    return [rect(start, 3, max(end - start - gap, 0.8), height - 6, class_)]


def rank_bar_legend(parts: Sequence[Part]) -> tuple[LegendItem, ...]:
    """Return the legend of the shades of `rank_bar`, in its order."""
    items = []
    for branch in ("need", "feas"):
        for shade, part in enumerate([part for part in parts if part.branch == branch], start=1):
            inset = 0.6 if shade == OUTLINED else 0
            mark = rect(inset, inset, 12 - 2 * inset, 12 - 2 * inset, f"k-{branch}{shade}")
            items.append(LegendItem(decoration(12, 12, [mark], fit=False), part.label))
    return tuple(items)


def rank_interval(
    rank: int | None, low: int | None, high: int | None, total: int, *, width: float = 96, height: float = 18
) -> Svg:
    """Draw the rank as a dot and its 90% interval as a line, rank 1 at the left; hatch the track without a rank."""
    scale = linear(1, max(total, 1), 6, width - 6)
    middle = height / 2
    if rank is None:
        return decoration(width, height, [rect(0.5, middle - 3, width - 1, 6, "k-gap")])
    body = [line(6, middle, width - 6, middle, "k-hair")]
    if low is not None and high is not None:
        body.append(line(scale(low), middle, scale(high), middle, "k-range"))
    body.append(circle(scale(rank), middle, 4, "k-dot"))
    return decoration(width, height, body)


def profile(value: float | None, median: float | None = None, *, width: float = 120, height: float = 16) -> Svg:
    """Draw a normalized value between 0 and 1 as a bar, the pool's median as a post; hatch a missing value."""
    body = [rect(0, 5, width, 6, "k-track2", rx=1)]
    if value is None:
        body.append(rect(0.5, 5.5, width - 1, 5, "k-gap"))
    else:
        body.append(rect(0, 5, width * min(max(value, 0), 1), 6, "k-fill", rx=1))
    if median is not None:
        body.append(line(width * median, 2, width * median, 14, "k-medline"))
    return decoration(width, height, body)
