"""Page of the outcomes: published measures of partners before and after signature, beside never-partners."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.parts import GroupTab
from cpc.web.tables import export_format, query
from indicators.queries import AsOf, resolve_as_of
from partnerships.outcomes.measures import BY_KEY, MEASURES
from partnerships.outcomes.presenters import cells as cells_presenters
from partnerships.outcomes.presenters import untested as untested_presenters
from partnerships.outcomes.presenters.lead import name_in_sentence
from partnerships.outcomes.presenters.page import context_of, countries_of, measure_context
from partnerships.outcomes.presenters.partners import Drawn, drawn_of
from partnerships.outcomes.queries import Outcomes, as_known, cells, outcomes
from partnerships.outcomes.results import OutcomeResults
from partnerships.outcomes.untested import LEFT_OUT, UNTESTED

SHOWN = "shown"
CELLS, FIGURES = "", "figures"


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def page(request: HttpRequest) -> HttpResponseBase:
    """Show one measure of `?measure=`, as of the publication of `?as_of=`.

    `?format=csv|xlsx` gives every value of the measure with its cell; with `?list=figures`, the figures of every
    partner in every measure.
    """
    check_parameters(request, ("measure", "as_of", "list", "format"))
    known = _as_of(request)
    listed = _one_of(request, "list", (CELLS, FIGURES))
    measure = _one_of(request, "measure", ("", *(one.key for one in MEASURES), SHOWN))
    kind, found = export_format(request), outcomes(known)
    context: dict[str, Any] = {"found": found, "as_of": known, "as_known": as_known(found.number)}
    results = found.results
    if results is None:
        return render(request, "partnerships/outcomes/nothing.html", context)
    measure = measure or next(iter(results.measures))
    if measure != SHOWN and measure not in results.measures:
        name = name_in_sentence(BY_KEY[measure])
        raise BadRequest(f"No values of {name} were published by publication no. {found.number}.")
    if kind:
        return _export(kind, listed, measure, found, results)
    context |= context_of(results, found.names) | {"tabs": _tabs(request, results, measure), "measure": measure}
    context |= {
        "cells_url": query(request, format="csv"),
        "figures_url": query(request, list=FIGURES, format="csv"),
        "now_url": query(request, as_of=None) or "?",
    }
    if measure == SHOWN:
        context |= {"parts": _untested(found, results), "left_out": LEFT_OUT, "printed": untested_presenters.PRINTED}
    else:
        result = results.measures[measure]
        context |= measure_context(result, _drawn(found, results, measure), found.names)
    return render(request, "partnerships/outcomes/page.html", context)


def _as_of(request: HttpRequest) -> AsOf:
    try:
        return resolve_as_of(request.GET.get("as_of", ""))
    except ValueError as error:
        raise BadRequest(str(error)) from error


def _one_of(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    value = request.GET.get(name, "")
    if value not in allowed:
        known = " or ".join(f"{name}={one}" for one in allowed if one)
        raise BadRequest(f"There is no {name} “{value}”. Use {known}.")
    return value


def _tabs(request: HttpRequest, results: OutcomeResults, current: str) -> list[GroupTab]:
    shown = [(one.key, one.tab) for one in MEASURES if one.key in results.measures]
    return [
        GroupTab(label, query(request, measure=key, list=None, format=None) + "#each", current=key == current)
        for key, label in (*shown, (SHOWN, "Shown, not tested"))
    ]


def _drawn(found: Outcomes, results: OutcomeResults, measure: str) -> Drawn:
    result = results.measures[measure]
    return drawn_of(cells(result.measure.indicator, countries_of(result), found.number))


def _untested(found: Outcomes, results: OutcomeResults) -> list[untested_presenters.UntestedPart]:
    partners = {one.country for one in results.signatures}
    parts = [
        untested_presenters.part_of(
            one, results.signatures, drawn_of(cells(one.indicator, partners, found.number)), found.names
        )
        for one in UNTESTED
    ]
    return [part for part in parts if part is not None]


def _export(kind: str, listed: str, measure: str, found: Outcomes, results: OutcomeResults) -> HttpResponseBase:
    if listed == FIGURES or measure == SHOWN:
        table, rows = cells_presenters.figures_table(found.names), cells_presenters.figure_rows(results)
        return table.export(kind, rows, f"outcomes publication {found.number}")
    drawn = _drawn(found, results, measure)
    made = list(cells_presenters.cell_rows(results.measures[measure], drawn))
    return cells_presenters.CELLS.export(kind, made, f"outcomes {measure} cells publication {found.number}")
