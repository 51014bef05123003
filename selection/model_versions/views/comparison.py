"""Comparison of two models: countries that enter and leave the first N, and the effect of each difference."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.lists import filter_error
from selection.lookups import model_versions
from selection.lookups.weightings import weighting_of
from selection.model_versions.forms.versions import OtherVersionForm
from selection.model_versions.presenters import comparison as comparison_presenters
from selection.model_versions.presenters.changes import ModelChange, model_change
from selection.model_versions.queries.movements import MOST
from selection.model_versions.views.versions import model_or_404
from selection.models import ModelState, ScoreRun, ScoringModel
from selection.runs.queries.former_version import runs_of
from selection.runs.queries.stored_runs import runs

RUNS_OFFERED = 8
CSV, ALL = "csv", "all"


@require_safe
@requires(Permission.VIEW_RANKINGS)
def compare(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Compare a version with another one or with the model of a stored run, on the data of the newest run."""
    check_parameters(request, ("to", "moves", "format"))
    model = model_or_404(pk)
    others = model_versions.versions_beside(model)
    usual = model_versions.version_before(model) or others.first()
    form = OtherVersionForm(
        request.GET if "to" in request.GET else None, others=others, runs=list(runs()[:RUNS_OFFERED]), usual=usual
    )
    if form.is_bound and not form.is_valid():
        raise BadRequest(filter_error(form))
    before: ScoringModel | ScoreRun | None = form.cleaned_data["to"] if form.is_bound else usual
    if isinstance(before, ScoringModel):
        before = model_or_404(before.pk)
    shows_all = _has_flag(request, "moves", ALL, "To show all movements, use")
    as_csv = _has_flag(request, "format", CSV, "To export the comparison, use")
    change = None if before is None else model_change(before, model)
    if as_csv:
        return _csv_response(model, change)
    may_publish = model.state == ModelState.DRAFT and user_of(request).allows(Permission.APPROVE_SELECTION)
    context = {"model": model, "form": form, "change": change, "may_publish": may_publish}
    context["weighting"] = weighting_of(model)
    if change is not None:
        context |= _movement_context(change, shows_all=shows_all)
    context["query"] = urlencode({"to": request.GET["to"]}) if form.is_bound else ""
    return render(request, "selection/model_versions/compare.html", context)


def _has_flag(request: HttpRequest, name: str, value: str, sentence: str) -> bool:
    given = request.GET.get(name, "")
    if given not in ("", value):
        raise BadRequest(f"{sentence} {name}={value}. The URL has “{given}”; correct it or remove it.")
    return given == value


def _movement_context(change: ModelChange, *, shows_all: bool) -> dict[str, object]:
    moves = change.moves
    context: dict[str, object] = {"rows": change.rows(), "moves": moves, "most": MOST}
    if moves is None:
        return context
    return context | {
        "shifts": moves.both if shows_all else moves.moved[: comparison_presenters.FIRST_SHIFTS],
        "shows_all": shows_all,
        "both_runs": runs_of(change.before.table.hash, change.after.table.hash),
        "sides": [change.before.short, change.after.short],
        "slope": None
        if moves.is_same
        else comparison_presenters.both_lists(moves, (change.before.title, change.after.title)),
    }


def _csv_response(model: ScoringModel, change: ModelChange | None) -> HttpResponseBase:
    if change is None or change.moves is None:
        raise BadRequest("There is no comparison to export. To see why, open the page without “format” in the URL.")
    sides = (change.before.name, change.after.name)
    name = f"{model.key} {sides[1]} against {sides[0]}"
    return exports.csv_response(change.moves.rows, comparison_presenters.fields(change.moves, sides), name)
