"""Base of models whose rows are superseded and never edited, with queries as of a publication."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

Row = TypeVar("Row", bound=models.Model)


def known(seq: int | None) -> Q:
    """Return the condition that a row was live as of publication number `seq`; None is now."""
    if seq is None:
        return Q(valid_to__isnull=True)
    return Q(valid_from__lte=seq) & (Q(valid_to__isnull=True) | Q(valid_to__gt=seq))


class KnownQuerySet(models.QuerySet[Row]):
    def live(self) -> Self:
        return self.filter(known(None))

    def as_of(self, seq: int | None) -> Self:
        """Return the rows live as of publication number `seq`; None is now."""
        return self.filter(known(seq))


class Superseded(models.Model):
    """Base of rows that are live from publication `valid_from` until `valid_to`.

    `valid_to` is exclusive, and None while the row is live. `superseded_at` is set once, together with `valid_to`;
    the trigger `superseded_once` rejects every other change.
    """

    valid_from = models.IntegerField()
    valid_to = models.IntegerField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def closed_whole(name: str) -> models.CheckConstraint:
    """Return the constraint that a row is open, or closed with both number and time."""
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_to__isnull=True, superseded_at__isnull=True)
        | Q(valid_to__isnull=False, valid_to__gte=F("valid_from"), superseded_at__isnull=False),
    )
