"""Notifications to an account whose second factors were changed, perhaps not by its owner."""

from __future__ import annotations

from django.urls import reverse

from cpc.accounts.models import User
from cpc.audit.models import AuditEntry
from cpc.notifications import services as notifications
from cpc.notifications.kinds import Kind, register

ADDED = "identity.added"
REMOVED = "identity.removed"
RECOVERED = "identity.recovered"

_NOT_YOU = "If you did not do this, tell an administrator at once: someone may be using your account."

KINDS = (
    Kind(
        key=ADDED,
        label="New ways to sign in to your account",
        subject="A way to sign in was added to your account: {what}",
        text=f"Whoever has it can sign in as you. {_NOT_YOU}",
        example={"what": "a passkey"},
        urgent=True,
    ),
    Kind(
        key=REMOVED,
        label="Ways to sign in removed from your account",
        subject="A way to sign in was removed from your account: {what}",
        text=f"It no longer opens your account. {_NOT_YOU}",
        example={"what": "a passkey"},
        urgent=True,
    ),
    Kind(
        key=RECOVERED,
        label="Recovery of your account by two people",
        subject="Your account was recovered by two people",
        text="{who} confirmed it. Your passkeys, codes, and linked sign-ins no longer work, all your sessions have "
        "ended, and a link to set a new password is on its way. If you did not ask for this, call the TIP Office at "
        "once.",
        example={"who": "Approver"},
        urgent=True,
    ),
)


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)


def notify_owner(user: User, kind: str, entry: AuditEntry, *, actor: User, **values: object) -> None:
    """Notify the owner of an account of an entry of the trail, also if it seems to have been the owner."""
    notifications.notify(
        recipients=[user],
        kind=kind,
        values=values,
        link=reverse("account-security"),
        target=user,
        dedupe=f"{kind} {entry.pk}",
        actor=actor,
    )
