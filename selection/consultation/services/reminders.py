"""What the clock does in a consultation: reminders before the due date, and once it has passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from selection import consultation_notifications
from selection.consultation.position_status import reminder_due
from selection.models import ANSWERING, Candidate, ConsultationRequest, Position, RequestRole


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many notifications one call made: to agencies before the day, after it, and to the office."""

    reminders: int
    overdue: int
    office: int


def remind(*, today: dt.date) -> Reminded:
    """Tell agencies 7 and 2 days before and on the due date, and once it is past, what they have not answered.

    Each is told once for each due date; a second call of the same day does nothing more.
    """
    reminders = overdue = office = 0
    for request in _owing():
        assert request.due_on is not None
        waiting = _waiting(request)
        if not waiting:
            continue
        days = reminder_due(due_on=request.due_on, known_since=_known_since(request), today=today)
        once = f"{request.due_on} {days}"
        if days is None:
            continue
        if days >= 0:
            reminders += consultation_notifications.tell_agency(
                request, consultation_notifications.REMINDER, waiting, once=once, actor=None
            )
        else:
            overdue += consultation_notifications.tell_agency(
                request, consultation_notifications.OVERDUE, waiting, once=once, actor=None
            )
            office += consultation_notifications.tell_office(
                request, consultation_notifications.NOT_ANSWERED, waiting, once=once
            )
    return Reminded(reminders, overdue, office)


def _owing() -> list[ConsultationRequest]:
    rows = ConsultationRequest.objects.sent().exclude(role=RequestRole.INFO).filter(round__state__in=ANSWERING)
    return list(
        rows.select_related("agency", "round").prefetch_related(
            "due_changes",
            "candidates__candidate__country",
            "proceeded",
            Prefetch("positions", Position.objects.live().final(), to_attr="answers"),
        )
    )


def _waiting(request: ConsultationRequest) -> list[Candidate]:
    answers: Iterable[Position] = getattr(request, "answers")  # noqa: B009  # set by the prefetch above
    settled = {row.candidate_id for row in answers} | {row.candidate_id for row in request.proceeded.all()}
    rows = [row.candidate for row in request.candidates.all()]
    return [candidate for candidate in rows if candidate.in_pool and candidate.pk not in settled]


def _known_since(request: ConsultationRequest) -> dt.date:
    """The day on which the agency learned of the due date as it is now."""
    moves = [change.at for change in request.due_changes.all()]
    assert request.sent_at is not None
    return max([request.sent_at, *moves]).date()
