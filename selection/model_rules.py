"""What is wrong with a scoring model in table form: findings that name the node and the remedy. Pure.

`parsed` reads text as JSON and nothing more; `check` asks the schema first, then the rules of the table, then the
engine. A finding's `field` is the place: the key of a node or criterion, `hurdles/KEY`, `mandatory/KEY`, or empty for
the whole.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator, ValidationError

from cpc.findings import Finding, Severity
from selection.model_table import CriterionRow, ModelTable, Stage
from selection.scoring import PlainDataError, validate
from selection.scoring.values import EVERY_COUNTRY

SCHEMA = Path(__file__).resolve().parent / "reference" / "model.schema.json"
MOST_BYTES = 1024 * 1024
MOST_FINDINGS = 50
STEPS = 5
"""The steps of a rubric: 0 to 4."""

GROUPINGS = ("income_group",)
"""By what countries are grouped in a snapshot."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What the rules ask of an indicator: its labels, none where its values are numbers."""

    labels: tuple[str, ...] = ()


Measures = Mapping[str, Measure]
"""Indicators by code."""


def _error(code: str, message: str, place: str = "") -> Finding:
    return Finding(code, Severity.ERROR, message, place)


def _warning(code: str, message: str, place: str = "") -> Finding:
    return Finding(code, Severity.WARNING, message, place)


# ---- reading -------------------------------------------------------------------------------------------------------


class ModelTextError(ValueError):
    """A text is no model; `finding` says why."""

    def __init__(self, code: str, message: str) -> None:
        """Keep what to say."""
        super().__init__(message)
        self.finding = _error(code, message)


def parsed(text: bytes) -> dict[str, Any]:
    """JSON text as plain data.

    Raises `ModelTextError` where it is too long, no UTF-8, no JSON, nested without end, no object, or where it holds a
    key twice or a number that is none.
    """
    if len(text) > MOST_BYTES:
        raise ModelTextError("too_large", f"It has {len(text):,} bytes; a model has at most {MOST_BYTES:,}.")
    try:
        data = json.loads(text.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise ModelTextError("not_json", f"Byte {error.start + 1:,} is no text in UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ModelTextError("not_json", f"It is no JSON: {error.msg} ({where}).") from error
    except RecursionError as error:
        raise ModelTextError("too_deep", "It is nested without end.") from error
    if not isinstance(data, dict):
        raise ModelTextError("not_json", "A model is a JSON object.")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ModelTextError("duplicate_name", f"An object has the name “{name[:60]}” twice; keep one.")
    return found


def _no_number(text: str) -> NoReturn:
    raise ModelTextError("not_finite", f"{text} is no number; give a finite one.")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a model."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


# ---- checking ------------------------------------------------------------------------------------------------------


def check(data: Mapping[str, Any], measures: Measures) -> list[Finding]:
    """All findings, errors and warnings. With none of severity error the model can be published and scored."""
    if (size := _too_many(data)) is not None:
        return [size]
    found = [_by_schema(data, error) for error in islice(_VALIDATOR().iter_errors(data), MOST_FINDINGS)]
    found += [finding for rule in _PLAIN for finding in rule(data)] if not found else []
    if found:
        return found
    try:
        table = ModelTable.from_dict(data)
    except (TypeError, ValueError) as error:
        return [_error("unreadable", f"{error}.")]
    found = [finding for rule in _RULES for finding in rule(table, measures)]
    return (found + _by_engine(table))[:MOST_FINDINGS]


def _too_many(data: Mapping[str, Any]) -> Finding | None:
    # Asked before the schema looks at each of them: a list without end is refused at once.
    for name in ("nodes", "criteria", "hurdles", "mandatory"):
        rows, most = data.get(name), schema()["properties"][name]["maxItems"]
        if isinstance(rows, list) and len(rows) > most:
            return _error("too_many", f"The model has {len(rows):,} {name}; the limit is {most}.")
    return None


@cache
def _VALIDATOR() -> Draft202012Validator:  # noqa: N802  # a constant that is made when it is first asked for
    return Draft202012Validator(schema())


def _by_schema(data: Mapping[str, Any], error: ValidationError) -> Finding:
    path = list(error.absolute_path)
    place, inside = place_of(data, path)
    # In a choice of kinds the fault that counts is the one in the kind that was named.
    if error.validator == "oneOf":
        error = _named_kind(error)
        inside = [str(part) for part in error.absolute_path][2:] if len(error.absolute_path) > 2 else inside
    at = f" ({' / '.join(inside)})" if inside else ""
    return _error("schema", f"{_said(error)}{at}", place)


def _named_kind(error: ValidationError) -> ValidationError:
    kind = error.instance.get("kind") if isinstance(error.instance, dict) else None
    for one in error.context or ():
        if one.parent is not None and list(one.schema_path)[1:3] != ["properties", "kind"]:
            kinds: Any = error.schema
            branch = kinds["oneOf"][one.schema_path[0]]
            if branch["properties"]["kind"]["const"] == kind:
                return one
    return error


def _said(error: ValidationError) -> str:
    instance: Any = error.instance
    asked: Any = error.validator_value
    value = repr(instance)
    shown = value if len(value) <= 60 else f"{value[:57]}..."
    match error.validator:
        case "additionalProperties" | "required" | "dependentRequired":
            return f"{error.message[:200]}."
        case "maxItems" | "minItems" | "maxProperties":
            return f"has {len(instance):,} entries; the limit is {asked}."
        case "enum":
            return f"{shown} is none of {', '.join(map(str, asked))}."
        case "oneOf":
            return "its kind is not known, or its parts do not belong to that kind."
        case "type":
            return f"{shown} is not of type {asked}."
        case "pattern":
            return f"{shown} is no key: lower-case letters, digits and _, a letter first."
        case "minimum" | "exclusiveMinimum":
            return f"{shown} is too low; the least is {asked}."
        case "maximum" | "exclusiveMaximum":
            return f"{shown} is too high; the most is {asked}."
        case _:
            return f"{shown} is not taken: {error.validator} {asked}."


def place_of(data: Mapping[str, Any], path: Sequence[Any]) -> tuple[str, list[str]]:
    """The place that a path in the plain data belongs to, and what is left of the path inside it."""
    if len(path) < 2 or path[0] not in ("nodes", "criteria", "hurdles", "mandatory"):
        return "", [str(part) for part in path]
    row = data[path[0]][path[1]]
    key = row.get("key") if isinstance(row, dict) and isinstance(row.get("key"), str) else f"no. {path[1] + 1}"
    place = f"{path[0]}/{key}" if path[0] in ("hurdles", "mandatory") else str(key)
    return place[:120], [str(part) for part in path[2:]]


def _keys_once(data: Mapping[str, Any]) -> Iterator[Finding]:
    for names, what in ((("nodes", "criteria"), "A node or criterion"), (("hurdles",), "A hurdle")):
        counts = Counter(row["key"] for name in names for row in data[name])
        for key, count in counts.items():
            if count > 1:
                yield _error("duplicate_key", f"{what} has the key {key} {count} times; keys are unique.", key)
    if any(row["key"] == "total" for name in ("nodes", "criteria") for row in data[name]):
        yield _error("duplicate_key", "The key total is that of the whole; take another.", "total")


def _parents(data: Mapping[str, Any]) -> Iterator[Finding]:
    parents = {row["key"]: row["parent"] for row in data["nodes"]}
    for key, parent in parents.items():
        if parent and parent not in parents:
            yield _error("unknown_parent", f"stands under {parent}, which is no node.", key)
        if _runs_in_circle(key, parents):
            yield _error("node_cycle", f"stands, through {parent}, under itself; give it another parent.", key)
    for row in data["criteria"]:
        if row["node"] not in parents:
            yield _error("unknown_parent", f"stands under {row['node'] or 'nothing'}, which is no node.", row["key"])


def _runs_in_circle(key: str, parents: Mapping[str, str]) -> bool:
    seen, at = {key}, parents.get(key, "")
    while at:
        if at == key:
            return True
        if at in seen:
            return False  # a circle further up, which is said of its own nodes
        seen.add(at)
        at = parents.get(at, "")
    return False


def _finite(data: Mapping[str, Any]) -> Iterator[Finding]:
    # Data that was made in the program, and not read from text, may hold what JSON does not know.
    for name in ("nodes", "criteria"):
        for row in data[name]:
            if not math.isfinite(row["weight"]):
                yield _error("weight_not_finite", f"the weight is {row['weight']}; give a finite number.", row["key"])


_PLAIN: tuple[Callable[[Mapping[str, Any]], Iterator[Finding]], ...] = (_finite, _keys_once, _parents)


# ---- rules of the table --------------------------------------------------------------------------------------------


def _indicators(table: ModelTable, measures: Measures) -> Iterator[Finding]:
    if table.listing["indicator"] not in measures:
        yield _error("unknown_indicator", f"The list rests on {table.listing['indicator']}, which no source publishes.")
    for row in table.criteria:
        if row.indicator and row.indicator not in measures:
            message = f"reads the indicator {row.indicator}, which no source publishes."
            yield _error("unknown_indicator", message, row.key)
        elif not row.indicator and row.function["kind"] != "rubric":
            yield _error("no_indicator", "has no indicator; name one, or rate it by a rubric.", row.key)
        elif row.stage != "full" and not row.indicator:
            yield _error("stage", "is rated by people, so it belongs to the full score.", row.key)
        elif row.stage == "shown" and row.weight:
            yield _error("stage", "is shown and not counted, so its weight is 0.", row.key)


def _labels(table: ModelTable, measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        measure = measures.get(row.indicator)
        if measure is None:
            continue
        if bool(measure.labels) != row.is_ordinal:
            kind = "labels; use a table" if measure.labels else "numbers; use another function than a table"
            yield _error("function_kind", f"{row.indicator} gives {kind}.", row.key)
        elif row.is_ordinal:
            yield from _label_faults(row, measure)


def _label_faults(row: CriterionRow, measure: Measure) -> Iterator[Finding]:
    told = {label for label, _ in row.function["table"]} | set(row.labels_missing)
    if left := [label for label in measure.labels if label not in told]:
        message = f"the table misses {', '.join(left)}. Give each label a value, or say that it is none."
        yield _error("label_missed", message, row.key)
    if odd := sorted(told - set(measure.labels)):
        yield _error("label_unknown", f"{row.indicator} knows no label {', '.join(odd)}.", row.key)
    if both := sorted({label for label, _ in row.function["table"]} & set(row.labels_missing)):
        yield _error("label_twice", f"{', '.join(both)} has a value and is said to be none.", row.key)


def _pools(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        pool = row.function.get("pool", EVERY_COUNTRY)
        if pool != EVERY_COUNTRY:
            message = f"compares within the pool {pool!r}; the only pool is {EVERY_COUNTRY}."
            yield _error("unknown_pool", message, row.key)
        if (group := row.function.get("peer_median")) and group not in GROUPINGS:
            yield _error("unknown_grouping", f"knows no grouping {group!r}; use {', '.join(GROUPINGS)}.", row.key)


def _anchors(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        given = [anchor for anchor in row.anchors if anchor.strip()]
        if row.anchors and row.function["kind"] != "rubric":
            yield _error("anchors", "is no rubric, so it has no anchors.", row.key)
        elif row.is_rated and (row.function["lower"], row.function["upper"]) != (0, STEPS - 1):
            yield _error("rubric_scale", f"is rated in steps from 0 to {STEPS - 1}; set the goalposts so.", row.key)
        elif row.is_rated and not given:
            yield _warning("anchors", "has no anchors; raters see the steps without a text.", row.key)
        elif row.is_rated and len(given) != STEPS:
            yield _error("anchors", f"has {len(given)} anchors; write one for each step from 0 to 4.", row.key)


def _nothing_counts(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    for stage in (Stage.SCREEN, Stage.FULL):
        counted = [row for row in table.rows(stage) if row.weight > 0]
        if not counted:
            yield _error("weights_zero", f"Nothing counts in the {stage.value} stage; every weight is 0.")
    below = {node.parent for node in table.nodes} | {row.node for row in table.criteria}
    for node in table.nodes:
        if node.key not in below:
            yield _warning("no_children", "has nothing below it and is left out.", node.key)


def _goalposts_reasoned(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        if not row.reason.strip():
            yield _error("reason", "has no reason; write why its function and goalposts are as they are.", row.key)


def _mandatory(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    rows = {row.key: row for row in table.criteria}
    counts = Counter(gate["key"] for gate in table.mandatory)
    for gate in table.mandatory:
        place = f"mandatory/{gate['key']}"
        if counts[gate["key"]] > 1:
            yield _error("duplicate_key", "has the key of another criterion of the statute.", place)
        if gate["needs"] > len(gate["conditions"]):
            yield _error(
                "needs",
                f"asks for {gate['needs']} of {len(gate['conditions'])} conditions; no country can meet it.",
                place,
            )
        for condition in gate["conditions"]:
            if condition["criterion"] not in rows:
                message = f"asks for the criterion {condition['criterion']}, which the model lacks."
                yield _error("unknown_criterion", message, place)
    if not table.mandatory:
        message = "The two mandatory criteria of 22 U.S.C. 7103a(d)(5) are not in the model, so no gate asks for them."
        yield _warning("mandatory_missing", message)


Rule = Callable[[ModelTable, Measures], Iterator[Finding]]
_RULES: tuple[Rule, ...] = (
    _indicators,
    _labels,
    _pools,
    _anchors,
    _nothing_counts,
    _goalposts_reasoned,
    _mandatory,
)


def _by_engine(table: ModelTable) -> list[Finding]:
    """What the engine finds in the full model, and in the screen what it does not find there."""
    found: list[Finding] = []
    for stage in (Stage.FULL, Stage.SCREEN):
        try:
            faults = validate(table.model(stage))
        except PlainDataError as error:
            return [_error("unreadable", f"{error}.")]
        for fault in faults:
            if fault.code == "root_weights_zero":
                continue  # said by the table's own rule
            place = fault.path if fault.path.startswith("hurdles") else fault.path.rsplit("/", 1)[-1]
            said = f"{fault.message}."
            if stage is Stage.SCREEN and fault.code == "unknown_criterion":
                said = "tests a criterion that only the full score holds; the desk screen needs its hurdles, too."
            if not any((one.code, one.field) == (fault.code, place) for one in found):
                found.append(Finding(fault.code, Severity(fault.severity), said, place))
    return found
