"""A second PostgreSQL cluster, as empty as initdb leaves it, and the contents of two databases side by side."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import psycopg2
from psycopg2.extensions import make_dsn

from cpc.localdb import server as localdb
from cpc.localdb.server import Server

CHANGED_BY_A_RESTORE = {
    "audit_auditentry": "id <= (SELECT max(id) FROM audit_auditentry WHERE action <> 'restored')",
    "audit_auditverification": "FALSE",
    "audit_unsealedentry": "id <= (SELECT max(id) FROM audit_auditentry WHERE action <> 'restored')",
    "recovery_restoration": "FALSE",
    "sessions_session": "FALSE",
}
"""Rows that are as before, in the tables to which a restore itself adds or from which it removes."""
NOT_COMPARED = {"changes_change": ("xid",), "search_passage": ("id",)}
"""Columns that a restore changes: transactions are numbered by each server, and the search is indexed again."""
CASTS = re.compile(r"::[a-z ]+(?:\[\])?|[()]")
"""Equivalent SQL: PostgreSQL prints an expression differently after it has parsed its own output."""
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
SEQUENCES = "numbers of sequences"
CATALOG = {
    "roles": "SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles "
    "WHERE rolname IN ('cpc', 'cpc_app', 'reader') ORDER BY 1",
    "rights": "SELECT c.relname, a.grantee::regrole::text, a.privilege_type, a.is_grantable FROM pg_class c, "
    "aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a WHERE c.relnamespace = 'public'::regnamespace "
    "AND c.relkind IN ('r', 'S') ORDER BY 1, 2, 3",
    "rights to columns": "SELECT c.relname, t.attname, a.grantee::regrole::text, a.privilege_type FROM pg_attribute t "
    "JOIN pg_class c ON c.oid = t.attrelid, aclexplode(t.attacl) a ORDER BY 1, 2, 3, 4",
    "rights to functions": "SELECT p.proname, a.grantee::regrole::text, a.privilege_type FROM pg_proc p, "
    "aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE p.pronamespace = 'public'::regnamespace "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1, 2, 3",
    "rights to the schema": "SELECT a.grantee::regrole::text, a.privilege_type FROM pg_namespace n, "
    "aclexplode(n.nspacl) a WHERE n.nspname = 'public' ORDER BY 1, 2",
    "triggers": "SELECT c.relname, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid) FROM pg_trigger t "
    "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal ORDER BY 1, 2",
    "functions": "SELECT p.proname, p.prosecdef, p.proconfig::text, md5(p.prosrc) FROM pg_proc p "
    "WHERE p.pronamespace = 'public'::regnamespace ORDER BY 1, 4",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    SEQUENCES: "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' "
    "AND sequencename !~ '^(audit_|recovery_restoration|search_passage)' ORDER BY 1",
}


@contextlib.contextmanager
def empty_cluster(folder: Path) -> Iterator[Server]:
    """Run a server that has no database of the product and no role but its superuser, and stop it at the end."""
    made = Server(folder, durable=False)
    with mock.patch.object(localdb, "FIRST_STATEMENTS", ""):
        made.start()
    try:
        yield made
    finally:
        made.remove()


def connected(url: str) -> Any:
    parts = urlsplit(url)
    options = {name: values[0] for name, values in parse_qs(parts.query).items()}
    options |= {"dbname": parts.path.removeprefix("/"), "user": parts.username or ""}
    return psycopg2.connect(make_dsn(**options))


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return what only one of two databases has, by the name of each difference.

    A sequence may be ahead: entering the reference data again takes numbers.
    """
    ahead = dict(after[SEQUENCES])
    after = after | {SEQUENCES: [(name, min(ahead.get(name, 0), number)) for name, number in before[SEQUENCES]]}
    return {
        name: [[row for row in one if row not in other] for one, other in ((found, after[name]), (after[name], found))]
        for name, found in before.items()
        if found != after[name]
    }


def content(url: str) -> dict[str, Any]:
    """Return a digest of the rows of each table, by the order of their text, and the catalog, row by row."""
    found: dict[str, Any] = {}
    with contextlib.closing(connected(url)) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            without = NOT_COMPARED.get(table, ())
            row = "to_jsonb(t)" + "".join(f" - '{name}'" for name in without)
            which = CHANGED_BY_A_RESTORE.get(table, "TRUE")
            rows = f"SELECT ({row})::text AS row FROM {table} t WHERE {which}"
            cursor.execute(f"SELECT count(*), md5(string_agg(row, '|' ORDER BY row)) FROM ({rows}) every_row")
            found[f"rows of {table}"] = cursor.fetchone()
        for name, query in CATALOG.items():
            cursor.execute(query)
            found[name] = [
                tuple(CASTS.sub("", one) if isinstance(one, str) else one for one in row) for row in cursor.fetchall()
            ]
    return found
