"""Cells that a spreadsheet program would compute: told apart from what they show.

A workbook is read by its stored values, in which a formula looks like any other cell, so the formulas are looked up
in the workbook itself; a text there stays a text, whatever it starts with. In a CSV a formula is a text that starts
like one, and an apostrophe before it says that it is meant as text.
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
    """Which cells of a form are formulas: by what a workbook stores, and by how a text starts in a CSV, `sheet` ""."""

    def __init__(self, document: Document, sheet: str) -> None:
        self._document = document
        self._sheet = sheet

    def at(self, row: int, column: int | None, text: str) -> bool:
        """Whether the cell in this row and column, counted from 0, which shows `text`, is a formula."""
        if self._places is None:
            return formula_text(text)
        return (row, column) in self._places

    @cached_property
    def _places(self) -> frozenset[tuple[int, int]] | None:
        """The places of formulas; None where nothing but the texts can tell."""
        if not self._sheet:
            return None
        try:
            book = load_workbook(io.BytesIO(self._document.content), read_only=True, data_only=False)
        except (InvalidFileException, KeyError, OSError, ParseError, ValueError, zipfile.BadZipFile):
            return None
        if self._sheet not in book.sheetnames:  # Strict Open XML, of which openpyxl sees no sheet
            return None
        return frozenset(
            (row, column)
            for row, cells in enumerate(book[self._sheet].iter_rows())
            for column, cell in enumerate(cells)
            if cell.data_type == "f"
        )
