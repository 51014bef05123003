"""Papers about a candidate: adding one or its next version, and downloading it."""

from __future__ import annotations

from pathlib import PurePath

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from selection.lookups.rounds import candidate_of
from selection.models import Candidate
from selection.page_frame import (
    METHODS,
    Act,
    answer,
    sent,
    trail_of,
)
from selection.ratings.candidate_documents import queries as candidate_documents_queries
from selection.ratings.candidate_documents import services as candidate_documents_services
from selection.ratings.candidate_documents.forms import PaperForm


@require_http_methods(METHODS)
@requires(Permission.RATE)
def add(request: HttpRequest, pk: int, code: str, paper: int | None = None) -> HttpResponseBase:
    """Add a paper about a candidate, or a version of the one that is named; the same bytes again add nothing."""
    check_parameters(request, ())
    candidate = _candidate(user_of(request), pk, code)
    dossier = reverse("dossier", args=[pk, candidate.country.code])
    known = candidate_documents_queries.find_paper(candidate, paper) if paper is not None else None
    if paper is not None and known is None:
        raise Http404
    if not candidate.round.is_open:
        messages.info(request, f"{candidate.round} is closed; its papers stay as they are.")
        return redirect(f"{dossier}#papers")
    before = known[0] if known else None
    initial = {"title": before.title, "kind": before.kind, "source": before.source} if before else {}
    form = PaperForm(sent(request), request.FILES if request.method == "POST" else None, initial=initial)

    def work() -> None:
        data = form.cleaned_data
        candidate_documents_services.add_paper(
            candidate=candidate,
            title=data["title"],
            kind=data["kind"],
            source=data["source"],
            file=data["file"],
            replaces=before,
            actor=user_of(request),
        )

    act = Act(
        heading="Add a version" if before else "Add a paper",
        button="Add the version" if before else "Add the paper",
        back=f"{dossier}#papers",
        trail=trail_of(candidate.round, (candidate.country.name, dossier)),
        kicker=f"{candidate.country.name} · {candidate.round}",
        lede="Each version is kept as it was received, known by its SHA-256, and never replaced.",
        facts=[("Newest version now", f"{before.title}, {before.source}")] if before else [],
    )
    return answer(request, form, act, work, "The paper is on record.")


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def file(request: HttpRequest, pk: int, code: str, paper: int) -> FileResponse:
    """A version as it was received, for whoever sees the candidate; always a download, and it leaves an entry."""
    check_parameters(request, ())
    user = user_of(request)
    found = candidate_documents_queries.find_paper(_candidate(user, pk, code), paper)
    if found is None:
        raise Http404
    version, number = found
    kept_as = version.file.name or ""
    if not version.file.storage.exists(kept_as):
        raise Http404
    opened = candidate_documents_services.open_paper(paper=version, actor=user)
    name = f"{slugify(version.title) or 'paper'}-v{number}{PurePath(kept_as).suffix.lower()}"
    response = FileResponse(opened, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _candidate(user: User, pk: int, code: str) -> Candidate:
    found = candidate_of(user, pk, code.upper())
    if found is None:
        raise Http404
    return found
