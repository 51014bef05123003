"""Templates in use: for each kind of document the newest that another person released, or the one in the product."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError

from cpc.web import formats
from partnerships.models import DocumentTemplate, Partnership, TemplateKind, TemplateState
from partnerships.models.document_templates import BUILT_IN

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
BUILT_IN_FILES = {
    TemplateKind.INSTRUMENT: REFERENCE / "instrument.docx",
    TemplateKind.NOTIFICATION: REFERENCE / "notification.docx",
    TemplateKind.ANNUAL_REPORT: REFERENCE / "annual_report.docx",
}
"""Version 1 of each template, which ships with the product and needs no release."""


@dataclass(frozen=True, slots=True)
class TemplateInUse:
    kind: TemplateKind
    number: int
    data: bytes

    def open(self) -> IO[bytes]:
        return BytesIO(self.data)


def template_in_use(kind: TemplateKind) -> TemplateInUse:
    """Return the template with which documents of a kind are made now.

    Raises `ValidationError` with code `template_changed` if its file is no longer the one that was released.
    """
    newest = DocumentTemplate.objects.filter(kind=kind, state=TemplateState.RELEASED).order_by("-number").first()
    if newest is None:
        return TemplateInUse(kind, BUILT_IN, BUILT_IN_FILES[kind].read_bytes())
    return TemplateInUse(kind, newest.number, stored_bytes(newest))


def stored_bytes(template: DocumentTemplate) -> bytes:
    """Return the file of a version as it was uploaded. Raises `ValidationError` with code `template_changed`."""
    try:
        with template.file.open("rb") as file:
            data: bytes = file.read()
    except FileNotFoundError:
        data = b""
    if hashlib.sha256(data).hexdigest() == template.sha256:
        return data
    message = (
        f"The file of version {template.number} of the template is not the one that was uploaded: it was changed or "
        "removed on the server. Restore it from a backup, or upload a template and have it released."
    )
    raise ValidationError(message, code="template_changed")


def source_of(template: int, today: date, partnership: Partnership | None = None) -> str:
    """Return the sentence in a document on the record and template that it was made from.

    The version of a partnership counts every change of its record.
    """
    record = "the record"
    if partnership:
        record = f"version {partnership.version} of the {'sample ' if partnership.is_sample else ''}record"
    return f"Made from {record} as of {formats.day(today)}, with version {template} of the template."
