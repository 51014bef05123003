"""`/readyz`: the readiness of a process, with each guard that is missing, disabled, or changed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cpc.accounts.permissions import Role
from cpc.database.guards import declared_constraints, declared_functions, declared_triggers, guard_problems
from cpc.site import disk
from cpc.site import readiness as site_readiness
from cpc.site.models import SchedulerLease
from tests.support.accounts import make_account
from tests.support.services import free_port, redis_server
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db
TOKEN = "token-of-the-monitoring"


@pytest.fixture
def client(settings: Settings) -> Client:
    """Return a client that may see the details."""
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


TRAIL = "append_only of audit_auditentry"


def trigger(table: str, name: str) -> str:
    return next(key for key, found in declared_triggers().items() if (found.table, found.name) == (table, name))


def tamper(statement: str) -> None:
    with owner_rights(), connection.cursor() as cursor:
        cursor.execute(statement)


def readiness(client: Client, status: int) -> dict[str, list[str]]:
    response = client.get("/readyz")
    assert response.status_code == status, response.content
    answer: dict[str, Any] = json.loads(response.content)
    assert answer["status"] == ("ready" if status == 200 else "not ready")
    checks: dict[str, list[str]] = answer["checks"]
    return {name: problems for name, problems in checks.items() if problems}


def test_a_whole_installation_is_ready(client: Client) -> None:
    assert readiness(client, 200) == {}
    assert "no-store" in client.get("/readyz")["Cache-Control"]


def test_the_code_declares_guards_of_every_kind() -> None:
    """Check that the code declares guards at all: an empty list would agree with any database."""
    assert len(declared_triggers()) > 300
    assert {"cpc_refuse", "cpc_may_obligate", "_pgtrigger_should_ignore"} <= declared_functions().keys()
    assert ("partnerships_partnership", "partnership_planned_within_limit") in declared_constraints()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("ALTER TABLE audit_auditentry DISABLE TRIGGER {trail}", f"The trigger {TRAIL} is disabled."),
        ("ALTER TABLE audit_auditentry ENABLE REPLICA TRIGGER {trail}", f"The trigger {TRAIL} is disabled."),
        ("DROP TRIGGER {trail} ON audit_auditentry", f"The trigger {TRAIL} is missing."),
        (
            "CREATE OR REPLACE FUNCTION {trail}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
            f"The trigger {TRAIL} differs from the one that the code declares.",
        ),
        (
            "CREATE OR REPLACE TRIGGER {trail} BEFORE DELETE ON audit_auditentry FOR EACH ROW"
            " EXECUTE FUNCTION {trail}()",
            f"The trigger {TRAIL} differs from the one that the code declares.",
        ),
        (
            "CREATE OR REPLACE TRIGGER {trail} BEFORE DELETE OR UPDATE ON audit_auditentry FOR EACH ROW WHEN (FALSE)"
            " EXECUTE FUNCTION {trail}()",
            f"The trigger {TRAIL} differs from the one that the code declares.",
        ),
        (
            "CREATE OR REPLACE FUNCTION cpc_refuse(code text, message text) RETURNS void LANGUAGE sql AS $$ SELECT $$",
            "The function cpc_refuse differs from the one that the code declares.",
        ),
        (
            "DROP FUNCTION cpc_may_obligate",
            "The function cpc_may_obligate is missing.",
        ),
        (
            "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
            " LANGUAGE sql IMMUTABLE AS $$ SELECT TRUE $$",
            "The function _pgtrigger_should_ignore differs from the one that the code declares.",
        ),
        (
            "ALTER TABLE partnerships_partnership DROP CONSTRAINT partnership_planned_within_limit",
            "The constraint partnership_planned_within_limit of partnerships_partnership is missing.",
        ),
        (
            "ALTER TABLE partnerships_award DISABLE TRIGGER ALL",
            "A foreign key of partnerships_award is not enforced: its triggers are disabled.",
        ),
        (
            "ALTER DOMAIN cpc_day DROP CONSTRAINT implausible_day",
            "The limits of dates, the constraint implausible_day of the type cpc_day, are missing.",
        ),
        (
            "ALTER DOMAIN cpc_day DROP CONSTRAINT implausible_day;"
            " ALTER DOMAIN cpc_day ADD CONSTRAINT implausible_day CHECK (VALUE > '1990-01-01')",
            "The limits of dates, the constraint implausible_day, differ from those that the code declares.",
        ),
        (
            "ALTER TABLE partnerships_award ALTER COLUMN ended_on TYPE date",
            "The column ended_on of partnerships_award accepts any date.",
        ),
        (
            "SET LOCAL session_replication_role = replica",
            "The setting session_replication_role prevents every trigger from firing.",
        ),
    ],
)
def test_a_guard_that_the_owner_tampered_with_is_named(statement: str, problem: str) -> None:
    assert guard_problems() == []
    tamper(statement.format(trail=trigger("audit_auditentry", "append_only")))
    assert problem in guard_problems()


def test_a_disabled_guard_makes_the_process_unready(client: Client) -> None:
    tamper(f"ALTER TABLE audit_auditentry DISABLE TRIGGER {trigger('audit_auditentry', 'append_only')}")
    assert readiness(client, 503) == {"guards": [f"The trigger {TRAIL} is disabled."]}


def test_a_migration_that_is_not_applied_or_not_known(client: Client) -> None:
    tamper("DELETE FROM django_migrations WHERE app = 'audit' AND name LIKE '0001%'")
    tamper("INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '9999_from_later', now())")
    problems = readiness(client, 503)["migrations"]
    assert len(problems) == 2
    assert problems[0].startswith("The migration audit.0001")
    assert problems[1] == "The database has the migration audit.9999_from_later, which this code doesn't have."


def test_an_application_that_owns_its_tables_is_not_ready(client: Client) -> None:
    with owner_rights():
        (problem,) = readiness(client, 503)["role"]
    assert "could disable every guard" in problem
    assert "DATABASE_OWNER_URL" in problem


def test_a_broker_that_does_not_answer(client: Client, settings: Settings, tmp_path: Path) -> None:
    with redis_server(tmp_path) as url:
        settings.REDIS_URL = url
        assert readiness(client, 503).keys() == {"worker", "scheduler"}, "no worker runs; see test_lost_messages"
    assert readiness(client, 503)["broker"][0].startswith("The broker does not respond")
    assert url.rpartition("/")[0] not in str(client.get("/readyz").content)
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert client.get("/healthz/").status_code == 200


def test_storage_that_takes_no_file(client: Client, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "file"
    assert readiness(client, 503)["storage"][0].startswith("Received files can't be stored")


def test_a_database_that_does_not_answer(client: Client) -> None:
    def down(*_args: object) -> None:
        raise DatabaseError("gone")

    with connection.execute_wrapper(down):
        assert readiness(client, 503) == {"database": ["The database does not respond."]}


# ---- strangers, and the sign of life --------------------------------------------------------------------------------


def test_a_stranger_learns_only_whether_it_is_ready(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.METRICS_TOKEN = TOKEN
    asked: list[int] = []
    found = {"guards": ["The trigger x is disabled."]}
    monkeypatch.setattr(site_readiness, "problems", lambda: asked.append(1) or found)  # type: ignore[func-returns-value]
    monkeypatch.setattr(site_readiness, "KNOWN_FOR", 1e9)
    site_readiness.recent_problems.cache_clear()
    strangers = [Client(), Client(headers={"Authorization": "Bearer of something else"}), Client()]
    strangers[2].force_login(make_account(Role.ANALYST))
    for stranger in strangers * 5:
        answer = stranger.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
    assert len(asked) == 1, "whoever asks often asks for nothing more"
    administrator = Client()
    administrator.force_login(make_account(Role.ADMINISTRATOR))
    assert administrator.get("/readyz").json()["checks"] == found
    site_readiness.recent_problems.cache_clear()


def test_a_full_disk_and_an_absent_scheduler_are_named_and_stop_nothing(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "space", lambda: (4, 100))
    assert readiness(client, 200) == {"disk": ["The disk for files is 96% full: 0.0 GB are free."]}
    monkeypatch.setattr(disk, "space", lambda: (6, 100))
    settings.REDIS_URL = "redis://nowhere"
    assert "No scheduler has run" in site_readiness.scheduler_problems()[0]
    lease = SchedulerLease.objects.create(name="beat", until=timezone.now(), ticked_at=timezone.now())
    assert site_readiness.scheduler_problems() == []
    lease.ticked_at = timezone.now() - dt.timedelta(minutes=3)
    lease.save()
    assert f"No scheduler has run since {lease.ticked_at:%H:%M} UTC" in site_readiness.scheduler_problems()[0]


def test_the_sign_of_life_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(headers={"Host": "unknown.example"})

    def away(*_: object, **__: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/livez")
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"alive\n", "no-store")
    assert client.post("/livez").status_code == 405
