"""The method: the model's table, what is known of it, what moves together, and how sure an order can be."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web.tables import check_parameters
from indicators.queries import REVISED_FILES
from selection.method_tests import tests_of
from selection.model_table import ModelTable, Stage
from selection.models import ScoreRun
from selection.queries import method as reads
from selection.queries.adoption import adopted_words, adoption_of
from selection.queries.method_run import figures, newest_run_on
from selection.queries.models import default_key, default_table, published_default
from selection.queries.ranking import ranking_of
from selection.queries.runs import newest_run
from selection.tables import method as said
from selection.tables import method_details as details
from selection.tables import method_page as page
from selection.tables import models as versions
from selection.tables.model_method import errors_of, method_view
from selection.tables.runs import COMPLETE_REPORT


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def method(request: HttpRequest) -> HttpResponse:
    """Show how the score is made, to everybody who may see observations: the page gives no country's score."""
    check_parameters(request, ())
    table, version = default_table(), published_default()
    run = newest_run() if table.method is None else newest_run_on(table)
    ranking = ranking_of(run) if run and run.table_hash == table.hash else None
    entries = reads.entries(table, ranking)
    pairs = reads.pairs(ranking) if ranking else []
    adoption = adoption_of(version) if version else None
    context = {
        **_of_method(table, run),
        "adoption": adoption,
        "adopted_words": adopted_words(adoption),
        "table": table,
        "version": version,
        "sees_models": user_of(request).allows(Permission.VIEW_RANKINGS),
        "run": run,
        "screen_hash": table.model(Stage.SCREEN).hash,
        "branches": said.branches(entries),
        "pool_dependent": said.pool_dependent(entries),
        "share": table.share_of_full(Stage.SCREEN),
        "screen_count": sum(1 for e in entries if e.row.stage == "screen"),
        "full_count": sum(1 for e in entries if e.row.stage == "full"),
        "shown_count": sum(1 for e in entries if e.row.stage == "shown"),
        "coverage": said.coverage(entries),
        "together": said.together(pairs),
        "repeated": said.repeated(pairs, table.rows(Stage.SCREEN)),
        "matrix": said.matrix(pairs, [entry.row for entry in entries if entry.row.stage != "full"]),
        "concentrations": reads.concentrations(table),
        "gates": versions.gates(table),
        "hurdles": versions.hurdles(table),
        "need_share": table.shares().get("need", 0.0),
        "candidates": ranking.candidates if ranking else 0,
        "ranked": len(ranking.ranked) if ranking else 0,
    }
    return render(request, "selection/method.html", context)


def _of_method(table: ModelTable, run: ScoreRun | None) -> dict[str, Any]:
    """Return the context of a model with a method; `method` is None for models without one."""
    if table.method is None:
        return {"method": None}
    found = figures(run) if run else None
    tests = tests_of(table.key, table.version, default_key())
    context: dict[str, Any] = {
        "method": method_view(table),
        "figures": found,
        "steps": page.steps(table, found),
        "limits": page.limits(table, found, measured=bool(tests)),
        "first_words": f"Firmly in the first {table.first}",
        "policies": page.policy_sentences(run.inputs) if run else [],
        "errors": errors_of(table, Stage.SCREEN),
        "tests": tests,
        "tests_words": f"Measured when version {table.version} was built",
        "revised": REVISED_FILES,
        "datings": reads.datings(table),
        "complete_report": COMPLETE_REPORT,
    }
    if found:
        context |= {
            "bridges": details.bridges(table, found),
            "poolings": details.poolings(table, found),
            "widths": details.widths(found),
            "data_values": details.data_values(table, found),
            "stable": details.stable(table, found),
            "shares": details.choice_shares(table, found),
        }
    return context
