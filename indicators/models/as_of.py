"""Rows that are superseded and never edited, and asking them what was known when."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

Row = TypeVar("Row", bound=models.Model)


def known(seq: int | None) -> Q:
    """The condition that a row was known once publication number `seq` was through; None is now."""
    if seq is None:
        return Q(valid_to__isnull=True)
    return Q(valid_from__lte=seq) & (Q(valid_to__isnull=True) | Q(valid_to__gt=seq))


class KnownQuerySet(models.QuerySet[Row]):
    """Rows by when they were known."""

    def live(self) -> Self:
        """What is known now."""
        return self.filter(known(None))

    def as_of(self, seq: int | None) -> Self:
        """What was known once publication number `seq` was through; None is now."""
        return self.filter(known(seq))


class KnownManager(models.Manager[Row]):
    """The manager of rows that are superseded and never edited."""

    def get_queryset(self) -> KnownQuerySet[Row]:
        """All rows, superseded ones included."""
        return KnownQuerySet(self.model, using=self._db)

    def live(self) -> KnownQuerySet[Row]:
        """What is known now."""
        return self.get_queryset().live()

    def as_of(self, seq: int | None) -> KnownQuerySet[Row]:
        """What was known once publication number `seq` was through; None is now."""
        return self.get_queryset().as_of(seq)


class Superseded(models.Model):
    """Known from publication `valid_from` on and until `valid_to` (exclusive); None while it is known.

    `superseded_at` is set once, together with `valid_to`; the trigger `superseded_once` refuses every other change.
    """

    valid_from = models.IntegerField()
    valid_to = models.IntegerField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def closed_whole(name: str) -> models.CheckConstraint:
    """The check that a row is open, or closed by number and time alike."""
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_to__isnull=True, superseded_at__isnull=True)
        | Q(valid_to__gte=F("valid_from"), superseded_at__isnull=False),
    )
