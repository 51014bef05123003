"""Rows of a sheet between page and record: read from records, a form, a draft, or a file, and put in order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.http import QueryDict

from cpc.web import formats
from cpc.web.sheets.kinds import RowKind, Sheet

MOST_ROWS = 250
"""Most rows of a sheet. Their fields stay below `DATA_UPLOAD_MAX_NUMBER_FIELDS`."""
ROW = "row"


class TooManyRows(ValueError):
    """A sheet with more rows than `MOST_ROWS`."""


@dataclass(eq=False)
class SheetRow:
    """One row: the texts of its cells, and its record, if it is not new.

    `revision` and `seen` are those of the page that sent the row: the revision of the record, and a digest of the cells
    as they were shown, which tells a row that was edited from one that was only sent along.
    """

    kind: RowKind
    cells: dict[str, str]
    key: str = ""
    revision: str = ""
    seen: str = ""
    is_removed: bool = False
    record: Any = None
    saved: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    parent: SheetRow | None = None
    was_under: str = ""  # the key of the record that it belongs to
    number: int = 0
    errors: dict[str, list[str]] = field(default_factory=dict)
    differences: dict[str, list[str]] = field(default_factory=dict)  # what may be saved, but is shown first
    is_checked: bool = False  # a save was tried
    is_ready: bool = False  # its record exists in this transaction

    @property
    def is_new(self) -> bool:
        return self.record is None

    @property
    def is_blank(self) -> bool:
        """Return whether this new row is not filled in: its cells are empty or hold the defaults."""
        given = {name: text for name, text in self.cells.items() if text}
        return self.is_new and all(self.kind.defaults.get(name) == text for name, text in given.items())

    @property
    def name(self) -> str:
        """Return the text of `RowKind.named_by`, or ""."""
        return self.text(self.kind.named_by)

    def text(self, column: str) -> str:
        """Return the text of a cell, also of one that can't be changed."""
        return self.cells.get(column) or self.locked.get(column, "")

    @property
    def is_touched(self) -> bool:
        return self.is_new or self.is_removed or self.is_moved or self.seen != self.digest()

    @property
    def is_moved(self) -> bool:
        return bool(self.kind.within) and (self.parent.key if self.parent else "") != self.was_under

    def digest(self) -> str:
        """Return a short digest of the texts, without empty ones and without the one that the position gives."""
        texts = sorted((name, text) for name, text in self.cells.items() if text and name != self.kind.within)
        whole = "\x1f".join(f"{name}\x1e{text}" for name, text in texts)
        return hashlib.sha256(whole.encode()).hexdigest()[:18]

    def refuse(self, name: str, message: str) -> None:
        """Put an error at a cell, or with an empty name at the row."""
        at, shown = self.errors.setdefault(name, []), formats.as_shown(message)
        if shown not in at:
            at.append(shown)

    def note_difference(self, name: str, message: str) -> None:
        """Put a difference at a cell, or with an empty name at the row. It can be saved once a person has seen it."""
        self.differences.setdefault(name, []).append(formats.as_shown(message))

    def tidy_choices(self) -> None:
        """Replace the texts that mean a choice by its label."""
        for name, column in self.kind.by_name.items():
            if name in self.cells:
                self.cells[name] = column.tidied(self.cells[name])

    def refuse_misfits(self) -> set[str]:
        """Add an error to each cell whose text is not among its choices; return the columns of these cells."""
        found = {
            name: message
            for name, text in self.cells.items()
            if name in self.kind.by_name and name not in self.locked
            if (message := self.kind.by_name[name].misfit(text))
        }
        for name, message in found.items():
            self.refuse(name, message)
        return set(found)

    def as_json(self) -> dict[str, Any]:
        names = ("key", "revision", "seen", "is_removed")
        return {"kind": self.kind.key, "cells": self.cells, **{name: getattr(self, name) for name in names}}


def saved_rows(sheet: Sheet) -> list[SheetRow]:
    """Return the records of a sheet as rows, each under the row that it belongs to."""
    rows: list[SheetRow] = []
    for kind in sheet.kinds:
        rows += [row_of(kind, record) for record in kind.records()]
    by_record = {(row.kind.key, row.key): row for row in (*rows, *other_rows(sheet))}
    for row in rows:
        values = row.kind.values_of(row.kind.form(row.record, None))
        cells = {}
        for name, column in row.kind.by_name.items():
            value = values.get(name)
            if name == row.kind.within and name not in values:  # it can't be changed now, but still gives the position
                value = getattr(row.record, f"{name}_id")
            if column.refers_to and value not in (None, ""):
                target = by_record.get((column.refers_to, str(getattr(value, "pk", value))))
                cells[name] = target.kind.names(target.record)[0] if target else str(value)
                if name == row.kind.within:
                    row.parent = target
            else:
                cells[name] = column.text(value)
        row.locked = row.kind.locked(row.record)
        row.saved = {name: text for name, text in cells.items() if name not in row.locked}
        row.cells = dict(row.saved)
        row.seen = row.digest()
        row.was_under = row.parent.key if row.parent else ""
    return rows


def other_rows(sheet: Sheet) -> list[SheetRow]:
    """Return the records that are not on the sheet, but to which its rows can refer."""
    rows = [row_of(kind, record) for kind in sheet.also for record in kind.records()]
    for row in rows:
        row.is_ready = True
    return rows


def row_of(kind: RowKind, record: Any) -> SheetRow:
    return SheetRow(kind, {}, key=str(record.pk), revision=kind.revision(record), record=record)


def new_row(kind: RowKind, cells: Mapping[str, str] | None = None, parent: SheetRow | None = None) -> SheetRow:
    """Return an unsaved row with these cells, or with the defaults of its kind."""
    return SheetRow(kind, dict(kind.defaults) if cells is None else dict(cells), parent=parent)


def sent_rows(sheet: Sheet, data: QueryDict) -> list[SheetRow]:
    """Return the rows that a form sent, in the order of the page. Raises `TooManyRows`."""
    prefixes = [name.removesuffix("--kind") for name in data if name.startswith(ROW) and name.endswith("--kind")]
    sent = []
    for prefix in prefixes:
        kind = sheet.kind(data.get(f"{prefix}--kind", ""))
        if kind is None:
            continue
        texts = {name: data.get(f"{prefix}-{name}", "") for name in kind.by_name}
        sent.append(
            {
                "kind": kind.key,
                "cells": {name: text for name, text in texts.items() if f"{prefix}-{name}" in data},
                "key": data.get(f"{prefix}--key", ""),
                "revision": data.get(f"{prefix}--revision", ""),
                "seen": data.get(f"{prefix}--seen", ""),
                "is_removed": bool(data.get(f"{prefix}--remove")),
            }
        )
    return with_records(sheet, sent)


def with_records(sheet: Sheet, sent: Sequence[Mapping[str, Any]]) -> list[SheetRow]:
    """Return rows as they were sent or stored, with their records. A row whose record is gone gets an error.

    Its position gives the row that a row belongs to: the nearest one above of that kind.
    """
    if len(sent) > MOST_ROWS + sum(1 for one in sent if one.get("key")):
        raise TooManyRows
    known = {(row.kind.key, row.key): row for row in saved_rows(sheet)}
    rows: list[SheetRow] = []
    above: dict[str, SheetRow] = {}
    for one in sent:
        kind = sheet.kind(one["kind"])
        if kind is None:
            continue
        columns = kind.by_name
        cells = {name: tidy(text, columns[name].entry) for name, text in one["cells"].items() if name in columns}
        row = SheetRow(kind, cells, one["key"], one["revision"], one["seen"], one["is_removed"] and kind.removes)
        on_record = known.get((kind.key, row.key)) if row.key else None
        if on_record is None:
            row.cells = {**kind.defaults, **cells}
        if on_record is not None:
            row.record, row.saved, row.locked = on_record.record, on_record.saved, on_record.locked
            row.cells = {**row.saved, **{name: text for name, text in cells.items() if name in row.saved}}
            row.was_under = on_record.was_under
        elif row.key:
            row.key = row.revision = ""
            if row.is_removed:
                continue  # it is gone, as this person wanted
            row.refuse("", "Someone else removed this row. Remove it here, too, or save again to add it as a new row.")
        if kind.within:
            row.parent = above.get(kind.refers[kind.within])
        above[kind.key] = row
        rows.append(row)
    return number_rows(rows)


def tidy(text: Any, entry: str = "long") -> str:
    """Return a text with the line ends and without the outer spaces that no cell means.

    Only a long text has lines: in other cells, they become spaces.
    """
    tidied = str(text).replace("\r\n", "\n").strip()
    return tidied if entry == "long" else tidied.replace("\n", " ")


def number_rows(rows: Iterable[SheetRow]) -> list[SheetRow]:
    numbered = list(rows)
    for number, row in zip(count(), numbered, strict=False):
        row.number = number
    return numbered


def arrange(sheet: Sheet, rows: Sequence[SheetRow]) -> list[SheetRow]:
    """Return rows in the order of the page: by section, and each row followed by those that belong to it.

    A row that should belong to another one but doesn't comes first in its section, so that its position gives it none.
    """
    ordered: list[SheetRow] = []
    for section in sheet.sections:
        keys = [kind.key for kind in section.kinds]
        mine = [row for row in rows if row.kind.key in keys]
        lost = [row for row in mine if row.kind.within and row.parent not in mine]
        tops = [row for row in mine if not row.kind.within]
        ordered += lost
        for top in tops:
            ordered += list(_with_own(top, mine, keys))
    return number_rows(ordered)


def _with_own(row: SheetRow, rows: Sequence[SheetRow], keys: Sequence[str]) -> Iterator[SheetRow]:
    yield row
    own = [other for other in rows if other.kind.within and other.parent is row]
    for key in keys:
        for other in own:
            if other.kind.key == key:
                yield from _with_own(other, rows, keys)
