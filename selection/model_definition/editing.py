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


def _change(put: Callable[[Plain], None]) -> Change:
    def change(data: Mapping[str, Any]) -> Plain:
        edited = copy.deepcopy(dict(data))
        for name in LISTS:
            edited[name] = list(edited.get(name, ()))
        put(edited)
        if not edited["mandatory"]:  # a table without statutory criteria does not name the list
            del edited["mandatory"]
        return edited

    return change


def _rows(data: Mapping[str, Any], name: str) -> list[Plain]:
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

    def put(data: Plain) -> None:
        lists = {name: rows for name, rows in data["method"].items() if name in OF_METHOD}
        data.update(method={**method, **lists}, **beside)

    return _change(put)


def with_estimate(key: str, estimate: Mapping[str, Any] | None) -> Change:
    """Set how a criterion's best estimates are made; None: its values count as published."""

    def put(data: Plain) -> None:
        row = data["criteria"][_index_of(data["criteria"], key)]
        row.pop("estimate", None)
        if estimate is not None:
            row["estimate"] = dict(estimate)

    return _change(put)


def with_settings(values: Mapping[str, Any]) -> Change:
    return _change(lambda data: data.update(values))


def with_row(name: str, key: str, row: Mapping[str, Any]) -> Change:
    """Replace the row with `key` by `row`, or append `row` if `key` is empty."""

    def put(data: Plain) -> None:
        rows = _rows(data, name)
        if key:
            rows[_index_of(rows, key)] = dict(row)
        else:
            rows.append(dict(row))

    return _change(put)


def with_weights(weights: Mapping[str, float | int | None]) -> Change:

    def put(data: Plain) -> None:
        rows = {row["key"]: row for name in ("nodes", "criteria") for row in data[name]}
        for key, weight in weights.items():
            rows[key]["weight"] = weight

    return _change(put)


def without_row(name: str, key: str) -> Change:
    """Remove a row. Removing a node also removes every row below it."""

    def put(data: Plain) -> None:
        rows = _rows(data, name)
        _index_of(rows, key)  # raises `KeyError` if the row is gone
        removed = below(data, key) if name == "nodes" else {key}
        rows[:] = [row for row in rows if row["key"] not in removed]
        if name == "nodes":
            data["criteria"] = [row for row in data["criteria"] if row["node"] not in removed]

    return _change(put)


def below(data: Mapping[str, Any], key: str) -> set[str]:
    """Return the keys of a node and of every node below it."""
    keys = {key}
    while more := {row["key"] for row in data["nodes"] if row["parent"] in keys} - keys:
        keys |= more
    return keys


def with_row_moved(name: str, key: str, by: int) -> Change:
    """Move a node or criterion up (`by` -1) or down (1) among its siblings; at the end it stays."""
    above = {"nodes": "parent", "criteria": "node"}[name]

    def put(data: Plain) -> None:
        rows = data[name]
        here = _index_of(rows, key)
        siblings = [index for index, row in enumerate(rows) if row[above] == rows[here][above]]
        there = siblings.index(here) + by
        if 0 <= there < len(siblings):
            other = siblings[there]
            rows[here], rows[other] = rows[other], rows[here]

    return _change(put)
