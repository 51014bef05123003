"""Page to compare two to five countries of a ranking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import charts, exports, formats
from cpc.web.tables import export_format
from indicators.models import Country
from selection.countries.queries.country import country_page
from selection.countries.queries.trends import series_of
from selection.country_comparison.presenters import factors as factors_presenters
from selection.country_comparison.presenters import sentences as sentences_presenters
from selection.country_comparison.presenters import trends as trends_presenters
from selection.country_comparison.queries import (
    COMPARED,
    MOST,
    PROPOSED,
    Compared,
    closest,
    compared,
)
from selection.models import ScoreRun
from selection.notes.queries import open_notes_about
from selection.ranking.queries.listing import TABS
from selection.ranking.views.listing import asked_run
from selection.runs.queries.stored_runs import anything_published, newest_run
from selection.runs.rows import Ranking, RankingRow, plain, ranking_of

PARAMETERS = ("c", "run", "format")
NOTES = 6
"""Most notes on the page; a round's matrix has all."""


@require_safe
@requires(Permission.VIEW_RANKINGS)
def compare(request: HttpRequest) -> HttpResponseBase:
    """Compare two to five countries of a run; with fewer, propose some.

    `?format=` exports the evidence.
    """
    check_parameters(request, PARAMETERS)
    run = asked_run(request)
    if run is None:
        return render(request, "selection/ranking/ranking_empty.html", {"loaded": anything_published()})
    asked = request.GET.getlist("c")
    codes = list(dict.fromkeys(code.strip().upper() for code in asked if code.strip()))
    if codes != asked:
        return redirect(_address(request, codes))
    newest = (newest_run() if "run" in request.GET else run) or run
    context: dict[str, Any] = {
        "run": run,
        "is_newest": newest.pk == run.pk,
        "suffix": "" if newest.pk == run.pk else f"?run={run.pk}",
        "as_known": run.as_of_at,
        "most": MOST,
    }
    ranking = ranking_of(run)
    rows = _rows(ranking, codes)
    if kind := export_format(request):
        return _export(kind, run, rows)
    context |= _chosen(request, ranking, rows)
    if len(rows) < 2:
        return render(request, "selection/country_comparison/few.html", context | _proposed(request, ranking, rows))
    return render(request, "selection/country_comparison/compare.html", context | _beside(request, compared(run, rows)))


def _address(request: HttpRequest, codes: Sequence[str], **more: str) -> str:
    query = QueryDict(mutable=True)
    query.setlist("c", list(codes))
    for name in ("run", "format"):
        if request.GET.get(name):
            query[name] = request.GET[name]
    query.update(more)
    return f"{reverse('compare-countries')}?{query.urlencode()}".rstrip("?")


def _rows(ranking: Ranking, codes: Sequence[str]) -> list[RankingRow]:
    """Return the requested countries.

    Raises `BadRequest` for too many, or for one that the run has not scored.
    """
    if len(codes) > MOST:
        raise BadRequest(f"You can compare at most {MOST} countries; this address lists {len(codes)}.")
    rows = []
    for code in codes:
        row = ranking.row(code)
        if row is None:
            raise BadRequest(f"Run {ranking.run_id} has no country with the code “{code}”. Use a code such as GHA.")
        if row.status not in COMPARED:
            raise BadRequest(f"{row.name} cannot be compared: run {ranking.run_id} did not score it. {row.reason}")
        rows.append(row)
    return rows


def _chosen(request: HttpRequest, ranking: Ranking, rows: Sequence[RankingRow]) -> dict[str, Any]:
    """Return the chosen countries with URLs to remove each, and the countries to add, by group."""
    codes = [row.code for row in rows]
    chips = [
        (charts.letter_mark(index), row.name, _address(request, [code for code in codes if code != row.code]))
        for index, row in enumerate(rows)
    ]
    groups = []
    for tab in TABS:
        others = [(row.name, row.code) for row in tab.of(ranking) if row.status in COMPARED and row.code not in codes]
        if others:
            groups.append((tab.label, sorted(others, key=lambda other: plain(other[0]))))
    return {"chips": chips, "codes": codes, "groups": groups, "room": MOST - len(rows)}


def _proposed(request: HttpRequest, ranking: Ranking, rows: Sequence[RankingRow]) -> dict[str, Any]:
    if not rows:
        edge = ranking.table.first
        top, cut = ranking.ranked[:PROPOSED], ranking.ranked[edge - 1 : edge + 1]
        offers = [("Top of the ranking", top), (f"Just above and below rank {edge}", cut if len(cut) > 1 else ())]
        return {"offers": [(why, rows, _address(request, [row.code for row in rows])) for why, rows in offers if rows]}
    neighbors, similar = closest(ranking, rows[0])
    return {
        "only": rows[0],
        "neighbors": neighbors,
        "neighbors_url": _address(request, [rows[0].code, *(row.code for row in neighbors)]),
        "similar": similar,
        "similar_url": _address(request, [rows[0].code, *(row.code for row in similar)]),
    }


def _beside(request: HttpRequest, found: Compared) -> dict[str, Any]:
    rows = factors_presenters.factors(found)
    countries = [screen.country for screen in found.screens]
    pair_rows = sentences_presenters.pair_rows(found)
    pairs, more_pairs = sentences_presenters.neighbors_first(pair_rows)
    run = [("run", str(found.run.pk))] if request.GET.get("run") else []
    notes = open_notes_about([row.code for row in found.rows], user_of(request))
    return {
        "title": formats.listing([row.name for row in found.rows]),
        "verdict": sentences_presenters.verdict(found, pair_rows),
        "cards": sentences_presenters.cards(found),
        "pairs": pairs,
        "more_pairs": more_pairs,
        "factors": rows[: factors_presenters.FIRST],
        "more_factors": rows[factors_presenters.FIRST :],
        "evidence": factors_presenters.evidence(found, rows),
        "trends": trends_presenters.trends(
            series_of(countries, trends_presenters.CODES, as_of=found.run.as_of), found.rows
        ),
        "count": len(found.rows),
        "ranked": len(found.ranking.ranked),
        # What if opens with weights at which the order has reversed, if any reverse it.
        "what_if": reverse("what-if", query=[*run, *sentences_presenters.what_if_weights(found)] or None),
        "legend": charts.lanes_legend(),
        "notes": notes[:NOTES],
        "evidence_span": 8 if notes else 12,
        "more_notes": max(0, len(notes) - NOTES),
        "csv_url": _address(request, [row.code for row in found.rows], format="csv"),
    }


def _export(kind: str, run: ScoreRun, rows: Sequence[RankingRow]) -> HttpResponseBase:
    if not rows:
        raise BadRequest("No country to export. Add one, such as ?c=GHA.")
    name = f"compared {' '.join(row.code for row in rows)} run {run.pk}"
    return exports.response(kind, list(_exported(run, rows)), factors_presenters.fields(), name, sheet="Compared")


def _exported(run: ScoreRun, rows: Sequence[RankingRow]) -> Iterator[factors_presenters.Exported]:
    countries = Country.objects.in_bulk([row.code for row in rows], field_name="code")
    for row in rows:
        page = country_page(countries[row.code], ranking_of(run).table, run, as_of=run.as_of)
        yield from ((row.name, row.code, factor) for factor in page.factors if factor.is_counted)
