"""Changes to a scoring model in table form. Pure: each takes plain data and returns new plain data.

A change refers to its node or row by key and raises `KeyError` if the model no longer has it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

Plain = dict[str, Any]
Change = Callable[[Mapping[str, Any]], Plain]

LISTS = ("nodes", "criteria", "hurdles", "mandatory")
OF_METHOD = ("rules", "choices")
"""Lists held inside the method."""


def _copy(data: Mapping[str, Any]) -> Plain:
    found = copy.deepcopy(dict(data))
    found.setdefault("mandatory", [])
    return {name: list(value) if name in LISTS else value for name, value in found.items()}


def _slim(data: Plain) -> Plain:
    if not data["mandatory"]:
        del data["mandatory"]
    return data


def _rows(data: Mapping[str, Any], name: str) -> list[Plain]:
    """Return the rows of a list of the table or its method."""
    rows: list[Plain] = data["method"].setdefault(name, []) if name in OF_METHOD else data[name]
    return rows


def _index_of(rows: list[Plain], key: str) -> int:
    for index, row in enumerate(rows):
        if row["key"] == key:
            return index
    raise KeyError(key)


def find(data: Mapping[str, Any], name: str, key: str) -> Plain:
    """Return one row of `name` (nodes, criteria, hurdles, mandatory, or rules and choices of the method) by its key."""
    held = data["method"] if name in OF_METHOD else data
    rows: list[Plain] = list(held.get(name, ()))
    return rows[_index_of(rows, key)]


def short(values: Mapping[str, Any], usual: Mapping[str, Any], before: Mapping[str, Any]) -> Plain:
    """Remove fields that have their default value and were absent before, so that a no-op edit changes nothing."""
    return {
        name: value for name, value in values.items() if name in before or name not in usual or value != usual[name]
    }


def with_method(method: Mapping[str, Any], **beside: Any) -> Change:
    """Replace the settings of the method, but not its rules and choices. `beside` holds settings of the table."""

    def change(data: Mapping[str, Any]) -> Plain:
        found = _copy(data)
        lists = {name: rows for name, rows in found["method"].items() if name in OF_METHOD}
        found["method"] = {**method, **lists}
        return _slim({**found, **beside})

    return change


def with_estimate(key: str, estimate: Mapping[str, Any] | None) -> Change:
    """Set how a criterion's best estimates are made; None: its values count as published."""

    def change(data: Mapping[str, Any]) -> Plain:
        found = _copy(data)
        row = found["criteria"][_index_of(found["criteria"], key)]
        row.pop("estimate", None)
        if estimate is not None:
            row["estimate"] = dict(estimate)
        return _slim(found)

    return change


def with_settings(values: Mapping[str, Any]) -> Change:
    """Set the settings of the whole model: title, note, thresholds, draws."""

    def change(data: Mapping[str, Any]) -> Plain:
        return {**_copy(data), **values} if data.get("mandatory") else _slim({**_copy(data), **values})

    return change


def with_row(name: str, key: str, row: Mapping[str, Any]) -> Change:
    """Replace the row with `key` by `row`, or append `row` if `key` is empty."""

    def change(data: Mapping[str, Any]) -> Plain:
        found = _copy(data)
        rows = _rows(found, name)
        if key:
            rows[_index_of(rows, key)] = dict(row)
        else:
            rows.append(dict(row))
        return _slim(found)

    return change


def with_weights(weights: Mapping[str, float | int | None]) -> Change:
    """Set the points of several nodes and criteria by key."""

    def change(data: Mapping[str, Any]) -> Plain:
        found = _copy(data)
        rows = {row["key"]: row for name in ("nodes", "criteria") for row in found[name]}
        for key, weight in weights.items():
            rows[key]["weight"] = weight
        return _slim(found)

    return change


def without_row(name: str, key: str) -> Change:
    """Remove a row. Removing a node also removes every row below it."""

    def change(data: Mapping[str, Any]) -> Plain:
        found = _copy(data)
        rows = _rows(found, name)
        _index_of(rows, key)
        gone = below(found, key) if name == "nodes" else {key}
        rows[:] = [row for row in rows if row["key"] not in gone]
        if name == "nodes":
            found["criteria"] = [row for row in found["criteria"] if row["node"] not in gone]
        return _slim(found)

    return change


def below(data: Mapping[str, Any], key: str) -> set[str]:
    """Return the keys of a node and of every node below it."""
    found = {key}
    while more := {row["key"] for row in data["nodes"] if row["parent"] in found} - found:
        found |= more
    return found


def moved(name: str, key: str, by: int) -> Change:
    """Move a node or criterion up (`by` -1) or down (1) among its siblings; at the end it stays."""
    above = {"nodes": "parent", "criteria": "node"}[name]

    def change(data: Mapping[str, Any]) -> Plain:
        found = _copy(data)
        rows = found[name]
        here = _index_of(rows, key)
        siblings = [index for index, row in enumerate(rows) if row[above] == rows[here][above]]
        there = siblings.index(here) + by
        if 0 <= there < len(siblings):
            other = siblings[there]
            rows[here], rows[other] = rows[other], rows[here]
        return _slim(found)

    return change
