"""Changes that reverse the order of two countries: another weight of the root, or another value of one cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..estimates import CellEstimates
from ..method import Estimate
from ..tree import Plan
from ..value_functions import FloatArray
from .exact import axes, root_scores

FARTHEST = 6.0
"""Errors up to which a cell is moved."""

_GRID: FloatArray = np.linspace(-FARTHEST, FARTHEST, 241)
_HALVINGS = 40


@dataclass(frozen=True)
class Flip:
    """Smallest change of one cell that reverses the order of two countries.

    `position` is the country whose `criterion` changes, by `errors` of its own standard errors, to `value` in the
    criterion's unit (best estimate `best`).
    """

    position: int
    criterion: str
    errors: float
    best: float
    value: float


def crossing_share(plan: Plan, u: FloatArray, a: int, b: int) -> float | None:
    """Return the share of the root's first child at which countries a and b of u (n, J) change places.

    None if the root has not two children, or no share between 0 and 1 does it.
    """
    if plan.root is None or len(plan.root.children) != 2:
        return None
    of_a, of_b = axes(plan, u[[a, b]])
    first, second = (of_a - of_b).tolist()
    if second == first:
        return None
    share = second / (second - first)
    return share if 0.0 <= share <= 1.0 else None


def flip(plan: Plan, cells: Mapping[str, CellEstimates], u: FloatArray, a: int, b: int) -> Flip | None:
    """Return the smallest change of one cell of a or b, in its own error, at which they change places; None if none."""
    found = [*_flips(plan, cells, u, a, b), *_flips(plan, cells, u, b, a)]
    return min(found, key=lambda change: abs(change.errors), default=None)


def _flips(plan: Plan, cells: Mapping[str, CellEstimates], u: FloatArray, moved: int, other: int) -> Iterator[Flip]:
    target = float(root_scores(plan, u[other]))
    ahead = float(root_scores(plan, u[moved])) > target
    for j, criterion in enumerate(plan.criteria):
        cell = cells.get(criterion.key)
        if cell is None or plan.nominal[j] == 0:  # what the method does not estimate does not count
            continue
        best, error = float(cell.best[moved]), float(cell.error[moved])
        if np.isnan(best) or error <= 0:
            continue

        def is_ahead(errors: FloatArray, j: int = j, cell: CellEstimates = cell, error: float = error) -> FloatArray:
            changed = np.repeat(u[moved][None], len(errors), axis=0)
            changed[:, j] = cell.transform(cell.best[moved] + error * errors)
            return np.asarray(root_scores(plan, changed) > target)

        others = np.flatnonzero(is_ahead(_GRID) != ahead)
        if not others.size:
            continue
        outside = float(_GRID[others[np.argmin(np.abs(_GRID[others]))]])
        inside = 0.0
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2
            if is_ahead(np.array([middle]))[0] == ahead:
                inside = middle
            else:
                outside = middle
        scale = (criterion.estimate or Estimate()).scale
        values = scale.back(np.array([best, best + error * outside]))
        yield Flip(moved, criterion.key, outside, float(values[0]), float(values[1]))
