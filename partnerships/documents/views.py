from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from partnerships.agreements import services as agreements_services
from partnerships.closing import CANCELED
from partnerships.completeness import open_gaps
from partnerships.documents.forms import DocumentForm, StatementForm
from partnerships.documents.instrument import render_instrument
from partnerships.documents.presenters import STATEMENTS, statement_lines
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import Document, DocumentVersion, FigureStatement
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    Visit,
    get_run_here_or_404,
    partnership_page,
)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@partnership_page("documents/documents.html", "partnership-documents", "Documents")
def documents(visit: Visit) -> Context:
    partnership = visit.partnership
    record = record_of(partnership)
    return {
        "documents": partnership.documents.prefetch_related("versions__added_by"),
        "missing_elements": open_gaps(record, is_canceled=partnership.status in CANCELED),
        "treaty_findings": render_instrument(record).findings,
        "statements_table": STATEMENTS,
        "statements": statement_lines(list(partnership.statements.all())),
        "edits": visit.may_edit,
    }


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
def instrument(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    partnership = get_run_here_or_404(pk)
    made = render_instrument(record_of(partnership))
    response = HttpResponse(made.document, content_type=WORD)
    day = timezone.now().date().isoformat()
    name = f"instrument-{slugify(partnership.country.name)}-{day}.docx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


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
