"""Lock of an import while a worker reads its file: PostgreSQL ends it with the session of a worker that dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOCK = 7_103_001
"""Number of these locks among the advisory locks of the database."""


@contextmanager
def reading(batch_id: int) -> Iterator[bool]:
    """Hold the lock of an import until the block ends; yield False if another session holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, batch_id])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, batch_id])


def is_held(batch_id: int) -> bool:
    """Return whether another session reads the file of an import now."""
    with reading(batch_id) as is_ours:
        return not is_ours
