"""Tables of webhooks and of their deliveries."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import status
from cpc.web.markup import code, lines, link, small
from cpc.web.tables import PAGE_SIZE, Column, Table
from cpc.web.templatetags.web import when
from cpc.webhooks.models import DeliveryOutcome, StopReason, Webhook, WebhookDelivery


def state_of(webhook: Webhook) -> SafeString:
    """Return whether a webhook is sent to, and since when not."""
    if not webhook.is_running:
        reason = StopReason(webhook.stopped_because)
        assert webhook.stopped_at is not None
        return lines(
            status("none" if reason is StopReason.PERSON else "warn", reason.label), small(when(webhook.stopped_at))
        )
    if webhook.failures:
        tried = formats.count_of(webhook.failures, "failed attempt", "failed attempts")
        return lines(
            status("warn", "Failing"), small(format_html("{}, next {}", tried, when(webhook.next_at, "moment")))
        )
    accepted = webhook.accepted_at
    return lines(
        status("good", "Running"),
        small(format_html("last accepted {}", when(accepted, "moment")) if accepted else "nothing sent yet"),
    )


def _named(webhook: Webhook) -> SafeString:
    return lines(link(reverse("webhook", args=[webhook.pk]), webhook.name), small(code(webhook.url)))


def _scopes(webhook: Webhook) -> SafeString:
    return format_html_join(" ", "<code>{}</code>", ((scope,) for scope in webhook.scopes))


WEBHOOK: tuple[Column[Webhook], ...] = (
    Column("Webhook", _named),
    Column("Is sent", _scopes),
    Column("Created", lambda webhook: webhook.created_at, "day"),
    Column("State", state_of),
)
OWN_WEBHOOKS: Table[Webhook] = Table("Your webhooks, newest first", WEBHOOK)
ALL_WEBHOOKS: Table[Webhook] = Table(
    "Webhooks of all accounts, newest first",
    [WEBHOOK[0], Column("Account", lambda webhook: str(webhook.owner)), *WEBHOOK[1:]],
    per_page=PAGE_SIZE,
)


def _outcome(row: WebhookDelivery) -> SafeString:
    outcome = DeliveryOutcome(row.outcome)
    shown = status("good" if outcome is DeliveryOutcome.ACCEPTED else "warn", outcome.label)
    return lines(shown, small(f"HTTP {row.status}")) if row.status else shown


LOG: Table[WebhookDelivery] = Table(
    "Attempts, newest first",
    [
        Column("Time", lambda row: row.at, "moment"),
        Column("Event", lambda row: lines(code(row.kind), small(code(row.message)))),
        Column("Attempt", lambda row: row.attempt, "number"),
        Column("Outcome", _outcome),
        Column("Took", lambda row: f"{row.milliseconds:,} ms"),
    ],
    per_page=PAGE_SIZE,
)
