"""Events after a restore: transaction ids of another server say nothing here.

A dump that is loaded into a new server brings events whose transactions are numbered by the old one. Their numbers may
be higher than the new server has reached, so they would be held back, and later appear among new events. They are moved
before all others, in their own order, by `manage.py migrate`, which follows a restore anyway. Clients begin again, as
the epoch of their cursors has ended (`cpc.changes.cursors`).
"""

from __future__ import annotations

from typing import Any

from django.db import connection, connections, transaction

FROM_ELSEWHERE = "SELECT EXISTS (SELECT 1 FROM changes_change WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))"
IS_THERE = "SELECT to_regclass('changes_change') IS NOT NULL"
FIRST = 3
"""The first transaction id of every PostgreSQL server; lower ones are reserved."""


def has_restored_events(cursor: Any) -> bool:
    """Return whether the outbox has events that are numbered beyond the transactions of this server."""
    cursor.execute(IS_THERE)
    if not cursor.fetchone()[0]:
        return False  # the migration that makes it is still to come
    cursor.execute(FROM_ELSEWHERE)
    return bool(cursor.fetchone()[0])


def problems() -> list[str]:
    """Return the problem, as `/readyz` reports it, that the outbox has events of another server."""
    with connection.cursor() as cursor:
        if not has_restored_events(cursor):
            return []
    return ["The changes are numbered by another server, since they were restored. Run manage.py migrate."]


def move_restored_events(*, using: str, **_: Any) -> None:
    """Move events of another server before those of this one. Runs after each migration, connected as the owner."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if has_restored_events(cursor):
            # In this transaction alone, the owner may change what is never changed otherwise.
            cursor.execute("ALTER TABLE changes_change DISABLE TRIGGER USER")
            cursor.execute("UPDATE changes_change SET xid = %s::text::xid8", [FIRST])
            cursor.execute("ALTER TABLE changes_change ENABLE TRIGGER USER")
