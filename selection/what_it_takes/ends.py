"""Ends of the values of one country: of the 90% range of what is possible today, and of their scale. Pure.

Ends are rounded toward the value of the run, as a page prints them, so that the rank that a page names is exactly that
of the value it names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selection.scoring import PEERS, Goalposts, OrdinalMap
from selection.scoring.estimates import CellEstimates
from selection.scoring.method import Estimate
from selection.scoring.robustness.tables import Spread

RANGE = (0.05, 0.95)
"""Quantiles at the ends of a range that holds 90 percent."""

NORMAL = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class End:
    """A value in the unit of its criterion, or a label, with the u that it gives."""

    value: float | str
    u: float


@dataclass(frozen=True, slots=True)
class ValueEnds:
    """The value of one criterion as a run has it, and the ends that help most; None where there is none beyond it.

    `now` is None where the criterion does not apply, and the value that counts where it is filled from peers.
    `low` and `high` are both ends of the range in u; `decimals` are those of a number.
    """

    key: str
    label: str
    now: float | str | None
    u: float
    is_filled: bool
    in_range: End | None
    on_scale: End | None
    low: float
    high: float
    decimals: int = 0


def value_of(cell: CellEstimates, i: int, law: tuple[float, float], *, decimals: int, helps_up: bool,
             label: str | None, allowed: Sequence[str] | None = None) -> ValueEnds:  # fmt: skip
    """Return the ends of one cell. `law` are its quantiles of u at the ends of the range, `label` its own label.

    `helps_up` means that a higher u helps. `allowed` are the labels that may be set.
    """
    if isinstance(function := cell.criterion.value_function, OrdinalMap):
        return _labels(cell, function, i, law, helps_up=helps_up, label=label, allowed=allowed)
    return _numbers(cell, i, law, decimals=decimals, helps_up=helps_up)


def _labels(
    cell: CellEstimates,
    function: OrdinalMap,
    i: int,
    law: tuple[float, float],
    *,
    helps_up: bool,
    label: str | None,
    allowed: Sequence[str] | None,
) -> ValueEnds:
    table = dict(function.table)
    u = float(cell.u[i])
    known = {key: value for key, value in table.items() if allowed is None or key in allowed}
    best = (max if helps_up else min)(known, key=lambda key: known[key], default=None)
    on_scale = None if best is None else _beyond(End(best, known[best]), u, helps_up=helps_up)
    edge = law[1] if helps_up else law[0]
    at_edge = [key for key, value in known.items() if abs(value - edge) < 1e-6]
    in_range = _beyond(End(at_edge[0], known[at_edge[0]]), u, helps_up=helps_up) if at_edge else None
    low, high = (u, u) if math.isnan(law[0]) else law
    filled = cell.sources[i] == PEERS
    return ValueEnds(cell.criterion.key, cell.criterion.label, label, u, filled, in_range, on_scale, low, high)


def _numbers(cell: CellEstimates, i: int, law: tuple[float, float], *, decimals: int, helps_up: bool) -> ValueEnds:
    function, scale = cell.criterion.value_function, (cell.criterion.estimate or Estimate()).scale
    u, best, error = float(cell.u[i]), float(cell.best[i]), float(cell.error[i])
    filled = cell.sources[i] == PEERS or math.isnan(best)

    def at(value: float) -> float:
        return float(cell.transform(np.array([scale.of(value)]))[0])

    now = _raw(function, u) if filled else float(scale.back(np.array([best]))[0])
    if filled:
        ends = [_raw(function, edge) for edge in law]
    else:
        ends = [float(end) for end in scale.back(np.array([best - NORMAL * error, best + NORMAL * error]))]
    is_up = _rises(function) == helps_up
    in_range = on_scale = None
    if now is not None and None not in ends:
        low, high = sorted(end for end in ends if end is not None)
        edge = _capped(function, high if is_up else low)
        end = rounded(edge, decimals, up=not is_up)
        if (end > now) == is_up and scale.accepts(end):
            in_range = _beyond(End(end, at(end)), u, helps_up=helps_up)
    if isinstance(function, Goalposts):
        post = function.upper if is_up else function.lower
        if scale.accepts(post):
            on_scale = _beyond(End(post, at(post)), u, helps_up=helps_up)
        else:  # no logarithm of 0
            least = function.lower + 10.0**-decimals
            on_scale = _beyond(End(least, at(least)), u, helps_up=helps_up)
    edges = law if filled else sorted(at(end) for end in ends if end is not None and scale.accepts(end))
    low_u, high_u = (edges[0], edges[-1]) if len(edges) else (u, u)
    return ValueEnds(
        cell.criterion.key, cell.criterion.label, now, u, filled, in_range, on_scale, low_u, high_u, decimals
    )


def _beyond(end: End, u: float, *, helps_up: bool) -> End | None:
    """Return an end if it is farther than the present value, or if the criterion does not apply yet."""
    return end if math.isnan(u) or (end.u > u if helps_up else end.u < u) else None


def _rises(function: object) -> bool:
    return getattr(function, "direction", 1) > 0


def _capped(function: object, value: float) -> float:
    """Return the value, or the goalpost that it lies beyond, which counts the same."""
    return min(max(value, function.lower), function.upper) if isinstance(function, Goalposts) else value


def _raw(function: object, u: float) -> float | None:
    """Return the value between the goalposts that gives u; None for another function, or where u is not known."""
    if not isinstance(function, Goalposts) or math.isnan(u):
        return None
    share = u if function.direction > 0 else 1.0 - u
    if function.log:
        return math.exp(math.log(function.lower) + share * (math.log(function.upper) - math.log(function.lower)))
    return function.lower + share * (function.upper - function.lower)


def rounded(value: float, decimals: int, *, up: bool) -> float:
    """Round a number up or down to a number of decimals."""
    factor = 10.0**decimals
    scaled = value * factor
    nearest = round(scaled)
    if abs(scaled - nearest) < 1e-9:
        return nearest / factor
    return (math.ceil(scaled) if up else math.floor(scaled)) / factor


def laws_at_ends(laws: Spread) -> tuple[list[float], list[float]]:
    """Return the quantiles of u (J,) of the first country of some laws at both ends of the range."""
    low, high = (laws.at(point)[0].tolist() for point in RANGE)
    return low, high
