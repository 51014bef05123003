"""Weights of several people at one node: their mean, and the concentration of a Dirichlet distribution around it. Pure.

A Dirichlet distribution with mean w and concentration c has variances w_j (1 - w_j) / (c + 1). Of m answers x with K
parts, let w be the mean, S the sum over the parts of the sample variances (divisor m - 1), and W the sum of
w_j (1 - w_j). Since E[W] is smaller than the true sum by its share of S, the spread 1 / (c + 1) is estimated by

    f = S / (W + S / m).

Few answers tell little: f is pulled toward the spread f0 of the chosen concentration, as if that came from `PRIOR`
further degrees of freedom (empirical Bayes for variances: Smyth 2004):

    f* = ((m - 1)(K - 1) f + PRIOR f0) / ((m - 1)(K - 1) + PRIOR),    c = 1 / f* - 1, within `LEAST` and `MOST`.

With fewer than `ENOUGH` answers there is no estimate, and the chosen concentration remains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from selection.scoring.value_functions import FloatArray

ENOUGH = 5
"""Fewest answers from which a concentration is estimated."""

PRIOR = 4.0
"""Degrees of freedom that the chosen spread counts for."""

LEAST, MOST = 1.0, 1000.0
"""Bounds of an estimated concentration. Below 2, most draws of two even weights are lopsided."""


@dataclass(frozen=True, slots=True)
class WeightSpread:
    """Answers at one node: mean weights by part, the estimate before it is pulled, and the concentration to draw with.

    `estimated` is None with fewer than `ENOUGH` answers, and `raw` if they do not differ or are too few.
    """

    answers: int
    mean: tuple[float, ...]
    chosen: float
    raw: float | None
    estimated: float | None


def normalized(points: Sequence[float]) -> list[float]:
    """Return points as weights that add up to 1. The largest is above 0."""
    total = sum(points)
    return [point / total for point in points]


def weights_of(points: Mapping[str, float], keys: Sequence[str]) -> list[float]:
    """Return the weights of the parts of a node in the order of `keys`."""
    return normalized([float(points[key]) for key in keys])


def spread_of(answers: Sequence[Sequence[float]], chosen: float) -> WeightSpread:
    """Return the spread of weights (m, K); `chosen` is the concentration that the model has without them."""
    x: FloatArray = np.array(answers, dtype=np.float64)
    m, parts = x.shape
    mean = x.mean(axis=0)
    center = tuple(mean.tolist())
    if m < ENOUGH:
        return WeightSpread(m, center, chosen, None, None)
    within = float(x.var(axis=0, ddof=1).sum())
    found = within / (float((mean * (1.0 - mean)).sum()) + within / m) if within > 0 else 0.0
    freedom = (m - 1) * (parts - 1)
    pulled = (freedom * found + PRIOR / (chosen + 1.0)) / (freedom + PRIOR)
    estimated = min(max(1.0 / pulled - 1.0, LEAST), MOST)
    return WeightSpread(m, center, chosen, 1.0 / found - 1.0 if found > 0 else None, estimated)
