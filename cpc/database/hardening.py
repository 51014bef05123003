"""Protection of the guards in the database against settings and temporary tables of a session.

Triggers written by django-pgtrigger check a setting, which any session can make, that disables them, and a session's
temporary tables take precedence over all others when a function names a table. This module closes both after every
migration.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

QUIET = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT {answer} $$
"""
"""SQL function that tells triggers whether they are ignored: never, except in tests that forge rows."""

NEVER_QUIET = "SELECT FALSE"
"""Required body of that function."""

OWN_TABLES = r"""
DO $do$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = current_schema()::regnamespace AND l.lanname = 'plpgsql' AND p.proconfig IS NULL
        AND (p.proname LIKE 'pgtrigger\_%' OR p.proname LIKE 'cpc\_%')
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
END $do$
"""


def harden(*, using: str, **_: Any) -> None:
    """Prevent sessions from disabling triggers, and make every guard use only the tables of the application."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('public._pgtrigger_should_ignore') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(QUIET.format(answer="FALSE"))
            cursor.execute(OWN_TABLES)
