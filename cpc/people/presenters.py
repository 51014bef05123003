"""Tables of accounts, agencies, and changes that take two people."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.accounts.access_changes import AccessChange, AccessChangeKind, AccessOutcome
from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from cpc.accounts.programs import can_answer
from cpc.people.queries import AccountState, state_of
from cpc.web import formats
from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import lines, link, small
from cpc.web.tables import PAGE_SIZE, Column, Table
from cpc.web.templatetags.web import when

ACCOUNTS_LIST = declare(
    ListPage("accounts", "Accounts", "account", "accounts", "people", filters=("q", "role", "agency", "state"))
)
AGENCIES_LIST = declare(ListPage("agencies", "Agencies", "agency", "agencies", "agencies"))
CHANGES_LIST = declare(ListPage("access-changes", "Changes of access", "change", "changes", "access-changes"))

FILE: tuple[Column[User], ...] = (
    Column("User name", lambda user: user.username),
    Column("Name", lambda user: user.name),
    Column("Address", lambda user: user.email),
    Column("Role", lambda user: user.get_role_display()),
    Column("Agency", lambda user: user.agency.name if user.agency else None),
    Column("Point of contact", lambda user: user.is_contact),
    Column("State", lambda user: state_of(user).label),
    Column("Last sign-in (UTC)", lambda user: user.last_login, "moment", name="last-sign-in"),
)


def _who(user: User) -> SafeString:
    names = ", ".join(part for part in (user.username, user.email) if part)
    return lines(
        link(reverse("person", args=[user.pk]), user.name),
        format_html('<span class="u-small u-muted u-break">{}</span>', names),
    )


def _agency(user: User) -> SafeString | None:
    if user.agency is None:
        return None
    name = link(reverse("agency", args=[user.agency.code]), user.agency.name)
    return lines(name, small("Point of contact" if user.is_contact else ""))


def account_state(user: User) -> SafeString:
    state = state_of(user)
    if state is AccountState.ACTIVE and user.is_over:
        return lines(status("none", "Ended", icon_name="lock"), small(f"after {formats.day(user.last_day)}"))
    if state is AccountState.ACTIVE and not user.has_usable_password():
        return status("warn", "Needs a password")
    kinds = {AccountState.ACTIVE: "good", AccountState.INVITED: "info", AccountState.DISABLED: "none"}
    return status(kinds[state], state.label, icon_name="lock" if state is AccountState.DISABLED else "")


NAME: Column[User] = Column("Name", _who)
REST: tuple[Column[User], ...] = (
    Column("State", account_state),
    Column("Last sign-in", lambda user: user.last_login or "Never", "day"),
)
ACCOUNTS: Table[User] = Table(
    "Accounts by name",
    [NAME, Column("Role", lambda user: user.get_role_display()), Column("Agency", _agency), *REST],
    css="usa-table--hover",
    file=FILE,
    per_page=PAGE_SIZE,
)
ACCOUNTS_OF_AGENCY: Table[User] = Table(
    "Accounts of the agency",
    [NAME, Column("For the agency", lambda user: "Submits" if user.is_contact else "Drafts"), *REST],
    css="usa-table--hover",
)


def _contacts(agency: Agency) -> SafeString | str | None:
    contacts = getattr(agency, "contacts", 0)
    return str(contacts) if contacts else status("warn", "No one submits") if agency.is_active else None


def _consultation(agency: Agency) -> SafeString:
    if agency.is_active:
        return status("good", "Consulted")
    closed = status("none", "Closed", icon_name="lock")
    return lines(closed, small(f"succeeded by {agency.successor.short}" if agency.successor else ""))


AGENCIES: Table[Agency] = Table(
    "Agencies",
    [
        Column(
            "Agency",
            lambda agency: link(reverse("agency", args=[agency.code]), agency.name),
            detail=lambda agency: agency.short,
        ),
        Column("Named by the statute", lambda agency: "Yes" if agency.statutory else "No"),
        Column("Reviewers", lambda agency: getattr(agency, "reviewers", None), "number"),
        Column("Points of contact", _contacts),
        Column("State", _consultation),
    ],
    css="usa-table--hover",
    per_page=PAGE_SIZE,
)


def _may(role: Role) -> Column[Permission]:
    yes = ROLE_PERMISSIONS[role]
    return Column(role.label, lambda permission: status("good", "Yes") if permission in yes else "No")


ROLES: Table[Permission] = Table(
    "Roles and permissions",
    [Column("Permission", str), *(_may(role) for role in Role)],
    caption="Permissions of each role",
    stacked=False,
)


def access_change_state(change: AccessChange) -> SafeString:
    """Return whether a change waits for a second person, and if not, who decided on it."""
    if change.is_open(timezone.now()):
        return lines(status("warn", "Waiting"), small(format_html("until {}", when(change.expires_at))))
    if not change.outcome:
        return lines(status("none", "Expired"), small(when(change.expires_at)))
    kinds = {AccessOutcome.CONFIRMED: "good", AccessOutcome.REFUSED: "bad", AccessOutcome.WITHDRAWN: "none"}
    label = status(kinds[AccessOutcome(change.outcome)], change.get_outcome_display())
    return lines(label, small(format_html("{}, {}", change.decided_by, when(change.decided_at))))


def access_change_facts(change: AccessChange) -> list[tuple[str, str]]:
    """Return what a second person must know to decide: whose account, and each value before and after."""
    seen, wanted = change.seen, change.wanted
    facts = [("Person", str(seen.get("name") or wanted["name"])), ("User name", change.username)]
    if "name" in seen and "name" in wanted:
        facts.append(("New name", wanted["name"]))
    if change.kind == AccessChangeKind.GRANT:
        return [*facts, *_grant_facts(change)]
    if change.kind == AccessChangeKind.CONNECT:
        return [
            *facts,
            ("Provider", wanted["issuer"]),
            ("Subject", wanted["subject"]),
            ("Role", str(Role(seen["role"]).label)),
        ]
    roles = [str(Role(values["role"]).label) for values in (seen, wanted) if "role" in values]
    addresses = [values["email"] or "none" for values in (seen, wanted) if "email" in values]
    return [*facts, ("Role", " → ".join(roles)), ("Address", " → ".join(addresses))]


def _grant_facts(change: AccessChange) -> list[tuple[str, str]]:
    """Return what a program may write, who answers for it, and its last day: as it is, and as it would be."""
    people = {user.username: user.name for user in User.objects.filter(username__in=_people_in(change))}
    shown = [
        (
            ", ".join(values["granted_scopes"]) or "nothing",
            people.get(values["responsible"], "no one"),
            formats.day(dt.date.fromisoformat(values["last_day"])) if values["last_day"] else "none",
        )
        for values in (change.seen, change.wanted)
    ]
    return [
        (label, f"{before} → {after}" if before != after else after)
        for label, before, after in zip(("May write", "Answers for it", "Last day"), *shown, strict=True)
    ]


def _people_in(change: AccessChange) -> list[str]:
    return [values["responsible"] for values in (change.seen, change.wanted) if values["responsible"]]


def writing_state(user: User) -> SafeString:
    """Return whether a program can write now, and if not, why."""
    if not user.granted_scopes:
        return status("none", "Reads only")
    if user.is_over:
        return lines(status("none", "Ended", icon_name="lock"), small(f"after {formats.day(user.last_day)}"))
    if user.responsible is None or not can_answer(user.responsible):
        return lines(status("warn", "No longer writes"), small("no one answers for it"))
    return lines(status("good", "Writes"), small(f"until {formats.day(user.last_day)}"))


ACCESS_CHANGES: Table[AccessChange] = Table(
    "Changes of access",
    [
        Column("Change", lambda change: link(reverse("access-change", args=[change.pk]), change.get_kind_display())),
        Column("Account", lambda change: lines(change.name, small(change.username)), css="u-break"),
        Column("Asked for by", lambda change: lines(change.asked_by.name, small(when(change.asked_at)))),
        Column("State", access_change_state),
    ],
    css="usa-table--hover",
    per_page=PAGE_SIZE,
)
