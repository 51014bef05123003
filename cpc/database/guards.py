"""Comparison of the guards in the database with those in the code: triggers, functions, constraints, days, and rights.

The application can't change a guard, but the owner of the tables can, and so can a partial restore of a backup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connections, models
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader

from cpc import days, plausible
from cpc.database.hardening import NEVER_QUIET, SEARCH_PATH
from cpc.database.rights import right_problems

ORIGIN = "O"
"""The state of a trigger, in `pg_trigger.tgenabled`, that fires in every session of the application."""

FUNCTION = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\s+(?P<name>[\w.\"]+)\s*\(.*?\bAS\s+\$(?P<tag>\w*)\$(?P<body>.*?)\$(?P=tag)\$",
    re.DOTALL | re.IGNORECASE,
)
DROPPED = re.compile(r"DROP\s+FUNCTION\s+(?:IF\s+EXISTS\s+)?(?P<name>\w+)", re.IGNORECASE)

TRIGGERS = f"""
SELECT c.relname, t.tgname, t.tgisinternal, t.tgenabled, t.tgtype, t.tgqual IS NOT NULL,
    obj_description(t.oid, 'pg_trigger'), p.prosrc,
    p.prosecdef AND p.proconfig = ARRAY['{SEARCH_PATH}'] AND NOT has_function_privilege('public', p.oid, 'EXECUTE')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE c.relnamespace = 'public'::regnamespace
"""  # noqa: S608  # a constant of ours
FUNCTIONS = "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
# A unique constraint with a condition is an index to PostgreSQL. `conenforced` is new in version 18; a constraint
# that was not validated for older rows (NOT VALID) still applies to every write.
CONSTRAINTS = """
SELECT c.relname, k.conname, coalesce((to_jsonb(k)->>'conenforced')::boolean, TRUE)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.connamespace = 'public'::regnamespace
UNION ALL
SELECT c.relname, i.relname, x.indisvalid
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
WHERE i.relnamespace = 'public'::regnamespace
"""
BOUNDS_OF_DAYS = """
SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid
WHERE t.typname = %s AND k.conname = %s
"""
COLUMNS_OF_DAYS = """
SELECT c.relname, a.attname
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
WHERE t.typname = %s AND c.relnamespace = 'public'::regnamespace
"""


# Bits of `pg_trigger.tgtype`, as PostgreSQL's catalog/pg_trigger.h numbers them.
EACH_ROW, BEFORE = 1, 2
OPERATIONS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


@dataclass(frozen=True, slots=True)
class Definition:
    """The definition of a trigger: the bits of its type, whether it has a condition, its digest and its source."""

    kind: int
    has_condition: bool
    digest: str
    source: str


@dataclass(frozen=True, slots=True)
class DeclaredTrigger:
    table: str
    name: str
    definition: Definition
    install_sql: str


@dataclass(frozen=True, slots=True)
class InstalledTrigger:
    """A trigger as the database has it; PostgreSQL's own, which enforce foreign keys, are internal."""

    definition: Definition
    is_enabled: bool
    is_internal: bool
    is_hardened: bool
    """True if it runs with the owner's rights, on the application's tables, and can't be attached to another table."""


def guard_problems(using: str = "default") -> list[str]:
    """Return a sentence for each guard that is missing, disabled or other than declared; none if all hold."""
    with connections[using].cursor() as cursor:
        return [
            *_trigger_problems(cursor),
            *_function_problems(cursor),
            *_constraint_problems(cursor),
            *_day_problems(cursor),
            *right_problems(using),
        ]


def _trigger_problems(cursor: Any) -> Iterator[str]:
    cursor.execute("SELECT current_setting('session_replication_role')")
    if cursor.fetchone()[0] != "origin":
        yield "The setting session_replication_role prevents every trigger from firing."
    found = installed_triggers(cursor)
    for (table, _), installed in found.items():
        if installed.is_internal and not installed.is_enabled:
            yield f"A foreign key of {table} is not enforced: its triggers are disabled."
    for identifier, declared in declared_triggers().items():
        called = f"The trigger {declared.name} of {declared.table}"
        if (declared.table, identifier) not in found:
            yield f"{called} is missing."
        elif not found[declared.table, identifier].is_enabled:
            yield f"{called} is disabled."
        elif found[declared.table, identifier].definition != declared.definition:
            yield f"{called} differs from the one that the code declares."
        elif not found[declared.table, identifier].is_hardened:
            yield f"{called} does not run with the rights of the owner alone."


def installed_triggers(cursor: Any) -> dict[tuple[str, str], InstalledTrigger]:
    cursor.execute(TRIGGERS)
    return {
        (table, name): InstalledTrigger(
            Definition(kind, has_condition, digest or "", normalized(source)),
            enabled == ORIGIN,
            is_internal,
            bool(is_hardened),
        )
        for table, name, is_internal, enabled, kind, has_condition, digest, source, is_hardened in cursor.fetchall()
    }


def normalized(source: str) -> str:
    """Return the source of a function without the line breaks and indents in which versions may differ."""
    return " ".join(source.split())


def _function_problems(cursor: Any) -> Iterator[str]:
    cursor.execute(FUNCTIONS)
    bodies: dict[str, str] = dict(cursor.fetchall())
    for name, body in declared_functions().items():
        if name not in bodies:
            yield f"The function {name} is missing."
        elif normalized(bodies[name]) != normalized(body):
            yield f"The function {name} differs from the one that the code declares."


def _constraint_problems(cursor: Any) -> Iterator[str]:
    cursor.execute(CONSTRAINTS)
    found: dict[tuple[str, str], bool] = {}
    for table, name, holds in cursor.fetchall():
        found[table, name] = found.get((table, name), True) and holds
    for table, name in declared_constraints():
        if (table, name) not in found:
            yield f"The constraint {name} of {table} is missing."
        elif not found[table, name]:
            yield f"The constraint {name} of {table} is not enforced."


def _day_problems(cursor: Any) -> Iterator[str]:
    cursor.execute(BOUNDS_OF_DAYS, [days.COLUMN_TYPE, plausible.CODE])
    bounds = cursor.fetchone()
    if bounds is None:
        yield f"The limits of dates, the constraint {plausible.CODE} of the type {days.COLUMN_TYPE}, are missing."
    elif not all(day.isoformat() in bounds[0] for day in (plausible.FIRST_DAY, plausible.LAST_DAY)):
        yield f"The limits of dates, the constraint {plausible.CODE}, differ from those that the code declares."
    cursor.execute(COLUMNS_OF_DAYS, [days.COLUMN_TYPE])
    bounded = set(cursor.fetchall())
    for table, column in declared_days():
        if (table, column) not in bounded:
            yield f"The column {column} of {table} accepts any date."


@cache
def declared_days() -> tuple[tuple[str, str], ...]:
    return tuple(
        (model._meta.db_table, str(field.column))
        for model in apps.get_models()
        if not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, days.DayField)
    )


@cache
def declared_triggers() -> dict[str, DeclaredTrigger]:
    declared = {}
    for model, trigger in pgtrigger.registered():
        compiled = trigger.compile(model)
        identifier = trigger.get_pgid(model)
        written = compiled.sql.defaults | compiled.sql.kwargs
        kind = sum(bit for name, bit in OPERATIONS.items() if name in written["operation"])
        kind += EACH_ROW * (written["level"] == "ROW") + BEFORE * (written["when"] == "BEFORE")
        bodies = {match["name"]: match["body"] for match in FUNCTION.finditer(compiled.install_sql)}
        definition = Definition(kind, bool(written["condition"]), compiled.hash, normalized(bodies[identifier]))
        declared[identifier] = DeclaredTrigger(
            model._meta.db_table, str(trigger.name), definition, compiled.install_sql
        )
    return declared


@cache
def declared_functions() -> dict[str, str]:
    """Return the body of every function after all migrations, as the last of them writes it."""
    bodies: dict[str, str] = {}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    leaves = sorted(loader.graph.leaf_nodes())
    for key in dict.fromkeys(step for leaf in leaves for step in loader.graph.forwards_plan(leaf)):
        for operation in loader.graph.nodes[key].operations:
            if isinstance(operation, RunSQL) and isinstance(operation.sql, str):
                for match in DROPPED.finditer(operation.sql):
                    bodies.pop(match["name"], None)
                bodies |= {match["name"]: match["body"] for match in FUNCTION.finditer(operation.sql)}
    return bodies | {"_pgtrigger_should_ignore": NEVER_QUIET}


@cache
def declared_constraints() -> tuple[tuple[str, str], ...]:
    return tuple(
        (model._meta.db_table, constraint.name)
        for model in apps.get_models(include_auto_created=True)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.BaseConstraint)
    )
