"""Word documents from templates that people edit: filled in, named in their properties, and read as text.

    document = fill(template, {"country": "Ghana"}, {"day": formats.day})
    data = document_bytes(document, title="Instrument: Ghana")

`cpc.files.word_templates` is the sandbox in which a template is filled in, `cpc.files.template_fields` checks one
before it is used. `docs/word-documents.md` explains templates to those who edit them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from lxml.etree import LxmlError

from cpc.files.word_templates import TemplateEnvironment

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""The content type of a Word document."""
NO_WORD_DOCUMENT = "The template is not a Word document (.docx). Save it as one and try again."

Fields = Mapping[str, Any]
Filters = Mapping[str, Callable[..., Any]]


class TemplateNotUsable(ValueError):
    """Error for a template that is no Word document or can't be filled in.

    The message names the placeholder and, if it can be found, the paragraph that has it.
    """


def fill(
    template: Path | IO[bytes],
    fields: Fields | Callable[[DocxTemplate], Fields],
    filters: Filters,
) -> DocxTemplate:
    """Return a template filled with `fields`, or with what a function of the document returns: images need it.

    Raises `TemplateNotUsable`.
    """
    try:
        document = DocxTemplate(template)
        values = fields(document) if callable(fields) else fields
        document.render(values, TemplateEnvironment(filters))
    except (BadZipFile, PackageNotFoundError, KeyError) as error:
        raise TemplateNotUsable(NO_WORD_DOCUMENT) from error
    except (TemplateError, LxmlError, TypeError, ValueError) as error:
        message = f"The template cannot be filled in: {error}.{_where(template, str(error))} Correct this field in it."
        raise TemplateNotUsable(message) from error
    return document


def document_bytes(document: DocxTemplate, *, title: str, author: str = "", comments: str = "") -> bytes:
    """Return a filled document as a file with these properties, in American English."""
    properties = document.docx.core_properties
    properties.title, properties.author, properties.comments = title, author, comments[:255]
    properties.language = "en-US"
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def text_of(document: bytes) -> list[str]:
    """Return the paragraphs with text in order, those in tables, headers, and footers last."""
    opened = Document(BytesIO(document))
    paragraphs = [paragraph.text for paragraph in opened.paragraphs]
    paragraphs += [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    for section in opened.sections:
        paragraphs += [paragraph.text for part in (section.header, section.footer) for paragraph in part.paragraphs]
    return [text for text in paragraphs if text.strip()]


def _where(template: Path | IO[bytes], error: str) -> str:
    """Return a sentence with the first paragraph whose placeholder has a name that the error quotes, or ""."""
    names = re.findall(r"'([\w.]+)'", error)
    if not names:
        return ""
    if not isinstance(template, Path):
        template.seek(0)
    opened = Document(BytesIO(template.read_bytes() if isinstance(template, Path) else template.read()))
    texts = [paragraph.text for paragraph in opened.paragraphs]
    texts += [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    name = re.compile(rf"\b{re.escape(names[-1].rpartition('.')[2])}\b")
    for text in texts:
        if any(name.search(tag) for tag in re.findall(r"{[{%].*?[}%]}", text)):
            return f" It is in the paragraph “{excerpt(text)}”."
    return ""


def excerpt(text: str, most: int = 60) -> str:
    """Return the beginning of a text on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
