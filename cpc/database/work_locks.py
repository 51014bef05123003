"""Locks of work on one record outside a transaction: PostgreSQL ends them with the session of a worker that dies.

with working_on(READING, batch.pk) as is_ours:
    if is_ours:
        ...
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def working_on(kind: int, key: int) -> Iterator[bool]:
    """Hold the lock of a record until the block ends; yield False if another session holds it.

    `kind` is the number of one sort of work among the advisory locks of the database.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, key])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, key])


def is_worked_on(kind: int, key: int) -> bool:
    """Return whether another session holds the lock of a record now."""
    with working_on(kind, key) as is_ours:
        return not is_ours
