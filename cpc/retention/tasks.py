"""Scheduled disposal."""

from __future__ import annotations

from celery import shared_task

from cpc import request_context
from cpc.retention.schedule import dispose_of_what_is_over


@shared_task(name="retention.dispose")
def dispose() -> dict[str, int]:
    """Remove what is over by the retention schedule; return how many rows of each class."""
    with request_context.acting("task"):
        return dispose_of_what_is_over()
