"""Comment matrix as a Word document: a table with a repeating header row, and heading styles."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.http import FileResponse
from django.utils.text import slugify
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt

from selection.notes.matrix_columns import COLUMNS, cells_of
from selection.notes.queries import Thread

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDTHS = (0.35, 0.85, 0.85, 0.7, 0.7, 0.85, 0.75, 1.75, 1.2, 1.0, 0.75, 1.0, 0.75, 0.65, 0.8, 0.65)
"""Column widths in inches, for a 14-inch landscape page with margins of 0.2 inches."""


def document_response(
    rows: Iterable[Thread], *, title: str, notes: Sequence[tuple[str, str]], name: str
) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115  # FileResponse closes it
    write_document(file, rows, title=title, notes=notes)
    file.seek(0)
    response = FileResponse(file, content_type=DOCX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{slugify(name)}.docx"'
    return response


def write_document(file: IO[bytes], rows: Iterable[Thread], *, title: str, notes: Sequence[tuple[str, str]]) -> None:
    document = Document()
    document.core_properties.title = title
    document.core_properties.author = "TIP Office"
    document.core_properties.language = "en-US"
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Inches(14), Inches(8.5)
    section.left_margin = section.right_margin = Inches(0.2)
    section.top_margin = section.bottom_margin = Inches(0.6)
    document.styles["Normal"].font.size = Pt(8)
    document.add_heading(title, level=1)
    for what, value in notes:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{what}: ").bold = True
        paragraph.add_run(value)
    document.add_heading("Notes and their answers", level=2)
    found = list(rows)
    if not found:
        document.add_paragraph("No notes match.")
    else:
        _table(document, found)
    document.save(file)


def _table(document: Any, rows: Sequence[Thread]) -> None:
    table = document.add_table(rows=1, cols=len(COLUMNS))
    table.style = "Table Grid"
    table.autofit = False
    head = table.rows[0]
    _mark(head, "w:tblHeader")
    for cell, column, width in zip(head.cells, COLUMNS, WIDTHS, strict=True):
        cell.paragraphs[0].add_run(column.heading).bold = True
        cell.width = Inches(width)
    for thread in rows:
        row = table.add_row()
        _mark(row, "w:cantSplit")
        cells = cells_of(thread)
        for cell, column, width in zip(row.cells, COLUMNS, WIDTHS, strict=True):
            cell.paragraphs[0].add_run(cells[column.key])
            cell.width = Inches(width)


def _mark(row: Any, name: str) -> None:
    """Set a property of a table row, such as repeating it as a header or not splitting it over pages."""
    flag = OxmlElement(name)
    flag.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(flag)
