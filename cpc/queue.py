"""Queueing of tasks for the Celery workers, with detection of failures to queue."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.utils.module_loading import autodiscover_modules
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def task_named(name: str) -> Any:
    """Return a registered task by its name, so that services need not import the tasks that call them."""
    autodiscover_modules("tasks")  # Celery itself looks for tasks only in a worker
    return current_app.tasks[name]


def enqueue(name: str, *arguments: Any, **named: Any) -> bool:
    """Queue a task; return False, with a warning in the log, if the broker can't be reached.

    Without a broker in the settings the task runs at once. If a task can't be queued, the caller must run it, inform
    the user, or rely on the next scheduled run; it must never drop the task.
    """
    try:
        task_named(name).delay(*arguments, **named)
    except (OperationalError, RedisError) as error:
        log.warning("Couldn't queue the task %s: %s", name, error)
        return False
    return True
