"""Bodies of responses as text.

A page becomes an outline, a workbook its cells, a document its paragraphs, and another ZIP file a list of hashes.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from typing import Any

from docx import Document as WordDocument
from openpyxl import load_workbook

from tests.snapshot.outline import outline

# What is new in each snapshot: keys of forms and requests, seconds of the slow clock, secrets, numbers of transactions.
NEW_EACH_TIME = (
    (re.compile(r"(?<!\d)12:00:\d\d(?:\.\d+)?"), "12:00:00"),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"), "UUID"),
    (re.compile(r"\bcpc_[0-9a-f]{8}(?![0-9a-f])"), "cpc_00000000"),
    (re.compile(r"/account/invitation/[\w-]{43}"), "/account/invitation/SECRET"),
    (re.compile(r'(\w_in"+: ?|Applied in\n\s*<dd>\n\s*)\d+'), r"\g<1>0"),
)
# Memos, frozen rounds and workbooks made here are hashed with the moment; so are audit entries about them.
HASHED_MOMENTS = re.compile(r"/(?:rounds/\d+/(?:memos?|deliberation|matrix/import)|audit)\b")
HASH = re.compile(r"\b[0-9a-f]{64}\b")


def lasting(text: str, url: str = "") -> str:
    """Return a text of the response at `url`, without values that differ in each snapshot."""
    if HASHED_MOMENTS.match(url):
        text = HASH.sub("SHA-256", text)
    for pattern, constant in NEW_EACH_TIME:
        text = pattern.sub(constant, text)
    return text


def as_text(kind: str, body: bytes) -> tuple[str, str]:
    """Return a response's text, and the file ending for it.

    `kind` is the media type of the response.
    """
    if not body:
        return "", ".txt"
    if kind == "text/html":
        return outline(body.decode()), ".html"
    if kind.endswith("json"):
        return json.dumps(json.loads(body), indent=1, ensure_ascii=False) + "\n", ".json"
    if kind == "text/csv":
        return body.decode("utf-8").replace("\r\n", "\n"), ".csv"
    if body[:4] == b"PK\x03\x04":
        return _archive(body), ".txt"
    try:
        return body.decode("utf-8"), ".txt"
    except UnicodeDecodeError:
        return f"{len(body)} bytes, SHA-256 {hashlib.sha256(body).hexdigest()}\n", ".txt"


def _archive(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            return _workbook(body)
        if "word/document.xml" in names:
            return _document(body)
        lines = [f"{name} {hashlib.sha256(archive.read(name)).hexdigest()}" for name in names]
    return "\n".join(lines) + "\n"


def _workbook(body: bytes) -> str:
    lines = []
    for sheet in load_workbook(io.BytesIO(body)).worksheets:
        lines.append(f"[{sheet.title}] frozen {sheet.freeze_panes}, filter {sheet.auto_filter.ref}")
        widths = {letter: dimension.width for letter, dimension in sheet.column_dimensions.items()}
        lines.append(" ".join(f"{letter}={width:g}" for letter, width in sorted(widths.items())))
        for row in sheet.iter_rows():
            lines += [_cell(cell) for cell in row if cell.value is not None]
    return "\n".join(lines) + "\n"


def _cell(cell: Any) -> str:
    bold = " bold" if cell.font.b else ""
    shape = "" if cell.number_format == "General" else f" {cell.number_format}"
    return f"{cell.coordinate} {cell.data_type}{shape}{bold} {json.dumps(str(cell.value), ensure_ascii=False)}"


def _document(body: bytes) -> str:
    """Return a line for each paragraph, including those in table cells."""
    lines: list[str] = []
    document = WordDocument(io.BytesIO(body))
    for part in document.iter_inner_content():
        _inner(part, lines, "")
    for section in document.sections:
        for name in ("header", "footer"):
            lines += [f"[{name}] {paragraph.text}" for paragraph in getattr(section, name).paragraphs]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        media = [name for name in archive.namelist() if "/media/" in name]
        lines += [f"{name} {hashlib.sha256(archive.read(name)).hexdigest()}" for name in sorted(media)]
    return "\n".join(lines) + "\n"


def _inner(part: Any, lines: list[str], indent: str) -> None:
    if hasattr(part, "rows"):
        for row in part.rows:
            lines.append(f"{indent}[row]")
            for cell in row.cells:
                lines.append(f"{indent}  [cell]")
                for inner in cell.iter_inner_content():
                    _inner(inner, lines, f"{indent}    ")
    else:
        lines.append(f"{indent}{part.style.name}: {part.text}")
