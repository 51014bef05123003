"""Chart of need against feasibility, filled by the chance to be among the first; every mark links to its country."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from cpc.web import formats
from cpc.web.charts.chances import chance_key, chance_label, chance_step
from cpc.web.charts.labels import Box, Named, arrange
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, between, linear
from cpc.web.charts.svg import (
    Point,
    Svg,
    circle,
    decoration,
    diamond,
    line,
    link,
    linked_picture,
    path,
    rect,
    tag,
    text,
)
from cpc.web.charts.view import KeyGroup, KeyItem, View

TITLE = "Need against feasibility"
GOOD_CORNER = "High need, able to act"
LOW_LEFT, LOW_RIGHT = "Lower need, limited means", "Lower need, able to act"

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    """One ranked country. The ranges are those of 90% of the draws.

    `interval` is that of the rank. `limits` are chances that rounding must not cross.
    """

    name: str
    href: str
    need: float
    feasibility: float
    chance: float | None = None
    rank: int | None = None
    interval: tuple[int, int] | None = None
    need_range: Range | None = None
    feasibility_range: Range | None = None
    partner: bool = False
    likely_fail: bool = False
    limits: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class TwoAxisFrame:
    """Size of the drawing, its margins, and whether it names more than the first countries and one corner."""

    width: float
    height: float
    full: bool
    left: float = 34
    top: float = 26
    right: float = 12
    bottom: float = 42

    @property
    def area(self) -> Box:
        """Return the box that the axes enclose."""
        return Box(self.left, self.top, self.width - self.right, self.height - self.bottom)


WIDE = TwoAxisFrame(868, 520, full=True)
NARROW = TwoAxisFrame(322, 380, full=False)
HIT = 12.0
LOW = 160.0
"""Height of a chart without countries."""


@dataclass(frozen=True, slots=True)
class Plane:
    """The two axes with the marks of the whole pool: medians, and the countries that no other exceeds on both."""

    x: Scale
    y: Scale
    needs: tuple[float, float]
    feasibilities: tuple[float, float]
    middle: Point
    front: tuple[Point, ...]


def scatter2(
    key: str,
    finding: str,
    context: str,
    dots: Sequence[Dot],
    *,
    first: int,
    pool: Sequence[tuple[float, float]] | None = None,
) -> View:
    """Draw the chart at two widths.

    `pool` has (need, feasibility) of all ranked countries if `dots` are only some. The page must have a list with the
    same links and figures below the chart.
    """
    points = [(dot.need, dot.feasibility) for dot in dots] if pool is None else list(pool)
    frames = (WIDE, NARROW) if points else (replace(WIDE, height=LOW), replace(NARROW, height=LOW))
    wide, narrow = (
        linked_picture(
            frame.width,
            frame.height,
            _body(dots, points, frame, first),
            key=f"{key}-{suffix}",
            title=TITLE,
            desc=_described(finding, dots),
        )
        for frame, suffix in zip(frames, ("wide", "narrow"), strict=True)
    )
    return View(finding, context, wide, narrow, _keys(dots, points, first))


def pareto(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the (need, feasibility) that no other point beats on both, most feasible first; equal ones once."""
    leading: list[tuple[float, float]] = []
    for need, feasibility in sorted(set(points), key=lambda point: (-point[1], -point[0])):
        if not leading or need > leading[-1][0]:
            leading.append((need, feasibility))
    return leading


# ---- drawing -------------------------------------------------------------------------------------------------------


def _body(dots: Sequence[Dot], pool: Sequence[tuple[float, float]], frame: TwoAxisFrame, first: int) -> list[Svg]:
    if not pool:
        return _nothing(frame)
    plane = _plane(pool, frame)
    spots = part_ties([(plane.x(dot.feasibility), plane.y(dot.need)) for dot in dots])
    taken = [_room(dot, x, y) for dot, (x, y) in zip(dots, spots, strict=True)]
    body = [*_ground(plane, frame), *_axes(plane, frame), *_corners(frame, taken)]
    if len(plane.front) > 1:
        body.append(path([plane.front], "k-front"))
    body += [_cross(dot, plane, frame) for dot in dots if _among(dot, first)]
    # Countries with the highest chance are drawn last, above the others.
    order = sorted(range(len(dots)), key=lambda index: (chance_step(dots[index].chance), -(dots[index].rank or 0)))
    body += [_mark(dots[index], spots, index, first) for index in order]
    return [*body, tag("g", *_names(dots, spots, taken, frame, first), class_="k-labels", aria_hidden="true")]


def _plane(pool: Sequence[tuple[float, float]], frame: TwoAxisFrame) -> Plane:
    needs, feasibilities = _ends(point[0] for point in pool), _ends(point[1] for point in pool)
    area = frame.area
    # Marks at an end stay whole inside the axes.
    x = linear(*feasibilities, area.left + 10, area.right - 10)
    y = linear(*needs, area.bottom - (26 if frame.full else 10), area.top + 10)
    middle = (x(median(point[1] for point in pool)), y(median(point[0] for point in pool)))
    front = tuple((x(feasibility), y(need)) for need, feasibility in pareto(pool))
    return Plane(x, y, needs, feasibilities, middle, front)


def _ends(values: Iterable[float]) -> tuple[float, float]:
    """Return the ends of an axis: multiples of five around the values, within 0 to 100 and at least 5 apart."""
    known = list(values)
    low = max(0.0, math.floor(min(known) / 5) * 5.0)
    high = min(100.0, math.ceil(max(known) / 5) * 5.0)
    return (low, high) if high - low >= 10 else (max(0.0, low - 5), min(100.0, high + 5))


def _nothing(frame: TwoAxisFrame) -> list[Svg]:
    label = "No country to show"
    area = frame.area
    wide = text_width(label, 12) + 16
    x, y = (area.left + area.right) / 2, (area.top + area.bottom) / 2
    return [
        rect(area.left, area.top, area.right - area.left, area.bottom - area.top, "k-gap"),
        rect(x - wide / 2, y - 16, wide, 24, "k-plate"),
        text(x, y, label, "k-v0", "middle"),
    ]


def _ground(plane: Plane, frame: TwoAxisFrame) -> list[Svg]:
    """Draw the soft band of the good corner, and the medians."""
    area = frame.area
    x, y = plane.middle
    return [
        rect(x, area.top, area.right - x, y - area.top, "k-quad"),
        line(x, area.top, x, area.bottom, "k-med"),
        line(area.left, y, area.right, y, "k-med"),
    ]


def _axes(plane: Plane, frame: TwoAxisFrame) -> list[Svg]:
    area = frame.area
    body = []
    for value in between(*plane.needs, 10 if frame.full else 20):
        body += [
            line(area.left, plane.y(value), area.right, plane.y(value), "k-grid"),
            text(area.left - 8, plane.y(value) + 4, formats.number(value), "k-ax", "end"),
        ]
    body.append(line(area.left, area.bottom, area.right, area.bottom, "k-axis"))
    for value in between(*plane.feasibilities, 10):
        body += [
            line(plane.x(value), area.bottom, plane.x(value), area.bottom + 4, "k-axis"),
            text(plane.x(value), area.bottom + 17, formats.number(value), "k-ax", "middle"),
        ]
    return [
        *body,
        text(0, 11, "Need score, 0 to 100", "k-axt"),
        text(area.right, frame.height - 4, "Feasibility score, 0 to 100", "k-axt", "end"),
    ]


def _corners(frame: TwoAxisFrame, taken: list[Box]) -> list[Svg]:
    """Label the corners, and add the boxes of the labels to `taken`."""
    area = frame.area
    corners = [(GOOD_CORNER, area.right - 8, area.top + 18, "end", "k-q k-q--on")]
    if frame.full:
        corners += [
            (LOW_LEFT, area.left + 10, area.bottom - 8, "start", "k-q k-halo"),
            (LOW_RIGHT, area.right - 8, area.bottom - 8, "end", "k-q k-halo"),
        ]
    body = []
    for label, x, y, anchor, class_ in corners:
        wide = text_width(label, 12.5, strong=True)
        start = x - wide if anchor == "end" else x
        taken.append(Box(start - 2, y - 14, start + wide + 2, y + 4))
        body.append(text(x, y, label, class_, anchor))
    return body


def _cross(dot: Dot, plane: Plane, frame: TwoAxisFrame) -> Svg:
    """Draw the middle 90% of the draws on both axes, cut at the edge of the chart."""
    if dot.need_range is None or dot.feasibility_range is None:
        return Svg()
    area = frame.area
    x, y = plane.x(dot.feasibility), plane.y(dot.need)
    left, right = (min(max(plane.x(value), area.left), area.right) for value in dot.feasibility_range)
    bottom, top = (min(max(plane.y(value), area.top), area.bottom) for value in dot.need_range)
    return path([[(left, y), (right, y)], [(x, top), (x, bottom)]], "k-cross")


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


def _size(dot: Dot) -> float:
    return (6.0 if chance_step(dot.chance) > 2 else 5.0) + (1.0 if dot.likely_fail else 0.0)


def _reach(dot: Dot) -> float:
    """Return the radius of the whole mark with its ring."""
    return _size(dot) + (4.4 if dot.partner else 0.0)


def _room(dot: Dot, x: float, y: float) -> Box:
    reach = _reach(dot) + 0.6
    return Box(x - reach, y - reach, x + reach, y + reach)


def _mark(dot: Dot, spots: Sequence[Point], index: int, first: int) -> Svg:
    x, y = spots[index]
    near = [math.dist(spots[index], spot) / 2 for other, spot in enumerate(spots) if other != index]
    hit = min([HIT, *near])
    size, fill = _size(dot), f"k-p{chance_step(dot.chance)}"
    marks = [circle(x, y, hit, "k-hit")] if hit > size else []
    if dot.partner:
        marks.append(circle(x, y, size + 3.6, "k-ring"))
    marks.append(diamond(x, y, size, fill) if dot.likely_fail else circle(x, y, size, fill))
    return link(dot.href, dot_label(dot, first), *marks)


def _names(
    dots: Sequence[Dot], spots: Sequence[Point], taken: Sequence[Box], frame: TwoAxisFrame, first: int
) -> list[Svg]:
    """Draw the names of the first countries in bold, then, if there is room, those of others by rank."""
    area = Box(frame.area.left + 2, frame.area.top, frame.area.right, frame.area.bottom)
    ordered = sorted(zip(dots, spots, strict=True), key=lambda pair: (pair[0].rank or math.inf, pair[0].name))
    named = [Named(dot.name, x, y, _among(dot, first), max(9.0, _reach(dot) + 3.5)) for dot, (x, y) in ordered]
    labels, boxes = arrange([one for one in named if one.strong], taken, area)
    if frame.full:
        labels += arrange([one for one in named if not one.strong], boxes, area)[0]
    return labels


def _among(dot: Dot, first: int) -> bool:
    return dot.rank is not None and dot.rank <= first


# ---- text and key -------------------------------------------------------------------------------------------------


def dot_label(dot: Dot, first: int) -> str:
    """Return the label of a mark: name, both scores, rank or its interval, chance, and any flags."""
    need, feasibility = formats.number(dot.need, 1), formats.number(dot.feasibility, 1)
    parts = [f"need {need}, feasibility {feasibility}"]
    if dot.interval:
        parts.append(f"rank {formats.span(*map(str, dot.interval), prose=True)} in 90% of draws")
    elif dot.rank is not None:
        parts.append(f"rank {dot.rank}")
    parts.append(chance_label(dot.chance, first, dot.limits))
    parts.append("partner now or before" if dot.partner else "")
    parts.append("likely to fail the corruption hurdle" if dot.likely_fail else "")
    return f"{dot.name}: {', '.join(filter(None, parts))}"


def _described(finding: str, dots: Sequence[Dot]) -> str:
    if not dots:
        return f"{finding} No country to show.".strip()
    count = "1 country" if len(dots) == 1 else f"{len(dots)} countries"
    return f"{finding} {count}, each a link; the list below has the same figures.".strip()


def _keys(dots: Sequence[Dot], pool: Sequence[tuple[float, float]], first: int) -> tuple[KeyGroup, ...]:
    if not dots:
        return ()
    steps = chance_key((dot.chance for dot in dots), first, _sample)
    ring = [circle(10, 10, 8.6, "k-ring"), circle(10, 10, 5, "k-p1")]
    crosses = any(_among(dot, first) and dot.need_range and dot.feasibility_range for dot in dots)
    drawn: list[tuple[bool, Svg, str]] = [
        (
            any(dot.likely_fail for dot in dots),
            decoration(16, 16, [diamond(8, 8, 6.5, "k-p1")], fit=False),
            "Likely to fail the corruption hurdle",
        ),
        (any(dot.partner for dot in dots), decoration(20, 20, ring, fit=False), "Partner now or before"),
        (
            crosses,
            decoration(20, 20, [path([[(1, 10), (19, 10)], [(10, 1), (10, 19)]], "k-cross")], fit=False),
            f"Range in 90% of draws (first {first} only)",
        ),
        (len(pareto(pool)) > 1, _stroke("k-front"), "No country beats these on both"),
        (True, _stroke("k-med"), "Median of the ranked"),
    ]
    return (steps, KeyGroup("", tuple(KeyItem(mark, label) for shown, mark, label in drawn if shown)))


def _sample(step: int) -> Svg:
    return decoration(16, 16, [circle(8, 8, 6 if step > 2 else 5, f"k-p{step}")], fit=False)


def _stroke(class_: str) -> Svg:
    return decoration(26, 12, [line(1, 6, 25, 6, class_)], fit=False)
