"""What two versions of a scoring model differ in, place by place. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from selection.model_table import ModelTable

WORDS: Mapping[str, str] = {
    "label": "Label",
    "parent": "Stands under",
    "node": "Stands under",
    "weight": "Weight, points",
    "share": "Share of the whole",
    "required": "Required",
    "reason": "Reason",
    "factor": "Factor",
    "stage": "Stage",
    "indicator": "Indicator",
    "series": "Series",
    "period": "Period",
    "max_age": "Oldest value, years",
    "absent": "Where nothing is reported",
    "labels_missing": "Labels that are no value",
    "missing": "Where a value is missing",
    "function": "Value function",
    "anchors": "Anchors",
    "title": "Title",
    "note": "Note",
    "illustrative": "Illustrative",
    "root_tau": "Known share asked of the whole",
    "node_tau": "Known share asked of a node",
    "rho": "Spread of the weights in the draws",
    "draws": "Draws",
    "not_candidates": "No candidates",
    "listing": "Listing",
    "hurdle_kind": "Kind",
    "citation": "Citation",
    "expression": "Rule",
    "needs": "Conditions that must hold",
    "conditions": "Conditions",
}
_SETTINGS = ("title", "note", "illustrative", "root_tau", "node_tau", "rho", "draws", "not_candidates", "listing")


@dataclass(frozen=True, slots=True)
class Field:
    """One field that differs, both sides in words; empty where that side lacks it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place that differs. `what` is Model, Node, Criterion, Hurdle or Statute; `how` added, removed or changed."""

    what: str
    key: str
    label: str
    how: str
    fields: tuple[Field, ...]


def differences(before: ModelTable, after: ModelTable) -> list[Place]:
    """What differs, the whole first, then place by place in the order of the newer version."""
    one, other = before.to_dict(), after.to_dict()
    found = []
    if fields := tuple(_fields(one, other, _SETTINGS)):
        found.append(Place("Model", "", after.title, "changed", fields))
    shares = (before.weights(), after.weights())
    for name, what in (("nodes", "Node"), ("criteria", "Criterion"), ("hurdles", "Hurdle"), ("mandatory", "Statute")):
        rows = ({row["key"]: row for row in one.get(name, ())}, {row["key"]: row for row in other.get(name, ())})
        found += _rows(what, rows, shares if name == "criteria" else ({}, {}))
    return found


_Rows = tuple[Mapping[str, Mapping[str, Any]], Mapping[str, Mapping[str, Any]]]
_Shares = tuple[Mapping[str, float], Mapping[str, float]]


def _rows(what: str, rows: _Rows, shares: _Shares) -> Iterator[Place]:
    before, after = rows
    for key, row in after.items():
        former = before.get(key)
        if former is None:
            yield Place(what, key, row["label"], "added", tuple(_fields({}, row, row)))
            continue
        fields = [*_fields(former, row, dict.fromkeys([*former, *row]))]
        one, other = (round(100 * side.get(key, 0.0), 1) for side in shares)
        if one != other:
            fields.append(Field("Share of the whole", f"{one:.1f}%", f"{other:.1f}%"))
        if fields:
            yield Place(what, key, row["label"], "changed", tuple(fields))
    for key, row in before.items():
        if key not in after:
            yield Place(what, key, row["label"], "removed", ())


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], names: Any) -> Iterator[Field]:
    for name in names:
        one, other = before.get(name), after.get(name)
        if name != "key" and _plain(one) != _plain(other):
            yield Field(WORDS.get(name, name), said(name, one), said(name, other))


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value)) if value not in (None, "", (), [], {}) else None


def said(name: str, value: Any) -> str:
    """A value of a model in words."""
    if value in (None, "", (), [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:g}"
    if name == "function":
        return function_in_words(value)
    if name == "anchors":
        return "; ".join(f"{step}: {text}" for step, text in enumerate(value))
    if name == "conditions":
        return "; ".join(f"{row['criterion']} at {row['at_least']:g} of 1 or more" for row in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {said(key, item)}" for key, item in value.items() if item not in (None, "", [], ()))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def function_in_words(function: Mapping[str, Any]) -> str:
    """A value function with its parameters."""
    kind = str(function["kind"]).replace("_", " ")
    rest = []
    for name, value in function.items():
        if name in ("kind", "reason") or value in (None, False, ""):
            continue
        if name == "direction":
            rest.append("more is better" if value > 0 else "less is better")
        elif name in ("table", "knots"):
            rest.append(", ".join(f"{one}: {other:g}" for one, other in value))
        else:
            rest.append(f"{name.replace('_', ' ')} {value if isinstance(value, str) else format(value, 'g')}")
    return f"{kind}, {', '.join(rest)}" if rest else kind
