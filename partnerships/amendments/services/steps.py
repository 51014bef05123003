"""Steps of an amendment: submission, decision by another person, and withdrawal. `applying` puts it into effect."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import check_may_decide
from cpc.validation import reject
from partnerships.amendments.preconditions import amendment_findings
from partnerships.amendments.services.applying import apply_amendment
from partnerships.lookups.locking import lock_row, require, set_fields
from partnerships.models import Amendment, AmendmentState


def take_amendment_step(*, amendment: Amendment, name: str, actor: User, on: date, reason: str = "") -> None:
    """Take the step `name` of the machine `AMENDMENT` with an amendment; see the function of each step."""
    match name:
        case "submit":
            submit_amendment(amendment=amendment, actor=actor, on=on)
        case "return":
            return_amendment(amendment=amendment, actor=actor, note=reason)
        case "approve" | "reject":
            decide_amendment(amendment=amendment, approve=name == "approve", actor=actor, note=reason)
        case "apply":
            apply_amendment(amendment=amendment, actor=actor, on=on)
        case "withdraw":
            withdraw_amendment(amendment=amendment, actor=actor)


@transaction.atomic
def submit_amendment(*, amendment: Amendment, actor: User, on: date) -> Amendment:
    """Submit a draft for decision. It cannot be edited again unless it is returned.

    Raises `ValidationError` with code `amendment_empty` for a draft without changes, and for the errors of
    `amendment_findings`.
    """
    require(actor, Permission.EDIT_PARTNERSHIPS)
    current = lock_row(amendment)
    if not current.changes.exists():
        raise ValidationError("The amendment has no changes yet.", code="amendment_empty")
    reject(amendment_findings(amendment=current, on=on))
    return set_fields(current, {"state": AmendmentState.SUBMITTED}, actor=actor, action="submitted")


@transaction.atomic
def return_amendment(*, amendment: Amendment, note: str, actor: User) -> Amendment:
    """Return a submitted amendment for more drafting. Its authors cannot do this.

    Raises `ValidationError` with code `two_people`, `amendment_state` if it is not submitted, or `reason` without a
    note.
    """
    require(actor, Permission.APPROVE_PARTNERSHIPS)
    current = lock_row(amendment)
    check_may_decide(current, actor)
    if current.state != AmendmentState.SUBMITTED:
        raise ValidationError("You can return only an amendment that is waiting for approval.", code="amendment_state")
    if not note.strip():
        raise ValidationError({"decision_note": ValidationError("Explain what needs to change.", code="reason")})
    values = {"state": AmendmentState.DRAFT, "decision_note": note.strip()}
    return set_fields(current, values, actor=actor, action="returned")


@transaction.atomic
def withdraw_amendment(*, amendment: Amendment, actor: User) -> Amendment:
    """Withdraw an amendment that is not in effect."""
    require(actor, Permission.EDIT_PARTNERSHIPS)
    return set_fields(lock_row(amendment), {"state": AmendmentState.WITHDRAWN}, actor=actor, action="withdrew")


@transaction.atomic
def decide_amendment(*, amendment: Amendment, approve: bool, actor: User, note: str = "") -> Amendment:
    """Approve or reject a submitted amendment. Its authors cannot decide.

    Raises `ValidationError` with code `two_people`, or `reason` for a rejection without a note.
    """
    require(actor, Permission.APPROVE_PARTNERSHIPS)
    current = lock_row(amendment)
    check_may_decide(current, actor)
    if not approve and not note.strip():
        raise ValidationError({"decision_note": ValidationError("Explain why you reject it.", code="reason")})
    values = {
        "state": AmendmentState.APPROVED if approve else AmendmentState.REJECTED,
        "decided_by": actor,
        "decided_at": timezone.now(),
        "decision_note": note.strip(),
    }
    return set_fields(current, values, actor=actor, action="approved" if approve else "rejected")
