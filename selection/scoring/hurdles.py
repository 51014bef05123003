"""Hurdles: rules with the verdicts pass, fail or unknown, separate from the score and never multiplied into it.

Expressions are three-valued after Kleene: AND is the least of its parts, OR the greatest, NOT exchanges pass and fail,
and "at least k of n" passes when passes >= k, fails when passes + unknowns < k, else is unknown. The same evaluation
runs on observed values (n,) and on drawn ones (draws, n).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import ClassVar, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .value_functions import FloatArray, normal_cdf

Verdicts: TypeAlias = NDArray[np.int8]


class Verdict(IntEnum):
    """Kleene's three values, ordered so that AND is a minimum and OR a maximum."""

    FAIL = -1
    UNKNOWN = 0
    PASS = 1


class Operator(StrEnum):
    GREATER = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="
    IN = "in"


class HurdleKind(StrEnum):
    """Kind of a hurdle, which decides how binding it is.

    Legal bars and policy hurdles are lifted only by a recorded waiver; mandatory hurdles are never lifted; advisory
    hurdles are shown and exclude no country.
    """

    LEGAL_BAR = "legal_bar"
    MANDATORY_GATE = "mandatory_gate"
    POLICY_HURDLE = "policy_hurdle"
    ADVISORY = "advisory"


@dataclass(frozen=True)
class Predicate:
    """A criterion's raw value or u compared with a constant, its peer group's median, or a list of labels.

    Give `value`, or `peer_median` (name of a grouping: the median of raw values in the country's own group), or
    `labels` with operator IN. A missing value is unknown unless `missing_fails`. A country without a group, or in a
    group without a value, has no median to beat: unknown.
    """

    kind: ClassVar[str] = "predicate"
    criterion: str
    operator: Operator
    value: float | None = None
    peer_median: str | None = None
    labels: tuple[str, ...] = ()
    on: str = "raw"
    missing_fails: bool = False


@dataclass(frozen=True)
class AllOf:
    kind: ClassVar[str] = "all_of"
    items: tuple[Expression, ...]


@dataclass(frozen=True)
class AnyOf:
    kind: ClassVar[str] = "any_of"
    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Not:
    kind: ClassVar[str] = "not"
    item: Expression


@dataclass(frozen=True)
class AtLeast:
    """At least k of the items pass."""

    kind: ClassVar[str] = "at_least"
    k: int
    items: tuple[Expression, ...]


@dataclass(frozen=True)
class HurdleRef:
    """The verdict of another hurdle, before any waiver."""

    kind: ClassVar[str] = "hurdle"
    hurdle: str


Expression: TypeAlias = Predicate | AllOf | AnyOf | Not | AtLeast | HurdleRef


@dataclass(frozen=True)
class Hurdle:
    """Named rule; `citation` is the statute or policy that requires it."""

    key: str
    label: str
    hurdle_kind: HurdleKind
    expression: Expression
    citation: str = ""


def parts(expression: Expression) -> tuple[Expression, ...]:
    """Return the direct operands of an expression."""
    if isinstance(expression, AllOf | AnyOf | AtLeast):
        return expression.items
    return (expression.item,) if isinstance(expression, Not) else ()


def criteria_of(expression: Expression, hurdles: Mapping[str, Hurdle]) -> frozenset[str]:
    """Return the criteria that an expression reads, through other hurdles too."""
    if isinstance(expression, Predicate):
        return frozenset({expression.criterion})
    if isinstance(expression, HurdleRef):
        return criteria_of(hurdles[expression.hurdle].expression, hurdles)
    return frozenset().union(*(criteria_of(item, hurdles) for item in parts(expression)))


class Facts(Protocol):
    """Data that predicates look up: arrays of shape (n,) or (draws, n), NaN where unknown."""

    def raw(self, criterion: str) -> FloatArray:
        """Return the raw values."""

    def normalized(self, criterion: str) -> FloatArray:
        """Return the normalized values u."""

    def labels(self, criterion: str) -> tuple[str | None, ...]:
        """Category labels, None if missing."""

    def peer_median(self, criterion: str, grouping: str) -> FloatArray:
        """Return the median raw value of each country's group, (n,)."""


_COMPARE = {
    Operator.GREATER: np.greater,
    Operator.AT_LEAST: np.greater_equal,
    Operator.LESS: np.less,
    Operator.AT_MOST: np.less_equal,
}


def evaluate(expression: Expression, facts: Facts, hurdles: Mapping[str, Hurdle]) -> Verdicts:
    """Return the verdicts of an expression for every country (and draw)."""
    match expression:
        case Predicate():
            return _predicate(expression, facts)
        case HurdleRef():
            return evaluate(hurdles[expression.hurdle].expression, facts, hurdles)
        case Not():
            return np.negative(evaluate(expression.item, facts, hurdles))
    verdicts = np.broadcast_arrays(*(evaluate(item, facts, hurdles) for item in parts(expression)))
    stacked: Verdicts = np.stack(verdicts)
    if isinstance(expression, AtLeast):
        passes = (stacked == Verdict.PASS).sum(axis=0)
        unknowns = (stacked == Verdict.UNKNOWN).sum(axis=0)
        return _verdicts(passes >= expression.k, passes + unknowns < expression.k)
    worst_or_best = np.min if isinstance(expression, AllOf) else np.max
    return np.asarray(worst_or_best(stacked, axis=0), dtype=np.int8)


def _verdicts(passed: NDArray[np.bool_], failed: NDArray[np.bool_]) -> Verdicts:
    return np.subtract(passed, failed, dtype=np.int8)


def _predicate(predicate: Predicate, facts: Facts) -> Verdicts:
    if predicate.operator is Operator.IN:
        labels = facts.labels(predicate.criterion)
        passed = np.array([label in predicate.labels for label in labels], dtype=np.bool_)
        unknown = np.array([label is None for label in labels], dtype=np.bool_)
        return _settle(passed, unknown, np.zeros_like(unknown), predicate)
    x = facts.raw(predicate.criterion) if predicate.on == "raw" else facts.normalized(predicate.criterion)
    theta = _theta(predicate, facts, x.shape[-1])
    passed = _COMPARE[predicate.operator](x, theta)
    return _settle(passed, np.isnan(x), np.isnan(theta), predicate)


def _settle(
    passed: NDArray[np.bool_], missing: NDArray[np.bool_], no_median: NDArray[np.bool_], predicate: Predicate
) -> Verdicts:
    unknown = no_median if predicate.missing_fails else missing | no_median
    return _verdicts(passed & ~missing & ~unknown, ~passed & ~unknown)


def _theta(predicate: Predicate, facts: Facts, n: int) -> FloatArray:
    if predicate.peer_median is not None:
        return facts.peer_median(predicate.criterion, predicate.peer_median)
    return np.full(n, np.nan if predicate.value is None else predicate.value)


def leaf_probability(predicate: Predicate, facts: Facts, standard_errors: FloatArray) -> FloatArray:
    """Pass probability Phi(direction (x-theta)/se) of a predicate on raw values; 0 or 1 where se is 0 or NaN.

    NaN where the verdict is unknown. Source: normal measurement error with the publisher's standard error.
    """
    verdicts = _predicate(predicate, facts)
    probability = np.where(verdicts == Verdict.UNKNOWN, np.nan, np.where(verdicts == Verdict.PASS, 1.0, 0.0))
    if predicate.operator is Operator.IN or predicate.on != "raw":
        return probability
    x = facts.raw(predicate.criterion)
    theta = _theta(predicate, facts, len(x))
    noisy = (np.nan_to_num(standard_errors) > 0) & ~np.isnan(x) & ~np.isnan(theta)
    direction = 1.0 if predicate.operator in (Operator.GREATER, Operator.AT_LEAST) else -1.0
    with np.errstate(over="ignore"):
        probability[noisy] = normal_cdf(direction * (x - theta)[noisy] / standard_errors[noisy])
    return probability


@dataclass(frozen=True, eq=False)
class HurdleOutcome:
    """One hurdle's verdicts: shape (n,). `probability` is of passing on the drawn or published errors, NaN = unknown.

    `waived` marks countries whose failure or unknown a recorded waiver lifts.
    """

    hurdle: Hurdle
    verdicts: Verdicts
    waived: NDArray[np.bool_]
    probability: FloatArray = field(default_factory=lambda: np.empty(0))

    @property
    def binding(self) -> Verdicts:
        """Return the verdicts that decide eligibility: waived countries and advisory hurdles pass."""
        if self.hurdle.hurdle_kind is HurdleKind.ADVISORY:
            return np.full_like(self.verdicts, Verdict.PASS)
        return np.where(self.waived, np.int8(Verdict.PASS), self.verdicts)
