"""Monte Carlo over weights and data: how far a rank moves when the assumptions do.

Weights: one Dirichlet(c w) for each parent, mean w, Var(w_j) = w_j (1 - w_j)/(c + 1); zero weights stay zero.
Data: x + se N(0, 1) where the publisher gives a standard error, then the value function, with the pool statistics of
the observed values; a peer-median imputation is drawn from the peers' observed u. Errors are taken as independent
across criteria. Which countries are ranked, and which nodes have a score, stays as in the official run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .aggregate import with_floor
from .hurdles import Hurdle, Predicate, Verdict, criteria_of, evaluate
from .missing import CellState
from .model import Model
from .prepare import DrawnFacts, ObservedFacts, Prepared
from .rank_draws import IntArray, RankKernel, product
from .snapshot import Snapshot
from .tree import Branch, Plan, TreeScores
from .value_functions import FloatArray, Positions

INTERVAL_PERCENTS = (5, 50, 95)
SEED_BITS = 52
"""Seeds fit in a double, so that any JSON reader, a browser among them, shows the very number."""


def seed_from_hash(model_hash: str) -> int:
    """Return the seed derived from a model's hash, so that the same model always shows the same table."""
    return int(model_hash[: SEED_BITS // 4], 16)


def concentration(n: int, rho: float) -> float:
    """Return the Dirichlet concentration at which an average weight of n has relative standard deviation rho."""
    return (n - 1) / rho**2 - 1.0


def dirichlet_weights(weights: FloatArray, c: float, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return draws (draws, J) of Dirichlet(c w); `weights` (J,) sum to 1.

    Zero weights stay zero; a single positive weight stays 1.
    """
    drawn = np.zeros((draws, len(weights)))
    positive = np.flatnonzero(weights > 0)
    drawn[:, positive] = rng.dirichlet(c * weights[positive], draws) if len(positive) > 1 else 1.0
    return drawn


def rank_intervals(counts: IntArray, percents: Sequence[int] = INTERVAL_PERCENTS) -> IntArray:
    """Return, per country (row of counts H), the smallest rank r with at least q percent of draws at r or better."""
    cumulated = np.cumsum(counts, axis=1)
    total = cumulated[:, -1:]
    return np.stack([np.argmax(cumulated * 100 >= q * total, axis=1) + 1 for q in percents], axis=1)


@dataclass(frozen=True, eq=False)
class RankUncertainty:
    """Ranks over the draws.

    `positions` (m,) are the ranked countries' places in the snapshot; `counts` (m, m) the rank acceptability table
    H[a, r-1]; `intervals` (m, 3) the ranks at 5, 50 and 95 percent. `hurdles` maps a hurdle to the share of draws
    each country of the snapshot passes (n,), for hurdles that combine predicates; unknown is no pass.
    """

    draws: int
    seed: int
    positions: Positions
    counts: IntArray
    intervals: IntArray
    hurdles: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def acceptability(self) -> FloatArray:
        """Rank acceptability b[a, r-1]: the share of draws in which country a has rank r."""
        return self.counts / max(self.draws, 1)


@dataclass(eq=False)
class _CriterionDraws:
    """Draws of one criterion's uncertain cells, block after block; the stream does not depend on the block's size."""

    item: Prepared
    noisy: Positions
    imputed: Positions
    peers: Sequence[FloatArray]
    normal: np.random.Generator
    choice: np.random.Generator

    def block(self, size: int) -> tuple[FloatArray, FloatArray]:
        """Return raw values and u of every country, (size, n)."""
        n = len(self.item.x)
        x = np.empty((size, n))
        u = np.empty((size, n))
        x[:], u[:] = self.item.x, self.item.cells.u
        if self.noisy.size and self.item.fitted is not None:
            errors = self.item.column.standard_errors[self.noisy]
            noise = self.normal.standard_normal((size, self.noisy.size))
            with np.errstate(over="ignore"):  # beyond the largest number lies beyond every goalpost
                x[:, self.noisy] = self.item.x[self.noisy] + errors * noise
            u[:, self.noisy] = self.item.fitted.transform(x[:, self.noisy], self.noisy)
        if self.imputed.size:
            shares = self.choice.random((size, self.imputed.size))
            for column, (position, observed) in enumerate(zip(self.imputed, self.peers, strict=True)):
                u[:, position] = observed[(shares[:, column] * len(observed)).astype(np.intp)]
        return x, u


def _uncertain_criteria(
    prepared: Mapping[str, Prepared],
    snapshot: Snapshot,
    streams: Sequence[np.random.SeedSequence],
    asked: Collection[str] | None = None,
) -> dict[str, _CriterionDraws]:
    """Return the criteria that have uncertain cells, of those `asked` (None: all); each has streams of its own."""
    found = {}
    for j, (key, item) in enumerate(prepared.items()):
        if item.inactive or (asked is not None and key not in asked):
            continue
        errors = np.nan_to_num(item.column.standard_errors)
        noisy = np.flatnonzero((errors > 0) & item.fresh & ~np.isnan(item.cells.u))
        if item.fitted is None:
            noisy = noisy[:0]
        imputed = np.flatnonzero(item.cells.states == CellState.PEER_MEDIAN)
        if not (noisy.size or imputed.size):
            continue
        peers: list[FloatArray] = []
        if imputed.size:
            grouping = item.criterion.missing.peer_group or ""
            labels = snapshot.group_labels(grouping)
            values = snapshot.peer_values(np.where(item.fresh, item.cells.u, np.nan), grouping)
            peers = [values[labels[i] or ""] for i in imputed]
        generators = [np.random.Generator(np.random.PCG64(streams[2 * j + k])) for k in (0, 1)]
        found[key] = _CriterionDraws(item, noisy, imputed, peers, *generators)
    return found


@dataclass(eq=False)
class _TreeDraws:
    """Scores of the ranked countries for blocks of draws."""

    plan: Plan
    u: FloatArray
    present: Sequence[NDArray[np.float64]]
    positions: Positions
    weights: Sequence[FloatArray]

    def block(self, rows: slice, drawn: Mapping[int, FloatArray]) -> FloatArray:
        """Return root scores (draws, m); `drawn` maps a criterion's index to its drawn u (draws, n)."""
        done: list[FloatArray] = []
        for b, branch in enumerate(self.plan.branches):
            done.append(self._branch(branch, b, self.weights[b][rows], drawn, done))
        return done[-1]

    def _branch(
        self, branch: Branch, b: int, weights: FloatArray, drawn: Mapping[int, FloatArray], done: list[FloatArray]
    ) -> FloatArray:
        mean, mask = branch.mean, self.present[b]
        fixed = [c for c, child in enumerate(branch.children) if child.leaf and child.index not in drawn]
        values = np.array([self._lift(branch, c, self.u[self.positions, branch.children[c].index]) for c in fixed])
        values = values.reshape(len(fixed), len(self.positions))
        usable = mask[fixed] > 0
        terms = mean.forward(np.where(usable, values, 1.0)) * usable
        total = product(weights[:, fixed], terms, np.empty((len(weights), len(self.positions))))
        for c, child in enumerate(branch.children):
            if c in fixed:
                continue
            moving = drawn[child.index][:, self.positions] if child.leaf else done[child.index]
            moving = mean.forward(self._lift(branch, c, np.where(mask[c] > 0, moving, 1.0)))
            total += weights[:, c, None] * (moving * mask[c])
        if not mask.all():
            whole = product(weights, mask, np.empty_like(total))
            some = mask.any(axis=0)
            total = np.where(some, total / np.where(some, whole, 1.0), mean.forward(np.ones(())))
        return mean.backward(total)

    def _lift(self, branch: Branch, c: int, values: FloatArray) -> FloatArray:
        return with_floor(values, branch.mean.floor) if branch.children[c].floored else values


def _flat_weights(plan: Plan, weights: Sequence[FloatArray]) -> FloatArray:
    """Return global leaf weights (draws, J) of a purely arithmetic tree: products of the drawn local weights."""
    above: dict[int, FloatArray] = {len(plan.branches) - 1: np.ones((len(weights[-1]), 1))}
    flat = np.zeros((len(weights[-1]), len(plan.criteria)))
    for b in range(len(plan.branches) - 1, -1, -1):
        if b not in above:
            continue
        for c, child in enumerate(plan.branches[b].children):
            share = above[b] * weights[b][:, c : c + 1]
            if child.leaf:
                flat[:, child.index] = share[:, 0]
            else:
                above[child.index] = share
    return flat


def _draw_tree_weights(plan: Plan, model: Model, draws: int, rng: np.random.Generator) -> list[FloatArray]:
    drawn = []
    for branch in plan.branches:
        c = model.dirichlet_c
        if c is None:
            c = concentration(len(branch.children), model.rho) if len(branch.children) > 1 else 1.0
        drawn.append(dirichlet_weights(branch.weights, c, draws, rng))
    return drawn


def simulate(
    model: Model,
    plan: Plan,
    prepared: Mapping[str, Prepared],
    u: FloatArray,
    tree: TreeScores,
    positions: Positions,
    facts: ObservedFacts,
    *,
    draws: int,
    seed: int,
) -> RankUncertainty:
    """Draw weights and data `draws` times and tally the ranks of the countries at `positions`."""
    streams = np.random.SeedSequence(seed).spawn(1 + 2 * len(plan.criteria))
    moving = _uncertain_criteria(prepared, facts.snapshot, streams[1:])
    hurdles = {hurdle.key: hurdle for hurdle in model.hurdles}
    compound = [key for key, hurdle in hurdles.items() if not isinstance(hurdle.expression, Predicate)]
    m = len(positions)
    kernel = RankKernel(max(m, 1))
    passes = {key: np.zeros(len(u)) for key in compound}
    weights: list[FloatArray] = []
    if m:
        weights = _draw_tree_weights(plan, model, draws, np.random.Generator(np.random.PCG64(streams[0])))
    present = [(local[positions] > 0).T.astype(np.float64) for local in tree.local]
    if m and not moving and plan.branches[-1].purely_arithmetic and all(mask.all() for mask in present):
        counted = np.array(plan.branches[-1].leaves)
        kernel.add_product(_flat_weights(plan, weights)[:, counted], u[np.ix_(positions, counted)])
    elif m or (compound and moving):
        index = {criterion.key: j for j, criterion in enumerate(plan.criteria)}
        trees = _TreeDraws(plan, u, present, positions, weights)
        for rows, block in _blocks(kernel, draws, moving):
            if m:
                kernel.add(trees.block(rows, {index[key]: drawn for key, (_, drawn) in block.items()}))
            if moving:
                _count_passes(passes, hurdles, DrawnFacts(facts, block), rows.stop - rows.start)
    if not moving:
        _count_passes(passes, hurdles, facts, draws)
    counts = kernel.counts if m else np.zeros((0, 0), dtype=np.int64)
    intervals = rank_intervals(counts) if m else np.zeros((0, len(INTERVAL_PERCENTS)), dtype=np.int64)
    shares = {key: count / max(draws, 1) for key, count in passes.items()}
    return RankUncertainty(draws, seed, positions, counts, intervals, shares)


def pass_shares(
    model: Model, prepared: Mapping[str, Prepared], facts: ObservedFacts, *, draws: int, seed: int
) -> dict[str, FloatArray]:
    """Return the share of draws (n,) in which each country passes each hurdle that combines predicates.

    Unknown is not a pass.
    """
    hurdles = {hurdle.key: hurdle for hurdle in model.hurdles}
    size = len(facts.snapshot.countries)
    passes = {key: np.zeros(size) for key, hurdle in hurdles.items() if not isinstance(hurdle.expression, Predicate)}
    streams = np.random.SeedSequence(seed).spawn(1 + 2 * len(prepared))
    asked = {criterion for key in passes for criterion in criteria_of(hurdles[key].expression, hurdles)}
    moving = _uncertain_criteria(prepared, facts.snapshot, streams[1:], asked)
    if passes and moving:
        for _, block in _blocks(RankKernel(max(size, 1)), draws, moving):
            count = len(next(iter(block.values()))[0])
            _count_passes(passes, hurdles, DrawnFacts(facts, block), count)
    else:
        _count_passes(passes, hurdles, facts, draws)
    return {key: count / max(draws, 1) for key, count in passes.items()}


def _blocks(
    kernel: RankKernel, draws: int, moving: Mapping[str, _CriterionDraws]
) -> Iterator[tuple[slice, dict[str, tuple[FloatArray, FloatArray]]]]:
    for rows in kernel.blocks(draws):
        yield rows, {key: item.block(rows.stop - rows.start) for key, item in moving.items()}


def _count_passes(
    passes: dict[str, FloatArray], hurdles: Mapping[str, Hurdle], facts: ObservedFacts, draws: int
) -> None:
    """Add the draws in which each country passes; a hurdle on nothing that was drawn is the same in all `draws`."""
    for key in passes:
        passed = evaluate(hurdles[key].expression, facts, hurdles) == Verdict.PASS
        passes[key] += passed.sum(axis=0) if passed.ndim == 2 else draws * passed
