"""Context of the template of a sheet: sections, rows, cells with their errors, and buttons that add rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.text import capfirst

from cpc.web.formats import listing
from cpc.web.sheets.kinds import RowKind, Sheet, SheetColumn, SheetSection, Slot
from cpc.web.sheets.rows import ROW, SheetRow, new_row, other_rows

BLANK = "NUMBER"
"""Stands for the number of a row in the markup that the script copies to add one."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell: `label` names its row and column. If it is locked, only its text is shown."""

    ident: str
    short: str
    label: str
    text: str
    column: SheetColumn | None
    span: int = 1
    style: str = ""
    errors: Sequence[str] = ()
    differs: bool = False
    is_locked: bool = False
    is_changed: bool = False
    saved: str = ""
    options: Sequence[tuple[str, str, bool]] = ()
    shows_label: bool = False

    @property
    def entry(self) -> str:
        return self.column.entry if self.column else ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    row: SheetRow
    prefix: str
    label: str
    cells: Sequence[ShownCell]
    details: Sequence[ShownCell] = ()
    is_top: bool = True
    is_parent: bool = False

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Return the id of the cell, its label, and the message of each error; a row's own error comes first."""
        own = [(f"{self.prefix}-row", "", message) for message in self.row.errors.get("", ())]
        cells = [*self.cells, *self.details]
        known = {cell.column.name for cell in cells if cell.column}
        lost = [
            (f"{self.prefix}-row", self.row.kind.by_name[name].label, message)
            for name, messages in self.row.errors.items()
            if name and name not in known and name in self.row.kind.by_name
            for message in messages
        ]
        return own + lost + [(cell.ident, cell.short, message) for cell in cells for message in cell.errors]

    @property
    def summed_errors(self) -> list[tuple[str, str, str]]:
        """Return the errors with one entry for all cells that have the same message: the first id, and all labels."""
        cells: dict[str, list[tuple[str, str]]] = {}
        for ident, label, message in self.errors:
            cells.setdefault(message, []).append((ident, label))
        return [
            (found[0][0], listing([label for _, label in found if label]), message) for message, found in cells.items()
        ]

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """Return the id of the cell, its label, and the message of each difference."""
        return [
            (f"{self.prefix}-{name}" if name else f"{self.prefix}-row", self._label_of(name), message)
            for name, messages in self.row.differences.items()
            for message in messages
        ]

    def _label_of(self, name: str) -> str:
        return self.row.kind.by_name[name].label if name else ""

    @property
    def state(self) -> tuple[str, str] | None:
        """Return kind and text of the badge that tells whether the row fits, once a save was tried."""
        if not self.row.is_checked or self.row.is_blank:
            return None
        if self.row.errors:
            return "bad", "Needs a fix"
        return ("warn", "Differs") if self.row.differences else ("good", "Fits")

    @property
    def opens_details(self) -> bool:
        return any(cell.errors or cell.differs for cell in self.details) or self.row.kind.opens_details(self.row)

    @property
    def more(self) -> str:
        """Return the label of the fold with the details."""
        return f"More about {self.row.name or self.label.lower()}"


@dataclass(frozen=True, slots=True)
class Adder:
    """A button that adds an empty row of a kind, under the row with the number `under` if it belongs to one."""

    kind: RowKind
    under: str = ""
    waits: bool = False  # until the script adds a row that it can add under

    @property
    def parent_kind(self) -> str:
        return self.kind.refers.get(self.kind.within, "")

    @property
    def value(self) -> str:
        return f"add {self.kind.key} {self.under}".strip()


@dataclass(slots=True)
class ShownGroup:
    """A row with the rows that belong to it, and the buttons that add to them."""

    rows: list[ShownRow]
    adders: Sequence[Adder] = ()


@dataclass(slots=True)
class ShownSection:
    section: SheetSection
    headings: Sequence[tuple[str, str]]
    groups: list[ShownGroup] = field(default_factory=list)
    adders: Sequence[Adder] = ()
    blanks: Sequence[ShownRow] = ()
    counts: Sequence[tuple[int, str, str]] = ()

    @property
    def width(self) -> int:
        # The kind is before them, the state and the box to remove a row behind.
        return len(self.headings) + 2 + self.section.shows_state

    @property
    def anchor(self) -> str:
        return self.section.anchor or self.section.kinds[0].key


def show(sheet: Sheet, rows: Sequence[SheetRow]) -> list[ShownSection]:
    """Return the sections of a sheet with its rows in their order."""
    ordinals: dict[str, int] = {}
    shown = []
    for section in sheet.sections:
        kinds = section.kinds
        one = ShownSection(section, section.headings or _headings(kinds[0]))
        for row in (row for row in rows if row.kind in kinds):
            ordinals[row.kind.key] = ordinals.get(row.kind.key, 0) + 1
            line = show_row(row, section, ordinals[row.kind.key])
            if not row.kind.within or not one.groups:
                one.groups.append(ShownGroup([]))
            one.groups[-1].rows.append(line)
        for group in one.groups:
            group.adders = list(_adders_within(section, group))
        one.adders = [Adder(kind) for kind in kinds if not kind.within and kind.adds]
        one.blanks = [show_row(new_row(kind), section, 0, BLANK) for kind in kinds if kind.adds]
        counted = [(kind, sum(1 for row in rows if row.kind is kind and not row.is_blank)) for kind in kinds]
        one.counts = [(count, kind.noun, kind.plural) for kind, count in counted]
        shown.append(one)
    return shown


def _headings(kind: RowKind) -> list[tuple[str, str]]:
    slots = slots_of(kind)
    return [
        (kind.by_name[slot.column].label, f"w-{kind.by_name[slot.column].entry}")
        if slot.column
        else (slot.computed, "w-number")
        for slot in slots
    ]


def slots_of(kind: RowKind) -> Sequence[Slot]:
    return kind.slots or [Slot(column.name) for column in kind.in_order if column.name != kind.within]


def _adders_within(section: SheetSection, group: ShownGroup) -> Iterator[Adder]:
    """Yield the buttons for rows under the first row of a group, or under the last one of a kind between."""
    last = {line.row.kind.key: line for line in group.rows}
    for kind in section.kinds:
        above = last.get(kind.refers.get(kind.within, ""))
        if kind.within and kind.adds:
            yield Adder(kind, str(above.row.number) if above else "", waits=above is None)


def _names(kind: RowKind, rows: Sequence[SheetRow]) -> list[str]:
    names = [
        (row.kind.names(row.record) if row.record is not None else row.kind.new_names(row.cells))[0]
        for row in rows
        if row.kind is kind
    ]
    return [name for name in dict.fromkeys(names) if name]


def references(sheet: Sheet, rows: Sequence[SheetRow]) -> dict[str, list[str]]:
    """Return the names of the rows that others refer to, by kind."""
    wanted = {
        column.refers_to
        for kind in sheet.kinds
        for column in kind.columns
        if column.refers_to and column.name != kind.within
    }
    everything = [*rows, *other_rows(sheet)]
    return {kind.key: _names(kind, everything) for kind in (*sheet.kinds, *sheet.also) if kind.key in wanted}


def show_row(row: SheetRow, section: SheetSection, ordinal: int, number: str = "") -> ShownRow:
    kind, prefix = row.kind, f"{ROW}{number or row.number}"
    label = row.name or (f"{capfirst(kind.noun)} {ordinal}" if ordinal else f"New {kind.noun}")
    slots = slots_of(kind)
    placed = {slot.column for slot in slots} | {kind.within, kind.named_by} | _never_filled(row)
    cells = [_cell(row, slot, prefix, label) for slot in slots]
    details = [_cell(row, Slot(column.name), prefix, label) for column in kind.in_order if column.name not in placed]
    is_parent = any(other.within and other.refers[other.within] == kind.key for other in section.kinds)
    return ShownRow(row, prefix, label, cells, details, not kind.within, is_parent)


def _never_filled(row: SheetRow) -> set[str]:
    """Return the columns of a named row that are fixed as empty, because only other rows have them."""
    return {name for name, text in row.locked.items() if not text and row.kind.named_by}


def _cell(row: SheetRow, slot: Slot, prefix: str, label: str) -> ShownCell:
    if slot.computed:
        text = row.kind.computed(row.cells).get(slot.computed, "")
        return ShownCell("", slot.computed, "", text, None, slot.span, f"{slot.style} w-number w-computed".strip())
    if not slot.column:
        return ShownCell("", "", "", slot.note, None, slot.span, slot.style)
    column = row.kind.by_name[slot.column]
    saved = row.saved.get(column.name, "")
    text = row.locked[column.name] if column.name in row.locked else row.cells.get(column.name, "")
    chosen = column.value(text)
    misfit = [(text, text, True)] if column.name not in row.locked and column.misfit(text) else []
    return ShownCell(
        ident=f"{prefix}-{column.name}",
        short=column.label,
        label=f"{label}, {column.label}",
        text=text,
        column=column,
        span=slot.span,
        style=f"{slot.style} w-{column.entry}".strip(),
        errors=row.errors.get(column.name, ()),
        differs=column.name in row.differences,
        is_locked=column.name in row.locked,
        is_changed=bool(row.key) and column.name not in row.locked and text != saved,
        saved=saved,
        shows_label=slot.shows_label,
        options=[*misfit, *((key, name, chosen in (key, name) or name == text) for key, name in column.options)],
    )
