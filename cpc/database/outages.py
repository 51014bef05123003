"""Recognition of errors that mean that the database can't be reached now, not that a statement failed."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

RETRY_AFTER = 30
"""Seconds until a client should try again: a restart of PostgreSQL takes less."""
UNREACHABLE = ("08", "57P01", "57P02", "57P03", "53300")
"""SQLSTATEs, or their first characters: no connection, shutdown, crash, startup, and too many connections."""


def is_outage(error: BaseException | None) -> bool:
    """Return whether an error, or one that it was raised from, is a lost or failed connection to the database."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, InterfaceError):
            return True
        if isinstance(error, OperationalError):
            # libpq reports a connection that it could not open or that broke without a SQLSTATE.
            code = getattr(error.__cause__, "pgcode", None)
            return code is None or code.startswith(UNREACHABLE)
        error = error.__cause__ or error.__context__
    return False
