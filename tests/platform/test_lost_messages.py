"""An import whose message was lost is queued again and read once; `/readyz` reports that no worker answers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cpc.site import readiness
from indicators.imports import reading_lock, services
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.imports.services import QUIET_FOR, requeue_waiting
from indicators.models import Import, ImportState
from indicators.tasks import read_import
from tests.conftest import ROOT
from tests.indicators.imports.test_crashes import tier_file
from tests.support.services import database_environment, redis_server, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def received(tmp_path: Path) -> Import:
    """Return an import that was received an hour ago and that no worker has read."""
    batch = receive_path(path=tier_file(tmp_path), actor=None).batch
    Import.objects.filter(pk=batch.pk).update(created_at=timezone.now() - timedelta(hours=1))
    return Import.objects.get(pk=batch.pk)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the arguments of the messages that are queued, in place of a broker."""
    sent: list[dict[str, Any]] = []

    def enqueue(_name: str, **arguments: Any) -> bool:
        sent.append(arguments)
        return True

    monkeypatch.setattr(services, "enqueue", enqueue)
    return sent


@contextmanager
def another_session_reads(batch: Import) -> Iterator[None]:
    """Hold the lock of an import in another session until the block ends, as the worker that reads it does."""
    other = connections.create_connection("default")
    other.settings_dict = connection.settings_dict
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [reading_lock.LOCK, batch.pk])
        yield
    finally:
        other.close()  # as the session of a worker that dies
        wait_until(lambda: not reading_lock.is_held(batch.pk), "the end of the session")


@pytest.mark.parametrize(
    ("age", "is_queued"),
    [
        (QUIET_FOR - timedelta(seconds=1), False),
        (QUIET_FOR, False),
        (QUIET_FOR + timedelta(seconds=1), True),
    ],
)
def test_an_import_is_queued_again_once_its_message_should_have_arrived(
    received: Import, queued: list[dict[str, Any]], age: timedelta, is_queued: bool
) -> None:
    assert requeue_waiting(received.created_at + age) == [received.pk] * is_queued
    assert queued == [{"batch_id": received.pk, "actor_id": None, "only_waiting": True}] * is_queued


def test_an_import_that_is_being_read_is_left_until_its_worker_dies(
    received: Import, queued: list[dict[str, Any]]
) -> None:
    Import.objects.filter(pk=received.pk).update(state=ImportState.READING)
    with another_session_reads(received):
        assert requeue_waiting(timezone.now()) == []
    assert requeue_waiting(timezone.now()) == [received.pk]


def test_an_import_that_was_read_is_not_queued_again(received: Import, queued: list[dict[str, Any]]) -> None:
    process(batch_id=received.pk, actor=None)
    assert requeue_waiting(timezone.now()) == []


def test_a_file_that_is_being_read_is_not_read_a_second_time(received: Import) -> None:
    with another_session_reads(received):
        assert process(batch_id=received.pk, actor=None).state == ImportState.RECEIVED
    assert process(batch_id=received.pk, actor=None).state == ImportState.PREVIEW


def test_a_late_message_leaves_an_import_that_could_not_be_read(received: Import) -> None:
    Import.objects.filter(pk=received.pk).update(state=ImportState.READING)
    Import.objects.filter(pk=received.pk).update(state=ImportState.FAILED)
    assert read_import(batch_id=received.pk, only_waiting=True) == "read already"
    assert Import.objects.get(pk=received.pk).state == ImportState.FAILED


@contextmanager
def worker(url: str, folder: Path) -> Iterator[None]:
    """Run a real worker on a broker, with the test's database and files."""
    environment = database_environment(REDIS_URL=url, MEDIA_ROOT=str(folder / "files"))
    command = [sys.executable, "-m", "celery", "--app", "cpc", "worker", "--pool", "solo", "--loglevel", "INFO"]
    with (folder / "worker.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture
def client(settings: Settings) -> Client:
    """Return a client that may see the details of readiness."""
    settings.METRICS_TOKEN = "token-of-the-monitoring"
    return Client(headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})


def problems_of(client: Client) -> list[str]:
    readiness._worker_answered.cache_clear()
    found: list[str] = client.get("/readyz").json()["checks"]["worker"]
    return found


def test_a_worker_that_starts_reads_what_was_received_without_one(
    received: Import, client: Client, settings: Settings, tmp_path: Path, redis_url: str
) -> None:
    with redis_server(tmp_path) as url:
        settings.REDIS_URL = url
        (problem,) = problems_of(client)
        assert problem.startswith("No worker responds")
        assert client.get("/readyz").status_code == 503
        with worker(url, tmp_path):
            wait_until(
                lambda: Import.objects.get(pk=received.pk).state == ImportState.PREVIEW,
                f"the reading (see {tmp_path / 'worker.log'})",
                seconds=120,
            )
            assert problems_of(client) == []
        assert problems_of(client) != []


def test_without_a_broker_no_worker_is_needed(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = ""
    assert problems_of(client) == []
