"""Record of background tasks: a worker stores how each run ended, so that an administrator sees what keeps failing.

Without a broker a task runs in the request that starts it, whose caller sees the error; nothing is stored then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery import current_app, signals
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.module_loading import autodiscover_modules

from cpc.site.models import BackgroundTask, FailedTask

STOPPED_AFTER = dt.timedelta(hours=2)
"""Time without the end of any scheduled task after which the scheduler counts as stopped: each runs at least hourly."""

log = logging.getLogger(__name__)


OPEN = ("failed", "tried_again")
"""States of a failed task that a further run can still settle."""
_begun: dict[str, float] = {}
"""Start of each run in this process, by its id."""


def connect() -> None:
    signals.task_prerun.connect(_on_start, dispatch_uid="cpc_task_started")
    signals.task_success.connect(_on_success, dispatch_uid="cpc_task_ended_well")
    signals.task_failure.connect(_on_failure, dispatch_uid="cpc_task_failed")
    signals.task_postrun.connect(_on_end, dispatch_uid="cpc_task_ended")


def _on_start(task_id: str = "", **_: Any) -> None:
    _begun[task_id] = time.monotonic()


def _on_end(task_id: str = "", **_: Any) -> None:
    _begun.pop(task_id, None)


def _on_success(sender: Any = None, **_: Any) -> None:
    request = sender.request
    if not request.is_eager:
        _safely(ended_well, sender.name, _seconds_of(request.id))
        _safely(settle, sender.name, request.args, request.kwargs)


def _on_failure(
    sender: Any = None,
    task_id: str = "",
    exception: Any = None,
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    **_: Any,
) -> None:
    if not sender.request.is_eager:
        _safely(failed, sender.name, exception, task_id, _seconds_of(task_id))
        _safely(keep_failed, sender.name, args, kwargs, exception, task_id)


def _seconds_of(run: str | None) -> float:
    begun = _begun.get(run or "")
    return time.monotonic() - begun if begun is not None else 0


def _safely(store: Callable[..., None], *arguments: Any) -> None:
    """Store an outcome. If the database can't take it, the log still has it, and the worker goes on."""
    try:
        store(*arguments)
    except DatabaseError:
        log.exception("The outcome of the task %s could not be stored.", arguments[0])


def ended_well(name: str, seconds: float = 0) -> None:
    _row(name).update(
        succeeded_at=Now(),
        failing_since=None,
        failed_at=None,
        failures=0,
        error="",
        run="",
        runs_succeeded=F("runs_succeeded") + 1,
        seconds=F("seconds") + seconds,
    )


def failed(name: str, error: BaseException, run: str, seconds: float = 0) -> None:
    _row(name).update(
        failing_since=Coalesce("failing_since", Now()),
        failed_at=Now(),
        failures=F("failures") + 1,
        error=type(error).__name__[:120],
        run=run[:80],
        runs_failed=F("runs_failed") + 1,
        seconds=F("seconds") + seconds,
    )


def settle(name: str, args: Sequence[Any] | None, kwargs: Mapping[str, Any] | None) -> None:
    """Note that a task that had failed with these arguments has succeeded."""
    _, mark = _arguments(args, kwargs)
    FailedTask.objects.filter(name=name, fingerprint=mark, state__in=OPEN).update(state="succeeded")


def keep_failed(
    name: str, args: Sequence[Any] | None, kwargs: Mapping[str, Any] | None, error: BaseException, run: str
) -> None:
    """Keep a run that failed with its arguments, as a further try if the same failed before and is not settled."""
    arguments, mark = _arguments(args, kwargs)
    values = {"error": type(error).__name__[:120], "run": run[:80]}
    known = FailedTask.objects.filter(name=name, fingerprint=mark, state__in=OPEN)
    with transaction.atomic():
        if known.update(state="failed", failed_at=Now(), tries=F("tries") + 1, **values):
            return
        row = FailedTask(name=name, arguments=arguments, fingerprint=mark, **values)
        # Two workers may fail with the same task at once; one row has it.
        FailedTask.objects.bulk_create([row], ignore_conflicts=True)


def _arguments(args: Sequence[Any] | None, kwargs: Mapping[str, Any] | None) -> tuple[dict[str, Any], str]:
    """Return the arguments of a run as its message had them, and their digest."""
    arguments = {"args": list(args or ()), "kwargs": dict(kwargs or {})}
    text = json.dumps(arguments, sort_keys=True, default=str)
    return json.loads(text), hashlib.sha256(text.encode()).hexdigest()


def _row(name: str) -> QuerySet[BackgroundTask]:
    rows = BackgroundTask.objects.filter(name=name)
    if not rows.exists():
        BackgroundTask.objects.bulk_create([BackgroundTask(name=name)], ignore_conflicts=True)
    return rows


def known() -> QuerySet[BackgroundTask]:
    """Return what is stored about the tasks of this code; an earlier version may have had others."""
    autodiscover_modules("tasks")  # Celery itself looks for tasks only in a worker
    return BackgroundTask.objects.filter(name__in=sorted(current_app.tasks))


def failing() -> QuerySet[BackgroundTask]:
    return known().filter(failures__gt=0)


def silent() -> QuerySet[BackgroundTask]:
    """Return the scheduled task that ended last, if even that was too long ago; the scheduler has stopped then."""
    scheduled = BackgroundTask.objects.filter(
        name__in=sorted(entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values())
    ).alias(ended_at=Greatest("succeeded_at", "failed_at"))
    newest = scheduled.exclude(ended_at=None).order_by("-ended_at", "pk").values("pk")[:1]
    return scheduled.filter(Q(pk__in=newest), ended_at__lt=Now() - STOPPED_AFTER)
