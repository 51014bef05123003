"""Issuing and lifting legal holds."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.database.holds import OFFICE
from cpc.retention.models import LegalHold
from cpc.retention.scopes import HOLD_SCOPES, WHOLE_OFFICE

PERMISSION = Permission.MANAGE_PEOPLE
TWO_PEOPLE = "You issued this hold. Another administrator must lift it."


@transaction.atomic
def issue_hold(*, covers: str, reason: str, actor: User) -> LegalHold:
    """Issue a hold on what `covers` names: `office`, or a kind and a key, such as `partnership:7`.

    Raises `ValidationError` of code `covers` for a record that is not there, and `reason` without a reason.
    """
    require(actor, PERMISSION)
    scope, _, key = covers.partition(":")
    label, record = WHOLE_OFFICE, None
    if scope != OFFICE:
        kind = HOLD_SCOPES.get(scope)
        names = {str(number): (number, name) for number, name in kind.records()} if kind else {}
        if key not in names:
            raise ValidationError({"covers": ValidationError("There is no such record. Choose one.", code="covers")})
        record, label = names[key]
    hold = LegalHold(scope=scope, record=record, label=label[:200], reason=reason, issued_by=actor)
    return create(hold, actor=actor, action="issued a legal hold")


@transaction.atomic
def lift_hold(*, hold: LegalHold, reason: str, actor: User) -> LegalHold:
    """Lift a hold.

    Raises `ValidationError` of code `two_people` for who issued it, and `lifted` if it is not in force.
    """
    require(actor, PERMISSION)
    current = LegalHold.objects.select_for_update(of=("self",), no_key=True).get(pk=hold.pk)
    if not current.is_in_force:
        raise ValidationError("This hold was lifted already.", code="lifted")
    if current.issued_by_id == actor.pk:
        raise ValidationError(TWO_PEOPLE, code="two_people")
    values = {"lifted_by": actor, "lifted_at": timezone.now(), "lifted_because": reason}
    return set_fields(current, values, actor=actor, action="lifted a legal hold")
