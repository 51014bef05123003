"""Notifications to an account whose role, agency, or contact status was changed."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.notifications import services as notifications
from cpc.notifications.kinds import Kind, register
from cpc.people.audited_people import current_revision

ROLE = "account.role"
AGENCY = "account.agency"
CONTACT = "account.contact"


def register_kinds() -> None:
    """Register the kinds of this module."""
    register(
        Kind(
            key=ROLE,
            label="Changes to your role",
            subject="Your role is now {role}",
            text=(
                "The change applies from the next page you open. You don't need to do anything. If you did not "
                "expect it, contact the TIP Office."
            ),
            example={"role": "Viewer"},
        )
    )
    register(
        Kind(
            key=AGENCY,
            label="Changes to your agency",
            subject="You now represent {agency}",
            text="From the next page you open, you see and edit the work of {agency}. You don't need to do "
            "anything. If you did not expect it, contact the TIP Office.",
            example={"agency": "Department of Labor"},
        )
    )
    register(
        Kind(
            key=CONTACT,
            label="Becoming a point of contact",
            subject="You are now a point of contact for {agency}",
            text="You now submit for {agency}; its other reviewers draft. You don't need to do anything today.",
            example={"agency": "Department of Labor"},
        )
    )


class AccountAccess(NamedTuple):
    """Role, agency, and contact status of an account."""

    role: str
    agency: Agency | None
    is_contact: bool


def access_of(user: User) -> AccountAccess:
    """Return the current role, agency, and contact status of the account."""
    return AccountAccess(user.role, user.agency, user.is_contact)


def notify_of_changes(user: User, before: AccountAccess, *, actor: User | None) -> None:
    """Notify a changed account of its changes, once per change, unless it made the change itself."""
    if user == actor:
        return
    revision = current_revision(user)
    now = access_of(user)
    if now.role != before.role:
        _notify(user, ROLE, {"role": Role(now.role).label}, revision, actor)
    if now.agency is not None and now.agency != before.agency:
        _notify(user, AGENCY, {"agency": now.agency.name}, revision, actor)
    if now.agency is not None and now.is_contact and (now.agency, True) != before[1:]:
        _notify(user, CONTACT, {"agency": now.agency.name}, revision, actor)


def _notify(user: User, kind: str, values: dict[str, object], revision: str, actor: User | None) -> None:
    notifications.notify(
        recipients=[user],
        kind=kind,
        values=values,
        link=reverse("home"),
        target=user,
        dedupe=f"{kind} {revision}",
        actor=actor,
    )
