"""Ranks over free weights: every weighting is as likely as any other, as in SMAA-2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..model import Model
from ..tree import Plan
from ..uncertainty import rank_intervals
from ..value_functions import FloatArray, IntArray
from .draws import Chunk, Simulation
from .layout import Layout
from .tables import Spread
from .weightings import Weightings

LEAST_DRAWS = 100
"""Draws within the first N below which the weights of a country are not stated."""

_OUTER = (5, 95)


@dataclass(frozen=True, eq=False)
class FreeWeights:
    """Findings on m ranked countries over free weights and drawn data.

    `acceptability` (m,) is the share of draws within the first N, `intervals` (m, 2) the ranks at 5 and 95 percent.
    `central` holds, by branch, the mean local weights (m, children) of the draws in which a country is within the first
    N, NaN below `LEAST_DRAWS` of them. `confidence` (m,) is the share of new draws of the data within the first N when
    every country is ranked by those weights; NaN without them.
    """

    acceptability: FloatArray
    intervals: IntArray
    central: tuple[FloatArray, ...]
    confidence: FloatArray


class _Central:
    """Sums of the local weights of the draws in which each country is within the first N."""

    def __init__(self, plan: Plan, ranked: int) -> None:
        self.sums = [np.zeros((ranked, len(branch.children))) for branch in plan.branches]
        self.counts = np.zeros(ranked)

    def add(self, chunk: Chunk) -> None:
        within = (chunk.shortfalls[: len(self.counts)] <= chunk.limit).astype(np.float32)
        self.counts += within.sum(axis=1, dtype=np.float64)
        for total, local in zip(self.sums, chunk.local, strict=True):
            total += within @ local.T

    @property
    def means(self) -> tuple[FloatArray, ...]:
        """Return the mean weights (m, children) by branch, NaN for a country with too few draws."""
        enough = np.where(self.counts >= LEAST_DRAWS, self.counts, np.nan)[:, None]
        return tuple(total / enough for total in self.sums)


def free_weights(model: Model, plan: Plan, laws: Spread, ranked: int, first: int, draws: int, seed: int) -> FreeWeights:
    """Draw the ranks of the first `ranked` countries over all weightings, then over the weights typical of each."""
    anything = [np.ones(len(branch.children)) for branch in plan.branches]
    central = _Central(plan, ranked)
    simulation = Simulation(model, plan, laws, ranked, first, shapes=anything)
    counts = simulation.run(draws, seed, (central,))
    means = central.means
    stated = np.flatnonzero(central.counts >= LEAST_DRAWS)
    confidence = np.full(ranked, np.nan)
    if stated.size:
        weightings = Weightings(Layout(plan, laws.absent), laws, [mean[stated] for mean in means])
        confidence[stated] = weightings.within(first, stated, draws, seed + 1) / draws
    return FreeWeights(
        counts[:, :first].sum(axis=1) / max(draws, 1),
        rank_intervals(counts, _OUTER) if ranked else np.zeros((0, 2), dtype=np.int64),
        means,
        confidence,
    )
