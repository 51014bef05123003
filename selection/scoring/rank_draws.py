"""Ranks of many drawn score vectors at once: one sort per draw, reused buffers, no Python loop over countries.

A draw's scores are quantized to 1e-9 exactly as the official score is, packed with the country's position into one
int64 key, and sorted; the sorted row then holds the countries in rank order. Blocks are small enough to stay in the
processor's cache, which keeps the kernel's cost near that of its matrix product and its sort.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

QUANTUM_SCALE = 1e9
"""Scores are compared as whole numbers of 1e-9, so that noise of the last bits never decides a rank."""

BLOCK_BYTES = 512 * 1024
MAX_COUNTRIES = 1 << 20
# Adding this to a float64 below 2^51 leaves the nearest whole number (half to even) in the low bits of its pattern,
# which saves the separate passes of rounding and of converting to int64.
_ROUNDER = 1.5 * 2.0**52
_ROUNDER_BITS = int(np.float64(_ROUNDER).view(np.int64))


# OpenBLAS starts threads for products above 2^18 multiplications. On a busy machine they wait for each other and take
# ten times as long, so products are cut below that; the bits then do not depend on the number of threads either.
_SINGLE_THREAD_SIZE = 200_000
_LEAST_ROWS = 16


def product(left: FloatArray, right: FloatArray, out: FloatArray) -> FloatArray:
    """Compute `left @ right` into `out`, by slices of rows small enough that BLAS uses one thread."""
    rows = max(_LEAST_ROWS, _SINGLE_THREAD_SIZE // max(right.size, 1))
    for start in range(0, len(left), rows):
        np.matmul(left[start : start + rows], right, out=out[start : start + rows])
    return out


class RankKernel:
    """Competition ranks of blocks of scores over a fixed set of `m` countries.

    Give blocks of shape (draws, m) to `add` to tally them, or to `ranks` to have the rank table itself. Higher
    scores rank first; scores equal after quantising share a rank (1, 2, 2, 4).
    """

    def __init__(self, m: int) -> None:
        """Prepare buffers for `m` countries (1 to 2^20)."""
        if not 1 <= m <= MAX_COUNTRIES:
            raise ValueError(f"a rank kernel takes 1 to {MAX_COUNTRIES} countries, got {m}")
        self.m = m
        self.bits = max(1, (m - 1).bit_length())
        self.width = 1 << self.bits
        self.block = max(16, BLOCK_BYTES // (8 * m))
        self.draws = 0
        # Rows are rank positions, columns countries padded to a power of two: the low bits of a key are its column.
        self._counts: IntArray = np.empty(0, dtype=np.int64)
        self._scores = np.empty((self.block, m))
        self._other = np.empty((self.block, m), dtype=np.int64)
        self._tied = np.empty((self.block, m - 1), dtype=np.bool_)
        unshift = _wrapped_shift(-_ROUNDER_BITS, self.bits)
        self._country = np.arange(m, dtype=np.int64) + unshift
        self._offset = np.arange(m, dtype=np.int64) << self.bits

    def blocks(self, rows: int) -> Iterator[slice]:
        """Return slices that cut `rows` draws into blocks that fit the buffers."""
        return (slice(start, min(start + self.block, rows)) for start in range(0, rows, self.block))

    def add_product(self, weights: FloatArray, values: FloatArray) -> None:
        """Tally the scores `weights @ values.T`; weights (K, J), values (m, J)."""
        columns = np.ascontiguousarray(values.T) * -QUANTUM_SCALE
        for rows in self.blocks(len(weights)):
            block = self._scores[: rows.stop - rows.start]
            self._tally(product(weights[rows], columns, block))

    def add(self, scores: FloatArray) -> None:
        """Tally a table of scores (K, m); the table itself is left as it was."""
        for rows in self.blocks(len(scores)):
            block = self._scores[: rows.stop - rows.start]
            self._tally(np.multiply(scores[rows], -QUANTUM_SCALE, out=block))

    def rank_product(self, weights: FloatArray, values: FloatArray, out: FloatArray) -> NDArray[np.int32]:
        """Return the ranks (K, m) of `weights @ values.T`, and write its scores into `out` (K, m)."""
        columns = np.ascontiguousarray(values.T)
        ranks = np.empty(out.shape, dtype=np.int32)
        for rows in self.blocks(len(weights)):
            product(weights[rows], columns, out[rows])
            self._rank(out[rows], ranks[rows])
        return ranks

    def ranks(self, scores: FloatArray) -> NDArray[np.int32]:
        """Return the ranks (K, m) of a table of scores (K, m)."""
        ranks = np.empty(scores.shape, dtype=np.int32)
        for rows in self.blocks(len(scores)):
            self._rank(scores[rows], ranks[rows])
        return ranks

    @property
    def counts(self) -> IntArray:
        """Rank acceptability counts H (m, m): H[a, r-1] = draws in which country a had rank r."""
        if not self._counts.size:
            return np.zeros((self.m, self.m), dtype=np.int64)
        return np.ascontiguousarray(self._counts.reshape(self.m, self.width)[:, : self.m].T)

    def _sort(self, scaled: FloatArray) -> IntArray:
        """Sort packed keys of a block of scores times -1e9, in place: ascending keys are descending scores."""
        np.add(scaled, _ROUNDER, out=scaled)
        keys = scaled.view(np.int64)
        np.left_shift(keys, self.bits, out=keys)
        np.add(keys, self._country, out=keys)
        keys.sort(axis=1)
        return keys

    def _find_ties(self, keys: IntArray) -> NDArray[np.intp]:
        """Row numbers of the block in which two neighbors have the same quantised score."""
        if self.m == 1:
            return np.empty(0, dtype=np.intp)
        scores = np.right_shift(keys, self.bits, out=self._other[: len(keys)])
        tied = np.equal(scores[:, 1:], scores[:, :-1], out=self._tied[: len(keys)])
        return np.flatnonzero(tied.any(axis=1)) if tied.any() else np.empty(0, dtype=np.intp)

    def _positions(self, rows: NDArray[np.intp]) -> IntArray:
        """Rank positions (0-based) along the sorted tied rows: a run of equals takes its first position."""
        first = np.zeros((len(rows), self.m), dtype=np.int64)
        first[:, 1:] = np.where(self._tied[rows], 0, np.arange(1, self.m))
        return np.maximum.accumulate(first, axis=1)

    def _tally(self, scaled: FloatArray) -> None:
        keys = self._sort(scaled)
        rows = self._find_ties(keys)
        cells = np.bitwise_and(keys, self.width - 1, out=keys)
        if rows.size:
            positions = self._positions(rows)
            tied = cells[rows] + (positions << self.bits)
        np.add(cells, self._offset, out=cells)
        if rows.size:
            cells[rows] = tied
        counts = np.bincount(cells.ravel(), minlength=self.m * self.width)
        self._counts = counts if not self._counts.size else np.add(self._counts, counts, out=self._counts)
        self.draws += len(scaled)

    def _rank(self, scores: FloatArray, ranks: NDArray[np.int32]) -> None:
        keys = self._sort(np.multiply(scores, -QUANTUM_SCALE, out=self._scores[: len(scores)]))
        rows = self._find_ties(keys)
        country = np.bitwise_and(keys, self.width - 1, out=keys)
        np.add(country, (np.arange(len(scores)) * self.m)[:, None], out=country)
        target = ranks.reshape(-1)
        target[country] = np.arange(1, self.m + 1, dtype=np.int32)
        if rows.size:
            target[country[rows]] = self._positions(rows) + 1


def _wrapped_shift(value: int, bits: int) -> int:
    """Return `value << bits` as a signed 64-bit processor would compute it."""
    return ((value << bits) + (1 << 63)) % (1 << 64) - (1 << 63)


def batch_scores(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return scores and competition ranks for many weight vectors in one call.

    `values` (m, J) are normalized values u, `weights` (K, J) one weight vector per row, each summing to 1. Returns
    scores (K, m) and ranks (K, m). For what-if and Monte Carlo: the official score uses `math.fsum` instead.
    """
    values = np.asarray(values, dtype=np.float64)
    weights = np.ascontiguousarray(weights, dtype=np.float64)
    if values.ndim != 2 or weights.ndim != 2 or values.shape[1] != weights.shape[1]:
        raise ValueError(f"values (m, J) and weights (K, J) must share J, got {values.shape} and {weights.shape}")
    if not (np.isfinite(values).all() and np.isfinite(weights).all()):
        raise ValueError("values and weights must be finite; resolve missing data before the batch path")
    scores = np.empty((len(weights), len(values)))
    if not scores.size:
        return scores, np.empty(scores.shape, dtype=np.int32)
    ranks = RankKernel(len(values)).rank_product(weights, values, scores)
    return scores, ranks
