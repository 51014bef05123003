"""Benchmark of the scoring engine against pymcdm, in one process on one BLAS thread.

Each pair runs interleaved, A B A B ..., and the ratio is of medians; results are compared before the timing.
"""

from __future__ import annotations

import numpy as np
from pymcdm.methods import WSM
from pymcdm.normalizations import minmax_normalization
from threadpoolctl import threadpool_limits

from selection.scoring import Column, Criterion, Goalposts, Model, Node, Snapshot, score
from selection.scoring.value_functions import FloatArray
from tests.bench.measuring import Row, medians, row

COUNTRIES, CRITERIA = 195, 25


def _official(x: FloatArray) -> Row:
    weights = np.arange(1.0, CRITERIA + 1) / sum(range(1, CRITERIA + 1))
    directions = np.where(np.arange(CRITERIA) % 2, 1, -1)
    criteria = tuple(
        Criterion(
            f"c{j}",
            f"Criterion {j}",
            Goalposts(float(np.min(x[:, j])), float(np.max(x[:, j])), int(directions[j])),
            weight=float(weights[j]),
        )
        for j in range(CRITERIA)
    )
    model = Model("bench", "1", Node("root", "Root", criteria))
    countries = tuple(f"C{i:03d}" for i in range(COUNTRIES))
    snapshot = Snapshot(countries, {f"c{j}": Column.numeric(x[:, j]) for j in range(CRITERIA)})

    def ours() -> FloatArray:
        return score(snapshot, model, draws=0).scores

    def theirs() -> FloatArray:
        method = WSM(minmax_normalization)
        preferences = method(x, weights, directions)
        method.rank(preferences)
        return np.asarray(preferences, dtype=np.float64)

    assert np.allclose(ours(), theirs(), rtol=0, atol=1e-12)
    mine, rival = medians(ours, theirs, rounds=101)
    detail = (
        f"{mine:.2f} ms against {rival:.2f} ms: {COUNTRIES} x {CRITERIA}; ours is the whole score(): validation, exact "
        "sums, coverage, statuses, ranks, bounds and points"
    )
    return row("official path against pymcdm with validation", mine, rival, 1.0, detail)


def run() -> list[Row]:
    """Return rows of name, ratio (ours to theirs), goal (the ratio not to exceed), and detail."""
    with threadpool_limits(limits=1):
        return [_official(np.random.default_rng(20).random((COUNTRIES, CRITERIA)) * 100)]
