"""The method: the model's table, what is known of it, what moves together, and how sure an order can be."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web.tables import check_parameters
from selection.model_table import Stage
from selection.queries import method as reads
from selection.queries.adoption import adopted_words, adoption_of
from selection.queries.models import default_table, published_default
from selection.queries.ranking import ranking_of
from selection.queries.runs import newest_run
from selection.tables import method as said
from selection.tables import models as versions


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def method(request: HttpRequest) -> HttpResponse:
    """How the score is made. Everybody who sees observations sees it: it names no country's score."""
    check_parameters(request, ())
    run = newest_run()
    table, version = default_table(), published_default()
    adoption = adoption_of(version) if version else None
    ranking = ranking_of(run) if run and run.table_hash == table.hash else None
    entries = reads.entries(table, ranking)
    pairs = reads.pairs(ranking) if ranking else []
    context = {
        "table": table,
        "version": version,
        "adoption": adoption,
        "adopted_words": adopted_words(adoption),
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
