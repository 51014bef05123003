"""The outbox: one row for each change that the feed tells, written by triggers in the transaction of the write."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cpc.database.fields import TransactionId
from cpc.database.triggers import append_only


class Change(models.Model):
    """One change of one row, as the feed tells it.

    `xid` is the transaction, so that (`xid`, `id`) is one order for all readers (docs/changes.md). `key` is the key of
    the row, `partnership` and `round` of the record that it belongs to; none of them is a foreign key, so an event
    takes no lock and outlives its row. `revision` is the version of that record once the change was made. `before` and
    `after` have the values that everyone with the permission may see, `changed` names all columns that differ.

    `permission` is the name of the permission that a reader needs. Reviewers of `agency` read the event as well.
    """

    xid = TransactionId(editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=60)
    key = models.BigIntegerField()
    partnership = models.BigIntegerField(null=True)
    round = models.BigIntegerField(null=True)
    revision = models.BigIntegerField(null=True)
    changed = ArrayField(models.CharField(max_length=63), default=list)
    before: models.JSONField[Any, Any] = models.JSONField(null=True)
    after: models.JSONField[Any, Any] = models.JSONField(null=True)
    permission = models.CharField(max_length=40)
    agency = models.BigIntegerField(null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ("xid", "id")
        indexes = (
            models.Index(fields=("xid", "id"), name="change_order"),
            models.Index(
                fields=("partnership", "xid", "id"),
                name="change_of_partnership",
                condition=models.Q(partnership__isnull=False),
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
