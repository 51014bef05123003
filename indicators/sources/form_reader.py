"""Base of this project's own forms (docs/forms.md): tables that people fill in.

    class SchoolMeals(FormAdapter):
        key, source, indicators = "school_meals", SOURCE, (PUPILS,)
        title, columns = "form of school meals", "country, year, and pupils"
        header = form_header("country", "year", "pupils")

        def read_row(self, row: SourceRow) -> None: ...

The header may be in any row of any sheet, and its columns in any order. An unknown column rejects the table: a
misspelled `flag` would otherwise turn inferred values into stated ones.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from cpc.text import without_hidden
from indicators.sources import checks
from indicators.sources.base import Problem, ReadResult, Reason, Severity, rank_of
from indicators.sources.documents import Document, Media, cell_locator, cell_text, column_letters
from indicators.sources.table_finder import Column, Header, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of

BLANKS: Final = frozenset({"", "-", "\N{EN DASH}", "\N{EM DASH}", "na", "n/a", "..", "unavailable"})

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?")


def is_blank(text: str) -> bool:
    return checks.is_blank(text, BLANKS)


def iso_day(text: str) -> dt.date | None:
    """Parse a day written as ISO text, or None; a day of a workbook comes with its midnight."""
    try:
        return dt.date.fromisoformat(text.removesuffix("T00:00:00").removesuffix(" 00:00:00"))
    except ValueError:
        return None


def form_header(
    *columns: str,
    required: Collection[str] | None = None,
    one_of: Collection[Collection[str]] = (),
    also: str = "",
) -> Header:
    """Return the header of a form; `also` is another heading of the country."""
    headings = {name: name.replace("_", " ") for name in columns}
    if also:
        headings["country"] += f"|{also.replace('_', ' ')}"
    return Header(headings, required=required, one_of=one_of, media=(Media.WORKBOOK, Media.CSV))


class FormRow(SourceRow):
    """Filled row of a form.

    Its number counts rows, even if a text in a CSV takes several lines.
    """

    __slots__ = ()

    @property
    def number(self) -> int:
        return self.index + 1

    def text(self, column: Column) -> str:
        """Return the trimmed text of a cell without hidden characters and ".0"."""
        # Copied text can contain hidden characters; rejecting it would leave the person nothing visible to correct.
        text = without_hidden(self.raw(column)).strip()
        return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text

    def cell_to_check(self, column: Column) -> str:
        return self.text(column)


def take_country(row: SourceRow) -> bool:
    """Set the country and code of a row; reject it, and return False, if it has neither."""
    row.country, row.code = row.text("country"), row.text("iso3").upper()
    if not (row.country or row.code):
        row.reject(Reason.UNKNOWN_COUNTRY, "The row does not name a country.", "iso3")
    return bool(row.country or row.code)


class FormAdapter(TableAdapter):
    """Base of the adapters of forms; `columns` describes the columns for messages."""

    title: str
    columns: str
    row_class = FormRow

    @property
    def lacks(self) -> tuple[str, str]:  # type: ignore[override]  # follows from title and columns
        return f"has no header row of the {self.title}", f"Name the columns {self.columns}, as docs/forms.md describes."

    def tables(self, document: Document) -> list[SourceTable]:
        """Return every table with the header of the form, also on hidden sheets."""
        return list(self.header.find(document, hidden=True))

    def because(self, tables: Sequence[SourceTable]) -> str:
        headers = (f"sheet {t.sheet}, row {t.header + 1}" if t.sheet else f"line {t.lines[t.header]}" for t in tables)
        return f"the header row of the {self.title} at {', '.join(headers)}"

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result, and note the sheets without the header of the form."""
        result = ReadResult(edition, rank_of(edition), layout=self.title)
        for name in document.sheet_names:
            if name not in {table.sheet for table in tables}:
                message = f"Sheet {name!r} has no header row of the form and was not read."
                locator = cell_locator(name, 0, 0)
                result.problems.append(Problem(Severity.NOTE, Reason.NO_VALUE, message, locator, name, rows=0))
        return result

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        """Read the rows of a table if the form knows all of its columns."""
        if reject_unknown_columns(table, result):
            result.rows_read += sum(1 for _ in rows_of(table))
        else:
            self.read_rows(table, result)

    def read_rows(self, table: SourceTable, result: ReadResult) -> None:
        super().read_table(table, result)


def reject_unknown_columns(table: SourceTable, result: ReadResult) -> bool:
    """Reject unknown headings, and filled columns without one; return True if there are any."""
    rows = list(rows_of(table))
    known = sorted(table.columns, key=lambda name: table.columns[name])
    before = len(result.problems)
    for position in range(max(len(table.titles), *(len(row.cells) for row in rows), 0)):
        title = cell_text(table.titles[position]).strip() if position < len(table.titles) else ""
        if position in table.columns.values() or not (title or any(row.text(position) for row in rows)):
            continue
        letters = column_letters(position)
        named = f"column {title!r}" if title else f"column without a heading, such as column {letters}"
        message = f"The form has no {named}; its columns are {', '.join(map(table.title, known))}."
        address = table.locator(table.header, position), table.sheet, table.header + 1, title or letters, title
        problem = Problem(Severity.REJECTED, Reason.UNKNOWN_COLUMN, message, *address, rows=len(rows))
        result.problems.append(problem)
    return len(result.problems) > before


def unquoted(text: str) -> str:
    """Return a text without the apostrophe that marks it as no formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


class Formulas:
    """Cells of a form that a spreadsheet program computes.

    A workbook is read by its stored values, in which a formula looks like any other cell, so the formulas are looked
    up in the workbook itself; a text there stays a text, whatever it starts with. In a CSV a formula is a text that
    starts like one, and an apostrophe before it marks it as text.
    """

    def __init__(self, table: SourceTable) -> None:
        self._table = table

    def at(self, row: SourceRow, column: str) -> bool:
        """Return True if a cell is a formula."""
        if self._formula_cells is None:
            text = row.text(column)
            # A plain number with its sign is no formula.
            return not is_blank(text) and text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text)
        return (row.index, self._table.columns.get(column)) in self._formula_cells

    @cached_property
    def _formula_cells(self) -> frozenset[tuple[int, int]] | None:
        """Return the positions of formulas; None if only the texts can show them."""
        if not self._table.sheet:
            return None
        try:
            book = load_workbook(io.BytesIO(self._table.document.content), read_only=True, data_only=False)
        except (InvalidFileException, KeyError, OSError, ParseError, ValueError, zipfile.BadZipFile):
            return None
        if self._table.sheet not in book.sheetnames:  # Strict Open XML, in which openpyxl finds no sheet
            return None
        return frozenset(
            (row, column)
            for row, cells in enumerate(book[self._table.sheet].iter_rows())
            for column, cell in enumerate(cells)
            if cell.data_type == "f"
        )
