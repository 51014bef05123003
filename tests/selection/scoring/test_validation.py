"""Each rule of validation at its bounds: the last value that passes and the first that does not."""

from __future__ import annotations

import math
from typing import Any

import pytest

from selection.scoring import (
    Aggregation,
    AllOf,
    AnyOf,
    AtLeast,
    Criterion,
    Goalposts,
    Hurdle,
    HurdleKind,
    HurdleRef,
    MissingPolicy,
    Model,
    Node,
    Not,
    Operator,
    OrdinalMap,
    Percentile,
    PiecewiseLinear,
    Policy,
    Predicate,
    Rubric,
    TargetBand,
    Threshold,
    ZScore,
    validate,
)

from .build import leaf, model, node

A = leaf("a")
LABELS = OrdinalMap((("low", 0.0), ("high", 1.0)))
BELOW_ONE, ABOVE_ONE = math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0)
BELOW_ZERO = -math.ulp(0.0)


def faults(built: Model) -> list[str]:
    """Return the codes of a model's findings; each finding has a sentence."""
    findings = validate(built)
    assert all(finding.message for finding in findings)
    assert {finding.severity for finding in findings if finding.code != "children_weights_zero"} <= {"error"}
    return [finding.code for finding in findings]


def deep(levels: int) -> Criterion | Node:
    item: Criterion | Node = A
    for level in range(levels - 1):
        item = node(f"n{level}", item)
    return item


def generalised(p: float) -> Model:
    return model(A, root={"aggregation": Aggregation.GENERALISED, "p": p})


@pytest.mark.parametrize(
    ("built", "codes"),
    [
        (model(*(leaf(f"c{j}") for j in range(500))), []),
        (model(*(leaf(f"c{j}") for j in range(501))), ["too_many_criteria"]),
        (model(deep(19)), []),
        (model(deep(20)), ["too_deep"]),
        (model(deep(22)), ["too_deep"]),
        (model(A, leaf("b"), node("n", leaf("b"), leaf("a"), leaf("a"))), ["duplicate_key"] * 3),
        (model(A, leaf("b", 0.0)), []),
        (model(A, leaf("b", BELOW_ZERO)), ["weight_negative"]),
        (model(A, leaf("b", -math.inf)), ["weight_not_finite"]),
        (model(leaf("a", 8e307), leaf("b", 8e307)), []),
        (model(leaf("a", 9e307), leaf("b", 9e307)), ["weights_too_large"]),
        (model(node("n", leaf("b", 0.0), leaf("c", 0.0))), ["children_weights_zero"]),
        (model(node("n", leaf("b", 0.0), leaf("c", 1.0))), []),
        (model(A, node("n", leaf("b"), tau=None)), []),
        (model(A, node("n", leaf("b"), tau=0.0)), []),
        (model(A, node("n", leaf("b"), tau=1.0)), []),
        (model(A, node("n", leaf("b"), tau=BELOW_ZERO)), ["tau_out_of_range"]),
        (model(A, node("n", leaf("b"), tau=ABOVE_ONE)), ["tau_out_of_range"]),
        (model(A, root_tau=0.0, node_tau=1.0), []),
        (model(A, root_tau=1.0, node_tau=0.0), []),
        (model(A, root_tau=ABOVE_ONE), ["tau_out_of_range"]),
        (model(A, node_tau=BELOW_ZERO), ["tau_out_of_range"]),
        (generalised(0.0), []),
        (generalised(0.001), []),
        (generalised(-0.001), []),
        (generalised(0.0009), ["exponent_out_of_range"]),
        (generalised(-0.0009), ["exponent_out_of_range"]),
        (generalised(20.0), []),
        (generalised(-20.0), []),
        (generalised(20.1), ["exponent_out_of_range"]),
        (generalised(-20.1), ["exponent_out_of_range"]),
        (generalised(math.inf), ["exponent_not_finite"]),
        (generalised(math.nan), ["exponent_not_finite"]),
        (model(A, root={"aggregation": Aggregation.GEOMETRIC, "p": math.nan}), []),
        (model(A, root={"aggregation": Aggregation.GEOMETRIC, "p": 50.0}), []),
        (model(A, root={"floor": 1e-15}), []),
        (model(A, root={"floor": 9e-16}), ["floor_out_of_range"]),
        (model(A, root={"floor": BELOW_ONE}), []),
        (model(A, root={"floor": 1.0}), ["floor_out_of_range"]),
        (model(A, dirichlet_c=math.ulp(0.0)), []),
        (model(A, dirichlet_c=0.0), ["concentration"]),
        (model(A, dirichlet_c=-1.0), ["concentration"]),
        (model(A, dirichlet_c=math.inf), ["concentration"]),
        (model(A, rho=1e-6), []),
        (model(A, rho=9e-7), ["rho_out_of_range"]),
        (model(A, rho=BELOW_ONE), []),
        (model(A, rho=1.0), ["rho_out_of_range"]),
        (model(A, draws=0), []),
        (model(A, draws=1_000_000), []),
        (model(A, draws=1_000_001), ["draws_out_of_range"]),
    ],
)
def test_trees_and_settings_at_their_bounds(built: Model, codes: list[str]) -> None:
    assert faults(built) == codes


@pytest.mark.parametrize(
    ("function", "codes"),
    [
        (Goalposts(0.0, 1.0, -1), []),
        (Goalposts(0.0, 1.0, 0), ["direction"]),
        (ZScore(0), ["direction"]),
        (Goalposts(0.0, math.ulp(0.0)), []),
        (Goalposts(0.0, 0.0), ["goalposts"]),
        (Goalposts(-math.inf, 1.0), ["goalposts"]),
        (Goalposts(0.0, math.inf), ["goalposts"]),
        (Goalposts(0.0, math.inf, log=True), ["goalposts"]),
        (Goalposts(2.0, 1.0, log=True), ["goalposts"]),
        (Goalposts(1e-9, 1.0, log=True), []),
        (Goalposts(0.0, 1.0, log=True), ["goalposts_log"]),
        (Goalposts(-1.0, 1.0, log=True), ["goalposts_log"]),
        (Goalposts(1e9, math.nextafter(1e9, 2e9), log=True), ["goalposts_log"]),
        (Goalposts(1.0, ABOVE_ONE, log=True), []),
        (Rubric(0.0, 4.0), []),
        (Rubric(4.0, 4.0), ["goalposts"]),
        (Threshold(theta=0.0), []),
        (Threshold(peer_median="income"), []),
        (Threshold(), ["threshold"]),
        (Threshold(theta=1.0, peer_median="income"), ["threshold"]),
        (Threshold(theta=math.inf), ["threshold"]),
        (TargetBand(0.0, 1.0, 1.0, 2.0), []),
        (TargetBand(1.0, 1.0, 2.0, 3.0), ["target_band"]),
        (TargetBand(0.0, 2.0, 1.0, 3.0), ["target_band"]),
        (TargetBand(0.0, 1.0, 2.0, 2.0), ["target_band"]),
        (TargetBand(-math.inf, 1.0, 2.0, 3.0), ["target_band"]),
        (TargetBand(0.0, 1.0, 2.0, math.inf), ["target_band"]),
        (Percentile(ties="mid"), []),
        (Percentile(ties="min"), []),
        (Percentile(ties=""), ["ties"]),
        (OrdinalMap(()), ["table_empty"]),
        (OrdinalMap((("x", 0.0), ("y", 0.0), ("z", 1.0))), []),
        (OrdinalMap((("x", 1.0), ("y", 0.5), ("z", 0.0))), []),
        (OrdinalMap((("x", 0.5), ("y", 1.0), ("z", 0.0)), reason="As the report orders them"), []),
        (OrdinalMap((("x", 0.5), ("y", 1.0), ("z", 0.0)), reason=" "), ["table_reason"]),
        (OrdinalMap((("x", BELOW_ZERO), ("y", 1.0))), ["table_range"]),
        (OrdinalMap((("x", 0.0), ("y", ABOVE_ONE))), ["table_range"]),
        (OrdinalMap((("x", 0.5), ("x", 1.0), ("z", 0.0))), ["table_duplicate", "table_reason"]),
        (PiecewiseLinear(((0.0, 0.0),)), ["knots"]),
        (PiecewiseLinear(((0.0, 0.0), (1.0, 1.0))), []),
        (PiecewiseLinear(((0.0, 0.0), (2.0, 1.0), (1.0, 1.0))), ["knots"]),
        (PiecewiseLinear(((0.0, 0.0), (math.inf, 1.0))), ["knots"]),
        (PiecewiseLinear(((0.0, BELOW_ZERO), (1.0, 1.0))), ["knots_range"]),
        (PiecewiseLinear(((0.0, 0.0), (1.0, ABOVE_ONE))), ["knots_range"]),
    ],
)
def test_value_functions_at_their_bounds(function: Any, codes: list[str]) -> None:
    built = model(leaf("a", 1.0, function))
    assert faults(built) == codes
    assert {finding.path for finding in validate(built)} <= {"root/a"}


def fixed(value: float | None, reason: str = "Agreed") -> MissingPolicy:
    return MissingPolicy(Policy.FIXED, value=value, reason=reason)


def carry(years: float | None = 3.0, credit: float = 1.0) -> MissingPolicy:
    return MissingPolicy(Policy.CARRY, carry_years=years, carry_credit=credit)


@pytest.mark.parametrize(
    ("policy", "max_age", "codes"),
    [
        (fixed(0.0), None, []),
        (fixed(1.0), None, []),
        (fixed(None), None, ["fixed_value"]),
        (fixed(BELOW_ZERO), None, ["fixed_value"]),
        (fixed(ABOVE_ONE), None, ["fixed_value"]),
        (fixed(0.5, " "), None, ["fixed_reason"]),
        (MissingPolicy(Policy.FLOOR, reason=""), None, []),
        (MissingPolicy(Policy.PEER_MEDIAN, peer_group="income"), None, []),
        (MissingPolicy(Policy.PEER_MEDIAN, peer_group=""), None, ["peer_group"]),
        (carry(), 2.0, []),
        (carry(None), 2.0, ["carry_years"]),
        (carry(), None, ["carry_years"]),
        (carry(credit=0.0), 2.0, []),
        (carry(credit=BELOW_ZERO), 2.0, ["carry_credit"]),
        (carry(credit=ABOVE_ONE), 2.0, ["carry_credit"]),
        (MissingPolicy(), 0.0, []),
        (MissingPolicy(), BELOW_ZERO, ["max_age"]),
        (MissingPolicy(), math.nan, ["max_age"]),
    ],
)
def test_policies_and_ages_at_their_bounds(policy: MissingPolicy, max_age: float | None, codes: list[str]) -> None:
    assert faults(model(leaf("a", missing=policy, max_age=max_age))) == codes


HIGH = Predicate("a", Operator.GREATER, 1.0)


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        (HIGH, []),
        (Predicate("a", Operator.LESS, 1.0, on="u"), []),
        (Predicate("a", Operator.LESS, peer_median="income"), []),
        (Predicate("a", Operator.LESS, 1.0, peer_median="income"), ["predicate_value"]),
        (Predicate("a", Operator.LESS, math.inf), ["predicate_value"]),
        (Predicate("tier", Operator.IN, labels=("low",)), []),
        (Predicate("tier", Operator.IN), ["predicate_labels"]),
        (Predicate("tier", Operator.GREATER, 1.0), ["predicate_labels"]),
        (Predicate("tier", Operator.GREATER, 0.5, on="u"), []),
        (Not(HIGH), []),
        (AnyOf(()), ["empty_expression"]),
        (AllOf((HIGH, AnyOf(()))), ["empty_expression"]),
        (Not(Predicate("zzz", Operator.GREATER, 1.0)), ["unknown_criterion"]),
        (AtLeast(1, (HIGH,)), []),
        (AtLeast(2, (HIGH, HIGH)), []),
        (AtLeast(0, (HIGH,)), ["k_out_of_range"]),
        (AtLeast(2, (HIGH,)), ["k_out_of_range"]),
        (AtLeast(1, ()), ["empty_expression", "k_out_of_range"]),
        (HurdleRef("other"), []),
        (AllOf((HIGH, HurdleRef("gone"))), ["unknown_hurdle"]),
    ],
)
def test_hurdles_at_their_bounds(expression: Any, codes: list[str]) -> None:
    other = Hurdle("other", "Other", HurdleKind.ADVISORY, HIGH)
    hurdles = (Hurdle("h", "H", HurdleKind.ADVISORY, expression), other)
    built = model(A, leaf("tier", 1.0, LABELS), hurdles=hurdles)
    assert faults(built) == codes
    assert {finding.path for finding in validate(built)} <= {"hurdles/h"}


def rules(**references: str) -> list[str]:
    """Return the paths of the cycles among hurdles, each of which refers to another or, "", to a criterion."""
    hurdles = tuple(
        Hurdle(key, key, HurdleKind.ADVISORY, Not(HurdleRef(other)) if other else HIGH)
        for key, other in references.items()
    )
    return [finding.path for finding in validate(model(A, hurdles=hurdles)) if finding.code == "hurdle_cycle"]


def test_a_cycle_of_hurdles_is_found_at_any_length() -> None:
    assert rules(a="") == []
    assert rules(a="b", b="") == []
    assert rules(a="b", b="a") == ["hurdles/a", "hurdles/b"]
    assert rules(a="b", b="c", c="a") == ["hurdles/a", "hurdles/b", "hurdles/c"]
    # One that leads into a cycle is not part of it.
    assert rules(a="b", b="c", c="b") == ["hurdles/b", "hurdles/c"]


def test_two_hurdles_of_one_key_are_named() -> None:
    hurdles = (Hurdle("h", "H", HurdleKind.ADVISORY, HIGH), Hurdle("h", "I", HurdleKind.ADVISORY, HIGH))
    assert [(finding.code, finding.path) for finding in validate(model(A, hurdles=hurdles))] == [
        ("duplicate_key", "hurdles")
    ]


def test_node_without_weight_warns_and_a_tree_without_weight_fails() -> None:
    found = validate(model(A, node("n", leaf("b", 0.0))))
    assert [(finding.code, finding.severity) for finding in found] == [("children_weights_zero", "warning")]
    found = validate(model(leaf("b", 0.0)))
    assert [(finding.code, finding.severity) for finding in found] == [("root_weights_zero", "error")]
