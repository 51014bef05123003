"""Parts of the draws: seeds, weights, intervals of ranks, and how often a country passes the hurdles.

Weights: one Dirichlet(c w) for each parent, mean w, Var(w_j) = w_j (1 - w_j)/(c + 1); zero weights stay zero.
Hurdles read data as published: x + se N(0, 1) where the publisher gives a standard error; a peer-median imputation is
drawn from the peers' observed u. Errors are taken as independent across criteria.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .hurdles import Hurdle, Predicate, Verdict, criteria_of, evaluate
from .missing import CellState
from .model import Model
from .prepare import DrawnFacts, ObservedFacts, Prepared
from .snapshot import Snapshot
from .value_functions import FloatArray, IntArray, Positions

INTERVAL_PERCENTS = (5, 50, 95)
_BLOCK = 512
"""Draws of all countries at once: their values fit in the processor's cache."""

SEED_BITS = 52
"""Seeds fit in a double, so that any JSON reader, a browser among them, shows the very number."""


def seed_from_hash(model_hash: str) -> int:
    """Return the seed derived from a model's hash, so that the same model always shows the same table."""
    return int(model_hash[: SEED_BITS // 4], 16)


def concentration(n: int, rho: float) -> float:
    """Return the Dirichlet concentration at which an average weight of n has relative standard deviation rho."""
    return (n - 1) / rho**2 - 1.0


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
    asked: Collection[str],
) -> dict[str, _CriterionDraws]:
    """Return the criteria that have uncertain cells, of those `asked`; each has streams of its own."""
    found = {}
    for j, (key, item) in enumerate(prepared.items()):
        if item.inactive or key not in asked:
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
        for start in range(0, draws, _BLOCK):
            count = min(_BLOCK, draws - start)
            block = {key: item.block(count) for key, item in moving.items()}
            _count_passes(passes, hurdles, DrawnFacts(facts, block), count)
    else:
        _count_passes(passes, hurdles, facts, draws)
    return {key: count / max(draws, 1) for key, count in passes.items()}


def _count_passes(
    passes: dict[str, FloatArray], hurdles: Mapping[str, Hurdle], facts: ObservedFacts, draws: int
) -> None:
    """Add the draws in which each country passes; a hurdle on nothing that was drawn is the same in all `draws`."""
    for key in passes:
        passed = evaluate(hurdles[key].expression, facts, hurdles) == Verdict.PASS
        passes[key] += passed.sum(axis=0) if passed.ndim == 2 else draws * passed
