"""Log of a Celery worker: formatted like the web server's, with the task and the request that started it."""

from __future__ import annotations

import logging.config
from contextvars import Token
from typing import Any

from celery import signals
from django.conf import settings

from cpc import request_context

HEADER = "cpc_request_id"

_running: dict[str, Token[dict[str, str]]] = {}


@signals.setup_logging.connect(dispatch_uid="cpc_setup_logging")
def set_up(**_: Any) -> None:
    """Use the logging of the settings instead of Celery's own."""
    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect(dispatch_uid="cpc_name_request")
def name_request(headers: dict[str, Any], **_: Any) -> None:
    """Send the number of the request along with the task that it starts."""
    headers.setdefault(HEADER, request_context.request_id())


@signals.task_prerun.connect(dispatch_uid="cpc_task_begins")
def begin(task_id: str, task: Any, **_: Any) -> None:
    # Without a broker a task runs within the request that starts it.
    started_by = getattr(task.request, HEADER, None) or request_context.request_id()
    _running[task_id] = request_context.run_task({"task": task.name, "task_id": task_id}, started_by)


@signals.task_postrun.connect(dispatch_uid="cpc_task_ends")
def end(task_id: str, **_: Any) -> None:
    token = _running.pop(task_id, None)
    if token is not None:
        request_context.end_task(token)
