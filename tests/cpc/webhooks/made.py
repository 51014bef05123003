"""Webhooks in each state, with a log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.webhooks.models import DeliveryOutcome, Webhook, WebhookDelivery
from cpc.webhooks.services import create_webhook, stop_webhook

URL = "https://receiver.example/changes"


def made_webhooks(users: Mapping[Role, User]) -> tuple[Webhook, ...]:
    """Create one that fails after it was accepted, one that is stopped, and one that was sent nothing."""
    reads = ["partnerships:read"]
    viewer = users[Role.VIEWER]
    failing = create_webhook(owner=viewer, name="Copy of the status", url=URL, scopes=reads, partnership=9).webhook
    log(failing, (DeliveryOutcome.ACCEPTED, 204), (DeliveryOutcome.TIMED_OUT, None), (DeliveryOutcome.REJECTED, 503))
    now = timezone.now()
    Webhook.objects.filter(pk=failing.pk).update(
        failures=2, failing_since=now - timedelta(minutes=1), next_at=now + timedelta(minutes=2), accepted_at=now
    )
    kinds = ["partnership.status_changed", "award.state_changed"]
    program = users[Role.API_CLIENT]
    stopped = create_webhook(owner=program, name="Dashboard", url=URL, scopes=reads, kinds=kinds).webhook
    stopped = stop_webhook(webhook_id=stopped.pk, actor=program)
    new = create_webhook(owner=users[Role.ANALYST], name="Warehouse", url=URL, scopes=reads).webhook
    return Webhook.objects.get(pk=failing.pk), stopped, new


def log(webhook: Webhook, *outcomes: tuple[DeliveryOutcome, int | None]) -> None:
    """Add one attempt for each outcome: the first event was accepted, the second is tried again and again."""
    for number, (outcome, status) in enumerate(outcomes):
        event = 1201 if number == 0 else 1202
        WebhookDelivery.objects.create(
            webhook=webhook,
            event=event,
            kind="partnership.status_changed",
            message=f"msg_{webhook.pk}_{event}",
            attempt=max(number, 1),
            outcome=outcome,
            status=status,
            milliseconds=15_000 if status is None else 84,
        )
