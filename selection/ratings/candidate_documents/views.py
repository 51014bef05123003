"""Pages of documents on a candidate: adding one or its next version, and downloading it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.actions import Breadcrumbs
from selection.models import CandidateDocument
from selection.page_frame import CandidateAction, candidate_or_404, or_404
from selection.ratings.candidate_documents import queries as candidate_documents_queries
from selection.ratings.candidate_documents import services as candidate_documents_services
from selection.ratings.candidate_documents.forms import DocumentForm


class AddDocument(CandidateAction):
    """Page to add a document on a candidate, or a version of one; the same file again adds nothing."""

    permission = Permission.RATE
    form_class = DocumentForm
    done = "Document added."
    intro = "Each version is stored as received, identified by its SHA-256, and never replaced."
    back = "dossier#papers"
    before: CandidateDocument | None = None

    def load(self) -> None:
        super().load()
        self.kicker = f"{self.candidate.country.name} · {self.round}"
        if "document" in self.kwargs:
            known = candidate_documents_queries.find_document(self.candidate, self.kwargs["document"])
            self.before, _ = or_404(known)
        self.heading = "Add a version" if self.before else "Add a document"
        self.button = "Add the version" if self.before else "Add the document"

    def redirect_reason(self) -> str:
        return "" if self.round.is_open else f"{self.round} is closed, so its documents can't change."

    def back_arguments(self) -> Sequence[Any]:
        return [self.round.pk, self.candidate.country.code]

    def above(self) -> Breadcrumbs:
        return [(self.candidate.country.name, reverse("dossier", args=self.back_arguments()))]

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Current newest version", f"{self.before.title}, {self.before.source}")] if self.before else []

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.before, name) for name in ("title", "kind", "source")} if self.before else {}

    def perform(self, values: Mapping[str, Any]) -> None:
        candidate_documents_services.add_document(
            candidate=self.candidate, replaces=self.before, actor=self.actor, **values
        )


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def file(request: HttpRequest, pk: int, code: str, document: int) -> FileResponse:
    check_parameters(request, ())
    user = user_of(request)
    candidate = candidate_or_404(request, pk, code)
    version, number = or_404(candidate_documents_queries.find_document(candidate, document))
    stored_name = version.file.name or ""
    if not version.file.storage.exists(stored_name):
        raise Http404
    opened = candidate_documents_services.open_document(document=version, actor=user)
    name = f"{slugify(version.title) or 'paper'}-v{number}{PurePath(stored_name).suffix.lower()}"
    response = FileResponse(opened, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response
