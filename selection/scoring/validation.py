"""Validation of a model: one function per rule. Each finding names the node and the remedy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from . import method_faults
from .hurdles import AtLeast, Expression, Hurdle, HurdleRef, Operator, Predicate, parts
from .missing import Policy
from .model import Aggregation, Criterion, Model, Node
from .value_functions import (
    Goalposts,
    MinMax,
    OrdinalMap,
    Percentile,
    PiecewiseLinear,
    Rubric,
    TargetBand,
    Threshold,
    ValueFunction,
    ZScore,
)

MAX_CRITERIA = 500
MAX_DEPTH = 20
MAX_DRAWS = 1_000_000
LEAST_P, MOST_P = 0.001, 20
LEAST_FLOOR = 1e-15
LEAST_RHO = 1e-6


@dataclass(frozen=True)
class ModelFinding:
    """One finding. `severity` is "error" (the model cannot score) or "warning"; `path` is keys joined by "/"."""

    code: str
    severity: str
    message: str
    path: str


class ModelError(ValueError):
    """Error: a model with errors was submitted for scoring."""

    def __init__(self, findings: list[ModelFinding]) -> None:
        super().__init__("; ".join(f"{finding.path}: {finding.message}" for finding in findings))
        self.findings = findings


def validate(model: Model) -> list[ModelFinding]:
    """Return all findings, errors and warnings, in tree order. An empty list means that the model is valid."""
    return [finding for rule in _RULES for finding in rule(model)]


def _error(code: str, message: str, path: str) -> ModelFinding:
    return ModelFinding(code, "error", message, path)


def _size(model: Model) -> Iterator[ModelFinding]:
    count = len(model.criteria)
    if count > MAX_CRITERIA:
        yield _error("too_many_criteria", f"has {count} criteria; the limit is {MAX_CRITERIA}", model.root.key)
    for _, path in model.walk():
        if len(path) > MAX_DEPTH:
            yield _error("too_deep", f"is {len(path)} levels deep; the limit is {MAX_DEPTH}", "/".join(path))
            return


def _keys(model: Model) -> Iterator[ModelFinding]:
    counts = Counter(item.key for item, _ in model.walk())
    seen: set[str] = set()
    for item, path in model.walk():
        if not item.key:
            yield _error("empty_key", "has no key; give every node and criterion a key", "/".join(path))
        elif counts[item.key] > 1 and item.key in seen:
            yield _error(
                "duplicate_key",
                f"key {item.key!r} is used {counts[item.key]} times; keys must be unique",
                "/".join(path),
            )
        seen.add(item.key)


def _weights(model: Model) -> Iterator[ModelFinding]:
    for item, path in model.walk():
        where = "/".join(path)
        if not math.isfinite(item.weight):
            yield _error("weight_not_finite", f"weight is {item.weight}; give a finite number", where)
        elif item.weight < 0:
            yield _error("weight_negative", f"weight is {item.weight}; a weight is 0 or more", where)
        if not isinstance(item, Node):
            continue
        if not item.children:
            yield _error("no_children", "has no children; give it one or remove it", where)
        elif math.isinf(sum(child.weight for child in item.children if math.isfinite(child.weight))):
            yield _error(
                "weights_too_large", "the weights below it do not add up to a finite number; lower them", where
            )
        elif all(child.weight == 0 for child in item.children):
            if item is model.root:
                yield _error("root_weights_zero", "every weight is 0; nothing would be scored", where)
            else:
                message = "every child has weight 0, so the node is dropped and its siblings carry its weight"
                yield ModelFinding("children_weights_zero", "warning", message, where)


def _is_share(value: float) -> bool:
    return 0.0 <= value <= 1.0


def _nodes(model: Model) -> Iterator[ModelFinding]:
    for item, path in model.walk():
        where = "/".join(path)
        if not isinstance(item, Node):
            continue
        if item.tau is not None and not _is_share(item.tau):
            yield _error("tau_out_of_range", f"coverage threshold is {item.tau}; use 0 to 1", where)
        if item.concentration is not None and not (math.isfinite(item.concentration) and item.concentration > 0):
            yield _error("concentration", f"concentration is {item.concentration}; use a number above 0", where)
        if item.aggregation is Aggregation.GENERALISED and not math.isfinite(item.p):
            yield _error("exponent_not_finite", f"exponent p is {item.p}; give a finite number", where)
        elif item.aggregation is Aggregation.GENERALISED and item.p and not LEAST_P <= abs(item.p) <= MOST_P:
            # Farther out a power over- or underflows, nearer to 0 its root does: the mean would be wrong in silence.
            message = f"exponent p is {item.p}; use 0, or {LEAST_P} to {MOST_P} on either side of it"
            yield _error("exponent_out_of_range", message, where)
        if not LEAST_FLOOR <= item.floor < 1.0:
            yield _error("floor_out_of_range", f"floor is {item.floor}; use {LEAST_FLOOR} to less than 1", where)


def _settings(model: Model) -> Iterator[ModelFinding]:
    for name, tau in (("root_tau", model.root_tau), ("node_tau", model.node_tau)):
        if not _is_share(tau):
            yield _error("tau_out_of_range", f"{name} is {tau}; use 0 to 1", model.root.key)
    if model.dirichlet_c is not None and not (math.isfinite(model.dirichlet_c) and model.dirichlet_c > 0):
        yield _error("concentration", f"dirichlet_c is {model.dirichlet_c}; use a number above 0", model.root.key)
    if not LEAST_RHO <= model.rho < 1.0:
        yield _error("rho_out_of_range", f"rho is {model.rho}; use {LEAST_RHO} to less than 1", model.root.key)
    if not 0 <= model.draws <= MAX_DRAWS:
        yield _error("draws_out_of_range", f"draws is {model.draws}; use 0 to {MAX_DRAWS}", model.root.key)


def _criteria(model: Model) -> Iterator[ModelFinding]:
    for item, path in model.walk():
        if isinstance(item, Criterion):
            where = "/".join(path)
            for code, message in (*_function_faults(item.value_function), *_policy_faults(item)):
                yield _error(code, message, where)
            if item.max_age is not None and not item.max_age >= 0:
                yield _error("max_age", f"max_age is {item.max_age}; use 0 or more years, or null", where)


def _function_faults(function: ValueFunction) -> Iterator[tuple[str, str]]:
    if getattr(function, "direction", 1) not in (1, -1):
        yield "direction", f"direction is {getattr(function, 'direction', None)}; use 1 (more is better) or -1"
    yield from _FAULTS.get(type(function), _tie_faults)(function)


def _goalpost_faults(function: Goalposts | Rubric) -> Iterator[tuple[str, str]]:
    lower, upper = function.lower, function.upper
    if not (math.isfinite(lower) and math.isfinite(upper) and lower < upper):
        yield "goalposts", f"goalposts are {lower} and {upper}; the lower must be below the upper"
    if not (isinstance(function, Goalposts) and function.log and math.isfinite(upper)):
        return
    if not lower > 0:
        yield "goalposts_log", f"the lower goalpost is {lower}; a logarithm needs goalposts above 0"
    elif lower < upper and math.log(lower) == math.log(upper):
        yield "goalposts_log", f"the goalposts {lower} and {upper} have the same logarithm; set them farther apart"


def _threshold_faults(function: Threshold) -> Iterator[tuple[str, str]]:
    if (function.theta is None) == (function.peer_median is None):
        yield "threshold", "give either theta or peer_median"
    elif function.theta is not None and not math.isfinite(function.theta):
        yield "threshold", f"theta is {function.theta}; give a finite number"


def _band_faults(function: TargetBand) -> Iterator[tuple[str, str]]:
    bounds = (function.outer_lower, function.lower, function.upper, function.outer_upper)
    rising = function.outer_lower < function.lower <= function.upper < function.outer_upper
    if not (rising and all(map(math.isfinite, bounds))):
        yield "target_band", f"bounds are {bounds}; they must rise from outer_lower to outer_upper"


def _tie_faults(function: MinMax | Percentile | ZScore) -> Iterator[tuple[str, str]]:
    if isinstance(function, Percentile) and function.ties not in ("mid", "min"):
        yield "ties", f"ties is {function.ties!r}; use mid or min"


def _table_faults(function: OrdinalMap) -> Iterator[tuple[str, str]]:
    labels = [label for label, _ in function.table]
    us = [u for _, u in function.table]
    if not labels:
        yield "table_empty", "the table has no label"
    if len(set(labels)) != len(labels):
        yield "table_duplicate", "the table lists a label twice"
    if not all(_is_share(u) for u in us):
        yield "table_range", f"the table's values are {us}; use 0 to 1"
    monotone = us in (sorted(us), sorted(us, reverse=True))
    if not monotone and not function.reason.strip():
        yield "table_reason", "the table neither rises nor falls in its order; write the reason"


def _knot_faults(function: PiecewiseLinear) -> Iterator[tuple[str, str]]:
    xs = [x for x, _ in function.knots]
    if len(xs) < 2 or not all(a < b for a, b in pairwise(xs)) or not all(map(math.isfinite, xs)):
        yield "knots", "give two or more knots with finite, rising x"
    if not all(_is_share(u) for _, u in function.knots):
        yield "knots_range", "a knot's u must lie in 0 to 1"


_FAULTS: dict[type, Callable[[Any], Iterator[tuple[str, str]]]] = {
    Goalposts: _goalpost_faults,
    Rubric: _goalpost_faults,
    OrdinalMap: _table_faults,
    Threshold: _threshold_faults,
    PiecewiseLinear: _knot_faults,
    TargetBand: _band_faults,
}


def _policy_faults(criterion: Criterion) -> Iterator[tuple[str, str]]:
    policy = criterion.missing
    if policy.policy is Policy.FIXED:
        if policy.value is None or not _is_share(policy.value):
            yield "fixed_value", f"the fixed value is {policy.value}; give u in 0 to 1"
        if not policy.reason.strip():
            yield "fixed_reason", "a fixed value for missing data needs its written reason"
    if policy.policy is Policy.PEER_MEDIAN and not policy.peer_group:
        yield "peer_group", "name the grouping with the median to use (peer_group)"
    if policy.policy is Policy.CARRY and (policy.carry_years is None or criterion.max_age is None):
        yield "carry_years", "carrying needs max_age and carry_years, the age up to which a value is carried"
    if not _is_share(policy.carry_credit):
        yield "carry_credit", f"carry_credit is {policy.carry_credit}; use 0 to 1"


def _hurdles(model: Model) -> Iterator[ModelFinding]:
    hurdles = {hurdle.key: hurdle for hurdle in model.hurdles}
    criteria = {criterion.key: criterion for criterion in model.criteria}
    if len(hurdles) != len(model.hurdles):
        yield _error("duplicate_key", "two hurdles have the same key", "hurdles")
    for hurdle in model.hurdles:
        where = f"hurdles/{hurdle.key}"
        if _refers_to_itself(hurdle.key, hurdles):
            yield _error("hurdle_cycle", "refers to itself through other hurdles; break the cycle", where)
        for code, message in _expression_faults(hurdle.expression, criteria, hurdles):
            yield _error(code, message, where)


def _refers_to_itself(key: str, hurdles: dict[str, Hurdle]) -> bool:
    seen: set[str] = set()
    left = _references(hurdles[key].expression)
    while left:
        other = left.pop()
        if other == key:
            return True
        if other in hurdles and other not in seen:
            seen.add(other)
            left += _references(hurdles[other].expression)
    return False


def _references(expression: Expression) -> list[str]:
    own = [expression.hurdle] if isinstance(expression, HurdleRef) else []
    return own + [key for part in parts(expression) for key in _references(part)]


def _expression_faults(
    expression: Expression, criteria: dict[str, Criterion], hurdles: dict[str, Hurdle]
) -> Iterator[tuple[str, str]]:
    if isinstance(expression, HurdleRef) and expression.hurdle not in hurdles:
        yield "unknown_hurdle", f"refers to hurdle {expression.hurdle!r}, which the model does not have"
    if isinstance(expression, Predicate):
        yield from _predicate_faults(expression, criteria)
    elif not isinstance(expression, HurdleRef) and not parts(expression):
        yield "empty_expression", f"{expression.kind} has no items"
    if isinstance(expression, AtLeast) and not 1 <= expression.k <= len(expression.items):
        yield "k_out_of_range", f"k is {expression.k} of {len(expression.items)} items"
    for part in parts(expression):
        yield from _expression_faults(part, criteria, hurdles)


def _predicate_faults(predicate: Predicate, criteria: dict[str, Criterion]) -> Iterator[tuple[str, str]]:
    criterion = criteria.get(predicate.criterion)
    if criterion is None:
        yield (
            "unknown_criterion",
            f"tests criterion {predicate.criterion!r}, which the model does not have (add it with weight 0)",
        )
        return
    categorical = isinstance(criterion.value_function, OrdinalMap)
    if predicate.on not in ("raw", "u"):
        yield "predicate_on", f"tests {predicate.on!r}; use raw or u"
    if predicate.operator is Operator.IN:
        if not (categorical and predicate.labels):
            yield "predicate_labels", "the operator in needs labels, and a criterion of labels"
    elif (predicate.value is None) == (predicate.peer_median is None):
        yield "predicate_value", "give either value or peer_median"
    elif categorical and predicate.on == "raw":
        yield "predicate_labels", "a label has no raw number; test it with the operator in, or test u"
    elif predicate.peer_median is not None and predicate.on == "u":
        yield "predicate_on", "a peer median is of raw values; test raw"
    elif predicate.value is not None and not math.isfinite(predicate.value):
        yield "predicate_value", f"value is {predicate.value}; give a finite number"


def _method(model: Model) -> Iterator[ModelFinding]:
    for rule in method_faults.RULES:
        for code, message, path in rule(model):
            yield _error(code, message, path)


_RULES: tuple[Callable[[Model], Iterator[ModelFinding]], ...] = (
    _size,
    _keys,
    _weights,
    _nodes,
    _settings,
    _criteria,
    _hurdles,
    _method,
)
