"""Withdrawals of positions: the agency takes its answer back, and owes one again."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.audited_writes import set_fields
from cpc.database.revisions import check_revision
from selection import consultation_notifications
from selection.consultation.queries import revision_of_position
from selection.consultation.services.positions import POSITION_CHANGED, lock_for_answer, submits
from selection.consultation.services.requests import require_reason
from selection.models import Position


@transaction.atomic
def withdraw_position(
    *, position: Position, reason: str, actor: User, expected_revision: str | None = None
) -> Position:
    """Withdraw the agency's position as its point of contact, with the reason, and notify the office.

    The position stays on record, and the agency owes an answer again. Raises `PermissionDenied` for anyone but a point
    of contact, `EditConflict` if the position on record is not that of `expected_revision`, and `ValidationError` with
    `reason`, `superseded`, `answered` for a request for more time that the office has answered, `not_asked`,
    `not_consulting`, or `round_closed`.
    """
    request = lock_for_answer(position.request, position.candidate, actor)
    if not submits(actor, request):
        raise PermissionDenied(f"Only the point of contact of {request.agency} withdraws a position.")
    live = Position.objects.live().filter(request=request, candidate=position.candidate).first()
    check_revision(revision_of_position(live), expected_revision, POSITION_CHANGED)
    if live is None or live.pk != position.pk:
        raise ValidationError("This position no longer counts, so there is nothing to withdraw.", code="superseded")
    if hasattr(live, "extension_answer"):
        raise ValidationError("The office has answered this request for more time.", code="answered")
    because = require_reason(reason, "Enter why your agency withdraws its position.")
    values = {"superseded_at": timezone.now(), "withdrawn_by": actor, "withdrawn_because": because}
    withdrawn = set_fields(live, values, actor=actor, action="withdrew")
    consultation_notifications.notify_about_position(
        withdrawn, consultation_notifications.WITHDRAWN, to_agency=False, actor=actor
    )
    return withdrawn
