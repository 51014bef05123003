"""Signing days of the instrument and of amendments, as on the document."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.validation import field_error
from partnerships.lookups.locking import create, lock_partnership, service
from partnerships.models import Amendment, AmendmentState, DocumentVersion, Partnership, Signing
from partnerships.status.services import take_step


@service(Permission.EDIT_PARTNERSHIPS)
def record_signing(
    *,
    partnership: Partnership,
    actor: User | None,
    amendment: Amendment | None = None,
    us_signed_on: date | None = None,
    partner_signed_on: date | None = None,
    in_effect_on: date | None = None,
    document: DocumentVersion | None = None,
) -> Signing:
    """Record the days of a signature as on the document. A later record corrects an earlier one.

    Of an amendment, it can be recorded once it is approved. Raises `ValidationError` with code `not_signed`,
    `future_day`, `in_effect_on`, or `signing_day`: the days of the instrument end with its recorded signature, from
    which the term counts.
    """
    current = lock_partnership(partnership)
    days = [day for day in (us_signed_on, partner_signed_on) if day is not None]
    if not days:
        raise field_error("us_signed_on", "Enter the day on which at least one government signed.", "signing_day")
    if max(days) > timezone.now().date():
        later = "us_signed_on" if us_signed_on == max(days) else "partner_signed_on"
        raise field_error(later, "This can't be dated in the future.", "future_day")
    if amendment is None:
        _check_instrument(current, days)
    elif amendment.state not in (AmendmentState.APPROVED, AmendmentState.APPLIED):
        raise ValidationError("The amendment is not approved yet.", code="not_signed")
    signing = Signing(
        partnership=current,
        amendment=amendment,
        us_signed_on=us_signed_on,
        partner_signed_on=partner_signed_on,
        in_effect_on=in_effect_on,
        document=document,
        recorded_by=actor,
    )
    return create(signing, actor=actor, action="recorded the signing days")


def _check_instrument(partnership: Partnership, days: list[date]) -> None:
    signed_on = partnership.signed_on
    if signed_on is None:
        raise ValidationError("First record the signature.", code="not_signed")
    if max(days) > signed_on or (len(days) == 2 and max(days) < signed_on):
        message = f"The signature is recorded as of {signed_on}: the later of both days."
        raise field_error("us_signed_on", message, "signing_day")


@transaction.atomic
def sign(
    *,
    partnership: Partnership,
    actor: User,
    us_signed_on: date,
    partner_signed_on: date,
    on: date | None = None,
    in_effect_on: date | None = None,
    document: DocumentVersion | None = None,
) -> Partnership:
    """Record the signature of the instrument as of the later of both days, with the days of each government.

    Raises the errors of `take_step` and `record_signing`: with code `signing_day` if `on` is another day.
    """
    on = on or max(us_signed_on, partner_signed_on)
    signed = take_step(partnership=partnership, name="sign", actor=actor, on=on)
    record_signing(
        partnership=signed,
        actor=actor,
        us_signed_on=us_signed_on,
        partner_signed_on=partner_signed_on,
        in_effect_on=in_effect_on,
        document=document,
    )
    return signed
