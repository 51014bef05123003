"""Positions of marks that would cover each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cpc.web.charts.svg import Point


def hit_radius(spots: Sequence[Point], index: int, most: float) -> float:
    """Return the radius of the area for the pointer around one mark: halfway to the nearest other, at most `most`."""
    return min([most, *(math.dist(spots[index], spot) / 2 for other, spot in enumerate(spots) if other != index)])


def part_ties(spots: Sequence[Point]) -> list[Point]:
    """Return the spots, spreading those that coincide so that each can be seen and clicked."""
    groups: dict[tuple[int, int], list[int]] = {}
    for index, (x, y) in enumerate(spots):
        groups.setdefault((round(x), round(y)), []).append(index)
    parted = list(spots)
    for indexes in groups.values():
        if len(indexes) == 1:
            continue
        radius = max(5.0, 5.0 / math.sin(math.pi / len(indexes)))
        for turn, index in enumerate(indexes):
            angle = 2 * math.pi * turn / len(indexes) + math.pi
            x, y = spots[index]
            parted[index] = (x + radius * math.cos(angle), y + radius * math.sin(angle))
    return parted


def push_apart(spots: Sequence[Point], sizes: Sequence[float]) -> list[Point]:
    """Push the centers of circles apart until none covers another, in a few short steps, so that each stays near."""
    moved = list(spots)
    for _ in range(40):
        still = True
        for index in range(len(moved)):
            for other in range(index + 1, len(moved)):
                (x, y), (ox, oy) = moved[index], moved[other]
                lacking = sizes[index] + sizes[other] + 0.5 - math.hypot(ox - x, oy - y)
                if lacking <= 0.05:
                    continue
                still = False
                # Two circles at the same spot move apart at an angle of their own, so that a third can be added.
                angle = math.atan2(oy - y, ox - x) if (x, y) != (ox, oy) else 2.4 * other
                dx, dy = math.cos(angle) * lacking / 2, math.sin(angle) * lacking / 2
                moved[index], moved[other] = (x - dx, y - dy), (ox + dx, oy + dy)
        if still:
            break
    return moved
