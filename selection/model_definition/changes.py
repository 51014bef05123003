"""Individual changes between two versions of a scoring model, each applicable alone. Pure.

`selection.model_definition.differences` lists the same differences as text; this module can apply each of them to a
table.
"""

from __future__ import annotations

import copy
import enum
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.differences import (
    FIELD_LABELS,
    LISTS,
    METHOD,
    SETTINGS,
    Row,
    differing,
    format_value,
    row_pairs,
)
from selection.model_definition.editing import OF_METHOD, Plain
from selection.model_definition.method_labels import years


class Bearing(enum.StrEnum):
    TEXT = "text"
    FULL = "full"
    """The full score of a round's candidates alone."""
    STATUTE = "gate"
    """Statutory requirement for a partner, which is separate from the score."""
    DOUBT = "doubt"
    """Intervals, shares of draws and groups; never a rank."""
    RANK = "rank"


_TEXT = frozenset(
    {"label", "reason", "title", "note", "illustrative", "factor", "citation", "lacking", "anchors", "error.source"}
)
_DOUBT = frozenset(
    {"rho", "concentration", "draws", "first", "short", "groups", "region", "income_group", "all_in", "options"}
)
SHORT: Mapping[str, str] = {
    "weight": "weight",
    "function": "value function",
    "within": "oldest value that counts",
    "estimate": "best estimate and error",
    "max_age": "oldest value that counts",
}
"""Short names of fields for use after a row's label, where the usual label does not fit."""


@dataclass(frozen=True, slots=True)
class SingleChange:
    """Difference between two versions: its location and both values as text, its possible effect, and its edit.

    `field` is the name of the differing field, empty if a whole row is added or removed. `subject` is the list and the
    key of the row, such as ("criteria", "births"); of a setting, the list is empty and the key is its name.
    """

    location: str
    before: str
    after: str
    bearing: Bearing
    field: str
    put: Callable[[Plain], None]
    subject: tuple[str, str] = ("", "")


def applied(table: ModelTable, changes: Sequence[SingleChange]) -> Plain:
    """Return a table with only some of the changes, as plain data. The result may be an invalid model."""
    data = plain_table(table)
    for change in changes:
        change.put(data)
    return data


def changes(before: ModelTable, after: ModelTable) -> list[SingleChange]:
    """Return the differences between two tables: of the whole, of the method, then row by row in the newer order."""
    one, other = plain_table(before), plain_table(after)
    single = _settings(one, other, SETTINGS) + _settings(one, other, METHOD, "method")
    for name, what in LISTS:
        single += _Rows(name, what, before, after).changes()
    return single


def plain_table(table: ModelTable) -> Plain:
    """Return a table in the form in which JSON is read: lists instead of tuples."""
    data: Plain = json.loads(json.dumps({"aggregation": "arithmetic", **table.to_dict()}))
    return data


def _rows(data: Mapping[str, Any], name: str) -> list[Plain]:
    """Return a list of a plain table to read, empty if the table has none."""
    holder: Mapping[str, Any] = data["method"] if name in OF_METHOD else data
    rows: list[Plain] = list(holder.get(name, ()))
    return rows


def _set_rows(data: Plain, name: str, rows: list[Plain]) -> None:
    (data["method"] if name in OF_METHOD else data)[name] = rows


def _settings(one: Plain, other: Plain, names: Sequence[str], holder: str = "") -> list[SingleChange]:
    """Return the settings that differ: those of the table, or of the object in it that `holder` names."""
    former, newer = (side[holder] if holder else side for side in (one, other))

    def put(name: str, data: Plain) -> None:
        _take(data[holder] if holder else data, name, newer)

    return [
        SingleChange(
            location=FIELD_LABELS[name],
            before=format_value(name, former.get(name)),
            after=format_value(name, newer.get(name)),
            bearing=_bearing(name),
            field=name,
            put=partial(put, name),
            subject=("", name),
        )
        for name in differing(former, newer, names)
    ]


def _take(data: Plain, name: str, source: Mapping[str, Any]) -> None:
    """Copy a field's value from another row, and remove the field if that row lacks it."""
    if name in source:
        data[name] = copy.deepcopy(source[name])
    else:
        data.pop(name, None)


def _bearing(name: str) -> Bearing:
    if name in _TEXT:
        return Bearing.TEXT
    return Bearing.DOUBT if name in _DOUBT else Bearing.RANK


class _Rows:
    def __init__(self, name: str, what: str, before: ModelTable, after: ModelTable) -> None:
        self.name, self.what = name, what
        self.tables = (before, after)
        self.rows = [_rows(plain_table(table), name) for table in self.tables]

    def changes(self) -> Iterator[SingleChange]:
        """Yield added and changed rows in the newer order, then removed ones."""
        for key, former, row in row_pairs(*self.rows):
            if row is None:
                yield self._removed(key, former or {})
            elif former is None:
                yield self._added(key, row)
            else:
                yield from (self._field(key, name, former, row) for name in differing(former, row))

    def _added(self, key: str, row: Row) -> SingleChange:
        def put(data: Plain) -> None:
            _set_rows(data, self.name, [*_rows(data, self.name), copy.deepcopy(dict(row))])

        text = f"added{self._points(1, row)}"
        return SingleChange(self._row_label(row), "none", text, self._row_bearing(row), "", put, (self.name, key))

    def _removed(self, key: str, row: Row) -> SingleChange:
        def put(data: Plain) -> None:
            _set_rows(data, self.name, [one for one in _rows(data, self.name) if one["key"] != key])

        text = f"present{self._points(0, row)}"
        return SingleChange(self._row_label(row), text, "removed", self._row_bearing(row), "", put, (self.name, key))

    def _field(self, key: str, name: str, former: Row, row: Row) -> SingleChange:
        def put(data: Plain) -> None:
            for one in _rows(data, self.name):
                if one["key"] == key:
                    _take(one, name, row)

        before, after = self._values(name, former, row)
        location = f"{self._label(row)}: {SHORT.get(name) or FIELD_LABELS.get(name, name).lower()}"
        bearing = _bearing(name)
        of_rows = (self._row_bearing(former), self._row_bearing(row))
        if bearing is Bearing.RANK and Bearing.RANK not in of_rows:
            bearing = of_rows[1]
        return SingleChange(location, before, after, bearing, name, put, (self.name, key))

    def _values(self, name: str, former: Row, row: Row) -> tuple[str, str]:
        if name == "estimate":
            return _estimates(former.get(name), row.get(name))
        before, after = (self._value(side, name, values) for side, values in enumerate((former, row)))
        return before, after

    def _value(self, side: int, name: str, row: Row) -> str:
        if name == "weight":
            return self._share(side, row)
        if name in ("node", "parent"):
            return next((node.label for node in self.tables[side].nodes if node.key == row[name]), "the whole")
        if name in ("within", "max_age"):
            return "any age" if row.get(name) is None else years(row[name])
        return format_value(name, row.get(name))

    def _row_label(self, row: Row) -> str:
        return self._label(row) if self.name == "rules" else f"{row['label']} ({self.what.lower()})"

    def _label(self, row: Row) -> str:
        """Return the label of a row; that of an evidence rule names an age that may be the very difference."""
        if self.name != "rules":
            return str(row["label"])
        labels = {one.key: one.label for table in self.tables for one in table.criteria}
        names = [labels.get(key, key).partition(",")[0].partition(" of ")[0] for key in row["criteria"]]
        return f"Evidence rule {row['key']} ({', '.join(names)})"

    def _points(self, side: int, row: Row) -> str:
        """Return ", 5 of 75 points (3.3% of the whole)" for a row that has a weight."""
        return f", {self._share(side, row)}" if "weight" in row else ""

    def _share(self, side: int, row: Row) -> str:
        table, parent = self.tables[side], row.get("node", row.get("parent"))
        total = sum(one.weight for one in table.criteria if one.node == parent)
        total += sum(node.weight for node in table.nodes if node.parent == parent)
        share = 100 * table.shares()[row["key"]]
        return f"{row['weight']:g} of {total:g} points ({share:.1f}% of the whole)"

    def _row_bearing(self, row: Row) -> Bearing:
        if self.name == "choices":
            return Bearing.DOUBT
        if self.name == "mandatory":
            return Bearing.STATUTE
        return Bearing.FULL if self.name == "criteria" and row["stage"] == "full" else Bearing.RANK


def _estimates(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return what differs of an error model on both sides; "none" for a side without one."""
    if before is None or after is None:
        return ("none", "added") if before is None else ("present", "removed")
    names = differing(before, after)
    labels = {name: FIELD_LABELS.get(f"error.{name}", name).removeprefix("Error: ") for name in names}
    one, other = (
        "; ".join(f"{label}: {format_value(f'error.{name}', side.get(name))}" for name, label in labels.items())
        for side in (before, after)
    )
    return one, other
