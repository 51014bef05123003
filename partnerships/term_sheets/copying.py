"""Terms of another partnership as unsaved rows that can be saved as they are, and an account of what differs.

Participants of another country's government are not copied, and what names them is left blank. A row that can't be
saved without such a cell is left out, and so is one that the partnership already has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cpc.web.formats import count_of, day
from cpc.web.sheets.kinds import RowKind, Sheet, SheetColumn
from cpc.web.sheets.rows import SheetRow, new_row, other_rows, saved_rows
from partnerships.limits import add_months
from partnerships.models import Government, IndicatorSource, OutcomeIndicator, Participant, Partnership

NOT_COPIED: Mapping[str, str] = {
    "status": "progress",
    "evidence": "progress",
    "actual_start": "progress",
    "actual_end": "progress",
    "reached_on": "progress",
    "baseline_value": "baselines",
    "baseline_on": "baselines",
    "baseline_source": "baselines",
    "number": "",
    "code": "",
}
"""Columns about what happened in the other partnership, or that must differ here, as a reader calls it."""
OFFICES = frozenset({"implementer", "responsible_office", "data_source", "contact_office", "body", "institution"})
"""Columns with the name of an office as text."""
SAME_BY: Mapping[str, Sequence[str]] = {
    "participant": ("government", "name"),
    "objective": ("title",),
    "program": ("title",),
    "activity": ("title",),
    "milestone": ("title",),
    "indicator": ("title",),
    "responsibility": ("participant", "text"),
    "mechanism": ("kind", "body"),
    "data-plan": ("what", "institution"),
    "strategy": ("institution",),
}
"""The columns that tell whether two rows are the same, besides the row that they belong to."""
TO_DECIDE = "To be decided"


@dataclass(slots=True)
class Copied:
    """Copied rows, and what became of the others and of their cells."""

    rows: list[SheetRow] = field(default_factory=list)
    months: int = 0
    days: int = 0
    has_days: bool = False
    has_term: bool = True
    is_abroad: bool = False
    foreign: int = 0  # participants of the other country's government
    present: int = 0  # rows that the partnership already has
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)  # rows left out, by noun and plural
    fixed: Counter[tuple[str, str]] = field(default_factory=Counter)  # rows of kinds that take none now
    blanks: Counter[str] = field(default_factory=Counter)  # cells left blank, by the label of their column
    groups: dict[str, None] = field(default_factory=dict)  # what was not copied on purpose
    leads: list[str] = field(default_factory=list)  # participants that led in the other partnership, and here do not
    undecided: int = 0

    @property
    def shift(self) -> str:
        """Return by how much days moved, or ""."""
        size = count_of(abs(self.months), "month") if self.months else count_of(abs(self.days), "day")
        return size if self.has_days and (self.months or self.days) else ""

    @property
    def is_later(self) -> bool:
        return self.months > 0 or self.days > 0

    @property
    def group_names(self) -> list[str]:
        return list(self.groups)

    @property
    def left_out(self) -> list[str]:
        return [count_of(count, *nouns) for nouns, count in self.lost.items()]

    @property
    def refused(self) -> list[str]:
        return [count_of(count, *nouns) for nouns, count in self.fixed.items()]

    @property
    def blank_cells(self) -> list[str]:
        return [f"{label} ({count_of(count, 'row')})" for label, count in self.blanks.items()]


class _Copying:
    """The work on one copy."""

    def __init__(
        self, mine: Sheet, rows: Sequence[SheetRow], theirs: Sheet, source: Partnership, partnership: Partnership
    ) -> None:
        self.mine, self.theirs = mine, theirs
        self.is_abroad = source.country_id != partnership.country_id
        self.made = Copied(
            is_abroad=self.is_abroad, has_term=source.starts_on is not None and partnership.starts_on is not None
        )
        self._measure_shift(source.starts_on, partnership.starts_on)
        self.kinds = {kind.key: kind for kind in (*mine.kinds, *mine.also)}
        partners = source.participants.filter(government=Government.PARTNER).values_list("name", flat=True)
        self.foreign_names = [name.casefold() for name in partners if name.strip()] if self.is_abroad else []
        self.before = [*rows, *other_rows(mine)]
        self.here = list(self.before)  # with the copies
        self.texts = {id(row): _texts(row.kind, row.record) for row in self.here}
        self.copies: dict[tuple[str, str], SheetRow] = {}  # by kind and key of the record that they are copies of
        self.leads = {
            row.record.government for row in self.here if row.kind.key == "participant" and row.record.is_lead
        }
        self.codes = set(partnership.outcome_indicators.values_list("code", flat=True))

    def _measure_shift(self, first: date | None, other: date | None) -> None:
        if first is None or other is None:
            return
        months = (other.year - first.year) * 12 + other.month - first.month
        if add_months(first, months) == other:
            self.made.months = months
        else:
            self.made.days = (other - first).days

    def run(self) -> Copied:
        for row in other_rows(self.theirs):
            kind = self.kinds.get(row.kind.key)
            twin = self._twin(kind, _texts(kind, row.record), None) if kind else None
            if twin is not None and not self._is_foreign(row.record):
                self.copies[row.kind.key, row.key] = twin
        for row in saved_rows(self.theirs):
            kind = self.mine.kind(row.kind.key)
            if kind is not None and row.kind.key == "contribution":
                self.made.groups["contributions"] = None
            elif kind is not None:
                self._copy(kind, row)
        return self.made

    def _is_foreign(self, record: Any) -> bool:
        return self.is_abroad and isinstance(record, Participant) and record.government == Government.PARTNER

    def _copy(self, kind: RowKind, row: SheetRow) -> None:
        record, made, nouns = row.record, self.made, (kind.noun, kind.plural)
        if self._is_foreign(record):
            made.foreign += 1
            return
        if not kind.adds:
            made.fixed[nouns] += 1
            return
        parent = self._referred(kind, kind.within, record) if kind.within else None
        if kind.within and parent is None and getattr(record, f"{kind.within}_id") is not None:
            made.lost[nouns] += 1
            return
        cells, blanks = self._cells(kind, record)
        twin = self._twin(kind, cells, parent)
        if twin is not None:
            made.present += 1
            self.copies[kind.key, row.key] = twin
            return
        if any(
            column.is_required and not cells.get(name) for name, column in kind.by_name.items() if name != kind.within
        ):
            made.lost[nouns] += 1
            return
        made.blanks.update(blanks)
        if isinstance(record, OutcomeIndicator):
            self._name_collector(cells)
        if isinstance(record, Participant):
            self._keep_one_lead(kind.by_name["is_lead"], record, cells)
        copy = new_row(kind, cells, parent)
        self.copies[kind.key, row.key] = copy
        self.here.append(copy)
        self.texts[id(copy)] = cells
        made.rows.append(copy)
        self._note_groups(kind, row, record)

    def _cells(self, kind: RowKind, record: Any) -> tuple[dict[str, str], list[str]]:
        """Return the cells of a copy, and the labels of columns that it leaves blank for want of what they name."""
        cells, blanks = dict(kind.defaults), []
        texts = _texts(kind, record)
        for name, column in kind.by_name.items():
            text = ""
            if name == kind.within:
                continue
            if column.refers_to:
                target = self._referred(kind, name, record)
                text = self._name(target) if target is not None else ""
                is_named = getattr(record, f"{name}_id", None) is not None
            else:
                is_named = bool(texts.get(name))
                text = self._text(column, record, texts.get(name, ""))
            if name in NOT_COPIED and not self._brings_code(name, record):
                continue
            cells[name] = text
            if is_named and not text:
                blanks.append(column.label)
        return cells, blanks

    def _text(self, column: SheetColumn, record: Any, text: str) -> str:
        value = getattr(record, column.name, None)
        if isinstance(value, date):
            return self._moved(value) if column.name not in NOT_COPIED else ""
        if column.name in OFFICES and any(name in text.casefold() for name in self.foreign_names):
            return ""
        return text

    def _keep_one_lead(self, column: SheetColumn, record: Participant, cells: dict[str, str]) -> None:
        """Let a participant lead only if no other one does for its government."""
        if record.is_lead and record.government in self.leads:
            self.made.leads.append(record.name)
            cells[column.name] = column.text(False)
        elif record.is_lead:
            self.leads.add(record.government)

    def _moved(self, value: date) -> str:
        self.made.has_days = True
        return day(add_months(value, self.made.months) + timedelta(self.made.days))

    def _brings_code(self, name: str, record: Any) -> bool:
        """Return whether an indicator of a library brings its code: it is what ties the two."""
        is_entry = isinstance(record, OutcomeIndicator) and record.source != IndicatorSource.CUSTOM
        return name == "code" and is_entry and record.code not in self.codes

    def _name_collector(self, cells: dict[str, str]) -> None:
        """Give an indicator that lost the office that collects its data a text instead: the record needs one."""
        if not any(cells.get(name) for name in ("responsible", "responsible_office", "data_source")):
            cells["responsible_office"] = TO_DECIDE
            self.made.undecided += 1

    def _referred(self, kind: RowKind, name: str, record: Any) -> SheetRow | None:
        return self.copies.get((kind.refers[name], str(getattr(record, f"{name}_id", None))))

    def _name(self, row: SheetRow) -> str:
        """Return a text that names a row and no other one, or ""."""
        own = _names(row)
        others = {
            name.casefold() for one in self.here if one.kind is row.kind and one is not row for name in _names(one)
        }
        return next((name for name in own if name and name.casefold() not in others), "")

    def _twin(self, kind: RowKind, cells: Mapping[str, str], parent: SheetRow | None) -> SheetRow | None:
        """Return the row of the partnership that a row would repeat."""
        names = SAME_BY.get(kind.key, ())
        for row in self.before:
            if row.kind is kind and names and (not kind.within or row.parent is parent):
                texts = self.texts[id(row)]
                if all(texts.get(name, "").casefold() == cells.get(name, "").casefold() for name in names):
                    return row
        return None

    def _note_groups(self, kind: RowKind, row: SheetRow, record: Any) -> None:
        """Note what the record has that no copy takes."""
        texts = _texts(kind, record)
        for name, group in NOT_COPIED.items():
            if group and texts.get(name) and texts[name] != kind.defaults.get(name):
                self.made.groups[group] = None
        for name, group in (("target_", "targets"), ("us_amount", "amounts"), ("partner_amount", "amounts")):
            if any(text for column, text in (row.cells | dict(row.locked)).items() if column.startswith(name)):
                self.made.groups[group] = None


def _texts(kind: RowKind, record: Any) -> dict[str, str]:
    """Return what a record has in the columns of a kind, also in those that can't be changed now."""
    texts = {}
    for name, column in kind.by_name.items():
        if not hasattr(record, name):
            continue
        value = getattr(record, name)
        texts[name] = column.text(value.normalize() if isinstance(value, Decimal) else value)
    return texts


def _names(row: SheetRow) -> Sequence[str]:
    if row.record is not None:
        return row.kind.names(row.record)
    return row.kind.new_names(row.cells)


def copied_rows(
    mine: Sheet, rows: Sequence[SheetRow], theirs: Sheet, source: Partnership, partnership: Partnership
) -> Copied:
    """Return the rows of another partnership as new ones beside `rows`. Its days move with the first day of the term.

    Contributions, amounts, targets, baselines, and progress are not copied.
    """
    return _Copying(mine, rows, theirs, source, partnership).run()
