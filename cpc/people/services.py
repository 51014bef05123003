"""Services to invite people, change their role and agency, and end and restore their access."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from cpc.accounts.access_changes import AccessChange, is_held_by_two
from cpc.accounts.models import Agency, Invitation, User
from cpc.accounts.permissions import Permission, Role, permissions_of
from cpc.accounts.programs import NOT_GRANTED
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.people import invitations, notifications, programs
from cpc.people.audited_people import (
    UNCHECKED,
    current_revision,
    insert,
    require,
    write,
)
from cpc.people.token_endings import end_tokens
from cpc.sessions.services import end_all_sessions
from cpc.validation import field_error, save_validated

LAST = "This is the last active administrator. Make someone else an administrator first."
EDITED = ("name", "email", "role", "agency", "is_contact")
ALONE = "This takes a second person. Ask for it: nothing changes until another approver or administrator confirms it."


def takes_two_people(user: User, values: Mapping[str, object]) -> bool:
    """Return whether this change of an account takes two people: it gives or moves an approver or administrator."""
    role, email = values.get("role", user.role), values.get("email", user.email)
    return is_held_by_two(str(role)) and (role != user.role or email != user.email)


def _authorize(actor: User, confirmed: AccessChange | None, *, guarded: bool) -> None:
    """Check that an administrator may do this alone, or that a second person has confirmed it.

    A confirmed change was authorized when it was asked for and again when it was confirmed; the database checks that
    it is this very change.
    """
    if confirmed is None:
        require(User.objects.get(pk=actor.pk))
        if guarded:
            raise ValidationError(ALONE, code="second_person")


@transaction.atomic
def invite(
    *,
    username: str,
    name: str,
    email: str,
    role: Role,
    agency: Agency | None,
    is_contact: bool,
    actor: User,
    confirmed: AccessChange | None = None,
) -> User:
    """Create an inactive account, and email the person a link to set its password.

    Raises `ValidationError` at the field: a taken name or address, no address, a reviewer without an open agency; and
    with code `second_person` for an approver or administrator, unless another person has `confirmed` it.
    """
    if confirmed is None:
        require(actor)
    agency = _locked_agency(agency)
    user = new_account(username=username, name=name, email=email, role=role, agency=agency, is_contact=is_contact)
    _authorize(actor, confirmed, guarded=is_held_by_two(role))
    insert(user, actor=actor, action="invited")
    if confirmed is not None:
        confirmed.account = user
        confirmed.save(update_fields=("account",))
    invitations.open_invitation(user=user, actor=actor)
    return user


def new_account(*, username: str, name: str, email: str, role: Role, agency: Agency | None, is_contact: bool) -> User:
    """Return the account that an invitation creates, not saved yet. Raises `ValidationError` at the field."""
    if agency is not None:
        _is_open(agency)
    user = User(username=User.normalize_username(username), is_active=False, name=name, email=email, role=role.value)
    for field, value in _speaks_for(role, agency, is_contact).items():
        setattr(user, field, value)
    _needs_address(email)
    user.set_unusable_password()
    return user


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


def lock_account(account_id: int, *besides: int) -> User:
    """Return the current account, locked together with all active administrators, one of whom must remain.

    `besides` are the keys of further accounts to lock. Rows are locked in the order of their keys, so that no two
    writers wait for each other. Raises `User.DoesNotExist`.
    """
    wanted = Q(pk__in=(account_id, *besides)) | Q(role=Role.ADMINISTRATOR, is_active=True)
    rows = {user.pk: user for user in User.objects.filter(wanted).order_by("pk").select_for_update(no_key=True)}
    try:
        return rows[account_id]
    except KeyError:
        raise User.DoesNotExist from None


def lock_for(account_id: int, *, actor: User) -> User:
    """Return the locked account for an actor who manages accounts. Raises `PermissionDenied` as `require`."""
    require(actor)
    user = lock_account(account_id)
    require(User.objects.get(pk=actor.pk))  # the actor's own access may have ended while it waited for the lock
    return user


@transaction.atomic
def choose_letter_keys(*, has_letter_keys: bool, user: User) -> bool:
    """Set whether single letters and digits are keys for an account; return False if unchanged."""
    account = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    before = account.has_letter_keys
    if before == has_letter_keys:
        return False
    account.has_letter_keys = has_letter_keys
    save_validated(account, update_fields=("has_letter_keys",), unchecked=UNCHECKED)
    record(
        actor=user,
        action="chose whether letters are keys",
        target=account,
        before={"has_letter_keys": before},
        after={"has_letter_keys": has_letter_keys},
    )
    return True


def is_last_administrator(user: User) -> bool:
    if user.role != Role.ADMINISTRATOR or not user.is_active:
        return False
    return not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk).exists()


@transaction.atomic
def change_account(
    *,
    account_id: int,
    values: Mapping[str, object],
    expected_revision: str | None,
    actor: User,
    confirmed: AccessChange | None = None,
) -> bool:
    """Set name, email address, role, agency, or contact status of an account at once.

    Returns False if none differs. A role without an agency loses agency and contact status. Another role revokes the
    tokens, another role or address voids an open link, and the old address is notified of a new one. Raises
    `EditConflict` if the account no longer has the expected revision, `ValidationError` for the last administrator, for
    invalid fields, and with code `second_person` for what takes two people, unless another person has `confirmed` it;
    `User.DoesNotExist`.
    """
    if confirmed is None:
        require(actor)
    agency = _locked_agency(values.get("agency"))
    user = lock_account(account_id)
    whole = whole_change(user, values, agency, expected_revision)
    _authorize(actor, confirmed, guarded=takes_two_people(user, whole))
    before, old_address = notifications.access_of(user), user.email
    had_link = invitations.has_open(user)
    noted: dict[str, object] = {}
    if whole["role"] != user.role:
        end_tokens(user, actor=actor)
        if is_held_by_two(str(whole["role"])) and not is_held_by_two(user.role):
            # The administrator may know the old password, from a link sent to an address of their own before.
            user.set_unusable_password()
            whole |= {"password": user.password, "sessions_ended": user.sessions_ended + 1}
            noted = {"password": "changed"}
    changed = write(user, whole, actor=actor, action="changed", noted=noted)
    notifications.notify_of_changes(user, before, actor=actor)
    if user.email != old_address:
        notifications.notify_of_new_address(user, old_address, actor=actor)
    if confirmed is not None and ((noted and user.is_active) or had_link):
        invitations.open_invitation(user=user, actor=actor)
    return changed


def whole_change(
    user: User, values: Mapping[str, object], agency: Agency | None, expected_revision: str | None
) -> dict[str, object]:
    """Return every field of a locked account as a change would set it. Raises what `change_account` raises."""
    check_revision(current_revision(user), expected_revision)
    unknown = sorted(set(values) - set(EDITED))
    if unknown:
        raise ValidationError(f"An account has no field {', '.join(unknown)} to edit.", code="unknown_field")
    whole = {name: values.get(name, getattr(user, name)) for name in EDITED}
    role = Role(str(whole["role"]))
    if role != Role.ADMINISTRATOR and is_last_administrator(user):
        raise field_error("role", LAST, "last_administrator")
    if role != user.role and Permission.APPROVE_PARTNERSHIPS in permissions_of(role):
        programs.check_may_approve(user)
    agency = agency if "agency" in values else user.agency
    if agency is not None and agency.pk != user.agency_id:
        _is_open(agency)
    granted = {} if role == Role.API_CLIENT else NOT_GRANTED
    return whole | {"role": role.value} | _speaks_for(role, agency, bool(whole["is_contact"])) | granted


@transaction.atomic
def disable(*, account_id: int, reason: str, actor: User) -> bool:
    """End the access of an account at once: its sessions, its API tokens, and an open link.

    Returns False if its access had already ended. Raises `ValidationError` without a reason and for the last
    administrator; `User.DoesNotExist`.
    """
    user = lock_for(account_id, actor=actor)
    if not reason.strip():
        raise field_error("reason", "Enter a reason. It is stored in the audit trail.", "reason")
    if is_last_administrator(user):
        raise ValidationError(LAST, code="last_administrator")
    return end_access(user, reason=reason.strip(), actor=actor)


def end_access(user: User, *, reason: str, actor: User | None) -> bool:
    """Disable a locked account in the caller's transaction, who has checked that it may be; see `disable`."""
    invitations.withdraw_open(user=user)
    end_tokens(user, actor=actor)
    values = {"is_active": False, "sessions_ended": user.sessions_ended + 1}
    return write(user, values, actor=actor, action="disabled", reason=reason)


@transaction.atomic
def end_sessions(*, account_id: int, actor: User) -> int:
    """End all sessions of an account, also those that are not listed; return how many were.

    The person can sign in again at once. Raises `User.DoesNotExist`.
    """
    require(actor)
    return end_all_sessions(account_id=account_id, actor=actor)


@transaction.atomic
def enable(*, account_id: int, actor: User, confirmed: AccessChange | None = None) -> bool:
    """Restore the access of an account with its old password.

    Returns False if it is active. Tokens stay revoked. Raises `ValidationError` if no password was ever set, and with
    code `second_person` for an approver or administrator, unless another person has `confirmed` it;
    `User.DoesNotExist`.
    """
    if confirmed is None:
        require(actor)
    user = lock_account(account_id)
    check_enabling(user)
    _authorize(actor, confirmed, guarded=is_held_by_two(user.role) and not user.is_active)
    return write(user, {"is_active": True}, actor=actor, action="enabled")


def check_enabling(user: User) -> None:
    if not user.is_active and not user.has_usable_password():
        raise ValidationError("This account has no password yet. Send a link to set one instead.", code="no_password")


@transaction.atomic
def send_link(*, account_id: int, actor: User, confirmed: AccessChange | None = None) -> Invitation:
    """Email a link to set a password, for a first or a new one, and void the previous link.

    Raises `ValidationError` for an account without an email address, or one that was disabled after it was activated,
    and with code `second_person` for an approver or administrator, unless another person has `confirmed` it;
    `User.DoesNotExist`.
    """
    if confirmed is None:
        require(actor)
    user = lock_account(account_id)
    check_linking(user)
    _authorize(actor, confirmed, guarded=is_held_by_two(user.role))
    return invitations.open_invitation(user=user, actor=actor)


def check_linking(user: User) -> None:
    """Raise `ValidationError` if no link can be sent to an account."""
    if not user.email:
        raise ValidationError("This account has no email address. Add one first.", code="email_missing")
    if not user.is_active and user.has_usable_password():
        raise ValidationError("This account is disabled. Enable it first.", code="disabled")
