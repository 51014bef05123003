"""Writes past the database's triggers: forge rows that a check must detect, and empty tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connections
from psycopg2.errors import InsufficientPrivilege

from cpc.database.hardening import QUIET

_UNGUARDED: set[str] = set()
"""Databases in such a block."""


@contextmanager
def owner_rights(using: str = "default") -> Iterator[None]:
    """Act as the owner of the tables until the block ends, in the open transaction; blocks may be nested."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
        cursor.execute("SET ROLE NONE")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f'SET ROLE "{role}"')


@contextmanager
def unguarded(using: str = "default") -> Iterator[None]:
    """Act as the owner with the triggers switched off until the block ends: no right and no guard is in the way.

    A block inside another one changes nothing.
    """
    connection = connections[using]
    if using in _UNGUARDED:
        yield
        return
    with owner_rights(using):
        with connection.cursor() as cursor:
            cursor.execute(QUIET.format(answer="TRUE"))
        _UNGUARDED.add(using)
        try:
            yield
        finally:
            _UNGUARDED.discard(using)
            if not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute(QUIET.format(answer="FALSE"))


def lacks_right(error: DatabaseError) -> bool:
    """Return whether the application's role has no right to a statement, so that no rule was asked."""
    return isinstance(error.__cause__, InsufficientPrivilege)
