"""Rows of tables: checked cells, and readings and problems with their locators.

A source whose file is a table declares its header and reads row by row:

    class SchoolMeals(TableAdapter):
        key, source, indicators = "school_meals", SOURCE, (PUPILS,)
        header = Header({"country": "country", "year": "year", "pupils": "pupils with meals"}, media=TEXTS)
        lacks = "has no columns country, year, and pupils with meals", "Upload the CSV as the publisher released it."

        def read_row(self, row: SourceRow) -> None:
            row.country = row.text("country")
            period = row.find("year", year, Reason.UNREADABLE_YEAR, "{text!r} is no year.")
            if period is not None:
                row.add_reading(PUPILS, "pupils", Numbers(), period=str(period))

`add_reading` takes the value or missing reason, the raw text, and the locator from the cell; an unreadable cell
becomes a problem with its address instead. An adapter with headings in several rows overrides `tables`; one that
compares rows overrides `read_table`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from indicators.sources.base import (
    IndicatorSpec,
    Problem,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
    rank_of,
)
from indicators.sources.checks import Absent, Fault, Labels, Numbers, fold, message, unknown_layout
from indicators.sources.documents import Cell, Document, cell_text
from indicators.sources.table_finder import Column, Header, SourceTable

UNKNOWN_HEADING: Final = "The heading {raw!r} is not known; its column is not read."

T = TypeVar("T")


class SourceRow:
    """Row whose cells know their address; an invalid cell becomes a `Problem`.

    An adapter sets `country` and `code`; readings have both, problems have the code if there is no name. A row that
    is left out does not count.
    """

    __slots__ = ("cells", "code", "country", "counts", "index", "result", "table")

    def __init__(self, table: SourceTable, index: int, result: ReadResult) -> None:
        self.table, self.index, self.result = table, index, result
        self.cells = table.rows[index]
        self.country = self.code = ""
        self.counts = True

    @property
    def number(self) -> int:
        return self.table.lines[self.index] if self.table.lines else self.index + 1

    def cell(self, column: Column) -> Cell:
        """Return a cell as it is stored; "" if the column is absent or the row too short."""
        position = self.table.columns.get(column, -1) if isinstance(column, str) else column
        return self.cells[position] if 0 <= position < len(self.cells) else ""

    def raw(self, column: Column) -> str:
        """Return the text of a cell as the publisher writes it."""
        return cell_text(self.cell(column))

    def text(self, column: Column) -> str:
        return self.raw(column).strip()

    cell_to_check = cell  # a form overrides this to check the visible text

    def locator(self, column: Column) -> str:
        return self.table.locator(self.index, column)

    def find(self, column: Column, find: Callable[[str], T | None], reason: Reason, wording: str) -> T | None:
        """Return the result of `find` on the text of a cell; reject the cell if that is None."""
        found = find(self.text(column))
        if found is None:
            self.reject(reason, message(wording, self.cell_to_check(column)), column)
        return found

    def check(self, column: Column, rule: Numbers | Labels, spec: IndicatorSpec | None = None) -> Any:
        """Return the number or label in a cell, or an `Absent`; None if rejected."""
        checked = rule.check(self.cell_to_check(column), spec)
        if isinstance(checked, Fault):
            self.reject(*checked, column)
            return None
        return checked

    def add_reading(self, spec: IndicatorSpec, column: Column, rule: Numbers | Labels, **more: Any) -> Reading | None:
        checked = self.check(column, rule, spec)
        return None if checked is None else self.add(self.reading(spec, column, checked, **more))

    def add(self, reading: Reading) -> Reading:
        self.result.readings.append(reading)
        return reading

    def reading(
        self, spec: IndicatorSpec, column: Column, checked: float | str | Absent, *, period: str, **more: Any
    ) -> Reading:
        value, label, missing = None, "", None
        if isinstance(checked, float):
            value = checked
        elif isinstance(checked, str):
            label = checked
        else:
            missing, more["note"] = checked.missing, checked.note or more.get("note", "")
        locator, raw = self.table.locator(self.index, column), cell_text(self.cell(column))
        return Reading(spec.code, self.country, period, locator, value, label, missing, raw, self.code, **more)

    def reject(self, reason: Reason, text: str, column: Column) -> Problem:
        return self.problem(Severity.REJECTED, reason, text, column)

    def warn(self, reason: Reason, text: str, column: Column) -> Problem:
        return self.problem(Severity.WARNING, reason, text, column)

    def repeats(self, key: Hashable, subject: str, column: Column) -> bool:
        """Reject the row if an earlier one has its key, and return True; `subject` opens the message."""
        first: SourceRow = self.table.seen.setdefault(key, self)
        if first is not self:
            self.reject(Reason.DUPLICATE_KEY, f"{subject}: row {first.number}.", column)
        return first is not self

    def leave_out(self, text: str, column: Column, reason: Reason = Reason.NOT_A_COUNTRY) -> Problem:
        self.counts = False
        return self.problem(Severity.NOTE, reason, text, column)

    def leave_out_group(self, key: str, text: str, column: Column, reason: Reason = Reason.NOT_A_COUNTRY) -> None:
        """Leave the row out, with one note for its group.

        The note counts the rows of the group and follows all other notes.
        """
        self.counts = False
        if key in self.table.groups:
            self.table.groups[key].rows += 1
        else:
            self.table.groups[key] = self.problem(Severity.NOTE, reason, text, column)
            self.result.problems.pop()

    def problem(self, severity: Severity, reason: Reason, text: str, column: Column) -> Problem:
        table = self.table
        place = self.locator(column), table.sheet, self.number, table.title(column), self.raw(column)
        self.result.problems.append(problem := Problem(severity, reason, text, *place, self.country or self.code))
        return problem


def rows_of(
    table: SourceTable, result: ReadResult | None = None, kind: type[SourceRow] = SourceRow
) -> Iterator[SourceRow]:
    """Yield the rows below the header; blank ones are left out."""
    for index in range(table.header + 1, len(table.rows)):
        if any(cell_text(cell).strip() for cell in table.rows[index]):
            yield kind(table, index, result or ReadResult("", 0))


def warn_of_unknown_columns(
    table: SourceTable, result: ReadResult, is_known: Callable[[str], bool], wording: str = UNKNOWN_HEADING
) -> None:
    """Warn of each heading that the publisher did not use before."""
    head = SourceRow(table, table.header, result)
    for position, cell in enumerate(table.titles):
        if (title := fold(cell)) and not is_known(title):
            head.warn(Reason.UNKNOWN_COLUMN, message(wording, cell, title=title), position).rows = 0


class TableAdapter:
    """Base of the adapters whose file is a table.

    `lacks` gives the fault of other files ("has no column of scores") and the remedy, `content` the table's content.
    """

    key: str
    source: SourceSpec
    indicators: Sequence[IndicatorSpec]
    header: Header
    lacks: tuple[str, str]
    content = ""
    confidence = 1.0
    row_class: type[SourceRow] = SourceRow

    def tables(self, document: Document) -> list[SourceTable]:
        """Return the tables to read; by default the first that has the header."""
        return list(islice(self.header.find(document), 1))

    def recognize(self, document: Document) -> Recognition | None:
        tables = self.tables(document)
        if not tables:
            return None
        return Recognition(self.edition_of(document, tables), self.because(tables), self.confidence)

    def because(self, tables: Sequence[SourceTable]) -> str:
        return ", ".join(filter(None, (tables[0].place, self.content)))

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        """Return the edition that a document names, or "" if there is none."""
        return ""

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read the tables of a document.

        Raises `UnreadableFile` if there is none, or no edition is known.
        """
        tables = self.tables(document)
        if not tables:
            raise unknown_layout(document, *self.lacks)
        result = self.start(document, tables, edition)
        self.read_tables(tables, result)
        for table in tables:
            table.seen.clear()  # its rows refer to the table, so that all of the file would wait for the collector
        return result

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result with the given edition, or with the one in the document.

        Raises `UnreadableFile` if neither is one.
        """
        label = edition or self.edition_of(document, tables)
        if not rank_of(label):
            cause = f"does not say of which edition it is, and {label!r} is none"
            raise unknown_layout(document, cause, "Name the edition when uploading, for example 2025 or 2025-06.")
        return ReadResult(label, rank_of(label), layout=tables[0].place)

    def read_tables(self, tables: Sequence[SourceTable], result: ReadResult) -> None:
        for table in tables:
            self.read_table(table, result)

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        for row in rows_of(table, result, self.row_class):
            self.read_row(row)
            result.rows_read += row.counts
        result.problems += table.groups.values()

    def read_row(self, row: SourceRow) -> None:
        raise NotImplementedError
