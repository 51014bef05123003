"""Services to add, edit, close, and reopen agencies."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import Agency, User
from cpc.database.revisions import check_revision
from cpc.people import notifications
from cpc.people.audited_people import (
    current_revision,
    insert,
    require,
    write,
)
from cpc.people.succession import Moved, move_all
from cpc.validation import field_error

EDITED = ("short_name", "name", "statutory", "on_criteria", "is_consulted", "is_state_office")


@transaction.atomic
def add_agency(
    *,
    code: str,
    short_name: str,
    name: str,
    statutory: bool,
    actor: User,
    is_consulted: bool = True,
    is_state_office: bool = False,
    on_criteria: bool = False,
) -> Agency:
    """Make an agency that is consulted, or one that only clears texts.

    Raises `ValidationError` at the field for a taken code or name.
    """
    require(actor)
    agency = Agency(
        code=code,
        short_name=short_name,
        name=name,
        statutory=statutory,
        is_consulted=is_consulted,
        is_state_office=is_state_office,
        on_criteria=on_criteria,
    )
    return insert(agency, actor=actor, action="created")


@transaction.atomic
def change_agency(*, code: str, values: Mapping[str, object], expected_revision: str | None, actor: User) -> bool:
    """Set the names or the statutory status of an agency; return False if no value differs.

    Raises `EditConflict` if the agency no longer has the expected revision, `ValidationError` at a field;
    `Agency.DoesNotExist`.
    """
    require(actor)
    agency = Agency.objects.select_for_update(no_key=True).get(code=code)
    check_revision(current_revision(agency), expected_revision)
    unknown = sorted(set(values) - set(EDITED))
    if unknown:
        raise ValidationError(f"An agency has no field {', '.join(unknown)} to edit.", code="unknown_field")
    return write(agency, values, actor=actor, action="changed")


@transaction.atomic
def close_agency(*, agency: Agency, successor: Agency, reason: str, actor: User | None) -> list[Moved]:
    """Close an agency and move its open records to its successor.

    Returns how many moved, per kind. A closed agency is no longer consulted. `actor` is None for the demonstration.
    Raises `ValidationError` if the agency is closed already, if the successor is closed or the agency itself, or
    without a reason.
    """
    if actor is not None:
        require(actor)
    pair = Agency.objects.filter(pk__in=(agency.pk, successor.pk)).order_by("pk").select_for_update(no_key=True)
    rows = {row.pk: row for row in pair}
    old, new = rows[agency.pk], rows[successor.pk]
    if not old.is_active:
        raise ValidationError(f"{old} is already closed. Its successor is {old.successor}.", code="closed_already")
    if new == old:
        raise field_error("successor", "An agency can't succeed itself. Choose another agency.", "successor")
    if not new.is_active:
        raise field_error("successor", f"{new} is closed too. Choose an open agency.", "successor")
    if not reason.strip():
        raise field_error("reason", "Enter a reason. It is shown with the name of the agency.", "reason")
    values = {"successor": new, "successor_reason": reason.strip(), "is_active": False}
    write(old, values, actor=actor, action="closed")
    if old.is_consulted:
        write(new, {"is_consulted": True}, actor=actor, action="is consulted as its successor")
    return move_all(old, new, actor)


@transaction.atomic
def reopen_agency(*, code: str, actor: User) -> bool:
    """Reopen a closed agency; return False if it is open.

    Records that moved stay with its successor. Raises `Agency.DoesNotExist`.
    """
    require(actor)
    agency = Agency.objects.select_for_update(no_key=True).get(code=code)
    values = {"successor": None, "successor_reason": "", "is_active": True}
    return write(agency, values, actor=actor, action="reopened")


def move_accounts(old: Agency, new: Agency, actor: User | None) -> int:
    """Move the accounts of an agency to its successor and notify their users.

    If the successor has a point of contact, those of the old agency become its reviewers: no one starts to submit for
    an agency because another one closed.
    """
    has_contact = User.objects.filter(agency=new, is_contact=True, is_active=True).exists()
    accounts = User.objects.filter(agency=old).order_by("pk").select_for_update(no_key=True, of=("self",))
    moved = 0
    for user in accounts.select_related("agency"):
        before = notifications.access_of(user)
        values = {"agency": new, "is_contact": user.is_contact and not has_contact}
        moved += write(user, values, actor=actor, action="moved", reason=f"{old} closed")
        notifications.notify_of_changes(user, before, actor=actor)
    return moved
