"""Pages of scoring models: the list of versions, one version, and a version as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.findings import errors
from cpc.parameters import check_parameters
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format
from selection.lookups import model_versions
from selection.lookups.adoptions import adoption_text, adoptions_of
from selection.lookups.criteria_consultation import criteria_consultation
from selection.lookups.weightings import weighting_of
from selection.model_definition.criteria_table import Stage
from selection.model_definition.model_json import SCHEMA, written
from selection.model_definition.rules import check
from selection.model_versions.presenters import versions as versions_presenters
from selection.model_versions.presenters.changes import model_change
from selection.model_versions.presenters.method import choices_table, method_context
from selection.model_versions.queries import criteria as criteria_queries
from selection.models import ModelState, ScoringModel

JSON = "application/json"


def model_or_404(pk: int) -> ScoringModel:
    """Return one version with its table."""
    return get_object_or_404(model_versions.models().defer(None), pk=pk)


@require_safe
@requires(Permission.VIEW_RANKINGS)
@listing(versions_presenters.VERSIONS)
def models(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """List every version of every model: its state, its changes, and the runs and rounds that use it.

    `?format=csv|xlsx` exports the columns of the page.
    """
    user, default, key = user_of(request), model_versions.published_default(), model_versions.default_key()
    families = versions_presenters.families(
        list(model_versions.models()), model_versions.runs_by_table(), model_versions.rounds_by_model(user), key
    )
    table, rows = shown.table(versions_presenters.versions_table(key)), [row for one in families for row in one.rows]
    if kind := export_format(request):
        return shown.export(kind, rows, "scoring models")
    shown.counted(len(rows))
    context = {
        "shown": shown,
        "table": table,
        "rows": rows,
        "default": default,
        "may_edit": user.allows(Permission.EDIT_MODELS),
    }
    return render(request, "selection/model_versions/list.html", context)


@require_safe
@requires(Permission.VIEW_RANKINGS)
def show_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version: its criteria, weights, and reasons, its findings, and the runs and rounds that use it."""
    check_parameters(request, ())
    model, user = model_or_404(pk), user_of(request)
    table = model.as_table
    findings = check(model.table, model_versions.measures()) if model.state == ModelState.DRAFT else []
    entries, before = criteria_queries.entries(table, None), model_versions.version_before(model)
    exercises = list(model.weightings.all())
    edits = model.state == ModelState.DRAFT and user.allows(Permission.EDIT_MODELS)
    context = {
        "model": model,
        "table": table,
        "mark": versions_presenters.MARKS[model.state],
        "tree": versions_presenters.tree(table, entries),
        "screen_share": table.share_of_full(Stage.SCREEN),
        "method": method_context(table),
        "choices_table": choices_table(model.pk if edits else None),
        "statutory_rows": versions_presenters.statutory_rows(table),
        "hurdles": versions_presenters.hurdles(table),
        "findings": versions_presenters.located_findings(findings, table),
        "broken": bool(errors(findings)),
        "uses": model_versions.uses_of(model, user),
        "before": before,
        "may_change": edits,
        "may_clone": user.allows(Permission.EDIT_MODELS),
        "may_publish": model.state == ModelState.DRAFT and user.allows(Permission.APPROVE_SELECTION),
        **_adoption(model, user),
        "weighting": weighting_of(model),
        "exercises": exercises,
        "may_weigh": user.allows(Permission.EDIT_MODELS)
        and model.state in (ModelState.DRAFT, ModelState.PUBLISHED)
        and not any(exercise.is_open for exercise in exercises),
        "criteria_links": user.allows(Permission.RUN_ROUNDS)
        and model.state in (ModelState.DRAFT, ModelState.PUBLISHED),
    }
    if model.state == ModelState.DRAFT and before is not None:
        context["change"] = model_change(before, model)
    return render(request, "selection/model_versions/model.html", context)


def _adoption(model: ScoringModel, user: User) -> dict[str, Any]:
    """Return the context of a version's adoption, with the actions that the account may take."""
    rows = adoptions_of(model)
    adopted = next((row for row in rows if row.withdrawn_on is None), None)
    approves = user.allows(Permission.APPROVE_SELECTION)
    return {
        "adoptions": rows,
        "criteria_facts": criteria_consultation(model, reasons=adopted),
        "adoption": adopted,
        "adoption_text": adoption_text(adopted),
        "may_adopt": approves and adopted is None and model.state == ModelState.PUBLISHED,
        "may_withdraw_adoption": approves and adopted is not None,
    }


@require_safe
@requires(Permission.VIEW_RANKINGS)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Download a version as JSON. Importing the file gives the same model."""
    check_parameters(request, ())
    model = model_or_404(pk)
    return _download(written(model.table), f"{slugify(model.key)}-{model.number}.json")


@require_safe
@requires(Permission.VIEW_RANKINGS)
def schema(request: HttpRequest) -> HttpResponse:
    check_parameters(request, ())
    return _download(SCHEMA.read_bytes(), SCHEMA.name)


def _download(content: bytes, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=JSON, headers={"Content-Disposition": disposition})
