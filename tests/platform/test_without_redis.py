"""Loss of Redis: people still sign in, limits still hold, the REST interface still answers, and no task is lost."""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.core.cache import caches
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cpc import cache as fallback
from cpc.accounts.models import Invitation, User
from cpc.accounts.permissions import Role
from cpc.people.services import invite
from cpc.queue import enqueue
from tests.support.accounts import PASSWORD, make_account
from tests.support.services import free_port, listens, wait_until

DEADLINE = 6.0
"""Seconds in which a page answers without Redis."""


@pytest.fixture
def redis_process(tmp_path: Path, redis_url: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a Redis that the test may end; `redis_url` skips the test if Redis is not installed."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: listens(port), "redis-server's start")
    yield process, f"redis://127.0.0.1:{port}/0"
    process.kill()
    process.wait()


@pytest.fixture
def ends(
    redis_process: tuple[subprocess.Popen[bytes], str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[subprocess.Popen[bytes]]:
    """Use this Redis as cache and broker, as production does."""
    process, url = redis_process
    monkeypatch.setattr(fallback.FallbackCache, "_away_until", 0.0)
    monkeypatch.setattr(fallback.FallbackCache, "_warned_at", float("-inf"))
    settings.CACHES = {
        "default": {
            "BACKEND": "cpc.cache.FallbackCache",
            "LOCATION": url,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
    }
    caches["default"].clear()
    before = {name: current_app.conf[name] for name in ("task_always_eager", "broker_url")}
    current_app.conf.update(task_always_eager=False, broker_url=url)
    set_producers_aside()
    yield process
    shared().__dict__["_own"].clear()
    current_app.conf.update(before)
    set_producers_aside()


def set_producers_aside() -> None:
    """Send the next task to the broker of the settings, without Celery's existing connections."""
    current_app.amqp.__dict__["_producer_pool"] = None


def shared() -> Any:
    """Return the cache of the settings, with access to its internals."""
    return caches["default"]


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def sign_in(client: Client, password: str) -> int:
    begun = time.monotonic()
    status = client.post("/account/sign-in/", {"login": "viewer", "password": password}).status_code
    assert time.monotonic() - begun < DEADLINE
    return status


@pytest.mark.django_db
def test_people_sign_in_and_programs_are_answered(
    ends: subprocess.Popen[bytes], client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    make_account(Role.VIEWER)
    caches["default"].set("known", 1)
    assert caches["default"].get("known") == 1
    kill(ends)
    with caplog.at_level(logging.WARNING, logger="cpc.cache"):
        assert sign_in(client, PASSWORD) == 302
        for _ in range(3):
            assert client.get("/api/v1/sources/").status_code == 200
    warnings = [record.getMessage() for record in caplog.records if record.name == "cpc.cache"]
    assert len(warnings) == 1
    assert "each process counts the limits" in warnings[0]


@pytest.mark.django_db
def test_tries_of_a_password_are_limited_without_it(ends: subprocess.Popen[bytes], client: Client) -> None:
    make_account(Role.VIEWER)
    kill(ends)
    for number in range(12):
        sign_in(client, f"guess {number}")
    sign_in(client, PASSWORD)
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_requests_of_a_program_are_limited_without_it(
    ends: subprocess.Popen[bytes], client: Client, settings: Settings
) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    client.force_login(make_account(Role.VIEWER))
    assert client.get("/api/v1/sources/").status_code == 200
    kill(ends)
    statuses = [client.get("/api/v1/sources/").status_code for _ in range(9)]
    assert set(statuses) == {200, 429}


@pytest.mark.django_db
def test_it_is_used_again_once_it_is_back(ends: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    cache: Any = shared()
    monkeypatch.setattr(fallback.FallbackCache, "_away_until", time.monotonic() + 60)
    cache.set("where", "here")
    assert cache._shared.get("where") is None
    monkeypatch.setattr(fallback.FallbackCache, "_away_until", 0.0)
    cache.set("where", "there")
    assert cache._shared.get("where") == "there"
    assert (cache.add("n", 5), cache.add("n", 6), cache.incr("n"), cache.touch("n"), cache.delete("n")) == (
        True,
        False,
        6,
        True,
        True,
    )


@pytest.mark.django_db
def test_an_invitation_leaves_at_once_where_it_cannot_be_queued(
    ends: subprocess.Popen[bytes],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    administrator = make_account(Role.ADMINISTRATOR)

    def invited(name: str) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            invite(
                username=name,
                name=name,
                email=f"{name}@cpc.example",
                role=Role.VIEWER,
                agency=None,
                is_contact=False,
                actor=administrator,
            )

    invited("first")
    assert (len(mail.outbox), Invitation.objects.get().sent_at) == (0, None), "a worker would send it"
    kill(ends)
    with caplog.at_level(logging.WARNING, logger="cpc.queue"):
        invited("second")
    assert [message.to for message in mail.outbox] == [["second@cpc.example"]]
    assert Invitation.objects.get(user=User.objects.get(username="second")).sent_at is not None
    (warning,) = [record.getMessage() for record in caplog.records if record.name == "cpc.queue"]
    assert warning.startswith("Couldn't queue the task accounts.send_invitation:")


def test_task_that_cannot_be_queued_fails_fast(ends: subprocess.Popen[bytes]) -> None:
    assert enqueue("accounts.send_invitation", 1) is True
    kill(ends)
    begun = time.monotonic()
    assert enqueue("accounts.send_invitation", 1) is False
    assert time.monotonic() - begun < DEADLINE
