"""Backtest page: the ranks of past partners on the data published before they were selected."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import formats
from selection.backtest import FEASIBILITY, NEED, Findings, services
from selection.backtest.presenters import findings as findings_presenters
from selection.backtest.presenters.limits import example, limits
from selection.backtest.queries import (
    asked_now,
    backtests,
    can_be_asked,
    is_current,
    names_of,
)
from selection.models import Backtest, ScoreRun
from selection.ranking.views.listing import asked_run
from selection.runs.queries.stored_runs import anything_published, find_run, newest_run

EMPTY = "selection/backtest/backtest_empty.html"


@require_safe
@requires(Permission.VIEW_RANKINGS)
def backtest(request: HttpRequest) -> HttpResponse:
    """Show the backtest of a run (`?run=`, by default the newest), or of the newest run that has one."""
    check_parameters(request, ("run",))
    run = asked_run(request)
    if run is None:
        return render(request, "selection/ranking/ranking_empty.html", {"loaded": anything_published()})
    stored = backtests(run).first()
    if stored is None and "run" not in request.GET:
        stored = backtests().first()
    newest = newest_run() or run
    context = {
        "run": run,
        "newest": newest,
        "possible": can_be_asked(run),
        "partners": len(asked_now(run).signatures),
        "may_compute": user_of(request).allows(Permission.RUN_SCREEN),
    }
    if stored is None:
        return render(request, EMPTY, context)
    return render(request, "selection/backtest/backtest.html", context | _shown(stored, run))


def _shown(stored: Backtest, run: ScoreRun) -> dict[str, Any]:
    findings = Findings.from_dict(stored.result)
    names, shown_case = names_of(findings), example(findings)
    return {
        "backtest": stored,
        "asked": run,
        "run": stored.run,
        "as_known": stored.run.as_of_at,
        "is_current": stored.run_id != run.pk or is_current(stored),
        "title": findings_presenters.partners(len(findings.cases)),
        "findings": findings,
        "verdict": findings_presenters.verdict(findings, names),
        "charts": [
            ("Feasibility, as then published", findings_presenters.chart(findings, FEASIBILITY, names)),
            ("Need, as then published", findings_presenters.chart(findings, NEED, names)),
        ],
        "legend": findings_presenters.legend(findings, names),
        "rows": findings_presenters.case_rows(findings, names),
        "sums_table": findings_presenters.SUMS,
        "sums": findings_presenters.sums(findings),
        "shares_table": findings_presenters.SHARES,
        "shares": findings_presenters.shares(findings),
        "today": findings_presenters.today_text(findings),
        "limits": limits(findings, names),
        "example": shown_case[0].country if shown_case else "",
    }


@require_POST
@requires(Permission.RUN_SCREEN)
def compute(request: HttpRequest) -> HttpResponseRedirect:
    """Compute the backtest of a run, by default the newest. An identical question returns the existing one."""
    run = _sent_run(request)
    if run is None:
        messages.error(request, "No ranking yet. Compute one first.")
        return redirect("backtest")
    before = backtests(run).first()
    try:
        made = services.compute_backtest(actor=user_of(request), run=run)
    except ValidationError as error:
        messages.error(request, formats.as_shown(" ".join(error.messages)))
        return redirect(_address(run))
    if before is not None and before.pk == made.pk:
        messages.info(request, f"The backtest of run {run.pk} was already computed.")
    else:
        messages.success(request, f"The backtest of run {run.pk} has been computed.")
    return redirect(_address(run))


def _sent_run(request: HttpRequest) -> ScoreRun | None:
    """Return the run that the form names, else the newest (None before the first)."""
    number = request.POST.get("run", "")
    if not number:
        return newest_run()
    if not number.isdecimal():
        raise BadRequest(f"“{number}” is not a run number. Reload the page and try again.")
    run = find_run(number)
    if run is None:
        raise Http404
    return run


def _address(run: ScoreRun) -> str:
    newest = newest_run()
    parameters = {} if newest is not None and newest.pk == run.pk else {"run": str(run.pk)}
    return reverse("backtest", query=parameters)
