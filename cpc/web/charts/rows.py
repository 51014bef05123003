"""Layout of charts with one labeled row per item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web.charts.figure import Drawing
from cpc.web.charts.scale import Scale, linear
from cpc.web.charts.svg import Svg


@dataclass(frozen=True, slots=True)
class RowLayout:
    """Sizes in pixels: the plot is from `left` to `width - right`, each row has its bar `drop` below its top.

    Labels are at the left of the bars, or above them on phones.
    """

    width: float
    left: float
    row: float
    drop: float
    labels_left: bool
    right: float = 14
    top: float = 24

    @property
    def end(self) -> float:
        return self.width - self.right

    def scale(self, low: float, high: float) -> Scale:
        return linear(low, high, self.left, self.end)

    def bottom(self, count: int) -> float:
        return self.top + self.row * max(count, 1)

    def drawing(self, count: int, foot: float, body: Sequence[Svg]) -> Drawing:
        return self.width, self.bottom(count) + foot, body
