"""Changes to the accounts of approvers and administrators: one person asks for a change, another one confirms it.

A change by one person alone would let an administrator become approver: by a second account, or by another person's
account with a new address and a link sent to it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.accounts.permissions import Permission, permissions_of
from cpc.accounts.triggers import decided_by_another

VALID_FOR = dt.timedelta(days=7)


def is_held_by_two(role: str) -> bool:
    """Return whether it takes two people to give somebody this role."""
    return Permission.CONFIRM_ACCESS in permissions_of(role)


class AccessChangeKind(models.TextChoices):
    INVITE = "invite", "Invite a person"
    CHANGE = "change", "Change the role or address"
    LINK = "link", "Send a link to set a password"
    ENABLE = "enable", "Enable the account"
    GRANT = "grant", "Let a program write"
    RECOVER = "recover", "Recover the account"
    CONNECT = "connect", "Connect a sign-in"


class AccessOutcome(models.TextChoices):
    """Outcomes of a change that was asked for; empty while it waits."""

    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AccessChange(models.Model):
    """A change that an administrator asked for, and its outcome; it takes effect only when another person confirms it.

    `wanted` has the new values; `seen` has those of the account when the change was asked for. If they differ from the
    account, the change can't be confirmed anymore: the second person would decide on something else.
    """

    kind = models.CharField(max_length=10, choices=AccessChangeKind.choices, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="access_changes"
    )
    wanted: models.JSONField[Any, Any] = models.JSONField(default=dict, editable=False)
    seen: models.JSONField[Any, Any] = models.JSONField(default=dict, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(
        editable=False, help_text="Seven days after it was asked for, set by the database."
    )
    outcome = models.CharField(max_length=10, choices=AccessOutcome.choices, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        app_label = "accounts"
        ordering = ("-id",)
        verbose_name = "change of access"
        verbose_name_plural = "changes of access"
        triggers = decided_by_another()
        constraints = (
            models.CheckConstraint(
                name="access_change_kind_known",
                condition=Q(kind__in=AccessChangeKind.values) & Q(outcome__in=["", *AccessOutcome.values]),
                violation_error_code="kind",
            ),
            models.CheckConstraint(
                name="access_change_expires",
                condition=Q(expires_at__gt=F("asked_at")) & Q(expires_at__lte=F("asked_at") + VALID_FOR),
                violation_error_code="expires_at",
            ),
            models.CheckConstraint(
                name="access_change_two_people",
                condition=Q(outcome__in=["", AccessOutcome.WITHDRAWN]) | ~Q(decided_by=F("asked_by")),
                violation_error_code="same_person",
                violation_error_message="You asked for this change. Another person must decide on it.",
            ),
            models.CheckConstraint(
                name="access_change_not_own",
                condition=Q(outcome__in=["", AccessOutcome.WITHDRAWN])
                | Q(account__isnull=True)
                | ~Q(decided_by=F("account")),
                violation_error_code="own_account",
                violation_error_message="This changes your own account. Another person must decide on it.",
            ),
            models.CheckConstraint(
                name="access_change_decided_whole",
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(~Q(outcome=""), decided_by__isnull=False, decided_at__isnull=False),
                violation_error_code="decided",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def name(self) -> str:
        """Return the display name of the account when the change was asked for, or that of a person to invite."""
        return str(self.seen.get("name") or self.wanted.get("name"))

    @property
    def username(self) -> str:
        """Return the user name of the account, which an invitation has yet to create."""
        return str(self.seen.get("username") or self.wanted.get("username"))

    def is_open(self, now: dt.datetime) -> bool:
        return not self.outcome and now < self.expires_at
