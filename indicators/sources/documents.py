"""Safe access to a received file, cell by cell.

`Document` hides the container: a workbook gives rows of cells that start at A1, a CSV gives rows of text,
a zip or a folder gives members, XML and JSON give trees. Every failure is an `UnreadableFile` with a code from a
closed list, a sentence, and a remedy; nothing is read past the limits in `Limits`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd
from lxml import etree
from python_calamine import CalamineError, SheetVisibleEnum

from cpc.files.upload_safety import (
    DOWNLOAD_AGAIN,
    FileFault,
    Limits,
    Media,
    UnreadableFile,
    check_size,
    damage_error,
    folder_members,
    media_of,
    read_member,
)

__all__ = [
    "Cell",
    "Document",
    "FileFault",
    "Limits",
    "Media",
    "Row",
    "UnreadableFile",
    "cell_locator",
    "cell_text",
    "column_letters",
    "line_locator",
    "parse_json",
    "parse_xml",
]

Cell = Any
Row = list[Cell]

_DELIMITERS: Final = (",", ";", "\t")


class Document:
    """File on disk, or folder of files, with its name as received and its SHA-256."""

    def __init__(self, path: Path, name: str = "", limits: Limits | None = None) -> None:
        self.path = path
        self.name = name or path.name
        self.limits = limits or Limits()

    @cached_property
    def size(self) -> int:
        if self.path.is_dir():
            return sum((self.path / member).stat().st_size for member in self.members)
        return self.path.stat().st_size

    @cached_property
    def sha256(self) -> str:
        """Return the SHA-256 as 64 hexadecimal digits.

        For a folder, it is that of its files' names and SHA-256s in order.
        """
        if not self.path.is_dir():
            return _file_digest(self.path).hex()
        whole = hashlib.sha256()
        for member in self.members:
            whole.update(member.encode() + b"\0" + _file_digest(self.path / member))
        return whole.hexdigest()

    @cached_property
    def content(self) -> bytes:
        check_size(self.size, self.name, self.limits)
        return self.path.read_bytes()

    @cached_property
    def media(self) -> Media:
        """Return the container detected from the content, checked against the limits.

        Raises `UnreadableFile` if no reader can use the file: empty, too large, damaged, protected, a bomb, a web
        page or an old workbook under the name of a new one, or an unknown container.
        """
        if self.path.is_dir():
            folder_members(self.path, self.name, self.limits)
            return Media.FOLDER
        check_size(self.size, self.name, self.limits)
        return media_of(self.path, self.name, self.limits)

    # --- workbooks ---------------------------------------------------------------------------------------

    @cached_property
    def _book(self) -> pd.ExcelFile:
        self._require(Media.WORKBOOK)
        try:
            book = pd.ExcelFile(io.BytesIO(self.content), engine="calamine")
        except (CalamineError, OSError, ValueError) as error:
            raise damage_error(self.name, "the workbook cannot be opened") from error
        if len(book.sheet_names) > self.limits.sheets:
            raise UnreadableFile(
                FileFault.TOO_LARGE,
                f"{self.name} has {len(book.sheet_names):,} sheets; the limit is {self.limits.sheets:,}.",
                "Upload the publisher's workbook as released.",
            )
        if not book.sheet_names:
            raise UnreadableFile(FileFault.NO_SHEETS, f"{self.name} is a workbook without sheets.", DOWNLOAD_AGAIN)
        return book

    @cached_property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(str(n) for n in self._book.sheet_names) if self.media is Media.WORKBOOK else ()

    @cached_property
    def hidden_sheets(self) -> frozenset[str]:
        if self.media is not Media.WORKBOOK:
            return frozenset()
        book: Any = self._book.book
        return frozenset(s.name for s in book.sheets_metadata if s.visible != SheetVisibleEnum.Visible)

    def sheet(self, name: str) -> list[Row]:
        """Return the rows of one sheet from A1 on; an empty cell is "" and nothing is interpreted.

        A whole number is an int, any other number a float, a day a `date`; an error of a formula is "". The rows are
        read once and shared, so callers must not change them. Raises `KeyError` if there is no such sheet.
        """
        cached = self._sheets.get(name)
        if cached is not None:
            return cached
        if name not in self.sheet_names:
            raise KeyError(f"{self.name} has no sheet {name!r}; its sheets are {', '.join(self.sheet_names)}")
        book: Any = self._book.book
        try:
            # Straight from the parser: a data frame of the same cells takes half again the time.
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError) as error:
            raise damage_error(self.name, f"its sheet {name} cannot be read") from error
        rows: list[Row] = [[int(c) if type(c) is float and c.is_integer() else c for c in row] for row in cells]
        self._sheets[name] = rows
        return rows

    @cached_property
    def _sheets(self) -> dict[str, list[Row]]:
        return {}

    # --- text --------------------------------------------------------------------------------------------

    @cached_property
    def text(self) -> str:
        """Return the file as text: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows-1252."""
        self._require(Media.CSV, Media.TEXT, Media.HTML, Media.XML, Media.JSON)
        return decode(self.content, self.name)

    @cached_property
    def csv_rows(self) -> list[list[str]]:
        """Return the rows of a delimited text file, as text; an empty line is an empty row."""
        return [row for _, row in self.csv_records]

    @cached_property
    def csv_records(self) -> list[tuple[int, list[str]]]:
        """Return the rows of a delimited text file, each with the line on which it starts (1-based)."""
        return list(_records(self.text, self.name, self.limits.columns))

    def xml(self) -> etree._Element:
        """Return the root of an XML document, read without entities, network, or DTD."""
        self._require(Media.XML, Media.HTML)
        return parse_xml(self.content, self.name)

    def json(self) -> Any:
        return parse_json(self.content, self.name)

    # --- members -----------------------------------------------------------------------------------------

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Return the names of the files (no folders): of a zip in archive order, of a folder sorted."""
        if self.path.is_dir():
            return folder_members(self.path, self.name, self.limits)
        return tuple(i.filename for i in self._archive.infolist() if not i.is_dir())

    def member(self, name: str) -> bytes:
        """Return the bytes of one file in a zip or folder.

        Raises `KeyError` if there is none of this name.
        """
        if name not in self._member_set:
            raise KeyError(f"{self.name} has no file {name!r}")
        if self.path.is_dir():
            return (self.path / name).read_bytes()
        return read_member(self._archive, name, self.name)

    @cached_property
    def _member_set(self) -> frozenset[str]:
        return frozenset(self.members)

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        self._require(Media.ZIP, Media.WORKBOOK)
        return zipfile.ZipFile(self.path)

    def _require(self, *kinds: Media) -> None:
        if self.media not in kinds:
            raise UnreadableFile(
                FileFault.WRONG_KIND,
                f"{self.name} is a file of type {self.media.value}, not {' or '.join(k.value for k in kinds)}.",
                "Upload the file as the publisher released it.",
            )


def _file_digest(path: Path) -> bytes:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").digest()


def decode(content: bytes, name: str) -> str:
    """Decode `content`: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows-1252.

    Raises `UnreadableFile`.
    """
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as first:
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError:
            line = content.count(b"\n", 0, first.start) + 1
            raise damage_error(name, f"line {line} contains bytes that are not text") from first


def _records(text: str, name: str, most_columns: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    start = 1
    try:
        for row in reader:
            if len(row) > most_columns:
                raise UnreadableFile(
                    FileFault.TOO_LARGE,
                    f"{name} has {len(row):,} columns in line {start}; the limit is {most_columns:,}.",
                    "Upload the publisher's table as released, one row for each country or value.",
                )
            yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        raise damage_error(name, f"the quoted text in line {start} does not end correctly: {error}") from error


def delimiter_of(text: str) -> str:
    """Return the delimiter of a CSV: comma, semicolon, or tab.

    The one that most lines have equally often wins. In a tie, the first of those in the first line wins, so that
    `Country;Value` over `Ghana;2,9` is read as two columns. A file of one column returns the comma.
    """
    lines = [line for line in text[:65536].splitlines() if line.strip()][:200]
    if not lines:
        return ","

    def weight(mark: str) -> tuple[int, bool, int]:
        counts = Counter(count for line in lines if (count := _outside_quotes(line).count(mark)))
        width, often = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return often, mark in _outside_quotes(lines[0]), width

    return max(_DELIMITERS, key=weight)


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def parse_xml(content: bytes, name: str) -> etree._Element:
    """Return the root of an XML document. Raises `UnreadableFile`, also for entities.

    Entities can expand without end or name other files.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damage_error(name, f"its XML is not valid: {error}") from error
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise UnreadableFile(
            FileFault.UNSAFE, f"{name} declares XML entities, which CPC doesn't read.", "Upload the file without a DTD."
        )
    return root


def parse_json(content: bytes, name: str) -> Any:
    """Parse `content` as JSON, with `name` for the messages.

    Raises `UnreadableFile`, also for NaN and Infinity.
    """
    try:
        return json.loads(decode(content, name), parse_constant=_no_constant)
    except RecursionError as error:
        raise UnreadableFile(
            FileFault.UNSAFE,
            f"{name} is nested too deeply to be read.",
            "Upload the file as the publisher released it.",
        ) from error
    except ValueError as error:
        raise damage_error(name, f"its JSON is not valid: {error}") from error


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")


def cell_text(cell: Cell) -> str:
    """Return the text of a cell for `Reading.raw`.

    Text is unchanged, a number is as Python writes it, and an empty cell is "".
    """
    return cell if isinstance(cell, str) else str(cell)


def column_letters(index: int) -> str:
    """Return the spreadsheet letters of a 0-based column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_locator(sheet: str, row: int, column: int) -> str:
    """Return the address of a cell from its 0-based row and column.

    ("FIW13-25", 68, 43) is "FIW13-25!AR69".
    """
    return f"{sheet}!{column_letters(column)}{row + 1}"


def line_locator(line: int, column: int | None = None) -> str:
    """Return the address in a text file, 1-based: "line 62" or "line 62, column 4"."""
    return f"line {line}" if column is None else f"line {line}, column {column}"
