"""Files of a sheet to fill in elsewhere: a workbook with a tab for each kind of row, and text with tabs to paste."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.text import capfirst, slugify
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from cpc.formulas import CONTROL, FORMULA_STARTS, harmless
from cpc.web.exports import XLSX_TYPE, sheet_title
from cpc.web.sheets.blocks import KEY, KEY_HELP, NOT_READ, cell_value, key_text
from cpc.web.sheets.kinds import RowKind, Sheet
from cpc.web.sheets.rows import MOST_ROWS, SheetRow

FIXED = PatternFill("solid", fgColor="EDEFF0")  # gray: what can't be changed
FIRST_ROW = 3
"""The first row of values: row 1 has a line of help, row 2 the headings."""


def workbook_response(
    sheet: Sheet, rows: Sequence[SheetRow], name: str, about: Sequence[Sequence[str]] = ()
) -> HttpResponse:
    """Return rows as a workbook that the sheet takes back: headings, help, and lists to choose from.

    `about` are lines of a last tab that is not read back: its headings, and what a person may copy from it.
    """
    book = Workbook()
    lists = book.active
    assert lists is not None
    lists.title = NOT_READ[0]
    pages = {kind.key: book.create_sheet(sheet_title(capfirst(kind.plural))) for kind in sheet.kinds}
    for kind in sheet.kinds:
        _fill(pages[kind.key], kind, [row for row in rows if row.kind is kind and not row.is_blank])
        _offer(pages, lists, kind, sheet)
    book.move_sheet(lists, len(book.sheetnames))
    if about:
        _tell(book.create_sheet(NOT_READ[1]), about)
    file = io.BytesIO()
    book.save(file)
    response = HttpResponse(file.getvalue(), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{slugify(name) or "sheet"}.xlsx"'
    return response


def _fill(page: Any, kind: RowKind, rows: Sequence[SheetRow]) -> None:
    page.freeze_panes = f"B{FIRST_ROW}"
    heads = [(KEY, KEY_HELP, 10), *((column.label, column.help_text, _width(column.entry)) for column in kind.in_order)]
    for index, (label, help_text, width) in enumerate(heads, start=1):
        page.column_dimensions[get_column_letter(index)].width = width
        note, head = page.cell(1, index, help_text or None), page.cell(2, index, label)
        note.font, note.alignment = Font(color="565C65", size=9), Alignment(wrap_text=True, vertical="top")
        head.font = Font(bold=True)
    for number, row in enumerate(rows, start=FIRST_ROW):
        page.cell(number, 1, key_text(row.key, row.revision) or None)
        for index, column in enumerate(kind.in_order, start=2):
            _put(page.cell(number, index), cell_value(column, text_of(row, column.name)))
            if column.name in row.locked:
                page.cell(number, index).fill = FIXED


def _tell(page: Any, about: Sequence[Sequence[str]]) -> None:
    page.freeze_panes = "A2"
    for number, line in enumerate(about, start=1):
        for index, text in enumerate(line, start=1):
            _put(page.cell(number, index), text)
            page.cell(number, index).font = Font(bold=number == 1)
    for index in range(1, len(about[0]) + 1):
        page.column_dimensions[get_column_letter(index)].width = 28 if index < len(about[0]) else 120


def _put(cell: Any, value: Any) -> None:
    if value == "":
        return
    cell.value = CONTROL.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        cell.data_type = "s"
        cell.quotePrefix = True
    if hasattr(value, "isoformat"):
        cell.number_format = "yyyy-mm-dd"


def text_of(row: SheetRow, name: str) -> str:
    """Return the text of a cell for a file, also of one that can't be changed or that the position gives."""
    if name == row.kind.within and row.parent is not None:
        parent = row.parent
        return parent.kind.names(parent.record)[0] if parent.record else parent.kind.new_names(parent.cells)[0]
    return row.text(name)


def _width(entry: str) -> int:
    return {"long": 48, "text": 32, "reference": 28, "choice": 20}.get(entry, 14)


def _offer(pages: dict[str, Any], lists: Any, kind: RowKind, sheet: Sheet) -> None:
    """Give the cells of choices and of references lists to choose from."""
    page = pages[kind.key]
    for index, column in enumerate(kind.in_order, start=2):
        source = ""
        target = sheet.kind(column.refers_to) if column.refers_to else None
        if column.options:
            at = lists.max_column + 1 if lists.max_column > 1 or lists.cell(1, 1).value else 1
            lists.cell(1, at, f"{capfirst(kind.plural)}: {column.label}")
            for number, (_, label) in enumerate(column.options, start=2):
                lists.cell(number, at, label)
            letter = get_column_letter(at)
            source = f"{quote_sheetname(lists.title)}!${letter}$2:${letter}${len(column.options) + 1}"
        elif target is not None and target.title_column in target.by_name:
            names = [one.name for one in target.in_order]
            letter = get_column_letter(names.index(target.title_column) + 2)
            last = FIRST_ROW + MOST_ROWS
            source = f"{quote_sheetname(pages[target.key].title)}!${letter}${FIRST_ROW}:${letter}${last}"
        if source:
            offered = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=False)
            letter = get_column_letter(index)
            offered.add(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + MOST_ROWS}")
            page.add_data_validation(offered)


def tabbed_text(kind: RowKind, rows: Sequence[SheetRow]) -> str:
    """Return rows as text with tabs, with their headings, to paste into a spreadsheet program."""
    lines = [[KEY, *(column.label for column in kind.in_order)]]
    for row in rows:
        if row.kind is kind and not row.is_blank:
            texts = [text_of(row, column.name) for column in kind.in_order]
            lines.append([key_text(row.key, row.revision), *(harmless(_flat(text)) for text in texts)])
    return "\r\n".join("\t".join(line) for line in lines)


def _flat(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "\n" in text or '"' in text else text


def text_response(sheet: Sheet, rows: Sequence[SheetRow], name: str) -> HttpResponse:
    """Return every kind as text with tabs, one below the other."""
    text = "\r\n\r\n".join(tabbed_text(kind, rows) for kind in sheet.kinds)
    response = HttpResponse(text, content_type="text/tab-separated-values; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(name) or "sheet"}.tsv"'
    return response
