"""A difference with its range on a scale around zero, over what chance alone gives."""

from __future__ import annotations

from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts.figure import LegendItem
from cpc.web.charts.scale import linear, round_ends
from cpc.web.charts.svg import Svg, circle, decoration, line, mark, rect, text

WIDE, NARROW = 860.0, 322.0
HEIGHT, MIDDLE, HALF, EDGE = 54.0, 20.0, 11.0, 14.0


@dataclass(frozen=True, slots=True)
class Effect:
    """A difference, the ends of its range, those of what chance gives, and the size that would be detected."""

    value: float
    low: float
    high: float
    chance: tuple[float, float]
    detectable: float

    @property
    def end(self) -> float:
        """Return the end of a scale that is as long below zero as above."""
        ends = (self.value, self.low, self.high, *self.chance, self.detectable)
        most = max(abs(end) for end in ends)
        return round_ends([-most, most])[1] if most else 1.0


def effect_mark(effect: Effect, width: float = WIDE) -> Svg:
    """Draw a dot in its range over the band of chance, with posts at what could be detected; text near it has both."""
    x = linear(-effect.end, effect.end, EDGE, width - EDGE)
    low, high = (x(end) for end in effect.chance)
    body = [
        rect(low, MIDDLE - HALF, high - low, 2 * HALF, "k-gray"),
        line(x(-effect.end), MIDDLE, x(effect.end), MIDDLE, "k-hair"),
        line(x(0), 4, x(0), MIDDLE + 16, "k-zero"),
    ]
    for post in (-effect.detectable, effect.detectable):
        body.append(line(x(post), MIDDLE - HALF, x(post), MIDDLE + HALF, "k-det"))
    body.append(line(x(effect.low), MIDDLE, x(effect.high), MIDDLE, "k-range k-range--b"))
    body.append(circle(x(effect.value), MIDDLE, 6, "k-dot"))
    decimals = 0 if effect.end == int(effect.end) else 1
    for value, anchor in ((-effect.end, "start"), (0.0, "middle"), (effect.end, "end")):
        body.append(text(x(value), HEIGHT - 2, formats.signed(value, decimals if value else 0), "k-ax", anchor))
    return decoration(width, HEIGHT, body)


def effect_legend(dot: str) -> tuple[LegendItem, ...]:
    """Return the legend of `effect_mark`, with the label of the dot."""
    return (
        LegendItem(mark(16, 14, circle(8, 7, 5, "k-dot")), dot),
        LegendItem(mark(26, 12, line(1, 6, 25, 6, "k-range k-range--b")), "95% range"),
        LegendItem(mark(22, 14, rect(0, 0, 22, 14, "k-gray")), "What chance alone gives in 95% of cases"),
        LegendItem(mark(12, 16, line(6, 0, 6, 16, "k-det")), "Smallest difference this could detect"),
    )
