"""Draw weights and data together, and hand the scores of every chunk of draws to those who count something.

Time is linear in the number of draws and memory does not grow with it. The same seed gives the same draws on one
machine; other machines may differ in the last bits of a logarithm, which moves a share by far less than 0.001.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..kernel import IntArray
from ..model import Model
from ..tree import Plan
from ..values import Positions
from .kernel import Keys, RankTally
from .layout import Layout, Scorer, Unit
from .tables import QUANTILES, Float32Array, Spread
from .weights import Local, draw_weights, fixed_weights, shapes

CHUNK = 10_000
"""Draws held at a time."""

_POOL = 1 << 19
# Blocks fit in the cache. Powers of two are avoided: rows that far apart fall into the same lines of it.
_BLOCK_SCORES = 100_000
_LEAST_BLOCK, _MOST_BLOCK = 100, 1000
_POOL_SEED = 7


@cache
def _pool() -> NDArray[np.intp]:
    """Quantile numbers of which each cell takes a run, wherever its offset falls."""
    rng = np.random.Generator(np.random.PCG64(_POOL_SEED))
    return rng.integers(0, QUANTILES, _POOL + CHUNK).astype(np.intp)


@dataclass(frozen=True, eq=False)
class Chunk:
    """Drawn scores of D countries, the ranked m first.

    `shortfalls` (D, draws) are whole numbers, 0 best. `limit` (draws,) is the shortfall of the last of the first N
    ranked countries: who does not exceed it is among the first N. The arrays hold until the next chunk.
    """

    shortfalls: Keys
    limit: Keys
    offsets: NDArray[np.intp]

    @property
    def draws(self) -> int:
        """The draws of this chunk."""
        return int(self.shortfalls.shape[1])

    def groups(self, of: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the pool with each quantile number put into its group, of which `offsets` begin the cells' runs."""
        grouped: NDArray[np.intp] = of[_pool()]
        return grouped


class Counter(Protocol):
    """Something that counts over the draws."""

    def add(self, chunk: Chunk) -> None:
        """Count one chunk."""


@dataclass(frozen=True, eq=False)
class Simulation:
    """Draws of a model's scores over the countries of a spread, of which the first `ranked` take part in the ranking.

    Without `weights` the official weights hold in every draw.
    """

    model: Model
    plan: Plan
    spread: Spread
    ranked: int
    first: int
    weights: bool = True

    def run(self, draws: int, seed: int, counters: Sequence[Counter] = ()) -> IntArray:
        """Return the rank acceptability counts (m, m); each counter sees every chunk."""
        if self.plan.root is None or not len(self.spread.base) or not draws:
            return np.zeros((self.ranked, self.ranked), dtype=np.int64)
        work = self._work
        work.tally.clear()
        streams = [np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(2)]
        for start in range(0, draws, CHUNK):
            size = min(CHUNK, draws - start)
            local = self._local(size, streams[0])
            offsets = _offsets(len(self.spread.tables), streams[1])
            units = [unit.scores(local, offsets) for unit in work.units]
            chunk = self._rank(units, local, offsets)
            for counter in counters:
                counter.add(chunk)
        return work.tally.counts if self.ranked else np.zeros((0, 0), dtype=np.int64)

    @cached_property
    def _work(self) -> _Work:
        layout = Layout(self.plan, self.spread.absent)
        countries = len(self.spread.base)
        block = max(_LEAST_BLOCK, min(_MOST_BLOCK, _BLOCK_SCORES // countries // 100 * 100))
        return _Work(
            block,
            [_UnitDraws(layout, unit, self.spread) for unit in layout.units],
            Scorer(layout, countries, block),
            RankTally(max(self.ranked, 1), block),
            np.empty((countries, CHUNK), dtype=np.int32),
        )

    def _local(self, size: int, rng: np.random.Generator) -> Local:
        if not self.weights:
            return fixed_weights(self.plan, size)

        def numbers(count: int) -> list[NDArray[np.intp]]:
            return [_pool()[start : start + size] for start in _offsets(count, rng).tolist()]

        return draw_weights(shapes(self.plan, self.model), size, numbers, rng)

    def _rank(self, units: list[Float32Array], local: Local, offsets: NDArray[np.intp]) -> Chunk:
        work, m, size = self._work, self.ranked, local[-1].shape[1]
        tally, shortfalls = work.tally, work.shortfalls[:, :size]
        # With nobody ranked, everybody is among the first.
        limit = np.full(size, np.iinfo(np.int32).max, dtype=np.int32)
        for start in range(0, size, work.block):
            rows = slice(start, min(start + work.block, size))
            block = shortfalls[:, rows]
            work.scorer.shortfalls(units, local, rows, tally.scale, block)
            if m:
                keys = tally.add(block[:m])
                limit[rows] = keys[:, min(self.first, m) - 1] >> tally.bits
        return Chunk(shortfalls, limit, offsets)


@dataclass(frozen=True, eq=False)
class _Work:
    """What a simulation lays out once: buffers above all, since fresh memory costs more than the arithmetic."""

    block: int
    units: list[_UnitDraws]
    scorer: Scorer
    tally: RankTally
    shortfalls: NDArray[np.int32]


class _UnitDraws:
    """Draws of one unit's scores."""

    def __init__(self, layout: Layout, unit: Unit, spread: Spread) -> None:
        self.layout, self.unit, self.spread = layout, unit, spread
        leaves = list(unit.leaves)
        self.base = spread.base[:, leaves].astype(np.float32)
        place = {leaf: i for i, leaf in enumerate(leaves)}
        # Countries whose absent cells are the same share their weights.
        patterns: dict[bytes, list[int]] = {}
        for row, absent in enumerate(spread.absent[:, leaves]):
            patterns.setdefault(absent.tobytes(), []).append(row)
        self.patterns = [np.array(rows) for rows in sorted(patterns.values(), key=len, reverse=True)]
        self.out = np.empty((len(self.base), CHUNK), dtype=np.float32)
        self.drawn = np.empty((len(leaves), CHUNK), dtype=np.float32)
        self.tables: dict[int, tuple[list[int], tuple[int, ...]]] = {}
        for t, (row, j) in enumerate(zip(spread.rows.tolist(), spread.columns.tolist(), strict=True)):
            if j in place:
                numbers, places = self.tables.get(row, ([], ()))
                self.tables[row] = [*numbers, t], (*places, place[j])

    def scores(self, local: Local, offsets: NDArray[np.intp]) -> Float32Array:
        """Return the unit's scores (D, draws), which hold until the next call."""
        size = local[-1].shape[1]
        out = self.out[:, :size]
        for number, rows in enumerate(self.patterns):
            weights = self.layout.weights(self.unit, local, self.spread.absent[rows[0]])
            if number:
                out[rows] = self.base[rows] @ weights
            else:
                np.matmul(self.base, weights, out=out)  # the rows of other patterns are written over
            self._add_tables(out, rows, weights, offsets)
        return out

    def _add_tables(self, out: Float32Array, rows: Positions, weights: Float32Array, offsets: NDArray[np.intp]) -> None:
        size, pool = out.shape[1], _pool()
        drawn = self.drawn[:, :size]
        total = np.empty(size, dtype=np.float32)
        picked: dict[tuple[int, ...], Float32Array] = {}
        for row in rows.tolist():
            if row not in self.tables:
                continue
            numbers, places = self.tables[row]
            if places not in picked:
                picked[places] = weights[list(places)]
            for i, t in enumerate(numbers):
                start = int(offsets[t])
                # Every number is within the table; "wrap" is the fastest way to say so, and writes straight into `out`.
                self.spread.tables[t].take(pool[start : start + size], out=drawn[i], mode="wrap")
            np.einsum("jk,jk->k", drawn[: len(numbers)], picked[places], out=total)
            out[row] += total


def _offsets(count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return distinct places in the pool: two cells at one place would be drawn as one."""
    return rng.choice(_POOL, count, replace=False).astype(np.intp) if count else np.zeros(0, dtype=np.intp)
