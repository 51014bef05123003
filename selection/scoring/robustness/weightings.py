"""Draws of data alone under many weightings at once, of each of which a single country's rank is asked.

The drawn values are found once for all weightings, whose scores are then one product; nothing is sorted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..value_functions import FloatArray, IntArray, Positions
from .draws import quantile_numbers, run_starts
from .layout import Layout, Scorer, Unit
from .tables import Float32Array, Spread

_BLOCK_SCORES = 240_000
"""Scores of one block, of all weightings together: they fit in the cache."""

_CHUNK = 1000
"""Draws whose values are held at a time."""


class Weightings:
    """Draws of the countries of a spread under S weightings: local weights (S, children) of every branch."""

    def __init__(self, layout: Layout, spread: Spread, local: Sequence[FloatArray]) -> None:
        self.spread, self.count, countries = spread, len(local[-1]), len(spread.base)
        self.block = min(max(1, _BLOCK_SCORES // (countries * self.count)), _CHUNK)
        self.local = [branch.astype(np.float32).T for branch in local]
        self.units = [_Values(layout, unit, spread, self.local) for unit in layout.units]
        self.scorer = Scorer(layout, countries, self.block * self.count)

    def within(self, first: int, rows: Positions, draws: int, seed: int) -> IntArray:
        """Return in how many draws the country in row `rows[s]` is among the first N by weighting s, (S,)."""
        found = np.zeros(self.count, dtype=np.int64)
        rng = np.random.Generator(np.random.PCG64(seed))
        for start in range(0, draws, _CHUNK):
            size = min(_CHUNK, draws - start)
            starts = run_starts(len(self.spread.tables), rng)
            for unit in self.units:
                unit.draw(starts, size)
            for begin in range(0, size, self.block):
                scores = self._scores(slice(begin, min(begin + self.block, size)))
                own = scores[rows, np.arange(self.count)]
                ahead = np.sum(scores > own, axis=0, dtype=np.int16)
                found += np.count_nonzero(ahead < first, axis=1)
        return found

    def _scores(self, draws: slice) -> Float32Array:
        """Return the scores (D, S, draws) of a block of draws, or their logarithms."""
        size = draws.stop - draws.start
        for unit in self.units:
            unit.score(draws)
        local = [np.repeat(branch, size, axis=1) for branch in self.local]
        found, _ = self.scorer.scores(self.units, local, slice(0, self.count * size))
        return found.reshape(len(found), self.count, size)


class _Values:
    """Drawn values (D, leaves + 1, draws) of one unit, the last of which is 1 for its shift, and their scores."""

    def __init__(self, layout: Layout, unit: Unit, spread: Spread, local: Sequence[Float32Array]) -> None:
        leaves = list(unit.leaves)
        position = {leaf: i for i, leaf in enumerate(leaves)}
        base = np.ones((len(spread.base), len(leaves) + 1), dtype=np.float32)
        base[:, :-1] = spread.base[:, leaves]
        self.values = np.repeat(base[:, :, None], _CHUNK, axis=2)
        self.tables = [
            (t, spread.tables[t], self.values[row, position[j]])
            for t, (row, j) in enumerate(zip(spread.rows.tolist(), spread.columns.tolist(), strict=True))
            if j in position
        ]
        # By country, because what does not apply to a country leaves its weight to the rest.
        self.weights = np.stack([layout.weights(unit, local, absent).T for absent in spread.absent])
        self.buffer = np.empty(0, dtype=np.float32)
        self.scores = np.empty((0, 0), dtype=np.float32)

    def draw(self, starts: NDArray[np.intp], size: int) -> None:
        """Draw new values from the runs of quantile numbers that begin here in the pool."""
        pool = quantile_numbers()
        for t, table, values in self.tables:
            table.take(pool[starts[t] : starts[t] + size], out=values[:size], mode="wrap")

    def score(self, draws: slice) -> None:
        countries, weightings, _ = self.weights.shape
        size = countries * weightings * (draws.stop - draws.start)
        if len(self.buffer) < size:
            self.buffer = np.empty(size, dtype=np.float32)
        out = self.buffer[:size].reshape(countries, weightings, -1)
        np.matmul(self.weights, self.values[:, :, draws], out=out)
        self.scores = out.reshape(countries, -1)

    def read(self, rows: slice, spare: Float32Array) -> Float32Array:
        """Return the scores of all weightings, (D, S * draws), of which a block takes all."""
        return self.scores
