"""A slow clock that shows the same minute in every snapshot.

Django and PostgreSQL read it. It runs a hundred times slower than the real one: moments stay in order, and an hour of
work fits into the minute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from django.db import connection
from django.utils import timezone

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
"""The day of every snapshot. The shipped ranking is as of the day before."""
SLOWER = 100
STARTED = datetime.now(UTC)
FUNCTION = "public.snapshot_moment"

# The clocks of PostgreSQL in a statement or a function, unless they are wrapped already.
CLOCKS = re.compile(
    r"(?<!snapshot_moment\()\b(?:(?P<day>current_date)\b|(?P<moment>current_timestamp)\b(?!\()|"
    r"(?P<call>(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)))",
    re.IGNORECASE,
)


class SlowDatetime(datetime):
    """A `datetime` class for `django.utils.timezone`, from which the product reads the time."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # moments are of the plain class
        """Return the moment that the slow clock shows."""
        moment = NOON + (datetime.now(UTC) - STARTED) / SLOWER
        return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)


@contextmanager
def slow_clock() -> Iterator[None]:
    """Make Django and every statement it sends read the slow clock."""
    with mock.patch.object(timezone, "datetime", SlowDatetime), connection.execute_wrapper(_rewrite):
        yield


def _rewrite(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    return execute(slowed(sql) if isinstance(sql, str) else sql, params, many, context)


def slowed(sql: str) -> str:
    """Return SQL that reads the slow clock instead of PostgreSQL's functions."""
    return CLOCKS.sub(_slow, sql)


def _slow(found: re.Match[str]) -> str:
    if found["day"]:
        return f"({FUNCTION}(now()) AT TIME ZONE 'UTC')::date"
    return f"{FUNCTION}({found['call'] or 'now()'})"


def slow_database() -> None:
    """Make the database's functions and defaults read the slow clock.

    Can be called again for functions and defaults that were added later.
    """
    started, noon = STARTED.isoformat(), NOON.isoformat()
    with connection.cursor() as wrapped:
        cursor = wrapped.cursor  # past the wrapper above, which would rewrite the clocks that are looked for
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {FUNCTION}(moment timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE "
            f"AS $$ SELECT timestamptz '{noon}' + (moment - timestamptz '{started}') / {SLOWER} $$; "
            f"GRANT EXECUTE ON FUNCTION {FUNCTION}(timestamptz) TO PUBLIC"
        )
        cursor.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "AND prokind = 'f' AND proname <> 'snapshot_moment' ORDER BY oid"
        )
        for (definition,) in cursor.fetchall():
            if (changed := slowed(definition)) != definition:
                cursor.execute(changed)
        cursor.execute(
            "SELECT adrelid::regclass, quote_ident(attname), pg_get_expr(adbin, adrelid) FROM pg_attrdef "
            "JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum ORDER BY pg_attrdef.oid"
        )
        for table, column, expression in cursor.fetchall():
            if (changed := slowed(expression)) != expression:
                cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {changed}")
