"""World map of countries by their chance to be among the first; each country is a link.

The plane is the Equal Earth projection (Šavrič, Patterson, Jenny 2018), which preserves areas.

"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from cpc.web.charts import shapes
from cpc.web.charts.chances import chance_key, chance_label, chance_step
from cpc.web.charts.figure import KeyGroup, LegendItem, View, at_both_widths
from cpc.web.charts.spots import hit_radius, push_apart
from cpc.web.charts.svg import Point, Svg, circle, link, mark, rect, tag

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_HALF_ROOT3 = math.sqrt(3) / 2

EAST = 2.7066
"""Distance of either end of the equator from the middle of the map, in units of the plane."""


def equal_earth(longitude: float, latitude: float) -> Point:
    """Return the distances right and up from the middle of the map, from degrees."""
    theta = math.asin(_HALF_ROOT3 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square * square * square
    slope = _A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)
    across = math.radians(longitude) * math.cos(theta) / (_HALF_ROOT3 * slope)
    return across, theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))


AreaKind = Literal["ranked", "provisional", "outside"]

ANTARCTICA = "010"
CENTERS = {"798": (179.2, -8.5)}
"""Longitude and latitude of states that the shapes leave out at this scale: Tuvalu."""

# The visible part of the plane: from the Aleutians to Fiji, from Cape Horn to the north of Greenland.
LEFT, RIGHT, TOP, BOTTOM = -2.6, 2.7, 1.312, -1.05

NOTE = (
    "Small states are shown as circles, moved apart so they don't overlap. Boundaries are not authoritative and do "
    "not imply a position of the United States. Shapes: Natural Earth."
)
_KIND_LABELS: dict[AreaKind, str] = {"ranked": "ranked", "provisional": "no rank", "outside": "outside the pool"}


@dataclass(frozen=True, slots=True)
class Area:
    """One country on the map. `shape` is its `shape_key`.

    `description` replaces the text after its name. `limits` are chances that rounding must not cross.
    """

    shape: str
    name: str
    href: str
    kind: AreaKind
    chance: float | None = None
    rank: int | None = None
    description: str = ""
    limits: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class MapFrame:
    """A width of the map, its level of detail, and the size of the circles.

    `tolerance` is the largest error of a border in pixels; a country smaller than `small` is a circle.
    """

    width: float
    tolerance: float
    small: float
    dot: float
    hit: float

    @property
    def scale(self) -> float:
        """Return the pixels per unit of the plane."""
        return self.width / (RIGHT - LEFT)

    @property
    def height(self) -> float:
        return round((TOP - BOTTOM) * self.scale)

    def project(self, longitude: float, latitude: float) -> Point:
        across, up = equal_earth(longitude, latitude)
        return (across - LEFT) * self.scale, (TOP - up) * self.scale


WIDE = MapFrame(868, tolerance=0.5, small=5, dot=4, hit=11)
NARROW = MapFrame(322, tolerance=0.4, small=4, dot=2.6, hit=8)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape as it is drawn: its outline, its middle, and the longer side of its largest piece in pixels."""

    outline: str
    middle: Point
    extent: float


def worldmap(key: str, finding: str, context: str, areas: Sequence[Area], *, first: int) -> View:
    """Draw the map at two widths.

    Land in none of `areas` is gray without a link; a list must hold the same links.
    """
    keys = _keys(areas, first)
    if shapes.load() is None:
        return View(finding, context, None, None, keys, absent=shapes.MISSING)
    left_out = sorted(area.name for area in areas if area.shape not in _atlas(shapes.FILE, WIDE))
    note = NOTE + (f" Not on the map: {', '.join(left_out)}." if left_out else "")
    wide, narrow = at_both_widths(
        lambda frame: (frame.width, frame.height, _body(areas, frame, first)),
        WIDE,
        NARROW,
        key=key,
        title=f"Map of the share of draws in the first {first}",
        desc=f"{finding} {context}".strip(),
        linked=True,
    )
    return View(finding, context, wide, narrow, keys, note=note)


# ---- drawing -------------------------------------------------------------------------------------------------------


def _body(areas: Sequence[Area], frame: MapFrame, first: int) -> list[Svg]:
    atlas = _atlas(shapes.FILE, frame)
    drawn = sorted((area for area in areas if area.shape in atlas), key=_order)
    named = {area.shape for area in drawn}
    rest = "".join(shape.outline for key, shape in atlas.items() if key not in named)
    body = [tag("path", class_="k-c0", d=rest)] if rest else []
    circles: list[tuple[Area, Point]] = []
    for area in drawn:
        shape = atlas[area.shape]
        outline = tag("path", class_=_fill(area), d=shape.outline) if shape.outline else Svg()
        # A country outside the pool is gray, and a circle only at half the size.
        if shape.extent >= (frame.small / 2 if area.kind == "outside" else frame.small):
            body.append(link(area.href, area_label(area, first), outline))
        else:
            body.append(outline)
            circles.append((area, shape.middle))
    return [*body, *_circles(circles, frame, first)]


def _circles(circles: Sequence[tuple[Area, Point]], frame: MapFrame, first: int) -> list[Svg]:
    """Draw small states as circles that do not cover each other, each with an area of its own for the pointer."""
    sizes = [frame.dot * (0.6 if area.kind == "outside" else 1) for area, _ in circles]
    spots = push_apart([spot for _, spot in circles], sizes)
    links = []
    for index, ((area, _), size) in enumerate(zip(circles, sizes, strict=True)):
        x, y = spots[index]
        hit = hit_radius(spots, index, frame.hit)
        marks = [circle(x, y, hit, "k-hit")] if hit > size else []
        links.append(link(area.href, area_label(area, first), *marks, circle(x, y, size, f"{_fill(area)} k-small")))
    return links


@cache
def _atlas(path: Path, frame: MapFrame) -> dict[str, Drawn]:
    """Return every shape at this width, projected and simplified once; `path` only keys the cache."""
    world = shapes.load()
    if world is None:
        raise ValueError(f"{path} cannot be read; ask for the shapes before the atlas.")
    borders = [_border(arc, frame) for arc in world.arcs]
    drawn = {}
    for key, polygons in world.polygons.items():
        if key == ANTARCTICA:
            continue
        rings = [shapes.assemble(ring, borders) for polygon in polygons for ring in polygon]
        largest = max(rings, key=shapes.extent)
        west, south, east, north = shapes.bounds_of(largest)
        outline = shapes.outline(ring for ring in rings if shapes.extent(ring) >= 1)
        drawn[key] = Drawn(outline, ((west + east) / 2, (south + north) / 2), shapes.extent(largest))
    for key, center in CENTERS.items():
        drawn.setdefault(key, Drawn("", frame.project(*center), 0.0))
    return drawn


def _border(arc: Sequence[Point], frame: MapFrame) -> list[Point]:
    """Return an arc projected to pixels, without details smaller than a pixel."""
    step = 0.25 * 360 / frame.width  # thinned in degrees first: projecting takes most of the time
    thinned = [arc[0]]
    for longitude, latitude in arc[1:-1]:
        if abs(longitude - thinned[-1][0]) + abs(latitude - thinned[-1][1]) > step:
            thinned.append((longitude, latitude))
    thinned.append(arc[-1])
    return shapes.simplify([frame.project(*point) for point in thinned], frame.tolerance)


# ---- text and fills -----------------------------------------------------------------------------------------------


def area_label(area: Area, first: int) -> str:
    """Return the label of a mark: name, rank or state, and the chance if there are draws."""
    if area.description:
        return f"{area.name}: {area.description}"
    status = f"rank {area.rank}" if area.kind == "ranked" and area.rank else _KIND_LABELS[area.kind]
    chance = "" if area.kind == "outside" else chance_label(area.chance, first, area.limits)
    return f"{area.name}: {', '.join(filter(None, (status, chance)))}"


def _fill(area: Area) -> str:
    if area.kind == "ranked":
        return f"k-c{max(chance_step(area.chance), 1)}"
    return "k-cgap" if area.kind == "provisional" else "k-c0"


def _order(area: Area) -> tuple[int, int]:
    """Return the sort key for drawing: gray, hatched, then light to dark, so that dark borders on top stay whole."""
    return ("outside", "provisional", "ranked").index(area.kind), chance_step(area.chance)


def _keys(areas: Sequence[Area], first: int) -> tuple[KeyGroup, ...]:
    ranked = [area.chance for area in areas if area.kind == "ranked"]
    steps = chance_key(ranked, first, lambda step: _swatch(f"k-c{max(step, 1)}"))
    others: list[tuple[AreaKind, str, str]] = [
        ("provisional", "No rank: some values for need are missing", "k-cgap"),
        ("outside", "Outside the pool", "k-c0"),
    ]
    counts = [(sum(area.kind == kind for area in areas), label, fill) for kind, label, fill in others]
    rest = tuple(LegendItem(_swatch(fill), label, count) for count, label, fill in counts if count)
    return (steps, KeyGroup("", rest)) if rest else (steps,)


def _swatch(fill: str) -> Svg:
    return mark(22, 14, rect(0.5, 0.5, 21, 13, fill))
