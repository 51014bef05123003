"""Removal of old events from the outbox; a cursor from before them gets 410, as after a restore.

The application may remove no event. It adds a row to `PrunedChanges`, and a trigger removes the events, with the rights
of the owner: those that come before the first one that is young enough, and that no legal hold covers.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

from cpc.changes.cursors import FeedPosition, epoch_of
from cpc.changes.models import PrunedChanges

MARK = "SELECT xid::text, event FROM changes_prunedchanges WHERE epoch = %s ORDER BY xid DESC, event DESC LIMIT 1"


def prune(before: dt.datetime) -> int:
    """Remove the events from before a time, and return how many.

    Raises an `IntegrityError` for one within the last `LEAST_DAYS`.
    """
    with connection.cursor() as cursor:
        made = PrunedChanges(before=before, epoch=epoch_of(cursor).hex())
    made.save(force_insert=True)
    made.refresh_from_db()
    return made.rows


def pruned_to() -> FeedPosition:
    """Return the position up to which events were removed. A reader who stopped before it has missed some."""
    with connection.cursor() as cursor:
        cursor.execute(MARK, [epoch_of(cursor).hex()])
        row = cursor.fetchone()
    return FeedPosition(int(row[0]), row[1]) if row else FeedPosition(0, 0)
