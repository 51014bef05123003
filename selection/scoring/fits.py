"""Fits of a run on its own data: bridges between sister series, and the agreement of editions of an estimate.

Sums are exact (`math.fsum`) and taken in the order of country codes, so that a replay finds the same numbers.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .method import Estimate, Scale
from .snapshot import SeriesColumn

LEAST_PAIRS = 20
"""Pairs below which a bridge or the agreement of editions is not fitted."""


@dataclass(frozen=True)
class Bridge:
    """An ordinary least squares line from a sister series to the criterion's own, on the criterion's scale.

    `residual` is the root mean square of the leave-one-out errors, `r` the correlation, `n` the countries with both.
    """

    n: int
    intercept: float
    slope: float
    residual: float
    r: float

    def at(self, t: float) -> float:
        """Estimate the criterion's own value from the sister's, both on the scale."""
        return self.intercept + self.slope * t


def fit_bridge(own: SeriesColumn, sister: SeriesColumn, scale: Scale) -> Bridge | None:
    """Fit a bridge on all countries with both series; None if too few have them or the sister does not vary."""
    both = [code for code in sorted(own.values) if code in sister.values]
    pairs = [(sister.values[code], own.values[code]) for code in both]
    pairs = [pair for pair in pairs if all(map(scale.accepts, pair))]
    if len(pairs) < LEAST_PAIRS:
        return None
    xs, ys = ([scale.of(value) for value in column] for column in zip(*pairs, strict=True))
    n, x_mean, y_mean = len(xs), _mean(xs), _mean(ys)
    xx = math.fsum((x - x_mean) ** 2 for x in xs)
    yy = math.fsum((y - y_mean) ** 2 for y in ys)
    if xx == 0.0 or yy == 0.0:
        return None
    xy = math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    slope = xy / xx
    intercept = y_mean - slope * x_mean
    # A country's error where it is left out of the fit, without fitting again: its residual over one less its leverage.
    left_out = [
        (y - intercept - slope * x) / (1.0 - 1.0 / n - (x - x_mean) ** 2 / xx) for x, y in zip(xs, ys, strict=True)
    ]
    return Bridge(n, intercept, slope, math.sqrt(_mean([e * e for e in left_out])), xy / math.sqrt(xx * yy))


@dataclass(frozen=True)
class Pooling:
    """The agreement of the editions of one estimate within the pool, on the scale.

    `shifts` bring each edition to the level of the newest; `noise` is one edition's standard deviation, `agreement` the
    covariance of two, `correlation` theirs; `pairs` are the countries with two. `mean` is that of the `n` countries of
    the pool with an edition. `fitted` is False where noise and agreement are the model's constants.
    """

    shifts: Mapping[str, float]
    noise: float
    agreement: float
    correlation: float | None
    pairs: int
    mean: float
    n: int
    fitted: bool

    def pull(self, editions: int) -> float:
        """Return the share of a country's distance from the mean that is retained: 1 if editions do not agree."""
        if self.agreement <= 0.0:
            return 1.0
        return self.agreement / (self.agreement + self.noise**2 / editions)

    def estimate(self, values: Mapping[str, float]) -> tuple[float, float]:
        """Best estimate and its standard deviation from a country's editions, on the scale."""
        retained = self.pull(len(values))
        own = _mean([value + self.shifts[key] for key, value in values.items()])
        return self.mean + retained * (own - self.mean), math.sqrt(retained) * self.noise / math.sqrt(len(values))


def fit_pooling(estimate: Estimate, editions: Mapping[str, SeriesColumn], pool: Collection[str]) -> Pooling:
    """Fit the agreement of editions on the pool's countries; use the model's constants if there are too few pairs."""
    scale = estimate.scale
    placed = {
        series.key: {
            code: estimate.on_scale(value)
            for code, value in sorted(editions[series.key].values.items())
            if code in pool and scale.accepts(value)
        }
        for series in estimate.series
    }
    newest = next((key for key in reversed(placed) if placed[key]), "")
    shifts = {key: _shift(values, placed[newest]) if newest else 0.0 for key, values in placed.items()}
    pairs = [
        (a[code] + shifts[one], b[code] + shifts[two])
        for (one, a), (two, b) in combinations(placed.items(), 2)
        for code in a
        if code in b
    ]
    noise, agreement, correlation = estimate.measurement, estimate.agreement, None
    fitted = len(pairs) >= LEAST_PAIRS
    if fitted:
        noise = statistics.stdev(a - b for a, b in pairs) / math.sqrt(2.0)
        first, second = ([pair[side] for pair in pairs] for side in (0, 1))
        agreement = statistics.covariance(first, second)
        spread = statistics.stdev(first) * statistics.stdev(second)
        correlation = agreement / spread if spread > 0 else None
    means = [
        _mean([values[code] + shifts[key] for key, values in placed.items() if code in values])
        for code in sorted({code for values in placed.values() for code in values})
    ]
    mean = _mean(means) if means else 0.0
    return Pooling(shifts, noise, agreement, correlation, len(pairs), mean, len(means), fitted)


def _shift(values: Mapping[str, float], newest: Mapping[str, float]) -> float:
    differences = [newest[code] - value for code, value in values.items() if code in newest]
    return statistics.median(differences) if differences else 0.0


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
