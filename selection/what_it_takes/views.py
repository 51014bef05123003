"""View of what it would take for one country to be among the first N."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from indicators.models import Country, Indicator
from selection.countries.queries.country import find_country
from selection.models import ScoreRun
from selection.ranking.views.listing import asked_run, drop_empty
from selection.runs import labels
from selection.runs.queries.basis import Basis, basis_of
from selection.runs.queries.stored_runs import anything_published
from selection.runs.rows import Ranking, plain, ranking_of
from selection.scoring import Status
from selection.what_if.answer import askable_of
from selection.what_it_takes.presenters.outside import outside_context
from selection.what_it_takes.presenters.page import page_context
from selection.what_it_takes.presenters.texts import Texts, first_text
from selection.what_it_takes.queries.answers import targets_of, what_it_takes


@require_safe
@requires(Permission.VIEW_RANKINGS)
def what_would_it_take(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show what would bring a country among the first N of a run, or take it out of them.

    The form of the page names another country in `?country=`.
    """
    drop_empty(request)
    check_parameters(request, ("run", "first", "country"))
    asked = request.GET.get("country", code)
    found = find_country(asked)
    if found is None:
        raise Http404
    given = [(name, request.GET[name]) for name in ("run", "first") if name in request.GET]
    if found.code != code:
        return redirect(reverse("what-it-takes", args=[found.code], query=given))
    run = asked_run(request)
    basis = basis_of(run) if run else None
    context: dict[str, Any] = {"country": found, "run": run, "loaded": anything_published()}
    if run is None or basis is None:
        return render(request, "selection/what_it_takes/unasked.html", context)
    first = _first(request, run)
    return render(request, "selection/what_it_takes/page.html", context | _answered(request, run, basis, found, first))


def _first(request: HttpRequest, run: ScoreRun) -> int:
    """Return the N of the URL, that of the model by default. Raise `BadRequest` for one that cannot be asked about."""
    targets = targets_of(run)
    text = request.GET.get("first", str(ranking_of(run).table.first))
    if text not in map(str, targets):
        raise BadRequest(
            f"There is no answer for the first “{text}”. Use first={' or first='.join(map(str, targets))}."
        )
    return int(text)


def _answered(request: HttpRequest, run: ScoreRun, basis: Basis, country: Country, first: int) -> dict[str, Any]:
    ranking = ranking_of(run)
    row, table = ranking.row(country.code), ranking.table
    carried = [("run", request.GET["run"])] if "run" in request.GET else []
    context: dict[str, Any] = {
        "ranking": ranking,
        "row": row,
        "first": first,
        "line": first_text(first),
        "targets": targets_of(run),
        "countries": _countries(ranking, basis),
        "carried": carried,
        "suffix": f"?run={request.GET['run']}" if carried else "",
        "as_known": run.as_of_at,
    }
    answer = what_it_takes(run, country, first)
    if answer is None:
        status = row.status if row else ""
        return context | {"answer": None, "group": labels.GROUPS.get(status, ("Not ranked", ""))}
    indicators = {one.code: one for one in Indicator.objects.filter(code__in=[row.indicator for row in table.criteria])}
    texts = Texts(run, country, answer, table, indicators, carried)
    context |= {"answer": answer, "follow_url": texts.url(answer.setting({}))}
    if answer.status == Status.OUTSIDE_POOL:
        return context | outside_context(texts, basis)
    if answer.rank is None:
        return context | {"lacking": row.reason if row else ""}
    return context | page_context(texts, row, askable_of(basis).groups) | {"lacking": row.reason if row else ""}


def _countries(ranking: Ranking, basis: Basis) -> list[tuple[str, str]]:
    """Return the countries that can be asked about, by name."""
    known = basis.result.snapshot.position
    rows = sorted((row for row in ranking.rows if row.code in known), key=lambda row: plain(row.name))
    return [(row.code, row.name) for row in rows]
