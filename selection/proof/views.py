"""Pages of proof bundles: what one holds and how to check it, making it, and its download."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import formats
from selection.model_definition.criteria_table import Stage
from selection.models import ScoreRun
from selection.page_frame import or_404
from selection.proof import queries, services

ZIP = "application/zip"


@require_safe
@requires(Permission.VIEW_RANKINGS)
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    run = _run(request, pk)
    found = queries.bundle_of(run)
    context = {
        "run": run,
        "round_run": run.rounds.select_related("round").first(),
        "bundle": found,
        "files": queries.files_of(found) if found else [],
        "is_full": run.stage == Stage.FULL,
        "withheld": services.WITHHELD if queries.is_withheld(run, user_of(request)) else "",
    }
    return render(request, "selection/proof/proof.html", context)


@require_POST
@requires(Permission.VIEW_RANKINGS)
def make(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Make the bundle of a run that no memo has made yet."""
    run = _run(request, pk)
    try:
        services.prove(run=run, actor=user_of(request))
    except ValidationError as error:
        messages.error(request, formats.as_shown(" ".join(error.messages)))
    return redirect("run-proof", pk)


@require_safe
@requires(Permission.VIEW_RANKINGS)
def bundle(request: HttpRequest, pk: int) -> FileResponse:
    check_parameters(request, ())
    found = or_404(queries.bundle_of(_run(request, pk)))
    file = services.open_bundle(bundle=found, actor=user_of(request))
    return FileResponse(file, as_attachment=True, filename=f"proof-of-run-{pk}.zip", content_type=ZIP)


def _run(request: HttpRequest, pk: int) -> ScoreRun:
    return or_404(queries.visible_run(user_of(request), pk))
