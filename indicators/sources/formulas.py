"""Cells that a spreadsheet program would compute: told apart from what they show.

A workbook is read by its stored values, in which a formula looks like any other cell, so the formulas are looked up
in the workbook itself. In a CSV, and in a text of a workbook, a formula is a text that starts like one.
"""

from __future__ import annotations

import io
import re
import zipfile
from functools import cached_property
from typing import Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from indicators.sources.documents import Document

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?")


def formula_text(text: str) -> bool:
    """Whether a spreadsheet program would take this text for a formula; a plain number with its sign is none."""
    return text.startswith(_STARTS) and not _NUMBER.fullmatch(text.strip())


def unquoted(text: str) -> str:
    """The text without the apostrophe with which an export keeps it from being taken for a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_STARTS) else text


class Formulas:
    """The places of formulas in one sheet of a workbook; a CSV, whose `sheet` is "", has none of its own."""

    def __init__(self, document: Document, sheet: str) -> None:
        self._document = document
        self._sheet = sheet

    def at(self, row: int, column: int | None) -> bool:
        """Whether the cell in this row and column, counted from 0, holds a formula."""
        return column is not None and (row, column) in self._places

    @cached_property
    def _places(self) -> frozenset[tuple[int, int]]:
        if not self._sheet:
            return frozenset()
        try:
            book = load_workbook(io.BytesIO(self._document.content), read_only=True, data_only=False)
        except (InvalidFileException, KeyError, OSError, ParseError, ValueError, zipfile.BadZipFile):
            return frozenset()  # the values were read; a program that reads no more of it runs no formula either
        if self._sheet not in book.sheetnames:  # Strict Open XML, of which openpyxl sees no sheet
            return frozenset()
        return frozenset(
            (row, column)
            for row, cells in enumerate(book[self._sheet].iter_rows())
            for column, cell in enumerate(cells)
            if cell.data_type == "f"
        )
