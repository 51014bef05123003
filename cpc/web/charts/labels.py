"""Labels next to marks, drawn only if there is room. Two labels never overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.svg import Svg, rect, text

SIZE, STRONG_SIZE = 12.0, 12.5
REACH = 9.0
LEVEL = 4.0

# Offsets of the text from its mark and its anchor, best first.
_SPOTS = (
    (9.0, 4.0, "start"),
    (-9.0, 4.0, "end"),
    (0.0, -10.0, "middle"),
    (0.0, 18.0, "middle"),
    (8.0, -7.0, "start"),
    (-8.0, -7.0, "end"),
    (8.0, 15.0, "start"),
    (-8.0, 15.0, "end"),
)


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and self.right > other.left and self.top < other.bottom and self.bottom > other.top
        )

    def inside(self, other: Box) -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )

    def around(self, x: float, y: float) -> bool:
        return abs((self.left + self.right) / 2 - x) < 0.1 and abs((self.top + self.bottom) / 2 - y) < 0.1


def boxes_of(
    label: str, x: float, y: float, *, strong: bool, reach: float = REACH
) -> list[tuple[float, float, str, Box]]:
    """Return every spot for the label of a mark at (x, y), best first: x, baseline, anchor, and the box it takes.

    `reach` is the distance from the middle of the mark to the start of its label.
    """
    wide = text_width(label, STRONG_SIZE if strong else SIZE, strong=strong) + 2
    more = reach - REACH
    spots = []
    for by, down, anchor in _SPOTS:
        dx = by + math.copysign(more, by) if by else 0.0
        dy = down + (0.0 if down == LEVEL else math.copysign(more, down))
        start = x + dx - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        spots.append((x + dx, y + dy, anchor, Box(start - 2, y + dy - 10, start + wide + 2, y + dy + 3)))
    return spots


def within(middle: float, wide: float, left: float, right: float) -> float:
    """Return the center for a text of this width that fits between left and right."""
    return min(max(middle, left + wide / 2), right - wide / 2)


def cut_to_fit(label: str, room: float, size: float, *, strong: bool = False) -> str:
    """Return as many letters of `label` as fit, with an ellipsis if any are left out."""
    if text_width(label, size, strong=strong) <= room:
        return label
    while label and text_width(f"{label}…", size, strong=strong) > room:
        label = label[:-1].rstrip()
    return f"{label}…"


def plate(label: str, x: float, y: float) -> list[Svg]:
    """Write why there is nothing to see, on a ground that keeps it readable over a hatched area."""
    wide = text_width(label, SIZE) + 16
    return [rect(x - wide / 2, y - 16, wide, 24, "k-plate"), text(x, y, label, "k-v0", "middle")]


@dataclass(frozen=True, slots=True)
class Named:
    """A mark with a name.

    `reach` is the distance from its middle to the start of the name.
    """

    label: str
    x: float
    y: float
    strong: bool
    reach: float = REACH


def arrange(wanted: Sequence[Named], taken: Sequence[Box], area: Box) -> tuple[list[Svg], list[Box]]:
    """Draw as many labels as possible, trying several orders.

    Returns them and all boxes taken. The order with the most labels wins, then the one with the better spots: a name
    drawn early can block two others. The orders are fixed, so that the same marks always give the same drawing.
    """
    free = {id(named): _free(named, taken, area) for named in wanted}
    orders = [
        list(wanted),
        sorted(wanted, key=lambda named: named.y),
        sorted(wanted, key=lambda named: -named.y),
        sorted(wanted, key=lambda named: named.x),
        sorted(wanted, key=lambda named: -named.x),
        sorted(wanted, key=lambda named: len(free[id(named)])),
        sorted(wanted, key=lambda named: -len(named.label)),
    ]
    tries = [_in_turn(order, [free[id(named)] for named in order]) for order in orders]
    _, _, labels, boxes = min(tries, key=lambda tried: (-len(tried[2]), tried[1]))
    return labels, [*taken, *boxes]


_Spot = tuple[int, tuple[float, float, str, Box]]
"""A spot for a label after its rank; 0 is best."""


def _in_turn(wanted: Sequence[Named], free: Sequence[Sequence[_Spot]]) -> tuple[int, int, list[Svg], list[Box]]:
    """Draw each label at the first of its free spots that no label before it takes.

    Returns their number, their cost, the labels, and their boxes.
    """
    added: list[Box] = []
    labels: list[Svg] = []
    cost = 0
    for named, spots in zip(wanted, free, strict=True):
        others = [box for box in added if not box.around(named.x, named.y)]
        for rank, (at, base, anchor, box) in spots:
            if not any(box.meets(other) for other in others):
                added.append(box)
                labels.append(text(at, base, named.label, "k-lb k-lb--on" if named.strong else "k-lb", anchor))
                cost += rank
                break
    return len(labels), cost, labels, added


def _free(named: Named, taken: Sequence[Box], area: Box) -> list[_Spot]:
    """Return the spots of a label that overlap no box in `taken`, best first."""
    others = [box for box in taken if not box.around(named.x, named.y)]
    spots = boxes_of(named.label, named.x, named.y, strong=named.strong, reach=named.reach)
    return [
        (rank, spot)
        for rank, spot in enumerate(spots)
        if spot[3].inside(area) and not any(spot[3].meets(other) for other in others)
    ]
