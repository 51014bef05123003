"""Notifications, email preferences, and the emails of each day."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cpc.accounts.models import User
from cpc.database.triggers import never_truncated


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> NotificationQuerySet:
        """Return the account's own notifications; no role can see another account's."""
        return self.filter(recipient=user)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)


class Notification(models.Model):
    """One notification to one account. Its text never changes.

    It can only be marked read and emailed, each once.
    """

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notifications", editable=False)
    kind = models.CharField(max_length=60, editable=False)
    urgent = models.BooleanField(editable=False)
    subject = models.CharField(max_length=200, editable=False)
    text = models.TextField(editable=False)
    link = models.CharField(max_length=300, editable=False, help_text="A path of this site.")
    target_type = models.CharField(max_length=60, editable=False)
    target_id = models.CharField(max_length=60, editable=False)
    dedupe = models.CharField(max_length=200, editable=False, help_text="Once for each recipient.")
    by_mail = models.BooleanField(editable=False, help_text="Whether the recipient wanted email when it was created.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("recipient", "dedupe"),
                name="notification_once",
                violation_error_code="dedupe",
                violation_error_message="This recipient already has this notification.",
            ),
            models.CheckConstraint(
                name="notification_link_is_a_path",
                condition=Q(link__startswith="/") & ~Q(link__startswith="//"),
                violation_error_code="link",
                violation_error_message="The link must be a path on this site.",
            ),
        )
        indexes = (
            models.Index(fields=("recipient", "-id"), name="notification_inbox"),
            models.Index(fields=("recipient",), name="notification_unread", condition=Q(read_at=None)),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="as_written",
                fields=[
                    "recipient",
                    "kind",
                    "urgent",
                    "subject",
                    "text",
                    "link",
                    "target_type",
                    "target_id",
                    "dedupe",
                    "by_mail",
                    "created_at",
                ],
            ),
            pgtrigger.Protect(
                name="read_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__read_at__isnull=False)
                & pgtrigger.Q(old__read_at__df=pgtrigger.F("new__read_at")),
            ),
            pgtrigger.Protect(
                name="mailed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__mailed_at__isnull=False)
                & pgtrigger.Q(old__mailed_at__df=pgtrigger.F("new__mailed_at")),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return self.subject


class Frequency(models.TextChoices):
    """Frequencies of email; each sends at most one email a day."""

    EACH = "each", "Within the hour"
    DAILY = "daily", "Every morning, with all of the previous day"
    NONE = "none", "Only urgent notifications"


class MailPreference(models.Model):
    """A person's choice of how often to receive email; without one, email is sent daily."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="mail_preference")
    frequency = models.CharField(max_length=10, choices=Frequency.choices, default=Frequency.DAILY)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="mail_frequency_known",
                condition=Q(frequency__in=Frequency.values),
                violation_error_code="frequency",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_frequency_display()}"


class Digest(models.Model):
    """The one email that a person may receive on a day, claimed before it is sent.

    For a claim without `sent_at` it is unknown whether the email was sent: no other email is sent on that day, and the
    next day's email repeats its notifications. If the mail server rejected the email, `refused_at` is set and the email
    may be tried again.
    """

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="digests", editable=False)
    day = models.DateField(editable=False, help_text="In the time zone of the site.")
    claimed_at = models.DateTimeField(editable=False)
    count = models.PositiveIntegerField(editable=False, help_text="Number of notifications in the email.")
    sent_at = models.DateTimeField(null=True, editable=False)
    refused_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-day", "recipient_id")
        constraints = (
            models.UniqueConstraint(
                fields=("recipient", "day"), name="digest_one_a_day", violation_error_code="one_a_day"
            ),
            models.CheckConstraint(
                name="digest_sent_or_refused",
                condition=Q(sent_at__isnull=True) | Q(refused_at__isnull=True),
                violation_error_code="sent_or_refused",
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="sent_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__sent_at__isnull=False)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.recipient}, {self.day:%Y-%m-%d}"
