"""Adopting a published version of a model as the office's own, and withdrawing that."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.audit.authors import check_may_decide
from selection.models import Adoption, ScoringModel


@transaction.atomic
def adopt_model(*, model: ScoringModel, reason: str, adopted_on: dt.date, actor: User, document: str = "") -> Adoption:
    """Record that the office adopts a published version, which is not illustrative from then on.

    Raise `ValidationError` with `not_published`, `two_people`, `in_future`, `before_publication`, `adopted_already` or
    `reason`. The database enforces these rules.
    """
    require(actor, Permission.APPROVE_SELECTION)
    check_may_decide(model, actor)
    adoption = Adoption(
        model=model, reason=reason.strip(), document=document.strip(), adopted_on=adopted_on, adopted_by=actor
    )
    return create(adoption, actor=actor, action="adopted")


@transaction.atomic
def withdraw_adoption(*, adoption: Adoption, reason: str, actor: User) -> Adoption:
    """Withdraw an adoption today, with the reason. The version is illustrative again.

    Raise `ValidationError` with `adoption_kept` if it was withdrawn already, or `reason`.
    """
    require(actor, Permission.APPROVE_SELECTION)
    locked = Adoption.objects.select_for_update(of=("self",), no_key=True).get(pk=adoption.pk)
    if locked.withdrawn_on is not None:
        raise ValidationError("This adoption has already been withdrawn.", code="adoption_kept")
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Enter the reason.", code="reason")})
    values = {"withdrawn_on": timezone.now().date(), "withdrawn_by": actor, "withdrawn_because": reason.strip()}
    return set_fields(locked, values, actor=actor, action="withdrew")
