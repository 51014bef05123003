"""Accounts in the queue: changes of access that a second person decides on, and links that were not used in time."""

from __future__ import annotations

from functools import cache

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import CharField, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.urls import reverse

from cpc.accounts.access_changes import AccessChange, AccessChangeKind, is_held_by_two
from cpc.accounts.models import Invitation, User
from cpc.accounts.permissions import Permission, Role
from cpc.audit.authors import NAMES
from cpc.people.queries import WAITS, locked_out
from cpc.site import queue, system_queue
from cpc.site.queue import Category, Desk, Lane, QueueSource, SentLane, WaitingSource
from cpc.site.queue_rows import Branch, Branches, Row, Shown, account

NO_OTHER = "no other approver or administrator"


def register() -> None:
    queue.register(QueueSource("people", Permission.CONFIRM_ACCESS, lanes, order=50))
    queue.register(QueueSource("checks", Permission.MANAGE_PEOPLE, system_queue.failing_checks, order=60))
    queue.register_waiting(WaitingSource("people", Permission.MANAGE_PEOPLE, sent, order=50))


def lanes(desk: Desk) -> list[Lane]:
    return branches_of(manages=desk.user.allows(Permission.MANAGE_PEOPLE)).lanes(desk)


def sent(desk: Desk) -> SentLane:
    return sent_branches().sent(desk)


@cache
def branches_of(*, manages: bool) -> Branches:
    """Return the branches of those who confirm changes of access, and with `manages` of administrators."""
    to_decide = AccessChange.objects.filter(WAITS).exclude(asked_by=account()).exclude(account=account())
    found = [
        Branch(
            "access-change", Category.PEOPLE, to_decide,
            lambda row: Shown(
                f"Decide on a change of access for {row.subject}", reverse("access-change", args=[row.id]),
                f"{AccessChangeKind(row.facts['kind']).label}{_roles(row)}. It takes a second person.",
                "Decide", "person",
            ),
            subject=_name(), due="expires_at", since="asked_at", who="asked_by__name",
            facts={"kind": "kind", "before": "seen__role", "after": "wanted__role"},
        )
    ]  # fmt: skip
    if manages:
        open_links = Invitation.objects.open().filter(user=OuterRef("pk")).order_by("-pk")
        without = Q(is_active=False) | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        late = User.objects.filter(without).alias(link=Subquery(open_links.values("expires_at")[:1]))
        found.append(
            Branch(
                "invitation-expired", Category.PEOPLE, late.filter(link__lte=RawSQL("now()", [])),
                lambda row: Shown(
                    f"Send {row.subject} another link, or withdraw it", reverse("person", args=[row.id]),
                    "The link expired before it was used.", "Open", "person",
                ),
                subject="name", since=Subquery(open_links.values("expires_at")[:1]),
            )
        )  # fmt: skip
        found.append(
            Branch(
                "password-missing", Category.PEOPLE, locked_out(),
                lambda row: Shown(
                    f"Send {row.subject} a link to set a password", reverse("person-step", args=[row.id, "send"]),
                    "The account is active, but its password ended and no link is open.", "Send", "person",
                ),
                subject="name",
            )
        )  # fmt: skip
        found += system_queue.branches()
    return Branches(found)


@cache
def sent_branches() -> Branches:
    """Return the branches of what an administrator asked for and sent."""
    roles = ", ".join(f"'{role.value}'" for role in Role if is_held_by_two(role))
    names = Func(
        F("pk"),
        template=f"""(SELECT {NAMES} FROM accounts_user u, accounts_accesschange c
            WHERE c.id = %(expressions)s AND u.is_active AND u.role IN ({roles})
            AND u.id <> c.asked_by_id AND u.id IS DISTINCT FROM c.account_id)""",  # noqa: S608  # our own names
        output_field=CharField(),
    )
    asked = AccessChange.objects.filter(WAITS, asked_by=account())
    links = system_queue.on_their_way().filter(created_by=account())
    return Branches(
        [
            Branch(
                "access-change", Category.PEOPLE, asked,
                lambda row: Shown(
                    f"Change of access for {row.subject}", reverse("access-change", args=[row.id]), "", "Open", "person"
                ),
                subject=_name(), due="expires_at", since="asked_at",
                who=Coalesce(names, Value(NO_OTHER), output_field=CharField()),
            ),
            Branch(
                "invitation", Category.PEOPLE, links,
                lambda row: Shown(
                    f"Link to set a password for {row.subject}", reverse("person", args=[row.facts["person"]]), "",
                    "Open", "person",
                ),
                subject="user__name", due="expires_at", since="created_at", who="user__name",
                facts={"person": "user_id"},
            ),
        ]
    )  # fmt: skip


def _name() -> Coalesce:
    """Return SQL for the name of the account, or of the person to invite."""
    return Coalesce(F("account__name"), Func(F("wanted"), Value("name"), function="jsonb_extract_path_text"),
                    output_field=CharField())  # fmt: skip


def _roles(row: Row) -> str:
    """Return the role that a change gives, after the one that the account has."""
    before, after = row.facts["before"], row.facts["after"]
    if not after:
        return ""
    return f", from {Role(before).label} to {Role(after).label}" if before else f" as {Role(after).label}"
