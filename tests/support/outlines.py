"""A small set of country outlines with known corners, and a reader of the paths drawn from outlines."""

from __future__ import annotations

import re
from typing import Any

# Two neighbors of ten degrees that share the border at 10 E, an island across the date line, and an unnamed one.
SMALL_WORLD: dict[str, Any] = {
    "type": "Topology",
    "transform": {"scale": [1, 1], "translate": [-180, -90]},
    "arcs": [
        [[190, 90], [0, 10]],  # 0: the border at 10 E, from 0 N to 10 N
        [[190, 100], [-10, 0], [0, -10], [10, 0]],  # 1: around the western one
        [[190, 100], [10, 0], [0, -10], [-10, 0]],  # 2: around the eastern one
        [[359, 70], [-358, 0], [0, 3], [358, 0], [0, -3]],  # 3: 179 E to 179 W
        [[100, 40], [6, 0], [0, 6], [-6, 0], [0, -6]],  # 4
    ],
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "111", "properties": {"name": "West"}, "arcs": [[0, 1]]},
                {"type": "Polygon", "id": "222", "properties": {"name": "East"}, "arcs": [[-1, -3]]},
                {"type": "MultiPolygon", "id": "333", "properties": {"name": "Islands"}, "arcs": [[[3]]]},
                {"type": "Polygon", "properties": {"name": "Kosovo"}, "arcs": [[4]]},
                {"type": None, "id": "444", "properties": {"name": "Nowhere"}},
            ],
        }
    },
}


def drawn_points(data: str) -> list[list[tuple[float, float]]]:
    """Return the rings of points of SVG path data, read independently of the product and the browser."""
    rings = []
    for part in data.split("M")[1:]:
        start, steps = part.removesuffix("z").split("l")
        numbers = [float(value) for value in re.findall(r"-?\d*\.?\d+", start + " " + steps)]
        x, y = numbers[:2]
        ring = [(x, y)]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((round(x, 1), round(y, 1)))
        rings.append(ring)
    return rings
