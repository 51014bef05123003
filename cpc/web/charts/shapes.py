"""Outlines of countries: Natural Earth at 1:50 million, as fetched by `make`, decoded from TopoJSON.

A TopoJSON file has each stretch of border once, as an arc of small steps; a ring is a list of arcs, and a negative
number means an arc in reverse. Borders stay shared here too, so that both neighbors get the same simplified line.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from cpc.web.charts.svg import Point

FILE = Path(__file__).resolve().parents[3] / "vendor" / "world" / "countries-50m.json"
MISSING = "The map needs country outlines that are not installed here. Run make to install them."

BY_NAME = {"Kosovo": "XKX", "Somaliland": "706", "N. Cyprus": "196"}
"""Shapes without an ISO number. The last two are drawn with the state that the United States considers them part of."""

Ring = tuple[int, ...]
Polygon = tuple[Ring, ...]
Bounds = tuple[float, float, float, float]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shapes:
    """Borders as arcs of longitude and latitude, and the polygons of each shape as rings of arcs.

    The outline of a polygon is its first ring. A shape without a key is land that belongs to no country in our list.
    """

    arcs: tuple[tuple[Point, ...], ...]
    polygons: Mapping[str, tuple[Polygon, ...]]

    def points(self, ring: Ring) -> list[Point]:
        return assemble(ring, self.arcs)

    def bounds(self, ring: Ring) -> Bounds:
        boxes = [bounds_of(self.arcs[index if index >= 0 else ~index]) for index in ring]
        west, south, east, north = zip(*boxes, strict=True)
        return min(west), min(south), max(east), max(north)


def shape_key(numeric: str, code: str) -> str:
    """Return the key of a country's shape: its ISO number, or its code if it has none."""
    return numeric or code


def assemble(ring: Ring, arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """Return the points of a ring from its arcs, which share their ends."""
    points: list[Point] = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(arc[1:] if points else arc)
    return points


def decode(document: Mapping[str, Any]) -> Shapes:
    """Read a TopoJSON document with an object `countries`."""
    (scale_x, scale_y), (from_x, from_y) = document["transform"]["scale"], document["transform"]["translate"]
    arcs = []
    for steps in document["arcs"]:
        across = accumulate(step[0] for step in steps)
        up = accumulate(step[1] for step in steps)
        degrees = [(x * scale_x + from_x, y * scale_y + from_y) for x, y in zip(across, up, strict=True)]
        arcs.append(tuple(unwrap(degrees)))
    polygons: dict[str, list[Polygon]] = {}
    for geometry in document["objects"]["countries"]["geometries"]:
        key = geometry.get("id") or BY_NAME.get(geometry["properties"]["name"], "")
        for polygon in _polygons(geometry):
            polygons.setdefault(key, []).append(polygon)
    return Shapes(tuple(arcs), {key: dissolve(parts, arcs) for key, parts in polygons.items()})


def dissolve(parts: Sequence[Polygon], arcs: Sequence[Sequence[Point]]) -> tuple[Polygon, ...]:
    """Return the polygons of one country without its inner borders: arcs that run both ways are dropped."""
    used = {index for polygon in parts for ring in polygon for index in ring}
    inner = {index for index in used if ~index in used}
    touched = [polygon for polygon in parts if any(index in inner for ring in polygon for index in ring)]
    if not touched:
        return tuple(parts)
    left = [index for polygon in touched for ring in polygon for index in ring if index not in inner]
    rings = []
    while left:
        ring = [left.pop(0)]
        while following := [index for index in left if _start(index, arcs) == _end(ring[-1], arcs)]:
            left.remove(following[0])
            ring.append(following[0])
        rings.append(tuple(ring))
    return (*(polygon for polygon in parts if polygon not in touched), *((ring,) for ring in rings))


def _start(index: int, arcs: Sequence[Sequence[Point]]) -> Point:
    return arcs[index][0] if index >= 0 else arcs[~index][-1]


def _end(index: int, arcs: Sequence[Sequence[Point]]) -> Point:
    return arcs[index][-1] if index >= 0 else arcs[~index][0]


def unwrap(points: Sequence[Point]) -> list[Point]:
    """Return the points without a jump at the date line: points beyond it continue past 180 degrees east."""
    shift = 0.0
    straight = list(points[:1])
    for (before, _), (longitude, latitude) in pairwise(points):
        if abs(longitude - before) > 180:
            shift += 360 if longitude < before else -360
        straight.append((longitude + shift, latitude))
    past_west = any(longitude < -180 for longitude, _ in straight)
    return [(longitude + 360, latitude) for longitude, latitude in straight] if past_west else straight


def _polygons(geometry: Mapping[str, Any]) -> Iterable[Polygon]:
    parts = {"Polygon": lambda: [geometry["arcs"]], "MultiPolygon": lambda: geometry["arcs"]}
    read: Callable[[], Any] = parts.get(geometry["type"], list)
    return [tuple(tuple(ring) for ring in polygon) for polygon in read()]


def load() -> Shapes | None:
    """Return the shapes that `make` fetched, read once.

    Returns None if they are missing or damaged.
    """
    return _read(FILE)


@cache
def _read(path: Path) -> Shapes | None:
    try:
        return decode(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        log.warning("Can't read the outlines of countries (%s). Run make.", error)
        return None


def simplify(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Return the points without those less than `tolerance` off the line through the others (Douglas and Peucker).

    Both ends are included, so that arcs still meet.
    """
    stays = [False] * len(points)
    stays[0] = stays[-1] = True
    open_ = [(0, len(points) - 1)]
    limit = tolerance * tolerance
    while open_:
        start, end = open_.pop()
        farthest, at = limit, 0
        (x0, y0), (x1, y1) = points[start], points[end]
        dx, dy = x1 - x0, y1 - y0
        length = dx * dx + dy * dy
        for index in range(start + 1, end):
            x, y = points[index]
            px, py = x - x0, y - y0
            if length:
                along = min(max((px * dx + py * dy) / length, 0.0), 1.0)
                px, py = px - along * dx, py - along * dy
            off = px * px + py * py
            if off > farthest:
                farthest, at = off, index
        if at:
            stays[at] = True
            open_ += [(start, at), (at, end)]
    return [point for point, included in zip(points, stays, strict=True) if included]


def outline(rings: Iterable[Sequence[Point]]) -> str:
    """Return path data of closed rings as relative steps in tenths of a pixel; rings under three points are dropped.

    Steps are far shorter than coordinates, and a map is mostly coordinates.
    """
    parts = []
    for ring in rings:
        tenths = [(round(x * 10), round(y * 10)) for x, y in ring]
        spots = [spot for index, spot in enumerate(tenths) if not index or spot != tenths[index - 1]]
        if len(spots) > 1 and spots[0] == spots[-1]:
            spots.pop()
        if len(spots) < 3:
            continue
        steps = [(x - px, y - py) for (px, py), (x, y) in pairwise(spots)]
        parts.append(f"M{_pairs(spots[:1])}l{_pairs(steps)}z")
    return "".join(parts)


def _pairs(spots: Iterable[tuple[int, int]]) -> str:
    """Return numbers with only the separators SVG needs: none before a minus or before a second decimal point."""
    written = ""
    last = ""
    for tenths in (value for spot in spots for value in spot):
        whole, rest = divmod(abs(tenths), 10)
        number = ("-" if tenths < 0 else "") + (str(whole) if whole or not rest else "") + (f".{rest}" if rest else "")
        tight = not written or number[0] == "-" or (number[0] == "." and "." in last)
        written += number if tight else f" {number}"
        last = number
    return written


def bounds_of(points: Sequence[Point]) -> Bounds:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def extent(ring: Sequence[Point]) -> float:
    west, south, east, north = bounds_of(ring)
    return max(east - west, north - south)
