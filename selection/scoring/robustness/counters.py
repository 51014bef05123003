"""Counts over the draws in addition to the ranks: provisional places, pairs, axes, and the value of a datum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..tree import Plan
from ..value_functions import FloatArray, IntArray
from .draws import Chunk
from .exact import child_keys
from .tables import QUANTILES, MixedSpread, Spread

_GROUPS = 5
_BLOCK = 2000
"""Draws that fit in the cache with the scores of all countries."""


class Places:
    """The rank that each country after the first m would take among these m: 1 + those above it in the same draw."""

    def __init__(self, ranked: int, others: int) -> None:
        self.ranked = ranked
        self.counts: IntArray = np.zeros((others, ranked + 1), dtype=np.int64)

    def add(self, chunk: Chunk) -> None:
        narrow = np.uint8 if self.ranked < 256 else np.uint32
        for start in range(0, chunk.draws, _BLOCK):
            block = chunk.shortfalls[:, start : start + _BLOCK]
            ranked, others = block[: self.ranked], block[self.ranked :]
            for number, own in enumerate(others):
                above: IntArray = np.sum((ranked < own).view(np.uint8), axis=0, dtype=narrow)
                self.counts[number] += np.bincount(above, minlength=self.ranked + 1)


class Pairs:
    """Number of draws in which each of the first m countries ranks above each other one."""

    def __init__(self, ranked: int) -> None:
        self.above: IntArray = np.zeros((ranked, ranked), dtype=np.int64)

    def add(self, chunk: Chunk) -> None:
        scores = chunk.shortfalls[: len(self.above)]
        for a in range(len(scores) - 1):
            ahead, behind = scores[a] < scores[a + 1 :], scores[a] > scores[a + 1 :]
            for b, (better, worse) in enumerate(zip(ahead, behind, strict=True), start=a + 1):
                self.above[a, b] += np.count_nonzero(better)
                self.above[b, a] += np.count_nonzero(worse)


class Axes:
    """Scores of the root's children at 5 and 95 percent of the draws, for each child that is drawn as a unit.

    The first chunk is enough: an end of the interval of 10,000 draws is known to a quarter of a percent of them.
    """

    def __init__(self, plan: Plan, spread: Spread) -> None:
        self.plan, self.spread = plan, spread
        self.ranges: dict[str, FloatArray] = {}

    def add(self, chunk: Chunk) -> None:
        root = self.plan.root
        if self.ranges or root is None:
            return
        ends = [max(-(-chunk.draws * percent // 100), 1) - 1 for percent in (5, 95)]
        for key, child in zip(child_keys(self.plan, root), root.children, strict=True):
            drawn = chunk.scores(child)
            if drawn is not None:
                scores = drawn[: len(self.spread.base)]
                scores.partition(ends, axis=1)
                leaves = [child.index] if child.leaf else list(self.plan.branches[child.index].leaves)
                lacking = self.spread.absent[:, leaves].all(axis=1)
                self.ranges[key] = np.where(lacking[:, None], np.nan, scores[:, ends].astype(np.float64))


class DatumValues:
    """The value of a datum: how far one cell alone decides whether its country is among the first N.

    The draws of a cell fall into five equal groups, from its lowest values to its highest.
    """

    def __init__(self, spread: Spread | MixedSpread) -> None:
        self.spread = spread
        self.counts: IntArray = np.zeros((len(spread.tables), 2 * _GROUPS), dtype=np.int64)
        self._group = np.arange(QUANTILES, dtype=np.intp) * _GROUPS // QUANTILES

    def add(self, chunk: Chunk) -> None:
        within = (chunk.shortfalls <= chunk.limit).astype(np.intp) * _GROUPS
        groups = chunk.groups(self._group)
        for t, row in enumerate(self.spread.rows.tolist()):
            start = int(chunk.offsets[t])
            cell = groups[start : start + chunk.draws] + within[row]
            self.counts[t] += np.bincount(cell, minlength=2 * _GROUPS)

    def values(self, criteria: int) -> FloatArray:
        """Return, (D, J), how far the groups' shares of being among the first N lie from the overall one."""
        found = np.zeros((len(self.spread.base), criteria))
        inside, drawn = self._counted
        overall = inside.sum(axis=1) / np.maximum(drawn.sum(axis=1), 1)
        shares = inside / np.maximum(drawn, 1)
        found[self.spread.rows, self.spread.columns] = np.abs(shares - overall[:, None]).mean(axis=1)
        return found

    def ends(self, criteria: int) -> FloatArray:
        """Return the shares (D, J, 2) within the first N in the groups of lowest and highest u; NaN where exact."""
        found = np.full((len(self.spread.base), criteria, 2), np.nan)
        inside, drawn = self._counted
        found[self.spread.rows, self.spread.columns] = (inside / np.maximum(drawn, 1))[:, [0, -1]]
        return found

    @property
    def _counted(self) -> tuple[FloatArray, FloatArray]:
        """Return the draws of each group within the first N, and all draws of each group."""
        inside = self.counts[:, _GROUPS:].astype(np.float64)
        return inside, inside + self.counts[:, :_GROUPS]


class Holding:
    """Draws in which the own label of each country stays as stated, and those of them within the first N.

    `stays` (D, QUANTILES) marks the quantile numbers of a country's cell at which its label stays; all of them where
    the label does not move.
    """

    def __init__(self, spread: Spread | MixedSpread, column: int, stays: NDArray[np.bool_]) -> None:
        self.stays = stays
        self.tables = {
            row: t
            for t, (row, j) in enumerate(zip(spread.rows.tolist(), spread.columns.tolist(), strict=True))
            if j == column
        }
        self.within, self.stayed = np.zeros(len(stays)), np.zeros(len(stays))

    def add(self, chunk: Chunk) -> None:
        for row, stays in enumerate(self.stays):
            if not stays.any():
                continue
            within = chunk.shortfalls[row] <= chunk.limit
            if row in self.tables and not stays.all():
                stayed = stays[chunk.numbers(self.tables[row])]
                within &= stayed
                self.stayed[row] += np.count_nonzero(stayed)
            else:
                self.stayed[row] += chunk.draws
            self.within[row] += np.count_nonzero(within)

    @property
    def shares(self) -> FloatArray:
        """Return the share (D,) within the first N of the draws in which the label stays; NaN if there is none."""
        found: FloatArray = np.full(len(self.within), np.nan)
        return np.divide(self.within, self.stayed, out=found, where=self.stayed > 0)
