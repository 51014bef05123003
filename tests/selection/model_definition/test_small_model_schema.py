"""Faults of a model's form: the schema, unique keys, and the tree, each with its place and its whole sentence."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from selection.model_definition.schema import MOST_FINDINGS, faults, location_of
from tests.selection.model_definition.test_small_model_rules import (
    GOALPOSTS,
    SMALL,
    TEST,
    Change,
    Plain,
    add,
    all_of,
    criterion,
    gate,
    hurdles,
    node,
    put,
    put_method,
    put_model,
    row,
    rule,
)


def found(*changes: Change) -> list[tuple[str, str, str]]:
    """Return code, field, and message of the faults of the small model after some changes."""
    data = copy.deepcopy(SMALL)
    for change in changes:
        change(data)
    return [(fault.code, fault.field, fault.message) for fault in faults(data)]


def lose(key: str, name: str) -> Change:
    return lambda data: row(data, key).pop(name)


def nested(depth: int) -> Plain:
    inner = TEST
    for _ in range(depth):
        inner = {"kind": "not", "item": inner}
    return inner


KEY = "is not a valid key. Use lowercase letters, digits, and _, starting with a letter."
KINDS = "goalposts, minmax, percentile, zscore, ordinal, threshold, rubric, piecewise_linear, target_band"


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (put("labor", weight="x"), "labor", "weight: 'x' is not of type number."),
        (put("labor", max_age="x"), "labor", "max_age: 'x' is not of type number or null."),
        (put("labor", weight=-1), "labor", "weight: -1 is too low; the minimum is 0."),
        (put("need", weight=1_000_001), "need", "weight: 1000001 is too high; the maximum is 1000000."),
        (put_model(rho=0), "", "rho: 0 is too low; the minimum is 0.001."),
        (put_model(rho=1), "", "rho: 1 is too high; the maximum is 0.99."),
        (put("labor", label=""), "labor", "label: '' has 0 characters; the limit is 1."),
        (put("labor", label="x" * 121), "labor", f"label: '{'x' * 56}... has 121 characters; the limit is 120."),
        (put_model(note="x" * 4001), "", f"note: '{'x' * 56}... has 4,001 characters; the limit is 4000."),
        (put("forms", anchors=["x"] * 6), "forms", "anchors: has 6 entries; the limit is 5."),
        (put("mandatory/prevalence", conditions=[]), "mandatory/prevalence",
         "conditions: has 0 entries; the limit is 1."),
        (put("tier", labels_missing={f"L{n}": "stale" for n in range(61)}), "tier",
         "labels_missing: has 61 entries; the limit is 60."),
        (put_method(facts=["labor"] * 51), "method/", "facts: has 51 entries; the limit is 50."),
        (put("labor", stage="none"), "labor", "stage: 'none' is not one of screen, full, shown."),
        (put("labor", stage="x" * 58), "labor", f"stage: '{'x' * 58}' is not one of screen, full, shown."),
        (put("labor", stage="x" * 59), "labor", f"stage: '{'x' * 56}... is not one of screen, full, shown."),
        (put("labor", function={"kind": "guess"}), "labor", f"function: the kind is not one of {KINDS}."),
        (put("labor", function="guess"), "labor", f"function: the kind is not one of {KINDS}."),
        (put("labor", function={"kind": "rubric", "lower": 0, "upper": 4}), "labor",
         "function: 'direction' is a required property."),
        (put("labor", function={**GOALPOSTS, "direction": 2}), "labor",
         "function / direction: 2 is not one of 1, -1."),
        (put("labor", function={**GOALPOSTS, "step": 2}), "labor",
         "function: Additional properties are not allowed ('step' was unexpected)."),
        (put("labor", key="L b"), "L b", f"key: 'L b' {KEY}"),
        (put("labor", key=7), "no. 1", "key: 7 is not of type string."),
        (lose("births", "key"), "no. 2", "'key' is a required property."),
        (lose("mandatory/commitment", "key"), "mandatory/no. 2", "'key' is a required property."),
        (hurdles(a={"kind": "all_of", "items": [TEST, {"kind": "not"}]}), "hurdles/a",
         "expression / items / 1: 'item' is a required property."),
        (rule(least=0), "rules/E1", "least: 0 is too low; the minimum is 1."),
        (put_method(rules=[{}]), "rules/no. 1", "'key' is a required property."),
        (put_method(choices=[{"key": "c", "label": "C", "options": []}]), "choices/c",
         "options: has 0 entries; the limit is 1."),
        (put_model(nodes="x"), "", "nodes: 'x' is not of type array."),
        (put_model(note={1}), "", "note: {1} is not of type string."),
        (put_model(**{"x" * 300: 1}), "", f"Additional properties are not allowed ('{'x' * 160}."),
    ],
)  # fmt: skip
def test_a_fault_of_the_schema_names_its_value_and_the_limit(change: Change, field: str, message: str) -> None:
    assert ("schema", field, message) in found(change)


@pytest.mark.parametrize(
    "change",
    [
        put("labor", weight=0),
        put("labor", weight=1_000_000),
        put("labor", label="x" * 120),
        put_model(note="x" * 4000),
        put("forms", anchors=["x"] * 5),
        put("labor", max_age=0.5),
        put("tier", labels_missing={f"L{n}": "stale" for n in range(60)}),
        hurdles(a=nested(9)),
        add("nodes", *(node(f"n{number}", "need") for number in range(97))),
        add("hurdles", *({"key": f"h{n}", "label": "H", "hurdle_kind": "advisory", "citation": "", "expression": TEST}
                         for n in range(50))),
        add("mandatory", *(gate(f"g{number}", ("tier", 1)) for number in range(18))),
        hurdles(total=TEST, labor=TEST, need=TEST),
        add("mandatory", gate("total", ("tier", 1)), gate("labor", ("tier", 1))),
    ],
)  # fmt: skip
def test_a_model_at_its_limits_has_no_fault(change: Change) -> None:
    assert found(change) == []


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        ("nodes", [node("n")] * 101, "The model has 101 nodes; the limit is 100."),
        ("criteria", [criterion("c", "need", GOALPOSTS)] * 501, "The model has 501 criteria; the limit is 500."),
        ("hurdles", ({},) * 51, "The model has 51 hurdles; the limit is 50."),
        ("mandatory", [1] * 1021, "The model has 1,021 mandatory; the limit is 20."),
    ],
)
def test_too_many_rows_are_the_only_fault(name: str, rows: Any, message: str) -> None:
    assert found(put_model(**{name: rows, "color": "red"})) == [("too_many", "", message)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put("labor", label="A\x00"), ("text", "labor", "label: the text has a character that cannot be stored. "
                                                        "Remove it.")),
        (put_model(**{"a\x07": 1}), ("text", "", "a name has a character that cannot be stored. Remove it.")),
        (put("labor", weight=math.nan), ("not_finite", "labor", "weight: nan is not a number. Enter a finite number.")),
        (put("labor", **{"x" * 130: math.inf}), ("not_finite", "labor",
                                                 f"{'x' * 120}: inf is not a number. Enter a finite number.")),
        (rule(within=10**15), ("number_too_long", "rules/E1",
                               "within: a number of more than 15 digits is too long.")),
        (hurdles(a=nested(30)), ("too_deep", "hurdles/a", "is nested more than 24 levels deep.")),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_stored_is_the_only_fault(change: Change, expected: tuple[str, str, str]) -> None:
    assert found(all_of(change, put("tier", stage="none"))) == [expected]


def test_at_most_fifty_faults_are_returned() -> None:
    assert MOST_FINDINGS == 50
    rows = [criterion(f"c{number}", "need", GOALPOSTS, stage="none") for number in range(60)]
    assert [field for _, field, _ in found(add("criteria", *rows))] == [f"c{number}" for number in range(50)]
    assert len(found(put_model(criteria=[{**one, "weight": math.nan} for one in rows]))) == 50
    assert len(found(add("criteria", *({**one, "stage": "full", "node": "luck"} for one in rows)))) == 50


# ---- keys and the tree ---------------------------------------------------------------------------------------------

LEAF = criterion("leaf", "need", GOALPOSTS)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (add("criteria", criterion("labor", "need", GOALPOSTS)), [("labor", 2)]),
        (add("criteria", *[criterion("will", "need", GOALPOSTS)] * 2), [("will", 3)]),
        (add("nodes", node("labor", "need")), [("labor", 2)]),
        (hurdles(a=TEST), []),
        (all_of(hurdles(a=TEST), hurdles(a=TEST)), [("hurdles/a", 2)]),
        (add("mandatory", gate("commitment", ("tier", 1))), [("mandatory/commitment", 2)]),
    ],
)
def test_a_key_is_used_once(change: Change, expected: list[tuple[str, int]]) -> None:
    assert found(change) == [
        ("duplicate_key", field, f"is the key of {count}. Keys must be unique.") for field, count in expected
    ]


@pytest.mark.parametrize("change", [put("births", key="total"), add("nodes", node("total", "need"))])
def test_the_key_of_the_whole_model_is_taken(change: Change) -> None:
    assert found(change) == [("duplicate_key", "total", "is the key of the whole model. Choose another.")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put("will", parent="luck"), [("unknown_parent", "will", "is under luck, which is not a node.")]),
        (put("will", parent="labor"), [("unknown_parent", "will", "is under labor, which is not a node.")]),
        (put("births", node="luck"), [("unknown_parent", "births", "is under luck, which is not a node.")]),
        (put("births", node=""), [("unknown_parent", "births", "is under nothing, which is not a node.")]),
        (put("births", node="labor"), [("unknown_parent", "births", "is under labor, which is not a node.")]),
        (
            put("will", parent="will"),
            [("node_cycle", "will", "is, through will, under itself. Choose another parent.")],
        ),
        (
            put("feasibility", parent="will"),
            [
                ("node_cycle", "feasibility", "is, through will, under itself. Choose another parent."),
                ("node_cycle", "will", "is, through feasibility, under itself. Choose another parent."),
            ],
        ),
        (
            all_of(put("feasibility", parent="will"), add("nodes", node("later", "will"))),
            [
                ("node_cycle", "feasibility", "is, through will, under itself. Choose another parent."),
                ("node_cycle", "will", "is, through feasibility, under itself. Choose another parent."),
            ],
        ),
        (
            all_of(put("need", parent="will"), put("feasibility", parent="need")),
            [
                ("node_cycle", "need", "is, through will, under itself. Choose another parent."),
                ("node_cycle", "feasibility", "is, through need, under itself. Choose another parent."),
                ("node_cycle", "will", "is, through feasibility, under itself. Choose another parent."),
            ],
        ),
        (add("nodes", node("later", "will"), node("last", "later")), []),
    ],
)
def test_every_row_is_under_a_node_and_no_node_under_itself(
    change: Change, expected: list[tuple[str, str, str]]
) -> None:
    assert found(change) == expected


# ---- places --------------------------------------------------------------------------------------------------------

ROWS: Plain = {
    "nodes": [{"key": "need"}, {"key": 5}, "x"],
    "criteria": [{"key": "a"}, {"key": "b" * 130}],
    "hurdles": [{"key": "poor"}, {}],
    "mandatory": [{"key": "will"}, {"key": "m" * 130}],
    "method": {"rules": [{"key": "E1"}, {}, 3], "choices": [{"key": "mean"}, {"key": "c" * 130}, {"key": None}]},
}


@pytest.mark.parametrize(
    ("path", "place", "inside"),
    [
        ([], "", []),
        (["title"], "", ["title"]),
        (["nodes"], "", ["nodes"]),
        (["nodes", "x", "y"], "", ["nodes", "x", "y"]),
        (["groups", 0, "y"], "", ["groups", "0", "y"]),
        (["nodes", 0], "need", []),
        (["nodes", 0, "label"], "need", ["label"]),
        (["nodes", 1, "key"], "no. 2", ["key"]),
        (["nodes", 2], "no. 3", []),
        (["criteria", 0, "function", "knots", 3], "a", ["function", "knots", "3"]),
        (["criteria", 1, "label"], "b" * 120, ["label"]),
        (["hurdles", 0, "expression"], "hurdles/poor", ["expression"]),
        (["hurdles", 1, "expression"], "hurdles/no. 2", ["expression"]),
        (["mandatory", 0, "conditions", 1], "mandatory/will", ["conditions", "1"]),
        (["mandatory", 1], "mandatory/" + "m" * 110, []),
        (["method"], "method/", []),
        (["method", "first"], "method/", ["first"]),
        (["method", "rules"], "method/", ["rules"]),
        (["method", "peers", 0], "method/", ["peers", "0"]),
        (["method", "rules", "x", "y"], "method/", ["rules", "x", "y"]),
        (["method", "rules", 0], "rules/E1", []),
        (["method", "rules", 0, "label"], "rules/E1", ["label"]),
        (["method", "rules", 1, "label"], "rules/no. 2", ["label"]),
        (["method", "rules", 2], "rules/no. 3", []),
        (["method", "choices", 0, "options", 1], "choices/mean", ["options", "1"]),
        (["method", "choices", 1, "label"], "choices/" + "c" * 112, ["label"]),
        (["method", "choices", 2], "choices/no. 3", []),
    ],
)
def test_a_path_leads_to_its_row(path: list[Any], place: str, inside: list[str]) -> None:
    assert location_of(ROWS, path) == (place, inside)
