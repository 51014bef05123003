"""Rights of the application's role: what it may do with the rows of each table.

It may read every table. Each app declares in its `rights.py` what else its services need, model by model:

    RIGHTS = {
        "History": READ,                                        # only triggers and the owner write it
        "StatusChange": ADD,                                    # rows are added and never changed
        "Note": Rights(add=True, change=("status",)),           # services write this column of a row
        "Award": Rights(add=True, change=editable("ended_on")), # the columns that forms edit, and one more
        "Session": Rights(add=True, change=EVERY, remove=True),
    }

`manage.py migrate` gives the role these rights and takes away all others. `/readyz` reports a difference, and
tests/platform/test_rights.py a table that is not declared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from psycopg2 import sql

EDITABLE = "editable columns"
"""Stands for every column that a form may edit (`editable` of the field)."""

ALL = "all columns"
"""Stands for every column but the primary key."""

EVERY = (ALL,)


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights to the rows of a table, besides reading: to add rows, to change these columns, and to remove rows.

    `lock` is for a service that locks rows which it may not change. PostgreSQL locks a row only for a role that may
    change a column, so the role may change the primary key; a trigger of the table must refuse that.
    """

    add: bool = False
    change: Collection[str] = ()
    remove: bool = False
    lock: bool = False


READ = Rights()
ADD = Rights(add=True)


def editable(*more: str) -> tuple[str, ...]:
    """Return the columns that forms may edit, and the fields `more`, which only services set."""
    return (EDITABLE, *more)


@dataclass(frozen=True, slots=True)
class TableRights:
    privileges: frozenset[str]
    updated: frozenset[str]


_declared: dict[str, Mapping[str, Rights]] = {}


def declare(app_label: str, rights: Mapping[str, Rights]) -> None:
    """Declare the rights to the tables of an app, by the names of its models. Raise `ValueError` for a second time."""
    if app_label in _declared:
        raise ValueError(f"The rights of {app_label} are already declared; declare them once.")
    _declared[app_label] = rights


def declared_rights() -> dict[str, TableRights]:
    """Return the rights to each table. A table that no model declares can only be read."""
    found = {}
    for label, declared in _declared.items():
        for name, rights in declared.items():
            model = apps.get_model(label, name)
            found[model._meta.db_table] = _table_rights(model, rights)
    return found


def rights_of(model: type[models.Model]) -> Rights | None:
    return _declared.get(model._meta.app_label, {}).get(model.__name__)


def _table_rights(model: type[models.Model], rights: Rights) -> TableRights:
    wanted = {"SELECT": True, "INSERT": rights.add, "DELETE": rights.remove}
    return TableRights(frozenset(name for name, given in wanted.items() if given), frozenset(_columns(model, rights)))


def _columns(model: type[models.Model], rights: Rights) -> Iterator[str]:
    for name in rights.change:
        if name in (EDITABLE, ALL):
            for field in model._meta.concrete_fields:
                if not field.primary_key and (name == ALL or field.editable):
                    yield str(field.column)
        else:
            yield str(model._meta.get_field(name).column)  # type: ignore[union-attr]  # a relation has no column
    if rights.lock and model._meta.pk is not None:
        yield str(model._meta.pk.column)


# ---- in the database -----------------------------------------------------------------------------------------------

TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname
"""
# What PUBLIC may do, the role may, too. USAGE of a sequence is the right to its next number, not to set it; SELECT is
# what a backup needs, so that a worker can dump the database with no other right than to read it.
REVOKE = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
"""
HELD = """
SELECT c.relname,
    ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
        WHERE has_table_privilege(%(role)s, c.oid, p)
        OR p IN ('SELECT', 'INSERT', 'REFERENCES') AND has_any_column_privilege(%(role)s, c.oid, p)),
    ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege(%(role)s, c.oid, a.attnum, 'UPDATE'))
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
SEQUENCES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(%(role)s, c.oid, 'UPDATE') END ORDER BY c.relname
"""
OWNS_EVERYTHING = """
SELECT count(*) FILTER (WHERE pg_has_role(%(role)s, c.relowner, 'USAGE')) FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""


def grant_rights(cursor: Any, role: str) -> None:
    """Take every right to tables and sequences from the role, and give it the declared ones, in this transaction."""
    cursor.execute(sql.SQL(REVOKE).format(role=sql.Identifier(role)))
    declared = declared_rights()
    cursor.execute(TABLES)
    statements = []
    for (table,) in cursor.fetchall():
        rights = declared.get(table, TableRights(frozenset({"SELECT"}), frozenset()))
        given: list[sql.Composable] = [sql.SQL(name) for name in sorted(rights.privileges)]
        if rights.updated:
            columns = sql.SQL(", ").join(map(sql.Identifier, sorted(rights.updated)))
            given.append(sql.SQL("UPDATE ({})").format(columns))
        statements.append(
            sql.SQL("GRANT {} ON {} TO {}").format(
                sql.SQL(", ").join(given), sql.Identifier("public", table), sql.Identifier(role)
            )
        )
    cursor.execute(sql.SQL(";\n").join(statements))


def right_problems(using: str = "default") -> list[str]:
    """Return a sentence for each table whose rights in the database differ from the declared ones.

    An application that connects as the owner has every right, which `cpc.site.readiness` reports.
    """
    role = {"role": settings.APPLICATION_ROLE}
    with connections[using].cursor() as cursor:
        cursor.execute(OWNS_EVERYTHING, role)
        if cursor.fetchone()[0]:
            return []
        cursor.execute(HELD, role)
        held = {table: TableRights(frozenset(rights), frozenset(columns)) for table, rights, columns in cursor}
        cursor.execute(SEQUENCES, role)
        sequences = [f"The application may set the sequence {name}." for (name,) in cursor]
    declared = declared_rights()
    nothing_else = TableRights(frozenset({"SELECT"}), frozenset())
    return [
        *(
            f"The rights of the application to {table} differ from those declared: {difference}."
            for table, rights in sorted(held.items())
            for difference in _differences(rights, declared.get(table, nothing_else))
        ),
        *sequences,
    ]


def _differences(held: TableRights, declared: TableRights) -> Iterator[str]:
    for word, names in (
        ("too many", sorted(held.privileges - declared.privileges)),
        ("missing", sorted(declared.privileges - held.privileges)),
        ("too many", [f"UPDATE ({name})" for name in sorted(held.updated - declared.updated)]),
        ("missing", [f"UPDATE ({name})" for name in sorted(declared.updated - held.updated)]),
    ):
        if names:
            yield f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {word}"
