"""Draws of weights and data together. Each chunk of scores is passed to the counters.

Time is linear in the number of draws and memory does not grow with it. The same seed gives the same draws on one
machine; other machines may differ in the last bits of a logarithm, which moves a share by far less than 0.001.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..model import Model
from ..tree import Child, Plan
from ..value_functions import IntArray, Positions
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
_POOL_SEED = 7


@cache
def quantile_numbers() -> NDArray[np.intp]:
    """Return the pool of quantile numbers, of which each cell takes a run, wherever its offset falls."""
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
        return int(self.shortfalls.shape[1])

    def groups(self, of: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the pool with each quantile number mapped to its group; `offsets` begin the cells' runs."""
        grouped: NDArray[np.intp] = of[quantile_numbers()]
        return grouped

    def numbers(self, table: int) -> NDArray[np.intp]:
        """Return the quantile numbers (draws,) that one cell took."""
        start = int(self.offsets[table])
        return quantile_numbers()[start : start + self.draws]

    def scores(self, child: Child) -> Float32Array | None:
        """Return the drawn scores (D, draws) of a leaf or branch; None for one that is not drawn as a unit."""
        found = [one for one in self.units if one.unit.is_of(child)]
        if not found:
            return None
        out = np.empty(self.shortfalls.shape, dtype=np.float32)
        out[:] = found[0].read(slice(0, self.draws), out)
        out -= np.float32(found[0].unit.shift)
        out /= np.float32(found[0].unit.slope)
        return out


class Counter(Protocol):
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
    With a `mix`, each draw has a design of its own, and the spread is a mixed one. The last `beside` countries change
    no draw of the others.
    """

    model: Model
    plan: Plan
    spread: Spread | MixedSpread
    ranked: int
    first: int
    weights: bool = True
    shapes: Sequence[NDArray[np.float64]] | None = None
    mix: Mix | None = None
    beside: int = 0

    def run(self, draws: int, seed: int, counters: Sequence[Counter] = ()) -> IntArray:
        """Return the rank acceptability counts (m, m); each counter sees every chunk."""
        if self.plan.root is None or not len(self.spread.base) or not draws:
            return np.zeros((self.ranked, self.ranked), dtype=np.int64)
        work = self._work
        work.tally.clear()
        streams = [np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(3)]
        for start in range(0, draws, CHUNK):
            size = min(CHUNK, draws - start)
            designs = self.mix.draw(size, streams[2]) if self.mix else None
            local = self._local(size, streams[0], designs)
            offsets = self._drawn(local, streams[1], designs)
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
            return [quantile_numbers()[start : start + draws] for start in run_starts(count, rng).tolist()]

        local = [one[:, order] for one in draw_weights(self.mix.shapes, draws, numbers, rng, levels)]
        self._drawn(local, np.random.Generator(np.random.PCG64(sample.data)), designs)
        found = np.empty((draws, self.ranked), dtype=np.int32)
        for rows in _blocks(draws, work.block, designs.geometric):
            block = work.scorer.shortfalls(work.units, local, rows, work.tally.scale, designs.axes(rows.start))
            countries = (work.tally.add(block[: self.ranked]) & (work.tally.width - 1)).astype(np.intp)
            np.put_along_axis(found[rows], countries, np.arange(1, self.ranked + 1, dtype=np.int32)[None], axis=1)
        unsorted = np.empty_like(found)
        unsorted[order] = found
        return unsorted

    def _drawn(self, local: Local, rng: np.random.Generator, designs: DrawnDesigns | None) -> NDArray[np.intp]:
        """Draw new scores for every unit, and return the starts of the cells' runs in the pool."""
        own = int(np.searchsorted(self.spread.rows, len(self.spread.base) - self.beside))
        offsets = run_starts(own, rng)
        if len(self.spread.tables) > own:
            offsets = np.concatenate([offsets, _other_starts(len(self.spread.tables) - own, offsets, rng)])
        for unit in self._work.units:
            unit.draw(local, offsets, designs)
        return offsets

    def _local(self, size: int, rng: np.random.Generator, designs: DrawnDesigns | None) -> Local:
        if not self.weights:
            return fixed_weights([branch.weights for branch in self.plan.branches], size)

        def numbers(count: int) -> list[NDArray[np.intp]]:
            return [quantile_numbers()[start : start + size] for start in run_starts(count, rng).tolist()]

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


@dataclass(frozen=True)
class _Group:
    """Countries whose drawn and exact values are those of the same leaves of a unit, by country.

    `members` are the row, the numbers of its tables in the order of `drawn`, and its exact values in that of `exact`.
    """

    drawn: tuple[int, ...]
    exact: tuple[int, ...]
    members: list[tuple[int, list[int], list[float]]]


class _UnitDraws:
    """Draws of one unit's scores; they hold until the next are drawn."""

    def __init__(self, layout: Layout, unit: Unit, spread: Spread | MixedSpread) -> None:
        self.layout, self.unit, self.spread = layout, unit, spread
        self.child = next((c for c, child in enumerate(layout.plan.branches[-1].children) if unit.is_of(child)), None)
        leaves = list(unit.leaves)
        # The last column is for the unit's shift.
        self.base = np.ones((len(spread.base), len(leaves) + 1), dtype=np.float32)
        self.base[:, :-1] = spread.base[:, leaves]
        # Countries whose absent cells are the same share their weights.
        patterns: dict[bytes, list[int]] = {}
        for row, absent in enumerate(spread.absent[:, leaves]):
            patterns.setdefault(absent.tobytes(), []).append(row)
        self.patterns = [np.array(rows) for rows in sorted(patterns.values(), key=len, reverse=True)]
        tables = self._tables_by_row()
        self.groups = [self._grouped(rows, tables) for rows in self.patterns]
        # With nothing but weights to draw, a block's scores are one product, and none are kept.
        self.exact = len(self.patterns) == 1 and not any(group.drawn for group in self.groups[0])
        self.weights = np.empty((0, 0), dtype=np.float32)
        self.out = np.empty((len(self.base), 0 if self.exact else CHUNK), dtype=np.float32)
        self.drawn, self.picked = (np.empty((len(leaves) + 1, CHUNK), dtype=np.float32) for _ in range(2))
        self.numbers = np.empty(CHUNK, dtype=np.intp)

    def _tables_by_row(self) -> dict[int, list[tuple[int, int]]]:
        """Return the numbers of the drawn cells' tables, with their positions among the leaves, by row."""
        position = {leaf: i for i, leaf in enumerate(self.unit.leaves)}
        found: dict[int, list[tuple[int, int]]] = {}
        for t, (row, j) in enumerate(zip(self.spread.rows.tolist(), self.spread.columns.tolist(), strict=True)):
            if j in position:
                found.setdefault(row, []).append((t, position[j]))
        return found

    def _grouped(self, rows: Positions, tables: Mapping[int, Sequence[tuple[int, int]]]) -> list[_Group]:
        groups: dict[tuple[tuple[int, ...], tuple[int, ...]], _Group] = {}
        for row, values in zip(rows.tolist(), self.base[rows].tolist(), strict=True):
            own = tables.get(row, ())
            drawn, exact = tuple(leaf for _, leaf in own), tuple(i for i, value in enumerate(values) if value)
            group = groups.setdefault((drawn, exact), _Group(drawn, exact, []))
            group.members.append((row, [t for t, _ in own], [values[i] for i in exact]))
        return list(groups.values())

    def draw(self, local: Local, offsets: NDArray[np.intp], designs: DrawnDesigns | None) -> None:
        """Draw new scores for the unit, with these weights, places in the pool, and designs."""
        out, slopes, shifts = self.out[:, : local[-1].shape[1]], None, None
        starts: list[int] = offsets.tolist()
        if designs is not None and self.child is not None:
            slopes, shifts = designs.slopes[self.child], designs.shifts[self.child]
        for rows, groups in zip(self.patterns, self.groups, strict=True):
            weights = self.layout.weights(self.unit, local, self.spread.absent[rows[0]], slopes, shifts)
            if self.exact:
                self.weights = weights
                continue
            for group in groups:
                if group.drawn:
                    self._add_up(out, weights, group, starts, designs)
                else:
                    exact = [row for row, _, _ in group.members]
                    part = np.empty((len(exact), out.shape[1]), dtype=np.float32)
                    product(self.base[exact], weights, part)
                    out[exact] = part

    def read(self, rows: slice, spare: Float32Array) -> Float32Array:
        """Return the scores times the unit's slope plus its shift, (D, draws), of these draws."""
        if not self.exact:
            return self.out[:, rows]
        product(self.base, self.weights[:, rows], spare)
        return spare

    def _add_up(
        self,
        out: Float32Array,
        weights: Float32Array,
        group: _Group,
        starts: Sequence[int],
        designs: DrawnDesigns | None,
    ) -> None:
        """Write the scores of countries in which the same leaves are drawn, and the same are exact and not 0."""
        size, leaves = out.shape[1], [*group.drawn, *group.exact]
        picked = np.take(weights, leaves, axis=0, out=self.picked[: len(leaves), :size], mode="clip")
        drawn = self.drawn[: len(leaves), :size]
        targets, fixed = list(drawn[: len(group.drawn)]), list(drawn[len(group.drawn) :])
        order = designs.order if designs else None
        begins = [designs.starts.get(self.unit.leaves[leaf]) if designs else None for leaf in group.drawn]
        pool, tables, before = quantile_numbers(), self.spread.tables, [math.nan] * len(fixed)
        for row, numbers, values in group.members:
            for t, target, begin in zip(numbers, targets, begins, strict=True):
                start = starts[t]
                drawn_numbers = pool[start : start + size]
                if order is not None:
                    drawn_numbers = drawn_numbers[order]
                if begin is not None:
                    drawn_numbers = np.add(drawn_numbers, begin, self.numbers[:size])
                # Every number is within the table: "wrap" is the fastest mode, and writes straight into the target.
                tables[t].take(drawn_numbers, None, target, "wrap")
            for i, value in enumerate(values):
                if value != before[i]:
                    fixed[i].fill(value)
            before = values
            np.einsum("jk,jk->k", drawn, picked, out=out[row])


def _blocks(draws: int, size: int, border: int) -> Iterator[slice]:
    """Yield blocks of at most this size that cover the draws and that do not cross the border."""
    start = 0
    while start < draws:
        end = min(start + size, draws)
        if start < border < end:
            end = border
        yield slice(start, end)
        start = end


def run_starts(count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return distinct places in the pool: two cells at one place would be drawn as one."""
    return rng.choice(_POOL, count, replace=False).astype(np.intp) if count else np.zeros(0, dtype=np.intp)


def _other_starts(count: int, taken: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return distinct starts that are not taken."""
    found = run_starts(count + len(taken), rng)
    return found[~np.isin(found, taken)][:count]
