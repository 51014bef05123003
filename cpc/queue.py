"""Handing work to the Celery workers, and knowing when that was not possible."""

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
    """Queue a task; False, with a warning in the log, where the broker cannot be reached.

    Without a broker in the settings the task runs at once. The caller of a task that could not be queued runs it,
    tells the person, or relies on the clock's next run; it never lets it go.
    """
    try:
        task_named(name).delay(*arguments, **named)
    except (OperationalError, RedisError) as error:
        log.warning("The task %s could not be queued: %s", name, error)
        return False
    return True
