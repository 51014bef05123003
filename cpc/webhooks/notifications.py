"""Notifications about webhooks that the software stopped."""

from __future__ import annotations

from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.notifications.kinds import Kind, register
from cpc.notifications.services import notify
from cpc.webhooks.models import StopReason, Webhook

STOPPED = "webhooks.stopped"


def register_kinds() -> None:
    register(
        Kind(
            key=STOPPED,
            label="Webhooks that were stopped",
            subject="Webhook {reference} was stopped",
            text="{what}. What it was not sent waits, until you start it again.",
            example={"reference": "3", "what": "The receiver answered 410 Gone"},
            urgent=True,
        )
    )


REASONS = {
    StopReason.GONE: "The receiver answered 410 Gone",
    StopReason.FAILING: "No delivery succeeded for five days",
    StopReason.ACCOUNT: "Its account can no longer use the REST interface",
    StopReason.PRUNED: "What it was not sent is no longer stored, so its receiver must read everything again",
    StopReason.RESTORED: "The database was restored, so its receiver must read everything again",
}


def notify_of_stop(webhook: Webhook) -> None:
    """Tell the owner why a webhook was stopped; for an account of a program, tell the administrators."""
    owner = webhook.owner
    people = [owner]
    if not (owner.is_active and owner.allows(Permission.USE_PAGES)):
        people = list(User.objects.filter(role=Role.ADMINISTRATOR, is_active=True))
    notify(
        recipients=people,
        kind=STOPPED,
        values={"reference": webhook.pk, "what": REASONS[StopReason(webhook.stopped_because)]},
        link=reverse("webhook", args=[webhook.pk]),
        target=webhook,
        dedupe=f"webhook {webhook.pk} stopped {webhook.stopped_at}",
        actor=None,
    )
