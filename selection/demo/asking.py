"""Requests to agencies in the sample rounds, and their answers on the evidence that they opened."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from selection.consultation.services.openings import record_opening
from selection.consultation.services.positions import submit_position
from selection.consultation.services.requests import draft_request, send_request
from selection.demo.people import People
from selection.models import Candidate, ConsultationRequest, Position, RequestRole, SelectionRound

DAYS_TO_ANSWER = 21
QUESTIONS = (
    "Which of your agency's programs would a partnership duplicate, and which could it build on?\n"
    "Do you know anything about this government's commitment that the evidence does not show?"
)


def ask_agencies(people: People, selection_round: SelectionRound) -> dict[str, ConsultationRequest]:
    """Ask every agency that can answer about every candidate, and return the requests by the agency's code."""
    due, found = due_day(), {}
    for agency in people.agencies:
        asked = draft_request(
            selection_round=selection_round,
            agency=agency,
            role=RequestRole.CONSULT,
            due_on=due,
            questions=QUESTIONS,
            candidates=selection_round.candidates.in_pool(),
            actor=people.analyst,
        )
        found[agency.code] = send_request(request=asked, actor=people.analyst)
    return found


def due_day() -> date:
    return timezone.now().date() + timedelta(days=DAYS_TO_ANSWER)


def answer(
    people: People,
    request: ConsultationRequest,
    candidate: Candidate,
    value: str,
    text: str = "",
    day: date | None = None,
) -> Position:
    """Submit the position of an agency's point of contact, who opened the evidence."""
    actor = people.contacts[request.agency.code]
    shown = candidate.evidence.order_by("-number").first()
    assert shown is not None
    record_opening(request=request, evidence=shown, actor=actor)
    return submit_position(
        request=request,
        candidate=candidate,
        value=value,
        text=text,
        proposed_due_on=day,
        evidence=shown.pk,
        actor=actor,
    )
