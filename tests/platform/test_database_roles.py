"""Database roles: the application reads and writes rows but can't change guards; the owner migrates."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from cpc.audit.models import AuditEntry
from cpc.database.addresses import addresses
from cpc.database.roles import as_owner, ensure_role
from cpc.localdb import server as localdb
from tests.cpc.recovery.clusters import empty_cluster
from tests.support.services import database_environment
from tests.support.unguarded import owner_rights

ROOT = Path(__file__).resolve().parent.parent.parent
BYPASSES = (
    "SET session_replication_role = replica",
    "ALTER TABLE audit_auditentry DISABLE TRIGGER ALL",
    "ALTER TABLE audit_auditentry DISABLE TRIGGER USER",
    "TRUNCATE audit_auditentry",
    "DROP TABLE audit_auditentry",
    "ALTER TABLE partnerships_partnership DROP CONSTRAINT partnership_planned_within_limit",
    "CREATE OR REPLACE FUNCTION cpc_refuse(code text, message text) RETURNS void LANGUAGE sql AS $$ SELECT $$",
    "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
    " LANGUAGE sql AS $$ SELECT TRUE $$",
    "CREATE FUNCTION public.quiet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "CREATE TABLE public.elsewhere (id int)",
    "DELETE FROM django_migrations",
    "CREATE ROLE another SUPERUSER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
)


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", BYPASSES)
@pytest.mark.django_db
def test_the_application_cannot_switch_off_a_guard(statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner|must have"):
        run(statement)


@pytest.mark.django_db
def test_a_command_of_the_trigger_library_cannot_disable_a_trigger() -> None:
    with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic():
        call_command("pgtrigger", "disable")


@pytest.mark.django_db
def test_even_the_owner_is_held_by_the_guards() -> None:
    entry = AuditEntry.objects.create(
        actor_name="Ama", action="tried", object_type="x.y", object_id="1", object_label="X", channel="command"
    )
    for statement in ("TRUNCATE audit_auditentry CASCADE", "DELETE FROM audit_auditentry"):
        with owner_rights(), pytest.raises(DatabaseError, match=r"kept|Cannot update or delete"):
            run(statement)
    entry.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_a_process_of_the_product_signs_in_as_the_application() -> None:
    program = (
        "from django.db import connection\n"
        "cursor = connection.cursor()\n"
        "cursor.execute('SELECT session_user, current_user, pg_has_role(session_user, %s, %s)', ['cpc', 'MEMBER'])\n"
        "print(*cursor.fetchone())"
    )
    if settings.DATABASE_OWNER is None or settings.DATABASE_OWNER["ENGINE"] != "cpc.localdb":
        pytest.skip("on a server of your own the application's role has no password that a test knows")
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", program]
    environment = database_environment(CPC_ENV="development")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["cpc_app", "cpc_app", "False"], done.stderr


@pytest.mark.django_db
def test_without_the_owner_s_address_nothing_migrates() -> None:
    with override_settings(DATABASE_OWNER=None):
        with pytest.raises(CommandError, match=r"DATABASE_OWNER_URL is not set\. .* Nothing was changed"):
            call_command("migrate", verbosity=0)
        with pytest.raises(ImproperlyConfigured), as_owner():
            pass


@pytest.mark.django_db
def test_the_owner_makes_the_role_of_the_application_with_its_password() -> None:
    login = {"USER": "cpc_of_a_test", "PASSWORD": "it's a secret"}
    with owner_rights(), connection.cursor() as cursor:
        for _ in range(2):
            ensure_role(cursor, "cpc_of_a_test", login)
        cursor.execute(
            "SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolpassword FROM pg_authid WHERE rolname = %s",
            ["cpc_of_a_test"],
        )
        *rights, password = cursor.fetchone()
    assert rights == [True, False, False, False]
    assert password.startswith("SCRAM-SHA-256$")


def test_the_application_s_password_is_known_while_the_owner_is_connected() -> None:
    login = dict(settings.DATABASES["default"])
    boss = {"USER": "boss", "PASSWORD": "of the boss", "OPTIONS": {}}
    with override_settings(DATABASE_OWNER=login | boss):
        with as_owner():
            assert (connection.settings_dict["USER"], connection.settings_dict["PASSWORD"]) == ("boss", "of the boss")
            assert settings.DATABASES["default"] == login
        assert connection.settings_dict == login


def test_a_new_server_without_the_application_s_role_is_migrated(tmp_path: Path) -> None:
    with empty_cluster(tmp_path) as cluster:
        url = cluster.url.replace(f"/{localdb.DATABASE}?", "/postgres?")
        command = [sys.executable, "manage.py", "migrate", "--plan"]
        environment = os.environ | {"CPC_ENV": "development", "DATABASE_OWNER_URL": url}
        environment["DATABASE_URL"] = url.replace("//cpc@", "//cpc_app@")
        assert environment["DATABASE_URL"] != url
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "Planned operations" in done.stdout, done.stderr


OWNER, APPLICATION = "postgres://boss:x@db/cpc", "postgres://app:y@db/cpc"


def test_two_addresses_are_two_connections() -> None:
    both = addresses(APPLICATION, OWNER, may_assume=False, one_session=False)
    assert both.owner
    assert (both.application["USER"], both.owner["USER"], both.role) == ("app", "boss", "app")
    assert "assume_role" not in both.application["OPTIONS"]


def test_one_address_gives_up_its_rights_on_a_developer_s_machine() -> None:
    one = addresses(OWNER, "", may_assume=True, one_session=False)
    assert one.owner
    assert (one.application["USER"], one.application["OPTIONS"]["assume_role"]) == ("boss", "cpc_app")
    assert "assume_role" not in one.owner["OPTIONS"]


def test_production_with_one_address_does_not_migrate() -> None:
    assert addresses(APPLICATION, "", may_assume=False, one_session=False).owner is None


def test_tests_assume_the_application_role() -> None:
    tests = addresses(APPLICATION, OWNER, may_assume=True, one_session=True)
    assert (tests.application["USER"], tests.application["OPTIONS"]["assume_role"]) == ("boss", "app")
