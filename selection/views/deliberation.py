"""Deliberation: what is recommended about each candidate, and what the approver decides."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.findings import Finding
from cpc.web.tables import check_parameters
from selection import services
from selection.deciding import decision_findings
from selection.forms.decisions import DecisionForm, RecommendationForm
from selection.models import Action, Candidate, SelectionRound
from selection.queries import decisions as reads
from selection.queries.rounds import candidate_of
from selection.services.decisions import MAY_RECOMMEND
from selection.tables import decisions as said
from selection.views.acting import METHODS, Act, answer, sent, trail_of
from selection.views.rounds import round_or_404


@require_safe
@requires(Permission.VIEW_ROUNDS)
def deliberation(request: HttpRequest, pk: int) -> HttpResponse:
    """Every candidate with its recommendation and decision, and what a selection would meet."""
    check_parameters(request, ())
    found, user, today = round_or_404(request, pk), user_of(request), timezone.now().date()
    rows = reads.deliberation(found)
    can_write = found.state in MAY_RECOMMEND
    freeze = reads.newest_freeze(found)
    context = {
        "round": found,
        "place": "deliberation",
        "rows": [said.row(row, _findings(row, today)) for row in rows],
        "waiting": sum(row.waits for row in rows),
        "open": can_write,
        "may_recommend": can_write and user.allows(Permission.RUN_ROUNDS),
        "may_decide": can_write and user.allows(Permission.APPROVE_SELECTION),
        "user_id": user.pk,
        "freeze": freeze,
        "touched": services.verify_freeze(freeze) if freeze else [],
        "sees_memo": user.allows(Permission.VIEW_NOTES),
    }
    return render(request, "selection/decisions/deliberation.html", context)


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def recommend(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Write the recommendation on one candidate; the second of two writers is told, and keeps what was typed."""
    check_parameters(request, ())
    candidate = _candidate(request, pk, code)
    found = reads.find_recommendation(candidate)
    form = RecommendationForm.of(found, sent(request))

    def work() -> None:
        asked = form.cleaned_data
        services.recommend(
            candidate=candidate,
            action=asked["action"],
            rationale=asked["rationale"],
            place=asked["place"],
            seen=asked["seen"] or 0,
            actor=user_of(request),
        )

    today = timezone.now().date()
    act = Act(
        f"Recommend on {candidate.country}",
        "Save the recommendation",
        _back(candidate.round),
        trail_of(candidate.round, ("Deliberation", _back(candidate.round))),
        str(candidate.round),
        "What does the office recommend about this candidate, and why?",
        said.known_of(found),
        decision_findings(candidate, Action.SELECT, today),
    )
    return answer(request, form, act, work, f"Recommended on {candidate.country}.")


@require_http_methods(METHODS)
@requires(Permission.APPROVE_SELECTION)
def decide(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Decide on the recommendation of one candidate."""
    check_parameters(request, ())
    candidate = _candidate(request, pk, code)
    found = reads.find_recommendation(candidate)
    if found is None:
        raise Http404
    form = DecisionForm(sent(request), initial={"action": found.action})

    def work() -> None:
        services.decide(
            recommendation=found,
            action=form.cleaned_data["action"],
            remarks=form.cleaned_data["remarks"],
            actor=user_of(request),
        )

    act = Act(
        f"Decide on {candidate.country}",
        "Record the decision",
        _back(candidate.round),
        trail_of(candidate.round, ("Deliberation", _back(candidate.round))),
        str(candidate.round),
        "One decision on one recommendation. It is not taken back; a later one supersedes it.",
        said.known_of(found),
        decision_findings(candidate, Action.SELECT, timezone.now().date()),
    )
    return answer(request, form, act, work, f"Decided on {candidate.country}.")


def _findings(row: reads.Deliberated, today: dt.date) -> list[Finding]:
    """What the decision that is waited for would meet; nothing is asked where none is."""
    if not row.waits or row.recommendation is None:
        return []
    return decision_findings(row.candidate, row.recommendation.action, today)


def _candidate(request: HttpRequest, pk: int, code: str) -> Candidate:
    found = candidate_of(user_of(request), pk, code)
    if found is None:
        raise Http404
    return found


def _back(selection_round: SelectionRound) -> str:
    return reverse("round-deliberation", args=[selection_round.pk])
