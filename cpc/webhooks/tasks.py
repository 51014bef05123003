"""Delivery of webhooks by Celery workers."""

from __future__ import annotations

from celery import shared_task

from cpc import request_context
from cpc.webhooks import delivery


@shared_task(name="webhooks.deliver_due")
def deliver_due() -> int:
    """Queue what is due. A run that comes too late changes nothing: the next one finds the same."""
    return delivery.deliver_due()


@shared_task(name="webhooks.deliver")
def deliver(webhook_id: int) -> int:
    """Send one webhook what is new. A second run at the same time does nothing."""
    with request_context.acting("task"):
        return delivery.deliver(webhook_id)
