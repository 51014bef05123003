"""CSV and XLSX exports of lists, safe to open in a spreadsheet program.

A text that a spreadsheet program would run as a formula is escaped: in CSV by a leading apostrophe, in XLSX by storing
it as quoted text. Figures stay numbers: a negative number is a number despite its sign.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any, Protocol, TypeVar

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from cpc.formulas import CONTROL, FORMULA_STARTS, harmless

Row = TypeVar("Row")
Contra = TypeVar("Contra", contravariant=True)
Cell = str | bool | int | float | Decimal | dt.date | dt.datetime | None

CELL_LIMIT = 32_767  # characters of one cell; Excel drops the rest without a warning
ROW_LIMIT = 1_048_576
CUT = " [truncated: a cell can hold 32,767 characters]"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportError(ValueError):
    """A list that cannot be exported; the message names the row and column."""


class Exported(Protocol[Contra]):
    """A column of a file: its heading, its value for a row, and its width.

    `cpc.web.tables.Column` is one.
    """

    @property
    def label(self) -> str: ...

    @property
    def width(self) -> int: ...

    def cell(self, row: Contra, /) -> Cell: ...


def csv_response(rows: Iterable[Row], fields: Sequence[Exported[Row]], name: str) -> StreamingHttpResponse:
    """Return the list as CSV, streamed row by row; UTF-8 with the byte order mark that spreadsheet programs need.

    `name` becomes the file name. Times are UTC in ISO 8601, missing values are empty.
    """
    response = StreamingHttpResponse(_csv_lines(rows, fields), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = _disposition(name, "csv")
    return response


def xlsx_response(
    rows: Iterable[Row],
    fields: Sequence[Exported[Row]],
    name: str,
    *,
    sheet: str,
    notes: Sequence[tuple[str, str]] = (),
) -> FileResponse:
    """Return the list as a workbook: one sheet with a frozen heading, and "About" with `notes` (label, value).

    `notes` describe the list: filters, date of the data, who computed it. Times are UTC.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  # FileResponse closes it
    try:
        write_xlsx(file, rows, fields, sheet=sheet, notes=notes)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = FileResponse(file, content_type=XLSX_TYPE)
    response["Content-Disposition"] = _disposition(name, "xlsx")
    return response


def response(
    kind: str,
    rows: Iterable[Row],
    fields: Sequence[Exported[Row]],
    name: str,
    *,
    sheet: str,
    notes: Sequence[tuple[str, str]] = (),
) -> HttpResponseBase:
    """Return the list as `kind`, "csv" or "xlsx".

    Raises `ExportError` for any other kind.
    """
    if kind == "csv":
        return csv_response(rows, fields, name)
    if kind == "xlsx":
        return xlsx_response(rows, fields, name, sheet=sheet, notes=notes)
    raise ExportError(f"{kind!r} is not an export format; use csv or xlsx.")


def write_xlsx(
    file: IO[bytes],
    rows: Iterable[Row],
    fields: Sequence[Exported[Row]],
    *,
    sheet: str,
    notes: Sequence[tuple[str, str]] = (),
) -> None:
    """Write the workbook to an open binary file, holding one row in memory at a time."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet_title(sheet))
    page.freeze_panes = "A2"
    for index, field in enumerate(fields, start=1):
        page.column_dimensions[get_column_letter(index)].width = field.width
    page.append([_heading(page, field.label) for field in fields])
    count = 1
    try:
        for count, row in _numbered(rows):
            page.append([_xlsx_cell(page, field.cell(row), count, field.label) for field in fields])
    except BaseException:
        page.close()  # closes the writer of openpyxl, which would warn when it is garbage-collected
        raise
    page.auto_filter.ref = f"A1:{get_column_letter(len(fields))}{count}"
    if notes:
        about = book.create_sheet("About")
        about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 80
        for number, (what, value) in enumerate(notes, start=1):
            about.append([_heading(about, what), _xlsx_cell(about, value, number, "About")])
    book.save(file)


def sheet_title(title: str) -> str:
    """Return a title that a workbook accepts: no []:*?/\\, no apostrophe at its ends, at most 31 characters."""
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:31].strip("' ") or "List"


def _csv_lines(rows: Iterable[Row], fields: Sequence[Exported[Row]]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow([harmless(field.label) for field in fields])
    for number, row in enumerate(rows, start=2):
        yield writer.writerow([_csv_cell(field.cell(row), number, field.label) for field in fields])


class _Echo:
    def write(self, line: str) -> str:
        return line


def _csv_cell(value: Cell, row: int, heading: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return _utc(value, row, heading).isoformat(timespec="seconds") + "Z"
    if isinstance(value, int | float | Decimal):
        figure = _finite(value, row, heading)
        return (
            f"{figure:f}"
            if isinstance(figure, Decimal)
            else repr(float(figure) if isinstance(figure, float) else figure)
        )
    return value.isoformat() if isinstance(value, dt.date) else harmless(value)


def _xlsx_cell(page: Any, value: Cell, row: int, heading: str) -> Any:
    if isinstance(value, dt.datetime):
        cell = WriteOnlyCell(page, _utc(value, row, heading))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    if isinstance(value, dt.date):
        cell = WriteOnlyCell(page, value)  # type: ignore[arg-type]  # a date is valid; the stubs list only datetimes
        cell.number_format = "yyyy-mm-dd"
        return cell
    if not isinstance(value, str):
        return value if value is None or isinstance(value, bool) else _finite(value, row, heading)
    if not value:
        return None  # openpyxl writes an empty text as a cell of type text without a value
    text = CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)
    if len(text) > CELL_LIMIT:
        text = text[: CELL_LIMIT - len(CUT)] + CUT
    cell = WriteOnlyCell(page, text)
    cell.data_type = "s"  # openpyxl turns text that begins with "=" into a formula
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True  # the cell stays text when a user edits it
    return cell


def _numbered(rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    """Yield rows with their number in the sheet.

    Raises `ExportError` if they exceed a sheet.
    """
    for number, row in enumerate(rows, start=2):
        if number > ROW_LIMIT:
            raise ExportError(f"More than {ROW_LIMIT:,} rows do not fit in a sheet. Filter the list, or download CSV.")
        yield number, row


def _heading(page: Any, heading: str) -> Any:
    cell = _xlsx_cell(page, heading, 1, heading)
    if cell is not None:
        cell.font = Font(bold=True)
    return cell


def _finite(value: int | float | Decimal, row: int, heading: str) -> int | float | Decimal:
    if not math.isfinite(value):
        raise ExportError(
            f"Row {row}, {heading}: {value!r} is not a figure; use None and put the reason in its own column."
        )
    return value


def _utc(value: dt.datetime, row: int, heading: str) -> dt.datetime:
    """Return the time in UTC without its zone, which a workbook can't store.

    Raises `ExportError` if it has no zone.
    """
    if value.tzinfo is None:
        raise ExportError(f"Row {row}, {heading}: {value!r} has no time zone.")
    return value.astimezone(dt.UTC).replace(tzinfo=None)


def _disposition(name: str, extension: str) -> str:
    return f'attachment; filename="{slugify(name) or "list"}.{extension}"'
