"""Counts over the draws beside the ranks: places of provisional countries, pairs, and the value of a datum."""

from __future__ import annotations

import numpy as np

from ..kernel import IntArray
from ..values import FloatArray
from .draws import Chunk
from .tables import QUANTILES, Spread

_GROUPS = 5


class Places:
    """The rank that each country after the first m would take among these m: 1 + those above it in the same draw."""

    def __init__(self, ranked: int, others: int) -> None:
        """Count for `others` countries."""
        self.ranked = ranked
        self.counts: IntArray = np.zeros((others, ranked + 1), dtype=np.int64)

    def add(self, chunk: Chunk) -> None:
        """Count one chunk."""
        ranked = chunk.shortfalls[: self.ranked]
        narrow = np.dtype(np.uint8 if self.ranked < 256 else np.uint32)
        for number, own in enumerate(chunk.shortfalls[self.ranked :]):
            above = np.sum(ranked < own, axis=0, dtype=narrow)
            self.counts[number] += np.bincount(above, minlength=self.ranked + 1)


class Pairs:
    """The number of draws in which each of the first m countries lies above each other one."""

    def __init__(self, ranked: int) -> None:
        """Count for all pairs of `ranked` countries."""
        self.above: IntArray = np.zeros((ranked, ranked), dtype=np.int64)

    def add(self, chunk: Chunk) -> None:
        """Count one chunk."""
        scores = chunk.shortfalls[: len(self.above)]
        for a in range(len(scores) - 1):
            ahead, behind = scores[a] < scores[a + 1 :], scores[a] > scores[a + 1 :]
            for b, (better, worse) in enumerate(zip(ahead, behind, strict=True), start=a + 1):
                self.above[a, b] += np.count_nonzero(better)
                self.above[b, a] += np.count_nonzero(worse)


class DatumValues:
    """The value of a datum: how far one cell alone decides whether its country is among the first N.

    The draws of a cell fall into five equal groups, from its lowest values to its highest.
    """

    def __init__(self, spread: Spread) -> None:
        """Count for every drawn cell."""
        self.spread = spread
        self.counts: IntArray = np.zeros((len(spread.tables), 2 * _GROUPS), dtype=np.int64)
        self._group = np.arange(QUANTILES, dtype=np.intp) * _GROUPS // QUANTILES

    def add(self, chunk: Chunk) -> None:
        """Count one chunk."""
        within = (chunk.shortfalls <= chunk.limit).astype(np.intp) * _GROUPS
        groups = chunk.groups(self._group)
        for t, row in enumerate(self.spread.rows.tolist()):
            start = int(chunk.offsets[t])
            cell = groups[start : start + chunk.draws] + within[row]
            self.counts[t] += np.bincount(cell, minlength=2 * _GROUPS)

    def values(self, criteria: int) -> FloatArray:
        """Return, (D, J), how far the groups' shares of being among the first N lie from the overall one."""
        found = np.zeros((len(self.spread.base), criteria))
        inside = self.counts[:, _GROUPS:].astype(np.float64)
        drawn = inside + self.counts[:, :_GROUPS]
        overall = inside.sum(axis=1) / np.maximum(drawn.sum(axis=1), 1)
        shares = inside / np.maximum(drawn, 1)
        found[self.spread.rows, self.spread.columns] = np.abs(shares - overall[:, None]).mean(axis=1)
        return found
