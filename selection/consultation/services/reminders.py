"""Scheduled reminders of a consultation: before a request is due, and once it is overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch

from selection import consultation_notifications
from selection.consultation.position_status import reminder_due
from selection.models import ANSWERING, Candidate, ConsultationRequest, Position, RequestRole


def remind(*, today: dt.date) -> dict[str, int]:
    """Remind agencies of unanswered requests 7 and 2 days before, on, and after the due date.

    Sends each reminder once per due date, so a second call on the same day does nothing more. Returns the numbers of
    notifications sent: `reminders` up to the due date, `overdue` after it, and those to the `office`.
    """
    sent = {"reminders": 0, "overdue": 0, "office": 0}
    rows = ConsultationRequest.objects.sent().exclude(role=RequestRole.INFO).filter(round__state__in=ANSWERING)
    for request in rows.select_related("agency", "round").prefetch_related(
        "due_changes",
        "candidates__candidate__country",
        "proceeded",
        Prefetch("positions", Position.objects.live().final(), to_attr="answers"),
    ):
        assert request.due_on is not None
        days = reminder_due(due_on=request.due_on, known_since=_known_since(request), today=today)
        waiting = _waiting(request)
        if days is None or not waiting:
            continue
        is_late, once = days < 0, f"{request.due_on} {days}"
        kind = consultation_notifications.OVERDUE if is_late else consultation_notifications.REMINDER
        sent["overdue" if is_late else "reminders"] += consultation_notifications.notify_agency(
            request, kind, waiting, once=once, actor=None
        )
        if is_late:
            sent["office"] += consultation_notifications.notify_office(
                request, consultation_notifications.NOT_ANSWERED, waiting, once=once
            )
    return sent


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
