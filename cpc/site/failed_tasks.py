"""Failed tasks that an administrator tries again or gives up.

A room registers what to do about a task that fails for a reason that lasts:

    failed_tasks.CAUSES.add(Cause("indicators.read_import", "Open the import", import_link))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require
from cpc.audit.services import record
from cpc.queue import enqueue, task_named
from cpc.registry import Registry
from cpc.site.models import FailedTask
from cpc.web import formats

LOST_AFTER = dt.timedelta(hours=1)
"""Time without an outcome after which a task that was tried again counts as lost."""
PASSING = frozenset(
    {
        "ClientError",
        "ConnectionError",
        "ConnectionResetError",
        "EndpointConnectionError",
        "InterfaceError",
        "OSError",
        "OperationalError",
        "ReadTimeoutError",
        "SMTPException",
        "SMTPServerDisconnected",
        "SoftTimeLimitExceeded",
        "TimeLimitExceeded",
        "TimeoutError",
        "WorkerLostError",
    }
)
"""Types of errors that a later run may not meet again, since a server was away, full, or slow."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Page on which a person removes the cause of a failure of one task; `link` gets the task's named arguments."""

    task: str
    label: str
    link: Callable[[dict[str, Any]], str]


CAUSES: Registry[Cause] = Registry(lambda cause: cause.task)


def cause_of(task: FailedTask) -> tuple[str, str] | None:
    """Return label and URL of the page to go to first; None if another run may succeed as it is."""
    cause = CAUSES.get(task.name)
    if cause is None or task.error in PASSING:
        return None
    return cause.label, cause.link(task.arguments)


def unsettled() -> Any:
    """Return the tasks that failed or are tried again, the last failure first."""
    return FailedTask.objects.filter(state__in=("failed", "tried_again")).select_related("decided_by")


def is_lost(task: FailedTask) -> bool:
    return task.state == "tried_again" and task.decided_at is not None and timezone.now() - task.decided_at > LOST_AFTER


@transaction.atomic
def try_again(*, task_id: int, actor: User) -> FailedTask:
    """Run a failed task once more with the same arguments.

    Raises `ValidationError` if it was settled meanwhile, or if somebody has tried it again and it has not ended.
    """
    task = _open(task_id, actor)
    _check_not_settled(task)
    if task.state == "tried_again" and not is_lost(task):
        by = f"{task.decided_by} at {formats.moment(task.decided_at)}"
        raise ValidationError(f"It was tried again by {by} and has not ended yet.", code="tried_again")
    try:
        task_named(task.name)
    except KeyError as error:
        raise ValidationError(
            f"This version of the code has no task {task.name}. Give it up.", code="unknown_task"
        ) from error
    task.state, task.decided_by, task.decided_at, task.reason = "tried_again", actor, timezone.now(), ""
    task.save(update_fields=("state", "decided_by", "decided_at", "reason"))
    record(actor=actor, action="tried again", target=task, after={"task": task.name, "tries": task.tries})
    transaction.on_commit(lambda: _send(task))
    return task


def _send(task: FailedTask) -> None:
    """Queue the task. Without the broker it stays what it was: a failure that can be tried again."""
    if not enqueue(task.name, *task.arguments["args"], **task.arguments["kwargs"]):
        FailedTask.objects.filter(pk=task.pk, state="tried_again").update(state="failed")


@transaction.atomic
def give_up(*, task_id: int, reason: str, actor: User) -> FailedTask:
    """Take a failed task off the list, with the reason. Raises `ValidationError` if it is settled or runs again."""
    task = _open(task_id, actor)
    _check_not_settled(task)
    if task.state == "tried_again":
        raise ValidationError("It is being tried again. Wait for its end.", code="tried_again")
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Say why it is not tried again.", code="reason")})
    task.state, task.decided_by, task.decided_at, task.reason = "given_up", actor, timezone.now(), reason.strip()
    task.save(update_fields=("state", "decided_by", "decided_at", "reason"))
    record(actor=actor, action="gave up", target=task, after={"task": task.name, "reason": task.reason})
    return task


def _open(task_id: int, actor: User) -> FailedTask:
    require(actor, Permission.MANAGE_PEOPLE)
    return FailedTask.objects.select_for_update(of=("self",), no_key=True).select_related("decided_by").get(pk=task_id)


def _check_not_settled(task: FailedTask) -> None:
    if task.state == "succeeded":
        raise ValidationError("It has succeeded meanwhile. Nothing was started.", code="succeeded")
    if task.state == "given_up":
        raise ValidationError(f"It was given up by {task.decided_by}. Nothing was started.", code="given_up")
