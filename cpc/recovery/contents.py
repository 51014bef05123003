"""Contents of a database: its rows and digests by table, its roles, and its audit trail, of one snapshot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.crypto import salted_hmac
from psycopg2 import sql

from cpc.recovery.manifest import RoleOnRecord, TableContents

PLAIN = """
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = 0;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, MDY';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
"""
"""Settings under which the text of a row is the same on every server, and under which a long read is not ended."""
TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
AND NOT c.relispartition ORDER BY c.relname
"""
# The sum of a part of each row's digest is the same in any order of the rows.
CONTENTS = """
SELECT count(*), coalesce(sum(('x' || encode(substr(d, 1, 8), 'hex'))::bit(64)::bigint::numeric), 0)::text
    || ' ' || coalesce(sum(('x' || encode(substr(d, 9, 8), 'hex'))::bit(64)::bigint::numeric), 0)::text
FROM (SELECT sha256(convert_to(every_row::text, 'UTF8')) AS d FROM {table} every_row) digests
"""
ROLES = """
SELECT r.rolname, r.rolcanlogin,
    ARRAY(SELECT o.rolname::text FROM pg_auth_members m JOIN pg_roles o ON o.oid = m.roleid
        WHERE m.member = r.oid ORDER BY 1),
    ARRAY(SELECT unnest(s.setconfig) FROM pg_db_role_setting s
        WHERE s.setrole = r.oid AND s.setdatabase IN (0, d.oid) ORDER BY 1)
FROM pg_roles r, pg_database d
WHERE d.datname = current_database() AND r.rolname !~ '^pg_' AND (r.oid = d.datdba OR EXISTS (
    SELECT 1 FROM pg_shdepend s WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
        AND (s.dbid = d.oid OR s.dbid = 0 AND s.classid = 'pg_database'::regclass AND s.objid = d.oid)))
ORDER BY r.rolname
"""
ABOUT = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000, d.datname,
    pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding), d.datcollate, d.datctype
FROM pg_database d WHERE d.datname = current_database()
"""
LEFT_OUT = frozenset({"sessions_session"})
"""Tables whose rows are in no backup: whoever reads one could go on in a session, and a restore ends them anyway."""
EMPTY = TableContents(0, "0 0")
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"


def tables_of(cursor: Any, left_out: Collection[str] = ()) -> Mapping[str, TableContents]:
    """Return the contents of every table, in the transaction of the cursor; of those left out, as of empty ones."""
    cursor.execute(TABLES)
    return {name: EMPTY if name in left_out else contents_of(cursor, name) for (name,) in cursor.fetchall()}


def contents_of(cursor: Any, table: str) -> TableContents:
    cursor.execute(sql.SQL(CONTENTS).format(table=sql.Identifier("public", table)))
    rows, digest = cursor.fetchone()
    return TableContents(rows, digest)


def differences(before: Mapping[str, TableContents], after: Mapping[str, TableContents]) -> Iterator[str]:
    """Yield a sentence for each table that is missing, added, or has other rows than before."""
    for name in sorted(before.keys() | after.keys()):
        was, found = before.get(name), after.get(name)
        if was is None or found is None:
            yield f"The table {name} is {'not in the backup' if was is None else 'missing'}."
        elif was.rows != found.rows:
            yield f"{name} has {found.rows:,} rows instead of {was.rows:,}."
        elif was.digest != found.digest:
            yield f"{name} has {was.rows:,} rows as in the backup, but not with the same contents."


def roles_of(cursor: Any) -> list[RoleOnRecord]:
    cursor.execute(ROLES)
    return [RoleOnRecord(name, login, tuple(of), tuple(set_)) for name, login, of, set_ in cursor.fetchall()]


def audit_of(cursor: Any) -> dict[str, Any]:
    """Return the number of entries of the audit trail, the last of them, and the last seal if there is one."""
    cursor.execute("SELECT count(*), coalesce(max(id), 0) FROM audit_auditentry")
    entries, last = cursor.fetchone()
    found: dict[str, Any] = {"entries": entries, "last": last, "seal": None}
    cursor.execute("SELECT to_regclass('audit_auditseal') IS NOT NULL")
    if cursor.fetchone()[0]:
        cursor.execute("SELECT number, seal FROM audit_auditseal ORDER BY number DESC LIMIT 1")
        row = cursor.fetchone()
        found["seal"] = {"number": row[0], "seal": row[1]} if row else None
    return found


def key_check(name: str) -> str:
    """Return a text by which the same `SECRET_KEY` is recognized, and nothing of the key."""
    return salted_hmac("cpc.recovery.key_check", name, algorithm="sha256").hexdigest()[:32]
