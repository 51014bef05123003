"""Rank blocks of drawn scores held by country: one int32 key a score, one sort a draw, no loop over countries."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..value_functions import IntArray
from .tables import Float32Array

Keys: TypeAlias = np.ndarray[Any, np.dtype[np.int32]] | np.ndarray[Any, np.dtype[np.int64]]

MAX_COUNTRIES = 1 << 20
FEW_COUNTRIES = 256
"""Most countries for which score and country fit in 31 bits together with 22 bits of the score."""

_SCORE_BITS = 23


# OpenBLAS starts threads for larger products, which wait for each other on a busy
# machine, and the last bits may then depend on how many there are.
_SINGLE_THREAD_SIZE = 200_000
_LEAST_DRAWS = 32


def product(values: Float32Array, weights: Float32Array, out: Float32Array) -> None:
    """Write `values @ weights`, (D, J) by (J, draws), by slices of draws small enough for one thread of BLAS."""
    step = max(_LEAST_DRAWS, _SINGLE_THREAD_SIZE // max(values.size, 1))
    for start in range(0, weights.shape[1], step):
        rows = slice(start, start + step)
        np.matmul(values, weights[:, rows], out=out[:, rows])


class RankTally:
    """Rank acceptability counts of `m` countries, from integer shortfalls: 0 is best, equal ones share a rank.

    Blocks hold at most `block` draws. Their buffers are reused, since allocating memory costs more than the
    arithmetic.
    """

    def __init__(self, m: int, block: int) -> None:
        if not 1 <= m <= MAX_COUNTRIES:
            raise ValueError(f"a rank tally takes 1 to {MAX_COUNTRIES} countries, got {m}")
        self.m = m
        self.bits = max(1, (m - 1).bit_length())
        self.width = 1 << self.bits
        self.scale = (1 << (min(_SCORE_BITS, 30 - self.bits) if m <= FEW_COUNTRIES else _SCORE_BITS)) - 1
        dtype = np.dtype(np.int32 if m <= FEW_COUNTRIES else np.int64)
        self._counts: IntArray = np.zeros(m * self.width, dtype=np.int64)
        self._country = np.arange(m, dtype=dtype)
        self._offset = np.tile(self._country << self.bits, (block, 1))
        self._packed: Keys = np.empty((m, block), dtype=dtype)
        self._keys: Keys = np.empty((block, m), dtype=dtype)
        self._other: Keys = np.empty((block, m), dtype=dtype)

    def clear(self) -> None:
        self._counts[:] = 0

    def add(self, shortfalls: Keys) -> Keys:
        """Tally a block (m, draws) of shortfalls from 0 to `scale`; return the sorted keys (draws, m) of each draw.

        A key is the shortfall shifted left by `bits`, and the country. They hold until the next block.
        """
        size = shortfalls.shape[1]
        keys, cells = self._keys[:size], self._other[:size]
        packed = np.left_shift(shortfalls, self.bits, out=self._packed[:, :size], dtype=self._packed.dtype)
        keys[:] = np.bitwise_or(packed, self._country[:, None], out=packed).T
        keys.sort(axis=1)
        tied = self._tied_rows(keys)
        np.bitwise_and(keys, self.width - 1, out=cells)
        np.add(cells, self._offset[:size], out=cells)
        if tied.size:
            cells[tied] -= self._moved_up(keys[tied]) << self.bits
        self._counts += np.bincount(cells.ravel(), minlength=len(self._counts))
        return keys

    def _tied_rows(self, keys: Keys) -> NDArray[np.intp]:
        """Return the draws in which two countries have the same shortfall: their keys differ in the low bits only."""
        if self.m == 1:
            return np.empty(0, dtype=np.intp)
        # Along the flat array, so that the comparison runs on; where a draw meets the next, nothing is compared.
        other = self._other[: len(keys)]
        flat, differ = keys.reshape(-1), other.reshape(-1)
        np.bitwise_xor(flat[1:], flat[:-1], out=differ[1:])
        other[:, 0] = self.width
        if np.min(other) >= self.width:
            return np.empty(0, dtype=np.intp)
        return np.flatnonzero((other < self.width).any(axis=1))

    def _moved_up(self, keys: Keys) -> Keys:
        """Return by how many positions (rows, m) each country of a run of equals moves up to its first one."""
        positions = self._country
        first = np.tile(positions, (len(keys), 1))
        first[:, 1:][(keys[:, 1:] ^ keys[:, :-1]) < self.width] = 0
        return positions - np.maximum.accumulate(first, axis=1, out=first)

    @property
    def counts(self) -> IntArray:
        """Rank acceptability counts H (m, m): H[a, r-1] = draws in which country a had rank r."""
        return np.ascontiguousarray(self._counts.reshape(self.m, self.width)[:, : self.m].T)
