"""Scheduled backups."""

from __future__ import annotations

from celery import shared_task

from cpc import request_context
from cpc.recovery.schedule import back_up_if_due


@shared_task(name="recovery.back_up")
def back_up() -> str:
    """Make a backup if one is due; return its name, or nothing. A second run at the same time does nothing."""
    with request_context.acting("task"):
        return back_up_if_due()
