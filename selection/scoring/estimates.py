"""Best estimates: a value, its error and where both come from, for every criterion of every country."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .model import Criterion
from .values import FloatArray, Positions

PARTS = ("measurement", "age", "bridge")
"""Sources of a cell's error, each a standard deviation on the criterion's scale; they add as variances."""


@dataclass(frozen=True, eq=False)
class CellEstimates:
    """One criterion over the n countries of a snapshot.

    `best` (n,) is the best estimate on the criterion's scale, NaN where a country has no value of its own or through a
    bridge; NaN throughout for labels. `parts` maps each of `PARTS` to standard deviations (n,), 0 where none. `u` (n,)
    are the official values, filled where `peers` gives the positions of those that stand in, NaN where the criterion
    does not apply. `sources` name the series used, "pooled", "peers", "range", or "" where there is none. `ages` (n,)
    in years, NaN without a value. `transform` maps places on the scale, of any shape, to u. `levels` are the u of the
    levels that a label can move to, and `moves` maps a position to the shares (levels,) with which it does.
    """

    criterion: Criterion
    best: FloatArray
    parts: Mapping[str, FloatArray]
    u: FloatArray
    sources: tuple[str, ...]
    ages: FloatArray
    transform: Callable[[FloatArray], FloatArray]
    peers: Mapping[int, Positions] = field(default_factory=dict)
    levels: FloatArray = field(default_factory=lambda: np.zeros(0))
    moves: Mapping[int, FloatArray] = field(default_factory=dict)

    @property
    def error(self) -> FloatArray:
        """The standard deviation of each best estimate on the scale, (n,); 0 where it is exact or has none."""
        total: FloatArray = np.sqrt(sum(part**2 for part in self.parts.values()))
        return total

    @property
    def known(self) -> NDArray[np.bool_]:
        """The countries (n,) with a value of their own or through a bridge."""
        return ~np.isnan(self.ages)
