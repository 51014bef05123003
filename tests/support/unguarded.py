"""Rows as nobody may write them: how a test forges what a guard or a check is to notice, and empties tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from cpc.audit.hardening import QUIET


@contextmanager
def unguarded(using: str = "default") -> Iterator[None]:
    """Let the triggers keep quiet for as long as the block takes, by a change that only an owner may make."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(QUIET.format(answer="TRUE"))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(QUIET.format(answer="FALSE"))
