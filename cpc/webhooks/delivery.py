"""Delivery of the changes to webhooks: in order, each until it is accepted, by any worker.

A worker holds the lock of a webhook while it sends, and no transaction, which would hold back the feed. It stores the
position after each accepted message. If it dies between the answer and that, the next worker sends the message again,
under the same id: at least once, in order, and never in parallel.
"""

from __future__ import annotations

import datetime as dt
import random
import time

from django.db import transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer

from cpc.accounts.permissions import Permission
from cpc.accounts.scopes import permissions_in
from cpc.changes.cursors import FeedPosition
from cpc.changes.events import event_of
from cpc.changes.models import Change
from cpc.changes.pruning import pruned_to
from cpc.changes.queries import FeedPage, Wanted, read, reader_of
from cpc.database.work_locks import working_on
from cpc.queue import enqueue
from cpc.webhooks import sending, signing
from cpc.webhooks.models import DeliveryOutcome, StopReason, Webhook, WebhookDelivery
from cpc.webhooks.notifications import notify_of_stop
from cpc.webhooks.services import stop

SENDING = 7106
"""Number of this work among the advisory locks of the database."""
DELAYS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200)
"""Seconds before each further attempt; the last is repeated."""
JITTER = 0.2
GIVE_UP_AFTER = dt.timedelta(days=5)
TURN_SECONDS = 45.0
"""Time after which a worker leaves what is left to the next run, so that one webhook keeps no worker."""
AGENT = "CPC-Partnerships-Webhooks/1"


def deliver_due() -> int:
    """Queue the delivery of each running webhook whose next attempt is due; return how many."""
    due = Webhook.objects.running().filter(next_at__lte=timezone.now()).order_by("next_at")
    keys = list(due.values_list("pk", flat=True))
    for key in keys:
        enqueue("webhooks.deliver", key)
    return len(keys)


def deliver(webhook_id: int) -> int:
    """Send a webhook what is new, until nothing is left, an attempt fails, or the turn ends; return how many it took.

    Does nothing if another worker sends to it now.
    """
    accepted, end = 0, time.monotonic() + TURN_SECONDS
    with working_on(SENDING, webhook_id) as is_ours:
        while is_ours and time.monotonic() < end:
            webhook = Webhook.objects.running().select_related("owner").filter(pk=webhook_id).first()
            if webhook is None or webhook.next_at > timezone.now():
                break
            page = _next(webhook)
            if page is None:
                break
            if page.changes:
                if not _send(webhook, page.changes[0], page.epoch):
                    break
                accepted += 1
            elif not _pass_over(webhook, page):
                break
    return accepted


def _next(webhook: Webhook) -> FeedPage | None:
    """Return the page with the next event that the account may read now; None if the webhook was stopped instead."""
    owner = webhook.owner
    if not owner.is_active or not owner.allows(Permission.USE_API):
        _stop(webhook, StopReason.ACCOUNT)
        return None
    owner.narrow(permissions_in(webhook.scopes))
    wanted = Wanted(tuple(webhook.kinds), webhook.partnership)
    page = read(reader_of(owner), FeedPosition(webhook.xid, webhook.event), 1, wanted)
    if page.epoch.hex() != webhook.epoch:
        _stop(webhook, StopReason.RESTORED)
        return None
    if FeedPosition(webhook.xid, webhook.event) < pruned_to():
        _stop(webhook, StopReason.PRUNED)
        return None
    return page


def _pass_over(webhook: Webhook, page: FeedPage) -> bool:
    """Store that the events up to the end of a page are not for this webhook; return whether there are more."""
    if page.position > FeedPosition(webhook.xid, webhook.event):
        Webhook.objects.filter(pk=webhook.pk).update(xid=page.position.xid, event=page.position.id)
    return page.more


def message_of(change: Change, epoch: bytes) -> bytes:
    """Return the body of the message on a change: its kind, its time, and the event of the feed."""
    event = event_of(change, epoch)
    return bytes(JSONRenderer().render({"type": change.kind, "timestamp": event["at"], "data": event}))


def _send(webhook: Webhook, change: Change, epoch: bytes) -> bool:
    """Send one event, and store what came of it. Return whether it was accepted."""
    message, body = f"msg_{webhook.pk}_{change.pk}", message_of(change, epoch)
    now = timezone.now()
    headers = {"content-type": "application/json", "user-agent": AGENT}
    signed = signing.headers(signing.secrets_of(webhook.seeds(now)), message, int(now.timestamp()), body)
    sent = sending.post(webhook.url, body, headers | signed)
    with transaction.atomic():
        current = Webhook.objects.select_for_update(of=("self",)).select_related("owner").get(pk=webhook.pk)
        WebhookDelivery.objects.create(
            webhook=current,
            event=change.pk,
            kind=change.kind,
            message=message,
            attempt=current.failures + 1,
            outcome=sent.outcome,
            status=sent.status,
            milliseconds=sent.milliseconds,
        )
        if sent.is_accepted:
            _accepted(current, change)
        else:
            _failed(current, sent.outcome)
    return sent.is_accepted


def _accepted(webhook: Webhook, change: Change) -> None:
    webhook.xid, webhook.event = change.xid, change.pk
    webhook.failures, webhook.failing_since = 0, None
    webhook.accepted_at = webhook.next_at = timezone.now()
    webhook.save(update_fields=("xid", "event", "failures", "failing_since", "accepted_at", "next_at"))


def _failed(webhook: Webhook, outcome: DeliveryOutcome) -> None:
    now = timezone.now()
    webhook.failing_since = webhook.failing_since or now
    webhook.next_at = now + delay_after(webhook.failures)
    webhook.failures += 1
    webhook.save(update_fields=("failures", "failing_since", "next_at"))
    if not webhook.is_running:
        return
    if outcome is DeliveryOutcome.GONE:
        _stop_locked(webhook, StopReason.GONE)
    elif now - webhook.failing_since >= GIVE_UP_AFTER:
        _stop_locked(webhook, StopReason.FAILING)


def delay_after(failures: int) -> dt.timedelta:
    """Return the time to wait after an attempt that `failures` failed ones preceded, more or less."""
    seconds = DELAYS[min(failures, len(DELAYS) - 1)]
    return dt.timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311  # spreads load


@transaction.atomic
def _stop(webhook: Webhook, reason: StopReason) -> None:
    current = Webhook.objects.select_for_update(of=("self",)).select_related("owner").get(pk=webhook.pk)
    if current.is_running:
        _stop_locked(current, reason)


def _stop_locked(webhook: Webhook, reason: StopReason) -> None:
    stop(webhook, reason, actor=None)
    notify_of_stop(webhook)
