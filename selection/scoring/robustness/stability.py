"""The range in which each weight can move before the first N change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..ranking import quantise
from ..tree import Plan
from ..value_functions import BoolArray, FloatArray
from .exact import Weights, child_keys, official_weights, root_scores

KEPT_PERCENTS = (100, 90, 75)
_STEPS = 100
_SHARES: FloatArray = np.arange(_STEPS + 1) / _STEPS


@dataclass(frozen=True)
class Change:
    """Share of a weight at which the first N change, and who leaves and enters: rows of u."""

    share: float
    leaves: tuple[int, ...]
    enters: tuple[int, ...]


@dataclass(frozen=True)
class Stability:
    """Weight as a share of its parent: `now`, and the range around it that preserves a share of the first N.

    `below` and `above` are the changes just outside the range that preserves all of them, None if it has no outside.
    """

    key: str
    now: float
    ranges: Mapping[int, tuple[float, float]]
    below: Change | None = None
    above: Change | None = None


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
            among = _among_first(root_scores(plan, u, _tried(plan, b, c)), first)
            remaining = (among & official).sum(axis=-1)
            now = float(branch.weights[c])
            ranges = {percent: _around(now, remaining >= least) for percent, least in needed.items()}
            below, above = (_change(step, among, official) for step in _outside(now, remaining >= needed[100]))
            found.append(Stability(key, now, ranges, below, above))
    return tuple(found)


def _change(step: int, among: BoolArray, official: BoolArray) -> Change | None:
    """Return who leaves and enters at a step; None if the step is not a share."""
    if not 0 <= step <= _STEPS:
        return None
    leaves, enters = official & ~among[step], among[step] & ~official
    return Change(step / _STEPS, tuple(np.flatnonzero(leaves).tolist()), tuple(np.flatnonzero(enters).tolist()))


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
    """Return which scores (..., m) have one of the first ranks: at least the last of them, as scores are compared."""
    compared = quantise(scores)
    last = compared.shape[-1] - min(first, compared.shape[-1])
    return np.asarray(compared >= np.sort(compared, axis=-1)[..., last : last + 1])


def _around(now: float, holds: BoolArray) -> tuple[float, float]:
    """Return the ends of the run of steps that hold around `now`, which is one of them where no step is."""
    below, above = _outside(now, holds)
    return min(now, (below + 1) / _STEPS), max(now, (above - 1) / _STEPS)


def _outside(now: float, holds: BoolArray) -> tuple[int, int]:
    """Return the first step below `now` and the first above it that do not hold; -1 and one too many if all do."""
    below, above = int(np.floor(now * _STEPS + 1e-9)), int(np.ceil(now * _STEPS - 1e-9))
    while below >= 0 and holds[below]:
        below -= 1
    while above <= _STEPS and holds[above]:
        above += 1
    return below, above
