"""Services for changes that take two people: asked for by an administrator, decided by another holder of such a role.

Nothing changes before the second person confirms. Ending access, a role with fewer permissions, and withdrawing a link
take one person, since they only take rights away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cpc.accounts.access_changes import VALID_FOR, AccessChange, AccessChangeKind, AccessOutcome, is_held_by_two
from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission, Role
from cpc.audit.services import record
from cpc.openid import queries as openid_queries
from cpc.openid import services as openid
from cpc.people import notifications, programs, recovery, services
from cpc.people.audited_people import check, require
from cpc.people.programs import Grant
from cpc.validation import save_validated

SEEN = ("username", "name", "email", "role", "is_active")
"""Fields of the account that the second person decides on; if one changes meanwhile, the change is void."""

NO_SECOND_PERSON = (
    "There is no other active approver or administrator who could confirm this. The owner of the database can create "
    "one with manage.py create_account."
)


# ---- asking --------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_invite(
    *, username: str, name: str, email: str, role: Role, agency: Agency | None, is_contact: bool, actor: User
) -> AccessChange:
    """Ask a second person to invite an approver or administrator.

    Raises `ValidationError` as `services.invite` does, and if no one could confirm it or it was asked for before.
    """
    require(actor)
    user = services.new_account(
        username=username, name=name, email=email, role=role, agency=agency, is_contact=is_contact
    )
    check(user)
    _is_guarded(is_held_by_two(role))
    wanted = {"username": user.username, "name": user.name, "email": user.email, "role": user.role}
    earlier = AccessChange.objects.filter(wanted__username=user.username)
    return _ask(AccessChangeKind.INVITE, None, wanted, earlier, actor)


@transaction.atomic
def ask_to_change(
    *, account_id: int, values: Mapping[str, object], expected_revision: str | None, actor: User
) -> AccessChange:
    """Ask a second person to give an account such a role, or another address to one that has it.

    Raises what `services.change_account` raises, and `ValidationError` as `ask_to_invite`.
    """
    user = services.lock_for(account_id, actor=actor)
    agency = values.get("agency")
    whole = services.whole_change(user, values, agency if isinstance(agency, Agency) else None, expected_revision)
    _is_guarded(services.takes_two_people(user, whole))
    wanted = {name: whole[name] for name in ("name", "email", "role") if whole[name] != getattr(user, name)}
    changed = User.objects.get(pk=account_id)
    for name, value in whole.items():
        setattr(changed, name, value)
    check(changed)
    return _ask(AccessChangeKind.CHANGE, user, wanted, user.access_changes.all(), actor)


@transaction.atomic
def ask_for_link(*, account_id: int, actor: User) -> AccessChange:
    """Ask a second person to send an approver or administrator a link to set a password. Raises as above."""
    user = services.lock_for(account_id, actor=actor)
    services.check_linking(user)
    _is_guarded(is_held_by_two(user.role))
    return _ask(AccessChangeKind.LINK, user, {}, user.access_changes.all(), actor)


@transaction.atomic
def ask_to_enable(*, account_id: int, actor: User) -> AccessChange:
    """Ask a second person to enable the account of a former approver or administrator. Raises as above."""
    user = services.lock_for(account_id, actor=actor)
    services.check_enabling(user)
    _is_guarded(is_held_by_two(user.role) and not user.is_active)
    return _ask(AccessChangeKind.ENABLE, user, {}, user.access_changes.all(), actor)


@transaction.atomic
def ask_to_recover(*, account_id: int, actor: User) -> AccessChange:
    """Ask a second person to recover an account whose owner lost every second factor, whatever its role.

    Raises as above, and `ValidationError` for one's own account, or one without an address or access.
    """
    user = services.lock_for(account_id, actor=actor)
    recovery.check_recovering(user, actor)
    return _ask(AccessChangeKind.RECOVER, user, {}, user.access_changes.all(), actor)


@transaction.atomic
def ask_to_grant(*, account_id: int, grant: Grant, expected_revision: str | None, actor: User) -> AccessChange:
    """Ask a second person to let a program write. Raises what `programs.set_grant` raises, and as above."""
    require(actor)
    user = programs.lock_program(account_id, grant)
    require(User.objects.get(pk=actor.pk))
    grant = programs.check_grant(user, grant, expected_revision)
    _is_guarded(programs.takes_two_people(user, grant))
    return _ask(AccessChangeKind.GRANT, user, _stored(grant), user.access_changes.all(), actor)


@transaction.atomic
def ask_to_connect(*, account_id: int, provider: str, subject: str, actor: User) -> AccessChange:
    """Ask a second person to link an identity at a provider to the account of an approver or administrator.

    Raises what `cpc.openid.services.connect` raises, and as above.
    """
    user = services.lock_for(account_id, actor=actor)
    openid.check_connecting(user, provider, subject, actor)
    _is_guarded(is_held_by_two(user.role))
    wanted = {"provider": provider, "issuer": openid_queries.providers()[provider].issuer, "subject": subject}
    return _ask(AccessChangeKind.CONNECT, user, wanted, user.access_changes.all(), actor)


def _stored(grant: Grant) -> dict[str, Any]:
    return {
        "granted_scopes": list(grant.granted_scopes),
        "responsible": grant.responsible.username if grant.responsible else None,
        "last_day": grant.last_day.isoformat() if grant.last_day else None,
    }


def _is_guarded(guarded: bool) -> None:
    if not guarded:
        raise ValidationError("This does not take a second person.", code="one_person")


def _ask(
    kind: AccessChangeKind,
    account: User | None,
    wanted: Mapping[str, object],
    earlier: QuerySet[AccessChange],
    actor: User,
) -> AccessChange:
    now = timezone.now()
    waiting = earlier.filter(outcome="", expires_at__gt=now).select_related("asked_by").first()
    if waiting is not None:
        raise ValidationError(
            f"{waiting.asked_by} asked for a change to this account that still waits for a second person. It must be "
            "decided or withdrawn first.",
            code="asked_already",
        )
    others = list(second_people().exclude(pk__in=[actor.pk, account.pk if account else actor.pk]))
    if not others:
        raise ValidationError(NO_SECOND_PERSON, code="no_second_person")
    change = AccessChange(
        kind=kind,
        account=account,
        wanted=dict(wanted),
        seen=_seen(account) if account else {},
        asked_by=actor,
        expires_at=now + VALID_FOR,
    )
    save_validated(change, unchecked=("asked_at", "expires_at"))
    change.refresh_from_db()
    record(
        actor=actor,
        action="asked for a change of access",
        target=change,
        after={"kind": change.get_kind_display(), "account": change.username, **change.wanted},
    )
    notifications.notify_second_people(change, others)
    return change


def second_people() -> QuerySet[User]:
    """Return the active accounts that can confirm what another one asked for."""
    return User.objects.filter(role__in=[role for role in Role if is_held_by_two(role)], is_active=True)


def ends_password(change: AccessChange) -> bool:
    """Return whether the account must get another password: two people will hold it, or recover it."""
    role = change.wanted.get("role")
    is_change = change.kind == AccessChangeKind.CHANGE and role is not None
    is_raised = is_change and is_held_by_two(role) and not is_held_by_two(change.seen["role"])
    return is_raised or change.kind == AccessChangeKind.RECOVER


def _seen(user: User) -> dict[str, Any]:
    seen = {name: getattr(user, name) for name in SEEN}
    return seen if user.role != Role.API_CLIENT else seen | _stored(programs.grant_of(user))


# ---- deciding ------------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, change_id: int, actor: User) -> AccessChange:
    """Confirm a change that another person asked for, and carry it out.

    Raises `PermissionDenied` for other roles, `ValidationError` for the person who asked, for a change that is decided
    or expired or whose account or asker has changed, and what the change itself raises; `AccessChange.DoesNotExist`.
    """
    change = _locked_to_decide(change_id, actor)
    if timezone.now() >= change.expires_at:
        raise ValidationError("This change has expired. Ask for it again.", code="expired")
    if not change.asked_by.allows(Permission.MANAGE_PEOPLE):
        raise ValidationError(
            f"{change.asked_by} is no longer an active administrator. Refuse the change, and have it asked for again.",
            code="asker_left",
        )
    if change.account is not None and _seen(change.account) != change.seen:
        raise ValidationError(
            "The account was changed after this was asked for. Refuse the change, and have it asked for again.",
            code="changed_since",
        )
    _decide(change, AccessOutcome.CONFIRMED, actor)
    CARRIED_OUT[AccessChangeKind(change.kind)](change, actor)
    return change


@transaction.atomic
def refuse(*, change_id: int, actor: User) -> AccessChange:
    """Refuse a change that another person asked for; nothing changes. Raises as `confirm`."""
    change = _locked_to_decide(change_id, actor)
    return _decide(change, AccessOutcome.REFUSED, actor)


@transaction.atomic
def withdraw(*, change_id: int, actor: User) -> AccessChange:
    """Withdraw a change that one asked for oneself. Raises `PermissionDenied`; `ValidationError` if it is decided."""
    change = _locked(change_id)
    if change.asked_by != actor:
        raise PermissionDenied("Only the person who asked for a change can withdraw it.")
    _is_undecided(change)
    return _decide(change, AccessOutcome.WITHDRAWN, actor)


def _locked_to_decide(change_id: int, actor: User) -> AccessChange:
    require(actor, Permission.CONFIRM_ACCESS)
    change = _locked(change_id)
    if change.asked_by == actor:
        raise ValidationError("You asked for this change. Another person must decide on it.", code="same_person")
    if change.account_id == actor.pk:
        raise ValidationError("This changes your own account. Another person must decide on it.", code="own_account")
    _is_undecided(change)
    # Their access may have ended meanwhile, and none of it may end until this is through.
    named = User.objects.filter(username=change.wanted.get("responsible")).values_list("pk", flat=True)
    services.lock_account(actor.pk, change.asked_by_id, change.account_id or actor.pk, *named)
    require(User.objects.get(pk=actor.pk), Permission.CONFIRM_ACCESS)
    change.refresh_from_db(fields=("asked_by", "account"))
    return change


def _locked(change_id: int) -> AccessChange:
    rows = AccessChange.objects.select_related("asked_by", "account").select_for_update(of=("self",))
    return rows.get(pk=change_id)


def _is_undecided(change: AccessChange) -> None:
    if change.outcome:
        raise ValidationError(
            f"{change.decided_by} already decided on this change: {change.get_outcome_display().lower()}.",
            code="decided_already",
        )


def _decide(change: AccessChange, outcome: AccessOutcome, actor: User) -> AccessChange:
    change.outcome, change.decided_by, change.decided_at = outcome, actor, timezone.now()
    save_validated(change, unchecked=("account",), update_fields=("outcome", "decided_by", "decided_at"))
    record(
        actor=actor,
        action=f"{outcome.label.lower()} a change of access",
        target=change,
        before={"outcome": ""},
        after={"outcome": outcome.value, "account": change.username, "asked_by": change.asked_by.username},
    )
    notifications.mark_decided(change)
    if actor != change.asked_by:
        notifications.notify_of_decision(change, actor=actor)
    return change


def _invite(change: AccessChange, actor: User) -> None:
    wanted = {**change.wanted, "role": Role(change.wanted["role"])}
    services.invite(**wanted, agency=None, is_contact=False, actor=actor, confirmed=change)


def _change(change: AccessChange, actor: User) -> None:
    services.change_account(
        account_id=_account(change), values=change.wanted, expected_revision=None, actor=actor, confirmed=change
    )


def _send_link(change: AccessChange, actor: User) -> None:
    services.send_link(account_id=_account(change), actor=actor, confirmed=change)


def _enable(change: AccessChange, actor: User) -> None:
    services.enable(account_id=_account(change), actor=actor, confirmed=change)


def _recover(change: AccessChange, actor: User) -> None:
    recovery.recover(account_id=_account(change), actor=actor, confirmed=change)


def _grant(change: AccessChange, actor: User) -> None:
    wanted = change.wanted
    grant = Grant(
        wanted["granted_scopes"],
        User.objects.get(username=wanted["responsible"]),
        dt.date.fromisoformat(wanted["last_day"]),
    )
    programs.set_grant(account_id=_account(change), grant=grant, expected_revision=None, actor=actor, confirmed=change)


def _connect(change: AccessChange, actor: User) -> None:
    wanted = change.wanted
    openid.connect(
        account_id=_account(change),
        provider=wanted["provider"],
        subject=wanted["subject"],
        actor=actor,
        confirmed=change,
    )


def _account(change: AccessChange) -> int:
    assert change.account_id is not None  # null for an invitation only
    return change.account_id


CARRIED_OUT: Mapping[AccessChangeKind, Callable[[AccessChange, User], None]] = {
    AccessChangeKind.INVITE: _invite,
    AccessChangeKind.CHANGE: _change,
    AccessChangeKind.LINK: _send_link,
    AccessChangeKind.ENABLE: _enable,
    AccessChangeKind.GRANT: _grant,
    AccessChangeKind.RECOVER: _recover,
    AccessChangeKind.CONNECT: _connect,
}
