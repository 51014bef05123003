"""Reliability: how much of what tells countries apart on each criterion is more than a country's own error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..tree import Plan
from ..value_functions import FloatArray
from .tables import Spread

FULL = 10.0
"""Reliability of a country without any error."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """Reliability of D countries, 0 to 10: `values` (D,), and what each criterion takes from it, `lost` (D, J)."""

    values: FloatArray
    lost: FloatArray


def reliability(plan: Plan, laws: Spread, u: FloatArray, ranked: int) -> Reliability:
    """Return 10 x the mean over criteria of s² / (s² + e²), weighted as the criteria are in the total.

    s² is the variance of u over the first `ranked` countries at their best estimates, e² that of the country's cell
    over its law, 0 if it is exact. A criterion that does not apply leaves its weight to its siblings.
    """
    between = np.array([_variance(column[~np.isnan(column)]) for column in u[:ranked].T])
    own = np.zeros(u.shape)
    own[laws.rows, laws.columns] = laws.tables.astype(np.float64).var(axis=1) if len(laws.tables) else 0.0
    apart = np.where(own > 0, between / np.maximum(between + own, np.finfo(float).tiny), 1.0)
    lost = FULL * leaf_weights(plan, laws.absent) * (1.0 - apart)
    return Reliability(FULL - lost.sum(axis=1), lost)


def _variance(values: FloatArray) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def leaf_weights(plan: Plan, absent: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> FloatArray:
    """Return the weight (D, J) of each criterion in the total, where absent cells give theirs to their siblings."""
    shares: list[FloatArray] = []
    for branch in plan.branches:
        present = np.stack(
            [~absent[:, child.index] if child.leaf else shares[child.index].any(axis=1) for child in branch.children],
            axis=1,
        )
        local = np.where(present, branch.weights, 0.0)
        whole = local.sum(axis=1, keepdims=True)
        local = np.divide(local, whole, out=np.zeros_like(local), where=whole > 0)
        found = np.zeros(absent.shape)
        for c, child in enumerate(branch.children):
            if child.leaf:
                found[:, child.index] = local[:, c]
            else:
                found += local[:, c, None] * shares[child.index]
        shares.append(found)
    return shares[-1]
