"""Notifications to an account whose role, agency, contact status, or tokens were changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse

from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import Agency, ApiToken, User
from cpc.accounts.permissions import Role
from cpc.notifications import services as notifications
from cpc.notifications.kinds import Kind, register
from cpc.people import mail
from cpc.people.audited_people import current_revision
from cpc.queue import enqueue
from cpc.sessions.notifications import administrators
from cpc.web import formats

ROLE = "account.role"
AGENCY = "account.agency"
CONTACT = "account.contact"
TOKENS = "account.tokens"
ADDRESS = "account.address"
ASKED = "account.access_asked"
ASKED_ABOUT_YOU = "account.access_asked_about_you"
DECIDED = "account.access_decided"
PROGRAM = "account.program"
DORMANT_SOON = "account.dormant_soon"
DORMANT = "account.dormant"


KINDS = (
    Kind(
        key=ROLE,
        label="Changes to your role",
        subject="Your role is now {role}",
        text=(
            "The change applies from the next page you open. You don't need to do anything. If you did not "
            "expect it, contact the TIP Office."
        ),
        example={"role": "Viewer"},
    ),
    Kind(
        key=AGENCY,
        label="Changes to your agency",
        subject="You now represent {agency}",
        text="From the next page you open, you see and edit the work of {agency}. You don't need to do "
        "anything. If you did not expect it, contact the TIP Office.",
        example={"agency": "Department of Labor"},
    ),
    Kind(
        key=CONTACT,
        label="Becoming a point of contact",
        subject="You are now a point of contact for {agency}",
        text="You now submit for {agency}; its other reviewers draft. You don't need to do anything today.",
        example={"agency": "Department of Labor"},
    ),
    Kind(
        key=TOKENS,
        label="Revoked API tokens",
        subject="Your API tokens were revoked ({count})",
        text=(
            "A new password, another role, and the end of access revoke all tokens of an account. Programs that "
            "used them are denied. Issue new ones for those that still need access. If you did not expect this, "
            "contact the TIP Office."
        ),
        example={"count": "2"},
    ),
    Kind(
        key=ADDRESS,
        label="Changes to your email address",
        subject="Your email address was changed",
        text="Notices and links to set a password go to the new address. If you did not expect this, contact the "
        "TIP Office at once: someone may be taking over your account.",
        example={},
        urgent=True,
    ),
    Kind(
        key=ASKED,
        label="Changes to confirm for approvers and administrators",
        subject="Confirm or refuse a change to the account of {what}",
        text="{who} asked for it. Nothing changes until another approver or administrator confirms it, by {due}. "
        "Confirm it only after you have spoken with {what} in person or by telephone.",
        example={"who": "Administrator", "what": "Newcomer", "due": "June 30, 2026"},
        urgent=True,
    ),
    Kind(
        key=ASKED_ABOUT_YOU,
        label="Changes to your account that wait for another person",
        subject="A change to your account waits for confirmation",
        text="{who} asked for it. Nothing changes until another approver or administrator confirms it, by {due}. If "
        "you did not expect it, contact the TIP Office at once: someone may be taking over your account.",
        example={"who": "Administrator", "due": "June 30, 2026"},
        urgent=True,
    ),
    Kind(
        key=DECIDED,
        label="Decisions on the changes that you asked for",
        subject="The change to the account of {what} was {action}",
        text="{who} decided on the change that you asked for. A change that is confirmed applies now. One that is "
        "refused changes nothing.",
        example={"who": "Approver", "action": "confirmed", "what": "Newcomer"},
    ),
    Kind(
        key=PROGRAM,
        label="Programs that you answer for",
        subject="You now answer for the program {what}",
        text="Until {due}, the program can use REST with what it was granted. You can issue and revoke its tokens. If "
        "you did not expect this, contact the TIP Office.",
        example={"what": "Ledger feed", "due": "June 30, 2026"},
    ),
    Kind(
        key=DORMANT_SOON,
        label="Accounts that will be disabled because they are not used",
        subject="The account {what} will be disabled on {due}",
        text="It has not been used for a long time. A sign-in before {due}, or for a program a request with its token, "
        "keeps it. Otherwise its tokens are revoked, and an administrator must enable it again.",
        example={"what": "Viewer", "due": "June 30, 2026"},
        urgent=True,
    ),
    Kind(
        key=DORMANT,
        label="Accounts that were disabled because they were not used",
        subject="The account {what} has been disabled",
        text="It was last used on {due}. Its sessions have ended and its tokens are revoked. If the person still needs "
        "it, enable it on its page.",
        example={"what": "Viewer", "due": "June 30, 2026"},
    ),
)
"""Kinds of notification on accounts and their access."""


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)


class AccountAccess(NamedTuple):
    role: str
    agency: Agency | None
    is_contact: bool


def access_of(user: User) -> AccountAccess:
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


def notify_of_revoked_tokens(user: User, tokens: Sequence[ApiToken], *, actor: User | None) -> None:
    """Notify an account that its tokens were revoked, also if it caused that itself: its programs are denied."""
    if tokens:
        notifications.notify(
            recipients=[user],
            kind=TOKENS,
            values={"count": len(tokens)},
            link=reverse("account-tokens"),
            target=user,
            dedupe=f"{TOKENS} {tokens[-1].pk}",
            actor=actor,
        )


def notify_of_new_address(user: User, old_address: str, *, actor: User) -> None:
    """Notify an account in its inbox, also if it asked for that itself, and at its old address after the commit."""
    _notify(user, ADDRESS, {}, current_revision(user), actor)
    if old_address:
        # Whoever takes over an account by a new address can't prevent the email to the old one.
        transaction.on_commit(lambda: _send_address_notice(user.pk, old_address), robust=True)


def _send_address_notice(user_id: int, old_address: str) -> None:
    if not enqueue("accounts.send_address_notice", user_id, old_address):
        mail.send_address_notice(user_id, old_address)


def notify_second_people(change: AccessChange, recipients: Iterable[User]) -> None:
    """Ask those who may decide on a change, and tell the person whose account it changes."""
    notifications.notify(
        recipients=recipients,
        kind=ASKED,
        values={"who": change.asked_by, "what": change.name, "due": formats.day(change.expires_at.date())},
        link=reverse("access-change", args=[change.pk]),
        target=change,
        dedupe=f"{ASKED} {change.pk}",
        actor=change.asked_by,
    )
    if change.account is not None and change.account != change.asked_by:
        notifications.notify(
            recipients=[change.account],
            kind=ASKED_ABOUT_YOU,
            values={"who": change.asked_by, "due": formats.day(change.expires_at.date())},
            link=reverse("home"),
            target=change,
            dedupe=f"{ASKED_ABOUT_YOU} {change.pk}",
            actor=change.asked_by,
        )


def mark_decided(change: AccessChange) -> None:
    """Mark requests to decide on a change as read, once it is decided or withdrawn."""
    notifications.mark_done([change], {ASKED, ASKED_ABOUT_YOU})


def notify_of_decision(change: AccessChange, *, actor: User) -> None:
    notifications.notify(
        recipients=[change.asked_by],
        kind=DECIDED,
        values={"who": actor, "action": change.outcome, "what": change.name},
        link=reverse("access-change", args=[change.pk]),
        target=change,
        dedupe=f"{DECIDED} {change.pk}",
        actor=actor,
    )


def notify_of_program(program: User, person: User, *, actor: User) -> None:
    """Notify a person that they now answer for a program, unless they confirmed it themselves."""
    if person != actor:
        due = program.last_day
        notifications.notify(
            recipients=[person],
            kind=PROGRAM,
            values={"what": program, "due": formats.day(due) if due else "further notice"},
            link=reverse("account-tokens-of", args=[program.pk]),
            target=program,
            dedupe=f"{PROGRAM} {current_revision(program)}",
            actor=actor,
        )


def warn_of_dormancy(user: User, due_at: dt.datetime) -> int:
    """Warn the person of an account, or who answers for a program, that it will be disabled; return how many."""
    person = user.responsible if user.role == Role.API_CLIENT else user
    return notifications.notify(
        recipients=[person] if person is not None else administrators(),
        kind=DORMANT_SOON,
        values={"what": user, "due": formats.day(due_at.date())},
        link=reverse("home"),
        target=user,
        dedupe=f"{DORMANT_SOON} {user.pk} {due_at.date()}",
        actor=None,
    )


def notify_of_dormancy(user: User, used_at: dt.datetime) -> None:
    """Name an account that was disabled to the administrators."""
    notifications.notify(
        recipients=administrators(),
        kind=DORMANT,
        values={"what": user, "due": formats.day(used_at.date())},
        link=reverse("person", args=[user.pk]),
        target=user,
        dedupe=f"{DORMANT} {user.pk} {used_at.date()}",
        actor=None,
    )


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
