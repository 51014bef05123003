"""Protection of the guards in the database against settings and temporary tables of a session.

Triggers written by django-pgtrigger check a setting, which any session can make, that disables them, and a session's
temporary tables take precedence over all others when a function names a table. This module closes both after every
migration.

It also makes triggers run with the rights of the owner of the tables. They write tables and columns, such as the
history, that the application's role can't write. The role may attach no trigger function to a table of its own, where
the function would do the same for rows that never were.
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

SEARCH_PATH = "search_path=public, pg_temp"
"""Required setting of every function: tables of the application come before those of a session."""

OWN_TABLES = r"""
DO $do$
DECLARE
    guard record;
BEGIN
    FOR guard IN
        SELECT p.oid::regprocedure AS named, p.prorettype = 'trigger'::regtype AS is_trigger
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = current_schema()::regnamespace AND l.lanname = 'plpgsql'
        AND (p.proname LIKE 'pgtrigger\_%' OR p.proname LIKE 'cpc\_%')
        AND (p.proconfig IS NULL OR p.prorettype = 'trigger'::regtype
             AND (NOT p.prosecdef OR has_function_privilege('public', p.oid, 'EXECUTE')))
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard.named, current_schema());
        IF guard.is_trigger THEN
            EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', guard.named);
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', guard.named);
        END IF;
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
