"""Need against feasibility of each country, with the medians and the countries that no other exceeds on both.

Marks either are filled by the chance to be among the first and link to their country, or only set off the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from cpc.web import formats
from cpc.web.charts.chances import chance_key, chance_label, chance_step
from cpc.web.charts.figure import Chart, Drawing, KeyGroup, View, at_both_widths, legend_of
from cpc.web.charts.labels import Box, Named, arrange, plate
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, between, linear
from cpc.web.charts.spots import hit_radius, part_ties
from cpc.web.charts.svg import (
    Point,
    Svg,
    circle,
    diamond,
    line,
    link,
    mark,
    path,
    rect,
    stroke,
    tag,
    text,
)

TITLE = "Need against feasibility"
GOOD_CORNER = "High need, able to act"
LOW_LEFT, LOW_RIGHT = "Lower need, limited means", "Lower need, able to act"

HIT = 12.0
LOW = 160.0
"""Height of a chart without countries."""

Scores = tuple[float, float]
"""Need and feasibility."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One ranked country. The ranges are those of 90% of the draws.

    `interval` is that of the rank. `likely_fail` sets off a country that a hurdle speaks against. `limits` are chances
    that rounding must not cross.
    """

    name: str
    href: str
    need: float
    feasibility: float
    chance: float | None = None
    rank: int | None = None
    interval: tuple[int, int] | None = None
    need_range: tuple[float, float] | None = None
    feasibility_range: tuple[float, float] | None = None
    partner: bool = False
    likely_fail: bool = False
    limits: tuple[float, ...] = ()

    @property
    def scores(self) -> Scores:
        return self.need, self.feasibility

    @property
    def size(self) -> float:
        return (6.0 if chance_step(self.chance) > 2 else 5.0) + (1.0 if self.likely_fail else 0.0)

    @property
    def reach(self) -> float:
        return self.size + (4.4 if self.partner else 0.0)

    def is_among(self, first: int) -> bool:
        return self.rank is not None and self.rank <= first


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of the drawing, its margins, and whether it names more than the first countries and one corner."""

    width: float
    height: float
    full: bool
    left: float = 34
    top: float = 26
    right: float = 12
    bottom: float = 42

    def area(self, height: float) -> Box:
        return Box(self.left, self.top, self.width - self.right, height - self.bottom)


WIDE = Frame(868, 520, full=True)
NARROW = Frame(322, 380, full=False)


@dataclass(frozen=True, slots=True)
class Plane:
    """The two axes with the marks of the whole pool: medians, and the countries that no other exceeds on both."""

    area: Box
    x: Scale
    y: Scale
    needs: tuple[float, float]
    feasibilities: tuple[float, float]
    middle: Point
    front: tuple[Point, ...]


DrawMark = Callable[[Dot, Sequence[Point], int], Svg]
"""Draws a country, given the positions of all and its index among them."""

Ends = Callable[[Iterable[float]], tuple[float, float]]
"""Ends of an axis for the values on it."""


def scatter(
    key: str,
    finding: str,
    context: str,
    dots: Sequence[Dot],
    *,
    first: int,
    pool: Sequence[Scores] | None = None,
) -> View:
    """Draw each mark filled by its chance, as a link.

    `pool` has the scores of all ranked countries if `dots` are only some. The page must have a list with the same links
    and figures below the chart.
    """
    points = [dot.scores for dot in dots] if pool is None else pool

    def draw_mark(dot: Dot, spots: Sequence[Point], index: int) -> Svg:
        return _chance_mark(dot, spots, index, first)

    wide, narrow = at_both_widths(
        lambda frame: _drawing(frame, points, dots, first, draw_mark),
        WIDE,
        NARROW,
        key=key,
        title=TITLE,
        desc=_description(finding, dots),
        linked=True,
    )
    return View(finding, context, wide, narrow, _keys(dots, points, first))


def scatter_of_first(
    key: str, finding: str, context: str, dots: Sequence[Dot], *, first: int, first_label: str
) -> Chart:
    """Draw the first countries dark, the others pale, without links; the page has the same figures as a table.

    `first_label` is the legend of the dark dots.
    """

    def draw_mark(dot: Dot, spots: Sequence[Point], index: int) -> Svg:
        return _first_mark(dot, *spots[index], first)

    # A round has few countries: with room at the ends, none is under the label of a corner, which would hide its name.
    ends = partial(_ends, step=10, margin=2)
    points = [dot.scores for dot in dots]
    middle_need, middle_feasibility = (median(scores) for scores in zip(*points, strict=True))
    above = sum(need > middle_need and feasibility > middle_feasibility for need, feasibility in points)
    names = ", ".join(dot.name for dot in leading(dots))
    wide, narrow = at_both_widths(
        lambda frame: _drawing(frame, points, dots, first, draw_mark, ends),
        WIDE,
        NARROW,
        key=key,
        title=TITLE,
        desc=f"{finding} {above} of {len(dots)} countries are above the median on both scores. "
        f"No country beats {names} on both.",
    )
    has_first = any(dot.is_among(first) and not dot.likely_fail for dot in dots)
    has_other = any(not dot.is_among(first) and not dot.likely_fail for dot in dots)
    has_failing = any(dot.likely_fail for dot in dots)
    legend = legend_of(
        [
            (has_first, mark(12, 12, circle(6, 6, 5, "k-pt--top")), first_label),
            (has_other, mark(12, 12, circle(6, 6, 4.4, "k-pt")), "Other ranked country"),
            (has_failing, mark(12, 12, diamond(6, 6, 5, "k-pt--block")), "Does not pass a hurdle"),
            (len(front(points)) > 1, stroke("k-front"), "No country beats these on both scores"),
            (True, stroke("k-med"), "Median"),
        ]
    )
    return Chart(finding, context, wide, None, narrow=narrow, legend=legend)


def front(points: Iterable[Scores]) -> list[Scores]:
    """Return the scores that no other country exceeds on both, most feasible first; equal ones once."""
    best: list[Scores] = []
    for need, feasibility in sorted(set(points), key=lambda point: (-point[1], -point[0])):
        if not best or need > best[-1][0]:
            best.append((need, feasibility))
    return best


def leading(dots: Iterable[Dot]) -> list[Dot]:
    """Return the countries that no other exceeds on both, most feasible first; including those with equal scores."""
    dots = list(dots)
    best = set(front(dot.scores for dot in dots))
    return sorted((dot for dot in dots if dot.scores in best), key=lambda dot: -dot.feasibility)


# ---- drawing -------------------------------------------------------------------------------------------------------


def _ends(values: Iterable[float], step: int = 5, margin: float = 0) -> tuple[float, float]:
    """Return the ends of an axis: multiples of `step` around the values, within 0 to 100 and at least 5 apart."""
    known = list(values)
    low = max(0.0, math.floor((min(known) - margin) / step) * float(step))
    high = min(100.0, math.ceil((max(known) + margin) / step) * float(step))
    return (low, high) if high - low >= 10 else (max(0.0, low - 5), min(100.0, high + 5))


def _drawing(
    frame: Frame, pool: Sequence[Scores], dots: Sequence[Dot], first: int, draw_mark: DrawMark, ends: Ends = _ends
) -> Drawing:
    if not pool:
        return frame.width, LOW, _nothing(frame.area(LOW))
    plane = _plane(pool, frame, ends)
    spots = part_ties([(plane.x(dot.feasibility), plane.y(dot.need)) for dot in dots])
    taken = [_box_around(dot, *spot) for dot, spot in zip(dots, spots, strict=True)]
    body = [*_ground(plane), *_axes(plane, frame), *_corners(plane.area, taken, frame.full)]
    if len(plane.front) > 1:
        body.append(path([plane.front], "k-front"))
    body += [_cross(dot, plane) for dot in dots if dot.is_among(first)]
    # Countries with the highest chance are drawn last, above the others.
    order = sorted(range(len(dots)), key=lambda index: (chance_step(dots[index].chance), -(dots[index].rank or 0)))
    body += [draw_mark(dots[index], spots, index) for index in order]
    names = _names(dots, spots, taken, plane.area, first, full=frame.full)
    return frame.width, frame.height, [*body, tag("g", *names, class_="k-labels", aria_hidden="true")]


def _plane(pool: Sequence[Scores], frame: Frame, ends: Ends) -> Plane:
    needs, feasibilities = ends(point[0] for point in pool), ends(point[1] for point in pool)
    area = frame.area(frame.height)
    # Marks at an end stay whole inside the axes.
    x = linear(*feasibilities, area.left + 10, area.right - 10)
    y = linear(*needs, area.bottom - (26 if frame.full else 10), area.top + 10)
    middle = (x(median(point[1] for point in pool)), y(median(point[0] for point in pool)))
    return Plane(area, x, y, needs, feasibilities, middle, tuple((x(point[1]), y(point[0])) for point in front(pool)))


def _nothing(area: Box) -> list[Svg]:
    x, y = (area.left + area.right) / 2, (area.top + area.bottom) / 2
    ground = rect(area.left, area.top, area.right - area.left, area.bottom - area.top, "k-gap")
    return [ground, *plate("No country to show", x, y)]


def _ground(plane: Plane) -> list[Svg]:
    area, (x, y) = plane.area, plane.middle
    return [
        rect(x, area.top, area.right - x, y - area.top, "k-quad"),
        line(x, area.top, x, area.bottom, "k-med"),
        line(area.left, y, area.right, y, "k-med"),
    ]


def _axes(plane: Plane, frame: Frame) -> list[Svg]:
    area = plane.area
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


def _corners(area: Box, taken: list[Box], full: bool) -> list[Svg]:
    """Label the corners, and add the boxes of the labels to `taken`."""
    corners = [(GOOD_CORNER, area.right - 8, area.top + 18, "end", "k-q k-q--on")]
    if full:
        corners += [
            (LOW_LEFT, area.left + 10, area.bottom - 8, "start", "k-q k-halo"),
            (LOW_RIGHT, area.right - 8, area.bottom - 8, "end", "k-q k-halo"),
        ]
    for label, x, y, anchor, _ in corners:
        wide = text_width(label, 12.5, strong=True)
        start = x - wide if anchor == "end" else x
        taken.append(Box(start - 2, y - 14, start + wide + 2, y + 4))
    return [text(x, y, label, class_, anchor) for label, x, y, anchor, class_ in corners]


def _cross(dot: Dot, plane: Plane) -> Svg:
    """Draw the middle 90% of the draws on both axes, cut at the edge of the chart."""
    if dot.need_range is None or dot.feasibility_range is None:
        return Svg()
    area = plane.area
    x, y = plane.x(dot.feasibility), plane.y(dot.need)
    left, right = (min(max(plane.x(value), area.left), area.right) for value in dot.feasibility_range)
    bottom, top = (min(max(plane.y(value), area.top), area.bottom) for value in dot.need_range)
    return path([[(left, y), (right, y)], [(x, top), (x, bottom)]], "k-cross")


def _box_around(dot: Dot, x: float, y: float) -> Box:
    reach = dot.reach + 0.6
    return Box(x - reach, y - reach, x + reach, y + reach)


def _chance_mark(dot: Dot, spots: Sequence[Point], index: int, first: int) -> Svg:
    x, y = spots[index]
    hit = hit_radius(spots, index, HIT)
    fill = f"k-p{chance_step(dot.chance)}"
    marks = [circle(x, y, hit, "k-hit")] if hit > dot.size else []
    if dot.partner:
        marks.append(circle(x, y, dot.size + 3.6, "k-ring"))
    marks.append(diamond(x, y, dot.size, fill) if dot.likely_fail else circle(x, y, dot.size, fill))
    return link(dot.href, dot_label(dot, first), *marks)


def _first_mark(dot: Dot, x: float, y: float, first: int) -> Svg:
    tooltip = tag("title", f"{dot.name}: {_scores_text(dot)}")
    if dot.likely_fail:
        return diamond(x, y, 5, "k-pt--block", tooltip)
    return circle(x, y, 5.2, "k-pt--top", tooltip) if dot.is_among(first) else circle(x, y, 4.2, "k-pt", tooltip)


def _names(
    dots: Sequence[Dot], spots: Sequence[Point], taken: Sequence[Box], area: Box, first: int, *, full: bool
) -> list[Svg]:
    """Draw the names of the first countries in bold, then, if there is room, those of others by rank."""
    room = Box(area.left + 2, area.top, area.right, area.bottom)
    ordered = sorted(zip(dots, spots, strict=True), key=lambda pair: (pair[0].rank or math.inf, pair[0].name))
    named = [Named(dot.name, x, y, dot.is_among(first), max(9.0, dot.reach + 3.5)) for dot, (x, y) in ordered]
    labels, boxes = arrange([name for name in named if name.strong], taken, room)
    if full:
        labels += arrange([name for name in named if not name.strong], boxes, room)[0]
    return labels


# ---- text and key -------------------------------------------------------------------------------------------------


def dot_label(dot: Dot, first: int) -> str:
    parts = [_scores_text(dot)]
    if dot.interval:
        parts.append(f"rank {formats.span(*map(str, dot.interval), prose=True)} in 90% of draws")
    elif dot.rank is not None:
        parts.append(f"rank {dot.rank}")
    parts.append(chance_label(dot.chance, first, dot.limits))
    parts.append("partner now or before" if dot.partner else "")
    parts.append("likely to fail the corruption hurdle" if dot.likely_fail else "")
    return f"{dot.name}: {', '.join(filter(None, parts))}"


def _scores_text(dot: Dot) -> str:
    return f"need {formats.number(dot.need, 1)}, feasibility {formats.number(dot.feasibility, 1)}"


def _description(finding: str, dots: Sequence[Dot]) -> str:
    if not dots:
        return f"{finding} No country to show.".strip()
    count = formats.count_of(len(dots), "country", "countries")
    return f"{finding} {count}, each a link; the list below has the same figures.".strip()


def _keys(dots: Sequence[Dot], pool: Sequence[Scores], first: int) -> tuple[KeyGroup, ...]:
    if not dots:
        return ()
    steps = chance_key(
        (dot.chance for dot in dots), first, lambda step: mark(16, 16, circle(8, 8, 6 if step > 2 else 5, f"k-p{step}"))
    )
    has_crosses = any(dot.is_among(first) and dot.need_range and dot.feasibility_range for dot in dots)
    cross = path([[(1, 10), (19, 10)], [(10, 1), (10, 19)]], "k-cross")
    ring = mark(20, 20, circle(10, 10, 8.6, "k-ring"), circle(10, 10, 5, "k-p1"))
    failing = mark(16, 16, diamond(8, 8, 6.5, "k-p1"))
    others = legend_of(
        [
            (any(dot.likely_fail for dot in dots), failing, "Likely to fail the corruption hurdle"),
            (any(dot.partner for dot in dots), ring, "Partner now or before"),
            (has_crosses, mark(20, 20, cross), f"Range in 90% of draws (first {first} only)"),
            (len(front(pool)) > 1, stroke("k-front"), "No country beats these on both"),
            (True, stroke("k-med"), "Median of the ranked"),
        ]
    )
    return steps, KeyGroup("", others)
