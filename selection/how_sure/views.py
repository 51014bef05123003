"""Views of the How sure page: the certainty of the ranks, and the figures that would increase it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.tables import export_format, query
from indicators.models import Source
from indicators.queries import newest_editions
from selection.how_sure.presenters import all_in as all_in_presenters
from selection.how_sure.presenters import export as export_presenters
from selection.how_sure.presenters import folds as folds_presenters
from selection.how_sure.presenters import in_effect as in_effect_presenters
from selection.how_sure.presenters import page as page_presenters
from selection.how_sure.presenters import remedies as remedies_presenters
from selection.how_sure.presenters import weights as weights_presenters
from selection.how_sure.presenters import work_list as work_list_presenters
from selection.how_sure.presenters.work_list import LOAD, DataLink
from selection.how_sure.queries.findings import HowSure, how_sure, sources
from selection.how_sure.queries.importance import weighing
from selection.lookups.adoptions import adoption_of, adoption_text
from selection.lookups.model_versions import default_key
from selection.lookups.weightings import spread_from
from selection.method.queries.run_figures import share_drawn
from selection.model_definition.criteria_table import CriterionRow
from selection.model_definition.method_tests import coverage_of
from selection.models import ScoreRun
from selection.ranking.presenters import export as ranking_export_presenters
from selection.ranking.views.listing import asked_run, one_of
from selection.runs import labels
from selection.runs.presenters import data_changes
from selection.runs.queries.all_in import AllInFindings, all_in_findings
from selection.runs.queries.stored_runs import anything_published, data_since, newest_run
from selection.runs.rows import ranking_of

PARAMETERS = ("run", "show", "list", "format")
LISTS = ("", "tasks", "weights")
BEYOND = 1.5
"""Ranks in the table of bands, as a multiple of the first N, to include countries just below it."""
SHOWN_ON_PHONES = 10
"""Rows of a long table that a phone shows before it is expanded; `c-rest` in choosing.css repeats the number."""
TASKS = 4
"""Number of single figures on the page; the sheet has all."""


@require_safe
@requires(Permission.VIEW_RANKINGS)
def page(request: HttpRequest) -> HttpResponseBase:
    """Show the doubts of a run; `?format=` exports all ranked countries, with `?list=tasks` the work list."""
    check_parameters(request, PARAMETERS)
    everything = one_of(request, "show", ("", "all"), "There is nothing to show as") == "all"
    listed = one_of(request, "list", LISTS, "There is no list")
    kind = export_format(request)
    run = asked_run(request)
    user = user_of(request)
    newest = newest_run() or run
    if run is None or newest is None:
        unasked = {"may_compute": user.allows(Permission.RUN_SCREEN), "loaded": anything_published()}
        return render(request, "selection/how_sure/how_sure_none.html", unasked)
    findings, is_newest = how_sure(run), newest.pk == run.pk
    links = _DataLinks(user, findings)
    after = data_since(run) if is_newest else None
    if kind:
        return _export(request, kind, listed, run, findings, links)
    context: dict[str, Any] = {
        "run": run,
        "newest": newest,
        "is_newest": is_newest,
        "suffix": "" if is_newest else f"?run={run.pk}",
        "exports_ranks": query(request, format="csv", show=None),
        "exports_weights": query(request, list="weights", format="csv", show=None),
        "exports_tasks": query(request, list="tasks", format="csv", show=None),
        "all_url": query(request, show=None if everything else "all"),
        "everything": everything,
        "since": after,
        "data_changes": data_changes(after) if after else [],
        "may_compute": user.allows(Permission.RUN_SCREEN),
    }
    all_in = all_in_findings(run)
    if all_in is None:
        context |= {
            "newest_is_all_in": ranking_of(newest).is_all_in,
            **_before_all_in(findings, links, everything=everything),
        }
    else:
        context |= _all_in(run, findings, all_in, links, context["suffix"], everything=everything)
    return render(request, "selection/how_sure/how_sure.html", context)


class _DataLinks:
    """Links to the pages where this account can enter figures."""

    def __init__(self, user: User, findings: HowSure) -> None:
        self.may_import = user.allows(Permission.IMPORT_DATA)
        self.may_rate = user.allows(Permission.VIEW_ROUNDS)
        self.sources = sources(findings.table)
        self.known: dict[str, DataLink | None] = {}

    def __call__(self, criterion: CriterionRow) -> DataLink | None:
        """Return where to enter a figure of this criterion, or the page of its source without permission to import.

        None for a criterion that raters rate, if this account may not view rounds.
        """
        if criterion.key not in self.known:
            self.known[criterion.key] = self._link(self.sources.get(criterion.key))
        return self.known[criterion.key]

    def _link(self, source: Source | None) -> DataLink | None:
        if source is None:
            label = "Rate it in a round"
            return DataLink(label, reverse("rounds")) if self.may_rate else None
        if not self.may_import:
            return DataLink("About the source", reverse("source", args=(source.key,)))
        if source.is_frozen:
            # No further edition will be published: only the office can supply a newer figure.
            return DataLink("Office form to enter your own figure (Excel)", reverse("own-form", args=("xlsx",)))
        return DataLink(LOAD, reverse("imports", query={"source": source.key}) + "#upload")


def _before_all_in(findings: HowSure, links: _DataLinks, *, everything: bool) -> dict[str, Any]:
    ranking = findings.ranking
    rows = ranking.ranked if everything else ranking.first
    beyond = [row for row in ranking.ranked if row.rank is not None and row.rank <= BEYOND * findings.table.first]
    editions = newest_editions(timezone.now().date())
    sums = work_list_presenters.sums(findings, links.sources, links, editions)
    return {
        "first": findings.table.first,
        "ranked": len(ranking.ranked),
        "finding": page_presenters.finding(findings),
        "bands": page_presenters.bands(ranking),
        "band_rows": page_presenters.band_rows(ranking, rows if everything else beyond),
        "beyond": len(beyond),
        "shades": page_presenters.shade_key(),
        "steps": work_list_presenters.steps(findings, links.sources),
        "confirm": work_list_presenters.confirmation(findings, links.sources, links),
        "tasks": [
            work_list_presenters.task(figure, links.sources, links, editions) for figure in findings.notable[:TASKS]
        ],
        "task_count": len(findings.figures) + len(findings.unchecked),
        "knows_ends": any(one.low is not None for one in findings.notable),
        "may_rate": links.may_rate,
        "sums": sums,
        "most": next(iter(sums), None),
        "share_drawn": share_drawn(findings.table),
        "weighting": spread_from(findings.table),
        "doubts": list(page_presenters.doubt_columns(findings).values()),
        "doubt_rows": page_presenters.doubt_rows(findings, rows),
        "rest": SHOWN_ON_PHONES + 1,
        "tornado": weights_presenters.tornado(findings),
        "weights": weights_presenters.weight_rows(findings),
        "weights_table": weights_presenters.weights_table(findings),
        "slack_key": weights_presenters.key(findings),
        "weight_facts": weights_presenters.weight_facts(findings),
        "ways": len(findings.ways),
        "way_heads": weights_presenters.way_heads(findings),
        "way_options": weights_presenters.way_options(findings),
        "way_rows": weights_presenters.way_rows(findings, rows),
        "designs": ranking.designs,
    }


def _all_in(
    run: ScoreRun, findings: HowSure, all_in: AllInFindings, links: _DataLinks, suffix: str, *, everything: bool
) -> dict[str, Any]:
    ranking, first = findings.ranking, findings.table.first
    editions = newest_editions(timezone.now().date())
    weights, free_rows = weighing(run), folds_presenters.free_rows(findings)
    measured = coverage_of(findings.table.key, findings.table.version, default_key())
    return {
        "all_in": all_in,
        "first": first,
        "ranked": len(ranking.ranked),
        "finding": all_in_presenters.lead(findings, all_in, run.periods),
        "bars": all_in_presenters.bars(findings, all_in, run.periods, adopted=adoption_of(run.table_hash) is not None),
        "remedies": remedies_presenters.remedies(findings, all_in, links.sources, links, editions),
        "task_count": len(all_in.overdue) + len(findings.figures) + len(findings.unchecked),
        "has_draws": all_in.now.width is not None,
        "countries": folds_presenters.countries_facts(ranking.first),
        "countries_table": folds_presenters.countries_table(findings, all_in, suffix),
        "country_rows": ranking.ranked if everything else ranking.first,
        "shares": all_in_presenters.shares(all_in),
        "shares_table": folds_presenters.shares_table(first),
        "effect": in_effect_presenters.effect_facts(weights, findings.moving),
        "effect_table": in_effect_presenters.TABLE,
        "effects": in_effect_presenters.rows(weights),
        "free": folds_presenters.free_facts(findings),
        "free_table": folds_presenters.free_table(findings, suffix),
        "free_rows": free_rows if everything else free_rows[:first],
        "choices_finding": folds_presenters.choices_finding(findings),
        "choices_table": folds_presenters.choices_table(findings),
        "choice_rows": folds_presenters.choice_rows(findings),
        "steady": weights_presenters.steady(findings),
        "tornado": weights_presenters.tornado(findings),
        "weights": weights_presenters.weight_rows(findings),
        "weights_table": weights_presenters.weights_table(findings),
        "slack_key": weights_presenters.key(findings),
        "tested": folds_presenters.tested_facts(measured),
        "share_drawn": share_drawn(findings.table),
        "weighting": spread_from(findings.table),
        "designs": ranking.designs,
    }


def _export(
    request: HttpRequest, kind: str, listed: str, run: ScoreRun, findings: HowSure, links: _DataLinks
) -> HttpResponseBase:
    adopted = adoption_text(adoption_of(run.table_hash))

    def notes(what: str) -> Sequence[tuple[str, str]]:
        return (
            *ranking_export_presenters.notes(run, findings.ranking, what, adopted),
            *export_presenters.about(findings),
        )

    if listed == "tasks":
        rows = remedies_presenters.task_rows(findings, all_in_findings(run), links.sources, links)
        fields = export_presenters.task_fields(findings.table.first, request.build_absolute_uri)
        about = notes(f"Work list: {len(rows):,} to get or check")
        return exports.response(kind, rows, fields, f"get first run {run.pk}", sheet="Get first", notes=about)
    if listed == "weights":
        items = export_presenters.weight_items(findings, weighing(run).rows)
        columns, about = export_presenters.weight_fields(findings), notes(f"Weights: {len(items)}")
        return exports.response(kind, items, columns, f"weights run {run.pk}", sheet="Weights", notes=about)
    ranked, ranks = findings.ranking.ranked, export_presenters.rank_fields(findings)
    about = notes(f"All ranked: {labels.countries(len(ranked))}")
    return exports.response(kind, ranked, ranks, f"how sure run {run.pk}", sheet="How sure", notes=about)
