"""Scales from values to coordinates, and round ends for an axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

Scale = Callable[[float], float]


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """Return the scale that maps `low..high` to `start..end`, or a domain of one value to the middle.

    Raises `ValueError` if `high` is below `low`.
    """
    if high < low:
        raise ValueError(f"The scale ends at {high} before it begins at {low}.")
    if high == low:
        return lambda _value: (start + end) / 2
    factor = (end - start) / (high - low)
    return lambda value: start + (value - low) * factor


def clamped(low: float, high: float, start: float, end: float) -> Scale:
    """Return the scale that draws what is outside `low..high` at its ends."""
    scale = linear(low, high, start, end)
    return lambda value: scale(min(max(value, low), high))


def round_ends(values: Iterable[float], *, from_zero: bool = False) -> tuple[float, float]:
    """Return ends of an axis around the values: whole multiples of 1, 2, or 5 times a power of ten."""
    known = [*values, *([0.0] if from_zero else [])]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    spread = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(spread))
    step = next(power * factor for factor in (0.2, 0.5, 1, 2) if spread / (power * factor) <= 5)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def between(low: float, high: float, step: float) -> list[float]:
    """Return the whole multiples of `step` from `low` to `high`, both included."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]
