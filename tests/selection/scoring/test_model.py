"""Models as data: round trip, hash, and findings; and descriptions of results."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import numpy as np
import pytest

from selection.scoring import (
    Aggregation,
    AllOf,
    AnyOf,
    AtLeast,
    Column,
    Criterion,
    Goalposts,
    Hurdle,
    HurdleKind,
    HurdleRef,
    MinMax,
    MissingPolicy,
    Model,
    ModelError,
    Node,
    Not,
    Operator,
    OrdinalMap,
    Percentile,
    PiecewiseLinear,
    PlainDataError,
    Policy,
    Predicate,
    Rubric,
    Snapshot,
    TargetBand,
    Threshold,
    ZScore,
    first_difference,
    round_to_total,
    score,
    validate,
)

from .build import column, leaf, model, node, snapshot

FUNCTIONS: list[Any] = [
    Goalposts(0, 10.5, -1),
    MinMax(pool="rich"),
    Percentile(ties="min"),
    ZScore(-1),
    OrdinalMap((("Tier 1", 1.0), ("Tier 3", 0.0))),
    Threshold(peer_median="income", soft=True),
    Rubric(0.0, 4.0),
    PiecewiseLinear(((0.0, 0.0), (1.0, 1.0))),
    TargetBand(0.0, 1.0, 2.0, 3.0),
]


def full_model() -> Model:
    leaves = [leaf(f"c{j}", j + 0.1, function, max_age=3.0) for j, function in enumerate(FUNCTIONS)]
    rule = AllOf((AtLeast(1, (Predicate("c0", Operator.GREATER, 1.0),)), AnyOf((Not(HurdleRef("tier")),))))
    tier = Predicate("c4", Operator.IN, labels=("Tier 3",))
    return model(
        node("one", *leaves, aggregation=Aggregation.GENERALISED, p=-1.0, required=True, tau=0.4),
        leaf("last", missing=MissingPolicy(Policy.FIXED, value=0.5, reason="agreed")),
        hurdles=(
            Hurdle("tier", "Tier 3", HurdleKind.ADVISORY, tier, "22 U.S.C. 7107"),
            Hurdle("rule", "Rule", HurdleKind.POLICY_HURDLE, rule),
        ),
        dirichlet_c=50.0,
    )


def test_round_trip_keeps_everything() -> None:
    built = full_model()
    assert validate(built) == []
    again = Model.from_dict(json.loads(json.dumps(built.to_dict())))
    assert again == built
    assert again.hash == built.hash


def test_hash_follows_every_number_and_no_way_of_writing_it() -> None:
    plain = full_model().to_dict()
    integers = copy.deepcopy(plain)
    integers["root"]["children"][0]["children"][0]["value_function"]["lower"] = 0
    assert Model.from_dict(integers).hash == full_model().hash
    integers["root"]["children"][0]["children"][0]["value_function"]["lower"] = math.nextafter(0.0, 1.0)
    assert Model.from_dict(integers).hash != full_model().hash


def change(path: list[Any], value: Any) -> dict[str, Any]:
    plain = full_model().to_dict()
    place: Any = plain
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return plain


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["color"], "red", "model.*: unknown field color"),
        (["root"], "tree", "expected an object"),
        (["root", "children", 1, "weight"], "1", "last.weight: expected float"),
        (["root", "children", 1, "weight"], True, "last.weight: expected float"),
        (["root", "children", 1, "kind"], "leaf", "use one of criterion, node"),
        (["root", "children", 1, "missing", "policy"], "guess", "'guess' is not one of reweight"),
        (["root", "children", 1, "value_function"], {"kind": "goalposts", "lower": 0}, "missing field upper"),
        (["root", "children", 0, "children", 4, "value_function", "table", 0], ["Tier 1"], "expected 2 items, got 1"),
    ],
)
def test_unreadable_models_are_rejected_with_their_path(path: list[Any], value: Any, message: str) -> None:
    with pytest.raises(PlainDataError, match=message):
        Model.from_dict(change(path, value))


def test_a_cycle_is_refused() -> None:
    plain = full_model().to_dict()
    plain["root"]["children"][0]["children"].append(plain["root"]["children"][0])
    with pytest.raises(PlainDataError, match="contains itself"):
        Model.from_dict(plain)


A = leaf("a")
HURDLE_FAULTS: list[tuple[Any, str]] = [
    (Predicate("zzz", Operator.GREATER, 1.0), "unknown_criterion"),
    (Predicate("a", Operator.GREATER), "predicate_value"),
    (Predicate("a", Operator.GREATER, math.nan), "predicate_value"),
    (Predicate("a", Operator.IN, labels=("x",)), "predicate_labels"),
    (Predicate("a", Operator.GREATER, 1.0, on="rank"), "predicate_on"),
    (Predicate("a", Operator.GREATER, peer_median="g", on="u"), "predicate_on"),
    (AllOf(()), "empty_expression"),
    (AtLeast(2, (Predicate("a", Operator.GREATER, 1.0),)), "k_out_of_range"),
    (HurdleRef("zzz"), "unknown_hurdle"),
    (HurdleRef("h"), "hurdle_cycle"),
]


@pytest.mark.parametrize(("expression", "code"), HURDLE_FAULTS)
def test_hurdle_findings(expression: Any, code: str) -> None:
    findings = validate(model(A, hurdles=(Hurdle("h", "H", HurdleKind.ADVISORY, expression),)))
    assert [(finding.code, finding.path) for finding in findings] == [(code, "hurdles/h")]


@pytest.mark.parametrize(
    ("built", "code", "path"),
    [
        (model(leaf("a", -1.0)), "weight_negative", "root/a"),
        (model(leaf("a", math.nan)), "weight_not_finite", "root/a"),
        (model(leaf("a", math.inf)), "weight_not_finite", "root/a"),
        (model(leaf("a", 0.0)), "root_weights_zero", "root"),
        (model(A, node("n", leaf("b", 0.0))), "children_weights_zero", "root/n"),
        (model(A, node("n")), "no_children", "root/n"),
        (model(A, node("n", leaf("a"))), "duplicate_key", "root/n/a"),
        (model(leaf("")), "empty_key", "root/"),
        (model(*(leaf(f"c{j}") for j in range(501))), "too_many_criteria", "root"),
        (model(leaf("a", 1.0, Goalposts(1.0, 1.0))), "goalposts", "root/a"),
        (model(leaf("a", 1.0, Goalposts(2.0, 1.0))), "goalposts", "root/a"),
        (model(leaf("a", 1.0, Goalposts(0.0, 1.0, log=True))), "goalposts_log", "root/a"),
        (model(leaf("a", 1.0, Goalposts(0.0, 1.0, 2))), "direction", "root/a"),
        (model(leaf("a", 1.0, OrdinalMap(()))), "table_empty", "root/a"),
        (model(leaf("a", 1.0, OrdinalMap((("x", 0.1), ("x", 0.2))))), "table_duplicate", "root/a"),
        (model(leaf("a", 1.0, OrdinalMap((("x", 1.1),)))), "table_range", "root/a"),
        (model(leaf("a", 1.0, OrdinalMap((("x", 0.0), ("y", 1.0), ("z", 0.5))))), "table_reason", "root/a"),
        (model(leaf("a", 1.0, Threshold())), "threshold", "root/a"),
        (model(leaf("a", 1.0, PiecewiseLinear(((1.0, 0.0), (1.0, 1.0))))), "knots", "root/a"),
        (model(leaf("a", 1.0, TargetBand(0.0, 3.0, 2.0, 4.0))), "target_band", "root/a"),
        (model(leaf("a", 1.0, Percentile(ties="max"))), "ties", "root/a"),
        (model(leaf("a", missing=MissingPolicy(Policy.FIXED, value=0.5))), "fixed_reason", "root/a"),
        (model(leaf("a", missing=MissingPolicy(Policy.PEER_MEDIAN))), "peer_group", "root/a"),
        (model(leaf("a", missing=MissingPolicy(Policy.CARRY, carry_years=3.0))), "carry_years", "root/a"),
        (model(leaf("a", max_age=-1.0)), "max_age", "root/a"),
        (model(A, node("n", leaf("b"), tau=1.5)), "tau_out_of_range", "root/n"),
        (model(A, root={"floor": 0.0}), "floor_out_of_range", "root"),
        (model(A, rho=0.0), "rho_out_of_range", "root"),
        (model(A, rho=1e-200), "rho_out_of_range", "root"),
        (model(A, root={"floor": 1e-300}), "floor_out_of_range", "root"),
        (model(A, root={"aggregation": Aggregation.GENERALISED, "p": -200.0}), "exponent_out_of_range", "root"),
        (model(A, root={"aggregation": Aggregation.GENERALISED, "p": 1e-17}), "exponent_out_of_range", "root"),
        (model(leaf("a", 1e308), leaf("b", 1e308)), "weights_too_large", "root"),
        (model(leaf("a", 1.0, Goalposts(1e308, 1.0000000000000002e308, log=True))), "goalposts_log", "root/a"),
        (model(A, dirichlet_c=0.0), "concentration", "root"),
        (model(A, draws=-1), "draws_out_of_range", "root"),
    ],
)
def test_findings_name_the_node(built: Model, code: str, path: str) -> None:
    assert [(finding.code, finding.path) for finding in validate(built)] == [(code, path)]


def test_depth_is_limited_and_errors_stop_a_run() -> None:
    deep: Node | Criterion = A
    for level in range(20):
        deep = node(f"n{level}", deep)
    assert [finding.code for finding in validate(model(deep))] == ["too_deep"]
    with pytest.raises(ModelError, match="the limit is 20"):
        score(snapshot({"a": [0.5]}), model(deep))


# Results.


def small() -> tuple[Snapshot, Model]:
    data = snapshot({"a": [0.1, 0.7, 0.3], "b": [1 / 3, math.nan, 0.6]})
    return data, model(node("n", leaf("a"), leaf("b", 2.0), tau=0.3), leaf("c"), root_tau=0.1)


def with_c(data: Snapshot, values: list[float]) -> Snapshot:
    return Snapshot(data.countries, {**data.columns, "c": column(values)})


def test_a_result_survives_json_bit_for_bit() -> None:
    data, built = small()
    result = score(with_c(data, [0.2, 0.4, 0.9]), built, draws=200)
    stored = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert first_difference(stored, score(result.snapshot, Model.from_dict(built.to_dict()), draws=200)) is None
    assert stored["draws"] == 200
    assert stored["countries"]["A"]["score"] == round(float(result.scores[0]), 9)


def test_the_first_difference_is_named() -> None:
    data, built = small()
    before = score(with_c(data, [0.2, 0.4, 0.9]), built, draws=50)
    after = score(with_c(data, [0.2, 0.4000001, 0.9]), built, draws=50)
    difference = first_difference(before, after)
    assert difference == "country B, criterion c: u is 0.4 in the first result and 0.4000001 in the second"
    gone = copy.deepcopy(before.to_dict())
    del gone["countries"]["C"]
    assert first_difference(before, gone) == "country C is only in the first result"
    reseeded = {**before.to_dict(), "seed": 1}
    assert first_difference(before, reseeded) == f"seed is {before.seed} in the first result and 1 in the second"


def test_a_snapshot_hash_sees_values_reasons_and_errors() -> None:
    base = snapshot({"a": column([0.5, math.nan])})
    variants = [
        snapshot({"a": column([math.nextafter(0.5, 1.0), math.nan])}),
        snapshot({"a": column([0.5, math.nan], reason="suppressed")}),
        snapshot({"a": column([0.5, math.nan], standard_errors=[0.1, None])}),
        snapshot({"a": column([0.5, math.nan], ages=[1.0, None])}),
        snapshot({"a": column([0.5, math.nan])}, groupings={"g": ("x", None)}),
        Snapshot(("A", "B"), {"a": Column.categorical(["0.5", None], missing=[None, "not_collected"])}),
    ]
    assert len({base.hash, *(variant.hash for variant in variants)}) == 7
    assert snapshot({"a": np.array([-0.0])}).hash == snapshot({"a": np.array([0.0])}).hash


def test_printed_parts_add_up_to_the_printed_total() -> None:
    assert round_to_total([33.333, 33.333, 33.334], 100.0, 0) == [33, 33, 34]
    assert round_to_total([0.125, 0.125, 0.25], 0.5, 1) == [0.1, 0.1, 0.3]
    assert round_to_total([-1.26, 3.5], 2.24) == [-1.3, 3.5]
    with pytest.raises(ValueError, match="add up to"):
        round_to_total([1.0], 9.0)
