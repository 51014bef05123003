"""Tables filled in by people: the product's own CSV and workbook forms.

Where a publisher gives no data file, the product defines a form (docs/forms.md). Its header is found by its
words, in any row and any sheet, and its columns come in any order. A column the form does not know is never
skipped in silence: a misspelt `flag` would otherwise turn inferred values into stated ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpc.text import without_hidden
from indicators.sources.base import Problem, ReadResult, Reason, Severity, rank_of
from indicators.sources.documents import (
    Document,
    FileFault,
    Media,
    UnreadableFile,
    cell_locator,
    cell_text,
    column_letters,
    line_locator,
)

HEADER_WITHIN = 40  # rows searched for the header

BLANKS = frozenset({"", "-", "\N{EN DASH}", "\N{EM DASH}", "na", "n/a", "..", "unavailable"})


@dataclass(frozen=True, slots=True)
class Form:
    """What a form's header must and may say.

    `columns` maps each column to the headings under which it may stand; `required` names the columns without
    which a table is not this form; of each group in `one_of` at least one column must be there.
    """

    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...] = ()

    def match(self, row: Sequence[Any]) -> dict[str, int] | None:
        """Positions of the form's columns in a header row, or None where the row is no header of this form."""
        known = {spelling: name for name, spellings in self.columns.items() for spelling in spellings}
        found: dict[str, int] = {}
        for index, cell in enumerate(row):
            name = known.get(heading(cell))
            if name is not None:
                found.setdefault(name, index)
        if any(name not in found for name in self.required):
            return None
        if any(not any(name in found for name in group) for group in self.one_of):
            return None
        return found


@dataclass(frozen=True, slots=True)
class FormRow:
    """One filled row: cells by column name, and its place."""

    table: FormTable
    index: int
    line: int
    cells: Sequence[Any]

    def raw(self, column: str) -> str:
        """The cell as it stands in the file; "" where the column is absent or the cell empty."""
        position = self.table.positions.get(column)
        if position is None or position >= len(self.cells):
            return ""
        return cell_text(self.cells[position])

    def text(self, column: str) -> str:
        """Return the cell as trimmed text without hidden characters; a whole number of a workbook loses its ".0"."""
        # Copied text brings such characters along unseen; refusing the row would leave nothing to correct in sight.
        raw = without_hidden(self.raw(column)).strip()
        return raw[:-2] if raw.endswith(".0") and raw[:-2].isdigit() else raw

    def locator(self, column: str) -> str:
        """The address of the cell: sheet and cell in a workbook, line and field number in a CSV."""
        position = self.table.positions.get(column, 0)
        if self.table.sheet:
            return cell_locator(self.table.sheet, self.index, position)
        return line_locator(self.line, position + 1)

    def problem(
        self, severity: Severity, reason: Reason, message: str, column: str, country: str = "", rows: int = 1
    ) -> Problem:
        """A problem with one cell of this row."""
        heading_ = self.table.headings.get(column, column)
        return Problem(
            severity=severity,
            reason=reason,
            message=message,
            locator=self.locator(column),
            sheet=self.table.sheet,
            row=self.index + 1,
            column=heading_,
            raw=self.raw(column),
            country=country,
            rows=rows,
        )


@dataclass(frozen=True, slots=True)
class FormTable:
    """A table with the form's header.

    `sheet` is "" for a CSV, whose `lines` give the line on which each row starts; `header` is the 0-based row of the
    header.
    """

    sheet: str
    header: int
    positions: Mapping[str, int]
    headings: Mapping[str, str]
    grid: Sequence[Sequence[Any]]
    lines: Sequence[int] = ()

    def rows(self) -> Iterator[FormRow]:
        """The filled rows below the header; blank rows are passed over."""
        for index, cells in enumerate(self.grid):
            if index > self.header and any(cell_text(cell).strip() for cell in cells):
                yield FormRow(self, index, self.lines[index] if self.lines else 0, cells)

    def unknown_columns(self) -> list[Problem]:
        """A rejection for each heading the form does not know and each filled cell without a heading."""
        rows = list(self.rows())
        header = self.grid[self.header]
        known = set(self.positions.values())
        problems: list[Problem] = []
        width = max([len(header), *(len(row.cells) for row in rows)])
        for index in range(width):
            title = str(header[index]).strip() if index < len(header) else ""
            filled = sum(1 for row in rows if index < len(row.cells) and str(row.cells[index]).strip())
            if index in known or not (title or filled):
                continue
            named = f"the column {title!r}" if title else f"column {column_letters(index)}, which has no heading,"
            problems.append(
                Problem(
                    severity=Severity.REJECTED,
                    reason=Reason.UNKNOWN_COLUMN,
                    message=f"The form does not know {named}; its columns are {', '.join(self.known_headings())}.",
                    locator=cell_locator(self.sheet, self.header, index)
                    if self.sheet
                    else line_locator(self.lines[self.header], index + 1),
                    sheet=self.sheet,
                    row=self.header + 1,
                    column=title or column_letters(index),
                    raw=title,
                    rows=len(rows),
                )
            )
        return problems

    def known_headings(self) -> list[str]:
        """The headings read, in the file's order."""
        return [self.headings[name] for name in sorted(self.positions, key=lambda n: self.positions[n])]


def heading(cell: Any) -> str:
    """A heading as compared: lower case, words joined by "_" ("Report Year " is "report_year")."""
    return "_".join(str(cell).replace("_", " ").casefold().split())


def is_blank(text: str) -> bool:
    """Whether a cell says that there is no value."""
    return text.strip().casefold() in BLANKS


def tables(document: Document, form: Form) -> list[FormTable]:
    """The tables of a CSV or workbook whose header is the form's; empty for any other file."""
    if document.media is Media.WORKBOOK:
        grids: list[tuple[str, Sequence[Sequence[Any]]]] = [(n, document.sheet(n)) for n in document.sheet_names]
        lines: Sequence[int] = ()
    elif document.media is Media.CSV:
        grids = [("", document.csv_rows)]
        lines = [line for line, _ in document.csv_records]
    else:
        return []
    found: list[FormTable] = []
    for sheet, grid in grids:
        for index, row in enumerate(grid[:HEADER_WITHIN]):
            positions = form.match(row)
            if positions is not None:
                headings = {name: str(row[at]).strip() for name, at in positions.items()}
                found.append(FormTable(sheet, index, positions, headings, grid, lines))
                break
    return found


def opened(
    document: Document, form: Form, *, title: str, columns: str, edition: str
) -> tuple[list[FormTable], ReadResult]:
    """The form's tables and a result that names what is not read. Raises `UnreadableFile` where there is no table."""
    found = tables(document, form)
    if not found:
        raise UnreadableFile(
            FileFault.UNKNOWN_LAYOUT,
            f"{document.name} has no header of the {title}.",
            f"Name the columns {columns}, as docs/forms.md describes.",
        )
    result = ReadResult(edition=edition, edition_rank=rank_of(edition), layout=title)
    result.problems += unread_sheets(document, found)
    return found, result


def unread_sheets(document: Document, read: Sequence[FormTable]) -> list[Problem]:
    """A note for each sheet of a workbook that has no header of the form."""
    done = {table.sheet for table in read}
    return [
        Problem(
            severity=Severity.NOTE,
            reason=Reason.NO_VALUE,
            message=f"Sheet {name!r} has no header of the form and was not read.",
            locator=cell_locator(name, 0, 0),
            sheet=name,
            rows=0,
        )
        for name in document.sheet_names
        if name not in done
    ]
