"""Value functions: raw indicator values x to normalized values u, higher is better for the ranking's purpose.

Each array function takes x of any shape whose last axis is countries; NaN stays NaN. Each has a frozen class of the
same name that describes it in a model. Direction lives here (+1 more is better, -1 less is better): a raw value is
never stored negated. Goalposts, maps, knots and constant thresholds make a country's u independent of every other
country; pool kinds (min-max, percentile, z-score) and peer medians do not.

Sources: goalposts and min-max as in the HDI and the OECD/JRC Handbook on Constructing Composite Indicators;
percentile with mid-ranks; z-scores mapped so that three standard deviations either side span 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
IntArray: TypeAlias = NDArray[np.int64]
Positions: TypeAlias = NDArray[np.intp]

EVERY_COUNTRY = "all"
"""Name of the pool that holds every country of the snapshot."""


def _log(x: FloatArray) -> FloatArray:
    # numpy picks its logarithm by processor and may differ in the last bit between machines; the official path is
    # one-dimensional and takes the C library's, so that a replay elsewhere gives the same bytes.
    if x.ndim == 1:
        return np.array([math.log(value) if value > 0 else math.nan for value in x.tolist()])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(x > 0, np.log(x), np.nan)


def normal_cdf(z: FloatArray) -> FloatArray:
    """Standard normal distribution function Phi, elementwise; NaN stays NaN."""
    flat = [0.5 * math.erfc(-value / math.sqrt(2.0)) for value in z.ravel().tolist()]
    return np.array(flat, dtype=np.float64).reshape(z.shape)


def _clip01(u: FloatArray) -> FloatArray:
    low = np.maximum(u, 0.0)
    return np.minimum(low, 1.0, out=low)


def goalposts(x: FloatArray, lower: float, upper: float, direction: int = 1, *, log: bool = False) -> FloatArray:
    """Return u = clip((x-L)/(U-L), 0, 1), or clip((U-x)/(U-L), 0, 1) for direction -1.

    `log` takes ln of x, L and U first. Under `log` a value of zero or less has no logarithm: it is treated as equal to
    the lower goalpost.
    """
    if log:
        floored = np.where(x <= 0, lower, x)
        return goalposts(_log(floored), math.log(lower), math.log(upper), direction)
    if math.isinf(upper - lower):
        # Halves keep every share, and their difference is a number again.
        x, lower, upper = x / 2, lower / 2, upper / 2
    with np.errstate(over="ignore", invalid="ignore"):
        return _clip01((x - lower) / (upper - lower) if direction > 0 else (upper - x) / (upper - lower))


def zscore(x: FloatArray, mean: float, sd: float, direction: int = 1) -> FloatArray:
    """Return u = clip(0.5 + z/6, 0, 1) with z = (x-mean)/sd, or clip(0.5 - z/6, 0, 1) for direction -1."""
    with np.errstate(over="ignore"):
        return _clip01(0.5 + direction * (x - mean) / sd / 6.0)


def threshold(
    x: FloatArray, theta: FloatArray | float, direction: int = 1, standard_errors: FloatArray | None = None
) -> FloatArray:
    """Return u = 1 where x is strictly better than theta, else 0; with standard errors Phi(direction (x-theta)/se).

    Where a standard error is NaN or 0 the hard rule applies. NaN where x or theta is NaN.
    """
    with np.errstate(over="ignore"):
        distance = direction * (x - theta)
    hard = np.where(distance > 0, 1.0, 0.0)
    unknown = np.isnan(x) | np.isnan(theta)
    if standard_errors is not None:
        noisy = np.nan_to_num(standard_errors) > 0
        with np.errstate(over="ignore"):
            z = distance / np.where(noisy, standard_errors, 1.0)
        hard = np.where(noisy & ~unknown, normal_cdf(np.where(unknown, 0.0, z)), hard)
    return np.where(unknown, np.nan, hard)


def piecewise_linear(x: FloatArray, knots: Sequence[tuple[float, float]]) -> FloatArray:
    """Straight lines between (x, u) knots of rising x; beyond the ends u stays at the end knot."""
    points, us = zip(*knots, strict=True)
    xs = np.array(points, dtype=np.float64)
    if math.isinf(points[-1] - points[0]):
        x, xs = x / 2, xs / 2
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.interp(x, xs, us), dtype=np.float64)


def target_band(x: FloatArray, outer_lower: float, lower: float, upper: float, outer_upper: float) -> FloatArray:
    """Return u = 1 inside [lower, upper], falling linearly to 0 at the outer goalposts."""
    return np.minimum(goalposts(x, outer_lower, lower), goalposts(x, upper, outer_upper, -1))


class Peers(Protocol):
    """Statistics of the set of countries that a value function may use."""

    def members(self, pool: str) -> Positions:
        """Return the positions of the countries in a named pool."""

    def group_medians(self, x: FloatArray, grouping: str) -> FloatArray:
        """Return for each country the median of x over countries with its label in `grouping`; else NaN."""


@dataclass(frozen=True)
class Fitted:
    """Value function with its pool statistics fixed, so that drawn values follow the same rule.

    `transform(x, positions)` gives u for x of shape (..., m) whose last axis are the countries at `positions`. `low`,
    `high` bound the unclipped raw values. `inactive` is the reason that the criterion cannot be used in this run.
    """

    transform: Callable[[FloatArray, Positions], FloatArray]
    low: float = -math.inf
    high: float = math.inf
    parameters: Mapping[str, float] = field(default_factory=dict)
    inactive: str = ""

    @staticmethod
    def unusable(reason: str) -> Fitted:
        """Return a function that cannot distinguish countries in this run, with the reason."""
        return Fitted(lambda x, _: np.full_like(x, np.nan), inactive=reason)


@dataclass(frozen=True)
class Goalposts:
    """Fixed goalposts L < U in the unit of x: the default, since no country's score depends on another's."""

    kind: ClassVar[str] = "goalposts"
    lower: float
    upper: float
    direction: int = 1
    log: bool = False

    def fit(self, x: FloatArray, peers: Peers) -> Fitted:
        return Fitted(
            lambda values, _: goalposts(values, self.lower, self.upper, self.direction, log=self.log),
            self.lower,
            self.upper,
        )


@dataclass(frozen=True)
class MinMax:
    """Goalposts at the least and greatest value of a named pool; the run stores L and U."""

    kind: ClassVar[str] = "minmax"
    direction: int = 1
    pool: str = EVERY_COUNTRY
    log: bool = False

    def fit(self, x: FloatArray, peers: Peers) -> Fitted:
        """Take L and U from the pool's observed values (positive ones under `log`)."""
        values = _observed(x, peers, self.pool)
        values = values[values > 0] if self.log else values
        if not len(values) or np.min(values) == np.max(values):
            return Fitted.unusable(f"every observed value in pool {self.pool!r} is the same")
        if self.log and math.log(float(np.min(values))) == math.log(float(np.max(values))):
            return Fitted.unusable(f"the logarithm of every observed value in pool {self.pool!r} is the same")
        rule = Goalposts(float(np.min(values)), float(np.max(values)), self.direction, self.log)
        fitted = rule.fit(x, peers)
        return Fitted(fitted.transform, rule.lower, rule.upper, {"lower": rule.lower, "upper": rule.upper})


@dataclass(frozen=True)
class Percentile:
    """Percentile rank in a named pool: (n_less + (n_equal-1)/2)/(n-1), or n_less/(n-1) if `ties` is "min".

    With direction -1 the negated values are ranked, as COINr does: under "min" countries that
    tie share the low end either way.
    """

    kind: ClassVar[str] = "percentile"
    direction: int = 1
    pool: str = EVERY_COUNTRY
    ties: str = "mid"

    def fit(self, x: FloatArray, peers: Peers) -> Fitted:
        """Store the pool's sorted values; a drawn value is placed among the other members."""
        pool = _observed(x, peers, self.pool)
        if not len(pool):
            return Fitted.unusable(f"no value observed in pool {self.pool!r}")
        if np.min(pool) == np.max(pool):
            return Fitted.unusable(f"every observed value in pool {self.pool!r} is the same")
        ordered, n = np.sort(self.direction * pool), len(pool)
        member = np.zeros(len(x), dtype=np.bool_)
        member[peers.members(self.pool)] = True
        member &= ~np.isnan(x)

        def transform(values: FloatArray, positions: Positions) -> FloatArray:
            values, own, inside = self.direction * values, self.direction * x[positions], member[positions]
            less = np.searchsorted(ordered, values, "left") - (inside & (own < values))
            equal = np.searchsorted(ordered, values, "right") - np.searchsorted(ordered, values, "left")
            equal = equal - (inside & (own == values))
            share = (less + (0.0 if self.ties == "min" else equal / 2)) / np.where(inside, n - 1, n)
            return np.where(np.isnan(values), np.nan, share)

        return Fitted(transform, parameters={"n": float(n)})


@dataclass(frozen=True)
class ZScore:
    """Standard score in a named pool, three standard deviations (ddof 1) either side spanning 0 to 1."""

    kind: ClassVar[str] = "zscore"
    direction: int = 1
    pool: str = EVERY_COUNTRY

    def fit(self, x: FloatArray, peers: Peers) -> Fitted:
        """Take mean and standard deviation from the pool, by exact sums."""
        values = _observed(x, peers, self.pool).tolist()
        if len(values) < 2 or min(values) == max(values):
            return Fitted.unusable(f"fewer than two different values in pool {self.pool!r}")
        # A power of two moves no digit; with the largest value near 1 no square overflows or vanishes.
        exponent = math.frexp(max(map(abs, values)))[1]
        values = [math.ldexp(value, -exponent) for value in values]
        mean = math.fsum(values) / len(values)
        sd = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
        parameters = {"mean": math.ldexp(mean, exponent), "sd": math.ldexp(sd, exponent)}

        def transform(drawn: FloatArray, _: Positions) -> FloatArray:
            with np.errstate(over="ignore"):
                return zscore(np.ldexp(drawn, -exponent), mean, sd, self.direction)

        spread = 3 * parameters["sd"]
        return Fitted(transform, parameters["mean"] - spread, parameters["mean"] + spread, parameters)


@dataclass(frozen=True)
class OrdinalMap:
    """A table from category label to u. Need not rise or fall along its order, but then must give its reason."""

    kind: ClassVar[str] = "ordinal"
    table: tuple[tuple[str, float], ...]
    reason: str = ""

    def normalize(self, labels: Sequence[str | None]) -> FloatArray:
        """Convert labels to u, None to NaN. Raise UnknownLabel for a label that the table lacks."""
        lookup = dict(self.table)
        for position, label in enumerate(labels):
            if label is not None and label not in lookup:
                raise UnknownLabel(position, label, tuple(lookup))
        return np.array([math.nan if label is None else lookup[label] for label in labels], dtype=np.float64)


class UnknownLabel(ValueError):
    """A category label that the ordinal map does not list: never treated as missing."""

    def __init__(self, position: int, label: str, known: tuple[str, ...]) -> None:
        super().__init__(f"label {label!r} is not in the table ({', '.join(known)}); add it or correct the value")
        self.position = position


@dataclass(frozen=True)
class Threshold:
    """Pass or fail against a constant, or against the median of the country's own group in a named grouping.

    Strict: a value equal to theta does not pass. `soft` gives Phi((x-theta)/se) where a standard error is published;
    in Monte Carlo draws the hard rule is used, since the drawn values carry that error already.
    """

    kind: ClassVar[str] = "threshold"
    theta: float | None = None
    peer_median: str | None = None
    direction: int = 1
    soft: bool = False

    def thetas(self, x: FloatArray, peers: Peers) -> FloatArray:
        """Return each country's theta; NaN where its group has no median."""
        if self.peer_median is not None:
            return peers.group_medians(x, self.peer_median)
        return np.full(len(x), math.nan if self.theta is None else self.theta)

    def fit(self, x: FloatArray, peers: Peers) -> Fitted:
        theta = self.thetas(x, peers)
        known = sorted(set(theta[~np.isnan(theta)].tolist()))
        names = {"theta": known[0]} if len(known) == 1 else {f"theta_{i}": t for i, t in enumerate(known, 1)}
        return Fitted(lambda values, at: threshold(values, theta[at], self.direction), parameters=names)


@dataclass(frozen=True)
class Rubric:
    """An analyst's mark between `lower` and `upper`; the cell holds the median of the raters."""

    kind: ClassVar[str] = "rubric"
    lower: float
    upper: float
    direction: int = 1

    def fit(self, x: FloatArray, peers: Peers) -> Fitted:
        return Goalposts(self.lower, self.upper, self.direction).fit(x, peers)


@dataclass(frozen=True)
class PiecewiseLinear:
    """Straight lines between (x, u) knots: the general form of all the others."""

    kind: ClassVar[str] = "piecewise_linear"
    knots: tuple[tuple[float, float], ...]

    def fit(self, x: FloatArray, peers: Peers) -> Fitted:
        ends = self.knots[0][0], self.knots[-1][0]
        return Fitted(lambda values, _: piecewise_linear(values, self.knots), *ends)


@dataclass(frozen=True)
class TargetBand:
    """Full marks inside [lower, upper], falling to 0 at the outer goalposts."""

    kind: ClassVar[str] = "target_band"
    outer_lower: float
    lower: float
    upper: float
    outer_upper: float

    def fit(self, x: FloatArray, peers: Peers) -> Fitted:
        bounds = (self.outer_lower, self.lower, self.upper, self.outer_upper)
        return Fitted(lambda values, _: target_band(values, *bounds), self.outer_lower, self.outer_upper)


NumericFunction: TypeAlias = (
    Goalposts | MinMax | Percentile | ZScore | Threshold | Rubric | PiecewiseLinear | TargetBand
)
ValueFunction: TypeAlias = NumericFunction | OrdinalMap


def _observed(x: FloatArray, peers: Peers, pool: str) -> FloatArray:
    values = x[peers.members(pool)]
    return values[~np.isnan(values)]
