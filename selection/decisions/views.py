"""Deliberation: what is recommended about each candidate, what the approver decides, and what was frozen with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.findings import Finding
from cpc.parameters import check_parameters
from selection.decisions import presenters, queries, services
from selection.decisions.decision_checks import decision_findings, grounds_of
from selection.decisions.forms import DecisionForm, RecommendationForm
from selection.decisions.handover import sequel_findings, sequels
from selection.decisions.services import MAY_RECOMMEND
from selection.lookups.rounds import candidate_of, locked
from selection.models import Action, Candidate, RoundState, SelectionRound
from selection.page_frame import (
    METHODS,
    Act,
    answer,
    round_or_404,
    sent,
    trail_of,
)

TEMPLATE = "selection/decisions/act.html"


@require_safe
@requires(Permission.VIEW_ROUNDS)
def deliberation(request: HttpRequest, pk: int) -> HttpResponse:
    """Every candidate with its recommendation and decision, what a selection would meet, and what came of it."""
    check_parameters(request, ())
    found, user = round_or_404(request, pk), user_of(request)
    rows = queries.deliberation(found)
    met = _findings(found, rows, timezone.now().date())
    came = sequels([row.candidate for row in rows if row.decision], user)
    can_write = found.state in MAY_RECOMMEND
    frozen = queries.freezes(found)
    touched = services.verify_freezes(frozen, found)
    waiting = sum(row.waits for row in rows)
    may_decide = can_write and user.allows(Permission.APPROVE_SELECTION)
    lines = [presenters.row(row, met.get(row.candidate.pk, ()), came.get(row.candidate.pk, ())) for row in rows]
    context = {
        "round": found,
        "place": "round-deliberation",
        "rows": lines,
        "counts": presenters.counts(rows),
        "waiting": waiting,
        "open": can_write,
        "may_recommend": can_write and user.allows(Permission.RUN_ROUNDS),
        "may_decide": may_decide and waiting,
        "may_close": may_decide
        and found.state == RoundState.DELIBERATION
        and not waiting
        and any(row.decision for row in rows),
        "user_id": user.pk,
        "freezes": list(zip(frozen, touched, strict=True)),
        "is_touched": any(touched),
    }
    return render(request, "selection/decisions/deliberation.html", context)


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def recommend(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Write the recommendation on one candidate; the second of two writers is told, and keeps what was typed."""
    check_parameters(request, ())
    candidate = _candidate(request, pk, code)
    found = queries.find_recommendation(candidate)
    form = RecommendationForm.of(found, sent(request))

    def work() -> None:
        asked = form.cleaned_data
        locked(candidate.round)
        form.hold_against(RecommendationForm.of(queries.find_recommendation(candidate)).standing())
        services.recommend(
            candidate=candidate,
            action=asked["action"],
            rationale=asked["rationale"],
            place=asked["place"],
            actor=user_of(request),
        )

    act = _act(
        candidate,
        user_of(request),
        f"Recommend on {candidate.country}",
        "Save the recommendation",
        "What does the office recommend about this candidate, and why?",
        presenters.known_of(found),
    )
    context = {"candidate": candidate, "earlier": presenters.history(queries.history(candidate))}
    return answer(request, form, act, work, f"Recommended on {candidate.country}.", **context)


@require_http_methods(METHODS)
@requires(Permission.APPROVE_SELECTION)
def decide(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Decide on the recommendation of one candidate."""
    check_parameters(request, ())
    candidate = _candidate(request, pk, code)
    found = queries.find_recommendation(candidate)
    if found is None:
        raise Http404
    form = DecisionForm(sent(request), initial={"action": found.action})
    form.stand_on(presenters.known_of(found))

    def work() -> None:
        locked(candidate.round)
        now = queries.find_recommendation(candidate)
        form.hold_against(presenters.known_of(now))
        services.decide(
            recommendation=now or found,
            action=form.cleaned_data["action"],
            remarks=form.cleaned_data["remarks"],
            actor=user_of(request),
        )

    act = _act(
        candidate,
        user_of(request),
        f"Decide on {candidate.country}",
        "Record the decision",
        "One decision on one recommendation. It is not taken back; a later one supersedes it.",
        presenters.known_of(found),
    )
    context = {"candidate": candidate, "earlier": presenters.history(queries.history(candidate))}
    return answer(request, form, act, work, f"Decided on {candidate.country}.", **context)


def _act(
    candidate: Candidate, user: User, heading: str, button: str, lede: str, facts: Sequence[tuple[str, str]]
) -> Act:
    """A page about one candidate of the deliberation: what a selection would meet stands above its form."""
    back = reverse("round-deliberation", args=[candidate.round_id])
    return Act(
        heading,
        button,
        back,
        trail_of(candidate.round, ("Deliberation", back)),
        str(candidate.round),
        lede,
        facts,
        [*sequel_findings(candidate, user), *decision_findings(candidate, Action.SELECT, timezone.now().date())],
        TEMPLATE,
    )


def _findings(
    selection_round: SelectionRound, rows: Sequence[queries.Deliberated], today: dt.date
) -> dict[int, list[Finding]]:
    """What each decision that is waited for would meet, by candidate; nothing is asked where none is."""
    waiting = [row for row in rows if row.waits]
    if not waiting:
        return {}
    grounds = grounds_of(selection_round, [row.candidate for row in waiting], today)
    return {
        row.candidate.pk: decision_findings(row.candidate, row.recommendation.action, today, grounds)
        for row in waiting
        if row.recommendation is not None
    }


def _candidate(request: HttpRequest, pk: int, code: str) -> Candidate:
    found = candidate_of(user_of(request), pk, code)
    if found is None:
        raise Http404
    return found
