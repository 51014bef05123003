"""Checks of a scoring model: each fault is reported with its location, and nothing else is reported."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from cpc.findings import Severity, errors
from selection.model_definition.criteria_table import ModelTable, read
from selection.model_definition.model_json import (
    MOST_BYTES,
    MOST_DEPTH,
    ModelTextError,
    parsed,
    schema,
    written,
)
from selection.model_definition.rules import Measure, check
from selection.model_definition.schema import faults

Plain = dict[str, Any]


def shipped() -> Plain:
    """Return the shipped model as plain data, in the form of its export."""
    data: Plain = json.loads(written(read().to_dict()))
    return data


def measures(data: Plain) -> dict[str, Measure]:
    """Return the indicators of the shipped model, with the labels that its tables name."""
    found: dict[str, Measure] = {}
    for row in data["criteria"]:
        table = row["function"].get("table", ())
        found |= {series["indicator"]: Measure() for series in row.get("estimate", {}).get("series", ())}
        found[row["indicator"]] = Measure((*(label for label, _ in table), *row["labels_missing"]))
    groups = {code: Measure(("A group",)) for code in data["groupings"].values() if code not in found}
    return {**found, **groups}


MEASURES = measures(shipped())
EVIDENCE = tuple(f"rules/E{number}" for number in range(1, 6))
CHOICES = tuple(f"choices/{choice['key']}" for choice in shipped()["method"]["choices"])


def row(data: Plain, key: str) -> Plain:
    """Return a node, criterion, hurdle, or statutory criterion."""
    names = ("hurdles", "mandatory") if "/" in key else ("nodes", "criteria")
    key = key.rpartition("/")[2]
    return next(one for name in names for one in data[name] if one["key"] == key)


def setting(key: str, /, **values: Any) -> Callable[[Plain], None]:
    """Return a change to one row."""
    return lambda data: row(data, key).update(values)


def function(key: str, /, **values: Any) -> Callable[[Plain], None]:
    """Return a change to a value function."""
    return lambda data: row(data, key)["function"].update(values)


def rule(key: str, /, **values: Any) -> Callable[[Plain], None]:
    """Return a change to the rule of a hurdle."""
    return lambda data: row(data, f"hurdles/{key}")["expression"].update(values)


def mandatory_condition(key: str, index: int, /, **values: Any) -> Callable[[Plain], None]:
    """Return a change to a condition of the statute."""
    return lambda data: row(data, f"mandatory/{key}")["conditions"][index].update(values)


def zero_below(node: str) -> Callable[[Plain], None]:
    """Return a change that sets every weight below a node to 0."""

    def change(data: Plain) -> None:
        for one in (*data["nodes"], *data["criteria"]):
            if node in (one.get("parent"), one.get("node")):
                one["weight"] = 0

    return change


def twice(name: str, key: str) -> Callable[[Plain], None]:
    """Return a change that duplicates a row."""
    return lambda data: data[name].append(copy.deepcopy(row(data, key)))


def without(name: str, key: str) -> Callable[[Plain], None]:
    """Return a change that removes a row."""
    return lambda data: data[name].remove(row(data, key))


def knot(x: float) -> Plain:
    """Return a value function whose first knot is at `x`."""
    return {"kind": "piecewise_linear", "knots": [[x, 0], [10, 1]]}


def nested(depth: int) -> Plain:
    """Return a rule with `depth` levels."""
    rule: Plain = {"kind": "predicate", "criterion": "cpi", "operator": ">", "value": 1}
    for _ in range(depth):
        rule = {"kind": "not", "item": rule}
    return rule


def doubling(data: Plain) -> None:
    """Add thirty hurdles that each refer twice to the one before: 2^30 tests in a few lines of text."""
    one = data["hurdles"][0]
    for place in range(30):
        again = {"kind": "hurdle", "hurdle": data["hurdles"][-1]["key"]}
        rule = {"kind": "all_of", "items": [again, again]}
        data["hurdles"].append({**one, "key": f"h{place}", "expression": rule})


NAN, INF = math.nan, math.inf

FAULTS: list[tuple[str, Callable[[Plain], object], str, str]] = [
    ("a negative weight", setting("cpi", weight=-1), "schema", "cpi"),
    ("a negative weight of a node", setting("governance", weight=-0.5), "schema", "governance"),
    ("a weight that is no number", setting("cpi", weight=NAN), "not_finite", "cpi"),
    ("an infinite weight", setting("governance", weight=INF), "not_finite", "governance"),
    ("a weight without end", setting("cpi", weight=10**15), "number_too_long", "cpi"),
    ("a weight in words", setting("cpi", weight="six"), "schema", "cpi"),
    ("all weights of a node 0", zero_below("political_will"), "weights_zero", "political_will"),
    ("all weights of a branch 0", zero_below("need"), "weights_zero", "need"),
    ("all weights of the model 0", zero_below(""), "weights_zero", "need"),
    ("a circle of one", setting("fit", parent="fit"), "node_cycle", "fit"),
    (
        "a circle of two",
        lambda d: (setting("fit", parent="need")(d), setting("need", parent="fit")(d)),
        "node_cycle",
        "fit",
    ),
    ("a parent that is not there", setting("fit", parent="nowhere"), "unknown_parent", "fit"),
    ("a criterion under nothing", setting("cpi", node="nowhere"), "unknown_parent", "cpi"),
    ("three nodes deep", setting("fit", parent="governance"), "too_deep", "fit"),
    ("a third branch", setting("fit", parent=""), "branches", "fit"),
    ("a branch that may be unknown", setting("need", required=False), "branches", "need"),
    ("an indicator that nobody publishes", setting("cpi", indicator="cpi.nothing"), "unknown_indicator", "cpi"),
    ("no indicator and no rubric", setting("cpi", indicator=""), "no_indicator", "cpi"),
    ("a list that rests on nothing", lambda d: d["listing"].update(indicator="x"), "unknown_indicator", ""),
    ("goalposts the wrong way round", function("cpi", lower=90), "goalposts", "cpi"),
    ("equal goalposts", function("cpi", lower=50, upper=50), "goalposts", "cpi"),
    ("a goalpost that is no number", function("cpi", upper=NAN), "not_finite", "cpi"),
    ("a logarithm of zero", function("prevalence", log=True), "goalposts_log", "prevalence"),
    ("a direction of two", function("cpi", direction=2), "schema", "cpi"),
    ("no direction", lambda d: row(d, "cpi")["function"].pop("direction"), "schema", "cpi"),
    ("a part of another kind", function("cpi", table=[]), "schema", "cpi"),
    ("a function of no kind", function("cpi", kind="magic"), "schema", "cpi"),
    ("a table that misses a tier", lambda d: row(d, "tier")["function"]["table"].pop(), "label_missed", "tier"),
    (
        "a label that nobody gives",
        lambda d: row(d, "tier")["function"]["table"].append(["Tier 4", 0]),
        "label_unknown",
        "tier",
    ),
    ("a label with and without value", setting("tier", labels_missing={"Tier 3": "suppressed"}), "label_twice", "tier"),
    (
        "a value of a label above 1",
        lambda d: row(d, "tier")["function"]["table"][0].__setitem__(1, 1.5),
        "table_range",
        "tier",
    ),
    ("numbers for labels", setting("tier", function=knot(0)), "function_kind", "tier"),
    ("knots that fall", setting("cpi", function=knot(20)), "knots", "cpi"),
    (
        "a pool that is not there",
        setting("cpi", function={"kind": "zscore", "direction": 1, "pool": "x"}),
        "unknown_pool",
        "cpi",
    ),
    ("no reason", setting("cpi", reason="  "), "reason", "cpi"),
    ("a rubric that a screen counts", setting("forms", stage="screen"), "stage", "forms"),
    ("weight of what is only shown", setting("freedom_total", weight=1), "stage", "freedom_total"),
    ("a rubric with three anchors", setting("forms", anchors=["a", "b", "c"]), "anchors", "forms"),
    ("anchors without a rubric", setting("cpi", anchors=["a"]), "anchors", "cpi"),
    ("a rubric of ten steps", function("forms", upper=10), "rubric_scale", "forms"),
    ("a policy that is none", setting("cpi", missing="guess"), "schema", "cpi"),
    ("an age below zero", setting("cpi", max_age=-1), "schema", "cpi"),
    ("a node twice", twice("nodes", "fit"), "duplicate_key", "fit"),
    ("a criterion twice", twice("criteria", "cpi"), "duplicate_key", "cpi"),
    ("a hurdle twice", twice("hurdles", "hurdles/tier3"), "duplicate_key", "hurdles/tier3"),
    (
        "a criterion of the statute twice",
        twice("mandatory", "mandatory/commitment"),
        "duplicate_key",
        "mandatory/commitment",
    ),
    ("the key of the whole", setting("cpi", key="total"), "duplicate_key", "total"),
    ("a key in capitals", setting("cpi", key="CPI"), "schema", "CPI"),
    ("an unknown field of a criterion", setting("cpi", color="blue"), "schema", "cpi"),
    ("an unknown field of the model", lambda d: d.update(color="blue"), "schema", ""),
    ("a missing field", lambda d: row(d, "cpi").pop("reason"), "schema", "cpi"),
    ("a hurdle on nothing", rule("corruption", criterion="nothing"), "unknown_criterion", "hurdles/corruption"),
    ("a hurdle without a bound", rule("corruption", peer_median=None), "predicate_value", "hurdles/corruption"),
    ("a hurdle of no kind", rule("corruption", kind="maybe"), "schema", "hurdles/corruption"),
    ("an operator that is none", rule("corruption", operator="~"), "schema", "hurdles/corruption"),
    (
        "a hurdle that refers to itself",
        setting("hurdles/tier3", expression={"kind": "hurdle", "hurdle": "tier3"}),
        "hurdle_cycle",
        "hurdles/tier3",
    ),
    ("a hurdle on a rating", rule("corruption", criterion="forms"), "unknown_criterion", "hurdles/corruption"),
    ("a rule nested without end", setting("hurdles/tier3", expression=nested(MOST_DEPTH)), "too_deep", "hurdles/tier3"),
    ("hurdles that double", doubling, "hurdle_too_large", "hurdles/h8"),
    (
        "no prevalence asked for",
        without("mandatory", "mandatory/prevalence"),
        "mandatory_missing",
        "mandatory/prevalence",
    ),
    ("no gate at all", lambda d: d.pop("mandatory"), "mandatory_missing", "mandatory/commitment"),
    (
        "a gate that asks for nothing",
        mandatory_condition("commitment", 0, at_least=0),
        "gate_empty",
        "mandatory/commitment",
    ),
    (
        "a gate on nothing",
        mandatory_condition("commitment", 0, criterion="x"),
        "unknown_criterion",
        "mandatory/commitment",
    ),
    ("a gate nobody rates", setting("prosecution", weight=0), "gate_not_rated", "mandatory/commitment"),
    ("a gate nobody can pass", setting("mandatory/commitment", needs=4), "needs", "mandatory/commitment"),
    ("a control character", setting("cpi", label="CPI\x00"), "text", "cpi"),
    ("half a character", setting("fit", reason="\ud800"), "text", "fit"),
    ("no weight that is known needed", lambda d: d.update(root_tau=1.5), "schema", ""),
    ("too many draws", lambda d: d.update(draws=10**9), "schema", ""),
    ("criteria that are no list", lambda d: d.update(criteria={"a": {"b": 1}}), "schema", ""),
    ("10,000 criteria", lambda d: d.update(criteria=[row(d, "cpi")] * 10_000), "too_many", ""),
    ("10,000 nodes", lambda d: d.update(nodes=[row(d, "fit")] * 10_000), "too_many", ""),
]


def test_the_shipped_model_has_nothing_wrong_with_it() -> None:
    assert check(shipped(), MEASURES) == []


@pytest.mark.parametrize(("change", "code", "place"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_fault_is_reported_alone_with_its_field(change: Callable[[Plain], object], code: str, place: str) -> None:
    data = shipped()
    change(data)
    found = errors(check(data, MEASURES))
    assert (code, place) in {(finding.code, finding.field) for finding in found}
    for finding in found:
        assert finding.message.endswith("."), finding
        assert len(finding.message) < 400


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (setting("cpi", weight="6"), "cpi", "weight: '6' is not of type number."),
        (setting("cpi", weight=-1), "cpi", "weight: -1 is too low; the minimum is 0."),
        (setting("cpi", label=""), "cpi", "label: '' has 0 characters; the limit is 1."),
        (setting("cpi", key="C P I"), "C P I", "key: 'C P I' is not a valid key. Use lowercase letters, digits, and _, "
                                               "starting with a letter."),
        (setting("cpi", function={"kind": "guess"}), "cpi", "function: the kind is not one of"),
        (function("cpi", direction=2), "cpi", "function / direction: 2 is not one of 1, -1."),
        (lambda d: row(d, "cpi").pop("label"), "cpi", "'label' is a required property."),
        (lambda d: d.update(color="red"), "", "Additional properties are not allowed ('color' was unexpected)."),
    ],
)  # fmt: skip
def test_schema_error_names_path_and_value(change: Callable[[Plain], object], field: str, message: str) -> None:
    data = shipped()
    change(data)
    assert any(f.code == "schema" and f.field == field and f.message.startswith(message) for f in faults(data)), [
        (f.code, f.field, f.message) for f in faults(data)
    ]


@pytest.mark.parametrize(
    ("name", "key", "parent", "found"),
    [
        ("nodes", "fit", "luck", [("unknown_parent", "fit")]),
        ("nodes", "fit", "fit", [("node_cycle", "fit")]),
        ("criteria", "cpi", "", [("unknown_parent", "cpi")]),
        ("criteria", "cpi", "luck", [("unknown_parent", "cpi")]),
        ("criteria", "cpi", "need", []),
    ],
)
def test_every_parent_is_a_node_above(name: str, key: str, parent: str, found: list[tuple[str, str]]) -> None:
    data = shipped()
    next(one for one in data[name] if one["key"] == key)["parent" if name == "nodes" else "node"] = parent
    assert [(fault.code, fault.field) for fault in faults(data)] == found


def test_a_branch_with_nothing_for_the_desk_screen_is_named() -> None:
    data = shipped()
    for one in data["criteria"]:
        if one["node"] == "need" and one["stage"] == "screen":
            one["stage"] = "full"
    found = [(f.code, f.field) for f in errors(check(data, MEASURES))]
    assert ("weights_zero", "need") in found
    assert {place for code, place in found if code != "weights_zero"} <= {"method/", *EVIDENCE, *CHOICES}


def test_a_node_without_anything_is_reported_and_may_stay() -> None:
    data = shipped()
    data["nodes"].append({**row(data, "fit"), "key": "later", "label": "Later"})
    found = check(data, MEASURES)
    assert [(f.code, f.field, f.severity) for f in found] == [("no_children", "later", Severity.WARNING)]


def test_shares_of_a_model_without_weights_are_nothing_and_no_failure() -> None:
    data = shipped()
    zero_below("need")(data)
    shares = ModelTable.from_dict(data).weights()
    assert shares["prevalence"] == 0.0
    assert sum(shares.values()) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (b"Title,Weight\nCPI,6\n", "not_json", "line 1, column 1"),
        (b"", "not_json", "line 1, column 1"),
        (b"[]", "not_json", "object"),
        (b"\xff\xfe{}", "not_json", "Byte 1"),
        (b'{"key": "a", "key": "b"}', "duplicate_name", "key"),
        (b'{"criteria": [{"key": "a", "key": "a"}]}', "duplicate_name", "key"),
        (b'{"nodes": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "too_deep", "nested"),
        (b'{"note": "' + b"x" * 2 * MOST_BYTES + b'"}', "too_large", "2,097,1"),
    ],
)
def test_a_text_that_is_no_model_is_refused_before_it_is_looked_at(text: bytes, code: str, message: str) -> None:
    with pytest.raises(ModelTextError) as caught:
        parsed(text)
    assert caught.value.code == code
    assert message in str(caught.value)


@pytest.mark.parametrize(("length", "shown"), [(1, 1), (60, 60), (61, 60), (200, 60)])
def test_a_repeated_name_is_shown_up_to_sixty_characters(length: int, shown: int) -> None:
    name = "x" * length
    with pytest.raises(ModelTextError, match=f"^An object has the name “{'x' * shown}” twice. Remove one.$"):
        parsed(f'{{"{name}": 1, "a": 2, "{name}": 3}}'.encode())


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("NaN", "not_finite"),
        ("-Infinity", "not_finite"),
        ("1e999", "not_finite"),
        ("1" + "0" * 15, "number_too_long"),
        ("9" * 5000, "not_finite"),
        ("-1e300", "number_too_long"),
    ],
)
def test_a_number_in_a_text_that_is_none_is_reported_with_its_field(number: str, code: str) -> None:
    text = written(shipped()).decode()
    spoiled = text.replace('"weight": 6,', f'"weight": {number},', 1)
    assert spoiled != text
    found = check(parsed(spoiled.encode()), MEASURES)
    assert [(f.code, f.field, f.message.startswith("weight: ")) for f in found] == [(code, "tier", True)]


def test_a_model_that_is_written_is_read_to_the_same_hash() -> None:
    table = read()
    again = ModelTable.from_dict(parsed(written(table.to_dict())))
    assert again.hash == table.hash
    assert again == table or again.to_dict() == table.to_dict()


def test_schema_accepts_the_shipped_model_and_describes_every_field() -> None:
    assert set(schema()["properties"]) == {*shipped(), "concentration"}
    row_fields = schema()["properties"]["criteria"]["items"]["properties"]
    assert {name for one in shipped()["criteria"] for name in one} == set(row_fields)
