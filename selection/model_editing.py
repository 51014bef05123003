"""Changes to a scoring model in table form. Pure: each takes plain data and gives new plain data.

A change names what it is about by key and raises `KeyError` where the model has no such thing any more.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

Plain = dict[str, Any]
Change = Callable[[Mapping[str, Any]], Plain]

LISTS = ("nodes", "criteria", "hurdles", "mandatory")


def _copy(data: Mapping[str, Any]) -> Plain:
    found = copy.deepcopy(dict(data))
    found.setdefault("mandatory", [])
    return {name: list(value) if name in LISTS else value for name, value in found.items()}


def _slim(data: Plain) -> Plain:
    if not data["mandatory"]:
        del data["mandatory"]
    return data


def _place(rows: list[Plain], key: str) -> int:
    for place, row in enumerate(rows):
        if row["key"] == key:
            return place
    raise KeyError(key)


def find(data: Mapping[str, Any], name: str, key: str) -> Plain:
    """One row of `name` (nodes, criteria, hurdles or mandatory) by its key."""
    rows: list[Plain] = list(data.get(name, ()))
    return rows[_place(rows, key)]


def with_settings(values: Mapping[str, Any]) -> Change:
    """Set what belongs to the whole: title, note, thresholds, draws."""

    def change(data: Mapping[str, Any]) -> Plain:
        return {**_copy(data), **values} if data.get("mandatory") else _slim({**_copy(data), **values})

    return change


def with_row(name: str, key: str, row: Mapping[str, Any]) -> Change:
    """Put `row` in the place of the one with `key`, or behind the others where `key` is empty."""

    def change(data: Mapping[str, Any]) -> Plain:
        found = _copy(data)
        if key:
            found[name][_place(found[name], key)] = dict(row)
        else:
            found[name].append(dict(row))
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
    """Take a row out. What stood below a node goes with it."""

    def change(data: Mapping[str, Any]) -> Plain:
        found = _copy(data)
        _place(found[name], key)
        gone = below(found, key) if name == "nodes" else {key}
        found[name] = [row for row in found[name] if row["key"] not in gone]
        if name == "nodes":
            found["criteria"] = [row for row in found["criteria"] if row["node"] not in gone]
        return _slim(found)

    return change


def below(data: Mapping[str, Any], key: str) -> set[str]:
    """A node with every node under it, by key."""
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
        here = _place(rows, key)
        siblings = [place for place, row in enumerate(rows) if row[above] == rows[here][above]]
        there = siblings.index(here) + by
        if 0 <= there < len(siblings):
            other = siblings[there]
            rows[here], rows[other] = rows[other], rows[here]
        return _slim(found)

    return change
