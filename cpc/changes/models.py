"""The outbox: one row for each change that the feed tells, written by triggers in the transaction of the write."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from cpc.database.fields import TransactionId
from cpc.database.holds import blocked_by_holds, held_sql
from cpc.database.triggers import append_only, never_truncated

IS_HELD = held_sql("c", "partnership", "round")
LEAST_DAYS = 30
"""Days for which every event stays, whatever the settings."""


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
        triggers = (
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
            blocked_by_holds(
                partnership="partnership",
                round_column="round",
                younger=f"OLD.at > now() - interval '{LEAST_DAYS} days'",
            ),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class PrunedChanges(models.Model):
    """One removal of events: of those before a time, up to (`xid`, `event`), the last of them, which a trigger removes.

    Only events before the first young one are removed, so that what is left is complete from there on. Events that a
    legal hold covers stay. Positions are those of one `epoch`: a restored database begins again.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    before = models.DateTimeField()
    epoch = models.CharField(max_length=16)
    xid = TransactionId(editable=False, default=0)
    event = models.BigIntegerField(default=0, editable=False)
    rows = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ("-id",)
        triggers = (
            pgtrigger.Trigger(
                name="b_removes_events",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("first_xid", "xid8"), ("first_event", "bigint")],
                func=f"""
                    NEW.at := clock_timestamp();
                    IF NEW.before > now() - interval '{LEAST_DAYS} days' THEN
                        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'too_young',
                            MESSAGE = 'Events of the last {LEAST_DAYS} days are not removed.';
                    END IF;
                    first_xid := pg_snapshot_xmin(pg_current_snapshot());
                    first_event := 0;
                    SELECT c.xid, c.id INTO first_xid, first_event FROM changes_change c
                        WHERE c.at >= NEW.before OR c.xid >= first_xid ORDER BY c.xid, c.id LIMIT 1;
                    IF NOT FOUND THEN
                        first_xid := pg_snapshot_xmin(pg_current_snapshot());
                        first_event := 0;
                    END IF;
                    SELECT c.xid, c.id INTO NEW.xid, NEW.event FROM changes_change c
                        WHERE (c.xid, c.id) < (first_xid, first_event) AND NOT {IS_HELD}
                        ORDER BY c.xid DESC, c.id DESC LIMIT 1;
                    IF NOT FOUND THEN
                        NEW.xid := '0';
                        NEW.event := 0;
                    END IF;
                    DELETE FROM changes_change c WHERE (c.xid, c.id) <= (NEW.xid, NEW.event) AND NOT {IS_HELD};
                    GET DIAGNOSTICS NEW.rows = ROW_COUNT;
                    RETURN NEW;
                """,  # noqa: S608  # our own names
            ),
            *append_only(),
        )

    def __str__(self) -> str:
        return f"{self.rows} events from before {self.before:%Y-%m-%d}"
