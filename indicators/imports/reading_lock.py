"""Lock of an import while a worker reads its file."""

from __future__ import annotations

from contextlib import AbstractContextManager

from cpc.database.work_locks import is_worked_on, working_on

LOCK = 7_103_001
"""Number of these locks among the advisory locks of the database."""


def reading(batch_id: int) -> AbstractContextManager[bool]:
    """Hold the lock of an import until the block ends; yield False if another session holds it."""
    return working_on(LOCK, batch_id)


def is_held(batch_id: int) -> bool:
    """Return whether another session reads the file of an import now."""
    return is_worked_on(LOCK, batch_id)
