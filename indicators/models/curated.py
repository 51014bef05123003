"""Base of curated records: recorded, replaced, and withdrawn with a reason, never edited."""

from __future__ import annotations

import datetime as dt
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cpc.accounts.models import User

Row = TypeVar("Row", bound=models.Model)

CLOSING = ("superseded_at", "superseded_by_id", "superseded_reason")
"""Columns that are set once, when a row is replaced or withdrawn."""


class CuratedQuerySet(models.QuerySet[Row]):
    def live(self) -> Self:
        return self.filter(superseded_at__isnull=True)

    def as_of(self, moment: dt.datetime | None) -> Self:
        """Return the rows live at a moment; None is now.

        Times are read from the clock under the lock on publications, so that their order is the order in which rows
        became visible, and the result for a past moment never changes.
        """
        if moment is None:
            return self.live()
        return self.filter(Q(recorded_at__lte=moment), Q(superseded_at__isnull=True) | Q(superseded_at__gt=moment))


class CuratedRecord(models.Model):
    """Base of records valid from `recorded_at` until they are replaced or withdrawn.

    They are closed at `superseded_at`. A model whose rows are replaced has a field `replaces`, with which the next
    row points back. The person who closed a row and the reason are recorded with the time; the trigger
    `superseded_once` rejects every other change.
    """

    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    superseded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    superseded_reason = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_live(self) -> bool:
        return self.superseded_at is None

    def close(self, *, at: dt.datetime, by: User | None, reason: str) -> None:
        self.superseded_at, self.superseded_by, self.superseded_reason = at, by, reason.strip()
        self.save(update_fields=("superseded_at", "superseded_by", "superseded_reason"))


def closed_with_reason(name: str) -> models.CheckConstraint:
    """Return the constraint that a row is live, or was closed with a reason."""
    return models.CheckConstraint(
        name=name,
        condition=Q(superseded_at__isnull=True, superseded_reason="", superseded_by__isnull=True)
        | (Q(superseded_at__isnull=False) & ~Q(superseded_reason="")),
        violation_error_code="superseded_reason",
        violation_error_message="Enter a reason for replacing or withdrawing it.",
    )
