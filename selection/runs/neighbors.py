"""Certainty of the order of two countries by the distance of their ranks."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

DISTANCES = (1, 20, 40)
"""Distances between two ranks that are compared."""


def neighbors_of(pairs: Sequence[Sequence[float]]) -> dict[int, float]:
    """Return for each distance the median share of draws in which the better of two ranks is above.

    `pairs` has the share of draws in which the country of a row is above that of a column, in the order of ranks.
    """
    return {
        apart: statistics.median(pairs[i][i + apart] for i in range(len(pairs) - apart))
        for apart in DISTANCES
        if apart < len(pairs)
    }
