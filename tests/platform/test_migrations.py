"""`manage.py migrate`: tables come from migrations, and triggers from the declarations of the models."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader

from cpc.database.guards import declared_triggers, guard_problems, installed_triggers, normalized
from cpc.database.hardening import NEVER_QUIET
from cpc.database.installation import install_triggers
from cpc.database.roles import as_owner
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db

PHASES = ("a0", "a", "b", "c", "z", "zy", "zz")
"""Prefixes of the names of triggers in the order in which they fire; docs/schema.md lists what each phase does."""

TRAIL = next(
    key
    for key, found in declared_triggers().items()
    if (found.table, found.name) == ("audit_auditentry", "append_only")
)
TAMPERED = f"""
DROP TRIGGER {TRAIL} ON audit_auditentry;
ALTER TABLE partnerships_award DISABLE TRIGGER USER;
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS $$ SELECT TRUE $$;
CREATE FUNCTION pgtrigger_a_retired_12345() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER pgtrigger_a_retired_12345 BEFORE INSERT ON indicators_country
    FOR EACH ROW EXECUTE FUNCTION pgtrigger_a_retired_12345();
"""
NOT_HARDENED = r"""
SELECT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE l.lanname = 'plpgsql' AND p.proname ~ '^(pgtrigger|cpc)_' AND p.proconfig IS NULL
"""
FUNCTIONS = r"SELECT proname FROM pg_proc WHERE proname LIKE 'pgtrigger\_%'"


def rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def own_triggers() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        return {key for key, found in installed_triggers(cursor).items() if not found.is_internal}


def assert_as_declared() -> None:
    assert own_triggers() == {(found.table, identifier) for identifier, found in declared_triggers().items()}
    assert {name for (name,) in rows(FUNCTIONS)} == declared_triggers().keys()
    assert guard_problems() == []
    assert rows(NOT_HARDENED) == []
    ((body,),) = rows("SELECT prosrc FROM pg_proc WHERE proname = '_pgtrigger_should_ignore'")
    assert normalized(str(body)) == NEVER_QUIET


def install() -> None:
    with owner_rights():
        install_triggers(using="default")


def test_the_database_has_the_triggers_that_the_models_declare_and_no_other() -> None:
    assert_as_declared()


def test_installing_repairs_what_is_not_as_declared_and_hardens_it() -> None:
    with owner_rights(), connection.cursor() as cursor:
        cursor.execute(TAMPERED)
    assert guard_problems() != []
    install()
    assert_as_declared()


def test_installing_twice_changes_no_trigger() -> None:
    before = rows("SELECT oid, xmin::text FROM pg_trigger ORDER BY oid")
    install()
    assert rows("SELECT oid, xmin::text FROM pg_trigger ORDER BY oid") == before


def test_triggers_fire_in_the_order_of_their_prefixes() -> None:
    fired = defaultdict(list)
    for table, name in rows(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal ORDER BY t.tgname"  # the type `name` sorts byte by byte, as PostgreSQL fires
    ):
        if found := re.match(r"pgtrigger_([a-z]0|[abcz]|z[a-z])_", str(name)):
            fired[table].append(PHASES.index(found[1]))
    assert {phase for phases in fired.values() for phase in phases} == set(range(len(PHASES)))
    assert all(phases == sorted(phases) for phases in fired.values())


def test_the_bodies_of_functions_compile_once_the_tables_are_there() -> None:
    nodes = MigrationLoader(None, ignore_no_migrations=True).graph.nodes
    scripts = [
        str(operation.sql)
        for (_, name), migration in nodes.items()
        if name == "0000_functions"
        for operation in migration.operations
        if isinstance(operation, RunSQL) and "CREATE FUNCTION" in operation.sql
    ]
    assert len(scripts) == 2
    with owner_rights(), connection.cursor() as cursor:
        for script in scripts:
            checked = script.replace("check_function_bodies = off", "check_function_bodies = on")
            cursor.execute(checked.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM django_migrations WHERE app = 'indicators' AND name = '0000_functions'",
        "ALTER TABLE indicators_country RENAME COLUMN gec TO fips",
    ],
    ids=["other migrations", "other columns"],
)
def test_a_database_of_an_earlier_version_is_refused_with_the_remedy(statement: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(CommandError, match=r"earlier development version.*remove \.cpc/pg and \.cpc/files"):
        call_command("migrate", verbosity=0)
