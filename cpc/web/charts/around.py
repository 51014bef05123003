"""Values in the periods around an event, over the range of others: one of several small pictures on one scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from cpc.web import formats
from cpc.web.charts.figure import LegendItem, legend_of
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, linear
from cpc.web.charts.svg import Point, Svg, circle, line, mark, path, picture, rect, text

WIDTH, HEIGHT = 270.0, 132.0
TOP, BOTTOM, RIGHT = 8.0, 24.0, 14.0
GAP = 5.0
"""Height by which a band passes its ends, so that one of a single value can be seen."""


@dataclass(frozen=True, slots=True)
class AroundValue:
    """A value of one period. `hollow` is not used in any figure; `ringed` is not confirmed."""

    period: int
    value: float
    hollow: bool = False
    ringed: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """Lowest, mean, and highest value of the others in one period."""

    period: int
    low: float
    mean: float
    high: float


@dataclass(frozen=True, slots=True)
class Around:
    """One picture: its moments in order, the event's period, and the periods at both ends.

    `levels` are the lines of the scale with their labels, the lowest first. `stepped` values hold until the middle of
    two periods; otherwise a straight line joins them, or none if not `joined`.
    """

    key: str
    title: str
    desc: str
    zero: int
    ends: tuple[int, int]
    moments: Sequence[AroundValue]
    levels: Sequence[tuple[float, str]]
    spreads: Sequence[Spread] = ()
    intervals: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    stepped: bool = False
    joined: bool = True


def around(one: Around) -> Svg:
    """Draw the values before and after the period of the event, which is shaded."""
    left = max(text_width(label, 12) for _, label in one.levels) + 10
    x = linear(one.ends[0], one.ends[1], left + 6, WIDTH - RIGHT)
    y = linear(one.levels[0][0], one.levels[-1][0], HEIGHT - BOTTOM - 4, TOP)
    step = x(1) - x(0)
    body = [rect(x(one.zero) - step / 2.6, TOP - 4, step / 1.3, HEIGHT - TOP - BOTTOM + 8, "k-event")]
    for value, label in one.levels:
        body += [line(left, y(value), WIDTH, y(value), "k-grid"), text(left - 6, y(value) + 4, label, "k-ax", "end")]
    body += _band(one.spreads, x, y)
    for period, (low, high) in one.intervals.items():
        body.append(line(x(period), y(low), x(period), y(high), "k-err"))
    if one.joined:
        body.append(path([_line(one, x, y)], "k-line"))
    for moment in one.moments:
        spot = (x(moment.period), y(moment.value))
        body.append(circle(*spot, 4, "k-unused" if moment.hollow else "k-dot"))
        if moment.ringed:
            body.append(circle(*spot, 7.5, "k-unsure"))
    for period in dict.fromkeys((one.ends[0], one.zero, one.ends[1])):
        anchor = "end" if period == one.ends[1] and x(period) > WIDTH - 20 else "middle"
        body.append(text(x(period) if anchor == "middle" else WIDTH, HEIGHT - 4, str(period), "k-ax", anchor))
    return picture(WIDTH, HEIGHT, body, key=one.key, title=one.title, desc=one.desc)


def _line(one: Around, x: Scale, y: Scale) -> list[Point]:
    spots = [(x(moment.period), y(moment.value)) for moment in one.moments]
    if not one.stepped:
        return spots
    points = spots[:1]
    for (before, level), (after, other) in pairwise(spots):
        middle = (before + after) / 2
        points += [(middle, level), (middle, other), (after, other)]
    return points


def _band(spreads: Sequence[Spread], x: Scale, y: Scale) -> list[Svg]:
    if not spreads:
        return []
    upper = [(x(one.period), y(one.high) - GAP) for one in spreads]
    lower = [(x(one.period), y(one.low) + GAP) for one in reversed(spreads)]
    mean = [(x(one.period), y(one.mean)) for one in spreads]
    return [path([upper + lower], "k-gray", closed=True), path([mean], "k-mean")]


def description(moments: Sequence[AroundValue], written: Callable[[float], str]) -> str:
    """Return the values as a sentence for a screen reader."""
    parts = [
        f"{one.period}: {written(one.value)}" + ", not used" * one.hollow + ", not confirmed" * one.ringed
        for one in moments
    ]
    return f"{'; '.join(parts)}." if parts else formats.DASH


def around_legend(
    *, used: str, hollow: str = "", ringed: str = "", spread: str = "", interval: str = "", event: str
) -> tuple[LegendItem, ...]:
    """Return the legend with these labels; a mark without a label is left out."""
    ring = (circle(10, 9, 4, "k-dot"), circle(10, 9, 7.5, "k-unsure"))
    return legend_of(
        [
            (used, mark(14, 14, circle(7, 7, 4, "k-dot")), used),
            (hollow, mark(14, 14, circle(7, 7, 4, "k-unused")), hollow),
            (ringed, mark(20, 18, *ring), ringed),
            (interval, mark(10, 14, line(5, 1, 5, 13, "k-err")), interval),
            (spread, mark(22, 14, rect(0, 0, 22, 14, "k-gray")), spread),
            (spread, mark(26, 12, line(1, 6, 25, 6, "k-mean")), "Their mean"),
            (event, mark(16, 14, rect(0, 0, 16, 14, "k-event")), event),
        ]
    )
