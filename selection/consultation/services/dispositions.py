"""Actions of the office on positions.

They are dispositions, with an outcome of each edit, and answers to extension requests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create
from cpc.database.revisions import check_revision
from cpc.validation import field_error
from cpc.web import formats
from selection import consultation_notifications
from selection.consultation.edits import described, edits_of
from selection.consultation.queries import revision_of_disposition
from selection.consultation.services.positions import lock_for_office
from selection.consultation.services.requests import require_reason, set_due_date
from selection.models import (
    Disposition,
    ExtensionAnswer,
    Position,
    PositionValue,
)


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """The office's answer to one edit that an agency asks for."""

    accepted: bool
    reason: str = ""


DISPOSED = (PositionValue.DOES_NOT_CLEAR, PositionValue.CLEAR_WITH_EDITS, PositionValue.CLEAR_WITH_COMMENTS)
"""Positions that the office can dispose of.

A position that does not clear requires a disposition.
"""


@transaction.atomic
def dispose(
    *,
    position: Position,
    text: str = "",
    actor: User,
    outcomes: Sequence[EditOutcome] = (),
    expected_revision: str | None = None,
) -> Disposition:
    """Record the disposition of an objection, edits, or comments.

    Each edit of a position that clears with edits is accepted, or rejected with a reason (`outcomes`, in the order of
    `edits_of`); its text is then optional. The newest disposition counts. Raises `EditConflict` if it is not that of
    `expected_revision` (see `revision_of_disposition`), and `ValidationError` with `text`, `superseded`,
    `edits_open`, `reason` at `reason_N` of a rejected edit, or `nothing_to_dispose` for a position without text.
    """
    lock_for_office(actor, Permission.RUN_ROUNDS, position.request)
    current = Position.objects.select_related("candidate__country", "request__round", "request__agency").get(
        pk=position.pk
    )
    check_revision(revision_of_disposition(current), expected_revision)
    if current.superseded_at is not None:
        raise ValidationError("The agency has given a newer position. Open that one instead.", code="superseded")
    if current.value not in DISPOSED:
        raise ValidationError("This position needs no disposition.", code="nothing_to_dispose")
    settled = _settled(current, outcomes)
    full_text = "\n".join(part for part in (text.strip(), described(settled)) if part)
    if not full_text:
        raise field_error("text", "Enter what the office did about it.", "text")
    row = Disposition(position=current, text=full_text, outcomes=settled, by=actor)
    disposition = create(row, actor=actor, action="disposed of")
    consultation_notifications.notify_about_position(
        current, consultation_notifications.DISPOSED, to_agency=True, actor=actor, once=str(disposition.pk)
    )
    return disposition


def _settled(position: Position, outcomes: Sequence[EditOutcome]) -> list[dict[str, object]]:
    """Return the outcomes as stored, one for each edit asked for."""
    edits = edits_of(position)
    if len(edits) != len(outcomes):
        message = f"{position.agency} asks for {formats.count_of(len(edits), 'edit')}. Accept or reject each."
        raise ValidationError(message, code="edits_open")
    unreasoned = {
        f"reason_{number}": ValidationError("Enter why the edit is rejected.", code="reason")
        for number, outcome in enumerate(outcomes, 1)
        if not outcome.accepted and not outcome.reason.strip()
    }
    if unreasoned:
        raise ValidationError(unreasoned)
    return [
        {"edit": edit, "accepted": outcome.accepted, "reason": outcome.reason.strip()}
        for edit, outcome in zip(edits, outcomes, strict=True)
    ]


@transaction.atomic
def answer_extension(
    *,
    position: Position,
    granted: bool,
    due_on: dt.date | None,
    reason: str,
    actor: User,
    today: dt.date | None = None,
) -> ExtensionAnswer:
    """Grant an extension request, which moves the agency's due date, or decline it with a reason.

    The new date may differ from the requested one. Raises `ValidationError` with `not_extension`, `superseded`,
    `answered_already`, `due_on`, or `reason`.
    """
    request = lock_for_office(actor, Permission.RUN_ROUNDS, position.request)
    current = Position.objects.select_related("candidate__country", "request__round", "request__agency").get(
        pk=position.pk
    )
    if current.value != PositionValue.EXTENSION:
        raise ValidationError("This position does not request more time.", code="not_extension")
    if current.superseded_at is not None:
        raise ValidationError("The agency has given a newer position. Open that one instead.", code="superseded")
    if (before := ExtensionAnswer.objects.filter(position=current).select_related("by").first()) is not None:
        what = "granted" if before.granted else "declined"
        message = f"This request for more time was already answered: {what} by {before.by}. {before.reason}"
        raise ValidationError(message.strip(), code="answered_already")
    assert request.due_on is not None
    if granted and (due_on is None or due_on <= max(request.due_on, (today or timezone.now().date()))):
        message = f"Enter a date after {formats.day(request.due_on)}, the current due date, and after today."
        raise field_error("due_on", message, "due_on")
    if not granted:
        require_reason(reason, "Enter why the office does not grant it.")
    row = ExtensionAnswer(
        position=current, granted=granted, due_on=due_on if granted else None, reason=reason.strip(), by=actor
    )
    answer = create(row, actor=actor, action="granted" if granted else "declined")
    if granted:
        assert due_on is not None
        set_due_date(request, due_on, reason.strip() or f"{request.agency} asked for more time.", actor)
    else:
        consultation_notifications.notify_about_position(
            current, consultation_notifications.EXTENSION_DECLINED, to_agency=True, actor=actor, once=str(answer.pk)
        )
    return answer
