"""Weighted means on the official path: correctly rounded sums, the same bytes in any order and on any machine.

`math.fsum` rounds a sum once, so permuting the criteria cannot move the last bit, as a BLAS product would.
Logarithms and powers come from the C library one value at a time for the same reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .value_functions import FloatArray


def row_sums(terms: FloatArray) -> FloatArray:
    """Return the correctly rounded sum of each row of (n, c)."""
    return np.array([math.fsum(row) for row in terms.tolist()], dtype=np.float64)


def geometric_mean(values: FloatArray, weights: FloatArray) -> FloatArray:
    """exp(sum w ln u) along rows of positive values; a zero weight leaves its value out."""
    return _over_rows(row_sums(_over_cells(values, math.log) * weights), math.exp)


def with_floor(values: FloatArray, floor: float) -> FloatArray:
    """Return floor + (1 - floor) u, the scaling to 1..100 that keeps a geometric mean above zero."""
    return floor + (1.0 - floor) * values


@dataclass(frozen=True)
class Mean:
    """A generalised mean of exponent p, with the floor applied where p <= 0."""

    p: float
    floor: float = 0.01

    @property
    def arithmetic(self) -> bool:
        """Return whether contributions are plain products of weight and value."""
        return self.p == 1.0

    @property
    def positive(self) -> bool:
        """Return whether every value must be above zero, so that the floor applies."""
        return self.p <= 0.0

    def of(self, values: FloatArray, weights: FloatArray) -> FloatArray:
        if self.arithmetic:
            return row_sums(values * weights)
        if self.p == 0.0:
            return geometric_mean(values, weights)
        powers = _over_cells(values, lambda value: math.pow(value, self.p))
        return _over_rows(row_sums(powers * weights), lambda total: math.pow(total, 1.0 / self.p))

    def forward(self, values: FloatArray) -> FloatArray:
        """Return the transformed values whose weighted average the mean takes.

        It uses numpy, for draws. Zero weights mask invalid cells.
        """
        if self.arithmetic:
            return values
        return np.log(values) if self.p == 0.0 else np.power(values, self.p)

    def backward(self, averages: FloatArray) -> FloatArray:
        if self.arithmetic:
            return averages
        return np.exp(averages) if self.p == 0.0 else np.power(averages, 1.0 / self.p)

    def shortfall(self, values: FloatArray) -> FloatArray:
        """Return a child's distance from full marks on this mean's additive scale: 0 at u = 1, else above 0.

        1 - u, -ln u, or |1 - u^p|. A mean's loss 1 - s is divided over its children in proportion to weight times
        shortfall; for the geometric mean that is the log-mean (LMDI) split.
        """
        if self.arithmetic:
            return 1.0 - values
        return np.abs(self.forward(values) - self.forward(np.ones(())))


def _over_cells(values: FloatArray, function: Callable[[float], float]) -> FloatArray:
    return np.array([[function(value) for value in row] for row in values.tolist()], dtype=np.float64).reshape(
        values.shape
    )


def _over_rows(values: FloatArray, function: Callable[[float], float]) -> FloatArray:
    return np.array([function(value) for value in values.tolist()], dtype=np.float64)
