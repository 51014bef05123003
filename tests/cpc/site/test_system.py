"""Failures of the system stand in the queue of administrators until it works again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from celery import signals
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpc import request_context
from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.audit.seal import seal_entries, verify
from cpc.audit.services import record
from cpc.database.audit_triggers import OUTSIDE
from cpc.site import background_tasks, queue, readiness, system, system_queue
from cpc.site.models import BackgroundTask
from cpc.site.queue import Category, Desk, Item
from tests.partnerships.sending import client_of, page_text
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights, unguarded

pytestmark = pytest.mark.django_db

NAME = "selection.remind"


@pytest.fixture(autouse=True)
def fresh_checks() -> Iterator[None]:
    """Let no test read the checks of another one."""
    system_queue._checked.cache_clear()
    yield
    system_queue._checked.cache_clear()


@pytest.fixture
def administrator() -> User:
    return make_account(Role.ADMINISTRATOR)


def items(user: User) -> list[Item]:
    found = queue.queue_of(Desk(user, timezone.now().date(), 100, category=Category.SYSTEM))
    return [item for lane in found.lanes if lane.category is Category.SYSTEM for item in lane.items]


class Task:
    """Stands for a task as signals pass it."""

    name = NAME

    def __init__(self, *, is_eager: bool) -> None:
        self.request = SimpleNamespace(is_eager=is_eager, id="run", args=[], kwargs={})


def fails(*, is_eager: bool = False, error: Exception | None = None, run: str = "run-1") -> None:
    signals.task_failure.send(sender=Task(is_eager=is_eager), task_id=run, exception=error or OSError("a@b.example"))


def succeeds(*, is_eager: bool = False) -> None:
    signals.task_success.send(sender=Task(is_eager=is_eager), result=None)


def test_a_task_that_fails_waits_until_it_ends_well(administrator: User) -> None:
    fails()
    [item] = items(administrator)
    assert item.title == f"Look into the background task “{NAME}”, which fails"
    assert item.why == "OSError: 1 failure without a success. The log has the reason under task_id run-1."
    since = BackgroundTask.objects.get().failing_since
    fails(error=ValueError("secret"), run="run-2")
    [item] = items(administrator)
    assert item.why == "ValueError: 2 failures without a success. The log has the reason under task_id run-2."
    assert BackgroundTask.objects.get().failing_since == since
    assert not any(items(make_account(role)) for role in Role if role is not Role.ADMINISTRATOR)
    succeeds()
    assert items(administrator) == []
    row = BackgroundTask.objects.get()
    assert row.succeeded_at is not None
    assert (row.failures, row.failing_since, row.failed_at, row.error, row.run) == (0, None, None, "", "")


def test_a_task_in_a_request_stores_nothing() -> None:
    fails(is_eager=True)
    succeeds(is_eager=True)
    assert not BackgroundTask.objects.exists()


def test_a_worker_goes_on_if_the_database_takes_no_outcome(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_name: str) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(background_tasks, "_row", refuse)
    succeeds()
    assert f"The outcome of the task {NAME} could not be stored." in caplog.text


@pytest.mark.parametrize(
    "values",
    [
        {"failures": 1},
        {"failures": 1, "failing_since": timezone.now(), "error": "OSError"},
        {"failed_at": timezone.now()},
        {"error": "OSError"},
        {"failures": 1, "failing_since": timezone.now(), "failed_at": timezone.now()},
    ],
)
def test_the_database_keeps_a_failure_whole(values: dict[str, Any]) -> None:
    BackgroundTask.objects.create(name=NAME)
    with pytest.raises(IntegrityError, match="background_task_fails_whole"), transaction.atomic():
        BackgroundTask.objects.update(**values)


def test_each_check_has_a_title() -> None:
    assert readiness.problems().keys() == system_queue.CHECKS.keys()


@pytest.mark.parametrize(
    ("problems", "why"),
    [
        ([], None),
        (["The broker does not respond."], "The broker does not respond."),
        (["One is missing.", "Two.", "Three."], "One is missing. 2 more problems."),
    ],
)
def test_a_check_that_fails_waits_for_administrators(
    administrator: User, monkeypatch: pytest.MonkeyPatch, problems: list[str], why: str | None
) -> None:
    monkeypatch.setattr(readiness, "problems", lambda: {"broker": problems, "storage": []})
    assert [(item.title, item.why) for item in items(administrator)] == ([("Restore the broker", why)] if why else [])
    assert not any(items(make_account(role)) for role in Role if role is not Role.ADMINISTRATOR)
    page = page_text(client_of(administrator).get("/system/"))
    assert all(problem in page for problem in problems)


def test_a_worker_does_not_report_itself(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "problems", lambda: {"worker": ["No worker responds."], "storage": ["It is full."]})
    assert {item.key for item in items(administrator)} == {"check:worker", "check:storage"}
    token = request_context.run_task({"task": "notifications.send_digests"}, "")
    try:
        assert {item.key for item in items(administrator)} == {"check:storage"}
    finally:
        request_context.end_task(token)


def test_the_page_shows_what_fails_and_what_works(administrator: User) -> None:
    client = client_of(administrator)
    text = page_text(client.get("/system/"))
    assert "Scheduled tasks do not run on this server." in text
    assert "No reminder and no daily email goes out" in text
    assert text.count("Not in use") == 6, "no broker, worker, scheduler, seal, scanner, or backup"
    assert "Not verified yet" in text
    fails()
    BackgroundTask.objects.create(name="selection.follow_the_day", succeeded_at=timezone.now())
    text = page_text(client.get("/system/"))
    for part in (NAME, "1 failure since", "OSError", "task_id run-1", "selection.follow_the_day", "Works"):
        assert part in text
    assert "a@b.example" not in text


def test_with_a_broker_the_page_shows_that_no_task_has_run_yet(
    administrator: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REDIS_URL = "redis://broker"
    monkeypatch.setattr(readiness, "problems", lambda: {"broker": [], "worker": ["No worker responds."]})
    text = page_text(client_of(administrator).get("/system/"))
    assert "No task has run yet" in text
    assert "Scheduled tasks do not run" not in text
    assert "Not in use" not in text


def deferred_triggers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def entries_from_thousands() -> None:
    """Give the next entries of the trail numbers of at least four digits, as every installation soon has."""
    with owner_rights(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(counter, greatest(nextval(counter), 1332)) FROM pg_get_serial_sequence(%s, 'id') AS counter",
            [AuditEntry._meta.db_table],
        )


def test_the_page_shows_how_far_the_trail_is_sealed(administrator: User) -> None:
    entries_from_thousands()
    client, other = client_of(administrator), make_account(Role.VIEWER)
    deferred_triggers()
    outside = AuditEntry.objects.filter(action=OUTSIDE).count()  # a test makes its accounts without a service
    seal_entries()
    last = AuditEntry.objects.latest("pk").pk
    verify()
    text = page_text(client.get("/system/"))
    for part in (f"Sealed through entry {last}", "Unbroken", "Not sealed yet 0 entries", f"{outside} in 7 days"):
        assert part in text, part
    assert text.count("Not in use") == 5, "the seal is in use, also without a scheduler"
    User.objects.filter(pk=other.pk).update(password="changed without a service")
    deferred_triggers()
    text = page_text(client.get("/system/"))
    for part in (f"Sealed through entry {last}", "Not sealed yet 1 entry", f"{outside + 1} in 7 days"):
        assert part in text, part


def test_an_entry_has_the_number_on_every_page_that_a_verification_names(administrator: User) -> None:
    entries_from_thousands()
    client = client_of(administrator)
    deferred_triggers()
    record(actor=administrator, action="one", target=administrator)
    entry = AuditEntry.objects.latest("pk")
    assert entry.pk >= 1000
    assert f">{entry.pk}</a>" in client.get("/audit/?action=one").content.decode()
    assert f"Audit trail, entry {entry.pk}" in page_text(client.get(f"/audit/{entry.pk}/"))


@pytest.mark.parametrize(("earlier", "count"), [(dt.timedelta(seconds=-30), 0), (dt.timedelta(seconds=30), 1)])
def test_what_was_written_outside_is_counted_for_seven_days(
    administrator: User, earlier: dt.timedelta, count: int
) -> None:
    client = client_of(administrator)
    deferred_triggers()
    entry = AuditEntry.objects.filter(action=OUTSIDE).latest("pk")
    with unguarded():
        AuditEntry.objects.filter(action=OUTSIDE).exclude(pk=entry.pk).update(action="else")
        AuditEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - dt.timedelta(days=7) + earlier)
    assert f"Written outside the application {count} in 7 days" in page_text(client.get("/system/"))


def test_the_page_names_the_break_of_the_trail(administrator: User) -> None:
    record(actor=administrator, action="one", target=administrator)
    seal_entries()
    entry = AuditEntry.objects.latest("pk")
    with unguarded():
        AuditEntry.objects.filter(pk=entry.pk).update(actor_name="Another")
    verify()
    problem = f"Entry {entry.pk} was changed after seal 1."
    client = client_of(administrator)
    text = page_text(client.get("/system/"))
    assert "Not everything is ready: audit trail" in text
    assert f"The audit trail is broken. {problem}" in text
    assert f"The trail is broken: {problem}" in page_text(client.get("/audit/"))


def test_each_check_is_explained() -> None:
    assert list(system.ABOUT) == list(system_queue.CHECKS)


def test_home_of_an_administrator_takes_few_queries(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_queue, "CHECKED_FOR", 10**9)  # no minute ends between the two requests
    fails()
    client = client_of(administrator)
    client.get("/")
    with CaptureQueriesContext(connection) as warm:
        text = page_text(client.get("/"))
    assert "Look into the background task" in text
    assert len(warm) <= 12
