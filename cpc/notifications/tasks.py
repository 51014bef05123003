"""Scheduled email, sent by a Celery worker."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from cpc import request_context
from cpc.notifications import digests


@shared_task(name="notifications.send_digests")
def send_digests() -> int:
    """Send the emails that are due now and return how many.

    Running it again within a day sends no second email.
    """
    with request_context.acting("task"):
        return digests.send_digests(now=timezone.now())
