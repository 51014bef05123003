"""Webhooks and the log of their deliveries."""

from __future__ import annotations

import datetime as dt
import secrets

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.accounts.scopes import Scope
from cpc.database.fields import TransactionId
from cpc.database.holds import blocked_by_holds
from cpc.database.triggers import never_truncated

LONGEST_URL = 500


def new_seed() -> str:
    """Return the random part of a secret; with the key of the site it gives the secret (`cpc.webhooks.signing`)."""
    return secrets.token_hex(16)


class StopReason(models.TextChoices):
    """Why a webhook is not sent to."""

    PERSON = "person", "Stopped"
    GONE = "gone", "Stopped: the receiver answered 410 Gone"
    FAILING = "failing", "Stopped: no delivery succeeded for five days"
    ACCOUNT = "account", "Stopped: the password, role, or access of the account changed"
    RESTORED = "restored", "Stopped: the database was restored"
    PRUNED = "pruned", "Stopped: what was not sent yet is no longer stored"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User) -> WebhookQuerySet:
        """Return the account's own webhooks, or all for an account that manages accounts."""
        return self if user.allows(Permission.MANAGE_PEOPLE) else self.filter(owner=user)

    def running(self) -> WebhookQuerySet:
        return self.filter(stopped_because="")


class Webhook(models.Model):
    """A URL to which the events are sent that its owner may read, within `scopes`.

    `kinds` and `partnership` narrow them; empty ones do not. (`xid`, `event`) is the position of the last event that
    the receiver accepted. After a failure, `failures` counts the attempts since, `failing_since` is the first of them,
    and `next_at` the time of the next one. The secrets follow from the seeds; the older one signs until `older_until`.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="webhooks", editable=False)
    name = models.CharField("what it is for", max_length=80)
    url = models.URLField("URL of the receiver", max_length=LONGEST_URL)
    scopes = ArrayField(models.CharField(max_length=30))
    kinds = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    partnership = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seed = models.CharField(max_length=32, default=new_seed, editable=False)
    older_seed = models.CharField(max_length=32, blank=True, editable=False)
    older_until = models.DateTimeField(null=True, editable=False)
    xid = TransactionId(editable=False)
    event = models.BigIntegerField(default=0, editable=False)
    epoch = models.CharField(max_length=16, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    next_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    stopped_because = models.CharField(max_length=10, choices=StopReason.choices, blank=True, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="webhook_by_https",
                condition=Q(url__startswith="https://"),
                violation_error_code="url",
                violation_error_message="The URL must start with https://.",
            ),
            models.CheckConstraint(
                name="webhook_has_scopes",
                condition=Q(scopes__len__gt=0),
                violation_error_code="scopes",
                violation_error_message="Choose at least one scope.",
            ),
            models.CheckConstraint(
                name="webhook_stopped_whole",
                condition=Q(stopped_because="", stopped_at__isnull=True, stopped_by__isnull=True)
                | (~Q(stopped_because="") & Q(stopped_at__isnull=False)),
                violation_error_code="stopped",
                violation_error_message="State why it is stopped, and when.",
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="as_created", fields=["owner", "name", "url", "scopes", "kinds", "partnership", "created_at"]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        return not self.stopped_because

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]

    def seeds(self, now: dt.datetime) -> list[str]:
        """Return the seeds of the secrets that sign now, the newest first."""
        is_valid = self.older_until is not None and now < self.older_until
        return [self.seed, self.older_seed] if is_valid else [self.seed]


class DeliveryOutcome(models.TextChoices):
    """Outcome of one attempt."""

    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Not accepted"
    REDIRECTED = "redirected", "Redirected: not followed"
    GONE = "gone", "Gone"
    BLOCKED = "blocked", "Not sent: no public address"
    UNREACHABLE = "unreachable", "Not reached"
    INSECURE = "insecure", "Not sent: certificate not valid"
    TIMED_OUT = "timed_out", "No answer in time"


class WebhookDelivery(models.Model):
    """One attempt to send one event. Attempts on one event have the same `message`."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.BigIntegerField()
    kind = models.CharField(max_length=80)
    message = models.CharField(max_length=60)
    attempt = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=12, choices=DeliveryOutcome.choices)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "webhook deliveries"
        indexes = (models.Index(fields=("webhook", "-id"), name="delivery_log"),)
        triggers = (blocked_by_holds(),)

    def __str__(self) -> str:
        return f"{self.message}: {self.get_outcome_display()}"
