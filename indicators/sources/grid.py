"""Tables inside publishers' workbooks: the header found by its words, cells read with their addresses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from indicators.sources.base import Problem, Reason, Severity
from indicators.sources.documents import Cell, Document, Media, Row, cell_locator, cell_text, column_letters

HEADER_WITHIN: Final = 40  # rows of a sheet searched for its header
BLANKS: Final = frozenset({"", "-", "..", "n/a", "na", "#n/a"})


def fold(cell: Cell) -> str:
    """A heading or label as it is compared: lower case, single spaces."""
    return " ".join(cell.split()).casefold() if isinstance(cell, str) else cell_text(cell)


def is_blank(cell: Cell) -> bool:
    """Whether the publisher states nothing here: an empty cell or one of the signs for it."""
    return isinstance(cell, str) and cell.strip().casefold() in BLANKS


def number(cell: Cell) -> float | None:
    """The number in a cell, or None where it holds none; text counts where it is a plain number."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, str):
        try:
            cell = float(cell)
        except ValueError:
            return None
    return float(cell) if isinstance(cell, int | float) and math.isfinite(cell) else None


def year(cell: Cell) -> int | None:
    """The year in a cell, or None where it is no whole number from 1900 to 2100."""
    value = number(cell)
    return int(value) if value is not None and value.is_integer() and 1900 <= value <= 2100 else None


def shown(value: float) -> str:
    """A number as a sentence gives it: 2, not 2.0."""
    return f"{value:g}"


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header: 0-based row `header`, and `columns` from folded heading to 0-based column."""

    sheet: str
    rows: Sequence[Row]
    header: int
    columns: Mapping[str, int]

    def data(self) -> Iterator[tuple[int, Row]]:
        """Rows below the header with their 0-based index, entirely empty ones left out."""
        for index in range(self.header + 1, len(self.rows)):
            if any(cell != "" for cell in self.rows[index]):
                yield index, self.rows[index]

    def locator(self, row: int, column: int) -> str:
        """The address of a cell."""
        return cell_locator(self.sheet, row, column)

    def problem(
        self,
        severity: Severity,
        reason: Reason,
        message: str,
        row: int,
        column: int,
        country: str = "",
        rows: int = 1,
    ) -> Problem:
        """A problem with one cell, which names the cell, its heading and its text."""
        cells, head = self.rows[row], self.rows[self.header]
        return Problem(
            severity=severity,
            reason=reason,
            message=message,
            locator=self.locator(row, column),
            sheet=self.sheet,
            row=row + 1,
            column=cell_text(head[column]).strip() or column_letters(column),
            raw=cell_text(cells[column]),
            country=country,
            rows=rows,
        )

    def unknown_columns(self, known: Callable[[str], bool]) -> list[Problem]:
        """A warning for each heading that the publisher did not use when this reader was written."""
        return [
            self.problem(
                Severity.WARNING,
                Reason.UNKNOWN_COLUMN,
                f"The column {heading!r} is not known to this reader and was not read.",
                self.header,
                column,
                rows=0,
            )
            for heading, column in self.columns.items()
            if heading and not known(heading)
        ]


def table_in(document: Document, sheet: str, wanted: Callable[[Mapping[str, int]], bool]) -> Table | None:
    """The table of a sheet whose headings satisfy `wanted`; of equal headings the leftmost counts."""
    rows = document.sheet(sheet)
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row):
            columns.setdefault(fold(cell), column)
        if wanted(columns):
            return Table(sheet, rows, index, columns)
    return None


def tables(document: Document, wanted: Callable[[Mapping[str, int]], bool]) -> Iterator[Table]:
    """The tables of all visible sheets that satisfy `wanted`; none where the document is no workbook."""
    if document.media is not Media.WORKBOOK:
        return
    for sheet in document.sheet_names:
        if sheet not in document.hidden_sheets and (table := table_in(document, sheet, wanted)) is not None:
            yield table
