"""Papers with their versions, the text of the instrument, and figures that public sources stated."""

from __future__ import annotations

from pathlib import PurePath

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web.tables import check_parameters
from partnerships.agreements import services as agreements_services
from partnerships.completeness import completeness
from partnerships.documents import queries
from partnerships.documents.forms import DocumentForm, StatementForm
from partnerships.documents.instrument import render_instrument
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import DocumentVersion, FigureStatement, Partnership
from partnerships.page_frame import (
    METHODS,
    Act,
    Trail,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.portfolio.presenters.overview import STATEMENTS, statement_lines

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def documents(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every paper with its versions, the instrument as it would be written now, and public statements."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    record = record_of(partnership)
    return page(
        request,
        "partnerships/documents.html",
        partnership,
        "partnership-documents",
        here="Documents",
        papers=queries.papers_of(partnership),
        lacks=completeness(record),
        words=render_instrument(record).findings,
        statements_table=STATEMENTS,
        statements=statement_lines(list(partnership.statements.all())),
        edits=user_of(request).allows(Permission.EDIT_PARTNERSHIPS),
    )


def _documents_url(partnership: Partnership, place: str = "papers") -> str:
    return f"{reverse('partnership-documents', args=[partnership.pk])}#{place}"


def _trail(partnership: Partnership) -> Trail:
    return trail_of(partnership, ("Documents", reverse("partnership-documents", args=[partnership.pk])))


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def add(request: HttpRequest, pk: int, paper: int | None = None) -> HttpResponse:
    """Add a paper, or a version of the one that is named; the same bytes as its newest version add nothing."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    known = partnership.documents.filter(pk=paper).first() if paper is not None else None
    if paper is not None and known is None:
        raise Http404
    initial = {"kind": known.kind, "title": known.title} if known else {}
    form = DocumentForm(sent(request), request.FILES if request.method == "POST" else None, initial=initial)

    def work() -> None:
        agreements_services.add_document_version(partnership=partnership, actor=user_of(request), **form.values)

    act = Act(
        heading="Add a version" if known else "Add a paper",
        button="Add the version" if known else "Add the paper",
        back=_documents_url(partnership),
        trail=_trail(partnership),
        lede="Each version is kept, known by its SHA-256, and never replaced.",
    )
    return answer(request, partnership, form, act, work, "The paper is on record.")


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def file(request: HttpRequest, pk: int, version: int) -> FileResponse:
    """A version as it was sent, always as a download; who takes a copy stands in the audit trail."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    found = DocumentVersion.objects.filter(pk=version, document__partnership=partnership).select_related("document")
    known = found.first()
    if known is None or not known.file.name or not known.file.storage.exists(known.file.name):
        raise Http404
    opened = agreements_services.open_document(version=known, actor=user_of(request))
    name = f"{slugify(known.document.title) or 'paper'}-v{known.number}{PurePath(known.file.name).suffix.lower()}"
    response = FileResponse(opened, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def instrument(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of the instrument as the record stands now, as a Word document."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    made = render_instrument(record_of(partnership))
    response = HttpResponse(made.document, content_type=WORD)
    day = timezone.now().date().isoformat()
    name = f"instrument-{slugify(partnership.country.name)}-{day}.docx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what a public source said about a figure; earlier statements stay beside it."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    form = StatementForm(partnership, sent(request))

    def work() -> None:
        agreements_services.state_figure(
            statement=FigureStatement(partnership=partnership, **form.values), actor=user_of(request)
        )

    act = Act(
        heading="Record a public statement",
        button="Record the statement",
        back=_documents_url(partnership, "statements"),
        trail=_trail(partnership),
        lede="Official statements disagree over time. Each is kept with its day and source; none replaces another.",
    )
    return answer(request, partnership, form, act, work, "The statement is on record.")
