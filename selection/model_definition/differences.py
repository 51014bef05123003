"""Differences between two versions of a scoring model, by node, criterion, and setting. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selection.model_definition import method_labels
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.options import written_option

FIELD_LABELS: Mapping[str, str] = {
    "label": "Label",
    "parent": "Under",
    "node": "Under",
    "weight": "Weight, points",
    "share": "Share of the whole",
    "required": "Required",
    "reason": "Reason",
    "factor": "Factor",
    "stage": "Stage",
    "indicator": "Indicator",
    "series": "Series",
    "period": "Period",
    "max_age": "Maximum age, years",
    "absent": "If nothing is reported",
    "labels_missing": "Labels without a value",
    "missing": "If a value is missing",
    "function": "Value function",
    "anchors": "Anchors",
    "title": "Title",
    "note": "Note",
    "illustrative": "Illustrative",
    "root_tau": "Known share required overall",
    "node_tau": "Known share required in a node",
    "rho": "Spread of the weights in the draws",
    "draws": "Draws",
    "concentration": "Concentration of the weights in the draws",
    "not_candidates": "Never candidates",
    "listing": "Listing",
    "hurdle_kind": "Kind",
    "citation": "Citation",
    "expression": "Rule",
    "needs": "Conditions that must hold",
    "conditions": "Conditions",
    "span": "Axis",
    "aggregation": "Mean of need and feasibility",
    "groupings": "Groupings of countries",
    "first": "How many are the first",
    "short": "Smaller number shown with it",
    "facts": "Facts of need",
    "peers": "Countries used to fill a missing value",
    "least_peers": "Minimum number of such countries",
    "region": "Grouping of the second rank",
    "income_group": "Grouping of the third rank",
    "all_in": "Draws vary the design too",
    "groups": "Groups",
    "lacking": "Sentence for a country that lacks it",
    "criteria": "Criteria that need a value",
    "least": "How many of them are required",
    "within": "Maximum age, years",
    "options": "Ways to make it",
    "error": "Best estimate and error",
    "error.scale": "Error: scale",
    "error.series": "Error: series",
    "error.combine": "Error: if there are several series",
    "error.fresh": "Error: maximum age before the next series is used, years",
    "error.measurement": "Error: of one measurement",
    "error.drift": "Error: added per square root of a year",
    "error.trend": "Error: trend per year",
    "error.trend_years": "Error: most years for which the trend is credited",
    "error.clip": "Error: values beyond which the end counts",
    "error.agreement": "Error: covariance of two editions",
    "error.published_error": "Error: uses the publisher's",
    "error.transitions": "Error: how labels move",
    "error.fill": "Error: if a country has no value",
    "error.source": "Error: source of the numbers",
}
SETTINGS = (
    *("title", "note", "illustrative", "root_tau", "node_tau", "rho", "draws", "not_candidates", "listing"),
    *("aggregation", "groupings", "concentration"),
)
METHOD = ("first", "short", "facts", "peers", "least_peers", "region", "income_group", "all_in", "groups")
LISTS = (
    ("nodes", "Node"),
    ("criteria", "Criterion"),
    ("hurdles", "Hurdle"),
    ("mandatory", "Statute"),
    ("rules", "Evidence"),
    ("choices", "Choice"),
)


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that differs, both sides as text; empty if that side lacks it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ModelPath:
    """One differing part of the model; `how` is added, removed or changed.

    `what` is Model, Method, Node, Criterion, Hurdle, Statute, Evidence or Choice.
    """

    what: str
    key: str
    label: str
    how: str
    fields: tuple[FieldDifference, ...]


def differences(before: ModelTable, after: ModelTable) -> list[ModelPath]:
    """Return the differences: first those of the whole model, then the rest in the order of the newer version."""
    one, other = _with_lists(before), _with_lists(after)
    paths = []
    if fields := _fields(one, other, differing(one, other, SETTINGS)):
        paths.append(ModelPath("Model", "", after.title, "changed", tuple(fields)))
    former, newer = one["method"], other["method"]
    if fields := _fields(former, newer, differing(former, newer, METHOD)):
        paths.append(ModelPath("Method", "", "Method", "changed", tuple(fields)))
    shares = (before.weights(), after.weights())
    for name, what in LISTS:
        paths += _rows(what, one.get(name, ()), other.get(name, ()), shares if name == "criteria" else ({}, {}))
    return paths


def _with_lists(table: ModelTable) -> dict[str, Any]:
    """Return a table as plain data, with the method's lists at its top level and errors as fields of criteria."""
    plain = table.to_dict()
    method = dict(plain["method"])
    criteria = [_with_error(row) for row in plain["criteria"]]
    lists = {name: method.pop(name, ()) for name in ("rules", "choices")}
    return {"aggregation": "arithmetic", **plain, **lists, "criteria": criteria, "method": method}


def _with_error(row: Mapping[str, Any]) -> dict[str, Any]:
    held = row.get("estimate")
    rest = {name: value for name, value in row.items() if name != "estimate"}
    if held is None:
        return rest
    return {**rest, "error": True, **{f"error.{name}": value for name, value in held.items()}}


def row_pairs(before: Sequence[Row], after: Sequence[Row]) -> Iterator[tuple[str, Row | None, Row | None]]:
    """Yield key, former row, and newer row: in the newer order, then those that were removed."""
    former, newer = ({row["key"]: row for row in rows} for rows in (before, after))
    for key in dict.fromkeys([*newer, *former]):
        yield key, former.get(key), newer.get(key)


def differing(before: Row, after: Row, names: Iterable[str] = ()) -> list[str]:
    """Return the names of the fields that differ, by default of all fields."""
    compared = names or dict.fromkeys([*before, *after])
    return [name for name in compared if not is_equal(before.get(name), after.get(name))]


def _rows(what: str, before: Sequence[Row], after: Sequence[Row], shares: Sequence[Row]) -> Iterator[ModelPath]:
    for key, former, row in row_pairs(before, after):
        if row is None:
            yield ModelPath(what, key, (former or {})["label"], "removed", ())
            continue
        fields = _fields(former or {}, row, differing(former or {}, row))
        one, other = (round(100 * side.get(key, 0.0), 1) for side in shares)
        if former is not None and one != other:
            fields.append(FieldDifference("Share of the whole", f"{one:.1f}%", f"{other:.1f}%"))
        if fields:
            yield ModelPath(what, key, row["label"], "added" if former is None else "changed", tuple(fields))


def _fields(before: Row, after: Row, names: Iterable[str]) -> list[FieldDifference]:
    return [
        FieldDifference(
            FIELD_LABELS.get(name, name),
            format_value(name, before.get(name)),
            format_value(name, after.get(name)),
        )
        for name in names
        if name != "key"
    ]


def is_equal(one: Any, other: Any) -> bool:
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value)) if value not in (None, "", (), [], {}) else None


def format_value(name: str, value: Any) -> str:
    if value in (None, "", (), [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:g}"
    if name in _FORMATTERS:
        return _FORMATTERS[name](value)
    if isinstance(value, Mapping):
        return "; ".join(
            f"{key}: {format_value(key, item)}" for key, item in value.items() if item not in (None, "", [], ())
        )
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def describe_function(function: Mapping[str, Any]) -> str:
    kind = str(function["kind"]).replace("_", " ")
    rest = []
    for name, value in function.items():
        if name in ("kind", "reason") or value is None or value is False or value == "":
            continue
        if name == "direction":
            rest.append("more is better" if value > 0 else "less is better")
        elif name in ("table", "knots"):
            rest.append(", ".join(f"{one}: {other:g}" for one, other in value))
        else:
            rest.append(f"{name.replace('_', ' ')} {value if isinstance(value, str) else format(value, 'g')}")
    return f"{kind}, {', '.join(rest)}" if rest else kind


def _describe_series(rows: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(
        f"{row['label']} ({' '.join(part for part in (row['indicator'], row.get('series', '')) if part)}"
        f"{', 100 less the value' if row.get('complement') else ''})"
        for row in rows
    )


def _describe_moves(moves: Mapping[str, Any]) -> str:
    due = moves.get("due", "")
    tables = (
        f"{'each edition' if due else behind} behind: "
        + ", ".join(
            f"{label} {' '.join(f'{share:g}' for share in row)}"
            for label, row in zip(moves["labels"], rows, strict=False)
        )
        for behind, rows in enumerate(moves["steps"], 1)
    )
    exact = method_labels.due_each_year(due) if due else f"exact up to {method_labels.years(moves.get('offset', 1))}"
    return f"{exact}; to {', '.join(moves['labels'])}; {'; '.join(tables)}"


def _describe_options(options: Sequence[Mapping[str, Any]]) -> str:
    ways = ((option["label"], ", ".join(written_option(option))) for option in options)
    return "; ".join(f"{label} ({changes})" if changes else label for label, changes in ways)


_FORMATTERS: Mapping[str, Callable[[Any], str]] = {
    "function": describe_function,
    "anchors": lambda value: "; ".join(f"{step}: {text}" for step, text in enumerate(value)),
    "conditions": lambda rows: "; ".join(f"{row['criterion']} at {row['at_least']:g} of 1 or more" for row in rows),
    "span": lambda ends: f"{100 * ends[0]:g} to {100 * ends[1]:g} of 100",
    "peers": lambda rows: "; ".join(" and ".join(method_labels.grouping(name) for name in names) for names in rows),
    "region": method_labels.grouping,
    "income_group": method_labels.grouping,
    "period": lambda value: method_labels.PERIODS.get(value, value),
    "groups": lambda groups: "; ".join(
        f"{name}: {rule}" for name, rule in method_labels.describe_groups({"groups": groups})[:2]
    ),
    "options": _describe_options,
    "error.scale": lambda value: method_labels.SCALES.get(value, value),
    "error.combine": lambda value: method_labels.COMBINES.get(value, value),
    "error.clip": lambda ends: f"{ends[0]:g} and {ends[1]:g}",
    "error.fill": lambda value: method_labels.FILLS.get(value, value),
    "error.series": _describe_series,
    "error.transitions": _describe_moves,
}
"""Formatters for the values of a field, where their type alone does not determine the wording."""
