"""The world on a plane: the Equal Earth projection (Šavrič, Patterson, Jenny 2018), which preserves areas."""

from __future__ import annotations

import math

from cpc.web.charts.svg import Point

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
