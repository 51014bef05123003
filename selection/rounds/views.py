"""Selection rounds: the list, one round, opening and editing it, its steps and scores, and its pool."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cpc.accounts.access import check, requires, user_of
from cpc.accounts.permissions import Permission
from cpc.api.run_once import run_once
from cpc.lifecycle import step_findings
from cpc.parameters import check_parameters
from cpc.web.forms import add_service_errors
from selection.candidates import queries as candidates_queries
from selection.decisions.handover import sequels
from selection.decisions.presenters import decided_line
from selection.decisions.queries import decisions
from selection.lookups import rounds as rounds_lookups
from selection.lookups.rounds import locked
from selection.models import Candidate, PoolReason, RoundState, SelectionRound
from selection.page_frame import round_or_404
from selection.pool_rules.pools import PoolRule
from selection.ranking.forms import refusal
from selection.rounds import presenters, queries, services
from selection.rounds.forms import (
    MoveForm,
    PoolFilter,
    RoundForm,
    RoundStepForm,
)
from selection.rounds.preconditions import ROUND_CHECKS
from selection.states import ROUND

METHODS = ("GET", "HEAD", "POST")


@require_safe
@requires(Permission.VIEW_ROUNDS)
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round, newest first."""
    check_parameters(request, ("page",))
    user = user_of(request)
    context = {
        "table": presenters.ROUNDS,
        "page": presenters.ROUNDS.page(request, rounds_lookups.rounds(user)),
        "may_open": user.allows(Permission.RUN_ROUNDS),
    }
    return render(request, "selection/rounds/list.html", context)


@require_safe
@requires(Permission.VIEW_ROUNDS)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: how far it is, its candidates by score, its scores, and what was done when."""
    check_parameters(request, ())
    found = round_or_404(request, pk)
    user, today = user_of(request), timezone.now().date()
    page = candidates_queries.round_page(found)
    here = ROUND.states.index(found.state)
    decided = decisions(found) if found.state in presenters.CLOSED else []
    came = sequels([decision.candidate for decision in decided], user)
    steps = [step for step in ROUND.transitions_from(found.state) if user.allows(Permission(step.permission))]
    steps.sort(key=lambda step: ROUND.states.index(step.target) < here)  # the way on before the way back
    context = {
        "page": page,
        "round": found,
        "place": "round",
        "steps": [RoundState(state).label for state in ROUND.states],
        "current": here,
        "next_steps": steps,
        "stands_in_the_way": presenters.in_the_way(found, steps, today),
        "facts": presenters.facts(page),
        "rows": [presenters.row(standing, page) for standing in page.standings],
        "scatter": presenters.scatter(page),
        "decided": [decided_line(decision, came[decision.candidate_id]) for decision in decided],
        "rule": PoolRule.from_dict(found.pool_rule).in_words,
        "may_run": user.allows(Permission.RUN_ROUNDS) and found.is_open,
        "may_score": user.allows(Permission.RUN_ROUNDS) and found.state not in (RoundState.DRAFT, *presenters.CLOSED),
        "may_edit": user.allows(Permission.RUN_ROUNDS) and found.state == RoundState.DRAFT,
        "as_known": found.as_of_at,
    }
    return render(request, "selection/rounds/round.html", context)


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def new(request: HttpRequest) -> HttpResponseBase:
    """Open a round on a published model and on what is known now."""
    check_parameters(request, ())
    if request.method != "POST":
        form = RoundForm(initial=presenters.usual(timezone.now().date()))
        return _page(request, "selection/rounds/new.html", form)
    form = RoundForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data

        def work() -> str:
            made = services.open_round(
                title=asked["title"],
                fiscal_year=asked["fiscal_year"],
                model=asked["model"],
                rule=form.rule,
                reference_date=asked["reference_date"],
                actor=user_of(request),
            )
            return reverse("round", args=[made.pk])

        if (done := _once(request, form, work, "The round is open. Draw its pool next.")) is not None:
            return done
    return _page(request, "selection/rounds/new.html", form)


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Edit a round that is a draft; the second of two people is told, and keeps what was typed."""
    check_parameters(request, ())
    found = round_or_404(request, pk)
    if found.state != RoundState.DRAFT:
        messages.info(request, "Return the round to draft before you change what it stands on.")
        return redirect("round", pk)
    form = RoundForm.of(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = form.cleaned_data
        values = {name: asked[name] for name in ("title", "fiscal_year", "model", "reference_date")}
        values["pool_rule"] = form.rule.to_dict()
        try:
            with transaction.atomic():
                now = locked(found)
                form.hold_against(RoundForm.of(now).standing())
                services.edit_round(selection_round=now, values=values, actor=user_of(request), edit=now.edit)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("round", pk)
    return _page(request, "selection/rounds/edit.html", form, found)


@require_http_methods(METHODS)
@requires(Permission.VIEW_ROUNDS)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step; findings against it are listed before and after it is tried."""
    check_parameters(request, ())
    found, today = round_or_404(request, pk), timezone.now().date()
    if name not in {transition.name for transition in ROUND.transitions}:
        raise Http404
    transition = ROUND.transition(name)
    check(user_of(request), Permission(transition.permission))
    form = RoundStepForm(request.POST if request.method == "POST" else None, initial={"source": found.state})
    form.fields["reason"].required = transition.needs_reason
    if request.method == "POST" and form.is_valid():
        is_there = form.cleaned_data["source"] != found.state and found.state == transition.target
        if is_there and not form.cleaned_data["reason"]:
            messages.info(request, f"It is in {found.get_state_display().lower()} already; nothing changed.")
            return redirect("round", pk)
        try:
            services.take_round_step(
                selection_round=found, name=name, actor=user_of(request), reason=form.cleaned_data["reason"]
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, f"Recorded: {transition.label.lower()}.")
            return redirect("round", pk)
    if found.state not in transition.sources and request.method != "POST":
        messages.info(request, f"“{transition.label}” is no step from {found.get_state_display().lower()}.")
        return redirect("round", pk)
    findings = [] if form.errors else step_findings(ROUND_CHECKS, name, found, today)
    return _page(request, "selection/rounds/step.html", form, found, {"transition": transition, "findings": findings})


@require_POST
@requires(Permission.RUN_ROUNDS)
def score(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Compute the full score; with `newer` the round first moves to what is known now."""
    found, user = round_or_404(request, pk), user_of(request)
    try:
        if "newer" in request.POST:
            found = services.move_as_of(selection_round=found, actor=user, reason="Newer evidence")
        made = services.score_round(selection_round=found, actor=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Score {made.number} stands: {made.run.ranked} candidates have a rank.")
    return redirect("round", pk)


@require_safe
@requires(Permission.VIEW_ROUNDS)
def pool(request: HttpRequest, pk: int) -> HttpResponse:
    """Every country of the round: in the pool, or out of it and why."""
    check_parameters(request, ("q", "because", "page"))
    found = round_or_404(request, pk)
    form = PoolFilter(request.GET, auto_id="f-%s")
    if not form.is_valid():
        raise BadRequest(refusal(form))
    asked = form.cleaned_data["because"]
    because = None if not asked else ("" if asked == "pool" else asked)
    counts = queries.reasons_in(found)
    table = presenters.pool_table(found, may_move=user_of(request).allows(Permission.RUN_ROUNDS) and found.is_open)
    rows = queries.pool(found, query=form.cleaned_data["q"], because=because)
    context = {
        "round": found,
        "form": form,
        "table": table,
        "page": table.page(request, rows),
        "count": len(rows),
        "place": "pool",
        "total": sum(counts.values()),
        "in_pool": counts.get(PoolReason.CANDIDATE.value, 0),
        "rule": PoolRule.from_dict(found.pool_rule).in_words,
        "against": queries.against_screen(found),
    }
    return render(request, "selection/rounds/pool.html", context)


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def move(request: HttpRequest, pk: int, code: str) -> HttpResponseBase:
    """Put a country into the pool by hand, or take it out of it, with the reason."""
    check_parameters(request, ())
    found = round_or_404(request, pk)
    candidate = rounds_lookups.candidate_of(user_of(request), pk, code)
    if candidate is None:
        raise Http404
    form = MoveForm(request.POST if request.method == "POST" else None)
    form.stand_on(_stands(candidate))
    if request.method == "POST" and form.is_valid():

        def work() -> str:
            locked(found)
            now = Candidate.objects.get(pk=candidate.pk)
            form.hold_against(_stands(now))
            services.move_candidate(
                candidate=now,
                into_pool=not now.in_pool,
                reason=form.cleaned_data["reason"],
                actor=user_of(request),
            )
            return reverse("round-pool", args=[pk])

        where = "out of the pool" if candidate.in_pool else "in the pool"
        if (done := _once(request, form, work, f"{candidate.country} is {where} now.")) is not None:
            return done
    return _page(request, "selection/rounds/move.html", form, found, {"candidate": candidate})


def _stands(candidate: Candidate) -> list[tuple[str, str]]:
    return [("Where it stands", candidate.get_excluded_because_display()), ("Why", candidate.reason)]


def _once(request: HttpRequest, form: forms.Form, work: Any, words: str) -> HttpResponseRedirect | None:
    """Carry the form out once and go where it leads; None where a service refused, with the refusal in the form."""
    try:
        url, is_new = run_once(user_of(request), form.cleaned_data["idempotency_key"], request.path, work)
    except ValidationError as error:
        add_service_errors(form, error)
        return None
    if is_new:
        messages.success(request, words)
    else:
        messages.info(request, "This had been recorded already; nothing was added.")
    return HttpResponseRedirect(url)


def _page(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    found: SelectionRound | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, template, {"form": form, "round": found, **(more or {})}, status=status)
