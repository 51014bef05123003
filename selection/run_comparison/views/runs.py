"""Pages of stored runs: the list, one run compared with another, and replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.actions import Breadcrumbs
from cpc.web.lists import OpenList, filter_error, listing
from cpc.web.tables import export_format
from indicators.queries import REVISED_FILES
from selection.lookups.model_versions import default_table, version_of
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import ScoreRun
from selection.page_frame import SelectionAction
from selection.ranking.forms import CompareForm
from selection.run_comparison.forms.look_back import LookBackForm
from selection.run_comparison.forms.two_runs import NAMES, TwoRunsForm
from selection.run_comparison.presenters import page as page_presenters
from selection.run_comparison.presenters.causes import CauseText, Why
from selection.run_comparison.presenters.model_parts import unlike_draws
from selection.run_comparison.queries.comparison import Comparison, RunMove, compare
from selection.run_comparison.queries.data_differences import data_behind, hidden_from
from selection.run_comparison.queries.pool_differences import pool_between
from selection.run_comparison.queries.requested_runs import runs_to_compare
from selection.run_comparison.queries.time_alone import time_alone
from selection.runs import presenters, services
from selection.runs.queries.stored_runs import (
    beside_by_day,
    find_run,
    newest_run,
    run_before,
    since,
    sources_read,
)
from selection.runs.queries.stored_runs import runs as stored

SHOWN = 5
"""Number of changed countries on the page of a run; the comparison shows all."""


@require_safe
@requires(Permission.VIEW_RANKINGS)
@listing(presenters.RUNS)
def runs(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    newest = newest_run()
    table, rows = shown.table(presenters.runs_table(newest)), stored()
    if kind := export_format(request):
        return shown.export(kind, rows, "runs")
    page = table.page(request, rows)
    shown.counted(page.paginator.count)
    found = since(newest) if newest else None
    context = {
        "shown": shown,
        "table": table,
        "page": page,
        "newest": newest,
        "later": beside_by_day(newest) if newest else None,
        "since": found,
        "data_changes": presenters.data_changes(found) if found else [],
        "may_compute": user_of(request).allows(Permission.RUN_SCREEN),
    }
    return render(request, "selection/run_comparison/runs.html", context)


@require_safe
@requires(Permission.VIEW_RANKINGS)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one run and its differences from another (`?to=`, by default the one before)."""
    check_parameters(request, ("to",))
    shown = _run(pk)
    others = list(stored(Stage(shown.stage)).exclude(pk=pk))
    other = run_before(shown)
    if "to" in request.GET:
        form = CompareForm(others, request.GET)
        if not form.is_valid() or not form.cleaned_data["to"]:
            raise BadRequest(f"There is no run “{request.GET['to']}” to compare run {pk} with.")
        other = find_run(form.cleaned_data["to"], Stage(shown.stage))
    else:
        form = CompareForm(others, initial={"to": str(other.pk)} if other else None)
    comparison = compare(shown, other) if other else None
    context = {
        "run": shown,
        "newest": newest_run(),
        "beside": presenters.beside(shown),
        **_of_comparison(comparison),
        "is_look_back": presenters.is_look_back(shown),
        "report": presenters.describe_report(shown, ModelTable.from_dict(shown.table)),
        "revised": REVISED_FILES,
        "version": version_of(shown),
        "round_run": shown.rounds.select_related("round").first(),
        "form": form,
        "others": others,
        "comparison": comparison,
        "changed": _largest(comparison, user_of(request)) if comparison else [],
        "count": len(comparison.changed) if comparison else 0,
        "as_known": shown.as_of_at,
    }
    return render(request, "selection/run_comparison/run.html", context)


class LookBack(SelectionAction):
    """Compute the ranking as known on a past day, stored beside the one that pages show first."""

    permission = Permission.RUN_SCREEN
    parameters = NAMES
    form_class = LookBackForm
    template_name = "selection/run_comparison/run_as_known.html"
    heading = "Ranking as known on a date"
    button = "Compute it"
    done = "Ranking computed. Pages still show the same ranking first."
    intro = (
        "Which countries would the published model have ranked first, using only what was published by a given date?"
    )
    comparison: str

    def load(self) -> None:
        self.comparison = _comparison_asked(self.request)

    @property
    def back_url(self) -> str:
        return self.comparison or reverse("runs")

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Ranking", reverse("ranking")), ("Runs", reverse("runs"))]

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Limit", REVISED_FILES)]

    def perform(self, values: Mapping[str, Any]) -> str:
        run = services.look_back(actor=self.actor, **values)
        return self.comparison or reverse("run", args=[run.pk])

    def get_context(self) -> dict[str, Any]:
        rules = presenters.rules_of_publication(sources_read(default_table()))
        return super().get_context() | {"rules": rules, "complete": presenters.COMPLETE_REPORT}


def _of_comparison(found: Comparison | None) -> dict[str, Any]:
    """Return the changes by time alone, or else which of data, pool, model, and day differ."""
    if found is None:
        return {}
    only_score = sum(not move.moved for move in found.changed)
    time = time_alone(found)
    if time is not None:
        return {"only_score": only_score, "time": time}
    return {
        "only_score": only_score,
        "differing": page_presenters.differing(found, pool_between(found)),
        "unlike_draws": unlike_draws(found),
        "is_published_apart": found.day and not found.publications,
    }


def _largest(found: Comparison, user: User) -> list[tuple[RunMove, Why]]:
    largest = found.changed[:SHOWN]
    causes = CauseText(found, data_behind(found, largest), hidden_from(user, found))
    return [(move, causes.why(move)) for move in largest]


def _comparison_asked(request: HttpRequest) -> str:
    """Return the URL of the comparison that asks for a ranking, or "".

    It is rebuilt from validated parameters.
    """
    if not request.GET:
        return ""
    form = TwoRunsForm(presenters.choices(runs_to_compare()), request.GET)
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    return reverse("runs-compare") + form.query


@require_POST
@requires(Permission.VIEW_RANKINGS)
def replay(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Compute a stored run again and report if it is identical, or where it first differs."""
    shown = _run(pk)
    difference = services.replay(run_id=shown.pk)
    if difference is None:
        message = f"Run {pk} was computed again as of publication {shown.as_of}. The results are identical bit for bit."
        messages.success(request, message)
    else:
        messages.error(request, f"Run {pk} was computed again and the results differ. First difference: {difference}.")
    return redirect("run", pk)


def _run(pk: int) -> ScoreRun:
    found = find_run(str(pk), None)
    if found is None:
        raise Http404
    return found
