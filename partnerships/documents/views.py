from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.files.word_documents import TemplateNotUsable
from cpc.findings import Finding, Severity
from cpc.parameters import check_parameters
from partnerships.agreements import services as agreements_services
from partnerships.closing import CANCELED
from partnerships.completeness import open_gaps
from partnerships.documents.drafts import instrument_of
from partnerships.documents.forms import DocumentForm, StatementForm
from partnerships.documents.presenters import STATEMENTS, statement_lines
from partnerships.documents.responses import with_template, word_response
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import Document, DocumentKind, DocumentVersion, FigureStatement, Partnership
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    Visit,
    get_run_here_or_404,
    partnership_page,
)


@partnership_page("documents/documents.html", "partnership-documents", "Documents")
def documents(visit: Visit) -> Context:
    partnership = visit.partnership
    treaty, unusable = _treaty_findings(partnership, visit.today)
    return {
        "documents": partnership.documents.prefetch_related("versions__added_by"),
        "missing_elements": open_gaps(record_of(partnership), is_canceled=partnership.status in CANCELED),
        "treaty_findings": treaty,
        "template_findings": unusable,
        "statements_table": STATEMENTS,
        "statements": statement_lines(list(partnership.statements.all())),
        "edits": visit.may_edit,
    }


def _treaty_findings(partnership: Partnership, today: date) -> tuple[Sequence[Finding], Sequence[Finding]]:
    """Return the treaty language in the text, and why there is none: its template can't be used."""
    try:
        return instrument_of(partnership, today).findings, ()
    except TemplateNotUsable as error:
        return (), [Finding.error("document_template", str(error))]
    except ValidationError as error:
        return (), [Finding.error("template_changed", " ".join(error.messages))]


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def file(request: HttpRequest, pk: int, version: int) -> FileResponse:
    """Send a version as it was received, always as a download recorded in the audit trail."""
    check_parameters(request, ())
    partnership = get_run_here_or_404(pk)
    versions = DocumentVersion.objects.filter(pk=version, document__partnership=partnership).select_related("document")
    known = versions.first()
    if known is None or not known.file.name or not known.file.storage.exists(known.file.name):
        raise Http404
    opened = agreements_services.open_document(version=known, actor=user_of(request))
    name = f"{slugify(known.document.title) or 'document'}-v{known.number}{PurePath(known.file.name).suffix.lower()}"
    response = FileResponse(opened, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
@with_template("partnership-documents", "pk")
def instrument(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    partnership, today = get_run_here_or_404(pk), timezone.now().date()
    return word_response(instrument_of(partnership, today).document, _instrument_name(partnership, today))


def _instrument_name(partnership: Partnership, today: date) -> str:
    return f"instrument-{slugify(partnership.country.name)}-{today.isoformat()}.docx"


class KeepInstrument(PartnershipAction):
    """Keep the text of the instrument, as made now, as a version of a document."""

    heading = "Keep the text of the instrument"
    button = "Keep it with the documents"
    intro = "The text is made from the record as it is now, and stored as a version that never changes."
    done = "The text is stored with the documents."
    back = "partnership-documents#documents"

    def findings(self) -> Sequence[Finding]:
        treaty, unusable = _treaty_findings(self.partnership, self.today)
        return [*super().findings(), *unusable, *(replace(one, severity=Severity.WARNING) for one in treaty)]

    def perform(self, values: Mapping[str, Any]) -> None:
        try:
            made = instrument_of(self.partnership, self.today)
        except TemplateNotUsable as error:
            raise ValidationError(str(error), code="document_template") from error
        agreements_services.add_document_version(
            partnership=self.partnership,
            kind=DocumentKind.INSTRUMENT,
            title="Text of the instrument",
            file=ContentFile(made.document, name=_instrument_name(self.partnership, self.today)),
            dated=self.today,
            note=made.made_from,
            actor=self.actor,
        )


class AddDocument(PartnershipAction):
    form_class = DocumentForm
    heading = "Add a document"
    button = "Add the document"
    intro = "Each version stays on file, identified by its SHA-256, and is never replaced."
    done = "The document is added."
    back = "partnership-documents#documents"

    def perform(self, values: Mapping[str, Any]) -> None:
        agreements_services.add_document_version(partnership=self.partnership, actor=self.actor, **values)


class AddDocumentVersion(AddDocument):
    heading = "Add a version"
    button = "Add the version"
    document: Document

    def load(self) -> None:
        super().load()
        self.document = get_object_or_404(self.partnership.documents, pk=self.kwargs["document"])

    def get_initial(self) -> dict[str, Any]:
        return {"kind": self.document.kind, "title": self.document.title}


class RecordStatement(PartnershipAction):
    form_class = StatementForm
    heading = "Record a public statement"
    button = "Record the statement"
    intro = (
        "Official statements disagree over time. Each stays on file with its date and source; none replaces another."
    )
    done = "The statement is recorded."
    back = "partnership-documents#statements"

    def perform(self, values: Mapping[str, Any]) -> None:
        statement = FigureStatement(partnership=self.partnership, **values)
        agreements_services.state_figure(statement=statement, actor=self.actor)
