"""Pages to compare two rankings: two dates, two runs, or a run and a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.run_once import new_key
from cpc.parameters import check_parameters
from cpc.web import exports
from indicators.queries import REVISED_FILES, current
from selection.models import ScoreRun
from selection.run_comparison.forms.two_runs import NAMES, TwoRunsForm
from selection.run_comparison.presenters import causes as causes_presenters
from selection.run_comparison.presenters import model_parts as model_presenters
from selection.run_comparison.presenters import page as page_presenters
from selection.run_comparison.queries.comparison import Comparison, RunMove, compare
from selection.run_comparison.queries.data_differences import data_behind, hidden_from
from selection.run_comparison.queries.pool_differences import pool_between
from selection.run_comparison.queries.requested_runs import (
    computed_days,
    run_of_day,
    runs_to_compare,
)
from selection.runs.presenters import choices
from selection.runs.queries.all_in import Unconfirmed, unconfirmed_of
from selection.runs.queries.stored_runs import find_run, newest_run, run_before
from selection.runs.queries.stored_runs import runs as stored
from selection.runs.rows import Ranking, ranking_of

COUNTRY = "country"
"""Query parameter that limits the movements to one country."""

SHOWN = 10
"""Number of movements shown open; the others are collapsed."""

SHIFTS = 12
"""Number of the largest movements shown beside the chart."""

LONG = 12
"""Number of countries above which the lists of entries and exits take the full width."""

DAYS = 12
"""Number of days with a stored ranking that the form offers."""


@require_safe
@requires(Permission.VIEW_RANKINGS)
def compare_runs(request: HttpRequest) -> HttpResponseBase:
    """Compare two rankings, with the cause of each movement; `?format=csv` exports the movements."""
    check_parameters(request, (*NAMES, COUNTRY, "format"))
    kind = request.GET.get("format", "")
    if kind not in ("", "csv"):
        raise BadRequest(f"“{kind}” is not an export format. Use csv.")
    form = TwoRunsForm(choices(runs_to_compare()), {name: request.GET.get(name, "") for name in NAMES})
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.BAD_REQUEST)
    runs, absent = _chosen(form.cleaned_data if form.asks else _usual())
    if absent:
        days = [(on, new_key()) for on in absent]
        # A day without a stored ranking has the key of the form that computes it.
        return _page(request, form, absent=days, known=computed_days()[:DAYS])
    if len(runs) < 2:
        return _page(request, form)
    if runs[0].pk == runs[1].pk:
        form.add_error(None, f"Both choices lead to run {runs[0].pk}. Change one.")
        return _page(request, form, status=HTTPStatus.BAD_REQUEST)
    if not form.asks:
        form = TwoRunsForm(choices(runs_to_compare()), {"one": str(runs[0].pk), "other": str(runs[1].pk)})
        form.is_valid()
    found = compare(*runs)
    if kind:
        causes = causes_presenters.CauseText(found, data_behind(found), hidden_from(user_of(request), found))
        name = f"movements run {found.before.pk} to run {found.after.pk}"
        rows, fields = causes_presenters.sheet_rows(causes), causes_presenters.sheet_fields(causes)
        return exports.response(kind, rows, fields, name, sheet="Movements")
    compared = _compared(found, user_of(request), request.GET.get(COUNTRY, ""))
    return _page(request, form, **compared, older=_older(form, runs), asked=form.query)


def _usual() -> Mapping[str, Any]:
    """Return the default comparison: the ranking shown first, and the one shown first before it.

    Without an earlier one, it is the newest other desk screen, such as a ranking as known on a past day.
    """
    newest = newest_run()
    before = run_before(newest) or stored().exclude(pk=newest.pk).first() if newest else None
    return {"one": str(before.pk)} if before else {"none": True}


def _chosen(asked: Mapping[str, Any]) -> tuple[list[ScoreRun], list[dt.date]]:
    """Return the selected runs, or the days without a stored run."""
    runs, absent = [], []
    for number, on in ((asked.get("one"), asked.get("on")), (asked.get("other"), asked.get("to"))):
        run = find_run(number, None) if number else run_of_day(on) if on else None
        if not number and not on and "none" not in asked:
            run = newest_run()
        if run is not None:
            runs.append(run)
        elif on:
            absent.append(on)
    return runs, absent


def _older(form: TwoRunsForm, runs: list[ScoreRun]) -> list[ScoreRun]:
    """Return the runs that answer a day from less data than is loaded now."""
    newest = current()
    by_day = [form.cleaned_data.get("on"), form.cleaned_data.get("to")]
    return [run for run, on in zip(runs, by_day, strict=True) if on and run.as_of < newest]


def _compared(found: Comparison, user: User, code: str) -> dict[str, Any]:
    data, pool, lists = data_behind(found), pool_between(found), page_presenters.lists(found)
    hidden = hidden_from(user, found)
    causes = causes_presenters.CauseText(found, data, hidden)
    chosen = _move_of(found, code) if code else None
    asked = chosen if chosen is not None and _is_ranked(chosen) else None
    rows = [causes.why(move) for move in found.moved if asked is None or move is asked]
    parts = asked.parts if asked else None
    return {
        "answer": model_presenters.country_steps(asked, parts, found, causes.parts(asked, parts))
        if asked and parts
        else None,
        "model_steps": model_presenters.model_steps(found),
        "comparison": found,
        "unlike_draws": model_presenters.unlike_draws(found),
        "moves": lists,
        "verdict": page_presenters.verdict(found, lists, pool),
        "hides": bool(hidden),
        "differences": page_presenters.differences(found, data, pool),
        "sides": page_presenters.sides(found),
        "heads": ("Before", "After"),
        "picture": page_presenters.picture(found, lists),
        "is_long": len(lists.entered) + len(lists.left) > LONG,
        "shifts": lists.moved[:SHIFTS],
        "chosen": asked,
        "unranked": chosen if asked is None else None,
        "unchecked": [entry for entry in map(_tiers, (found.after, found.before)) if entry[2].ranked],
        "ranked": sorted((move.row for move in found.moves if _is_ranked(move)), key=lambda row: row.name),
        "explained": {why.move.row.code for why in rows},
        "rows": rows[:SHOWN],
        "more": rows[SHOWN:],
        "data": data,
        "editions_table": page_presenters.EDITIONS,
        "as_known": found.after.as_of_at,
    }


def _tiers(run: ScoreRun) -> tuple[ScoreRun, Ranking, Unconfirmed]:
    ranking = ranking_of(run)
    return run, ranking, unconfirmed_of(ranking.ranked, ranking.first)


def _is_ranked(move: RunMove) -> bool:
    return any(row is not None and row.rank is not None for row in (move.before, move.after))


def _move_of(found: Comparison, code: str) -> RunMove:
    """Return a country of the rankings, ranked or not.

    Raises `BadRequest` for an unknown one.
    """
    chosen = next((move for move in found.moves if move.row.code == code), None)
    if chosen is None:
        raise BadRequest(f"Neither ranking has a country “{code}”. Choose one from the list “Country”.")
    return chosen


def _page(request: HttpRequest, form: TwoRunsForm, *, status: HTTPStatus = HTTPStatus.OK, **shown: Any) -> HttpResponse:
    context = {
        "form": form,
        "newest": newest_run(),
        "revised": REVISED_FILES,
        "may_compute": user_of(request).allows(Permission.RUN_SCREEN),
        "compute_url": f"{reverse('run-as-known')}{form.query}" if form.is_valid() else "",
        **shown,
    }
    return render(request, "selection/run_comparison/two_runs.html", context, status=status)
