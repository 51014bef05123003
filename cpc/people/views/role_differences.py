"""Texts for the second person: how a change of access differs from today, and what happens after it is confirmed."""

from __future__ import annotations

from typing import NamedTuple

from allauth.mfa.models import Authenticator
from django.utils.safestring import SafeString

from cpc.accounts.access_changes import AccessChange, AccessChangeKind, is_held_by_two
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role, permissions_of
from cpc.web import formats
from cpc.web.badges import status
from cpc.web.formats import count_of
from cpc.web.tables import Column, Table

AFTER = {
    AccessChangeKind.INVITE: "An email with a link to set a password goes to {name}.",
    AccessChangeKind.CHANGE: "It applies from the next page that {name} opens.",
    AccessChangeKind.LINK: "An email with a link to set a new password goes to {name}. The old one works until then.",
    AccessChangeKind.ENABLE: "{name} can sign in again with the old password.",
    AccessChangeKind.GRANT: "The program can write from then on.",
    AccessChangeKind.RECOVER: "All passkeys, codes, linked sign-ins, sessions, and API tokens of {name} end, and so "
    "does the password. An email with a link to set a new one goes to the address below.",
}
"""Consequences of a confirmed change, by its kind."""

AT_ONCE = "It applies at once."
RAISED = "{name} is signed out, and an email with a link to set a new password goes to the address below."


class Right(NamedTuple):
    """A permission that an account has today, or would have then, and not both."""

    permission: Permission
    today: bool
    then: bool


def _answer(has: bool, *, bold: bool) -> SafeString | str:
    return status("good", "Yes") if has and bold else "Yes" if has else "No"


RIGHTS: Table[Right] = Table(
    "Rights before and after",
    [
        Column("Could", lambda right: str(right.permission)),
        Column("Today", lambda right: _answer(right.today, bold=False)),
        Column("Then", lambda right: _answer(right.then, bold=True)),
    ],
)


def rights_of(change: AccessChange) -> list[Right]:
    """Return the permissions that a change of a role gives or takes; none for another change."""
    role = change.wanted.get("role")
    if role is None:
        return []
    today, then = permissions_of(str(change.seen.get("role", ""))), permissions_of(str(role))
    return [
        Right(permission, permission in today, permission in then)
        for permission in Permission
        if (permission in today) != (permission in then)
    ]


def after(change: AccessChange) -> str:
    """Return what happens once the change is confirmed."""
    role = str(change.wanted.get("role", ""))
    raised = change.kind == AccessChangeKind.CHANGE and is_held_by_two(role)
    raised = raised and not is_held_by_two(str(change.seen.get("role", "")))
    return (RAISED if raised else AFTER.get(AccessChangeKind(change.kind), AT_ONCE)).format(name=change.name)


def person_facts(change: AccessChange) -> list[tuple[str, str]]:
    """Return what the second person should know about the account; nothing for one that does not exist yet."""
    account = change.account
    facts: list[tuple[str, str]] = []
    if account is not None:
        passkeys = Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).count()
        facts = [
            ("Account since", formats.day(account.date_joined.date())),
            ("Last sign-in", formats.moment(account.last_login) if account.last_login else "Never"),
            ("Passkeys", str(passkeys) if passkeys else "None"),
        ]
    role = str(change.wanted.get("role", ""))
    if not is_held_by_two(role):
        return facts
    now = User.objects.filter(role=role, is_active=True).count()
    return [*facts, (f"{Role(role).label}s", f"{count_of(now, 'account', 'accounts')} today")]
