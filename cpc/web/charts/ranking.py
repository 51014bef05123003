"""The score of a row as a bar of its parts; the row gives the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web.charts.figure import LegendItem
from cpc.web.charts.row_marks import Branch
from cpc.web.charts.scale import linear
from cpc.web.charts.svg import Svg, decoration, line, mark, rect

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
    items = []
    for branch in ("need", "feas"):
        for shade, part in enumerate([part for part in parts if part.branch == branch], start=1):
            inset = 0.6 if shade == OUTLINED else 0
            sample = rect(inset, inset, 12 - 2 * inset, 12 - 2 * inset, f"k-{branch}{shade}")
            items.append(LegendItem(mark(12, 12, sample), part.label))
    return tuple(items)
