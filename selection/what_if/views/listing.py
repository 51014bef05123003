"""Reading of a URL of the What if page."""

from __future__ import annotations

from urllib.parse import parse_qs

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.parameters import check_parameters
from selection.models import Scenario, ScoreRun
from selection.ranking.views.listing import asked_run, drop_empty, one_of
from selection.runs.queries.basis import Basis, basis_of
from selection.runs.queries.stored_runs import anything_published
from selection.what_if.answer import askable_of
from selection.what_if.askable import Askable
from selection.what_if.changed_basis import changed
from selection.what_if.changes import VALUE, WITHOUT
from selection.what_if.listing import Asking, QuestionListing
from selection.what_if.queries.answers import Base, answer_question, base_of, comparable_run
from selection.what_if.queries.scenarios import base_of_scenario, find_scenario
from selection.what_if.question import (
    HOLD,
    RULE,
    TAKE,
    WEIGHT,
    QuestionError,
    faults_of,
    from_query,
    names_of,
)

BESIDE = ("run", "draws", "format", "with", "scenario", "show", "keep", "before", "follow")
"""Parameters in addition to those of the question."""


def asking_of(request: HttpRequest, beside: tuple[str, ...] = BESIDE, *, at_fields: bool = False) -> Asking:
    """Read the run and the question. Raise `BadRequest` for an unknown parameter or value.

    With `at_fields`, a number out of range is no exception: the page shows the message at its field.
    """
    drop_empty(request)
    run = asked_run(request)
    basis = basis_of(run) if run else None
    if basis is None:
        # The same names may be valid for another run, so they are no error here.
        check_parameters(request, {*beside, *(name for name in request.GET if name not in BESIDE)})
        return Asking(run)
    askable = askable_of(basis)
    # The question itself reports unknown weights, rules, and choices.
    own = {name for name in request.GET if name.startswith((WEIGHT, RULE, TAKE, VALUE, WITHOUT))} | {HOLD}
    check_parameters(request, {*beside, *names_of(askable), *own})
    given = {name: request.GET.getlist(name) for name in request.GET if name not in BESIDE}
    faults = faults_of(given, askable) if at_fields else {}
    try:
        if faults:
            rest = {name: texts for name, texts in given.items() if name not in faults}
            typed = {name: given[name][-1] for name in faults}
            return Asking(run, basis, form=from_query(rest, askable), faults=faults, typed=typed)
        question = from_query(given, askable, before=_before(request, askable))
        return Asking(run, basis, question, form=question)
    except QuestionError as error:
        raise BadRequest(str(error)) from error


def _before(request: HttpRequest, askable: Askable) -> dict[str, float] | None:
    """Return the weights that the form was filled with if each group must still sum to 100; else None."""
    if one_of(request, "keep", ("", "1"), "Use keep=1 to keep each group at 100, not") != "1":
        return None
    sent = parse_qs(request.GET.get("before", ""))
    return dict(from_query({name: given for name, given in sent.items() if name.startswith(WEIGHT)}, askable).weights)


def unasked(request: HttpRequest, run: ScoreRun | None) -> HttpResponse:
    """Show that there is no run yet, or that this run was computed by an earlier method."""
    return render(request, "selection/what_if/unasked.html", {"run": run, "loaded": anything_published()})


def listing_of(request: HttpRequest, asking: Asking) -> QuestionListing:
    """Return the answer to the URL's question. Raise `Http404` for a scenario that the person may not see."""
    assert asking.run is not None  # the view has checked it
    assert asking.basis is not None  # the view has checked it
    user, run = user_of(request), asking.run
    draws = asking.basis.model.draws if one_of(request, "draws", ("", "1"), "Use draws=1 to request draws, not") else 0
    everything = one_of(request, "show", ("", "all"), "The list shows its first rows or") == "all"
    base = _base(request, user, run)
    scenario = _scenario(user, request.GET["scenario"]) if "scenario" in request.GET else None
    if draws and asking.question.changes:
        raise BadRequest(
            "Draws are of the values of a run, and this question changes values of a country. Remove “draws” or the "
            "changed values from the URL."
        )
    basis = changed(asking.basis, asking.question)
    answered = answer_question(run, basis, asking.question, draws=draws, base=base)
    base_query = {"run": request.GET["run"]} if "run" in request.GET else {}
    if base.key != str(run.pk):
        base_query["with"] = base.key
    # A form that is sent with the box unticked contains only the weights that it was filled with.
    holds_100 = "keep" in request.GET or "before" not in request.GET
    follow = _followed(request, asking.basis)
    return QuestionListing(user, answered, base_query, scenario, everything, asking, holds_100, follow)


def _followed(request: HttpRequest, basis: Basis) -> str:
    """Return the code of the country to follow, "" for none. Raise `BadRequest` for one that the run does not know."""
    code = request.GET.get("follow", "")
    if code and code not in basis.result.countries:
        raise BadRequest(
            f"This run has no country “{code}” to follow. Use the three-letter code of a country of the run."
        )
    return code


def _base(request: HttpRequest, user: User, run: ScoreRun) -> Base:
    """Return the list to compare with: a run by its number, a scenario by its key."""
    given = request.GET.get("with")
    if given is None or given == str(run.pk):
        return base_of(run)
    if given.isdecimal():
        other = comparable_run(given)
        if other is None:
            raise BadRequest(
                f"There is no run {given} by the current method to compare with. Choose one from the list."
            )
        return base_of(other)
    scenario = _scenario(user, given)
    base = base_of_scenario(scenario)
    if base is None:
        raise BadRequest("What if is not available for the run of this scenario. Compare with another list.")
    return base


def _scenario(user: User, key: str) -> Scenario:
    scenario = find_scenario(user, key)
    if scenario is None:
        raise Http404
    return scenario
