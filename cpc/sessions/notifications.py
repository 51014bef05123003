"""Notifications on sessions and failed sign-ins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role, permissions_of
from cpc.notifications import services as notifications
from cpc.notifications.kinds import Kind, register

FAILED = "account.sign_ins_failed"
REFUSED = "account.password_refused"
REPORTED = "account.sessions_reported"

KINDS = (
    Kind(
        key=FAILED,
        label="Failed sign-ins to your account",
        subject="Someone tried to sign in to your account",
        text=(
            "{count} passwords in a row were wrong, from a browser in which you have not signed in before. You are not "
            "locked out. If it was not you, you don't need to do anything unless it goes on; the page shows when and "
            "from where."
        ),
        example={"count": "5"},
        urgent=True,
    ),
    Kind(
        key=REFUSED,
        label="Passwords that are refused after failed sign-ins",
        subject="Your password is refused in browsers that you have not used before",
        text=(
            "{count} sign-ins to your account failed in a row. Your password still works in a browser in which you "
            "signed in before. To use it elsewhere, sign in with a second factor, or ask an administrator for a link "
            "to set a new password."
        ),
        example={"count": "100"},
        urgent=True,
    ),
    Kind(
        key=REPORTED,
        label="Sessions that their person does not know",
        subject="{who} found a session that is not theirs",
        text=(
            "{who} ended all sessions of their account and reported this. Speak with them in person or by telephone, "
            "look at the audit trail of the account, and send a link for a new password if somebody else may know it."
        ),
        example={"who": "Analyst"},
        urgent=True,
    ),
)


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)


def administrators() -> Iterable[User]:
    roles = [role for role in Role if Permission.MANAGE_PEOPLE in permissions_of(role)]
    return User.objects.filter(role__in=roles, is_active=True)


def notify_of_failures(user: User, failures: int, day: dt.date) -> None:
    """Notify an account of failed sign-ins in an unknown browser, once a day."""
    _notify([user], FAILED, {"count": failures}, reverse("account-sessions"), user, f"{FAILED} {day}", None)


def notify_of_cap(user: User, failures: int, day: dt.date) -> None:
    """Notify an account that its password is refused, once a day."""
    _notify([user], REFUSED, {"count": failures}, reverse("account-sessions"), user, f"{REFUSED} {day}", None)


def notify_of_report(user: User) -> None:
    """Notify the other administrators that a person found a session that is not theirs."""
    others = [administrator for administrator in administrators() if administrator != user]
    dedupe = f"{REPORTED} {user.pk} {user.sessions_ended}"
    _notify(others, REPORTED, {"who": user}, reverse("person", args=[user.pk]), user, dedupe, user)


def _notify(
    recipients: Iterable[User],
    kind: str,
    values: dict[str, object],
    link: str,
    target: User,
    dedupe: str,
    actor: User | None,
) -> None:
    notifications.notify(
        recipients=recipients, kind=kind, values=values, link=link, target=target, dedupe=dedupe, actor=actor
    )
