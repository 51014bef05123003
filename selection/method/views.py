"""Method page: the model's table, the coverage, the correlations, and the certainty of the ranks."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from indicators.queries import REVISED_FILES
from selection.lookups.adoptions import adoption_of, adoption_text
from selection.lookups.model_versions import default_key, default_table, published_default
from selection.lookups.weightings import spread_from
from selection.method.presenters import all_in as all_in_presenters
from selection.method.presenters import details as details_presenters
from selection.method.presenters import page as page_presenters
from selection.method.presenters import recompute as recompute_presenters
from selection.method.presenters import rules as rules_presenters
from selection.method.queries.run_figures import figures, newest_run_on
from selection.method.queries.weak_facts import weak_fact
from selection.method.queries.worked import worked_of
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.model_definition.method_tests import evidence_of, tests_of
from selection.model_versions.presenters import criteria as criteria_presenters
from selection.model_versions.presenters import versions as versions_presenters
from selection.model_versions.presenters.method import ERRORS, choices_table, errors_of, method_context
from selection.model_versions.queries import criteria as criteria_queries
from selection.models import ScoreRun
from selection.pool_rules.policy import describe_rule
from selection.runs.presenters import COMPLETE_REPORT
from selection.runs.queries.all_in import all_in_findings
from selection.runs.rows import ranking_of


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def method(request: HttpRequest) -> HttpResponse:
    """Show how the score is made, to every account that may see observations.

    Accounts that see rankings also get the score of one country worked out, the one that `?country=` names.
    """
    sees = user_of(request).allows(Permission.VIEW_RANKINGS)
    check_parameters(request, ("country",) if sees else ())
    table, version = default_table(), published_default()
    run = newest_run_on(table)
    ranking = ranking_of(run) if run and run.table_hash == table.hash else None
    entries = criteria_queries.entries(table, ranking)
    pairs = criteria_queries.pairs(ranking) if ranking else []
    adoption = adoption_of(version) if version else None
    context = {
        **_of_method(table, run),
        **(_all_in(table, run, request.GET.get("country", "").upper(), sees=sees) if table.is_all_in else {}),
        "adoption": adoption,
        "weighting": spread_from(table),
        "adoption_text": adoption_text(adoption),
        "table": table,
        "version": version,
        "sees_models": sees,
        "run": run,
        "screen_hash": table.model(Stage.SCREEN).hash,
        "branches": criteria_presenters.branches(entries),
        "coverage": criteria_presenters.coverage(entries),
        "together": criteria_presenters.together(pairs),
        "together_table": criteria_presenters.pairs_table("Counted", "Also counted"),
        "repeated_table": criteria_presenters.pairs_table("Not counted", "Repeats"),
        "repeated": criteria_presenters.repeated(pairs, table.rows(Stage.SCREEN)),
        "matrix": criteria_presenters.matrix(pairs, [entry.row for entry in entries if entry.row.stage != "full"]),
        "statutory_rows": versions_presenters.statutory_rows(table),
        "hurdles": versions_presenters.hurdles(table),
        "candidates": ranking.candidates if ranking else 0,
        "ranked": len(ranking.ranked) if ranking else 0,
    }
    return render(request, "selection/method/method.html", context)


def _of_method(table: ModelTable, run: ScoreRun | None) -> dict[str, Any]:
    """Return the context of the method, with the numbers of a run if there is one."""
    found = figures(run) if run else None
    context: dict[str, Any] = {
        "method": method_context(table),
        "figures": found,
        **page_presenters.page_facts(table, found),
        "first_label": f"Firmly in the first {table.first}",
        "policies": [
            (describe_rule(row["reason"], row["values"]), row["why"])
            for row in (run.inputs["pool"]["policies"] if run else ())
        ],
        "errors_table": ERRORS,
        "errors": errors_of(table, Stage.SCREEN),
        "choices_table": choices_table(),
        "tests": tests_of(table.key, table.version, default_key()),
        "tests_note": f"Measured when version {table.version} was built",
        "revised": REVISED_FILES,
        "datings": criteria_queries.datings(table),
        "complete_report": COMPLETE_REPORT,
    }
    if found:
        context |= details_presenters.fitted(table, found)
    return context


def _all_in(table: ModelTable, run: ScoreRun | None, code: str, *, sees: bool) -> dict[str, Any]:
    """Return the context of a model with all-in draws: rules with the run's numbers, and a country worked out."""
    found = figures(run) if run else None
    worked = worked_of(run, code) if run and sees else None
    if code and worked is None:
        raise BadRequest(f"No country with the code “{code}” has a score in run {run.pk if run else 0}.")
    steps = recompute_presenters.lines(table, found.fits if found else {}, worked)
    last = recompute_presenters.LAST_STEPS
    return {
        "worked": worked,
        "scales": rules_presenters.scales(),
        "rules_table": recompute_presenters.table_of(worked),
        "first_steps": steps[:-last],
        "last_steps": steps[-last:],
        "evidence": evidence_of(table.key, table.version, default_key()),
        **all_in_presenters.context(
            table, found, all_in_findings(run) if run else None, weak_fact(run, table) if run else None
        ),
    }
