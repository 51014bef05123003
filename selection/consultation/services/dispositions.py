"""Actions of the office on positions.

They are dispositions, answers to extension requests, and proceeding without an answer.
"""

from __future__ import annotations

import datetime as dt

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
from selection.consultation.queries import revision_of_disposition
from selection.consultation.services.positions import lock_for_office
from selection.consultation.services.requests import require_reason, set_due_date
from selection.models import (
    Candidate,
    ConsultationRequest,
    Disposition,
    ExtensionAnswer,
    Position,
    PositionValue,
    ProceedWithout,
)

DISPOSED = (PositionValue.DOES_NOT_CLEAR, PositionValue.CLEAR_WITH_EDITS, PositionValue.CLEAR_WITH_COMMENTS)
"""Positions that the office can dispose of.

A position that does not clear requires a disposition.
"""


@transaction.atomic
def dispose(*, position: Position, text: str, actor: User, expected_revision: str | None = None) -> Disposition:
    """Record the disposition of an objection, edits, or comments.

    The newest disposition counts. Raises `EditConflict` if it is not that of `expected_revision` (see
    `revision_of_disposition`), and `ValidationError` with `text`, `superseded`, or `nothing_to_dispose` for a position
    without text.
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
    if not text.strip():
        raise field_error("text", "Enter what the office did about it.", "text")
    disposition = create(Disposition(position=current, text=text.strip(), by=actor), actor=actor, action="disposed of")
    consultation_notifications.notify_about_position(
        current, consultation_notifications.DISPOSED, to_agency=True, actor=actor, once=str(disposition.pk)
    )
    return disposition


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


@transaction.atomic
def proceed_without(
    *,
    request: ConsultationRequest,
    candidate: Candidate,
    reason: str,
    actor: User,
    today: dt.date | None = None,
) -> ProceedWithout:
    """Record the approver's decision to proceed on a candidate without an agency's late answer.

    The memo prints the reason. A later answer still counts. Raises `ValidationError` with `not_asked`, `not_due`,
    `answered_already`, `proceed_once`, or `reason`.
    """
    current = lock_for_office(actor, Permission.APPROVE_SELECTION, request)
    if not current.owes or not current.candidates.filter(candidate=candidate).exists():
        raise ValidationError("The agency is not asked for a position on this candidate.", code="not_asked")
    assert current.due_on is not None
    if (today or timezone.now().date()) <= current.due_on:
        message = (
            f"{current.agency} has until {formats.day(current.due_on)}. The round can proceed without its response "
            f"only after that date."
        )
        raise ValidationError(message, code="not_due")
    if Position.objects.live().final().filter(request=current, candidate=candidate).exists():
        raise ValidationError("The agency has answered, so there is no missing response.", code="answered_already")
    if (before := current.proceeded.filter(candidate=candidate).select_related("approved_by").first()) is not None:
        message = f"{before.approved_by} already decided to proceed without a response: {before.reason}"
        raise ValidationError(message, code="proceed_once")
    row = ProceedWithout(request=current, candidate=candidate, reason=require_reason(reason), approved_by=actor)
    return create(row, actor=actor, action="went on without a response")
