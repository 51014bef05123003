"""Reader of a filled comment matrix: a workbook, checked before it is opened.

Writes nothing.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from django.core.files.base import File
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from cpc.files.upload_safety import (
    FileFault,
    Limits,
    Media,
    UnreadableFile,
    check_size,
    media_of,
)
from selection.notes.matrix_columns import (
    ABOUT,
    BY_KEY,
    COLUMNS,
    REQUIRED,
    SHEET,
    plain,
)
from selection.notes.services.attachments import safe_name

LIMITS = Limits(bytes=5 * 1024**2, unpacked=60 * 1024**2, members=500, ratio=100, ratio_from=4 * 1024**2, cells=400_000)
MOST_ROWS = 1_000
AGAIN = "Download the round's template, fill it in, and upload that file."


def read_sheet(file: File[bytes]) -> list[dict[str, Any]]:
    """Return the filled rows of a matrix as plain data. Raise `UnreadableFile` with cell and remedy.

    A row is `{"row": 7, "cells": {key: text}, "columns": {key: letter}, "formulas": [keys], "sheet": title}`.
    """
    name = safe_name(file.name or "")
    check_size(file.size, name, LIMITS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matrix.xlsx"  # openpyxl goes by the name
        with path.open("wb") as copy:
            copy.writelines(file.chunks())
        if media_of(path, name, LIMITS) is not Media.WORKBOOK:
            raise _unlike(name, "It is not a workbook (.xlsx).")
        try:
            lines = list(_lines(path, name))
        except (InvalidFileException, KeyError, OSError, ParseError, ValueError, TypeError, BadZipFile) as error:
            raise UnreadableFile(FileFault.CORRUPT, f"{name} cannot be read as a workbook.", AGAIN) from error
    if not lines:
        raise _unlike(name, "It has no filled rows.")
    return lines


def _unlike(name: str, detail: str, remedy: str = AGAIN) -> UnreadableFile:
    return UnreadableFile(FileFault.UNKNOWN_LAYOUT, f"{name} is not a comment matrix. {detail}", remedy)


def _lines(path: Path, name: str) -> Iterator[dict[str, Any]]:
    book = load_workbook(path, read_only=True, data_only=False)
    try:
        title = SHEET if SHEET in book.sheetnames else book.sheetnames[0]
        others = [other for other in book.sheetnames if other not in (title, ABOUT)]
        if others:
            detail = f"In addition to “{title}”, it has the sheet “{others[0]}”, which is not read."
            raise _unlike(name, detail, f"Move everything into “{SHEET}” and remove “{others[0]}”.")
        rows = book[title].iter_rows()
        heads = _heads(next(rows, ()), name, title)
        for number, row in enumerate(rows, start=2):
            line = _line(number, row, heads, name, title)
            if line is None:
                continue
            if number > MOST_ROWS + 1:
                raise _unlike(name, f"It has more than {MOST_ROWS:,} rows.", "Upload it in parts.")
            yield line
    finally:
        book.close()


def _heads(row: tuple[Any, ...], name: str, title: str) -> dict[int, str]:
    """Return the key of each column, by its position from 0."""
    keys = {column.heading.casefold(): column.key for column in COLUMNS}
    found: dict[int, str] = {}
    for index, cell in enumerate(row):
        heading = _text(cell.value)
        if not heading:
            continue
        cell_name = f"{title}!{get_column_letter(index + 1)}1"
        key = keys.get(heading.casefold())
        if key is None:
            known = ", ".join(column.heading for column in COLUMNS)
            raise _unlike(
                name,
                f"{cell_name} has the heading “{heading[:80]}”, which is not a column of the matrix.",
                f"The columns are: {known}.",
            )
        if key in found.values():
            raise _unlike(name, f"{cell_name} repeats the heading “{heading}”.", "Delete one of the two columns.")
        found[index] = key
    missing = [BY_KEY[key].heading for key in REQUIRED if key not in found.values()]
    if missing:
        raise _unlike(name, f"The first row of “{title}” has no column {', '.join(missing)}.")
    return found


def _line(number: int, row: tuple[Any, ...], heads: dict[int, str], name: str, title: str) -> dict[str, Any] | None:
    cells: dict[str, str] = {}
    formulas: list[str] = []
    for index, cell in enumerate(row):
        text = _text(cell.value)
        if not text:
            continue
        if index not in heads:
            cell_name = f"{title}!{get_column_letter(index + 1)}{number}"
            raise _unlike(name, f"{cell_name} is filled in, but its column has no heading.", "Clear it.")
        key = heads[index]
        cells[key] = text
        if cell.data_type in ("f", "e"):
            formulas.append(key)
    if not cells:
        return None
    letters = {key: get_column_letter(index + 1) for index, key in heads.items()}
    return {"row": number, "cells": cells, "columns": letters, "formulas": formulas, "sheet": title}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return (value.date() if value.time() == dt.time() else value).isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float | str | bool | dt.date | dt.time):
        return plain(str(value))
    return plain(str(getattr(value, "text", value)))
