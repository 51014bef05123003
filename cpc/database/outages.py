"""Recognition of errors that mean that the database can't be reached or is too busy, not that a statement is wrong."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, OperationalError

from cpc.causes import causes
from cpc.remedies import remedy

RETRY_AFTER = 30
"""Seconds until a client should try again: a restart of PostgreSQL takes less."""
UNREACHABLE = ("08", "57P01", "57P02", "57P03", "53300")
"""SQLSTATEs, or their first characters: no connection, shutdown, crash, startup, and too many connections."""
OUT_OF_TIME = ("57014", "55P03", "25P03", "57P05", "25P04")
"""SQLSTATEs of the time-outs: of a statement, a lock, an idle transaction, an idle session, and a transaction."""


def is_outage(error: BaseException | None) -> bool:
    """Return whether an error, or one that it was raised from, is a lost or failed connection to the database."""
    for found in causes(error):
        if isinstance(found, InterfaceError):
            return True
        if isinstance(found, OperationalError):
            # libpq reports a connection that it could not open or that broke without a SQLSTATE.
            code = getattr(found.__cause__, "pgcode", None)
            return code is None or code.startswith(UNREACHABLE)
    return False


def explain(error: Exception) -> str:
    """Return one line on a connection that could not be opened or that broke, with the remedy if one is known."""
    reason = " ".join(str(error).split()).rstrip(".")
    return f"No connection to the database: {reason}. {remedy(reason)}".strip()


def is_out_of_time(error: BaseException | None) -> bool:
    """Return whether an error, or one that it was raised from, is a time-out that the settings gave a session."""
    return any(
        isinstance(found, DatabaseError) and getattr(found.__cause__, "pgcode", None) in OUT_OF_TIME
        for found in causes(error)
    )
