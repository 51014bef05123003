"""A received file, opened safely and read cell by cell.

`Document` hides the container: a workbook gives rows of cells that start at A1, a CSV gives rows of text,
a zip gives members, XML and JSON give trees. Every failure is an `UnreadableFile` with a code from a closed
list, a sentence and a remedy; nothing is read past the limits in `Limits`.
"""

from __future__ import annotations

import csv
import enum
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from lxml import etree

Cell = Any
Row = list[Cell]


class Media(enum.StrEnum):
    """The container, recognised by content and never by the file's name alone."""

    WORKBOOK = "workbook"
    CSV = "csv"
    TEXT = "text"
    HTML = "html"
    XML = "xml"
    JSON = "json"
    ZIP = "zip"
    UNKNOWN = "unknown"


class FileFault(enum.StrEnum):
    """Why a file cannot be read at all."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    CORRUPT = "corrupt"
    ENCRYPTED = "encrypted"
    ZIP_BOMB = "zip_bomb"
    NO_SHEETS = "no_sheets"
    WRONG_KIND = "wrong_kind"
    UNKNOWN_LAYOUT = "unknown_layout"


class UnreadableFile(Exception):
    """The file cannot be used. `code` is a `FileFault`; `remedy` says what to do."""

    def __init__(self, code: FileFault, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes as received, bytes once unpacked, members, and the ratio between the two."""

    bytes: int = 100 * 1024 * 1024
    unpacked: int = 1024 * 1024 * 1024
    members: int = 20_000
    ratio: int = 200


class Document:
    """One file on disk with its name as received and its SHA-256."""

    def __init__(self, path: Path, name: str = "", limits: Limits | None = None) -> None:
        self.path = path
        self.name = name or path.name
        self.limits = limits or Limits()

    @cached_property
    def size(self) -> int:
        """Bytes on disk."""
        return self.path.stat().st_size

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes, as 64 hexadecimal digits."""
        with self.path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()

    @cached_property
    def content(self) -> bytes:
        """The whole file in memory."""
        return self.path.read_bytes()

    @cached_property
    def media(self) -> Media:
        """The container found by looking at the first bytes."""
        head = self.content[:4096]
        if head.startswith(b"PK"):
            names = zipfile.ZipFile(self.path).namelist()
            return Media.WORKBOOK if "[Content_Types].xml" in names else Media.ZIP
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if start.startswith((b"<!doctype html", b"<html")):
            return Media.HTML
        if start.startswith(b"<"):
            return Media.XML
        if start.startswith((b"{", b"[")):
            return Media.JSON
        return Media.CSV if self.name.lower().endswith((".csv", ".tsv")) else Media.TEXT

    @cached_property
    def _book(self) -> pd.ExcelFile:
        return pd.ExcelFile(self.path, engine="calamine")

    @cached_property
    def sheet_names(self) -> tuple[str, ...]:
        """Names of the sheets in order; empty for anything but a workbook."""
        return tuple(str(n) for n in self._book.sheet_names) if self.media is Media.WORKBOOK else ()

    def sheet(self, name: str) -> list[Row]:
        """Rows of one sheet from A1 on; an empty cell is "" and nothing is interpreted."""
        frame = self._book.parse(sheet_name=name, header=None, dtype=object, na_filter=False)
        rows: list[Row] = frame.to_numpy(dtype=object).tolist()
        return rows

    @cached_property
    def text(self) -> str:
        """The file as text: UTF-8 (with or without a mark), else Windows-1252."""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self.content.decode("cp1252", errors="replace")

    @cached_property
    def csv_rows(self) -> list[list[str]]:
        """Rows of a delimited text file, as text."""
        return list(csv.reader(io.StringIO(self.text, newline="")))

    def xml(self) -> etree._Element:
        """The root of an XML document, read without entities, network or DTD."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(self.content, parser)

    def json(self) -> Any:
        """The file as JSON."""
        return json.loads(self.text)

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Names of a zip's files (no folders), in archive order."""
        with zipfile.ZipFile(self.path) as archive:
            return tuple(i.filename for i in archive.infolist() if not i.is_dir())

    def member(self, name: str) -> bytes:
        """The bytes of one file in a zip."""
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(name)


def column_letters(index: int) -> str:
    """Spreadsheet letters of a 0-based column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_locator(sheet: str, row: int, column: int) -> str:
    """Address of a cell, 0-based row and column: ("FIW13-25", 68, 43) is "FIW13-25!AR69"."""
    return f"{sheet}!{column_letters(column)}{row + 1}"


def line_locator(line: int, column: int | None = None) -> str:
    """Address in a text file, 1-based: "line 62" or "line 62, column 4"."""
    return f"line {line}" if column is None else f"line {line}, column {column}"
