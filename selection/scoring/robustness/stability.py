"""The range in which each weight can move before the first N change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..ranking import quantise
from ..tree import Plan
from ..values import BoolArray, FloatArray
from .exact import Weights, child_keys, official_weights, root_scores

KEPT_PERCENTS = (100, 90, 75)
_STEPS = 100
_SHARES: FloatArray = np.arange(_STEPS + 1) / _STEPS


@dataclass(frozen=True)
class Stability:
    """One weight as a share of its parent: `now`, and the range around it that keeps so many of the first N."""

    key: str
    now: float
    ranges: Mapping[int, tuple[float, float]]


def stability(plan: Plan, u: FloatArray, first: int) -> tuple[Stability, ...]:
    """Return the stability of every weight that has siblings, for official values u (m, J) of the ranked countries.

    Siblings keep their proportions. Shares are tried in steps of 0.01.
    """
    if not len(u):
        return ()
    official = _among_first(root_scores(plan, u), first)
    needed = {percent: -(-int(official.sum()) * percent // 100) for percent in KEPT_PERCENTS}
    found = []
    for b, branch in enumerate(plan.branches):
        if len(branch.children) < 2:
            continue
        for c, key in enumerate(child_keys(plan, branch)):
            scores = root_scores(plan, u, _tried(plan, b, c))
            kept = (_among_first(scores, first) & official).sum(axis=-1)
            now = float(branch.weights[c])
            ranges = {percent: _around(now, kept >= least) for percent, least in needed.items()}
            found.append(Stability(key, now, ranges))
    return tuple(found)


def _tried(plan: Plan, b: int, c: int) -> Weights:
    """Return the weights in which a child of a branch has each share that is tried."""
    weights = list(official_weights(plan))
    others = weights[b].copy()
    others[c] = 0.0
    tried = others / others.sum() * (1.0 - _SHARES[:, None])
    tried[:, c] = _SHARES
    weights[b] = tried[:, None, :]
    return weights


def _among_first(scores: FloatArray, first: int) -> BoolArray:
    """Tell which scores (..., m) have one of the first ranks: at least the last of them, as scores are compared."""
    compared = quantise(scores)
    last = compared.shape[-1] - min(first, compared.shape[-1])
    return np.asarray(compared >= np.sort(compared, axis=-1)[..., last : last + 1])


def _around(now: float, holds: BoolArray) -> tuple[float, float]:
    """Return the ends of the run of steps that hold around `now`."""
    below, above = int(np.floor(now * _STEPS + 1e-9)), int(np.ceil(now * _STEPS - 1e-9))
    low = high = now
    while below >= 0 and holds[below]:
        low, below = below / _STEPS, below - 1
    while above <= _STEPS and holds[above]:
        high, above = above / _STEPS, above + 1
    return low, high
