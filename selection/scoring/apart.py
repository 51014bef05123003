"""Comparison of two countries of a result: the points between them, and the draws that rank one higher.

Each country's own points (see `contributions`) depend on its score, so that equal values of two countries give
different points. The difference of two scores is therefore divided by itself, so that a criterion with the same value
for both adds nothing. A geometric mean of axes divides by the log-mean (LMDI) split, an axis by weight times
difference of values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .contributions import geometric_difference
from .model import Model
from .result import Result
from .robustness.counters import Pairs
from .robustness.draws import Simulation
from .robustness.exact import axes
from .robustness.tables import spread
from .tree import Branch
from .value_functions import FloatArray

_SAME = 1e-9
"""Differences of an axis below this are too small to divide by."""


def gap(result: Result, a: int, b: int) -> FloatArray:
    """Return the points of 100 (J,) that each criterion adds to the lead of country a over b, negative where b leads.

    They add up to the difference of the two scores. Without a split by axes they are the differences of the points.
    """
    root = result.plan.root
    if root is None or not _splits(root, result):
        return np.asarray(result.points[a] - result.points[b])
    entered = np.exp(axes(result.plan, result.u[[a, b]]))
    parts = geometric_difference(entered[0].tolist(), entered[1].tolist(), root.weights.tolist())
    found = np.zeros(len(result.plan.criteria))
    for child, part in zip(root.children, parts, strict=True):
        leaves = list(result.plan.branches[child.index].leaves)
        apart = _apart(result, a, b, leaves)
        total = math.fsum(apart.tolist())
        if abs(total) > _SAME:
            found[leaves] = 100.0 * part * apart / total
    return found


def _apart(result: Result, a: int, b: int, leaves: Sequence[int]) -> FloatArray:
    """Return the differences of weight times value of two countries by leaf; they add up to that of their axis.

    A criterion that applies to one country alone leaves its weight to its siblings, for that country only. What this
    makes of the siblings' equal values belongs to that criterion, or they would seem to differ. The axis's own weight
    is in all of them.
    """
    weights, values = result.effective[[a, b]][:, leaves], np.nan_to_num(result.u[[a, b]][:, leaves])
    products = weights * values
    apart: FloatArray = weights.min(axis=0) * (values[0] - values[1])
    alone = (weights > 0).sum(axis=0) == 1
    if alone.any():
        rest = math.fsum((products[0] - products[1]).tolist()) - math.fsum(apart.tolist())
        shares = np.where(alone, weights.max(axis=0), 0.0)
        apart = apart + rest * shares / shares.sum()
    return apart


def _splits(root: Branch, result: Result) -> bool:
    """Return whether the root is a geometric mean of arithmetic axes with a score for every country."""
    below = [None if child.leaf else result.plan.branches[child.index] for child in root.children]
    return root.mean.p == 0.0 and all(branch is not None and branch.purely_arithmetic for branch in below)


def shares_above(model: Model, result: Result, pair: Sequence[int], *, draws: int, seed: int) -> tuple[float, float]:
    """Return the shares of new draws in which each country of a pair ranks above the other.

    It is for countries without a rank, since a run stores no pairs of them.
    """
    laws, counter = spread(result.plan, result.estimated.cells, np.array(pair, dtype=np.intp)), Pairs(2)
    Simulation(model, result.plan, laws, 2, 2).run(draws, seed, (counter,))
    return float(counter.above[0, 1] / draws), float(counter.above[1, 0] / draws)
