"""Notifications to the owner of an account about the identities that sign in to it."""

from __future__ import annotations

from django.urls import reverse

from cpc.accounts.models import User
from cpc.notifications.kinds import Kind, register
from cpc.notifications.services import notify
from cpc.openid.models import LinkedIdentity

LINKED = "openid.linked"
ENDED = "openid.ended"

KINDS = (
    Kind(
        key=LINKED,
        label="Linked sign-ins",
        subject="Your account is now linked to a {what}",
        text="Whoever signs in there as this person signs in to your account here. If you did not expect it, contact "
        "the TIP Office at once: someone may be taking over your account.",
        example={"what": "Department account"},
        urgent=True,
    ),
    Kind(
        key=ENDED,
        label="Ended links to sign-ins",
        subject="Your account is no longer linked to a {what}",
        text="You can still sign in with your password. If you did not expect it, contact the TIP Office.",
        example={"what": "Department account"},
    ),
)


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)


def notify_owner(identity: LinkedIdentity, kind: str, label: str, *, actor: User | None) -> None:
    """Tell the owner of an account that an identity was linked to it, or that a link ended."""
    notify(
        recipients=[identity.user],
        kind=kind,
        values={"what": label},
        link=reverse("department-account"),
        target=identity,
        dedupe=f"{kind} {identity.pk}",
        actor=actor,
    )
