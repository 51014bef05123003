"""Decision on a proposal: once, by a person who wrote no part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.audited_writes import set_fields
from cpc.audit.authors import check_may_decide
from cpc.validation import field_error
from selection.models import PoolDecision
from selection.models.pool import Decided

Row = TypeVar("Row", bound=Decided)


def decide_once(row: Row, approve: bool, actor: User, note: str, values: Mapping[str, Any] | None = None) -> Row:
    """Record a decision on a locked proposal, with further `values`.

    Raises `ValidationError` with `decided_already`, `two_people`, or `decision_note`.
    """
    if not row.is_open:
        message = f"Someone else already decided: the proposal is {row.get_decision_display().lower()}."
        raise ValidationError(message, code="decided_already")
    check_may_decide(row, actor)
    if not approve and not note.strip():
        raise field_error("note", "Enter the reason for the rejection.", "decision_note")
    decided = {
        "decision": PoolDecision.APPROVED if approve else PoolDecision.REFUSED,
        "decided_by": actor,
        "decided_at": timezone.now(),
        "decision_note": note.strip(),
    }
    return set_fields(row, {**decided, **(values or {})}, actor=actor, action="approved" if approve else "refused")
