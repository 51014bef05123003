"""Structural checks that plain data is a scoring model: its schema, unique keys, and a tree. Pure.

A finding's `field` identifies a node or row as in `selection.model_definition.rules`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from cpc.findings import Finding, Severity
from selection.model_definition.editing import LISTS, OF_METHOD
from selection.model_definition.model_json import schema, unkept

MOST_FINDINGS = 50


def error(code: str, message: str, location: str = "") -> Finding:
    return Finding(code, Severity.ERROR, message, location)


def warning(code: str, message: str, location: str = "") -> Finding:
    return Finding(code, Severity.WARNING, message, location)


def faults(data: Mapping[str, Any]) -> list[Finding]:
    """Return the errors that prevent plain data from being read as a model.

    Each check runs only if the previous ones found no error.
    """
    for test in (_too_many, _unkept, _by_schema, _by_keys):
        if findings := list(islice(test(data), MOST_FINDINGS)):
            return findings
    return []


def _too_many(data: Mapping[str, Any]) -> Iterator[Finding]:
    # Checked before the schema validates each row, so that an endless list is rejected at once.
    for name in LISTS:
        rows, most = data.get(name), schema()["properties"][name]["maxItems"]
        if isinstance(rows, list | tuple) and len(rows) > most:
            yield error("too_many", f"The model has {len(rows):,} {name}; the limit is {most}.")


def _unkept(data: Mapping[str, Any]) -> Iterator[Finding]:
    for code, message, path in unkept(data):
        location, inside = location_of(data, path)
        yield error(code, message if code == "too_deep" else _at(inside, message), location)


def _at(inside: Sequence[str], message: str) -> str:
    return f"{' / '.join(inside)[:120]}: {message}" if inside else message


# ---- the schema ----------------------------------------------------------------------------------------------------


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _by_schema(data: Mapping[str, Any]) -> Iterable[Finding]:
    try:
        text = json.dumps(data)
    except (TypeError, ValueError):
        return _compared(data)
    return _compared_before(text)


@lru_cache(maxsize=32)
def _compared_before(text: str) -> tuple[Finding, ...]:
    """Return the first findings about a model as JSON, cached: pages request the same model many times."""
    return tuple(islice(_compared(json.loads(text)), MOST_FINDINGS))


def _compared(data: Mapping[str, Any]) -> Iterator[Finding]:
    for fault in _validator().iter_errors(data):
        inner = _named_kind(fault)
        location, inside = location_of(data, list(inner.absolute_path))
        yield error("schema", _at(inside, _message(inner)), location)


def _named_kind(fault: ValidationError) -> ValidationError:
    """Return the error for the kind that the data names, where the schema allows several kinds."""
    while fault.validator == "oneOf":
        kind = fault.instance.get("kind") if isinstance(fault.instance, dict) else None
        branches = _kinds(fault)
        inner = [one for one in fault.context or () if branches[int(one.schema_path[0])] == kind]
        if not inner:
            return fault
        fault = inner[0]
    return fault


def _kinds(fault: ValidationError) -> list[str]:
    choices: Any = fault.validator_value
    return [branch["properties"]["kind"]["const"] for branch in choices]


def _message(fault: ValidationError) -> str:
    wanted: Any = fault.validator_value
    given: Any = fault.instance
    value = repr(given)
    shown = value if len(value) <= 60 else f"{value[:57]}..."
    match fault.validator:
        case "additionalProperties" | "required":
            return f"{fault.message[:200]}."
        case "maxItems" | "minItems" | "maxProperties":
            return f"has {len(given):,} entries; the limit is {wanted}."
        case "maxLength" | "minLength":
            return f"{shown} has {len(given):,} characters; the limit is {wanted}."
        case "enum":
            return f"{shown} is not one of {', '.join(map(str, wanted))}."
        case "oneOf":
            return f"the kind is not one of {', '.join(_kinds(fault))}."
        case "type":
            return f"{shown} is not of type {wanted if isinstance(wanted, str) else ' or '.join(wanted)}."
        case "pattern":
            return f"{shown} is not a valid key. Use lowercase letters, digits, and _, starting with a letter."
        case "minimum" | "exclusiveMinimum":
            return f"{shown} is too low; the minimum is {wanted}."
        case "maximum" | "exclusiveMaximum":
            return f"{shown} is too high; the maximum is {wanted}."
        case _:
            return f"{shown} is not allowed: {fault.validator} {wanted}."


def location_of(data: Mapping[str, Any], path: Sequence[Any]) -> tuple[str, list[str]]:
    """Return the node or row that a path in the plain data belongs to, and the rest of the path."""
    in_method = bool(path) and path[0] == "method"
    lists, inside = (OF_METHOD, path[1:]) if in_method else (LISTS, path)
    if len(inside) < 2 or inside[0] not in lists or not isinstance(inside[1], int):
        return "method/" if in_method else "", [str(part) for part in inside]
    name, index, *rest = inside
    row = (data["method"] if in_method else data)[name][index]
    key = row.get("key") if isinstance(row, dict) and isinstance(row.get("key"), str) else f"no. {index + 1}"
    location = str(key) if name in ("nodes", "criteria") else f"{name}/{key}"
    return location[:120], [str(part) for part in rest]


# ---- keys and the tree ---------------------------------------------------------------------------------------------


def _by_keys(data: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _keys_once(data)
    yield from _parents(data)


def _keys_once(data: Mapping[str, Any]) -> Iterator[Finding]:
    for names, prefix in ((("nodes", "criteria"), ""), (("hurdles",), "hurdles/"), (("mandatory",), "mandatory/")):
        counts = Counter(row["key"] for name in names for row in data.get(name, ()))
        for key, count in counts.items():
            if count > 1:
                yield error("duplicate_key", f"is the key of {count}. Keys must be unique.", f"{prefix}{key}")
            elif key == "total" and not prefix:
                yield error("duplicate_key", "is the key of the whole model. Choose another.", key)


def _parents(data: Mapping[str, Any]) -> Iterator[Finding]:
    parents = {row["key"]: row["parent"] for row in data["nodes"]}
    for key, parent in parents.items():
        if parent and parent not in parents:
            yield error("unknown_parent", f"is under {parent}, which is not a node.", key)
        if _runs_in_circle(key, parents):
            yield error("node_cycle", f"is, through {parent}, under itself. Choose another parent.", key)
    for row in data["criteria"]:
        if row["node"] not in parents:
            yield error("unknown_parent", f"is under {row['node'] or 'nothing'}, which is not a node.", row["key"])


def _runs_in_circle(key: str, parents: Mapping[str, str]) -> bool:
    seen, at = {key}, parents.get(key, "")
    while at:
        if at == key:
            return True
        if at in seen:
            return False  # a cycle further up, which is reported for its own nodes
        seen.add(at)
        at = parents.get(at, "")
    return False
