"""Benchmark of the scoring engine against numpy and pymcdm, in one process on one BLAS thread.

Each pair runs interleaved, A B A B ..., and the ratio is of medians; results are compared before the timing.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from pymcdm.methods import WSM
from pymcdm.normalizations import minmax_normalization
from threadpoolctl import threadpool_limits

from selection.scoring import Column, Criterion, Goalposts, Model, Node, Snapshot, batch_scores, score
from selection.scoring.rank_draws import QUANTUM_SCALE, FloatArray, RankKernel

COUNTRIES, CRITERIA, DRAWS = 195, 25, 10_000
ROUNDS = 25


def _medians(*runs: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return the median milliseconds of each run, interleaved, after one warm-up."""
    times: list[list[float]] = [[] for _ in runs]
    for i in range(rounds + 1):
        for run, spent in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            if i:
                spent.append((time.perf_counter() - start) * 1e3)
    return [statistics.median(spent) for spent in times]


def _counted_ranks(scores: FloatArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return competition ranks by plain counting, one row at a time: slow and obviously correct."""
    quantised = np.rint(scores * QUANTUM_SCALE)
    return np.stack([1 + (row[None, :] > row[:, None]).sum(axis=1) for row in quantised])


def _batch(values: FloatArray, weights: FloatArray) -> dict[str, Any]:
    columns = np.ascontiguousarray(values.T)
    scores, ranks = batch_scores(values, weights)
    assert np.allclose(scores, weights @ columns, rtol=0, atol=1e-14)
    assert np.array_equal(ranks, _counted_ranks(scores))
    ours, floor = _medians(lambda: batch_scores(values, weights), lambda: np.sort(weights @ columns, axis=1))
    size = f"{len(weights)} weight vectors, {COUNTRIES} x {CRITERIA}"
    detail = f"{ours:.2f} ms against {floor:.2f} ms: {size}, scores and ranks"
    return _row("batch path against numpy product and sort", ours, floor, 3.0, detail)


def _draws(values: FloatArray, weights: FloatArray) -> dict[str, Any]:
    columns = np.ascontiguousarray(values.T)
    scores = weights @ columns

    def ours() -> RankKernel:
        kernel = RankKernel(COUNTRIES)
        kernel.add_product(weights, values)
        return kernel

    table = np.zeros((COUNTRIES, COUNTRIES), dtype=np.int64)
    for ranks in _counted_ranks(scores):
        table[np.arange(COUNTRIES), ranks - 1] += 1
    assert np.array_equal(ours().counts, table)
    keys = np.rint(scores * -QUANTUM_SCALE).astype(np.int64) * 256 + np.arange(COUNTRIES)
    cells = (np.sort(keys, axis=1) % 256 + np.arange(COUNTRIES) * 256).ravel()
    out, work = np.empty_like(scores), np.empty_like(keys)
    times = []
    # The parts of the floor are timed apart, each with its data warm in the cache and at its fastest of all rounds:
    # a hard floor, since the kernel is taken at its median.
    for i in range(ROUNDS + 1):
        steps: tuple[Callable[[], object], ...] = (
            ours,
            lambda: np.matmul(weights, columns, out=out),
            lambda: work.sort(axis=1),
            lambda: np.bincount(cells, minlength=COUNTRIES * 256),
        )
        spent = []
        for step in steps:
            step()
            if step is steps[2]:
                np.copyto(work, keys)
            start = time.perf_counter()
            step()
            spent.append((time.perf_counter() - start) * 1e3)
        if i:
            times.append(spent)
    kernel = statistics.median(spent[0] for spent in times)
    gemm, sort, tally = (min(column) for column in list(zip(*times, strict=True))[1:])
    floor = gemm + sort + tally
    parts = f"product {gemm:.1f}, row sort {sort:.1f}, tally {tally:.1f}"
    detail = f"{kernel:.1f} ms against {floor:.1f} ms ({parts}): {COUNTRIES} x {CRITERIA}, full rank table"
    return _row("10,000 draws with full ranks against the floor", kernel, floor, 2.0, detail)


def _official(x: FloatArray) -> dict[str, Any]:
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
    mine, rival = _medians(ours, theirs, rounds=101)
    detail = (
        f"{mine:.2f} ms against {rival:.2f} ms: {COUNTRIES} x {CRITERIA}; ours is the whole score(): validation, exact "
        "sums, coverage, statuses, ranks, bounds and points"
    )
    return _row("official path against pymcdm with validation", mine, rival, 1.0, detail)


def _row(name: str, ours: float, against: float, goal: float, detail: str) -> dict[str, Any]:
    return {"name": name, "ratio": ours / against, "goal": goal, "detail": detail}


def run() -> list[dict[str, Any]]:
    """Return rows of name, ratio (ours to theirs), goal (the ratio not to exceed), and detail."""
    rng = np.random.default_rng(20)
    x = rng.random((COUNTRIES, CRITERIA)) * 100
    weights = rng.dirichlet(np.full(CRITERIA, 2.0), DRAWS)
    values = x / 100
    with threadpool_limits(limits=1):
        return [_batch(values, weights[:1000]), _draws(values, weights), _official(x)]


if __name__ == "__main__":
    for row in run():
        print(f"{row['ratio']:.2f} (goal {row['goal']:.0f})  {row['name']}: {row['detail']}")
