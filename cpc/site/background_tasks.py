"""Record of background tasks: a worker stores how each run ended, so that an administrator sees what keeps failing.

Without a broker a task runs in the request that starts it, whose caller sees the error; nothing is stored then.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from celery import current_app, signals
from django.conf import settings
from django.db import DatabaseError
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.module_loading import autodiscover_modules

from cpc.site.models import BackgroundTask

STOPPED_AFTER = dt.timedelta(hours=2)
"""Time without the end of any scheduled task after which the scheduler counts as stopped: each runs at least hourly."""

log = logging.getLogger(__name__)


def connect() -> None:
    signals.task_success.connect(_on_success, dispatch_uid="cpc_task_ended_well")
    signals.task_failure.connect(_on_failure, dispatch_uid="cpc_task_failed")


def _on_success(sender: Any = None, **_: Any) -> None:
    if not sender.request.is_eager:
        _safely(ended_well, sender.name)


def _on_failure(sender: Any = None, task_id: str = "", exception: Any = None, **_: Any) -> None:
    if not sender.request.is_eager:
        _safely(failed, sender.name, exception, task_id)


def _safely(store: Callable[..., None], *arguments: Any) -> None:
    """Store an outcome. If the database can't take it, the log still has it, and the worker goes on."""
    try:
        store(*arguments)
    except DatabaseError:
        log.exception("The outcome of the task %s could not be stored.", arguments[0])


def ended_well(name: str) -> None:
    _row(name).update(succeeded_at=Now(), failing_since=None, failed_at=None, failures=0, error="", run="")


def failed(name: str, error: BaseException, run: str) -> None:
    _row(name).update(
        failing_since=Coalesce("failing_since", Now()),
        failed_at=Now(),
        failures=F("failures") + 1,
        error=type(error).__name__[:120],
        run=run[:80],
    )


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
