"""Failures of the system in the queue of administrators: checks, background tasks, and mail that was not sent."""

from __future__ import annotations

import datetime as dt
import time
from functools import lru_cache

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Now
from django.urls import reverse

from cpc import request_context
from cpc.accounts.models import Invitation, InvitationQuerySet, User
from cpc.notifications.models import Digest
from cpc.notifications.queries import to_be_mailed
from cpc.site import background_tasks, queue, readiness
from cpc.site.queue import Category, Desk, Item, Lane
from cpc.site.queue_rows import Branch, Shown
from cpc.web import formats

RETRIED_FOR = dt.timedelta(hours=1)
"""Time that a link has to reach the mail server: the task tries seven times within half an hour."""
CHECKED_FOR = 60
"""Seconds for which the checks of a process count in the queue."""

CHECKS = {
    "database": "Restore the connection to the database",
    "migrations": "Apply the missing migrations",
    "role": "Separate the application from the owner of the tables",
    "guards": "Restore the guards in the database",
    "changes": "Renumber the restored changes",
    "audit": "Verify the audit trail, and find who broke it",
    "broker": "Restore the broker",
    "worker": "Start a worker",
    "storage": "Restore the storage of files",
    "scanner": "Restore the scanner of uploads",
    "backup": "Make a backup",
    "disk": "Make room on the disk for files",
    "scheduler": "Start a scheduler",
}
"""Title of the row for each failing check of `readiness.problems`: what to do about it."""


def failing_checks(desk: Desk) -> list[Lane]:
    """Return an item per check of readiness that fails in this process.

    A worker that makes the daily emails runs, but may be too busy to answer its own check.
    """
    items = (
        Item(
            f"check:{name}",
            CHECKS[name],
            f"{reverse('system')}#h-checks",
            found[0] if len(found) == 1 else f"{found[0]} {formats.count_of(len(found) - 1, 'more problem')}.",
            "Open",
            "error",
            Category.SYSTEM,
        )
        for name, found in checks().items()
        if found and not (name == "worker" and request_context.task())
    )
    return [queue.lane_of_items(desk, Category.SYSTEM, items)]


def checks() -> dict[str, list[str]]:
    """Return the problems of each check, of the last minute: a check of an absent broker takes seconds."""
    return _checked(int(time.monotonic() / CHECKED_FOR))


@lru_cache(maxsize=1)
def _checked(_period: int) -> dict[str, list[str]]:
    return readiness.problems()


def branches() -> list[Branch]:
    """Return the branches of tasks that fail and of mail that was not sent."""
    return [_failing_tasks(), _stopped_scheduler(), _unsent_links(), _refused_mail()]


def _failing_tasks() -> Branch:
    return Branch(
        "task-failing", Category.SYSTEM, background_tasks.failing(),
        lambda row: Shown(
            f"Look into the background task “{row.subject}”, which fails", f"{reverse('system')}#h-tasks",
            f"{row.facts['error']}: {formats.count_of(row.facts['failures'], 'failure')} without a success. "
            f"The log has the reason under task_id {row.facts['run']}.",
            "Open", "error",
        ),
        subject="name", since="failing_since", facts={"error": "error", "failures": "failures", "run": "run"},
    )  # fmt: skip


def _stopped_scheduler() -> Branch:
    return Branch(
        "scheduler-stopped", Category.SYSTEM, background_tasks.silent(),
        lambda row: Shown(
            "Start the scheduler of background tasks", f"{reverse('system')}#h-tasks",
            f"No scheduled task has ended for two hours. The last one was {row.subject}.",
            "Open", "error",
        ),
        subject="name", since=Greatest("succeeded_at", "failed_at"),
    )  # fmt: skip


UNSENT = Q(sent_at=None, created_at__lt=Now() - RETRIED_FOR)
"""Condition of a link that the mail server did not take."""


def on_their_way() -> InvitationQuerySet:
    """Return the links that wait for the person to use them."""
    return Invitation.objects.open().filter(~UNSENT, expires_at__gt=Now())


def _unsent_links() -> Branch:
    unsent = Invitation.objects.open().filter(UNSENT, expires_at__gt=Now())
    return Branch(
        "link-unsent", Category.SYSTEM, unsent,
        lambda row: Shown(
            f"Send {row.subject} the link again", reverse("person-step", args=[row.facts["person"], "send"]),
            "The mail server did not take the email with the link.", "Send", "mail",
        ),
        subject="user__name", since="created_at", facts={"person": "user_id"},
    )  # fmt: skip


def _refused_mail() -> Branch:
    """Return the branch of accounts whose last email was rejected while notifications still wait to be mailed."""
    refused = Digest.objects.filter(recipient=OuterRef("pk")).order_by("-day")
    rows = User.objects.alias(refused_at=Subquery(refused.values("refused_at")[:1])).filter(
        refused_at__isnull=False, pk__in=to_be_mailed().values("recipient")
    )
    return Branch(
        "mail-refused", Category.SYSTEM, rows,
        lambda row: Shown(
            f"Check the email address of {row.subject}", reverse("person", args=[row.id]),
            "The mail server rejected the last email to it.", "Open", "mail",
        ),
        subject="name", since=Subquery(refused.values("refused_at")[:1]),
    )  # fmt: skip
