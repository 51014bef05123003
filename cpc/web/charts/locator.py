"""Locator maps: a crop of a country's region with the country filled and neighbors named if there is room."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from cpc.web.charts import shapes
from cpc.web.charts.labels import SIZE, STRONG_SIZE, Box
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.svg import Point, Svg, circle, picture, rect, tag, text
from cpc.web.charts.worldmap import CENTERS

NOTE = "Boundaries are not authoritative."
NO_SHAPE = "The map has no outline of this country at this scale."

SMALLEST, LARGEST = 7.0, 110.0
"""Degrees of latitude that a crop shows at least and at most."""

AROUND = 2.4
"""Extent of a crop as a multiple of the size of its country."""

TOLERANCE = 0.4
RING = 16.0
"""A country that is drawn smaller than this many pixels has a circle around it."""

KNOWN = 24.0
"""Size in pixels above which other visible land shows the location of the country in the world."""

ROOM = 500.0
"""Square pixels in view that a neighbor needs for its name."""


@dataclass(frozen=True, slots=True)
class Locator:
    """The crop at two widths; both are None if it can't be drawn, and `absent` gives the reason."""

    wide: Svg | None
    narrow: Svg | None
    absent: str = ""
    note: str = NOTE


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of the world, drawn flat at its middle latitude."""

    longitude: float
    latitude: float
    degrees: float
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Return the pixels per degree of latitude."""
        return self.height / self.degrees

    @property
    def squeeze(self) -> float:
        """Return the length of a degree of longitude here as a share of a degree of latitude."""
        return math.cos(math.radians(min(abs(self.latitude), 80.0)))

    def project(self, longitude: float, latitude: float) -> Point:
        across = (longitude - self.longitude) * self.squeeze * self.scale
        return self.width / 2 + across, self.height / 2 - (latitude - self.latitude) * self.scale

    def shift(self, west: float, east: float) -> float:
        """Return the degrees, in whole turns, that bring longitudes from `west` to `east` to this side of the world."""
        return 360.0 * round((self.longitude - (west + east) / 2) / 360)

    def sees(self, bounds: shapes.Bounds) -> bool:
        """Return whether any part of a box is inside the crop."""
        west, south, east, north = bounds
        turn = self.shift(west, east)
        left, top = self.project(west + turn, north)
        right, bottom = self.project(east + turn, south)
        return right > 0 and left < self.width and bottom > 0 and top < self.height


def locator(key: str, name: str, shape: str, names: Mapping[str, str] | None = None) -> Locator:
    """Draw the crop around the country `shape`.

    `names` has the names of its neighbors by shape key.
    """
    world = shapes.load()
    if world is None:
        return Locator(None, None, shapes.MISSING)
    if shape not in world.polygons and shape not in CENTERS:
        return Locator(None, None, NO_SHAPE)
    drawn = [
        _drawing(f"{key}-{suffix}", name, shape, names or {}, width, height)
        for width, height, suffix in ((392.0, 264.0, "wide"), (322.0, 216.0, "narrow"))
    ]
    return Locator(drawn[0], drawn[1])


def _drawing(key: str, name: str, shape: str, names: Mapping[str, str], width: float, height: float) -> Svg:
    crop, land = _land(shapes.FILE, shape, width, height)
    body = [rect(0, 0, width, height, "k-sea")]
    others = "".join(shapes.outline(rings) for other, rings in land.items() if other != shape)
    body += [tag("path", class_="k-land", d=others)] if others else []
    own = land.get(shape, [])
    if own:
        body.append(tag("path", class_="k-land k-land--on", d=shapes.outline(own)))
    middle = _spot_of(own, crop, shape)
    if not own or _extent(own) < RING:
        body.append(circle(*middle, RING / 2 + 2, "k-locring"))
    labels, labeled = _labels(name, middle, own, {k: r for k, r in land.items() if k != shape}, names, crop)
    desc = f"{name} and the land around it." + (f" In view: {', '.join(labeled)}." if labeled else "")
    crop_box = tag("svg", *body, tag("g", *labels, class_="k-labels"), class_="k-crop", width=width, height=height)
    return picture(width, height, [crop_box], key=key, title=f"Where {name} is", desc=desc)


# ---- the land in view ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _land(path: Path, shape: str, width: float, height: float) -> tuple[Crop, dict[str, list[list[Point]]]]:
    """Return the crop around a shape and the rings in view by shape, cut at its edges; `path` only keys the cache."""
    world = shapes.load()
    if world is None:
        raise ValueError(f"{path} cannot be read; ask for the shapes before the crop.")
    crop = _crop(world, shape, width, height)
    land = _in_view(world, crop)
    # A remote island needs a larger crop, or no other land is visible to show its location.
    while crop.degrees < LARGEST and not any(key != shape and _extent(land[key]) > KNOWN for key in land):
        crop = replace(crop, degrees=crop.degrees * 1.5)
        land = _in_view(world, crop)
    return crop, land


def _in_view(world: shapes.Shapes, crop: Crop) -> dict[str, list[list[Point]]]:
    edge = Box(-4, -4, crop.width + 4, crop.height + 4)  # the cut edge is outside the view
    borders: dict[tuple[int, float], list[Point]] = {}
    land: dict[str, list[list[Point]]] = {}
    for key, polygons in world.polygons.items():
        for ring in (ring for polygon in polygons for ring in polygon):
            bounds = world.bounds(ring)
            if not crop.sees(bounds):
                continue
            points = cut(_ring(world, ring, crop, crop.shift(bounds[0], bounds[2]), borders), edge)
            if len(points) > 2:
                land.setdefault(key, []).append(points)
    return land


def _ring(
    world: shapes.Shapes, ring: shapes.Ring, crop: Crop, turn: float, borders: dict[tuple[int, float], list[Point]]
) -> list[Point]:
    """Return a ring in pixels; each arc is simplified once and shared by the shapes on both of its sides."""
    points: list[Point] = []
    for index in ring:
        arc = index if index >= 0 else ~index
        if (arc, turn) not in borders:
            flat = [crop.project(longitude + turn, latitude) for longitude, latitude in world.arcs[arc]]
            borders[arc, turn] = shapes.simplify(flat, TOLERANCE)
        border = borders[arc, turn] if index >= 0 else borders[arc, turn][::-1]
        points.extend(border[1:] if points else border)
    return points


def _crop(world: shapes.Shapes, shape: str, width: float, height: float) -> Crop:
    """Return the crop around the largest piece of a country and the pieces near it."""
    boxes = [world.bounds(polygon[0]) for polygon in world.polygons.get(shape, ())]
    if not boxes:
        longitude, latitude = CENTERS[shape]
        return Crop(longitude, latitude, SMALLEST * 2, width, height)
    main = max(boxes, key=_size)
    reach = max(4.0, main[2] - main[0], main[3] - main[1])
    near = [box for box in boxes if _gap(main, box) <= reach / 2] if _size(main) < 200 else [main]
    west, south = min(box[0] for box in near), min(box[1] for box in near)
    east, north = max(box[2] for box in near), max(box[3] for box in near)
    latitude = (south + north) / 2
    squeeze = math.cos(math.radians(min(abs(latitude), 80.0)))
    degrees = AROUND * max(north - south, (east - west) * squeeze * height / width)
    return Crop((west + east) / 2, latitude, min(max(degrees, SMALLEST), LARGEST), width, height)


def cut(ring: Sequence[Point], box: Box) -> list[Point]:
    """Return the part of a ring inside a box, clipped at one edge after another (Sutherland and Hodgman)."""
    clipped = list(ring)
    for axis, bound, sign in ((0, box.left, 1), (0, box.right, -1), (1, box.top, 1), (1, box.bottom, -1)):
        points, clipped = clipped, []
        for before, point in zip(points[-1:] + points[:-1], points, strict=True):
            was, now = (before[axis] - bound) * sign >= 0, (point[axis] - bound) * sign >= 0
            if was != now:
                part = (bound - before[axis]) / (point[axis] - before[axis])
                clipped.append((before[0] + part * (point[0] - before[0]), before[1] + part * (point[1] - before[1])))
            if now:
                clipped.append(point)
    return clipped


# ---- names ---------------------------------------------------------------------------------------------------------


def _labels(
    name: str,
    middle: Point,
    own: Sequence[Sequence[Point]],
    land: Mapping[str, list[list[Point]]],
    names: Mapping[str, str],
    crop: Crop,
) -> tuple[list[Svg], list[str]]:
    """Label the country, then its neighbors from the largest in view down, skipping names that would overlap."""
    view = Box(4, 2, crop.width - 4, crop.height - 2)
    small = not own or _extent(own) < RING
    wide = text_width(name, STRONG_SIZE, strong=True)
    at = min(max(middle[0], view.left + wide / 2), view.right - wide / 2)
    base = middle[1] + (RING / 2 + 16 if small else 4)
    labels = [text(at, base, name, "k-lb k-lb--on", "middle")]
    taken = [Box(at - wide / 2 - 4, base - 12, at + wide / 2 + 4, base + 5)]
    areas = {key: max(rings, key=lambda ring: abs(_area(ring))) for key, rings in land.items() if key in names}
    labeled = []
    for key in sorted(areas, key=lambda key: -abs(_area(areas[key]))):
        if abs(_area(cut(areas[key], view))) < ROOM:
            continue
        x, y = _centroid(cut(areas[key], view))
        half = text_width(names[key], SIZE) / 2
        box = Box(x - half - 3, y - 8, x + half + 3, y + 8)
        if box.inside(view) and not any(box.meets(other) for other in taken):
            taken.append(box)
            labels.append(text(x, y + 4, names[key], "k-lb", "middle"))
            labeled.append(names[key])
    return labels, sorted(labeled)


def _spot_of(own: Sequence[Sequence[Point]], crop: Crop, shape: str) -> Point:
    """Return the middle of the country's largest visible piece; its known center if none is drawn."""
    if own:
        return _centroid(max(own, key=lambda ring: abs(_area(ring))))
    return crop.project(*CENTERS.get(shape, (crop.longitude, crop.latitude)))


def _area(ring: Sequence[Point]) -> float:
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def _centroid(ring: Sequence[Point]) -> Point:
    """Return the centroid of a ring; for one without area, the mean of its points."""
    area = _area(ring)
    if abs(area) < 1e-6:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        cross = x0 * y1 - x1 * y0
        x, y = x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return x / (6 * area), y / (6 * area)


def _extent(rings: Sequence[Sequence[Point]]) -> float:
    return shapes.extent(max(rings, key=lambda ring: abs(_area(ring))))


def _size(box: shapes.Bounds) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _gap(box: shapes.Bounds, other: shapes.Bounds) -> float:
    """Return the degrees between two boxes; 0 if they meet."""
    across = max(other[0] - box[2], box[0] - other[2], 0.0)
    return max(across, other[1] - box[3], box[1] - other[3], 0.0)
