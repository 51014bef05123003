"""Blocks of a spreadsheet program: pasted text with tabs, and workbooks with a tab for each kind of row."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from django.core.files.base import File
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from cpc.files.upload_safety import FileFault, Limits, Media, UnreadableFile, check_size, media_of
from cpc.web.sheets.kinds import RowKind, Sheet, SheetColumn
from cpc.web.sheets.rows import MOST_ROWS, SheetRow

LIMITS = Limits(bytes=2 * 1024**2, unpacked=30 * 1024**2, members=300, ratio=100, ratio_from=4 * 1024**2, cells=400_000)
AGAIN = "Download this sheet as a workbook, fill it in, and upload that file."
KEY = "Key"
KEY_HELP = "Leave empty for a new row."
NOT_READ = ("Lists", "About")
HEADER_WITHIN = 10
_KEY = re.compile(r"r(\d+)v(\S+)")


class UnreadableBlock(ValueError):
    """A pasted block that doesn't fit the sheet. The message names the cell or row."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row of a block or workbook: texts by column, and the key and revision of the record if it has one.

    `line` is the number of the row in a workbook; 0 in a block.
    """

    kind: RowKind
    cells: dict[str, str]
    key: str = ""
    revision: str = ""
    line: int = 0


def key_text(key: str, revision: str) -> str:
    """Return what a file holds to find a record again. No spreadsheet program takes it for a number or a day."""
    return f"r{key}v{revision}" if key else ""


def incoming(kind: RowKind, texts: dict[str, str], line: int = 0) -> Incoming:
    match = _KEY.fullmatch(texts.pop(KEY, ""))
    return Incoming(kind, texts, match[1] if match else "", match[2] if match else "", line)


# --- rows on record ---------------------------------------------------------------------------------------------


def find_row(one: Incoming, known: Mapping[tuple[str, str], SheetRow]) -> SheetRow | None:
    """Return the row on record that a row of a block is about, or None for a new one.

    Its key tells, or else its name, where rows have one. Raises `UnreadableBlock`.
    """
    kind, name = one.kind, one.cells.get(one.kind.named_by, "")
    if one.key and (reason := kind.why_foreign(one.revision)):
        raise UnreadableBlock(reason)
    row = known.get((kind.key, one.key)) if one.key else None
    if row is None and kind.named_by:
        named = {other.name.casefold(): other for other in known.values() if other.kind is kind}
        row = named.get(name.casefold())
    if row is None and not kind.adds:
        column = kind.by_name[kind.named_by].label if kind.named_by else ""
        if column and not name:
            raise UnreadableBlock(
                f"A row of the block has no {column.lower()}, which tells the {kind.noun} it is about."
            )
        called = f"{kind.noun} “{name}” is on this sheet" if name else f"{kind.noun} can be added now"
        raise UnreadableBlock(f"No {called}.")
    return row


def name_of(row: SheetRow) -> str:
    return f"{row.kind.noun} {row.name}" if row.name else f"the same {row.kind.noun}"


def refuse_fixed(row: SheetRow, one: Incoming) -> int:
    """Put an error at a named row for each text in a block that differs from one that is fixed; return their number."""
    if not row.kind.named_by:
        return 0
    count = 0
    for name, fixed in row.locked.items():
        column, text = row.kind.by_name[name], one.cells.get(name, "")
        if text and not _is_same(column, text, fixed):
            stays = f"“{fixed}”, and can't be changed here" if fixed else f"not filled in for this {row.kind.noun}"
            row.refuse(name, f"The block has “{text}”, but it is {stays}.")
            count += 1
    return count


def _is_same(column: SheetColumn, text: str, fixed: str) -> bool:
    """Return whether both texts mean the same in a spreadsheet program."""
    values = [cell_value(column, " ".join(one.casefold().split()).removeprefix("'")) for one in (text, fixed)]
    return values[0] == values[1]


# --- pasted text ------------------------------------------------------------------------------------------------


def read_pasted(kind: RowKind, text: str) -> list[Incoming]:
    """Return the rows of a pasted block: with a row of headings, or else in the order of the columns.

    Raises `UnreadableBlock`.
    """
    read_lines = csv.reader(io.StringIO(text.replace("\0", "")), delimiter="\t")
    lines = [[cell.strip() for cell in line] for line in read_lines if any(cell.strip() for cell in line)]
    if not lines:
        raise UnreadableBlock("There is nothing to add. Paste the cells of a spreadsheet.")
    columns: list[str] = [column.name for column in kind.in_order]
    by_label = names_by_label(kind)
    headings = [by_label.get(cell.casefold(), "") for cell in lines[0]]
    if sum(map(bool, headings)) * 2 > len([cell for cell in lines[0] if cell]):
        unknown = [cell for cell, name in zip(lines[0], headings, strict=True) if cell and not name]
        if unknown:
            raise UnreadableBlock(f"“{unknown[0]}” is not a column of {kind.plural}.")
        if len({*filter(None, headings)}) < len([*filter(None, headings)]):
            raise UnreadableBlock("Two columns have the same heading. Delete one of them.")
        columns, lines = headings, lines[1:]
    if len(lines) > MOST_ROWS:
        raise UnreadableBlock(f"The block has {len(lines):,} rows. A sheet takes {MOST_ROWS}. Paste it in parts.")
    read = []
    for number, line in enumerate(lines, start=1):
        if any(line[len(columns) :]):
            wide = len(line)
            raise UnreadableBlock(f"Row {number} of the block has {wide} cells, but there are {len(columns)} columns.")
        read.append(incoming(kind, {name: cell for name, cell in zip(columns, line, strict=False) if name}))
    return read


def names_by_label(kind: RowKind) -> dict[str, str]:
    return {KEY.casefold(): KEY} | {column.label.casefold(): column.name for column in kind.columns}


# --- workbooks --------------------------------------------------------------------------------------------------


def read_workbook(sheet: Sheet, file: File[bytes]) -> list[Incoming]:
    """Return the filled rows of a workbook. Raises `UnreadableFile` with the cell and a remedy."""
    name = Path(file.name or "workbook").name
    check_size(file.size, name, LIMITS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"  # openpyxl goes by the name
        with path.open("wb") as copy:
            copy.writelines(file.chunks())
        if media_of(path, name, LIMITS) is not Media.WORKBOOK:
            raise _unlike(name, "It is not a workbook (.xlsx).")
        try:
            rows = list(_rows(sheet, path, name))
        except (InvalidFileException, KeyError, OSError, ParseError, ValueError, TypeError, BadZipFile) as error:
            raise UnreadableFile(FileFault.CORRUPT, f"{name} cannot be read as a workbook.", AGAIN) from error
    if not rows:
        raise _unlike(name, "It has no filled rows.")
    if len(rows) > MOST_ROWS:
        raise _unlike(name, f"It has {len(rows):,} rows. A sheet takes {MOST_ROWS}.", "Upload it in parts.")
    return rows


def _unlike(name: str, detail: str, remedy: str = AGAIN) -> UnreadableFile:
    return UnreadableFile(FileFault.UNKNOWN_LAYOUT, f"{name} does not fit this sheet. {detail}", remedy)


def _rows(sheet: Sheet, path: Path, name: str) -> Iterator[Incoming]:
    book = load_workbook(path, read_only=True, data_only=False)
    kinds = {kind.plural.casefold(): kind for kind in sheet.kinds}
    try:
        titles = [title for title in book.sheetnames if title not in NOT_READ]
        if len(titles) == 1 and len(kinds) == 1:
            kinds = {titles[0].casefold(): sheet.kinds[0]}
        for title in titles:
            kind = kinds.get(title.casefold())
            if kind is None:
                known = ", ".join(f"“{kind.plural.capitalize()}”" for kind in sheet.kinds)
                raise _unlike(name, f"The tab “{title}” is not part of it.", f"Remove it. The tabs are {known}.")
            yield from _rows_of_tab(kind, book[title], name, title)
    finally:
        book.close()


def _rows_of_tab(kind: RowKind, page: Any, name: str, title: str) -> Iterator[Incoming]:
    heads: dict[int, str] = {}
    for number, row in enumerate(page.iter_rows(max_row=MOST_ROWS * 4), start=1):
        filled = [(index, cell) for index, cell in enumerate(row) if _text(cell.value)]
        if not heads:
            heads = _heads(kind, [(index, _text(cell.value)) for index, cell in filled], name, title, number)
            if not heads and number >= HEADER_WITHIN:
                break
            continue
        texts: dict[str, str] = {}
        for index, cell in filled:
            where = f"{title}!{get_column_letter(index + 1)}{number}"
            if index not in heads:
                raise _unlike(name, f"{where} is filled in, but its column has no heading.", "Clear it.")
            if cell.data_type in ("f", "e"):
                raise _unlike(name, f"{where} holds a formula or an error.", "Copy the column and paste its values.")
            texts[heads[index]] = _text(_as_shown(cell))
        if texts:
            yield incoming(kind, texts, number)
    if not heads:
        known = ", ".join(column.label for column in kind.in_order)
        raise _unlike(name, f"The tab “{title}” has no row of headings.", f"The headings are {known}.")


def _heads(kind: RowKind, cells: Sequence[tuple[int, str]], name: str, title: str, number: int) -> dict[int, str]:
    """Return the column of each position if this row has the headings, or nothing."""
    by_label = names_by_label(kind)
    found = {index: by_label.get(text.casefold(), "") for index, text in cells}
    if not found or sum(map(bool, found.values())) * 2 <= len(found):
        return {}
    for index, text in cells:
        where = f"{title}!{get_column_letter(index + 1)}{number}"
        if not found[index]:
            known = ", ".join(column.label for column in kind.in_order)
            raise _unlike(
                name, f"{where} has the heading “{text[:80]}”, which is not a column.", f"The columns are {known}."
            )
        if list(found.values()).count(found[index]) > 1:
            raise _unlike(name, f"{where} repeats the heading “{text}”.", "Delete one of the two columns.")
    return found


def _as_shown(cell: Any) -> Any:
    """Return the value of a cell; of a percentage the number that it shows: 85 of 85%, stored as 0.85."""
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    return float(Decimal(repr(cell.value)) * 100) if is_number and "%" in (cell.number_format or "") else cell.value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return (value.date() if value.time() == dt.time() else value).isoformat()
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    return str(getattr(value, "text", value)).strip()


def cell_value(column: SheetColumn, text: str) -> str | Decimal | dt.date:
    """Return the text of a cell as a workbook stores it: numbers and days as such."""
    if column.entry == "number" and re.fullmatch(r"-?[\d,]+(\.\d+)?", text):
        return Decimal(text.replace(",", ""))
    if column.entry == "day":
        for shape in ("%b %d, %Y", "%Y-%m-%d"):
            try:
                return dt.datetime.strptime(text, shape).date()  # a day has no zone
            except ValueError:
                continue
    return text
