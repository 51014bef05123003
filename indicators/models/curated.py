"""Rows that people keep up: recorded, replaced and withdrawn with a reason, never edited."""

from __future__ import annotations

import datetime as dt
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)

CLOSING = ("superseded_at", "superseded_by_id", "superseded_reason")
"""The columns that replacing or withdrawing a row fills, once."""


class KeptQuerySet(models.QuerySet[Row]):
    """Rows by when they stood."""

    def live(self) -> Self:
        """What stands now."""
        return self.filter(superseded_at__isnull=True)

    def as_of(self, moment: dt.datetime | None) -> Self:
        """What stood at a moment; None is now.

        Times are read from the clock under the lock of the publications, so that their order is the order in which
        rows became visible and a moment that is past never shows anything else.
        """
        if moment is None:
            return self.live()
        return self.filter(Q(recorded_at__lte=moment), Q(superseded_at__isnull=True) | Q(superseded_at__gt=moment))


class KeptManager(models.Manager[Row]):
    """The manager of rows that people keep up."""

    def get_queryset(self) -> KeptQuerySet[Row]:
        """All rows, superseded ones included."""
        return KeptQuerySet(self.model, using=self._db)

    def live(self) -> KeptQuerySet[Row]:
        """What stands now."""
        return self.get_queryset().live()

    def as_of(self, moment: dt.datetime | None) -> KeptQuerySet[Row]:
        """What stood at a moment; None is now."""
        return self.get_queryset().as_of(moment)


class Kept(models.Model):
    """A statement that holds from `recorded_at` until `superseded_at`, when it was replaced or withdrawn.

    A model whose rows are replaced has a field `replaces`, with which the row that follows points back. Who closed a
    row and why is recorded with the time; the trigger `superseded_once` refuses every other change.
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
        """Whether it stands now."""
        return self.superseded_at is None


def closed_with_reason(name: str) -> models.CheckConstraint:
    """The check that a row stands, or was closed with a reason."""
    return models.CheckConstraint(
        name=name,
        condition=Q(superseded_at__isnull=True, superseded_reason="", superseded_by__isnull=True)
        | (Q(superseded_at__isnull=False) & ~Q(superseded_reason="")),
        violation_error_code="superseded_reason",
        violation_error_message="Say why it is replaced or withdrawn.",
    )
