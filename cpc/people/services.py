"""Services to invite people, change their role and agency, and end and restore their access."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from cpc.accounts.models import Agency, ApiToken, Invitation, User
from cpc.accounts.permissions import Role
from cpc.api_tokens.services import revoke_token
from cpc.database.revisions import check_revision
from cpc.people import invitations, notifications
from cpc.people.audited_people import (
    current_revision,
    field_error,
    insert,
    require,
    write,
)

LAST = "This is the last active administrator. Make someone else an administrator first."
EDITED = ("name", "email", "role", "agency", "is_contact")


@transaction.atomic
def invite(
    *, username: str, name: str, email: str, role: Role, agency: Agency | None, is_contact: bool, actor: User
) -> User:
    """Create an inactive account, and email the person a link to set its password.

    Raises `ValidationError` at the field: a taken name or address, no address, a reviewer without an open agency.
    """
    require(actor)
    agency = _locked_agency(agency)
    if agency is not None:
        _is_open(agency)
    user = User(username=User.normalize_username(username), is_active=False, name=name, email=email, role=role.value)
    _set_agency(user, _speaks_for(role, agency, is_contact))
    _needs_address(email)
    user.set_unusable_password()
    insert(user, actor=actor, action="invited")
    invitations.open_invitation(user=user, actor=actor)
    return user


def _set_agency(user: User, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(user, name, value)


def _needs_address(email: str) -> None:
    if not email.strip():
        raise field_error("email", "Enter the address to send the link to.", "email_missing")


def _locked_agency(agency: object) -> Agency | None:
    """Return the current agency, locked before any account, as closing an agency does.

    Returns None for none.
    """
    return Agency.objects.select_for_update(no_key=True).get(pk=agency.pk) if isinstance(agency, Agency) else None


def _is_open(agency: Agency) -> None:
    if not agency.is_active:
        raise field_error("agency", f"{agency} is closed. Choose its successor.", "agency_closed")


def _speaks_for(role: Role, agency: Agency | None, is_contact: bool) -> dict[str, object]:
    """Return agency and contact status for a role: none for a role without an agency."""
    if role != Role.REVIEWER:
        return {"agency": None, "is_contact": False}
    if agency is None:
        raise field_error("agency", "A reviewer represents one agency. Choose the agency.", "reviewer_agency")
    return {"agency": agency, "is_contact": is_contact}


def locked(account_id: int) -> User:
    """Return the current account, locked together with all active administrators, one of whom must remain.

    Rows are locked in the order of their keys, so that no two writers wait for each other. Raises `User.DoesNotExist`.
    """
    wanted = Q(pk=account_id) | Q(role=Role.ADMINISTRATOR, is_active=True)
    rows = {user.pk: user for user in User.objects.filter(wanted).order_by("pk").select_for_update(no_key=True)}
    try:
        return rows[account_id]
    except KeyError:
        raise User.DoesNotExist from None


def is_last_administrator(user: User) -> bool:
    """Return whether this account is the only active administrator."""
    if user.role != Role.ADMINISTRATOR or not user.is_active:
        return False
    return not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk).exists()


def _still_manages(actor: User) -> None:
    """Check the permission again after locking: the actor's own access may have ended meanwhile."""
    require(User.objects.get(pk=actor.pk))


@transaction.atomic
def change_account(
    *, account_id: int, values: Mapping[str, object], expected_revision: str | None, actor: User
) -> bool:
    """Set name, email address, role, agency, or contact status of an account at once.

    Returns False if none differs. A role without an agency loses agency and contact status. Raises `EditConflict` if
    the account no longer has the expected revision, `ValidationError` for the last administrator and for invalid
    fields; `User.DoesNotExist`.
    """
    require(actor)
    agency = _locked_agency(values.get("agency"))
    user = locked(account_id)
    _still_manages(actor)
    check_revision(current_revision(user), expected_revision)
    unknown = sorted(set(values) - set(EDITED))
    if unknown:
        raise ValidationError(f"An account has no field {', '.join(unknown)} to edit.", code="unknown_field")
    whole = {name: values.get(name, getattr(user, name)) for name in EDITED}
    role = Role(str(whole["role"]))
    if role != Role.ADMINISTRATOR and is_last_administrator(user):
        raise field_error("role", LAST, "last_administrator")
    agency = agency if "agency" in values else user.agency
    if agency is not None and agency.pk != user.agency_id:
        _is_open(agency)
    whole |= {"role": role.value} | _speaks_for(role, agency, bool(whole["is_contact"]))
    before = notifications.access_of(user)
    changed = write(user, whole, actor=actor, action="changed")
    notifications.notify_of_changes(user, before, actor=actor)
    return changed


@transaction.atomic
def disable(*, account_id: int, reason: str, actor: User) -> bool:
    """End the access of an account at once: its sessions, its API tokens, and an open link.

    Returns False if its access had already ended. Raises `ValidationError` without a reason and for the last
    administrator; `User.DoesNotExist`.
    """
    require(actor)
    user = locked(account_id)
    _still_manages(actor)
    if not reason.strip():
        raise field_error("reason", "Enter a reason. It is stored in the audit trail.", "reason")
    if is_last_administrator(user):
        raise ValidationError(LAST, code="last_administrator")
    invitations.withdraw_open(user=user)
    for token_id in ApiToken.objects.filter(owner=user, revoked_at=None).values_list("pk", flat=True):
        revoke_token(token_id=token_id, actor=actor)
    values = {"is_active": False, "sessions_ended": user.sessions_ended + 1}
    return write(user, values, actor=actor, action="disabled", reason=reason.strip())


@transaction.atomic
def enable(*, account_id: int, actor: User) -> bool:
    """Restore the access of an account with its old password.

    Returns False if it is active. Tokens stay revoked. Raises `ValidationError` if no password was ever set;
    `User.DoesNotExist`.
    """
    require(actor)
    user = locked(account_id)
    _still_manages(actor)
    if not user.is_active and not user.has_usable_password():
        raise ValidationError("This account has no password yet. Send a link to set one instead.", code="no_password")
    return write(user, {"is_active": True}, actor=actor, action="enabled")


@transaction.atomic
def send_link(*, account_id: int, actor: User) -> Invitation:
    """Email a link to set a password, for a first or a new one, and void the previous link.

    Raises `ValidationError` for an account without an email address, or one that was disabled after it was activated;
    `User.DoesNotExist`.
    """
    require(actor)
    user = locked(account_id)
    _still_manages(actor)
    if not user.email:
        raise ValidationError("This account has no email address. Add one first.", code="email_missing")
    if not user.is_active and user.has_usable_password():
        raise ValidationError("This account is disabled. Enable it first.", code="disabled")
    return invitations.open_invitation(user=user, actor=actor)
