"""Small inputs of best estimates and errors, for tests of the draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selection.scoring import Aggregation, Criterion, Goalposts, Model, Node, OrdinalMap, Snapshot
from selection.scoring.estimates import OWN, CellEstimates, PeerGroup
from selection.scoring.method import Estimate, Method, Scale
from selection.scoring.robustness import Inputs
from selection.scoring.tree import compile_tree

from .build import FloatArray, column, leaf, model, node

PERCENT = Goalposts(0.0, 100.0)
GEOMETRIC = {"aggregation": Aggregation.GEOMETRIC}


def estimated(key: str, weight: float = 1.0, function: Any = PERCENT, **how: Any) -> Criterion:
    return leaf(key, weight, function, estimate=Estimate(**how))


def cells(
    criterion: Criterion, best: ArrayLike, errors: ArrayLike = 0.0, part: str = "measurement", **fields: Any
) -> CellEstimates:
    """Build a criterion's cells; a NaN in `best` does not apply unless `peers` or "range" in `sources` fills it."""
    middle = np.array(best, dtype=np.float64)
    size = len(middle)
    parts = {name: np.zeros(size) for name in ("measurement", "age", "bridge")}
    parts[part] = np.where(np.isnan(middle), 0.0, np.broadcast_to(np.asarray(errors, dtype=np.float64), (size,)))
    function, how = criterion.value_function, criterion.estimate or Estimate()
    known = ~np.isnan(middle)
    sources = tuple(OWN if k else "" for k in known.tolist())
    made = CellEstimates(criterion, middle, parts, middle, sources, np.where(known, 1.0, np.nan), lambda t: t)
    if isinstance(function, Goalposts):
        low, high, down = function.lower, function.upper, function.direction < 0

        def transform(t: FloatArray) -> FloatArray:
            u = np.clip((how.scale.back(np.asarray(t)) - low) / (high - low), 0.0, 1.0)
            return 1.0 - u if down else u

        made = replace(made, u=transform(middle), transform=transform)
    u = made.u.copy()
    for position, peers in fields.get("peers", {}).items():
        u[position] = u[peers].mean()
    return replace(made, **{"u": u, **fields})


def world(
    built: Model,
    given: Mapping[str, CellEstimates],
    ranked: Sequence[int] | None = None,
    provisional: Sequence[int] = (),
    labels: Mapping[str, Sequence[str | None]] | None = None,
) -> Inputs:
    """Build the inputs that `examine` needs; every country is ranked unless others are given."""
    plan = compile_tree(built)
    u = np.stack([given[criterion.key].u for criterion in plan.criteria], axis=1)
    size = len(u)
    snapshot = Snapshot(tuple(f"C{i:03d}" for i in range(size)), {"x": column(np.zeros(size))})
    everyone = np.arange(size)
    return Inputs(
        built,
        plan,
        dict(given),
        u,
        np.array(everyone if ranked is None else ranked, dtype=np.intp),
        np.array(provisional, dtype=np.intp),
        PeerGroup(snapshot, replace(built.method, peers=()), everyone, everyone, frozenset(range(size))),
        labels or {},
    )


def flat(best: ArrayLike, errors: ArrayLike, method: Method | None = None, **options: Any) -> Inputs:
    """Build a flat weighted mean of J criteria on 0 to 100; `best` is (n, J), and `errors` broadcast to it."""
    table = np.array(best, dtype=np.float64)
    wide = np.broadcast_to(np.asarray(errors, dtype=np.float64), table.shape)
    leaves = [estimated(f"c{j}") for j in range(table.shape[1])]
    built = model(*leaves, method=method or Method(first=1, short=1), **options)
    given = {item.key: cells(item, table[:, j], wide[:, j]) for j, item in enumerate(leaves)}
    return world(built, given)


def two_axes(size: int = 60, seed: int = 4, *, missing: bool = True, method: Method | None = None) -> Inputs:
    """Build two axes under a geometric mean.

    The criteria are shares with errors in logits, points that reach their goalposts, and labels that move. One does not
    apply to some countries, and peers fill the gaps.
    """
    rng = np.random.default_rng(seed)
    need = node(
        "need",
        estimated("a", 3.0, Goalposts(0.0, 60.0), scale=Scale.LOGIT),
        estimated("b", 2.0, Goalposts(0.0, 60.0), scale=Scale.LOGIT),
        span=(0.05, 0.8),
    )
    will = node(
        "will", estimated("label", 2.0, OrdinalMap((("low", 0.0), ("mid", 0.5), ("high", 1.0)))), estimated("d")
    )
    means = node("means", estimated("e", 1.0, PERCENT), estimated("f", 2.0, Goalposts(10.0, 80.0, -1)))
    built = model(need, node("able", will, means, span=(0.2, 0.9)), root=GEOMETRIC, method=method or Method())
    a, b, label, d, e, f = built.criteria
    peers = {i: np.arange(20, 40) for i in range(0, 12, 3)} if missing else {}
    shares = rng.normal(-1.0, 1.0, (2, size))
    gaps = shares[1].copy()
    gaps[list(peers)] = np.nan
    levels = np.array([0.0, 0.5, 1.0])
    own = levels[rng.integers(0, 3, size)]
    apart = rng.normal(50.0, 20.0, size)
    if missing:
        apart[rng.random(size) < 0.2] = np.nan
    given = {
        "a": cells(a, shares[0], 0.4),
        "b": cells(b, gaps, 0.7, part="age", peers=peers),
        "label": cells(
            label, np.full(size, np.nan), u=own, levels=levels, moves={i: _moved(own[i]) for i in range(0, size, 2)}
        ),
        "d": cells(d, apart, 10.0),
        "e": cells(e, rng.normal(50.0, 20.0, size), 6.0, part="bridge"),
        "f": cells(f, rng.normal(40.0, 15.0, size), 5.0),
    }
    return world(built, given)


def _moved(u: float) -> FloatArray:
    row = np.array([0.2, 0.2, 0.2])
    row[int(2 * u)] = 0.6
    return row


def plain_shortfalls(inputs: Inputs, draws: int, seed: int) -> FloatArray:
    """Draw scores (draws, n) of the root by straightforward code."""
    return plain_branches(inputs, draws, seed)[-1]


def plain_branches(inputs: Inputs, draws: int, seed: int) -> list[FloatArray]:
    """Draw scores (draws, n) of every branch by straightforward code in float64.

    It draws gammas, normals, and peers of the same draw, and applies the value functions.
    """
    rng = np.random.default_rng(seed)
    drawn: dict[int, FloatArray] = {}
    for j, criterion in enumerate(inputs.plan.criteria):
        cell = inputs.cells[criterion.key]
        u = np.broadcast_to(cell.u, (draws, len(cell.u))).copy()
        noisy = np.flatnonzero((cell.error > 0) & ~np.isnan(cell.best))
        u[:, noisy] = cell.transform(cell.best[noisy] + cell.error[noisy] * rng.standard_normal((draws, noisy.size)))
        for i, shares in cell.moves.items():
            u[:, i] = cell.levels[rng.choice(len(shares), draws, p=shares)]
        for i, peers in cell.peers.items():
            u[:, i] = u[np.arange(draws), rng.choice(peers, draws)]
        drawn[j] = u
    done: list[FloatArray] = []
    for branch in inputs.plan.branches:
        c = (len(branch.children) - 1) / inputs.model.rho**2 - 1.0
        weights = rng.dirichlet(c * branch.weights, draws)
        total, whole = np.zeros((draws, len(inputs.u))), np.zeros((draws, len(inputs.u)))
        for k, child in enumerate(branch.children):
            values = drawn[child.index] if child.leaf else child.scaled(done[child.index])
            if child.floored:
                values = branch.mean.floor + (1.0 - branch.mean.floor) * values
            present: NDArray[np.bool_] = ~np.isnan(values)
            total += weights[:, [k]] * np.where(present, branch.mean.forward(np.where(present, values, 1.0)), 0.0)
            whole += weights[:, [k]] * present
        done.append(branch.mean.backward(total / whole))
    return done


def plain_ranks(scores: FloatArray) -> NDArray[np.int64]:
    """Return competition ranks (draws, n) by counting."""
    return np.stack([1 + (row[None, :] > row[:, None]).sum(axis=1) for row in scores])


__all__ = [
    "Node",
    "cells",
    "estimated",
    "flat",
    "plain_branches",
    "plain_ranks",
    "plain_shortfalls",
    "two_axes",
    "world",
]
