"""Plain data of dataclasses: what is written, what is read back, and what is refused with its place."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

import pytest

from selection.scoring.canonical_json import OMIT_DEFAULT, PlainDataError, canonical_json, decode, encode, sha256_of


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Leaf:
    kind: ClassVar[str] = "leaf"
    key: str
    weight: float = 1.0


@dataclass(frozen=True)
class Branch:
    kind: ClassVar[str] = "branch"
    key: str
    children: tuple[Branch | Leaf, ...] = ()
    ends: tuple[float, float] | None = None
    color: Color = Color.RED
    count: int = 0
    is_open: bool = False
    note: str = field(default="", metadata=OMIT_DEFAULT)


TREE = Branch("root", (Leaf("a", 2.0), Branch("b", ends=(0.5, 1.0), color=Color.BLUE, count=3, is_open=True, note="N")))
PLAIN: dict[str, Any] = {
    "kind": "branch",
    "key": "root",
    "children": [
        {"kind": "leaf", "key": "a", "weight": 2.0},
        {
            "kind": "branch",
            "key": "b",
            "children": [],
            "ends": [0.5, 1.0],
            "color": "blue",
            "count": 3,
            "is_open": True,
            "note": "N",
        },
    ],
    "ends": None,
    "color": "red",
    "count": 0,
    "is_open": False,
}


def test_a_tree_is_written_and_read_back() -> None:
    assert encode(TREE) == PLAIN
    assert decode(Branch, PLAIN) == TREE
    assert decode(Branch, {"key": "root"}) == Branch("root")


@pytest.mark.parametrize(
    ("wanted", "data", "value"),
    [
        (int, 3, 3),
        (float, 3, 3.0),
        (float, 0.5, 0.5),
        (str, "a", "a"),
        (bool, True, True),
        (Color, "blue", Color.BLUE),
        (float | None, None, None),
        (float | None, 2, 2.0),
        (tuple[int, ...], [1, 2], (1, 2)),
        (tuple[int, ...], (), ()),
        (tuple[str, float], ["a", 1], ("a", 1.0)),
    ],
)
def test_a_value_of_its_type_is_read(wanted: Any, data: Any, value: Any) -> None:
    found = decode(wanted, data)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("wanted", "data", "message"),
    [
        (int, True, "expected int, got True"),
        (int, 1.5, "expected int, got 1.5"),
        (int, "1", "expected int, got '1'"),
        (float, True, "expected float, got True"),
        (float, "1", "expected float, got '1'"),
        (str, 1, "expected str, got 1"),
        (bool, 1, "expected bool, got 1"),
        (float, None, "expected float, got None"),
        (Color, "green", "'green' is not one of red, blue"),
        (float | None, "1", "expected float, got '1'"),
        (tuple[int, ...], 1, "expected a list, got 1"),
        (tuple[str, float], ["a"], "expected 2 items, got 1"),
        (tuple[str, float], ["a", 1, 2], "expected 2 items, got 3"),
        (Leaf, [], "expected an object, got \\[\\]"),
        (Leaf, {"key": "a", "size": 1, "color": 2}, "unknown field color, size; known are key, weight"),
        (Leaf, {"weight": 1}, "missing field key"),
        (Branch | Leaf, {"key": "a"}, "kind is None; use one of branch, leaf"),
        (Branch | Leaf, {"kind": "tree"}, "kind is 'tree'; use one of branch, leaf"),
        (Branch | Leaf, 5, "kind is None; use one of branch, leaf"),
    ],
)
def test_a_value_of_another_type_is_refused(wanted: Any, data: Any, message: str) -> None:
    with pytest.raises(PlainDataError, match=f": {message}$"):
        decode(wanted, data)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"count": "x"}, "root.count"),
        ({"ends": [0, "x"]}, r"root.ends\[1\]"),
        ({"ends": [0]}, "root.ends"),
        ({"children": [{"kind": "leaf", "key": "a", "weight": "x"}]}, r"root.children\[0\].a.weight"),
        ({"children": [{"kind": "leaf", "key": "a"}, {"kind": "x"}]}, r"root.children\[1\]"),
    ],
)
def test_a_fault_names_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(PlainDataError, match=rf"{place}: "):
        decode(Branch, {"key": "root", **change})


def test_what_contains_itself_is_refused_and_the_same_twice_is_not() -> None:
    data: dict[str, Any] = {"kind": "branch", "key": "a", "children": []}
    leaf = {"kind": "leaf", "key": "b"}
    data["children"] += [leaf, leaf]
    assert decode(Branch, data) == Branch("a", (Leaf("b"), Leaf("b")))
    data["children"].append(data)
    with pytest.raises(PlainDataError, match="contains itself"):
        decode(Branch, data)


def test_canonical_json_is_short_sorted_and_finite() -> None:
    data = {"b": [1, 2.5, None, True], "a": "é"}
    assert canonical_json(data) == '{"a":"é","b":[1,2.5,null,true]}'
    assert sha256_of({"b": 1, "a": 2}) == sha256_of({"a": 2, "b": 1}) != sha256_of({"a": 2, "b": 2})
    assert sha256_of([]) == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json([math.nan])
