"""Failed tasks: kept with their arguments, tried again once, given up with a reason, and settled by a success."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from celery import signals
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.site import failed_tasks
from cpc.site.failed_tasks import LOST_AFTER, give_up, try_again
from cpc.site.models import BackgroundTask, FailedTask
from tests.partnerships.sending import client_of, filled_fields, page_text, send
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db
NAME = "indicators.read_import"
ARGUMENTS: dict[str, Any] = {"batch_id": 7}


@pytest.fixture
def administrator() -> User:
    return make_account(Role.ADMINISTRATOR)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Return what is queued, instead of running it."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(failed_tasks, "enqueue", lambda name, *args, **named: found.append((name, args, named)) or True)  # type: ignore[func-returns-value]
    return found


@pytest.fixture
def failed() -> FailedTask:
    fails()
    return FailedTask.objects.get()


class Task:
    """Stands for a task as signals pass it."""

    name = NAME

    def __init__(self, run: str, arguments: dict[str, Any]) -> None:
        self.request = SimpleNamespace(is_eager=False, id=run, args=[], kwargs=arguments)


def fails(run: str = "run-1", error: Exception | None = None, arguments: dict[str, Any] = ARGUMENTS) -> None:
    sent = {"task_id": run, "exception": error or OSError("a@b.example"), "args": [], "kwargs": arguments}
    signals.task_failure.send(sender=Task(run, arguments), **sent)


def succeeds(run: str = "run-9", arguments: dict[str, Any] = ARGUMENTS) -> None:
    signals.task_success.send(sender=Task(run, arguments), result=None)


def test_a_failure_is_stored_once_with_its_tries_and_settled_by_a_success() -> None:
    fails()
    fails("run-2", ValueError("secret"))
    fails("run-3", arguments={"batch_id": 8})
    first, other = FailedTask.objects.order_by("pk")
    assert (first.tries, first.error, first.run, first.state) == (2, "ValueError", "run-2", "failed")
    assert first.arguments == {"args": [], "kwargs": ARGUMENTS}
    assert other.tries == 1
    succeeds()
    assert set(FailedTask.objects.values_list("pk", "state")) == {(first.pk, "succeeded"), (other.pk, "failed")}
    fails("run-4")
    assert FailedTask.objects.filter(state="failed").count() == 2, "a later failure is one of its own"
    task = BackgroundTask.objects.get()
    assert (task.runs_succeeded, task.runs_failed) == (1, 4)


def test_it_is_tried_again_once_and_recorded(
    failed: FailedTask,
    administrator: User,
    queued: list[tuple[Any, ...]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    other = make_account(Role.ADMINISTRATOR, username="administrator-2")
    with django_capture_on_commit_callbacks(execute=True):
        try_again(task_id=failed.pk, actor=administrator)
    for actor in (administrator, other):
        with pytest.raises(ValidationError, match=r"It was tried again by .* and has not ended yet\."):
            try_again(task_id=failed.pk, actor=actor)
        with pytest.raises(ValidationError, match="Wait for its end"):
            give_up(task_id=failed.pk, reason="It is of no use", actor=actor)
    assert queued == [(NAME, (), ARGUMENTS)]
    entry = AuditEntry.objects.get(action="tried again")
    assert (entry.actor_id, entry.object_id) == (str(administrator.pk), str(failed.pk))
    fails("run-2")
    failed.refresh_from_db()
    assert (failed.state, failed.tries) == ("failed", 2)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_start_it_once(queued: list[tuple[Any, ...]]) -> None:
    fails()
    task = FailedTask.objects.get()
    actors = [make_account(Role.ADMINISTRATOR), make_account(Role.ADMINISTRATOR, username="administrator-2")]
    refused = []

    def press(actor: User) -> None:
        try:
            try_again(task_id=task.pk, actor=actor)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in actors for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(queued), len(refused)) == (1, 5)


def test_one_that_was_lost_with_its_worker_can_be_tried_again(
    failed: FailedTask, administrator: User, queued: list[tuple[Any, ...]]
) -> None:
    try_again(task_id=failed.pk, actor=administrator)
    FailedTask.objects.update(decided_at=timezone.now() - LOST_AFTER - LOST_AFTER)
    assert try_again(task_id=failed.pk, actor=administrator).state == "tried_again"


def test_without_the_broker_it_stays_on_the_list(
    failed: FailedTask,
    administrator: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(failed_tasks, "enqueue", lambda *_, **__: False)
    with django_capture_on_commit_callbacks(execute=True):
        try_again(task_id=failed.pk, actor=administrator)
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_giving_up_needs_a_reason_and_is_final(failed: FailedTask, administrator: User) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        give_up(task_id=failed.pk, reason="  ", actor=administrator)
    give_up(task_id=failed.pk, reason="The publisher withdrew the file", actor=administrator)
    with pytest.raises(ValidationError, match="It was given up by"):
        try_again(task_id=failed.pk, actor=administrator)
    assert AuditEntry.objects.get(action="gave up").after["reason"] == "The publisher withdrew the file"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_other_roles_may_not(failed: FailedTask, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        try_again(task_id=failed.pk, actor=make_account(role))


@pytest.mark.parametrize(
    "values",
    [
        {"state": "given_up"},
        {"state": "tried_again"},
        {"decided_at": timezone.now()},
        {"reason": "Why"},
        {"state": "unheard of"},
    ],
)
def test_the_database_keeps_a_decision_whole(failed: FailedTask, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FailedTask.objects.filter(pk=failed.pk).update(**values)


def test_the_page_offers_what_can_help(administrator: User, queued: list[tuple[Any, ...]]) -> None:
    fails()
    fails("run-2", ValueError("x"), {"batch_id": 8})
    client = client_of(administrator)
    page = client.get("/system/")
    text = page_text(page)
    assert "Not everything is ready" in text or "2 tasks failed; everything else is ready" in text
    assert "a@b.example" not in text
    passing, lasting = FailedTask.objects.order_by("pk")
    assert f"/system/tasks/{passing.pk}/again/" in page.content.decode()
    assert f"/system/tasks/{lasting.pk}/again/" not in page.content.decode(), "another run would fail like this one"
    assert 'href="/data/imports/8/"' in page.content.decode()
    assert client.post(f"/system/tasks/{passing.pk}/again/").status_code == 302
    assert "It was tried again by" in page_text(client.post(f"/system/tasks/{passing.pk}/again/", follow=True))
    give_up_page = f"/system/tasks/{lasting.pk}/give-up/"
    opened = filled_fields(client, give_up_page, reason="Another reason")
    assert send(client, give_up_page, reason="It was uploaded again").status_code == 302
    second = client.post(give_up_page, opened)
    assert second.status_code == 422
    assert "It was given up by" in page_text(second)
    assert "Another reason" in second.content.decode(), "what was typed stays"
    text = page_text(client.get("/system/"))
    assert "Tried again by" in text
    assert "Trace: run-2" not in text


@pytest.fixture(autouse=True)
def settings_of_the_page() -> Iterator[None]:
    from cpc.site import system_queue

    system_queue._checked.cache_clear()
    yield
    system_queue._checked.cache_clear()
