"""Word templates to upload: the ones that ship with the product, changed in one way."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from cpc.accounts.models import User
from partnerships.lookups.document_templates import BUILT_IN_FILES
from partnerships.models import DocumentTemplate, TemplateKind
from partnerships.word_documents.services import upload_template


def built_in(kind: str = "notification") -> bytes:
    return BUILT_IN_FILES[TemplateKind(kind)].read_bytes()


def edited(change: Callable[[str], str], kind: str = "notification") -> bytes:
    """Return the built-in template with its text changed, as XML."""
    return repacked(lambda name, data: change(data.decode()).encode() if name == "word/document.xml" else data, kind)


def repacked(
    change: Callable[[str, bytes], bytes], kind: str = "notification", more: Mapping[str, bytes] | None = None
) -> bytes:
    """Return the built-in template with its parts changed; `more` are parts to add."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(built_in(kind))) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in (more or {}):
                new.writestr(name, change(name, old.read(name)))
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return made.getvalue()


def marked(text: str, kind: str = "notification") -> bytes:
    """Return the built-in template with a paragraph at its end."""
    document = Document(io.BytesIO(built_in(kind)))
    document.add_paragraph(text)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def without(placeholder: str, kind: str = "notification") -> bytes:
    """Return the built-in template without the text of a placeholder."""
    pattern = re.compile(rf"{{{{\s*{re.escape(placeholder)}(\|\w+)?\s*}}}}")
    return edited(lambda xml: pattern.sub("", xml), kind)


def upload(
    actor: User, data: bytes, *, kind: str = "notification", name: str = "template.docx", note: str = ""
) -> DocumentTemplate:
    return upload_template(kind=kind, file=SimpleUploadedFile(name, data), note=note, actor=actor)
