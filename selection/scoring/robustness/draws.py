"""Draws of weights and data together. Each chunk of scores is passed to the counters.

Time is linear in the number of draws and memory does not grow with it. The same seed gives the same draws on one
machine; other machines may differ in the last bits of a logarithm, which moves a share by far less than 0.001.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..model import Model
from ..rank_draws import IntArray
from ..tree import Child, Plan
from ..value_functions import Positions
from .kernel import Keys, RankTally, product
from .layout import Layout, Scorer, Unit
from .mix import DrawnDesigns, Mix
from .tables import QUANTILES, Float32Array, MixedSpread, Spread
from .weights import Local, draw_weights, fixed_weights, shapes

CHUNK = 10_000
"""Draws held at a time."""

_POOL = 1 << 19
# Blocks fit in the cache. Powers of two are avoided: rows that far apart fall into the same lines of it.
_BLOCK_SCORES = 100_000
_LEAST_BLOCK, _MOST_BLOCK = 100, 1000
_SHARING = 4
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
    ranked countries: who does not exceed it is among the first N. `units` are the parts that the scores are made of,
    `local` the weights (children, draws) of every branch. All of it holds until the next chunk.
    """

    shortfalls: Keys
    limit: Keys
    offsets: NDArray[np.intp]
    units: Sequence[_UnitDraws]
    local: Local

    @property
    def draws(self) -> int:
        """Return the number of draws in this chunk."""
        return int(self.shortfalls.shape[1])

    def groups(self, of: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the pool with each quantile number mapped to its group; `offsets` begin the cells' runs."""
        grouped: NDArray[np.intp] = of[_pool()]
        return grouped

    def flags(self, of: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the pool with each quantile number mapped to its flag; `offsets` begin the cells' runs."""
        flagged: NDArray[np.bool_] = of[_pool()]
        return flagged

    def scores(self, child: Child) -> Float32Array | None:
        """Return the drawn scores (D, draws) of a leaf or branch; None for one that is not drawn as a unit."""
        found = [one for one in self.units if one.unit.is_of(child)]
        if not found:
            return None
        out = np.empty(self.shortfalls.shape, dtype=np.float32)
        found[0].write(slice(0, self.draws), out)
        out /= np.float32(found[0].unit.slope)
        return out


class Counter(Protocol):
    """Something that counts over the draws."""

    def add(self, chunk: Chunk) -> None:
        """Count one chunk."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws of which one group can be exchanged for those of another sample: seeds of data and weights, and designs."""

    data: int
    weights: int
    designs: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Simulation:
    """Draws of a model's scores over the countries of a spread, of which the first `ranked` take part in the ranking.

    Without `weights` the official weights hold in every draw; `shapes` are other Dirichlet parameters than the model's.
    With a `mix`, each draw has a design of its own, and the spread is a mixed one.
    """

    model: Model
    plan: Plan
    spread: Spread | MixedSpread
    ranked: int
    first: int
    weights: bool = True
    shapes: Sequence[NDArray[np.float64]] | None = None
    mix: Mix | None = None

    def run(
        self,
        draws: int,
        seed: int,
        counters: Sequence[Counter] = (),
        fixed: Sequence[NDArray[np.float64]] | None = None,
    ) -> IntArray:
        """Return the rank acceptability counts (m, m); each counter sees every chunk.

        `fixed` are local weights by branch that hold in every draw.
        """
        if self.plan.root is None or not len(self.spread.base) or not draws:
            return np.zeros((self.ranked, self.ranked), dtype=np.int64)
        work = self._work
        work.tally.clear()
        streams = [np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(3)]
        for start in range(0, draws, CHUNK):
            size = min(CHUNK, draws - start)
            designs = self.mix.draw(size, streams[2]) if self.mix else None
            local = self._local(size, streams[0], designs, fixed)
            offsets = _offsets(len(self.spread.tables), streams[1])
            for unit in work.units:
                unit.draw(local, offsets, designs)
            chunk = Chunk(work.shortfalls[:, :size], work.limit[:size], offsets, work.units, local)
            self._rank(local, chunk, designs, keep=bool(counters))
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
            # Where no country is ranked, every country is among the first.
            np.full(CHUNK, np.iinfo(np.int32).max, dtype=np.int32),
        )

    def ranks(self, sample: Sample) -> NDArray[np.int32]:
        """Return the ranks (draws, m) in a sample of the data, weights, and designs of a mix; ties in any order."""
        assert self.mix is not None
        work, draws = self._work, len(sample.designs)
        order = np.argsort(self.mix.arithmetic[sample.designs], kind="stable")
        designs = replace(self.mix.drawn(sample.designs[order]), order=order)
        rng = np.random.Generator(np.random.PCG64(sample.weights))
        levels = [None if level is None else level[sample.designs] for level in self.mix.shape_levels]

        def numbers(count: int) -> list[NDArray[np.intp]]:
            return [_pool()[start : start + draws] for start in _offsets(count, rng).tolist()]

        local = [one[:, order] for one in draw_weights(self.mix.shapes, draws, numbers, rng, levels)]
        offsets = _offsets(len(self.spread.tables), np.random.Generator(np.random.PCG64(sample.data)))
        for unit in work.units:
            unit.draw(local, offsets, designs)
        found = np.empty((draws, self.ranked), dtype=np.int32)
        for rows in _blocks(draws, work.block, designs.geometric):
            block = work.scorer.shortfalls(work.units, local, rows, work.tally.scale, designs.axes(rows.start))
            countries = (work.tally.add(block[: self.ranked]) & (work.tally.width - 1)).astype(np.intp)
            np.put_along_axis(found[rows], countries, np.arange(1, self.ranked + 1, dtype=np.int32)[None], axis=1)
        unsorted = np.empty_like(found)
        unsorted[order] = found
        return unsorted

    def _local(
        self,
        size: int,
        rng: np.random.Generator,
        designs: DrawnDesigns | None,
        fixed: Sequence[NDArray[np.float64]] | None,
    ) -> Local:
        if fixed is not None or not self.weights:
            return fixed_weights([branch.weights for branch in self.plan.branches] if fixed is None else fixed, size)

        def numbers(count: int) -> list[NDArray[np.intp]]:
            return [_pool()[start : start + size] for start in _offsets(count, rng).tolist()]

        if self.mix is not None and designs is not None:
            return draw_weights(self.mix.shapes, size, numbers, rng, designs.shape_levels)
        return draw_weights(self.shapes or shapes(self.plan, self.model), size, numbers, rng)

    def _rank(self, local: Local, chunk: Chunk, designs: DrawnDesigns | None, *, keep: bool) -> None:
        """Tally a chunk's ranks, block by block; `keep` writes the scores into it."""
        work, m = self._work, self.ranked
        for rows in _blocks(chunk.draws, work.block, designs.geometric if designs else 0):
            axes = designs.axes(rows.start) if designs else None
            block = work.scorer.shortfalls(work.units, local, rows, work.tally.scale, axes)
            if m:
                keys = work.tally.add(block[:m])
                chunk.limit[rows] = keys[:, min(self.first, m) - 1] >> work.tally.bits
            if keep:
                chunk.shortfalls[:, rows] = block


@dataclass(frozen=True, eq=False)
class _Work:
    """Working data that a simulation allocates once, mostly buffers: fresh memory costs more than the arithmetic."""

    block: int
    units: list[_UnitDraws]
    scorer: Scorer
    tally: RankTally
    shortfalls: NDArray[np.int32]
    limit: NDArray[np.int32]


class _UnitDraws:
    """Draws of one unit's scores; they hold until the next are drawn."""

    def __init__(self, layout: Layout, unit: Unit, spread: Spread | MixedSpread) -> None:
        self.layout, self.unit, self.spread = layout, unit, spread
        self.child = next((c for c, child in enumerate(layout.plan.branches[-1].children) if unit.is_of(child)), None)
        leaves = list(unit.leaves)
        self.base = spread.base[:, leaves].astype(np.float32)
        # Countries whose absent cells are the same share their weights.
        patterns: dict[bytes, list[int]] = {}
        for row, absent in enumerate(spread.absent[:, leaves]):
            patterns.setdefault(absent.tobytes(), []).append(row)
        self.patterns = [np.array(rows) for rows in sorted(patterns.values(), key=len, reverse=True)]
        self.tables = [self._by_places(rows) for rows in self.patterns]
        # With nothing but weights to draw, a block's scores are one product, and none are kept.
        self.exact = not any(self.tables) and len(self.patterns) == 1
        self.weights = np.empty((0, 0), dtype=np.float32)
        self.out = np.empty((len(self.base), 0 if self.exact else CHUNK), dtype=np.float32)
        self.drawn, self.picked = (np.empty((len(leaves), CHUNK), dtype=np.float32) for _ in range(2))
        self.total = np.empty(CHUNK, dtype=np.float32)
        self.numbers = np.empty(CHUNK, dtype=np.intp)

    def _by_places(self, rows: Positions) -> list[tuple[list[int], list[tuple[int, list[int]]]]]:
        """Return, by the places among the leaves that have tables, the rows with theirs and the tables' numbers."""
        place = {leaf: i for i, leaf in enumerate(self.unit.leaves)}
        numbers: dict[int, list[int]] = {row: [] for row in rows.tolist()}
        for t, (row, j) in enumerate(zip(self.spread.rows.tolist(), self.spread.columns.tolist(), strict=True)):
            if row in numbers and j in place:
                numbers[row].append(t)
        groups: dict[tuple[int, ...], list[tuple[int, list[int]]]] = {}
        for row, tables in numbers.items():
            if tables:
                places = tuple(place[j] for j in self.spread.columns[tables].tolist())
                groups.setdefault(places, []).append((row, tables))
        return [(list(places), members) for places, members in groups.items()]

    def draw(self, local: Local, offsets: NDArray[np.intp], designs: DrawnDesigns | None) -> None:
        """Draw new scores for the unit, with these weights, places in the pool, and designs."""
        out = self.out[:, : local[-1].shape[1]]
        slopes = None if designs is None or self.child is None else designs.slopes[self.child]
        for number, (rows, tables) in enumerate(zip(self.patterns, self.tables, strict=True)):
            weights = self.layout.weights(self.unit, local, self.spread.absent[rows[0]], slopes)
            if self.exact:
                self.weights = weights
            elif number:
                part = np.empty((len(rows), out.shape[1]), dtype=np.float32)
                product(self.base[rows], weights, part)
                out[rows] = part
            else:
                product(self.base, weights, out)  # the rows of other patterns are written over
            for places, members in tables:
                self._add_tables(out, weights, places, members, offsets, designs)

    def write(self, rows: slice, out: Float32Array) -> None:
        """Write the scores times the unit's slope, (D, draws), of these draws into `out`."""
        if self.exact:
            product(self.base, self.weights[:, rows], out)
        else:
            out[:] = self.out[:, rows]

    def _add_tables(
        self,
        out: Float32Array,
        weights: Float32Array,
        places: list[int],
        members: list[tuple[int, list[int]]],
        offsets: NDArray[np.intp],
        designs: DrawnDesigns | None,
    ) -> None:
        size, pool = out.shape[1], _pool()
        drawn, total = self.drawn[:, :size], self.total[:size]
        if len(members) < _SHARING:
            # Picking out the weights would cost more than to count the other leaves in as zeros.
            drawn[:] = 0.0
            targets, picked = [drawn[place] for place in places], weights
        else:
            drawn = drawn[: len(places)]
            targets = list(drawn)
            picked = np.take(weights, places, axis=0, out=self.picked[: len(places), :size], mode="clip")
        order = designs.order if designs else None
        begins = [designs.starts.get(self.unit.leaves[place]) if designs else None for place in places]
        for row, numbers in members:
            for t, target, begin in zip(numbers, targets, begins, strict=True):
                start = int(offsets[t])
                drawn_numbers = pool[start : start + size]
                if order is not None:
                    drawn_numbers = drawn_numbers[order]
                if begin is not None:
                    drawn_numbers = np.add(drawn_numbers, begin, out=self.numbers[:size])
                # Every number is within the table: "wrap" is the fastest mode, and writes straight into `out`.
                self.spread.tables[t].take(drawn_numbers, out=target, mode="wrap")
            np.einsum("jk,jk->k", drawn, picked, out=total)
            out[row] += total


def _blocks(draws: int, size: int, border: int) -> Iterator[slice]:
    """Yield blocks of at most this size that cover the draws and that do not cross the border."""
    start = 0
    while start < draws:
        end = min(start + size, draws)
        if start < border < end:
            end = border
        yield slice(start, end)
        start = end


def _offsets(count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return distinct places in the pool: two cells at one place would be drawn as one."""
    return rng.choice(_POOL, count, replace=False).astype(np.intp) if count else np.zeros(0, dtype=np.intp)
