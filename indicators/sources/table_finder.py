"""Finder of tables in a file: the header, and the names and addresses of its columns.

    header = Header({"country": "country", "rank": r"(?:cpi )?rank"}, media=(Media.WORKBOOK, *TEXTS))

    for table in header.find(document):
        table.columns            # {"country": 0, "rank": 4}
        table.title("rank")      # "CPI Rank"
        table.locator(8, "rank") # "CPI 2025!E9"

The header may be in any of the first rows of any visible sheet. `table_reader` reads the rows below it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from indicators.sources.base import Problem
from indicators.sources.checks import fold
from indicators.sources.documents import Cell, Document, Media, cell_text, column_letters

HEADER_WITHIN: Final = 40  # rows of a table searched for its header
TEXTS: Final = (Media.CSV, Media.TEXT)

HEADER_ACROSS: Final = 2_000  # columns of a row searched for headings
LONGEST_HEADING: Final = 500

Column = str | int
"""Column by its name in the header or, if a header has one for each year, by its position."""


@lru_cache(maxsize=65_536)
def _heading(text: str) -> str:
    """Return a text as headings are compared; cached, since every adapter looks at the same first rows."""
    return " ".join(fold(text).replace("_", " ").split())


class Header:
    """Header row of a table.

    `columns` gives each column a name and a regular expression for its heading, which is compared in lower case, with
    single spaces, and with a space for an underscore; the leftmost match counts. All columns are required unless
    `required` lists the required ones; of each group in `one_of`, at least one must exist. `by_position` names
    columns in problems by their position ("B" or "2") instead of their heading.
    """

    def __init__(
        self,
        columns: Mapping[str, str],
        *,
        required: Collection[str] | None = None,
        one_of: Collection[Collection[str]] = (),
        media: Collection[Media] = (Media.WORKBOOK,),
        by_position: bool = False,
    ) -> None:
        self.columns = columns
        self.required = columns.keys() if required is None else required
        self.one_of = one_of
        self.media = media
        self.by_position = by_position
        self._names = {f"column_{index}": name for index, name in enumerate(columns)}
        groups = zip(self._names, columns.values(), strict=True)
        self._pattern = re.compile("|".join(f"(?P<{group}>{pattern})" for group, pattern in groups))

    def match(self, cells: Sequence[Cell]) -> dict[str, int] | None:
        """Return the positions of the columns, or None if the row is no such header."""
        columns: dict[str, int] = {}
        for position, cell in enumerate(cells[:HEADER_ACROSS]):
            if cell == "" or (isinstance(cell, str) and len(cell) > LONGEST_HEADING):
                continue
            heading = self._pattern.fullmatch(_heading(cell_text(cell)))
            if heading is not None and heading.lastgroup is not None:
                columns.setdefault(self._names[heading.lastgroup], position)
        if any(name not in columns for name in self.required):
            return None
        return columns if all(any(name in columns for name in group) for group in self.one_of) else None

    def find(self, document: Document, *, hidden: bool = False) -> Iterator[SourceTable]:
        """Yield the table of each sheet, or of a delimited text, that has the header."""
        if document.media not in self.media:
            return
        seen: dict[Any, Any] = {}
        for sheet, rows, lines in _sheets(document, hidden=hidden):
            for index, row in enumerate(rows[:HEADER_WITHIN]):
                columns = self.match(row)
                if columns is not None:
                    yield SourceTable(document, sheet, rows, index, columns, lines, self.by_position, seen)
                    break


def _sheets(document: Document, *, hidden: bool) -> Iterator[tuple[str, Sequence[Sequence[Cell]], Sequence[int]]]:
    """Yield name, rows, and line of each row: a sheet has no lines, a text no name."""
    if document.media is not Media.WORKBOOK:
        yield "", document.csv_rows, [line for line, _ in document.csv_records]
        return
    for sheet in document.sheet_names:
        if hidden or sheet not in document.hidden_sheets:
            yield sheet, document.sheet(sheet), ()


@dataclass(slots=True)
class SourceTable:
    """Table of a file. Its header is in row `header`, counted from 0.

    All tables of a file share `seen`, for example the first row of each key. `groups` are notes on rows left out.
    """

    document: Document
    sheet: str
    rows: Sequence[Sequence[Cell]]
    header: int
    columns: Mapping[str, int] = field(default_factory=dict)
    lines: Sequence[int] = ()
    by_position: bool = False
    seen: dict[Any, Any] = field(default_factory=dict)
    groups: dict[str, Problem] = field(default_factory=dict)
    _addresses: dict[Column, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        line = self.lines[self.header] if self.lines else self.header + 1
        return f"sheet {self.sheet}, header in row {line}" if self.sheet else f"header in line {line}"

    @property
    def titles(self) -> Sequence[Cell]:
        return self.rows[self.header]

    def title(self, column: Column) -> str:
        """Return the name of a column in problems: its heading, else its position."""
        if isinstance(column, str) and column not in self.columns:
            return column
        position = self.columns[column] if isinstance(column, str) else column
        has_heading = not self.by_position and position < len(self.titles)
        heading = cell_text(self.titles[position]).strip() if has_heading else ""
        return heading or (column_letters(position) if self.sheet else str(position + 1))

    def locator(self, row: int, column: Column) -> str:
        address = self.address(column)
        return f"{address}{row + 1}" if self.sheet else f"line {self.lines[row]}{address}"

    def address(self, column: Column) -> str:
        """Return the part of its cells' addresses that names a column: "FIW13-25!AR" or ", column 4"."""
        address = self._addresses.get(column)
        if address is None:  # computed once, since a file holds tens of thousands of cells
            position = self.columns.get(column, 0) if isinstance(column, str) else column
            address = f"{self.sheet}!{column_letters(position)}" if self.sheet else f", column {position + 1}"
            self._addresses[column] = address
        return address
