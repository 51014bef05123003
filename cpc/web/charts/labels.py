"""Labels beside marks: each where there is room, or not at all. Two labels never overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web.charts.metrics import width as words_width
from cpc.web.charts.svg import Svg, text

SIZE, STRONG_SIZE = 12.0, 12.5

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
    """A rectangle by its corners."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right and self.right > other.left and self.top < other.bottom and self.bottom > other.top
        )

    def inside(self, other: Box) -> bool:
        """Whether this one lies within the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )

    def around(self, x: float, y: float) -> bool:
        """Whether its centre is this point."""
        return abs((self.left + self.right) / 2 - x) < 0.1 and abs((self.top + self.bottom) / 2 - y) < 0.1


def boxes_of(words: str, x: float, y: float, *, strong: bool) -> list[tuple[float, float, str, Box]]:
    """Each spot for the label of a mark at (x, y): baseline, anchor and the room it takes."""
    wide = words_width(words, STRONG_SIZE if strong else SIZE, strong=strong) + 2
    found = []
    for dx, dy, anchor in _SPOTS:
        start = x + dx - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        found.append((x + dx, y + dy, anchor, Box(start - 2, y + dy - 10, start + wide + 2, y + dy + 3)))
    return found


def place_labels(
    wanted: Sequence[tuple[str, float, float, bool]], taken: Sequence[Box], area: Box, *, limit: int
) -> list[Svg]:
    """Up to `limit` labels, in the order wanted as (words, x, y, strong), clear of `taken` and of each other.

    The box in `taken` that is centred on a mark is the mark's own and does not stand in its label's way.
    """
    occupied = list(taken)
    labels: list[Svg] = []
    for words, x, y, strong in wanted:
        if len(labels) == limit:
            break
        others = [box for box in occupied if not box.around(x, y)]
        for at, base, anchor, box in boxes_of(words, x, y, strong=strong):
            if box.inside(area) and not any(box.meets(other) for other in others):
                occupied.append(box)
                labels.append(text(at, base, words, "k-lb k-lb--on" if strong else "k-lb", anchor))
                break
    return labels
