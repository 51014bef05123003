"""Effective importance: how much of the differences in the total score go with one criterion or axis.

The correlation ratio of Becker, Saisana, Paruolo and Vandecasteele (2017): association, so that a criterion gains by
what it goes with, and the values do not add up to 1. A nominal weight tells nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..tree import Plan
from ..value_functions import FloatArray
from .exact import branch_scores, child_keys, root_scores

_CUBIC = 4
_FEW = 6
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Importance:
    """One criterion or axis: its nominal weight, its effective importance, and its correlation with it.

    The last two are None where too few countries have it or where nothing varies.
    """

    key: str
    nominal: float
    effective: float | None
    r: float | None


def importance(plan: Plan, u: FloatArray) -> tuple[Importance, ...]:
    """Return the importance of every counted criterion and of the root's children, for values u (m, J) of the ranked.

    A country to which a criterion does not apply is left out of that criterion's.
    """
    root = plan.root
    if root is None or not len(u):
        return ()
    total, scores = root_scores(plan, u), branch_scores(plan, u)
    found = [
        _of(criterion.key, float(plan.nominal[j]), u[:, j], total)
        for j, criterion in enumerate(plan.criteria)
        if j in root.leaves and plan.nominal[j] > 0
    ]
    for key, child, weight in zip(child_keys(plan, root), root.children, root.weights.tolist(), strict=True):
        if not child.leaf:
            found.append(_of(key, weight, child.scaled(scores[child.index]), total))
    return tuple(found)


def _of(key: str, nominal: float, x: FloatArray, total: FloatArray) -> Importance:
    known = ~np.isnan(x)
    x, y = x[known], total[known]
    if len(x) <= _CUBIC or np.ptp(x) <= _SAME or np.ptp(y) <= _SAME:
        return Importance(key, nominal, None, None)
    return Importance(key, nominal, correlation_ratio(x, y), float(np.corrcoef(x, y)[0, 1]))


def correlation_ratio(x: FloatArray, y: FloatArray) -> float:
    """Return the adjusted R² of y on a cubic of x, or on its groups where x has fewer than six values; 0 at least."""
    groups = np.asarray(np.unique(np.rint(x / _SAME), return_inverse=True)[1], dtype=np.intp)
    count = int(np.max(groups)) + 1
    if count < _FEW:
        fitted = (np.bincount(groups, y) / np.bincount(groups))[groups]
        size = count
    else:
        z = (x - x.mean()) / x.std(ddof=1)
        table = np.vander(z, _CUBIC, increasing=True)
        fitted = table @ np.linalg.lstsq(table, y, rcond=None)[0]
        size = _CUBIC
    if len(y) <= size:
        return 0.0
    left, whole = float(((y - fitted) ** 2).sum()), float(((y - y.mean()) ** 2).sum())
    return max(0.0, 1.0 - (left / (len(y) - size)) / (whole / (len(y) - 1)))
