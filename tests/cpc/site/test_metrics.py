"""Metrics: closed by default, for the bearer of the token and administrators, and without a word about people."""

from __future__ import annotations

import datetime as dt
import json
import re
import time

import pytest
from celery import Celery
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from cpc.accounts.permissions import Role
from cpc.site import metrics, task_queue
from cpc.site.background_tasks import ended_well, failed
from cpc.site.models import SchedulerLease
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db
TOKEN = "token-of-the-monitoring"


@pytest.fixture(autouse=True)
def fresh() -> None:
    metrics.shared.cache_clear()


@pytest.fixture
def monitoring(settings: Settings) -> Client:
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


def value(text: str, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    assert found, f"{series} is not in {text}"
    return float(found[1])


def test_it_is_closed_by_default(settings: Settings) -> None:
    assert Client().get("/metrics").status_code == 404
    assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert Client(headers={"Authorization": "Bearer wrong"}).get("/metrics").status_code == 401
    analyst, administrator = Client(), Client()
    analyst.force_login(make_account(Role.ANALYST))
    administrator.force_login(make_account(Role.ADMINISTRATOR))
    assert (analyst.get("/metrics").status_code, administrator.get("/metrics").status_code) == (401, 200)


def test_requests_are_counted_by_route_and_status_without_keys_and_names(monitoring: Client) -> None:
    client = Client()
    account = make_account(Role.ADMINISTRATOR, username="somebody.by.name")
    client.force_login(account)
    series = 'cpc_requests_total{method="GET",route="person",status="200"}'
    client.get(f"/account/people/{account.pk}/")
    before = value(monitoring.get("/metrics").text, series)
    client.get(f"/account/people/{account.pk}/")
    client.get("/no/such/page/987654321/")
    client.generic("CRAFTED", "/account/sign-in/")
    text = monitoring.get("/metrics").text
    assert value(text, series) == before + 1
    assert 'route="none",status="404"' in text
    assert 'method="other"' in text
    assert "CRAFTED" not in text
    assert "987654321" not in text
    assert "somebody" not in text
    assert value(text, 'cpc_request_seconds_count{route="person"}') >= 2


def test_tasks_the_scheduler_and_connections_are_reported(monitoring: Client) -> None:
    ended_well("selection.remind", 1.5)
    ended_well("selection.remind", 0.5)
    failed("selection.remind", OSError("a@b.example"), "run-1", 1)
    ticked = timezone.now() - dt.timedelta(seconds=3)
    SchedulerLease.objects.create(name="beat", until=timezone.now(), ticked_at=ticked)
    text = monitoring.get("/metrics").text
    assert value(text, 'cpc_task_runs_total{outcome="succeeded",task="selection.remind"}') == 2
    assert value(text, 'cpc_task_runs_total{outcome="failed",task="selection.remind"}') == 1
    assert value(text, 'cpc_task_seconds_total{task="selection.remind"}') == 3
    assert value(text, 'cpc_task_failures{task="selection.remind"}') == 1
    success = value(text, 'cpc_task_last_success_timestamp_seconds{task="selection.remind"}')
    assert abs(success - time.time()) < 60
    assert value(text, "cpc_scheduler_last_tick_timestamp_seconds") == pytest.approx(ticked.timestamp(), abs=1)
    assert sum(map(float, re.findall(r'^cpc_database_connections\{state="\w[^"]*"\} (\S+)$', text, re.MULTILINE))) >= 1
    assert value(text, "cpc_database_connections_max") > 1
    assert value(text, 'cpc_reachable{service="database"}') == 1
    assert "a@b.example" not in text


def test_the_queue_and_its_oldest_task_are_reported(monitoring: Client, settings: Settings, redis_url: str) -> None:
    settings.REDIS_URL = redis_url
    with Redis.from_url(redis_url) as server:
        server.delete(task_queue.QUEUE, task_queue.TAKEN)
        app = Celery("test", broker=redis_url, set_as_current=False)
        for name in ("selection.remind", "indicators.requeue_imports"):
            app.send_task(name)
        first = json.loads(server.lindex(task_queue.QUEUE, -1))
        assert first["headers"]["task"] == "selection.remind"
        first["headers"][task_queue.QUEUED_AT] -= 60
        server.lset(task_queue.QUEUE, -1, json.dumps(first))
        taken = json.dumps([{"headers": {"task": "webhooks.deliver_due", "id": "x"}}, "", "celery"])
        server.hset(task_queue.TAKEN, "1", taken)
        text = monitoring.get("/metrics").text
        found = task_queue.backlog()
        server.delete(task_queue.QUEUE, task_queue.TAKEN)
    assert (value(text, "cpc_queue_waiting"), value(text, "cpc_queue_taken")) == (2, 1)
    assert 55 < value(text, "cpc_queue_oldest_seconds") < 120
    names = [(message.name, message.is_taken) for message in found.messages]
    assert names == [
        ("webhooks.deliver_due", True),
        ("selection.remind", False),
        ("indicators.requeue_imports", False),
    ]


def test_what_is_away_is_reported_as_such(
    monitoring: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def away() -> None:
        raise DatabaseError("gone")

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(metrics, "_tasks", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    text = monitoring.get("/metrics").text
    assert value(text, 'cpc_reachable{service="database"}') == 0
    assert value(text, 'cpc_reachable{service="broker"}') == 0
    assert "cpc_requests_total" in text
