"""Scheduled reminders of a consultation: before a request is due, and once it is overdue."""

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
    """Counts of the notifications that one call sent.

    They are for agencies before and after the due date, and for the office.
    """

    reminders: int
    overdue: int
    office: int


def remind(*, today: dt.date) -> Reminded:
    """Remind agencies of unanswered requests 7 and 2 days before, on, and after the due date.

    Sends each reminder once per due date, so a second call on the same day does nothing more.
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
            reminders += consultation_notifications.notify_agency(
                request, consultation_notifications.REMINDER, waiting, once=once, actor=None
            )
        else:
            overdue += consultation_notifications.notify_agency(
                request, consultation_notifications.OVERDUE, waiting, once=once, actor=None
            )
            office += consultation_notifications.notify_office(
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
    """Return the day on which the agency learned of the current due date."""
    moves = [change.at for change in request.due_changes.all()]
    assert request.sent_at is not None
    return max([request.sent_at, *moves]).date()
