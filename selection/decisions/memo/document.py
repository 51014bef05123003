"""Memo as a Word document, from a template that the office can edit.

`docs/memo-template.md` lists the fields of a template. For screen readers, headings are heading styles, tables have
header rows, and images have alternative text. The template is rendered in a sandbox, which limits what an edited
template can reach.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from docx.shared import Emu, Inches
from docxtpl import DocxTemplate, InlineImage

from cpc.files.word_documents import document_bytes, fill
from cpc.web import formats
from selection.decisions.memo.images import Picture, ranking_picture
from selection.decisions.memo.length import page_count

OWN_HASH = "SHA-256 of the text of this memo"
TEMPLATE = Path(__file__).resolve().parents[2] / "reference" / "memo.docx"


def pictures_of(content: Mapping[str, Any]) -> list[Picture]:
    """Return the images of a memo; none until there is a score."""
    ranking = ranking_picture(content["ranking"])
    return [ranking] if ranking is not None else []


def render_memo(content: Mapping[str, Any], *, content_hash: str = "", template: Path | IO[bytes] = TEMPLATE) -> bytes:
    """Render the memo as a Word document, its page of record ending with the hash of the content.

    Raises `TemplateNotUsable`.
    """
    filters: dict[str, Any] = {
        "day": _day,
        "points": lambda value: formats.number(value, 1),
        "share": formats.share,
        "span": _span,
    }
    pictures = pictures_of(content)
    more = {
        "record": [*content["record"], {"what": OWN_HASH, "value": content_hash}],
        "number_before": content["number"] - 1,
        "pages": page_count(content),
    }
    document = fill(template, lambda empty: {**content, **_inline(empty, pictures), **more}, filters)
    _say_what_pictures_show(document, pictures)
    _share_width(document)
    title = f"Action memo: {content['round']}, FY {content['fiscal_year']}"
    return document_bytes(document, title=title, author=content["drafted_by"])


def _inline(document: DocxTemplate, pictures: Sequence[Picture]) -> dict[str, Any]:
    placed = [
        {"image": InlineImage(document, BytesIO(picture.png), width=Inches(6.4)), "caption": picture.caption}
        for picture in pictures
    ]
    return {"ranking_picture": placed[0] if placed else None}


def _say_what_pictures_show(document: DocxTemplate, pictures: Sequence[Picture]) -> None:
    """Set the alternative text of each image.

    A template may omit images but not reorder them.
    """
    by_bytes = {picture.png: picture for picture in pictures}
    for number, shape in enumerate(document.docx.inline_shapes, 1):
        relation = shape._inline.graphic.graphicData.pic.blipFill.blip.embed
        picture = by_bytes.get(document.docx.part.related_parts[relation].blob)
        if picture is not None:
            shape._inline.docPr.set("descr", picture.alt)
            shape._inline.docPr.set("title", picture.caption)
            shape._inline.docPr.set("name", f"Picture {number}")


def _share_width(document: DocxTemplate) -> None:
    """Give tables with repeated columns a grid of their cells, across the text; the template's grid has fewer columns.

    Word takes widths from the cells; other readers take them from the grid.
    """
    section = document.docx.sections[0]
    whole = int((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0))
    for table in document.docx.tables:
        cells = [tc for tc in table._tbl.tr_lst[0].tc_lst if tc.width]
        columns = table._tbl.tblGrid.gridCol_lst
        if [column.w for column in columns] == [tc.width for tc in cells] or len(cells) < len(
            table._tbl.tr_lst[0].tc_lst
        ):
            continue
        scale = whole / sum(int(tc.width or 0) for tc in cells)
        widths = [Emu(int(int(tc.width or 0) * scale)) for tc in cells]
        for column in columns:
            table._tbl.tblGrid.remove(column)
        for width in widths:
            table._tbl.tblGrid.add_gridCol().w = width
        for row in table._tbl.tr_lst:
            for tc, width in zip(row.tc_lst, widths, strict=False):
                tc.width = width


def _day(text: str) -> str:
    return formats.day(dt.date.fromisoformat(text)) if text else ""


def _span(row: Mapping[str, Any]) -> str:
    return formats.DASH if row["low"] is None else formats.span(str(row["low"]), str(row["high"]))
