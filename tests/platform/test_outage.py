"""An outage of PostgreSQL: pages and REST answer 503 with Retry-After, and an error of a statement stays a 500."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from cpc.accounts.permissions import Role
from cpc.database.outages import RETRY_AFTER, is_out_of_time, is_outage
from tests.conftest import ROOT
from tests.support.accounts import make_account
from tests.support.services import database_environment, free_port

REQUESTS = """
import json
import django
django.setup()
from django.test import Client
answers = []
for method, url in (
    ("get", "/about/privacy/"),
    ("get", "/account/sign-in/"),
    ("get", "/"),
    ("post", "/account/sign-in/"),
    ("get", "/api/v1/partnerships/"),
    ("get", "/healthz/"),
    ("get", "/readyz"),
):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "0123456789abcdefghijklmnopqrstuv"
    data = {"login": "analyst", "password": "demonstration-only"} if method == "post" else None
    answer = getattr(client, method)(url, data)
    headers_of = [answer.get("Retry-After"), answer["Content-Type"]]
    answers.append([url, answer.status_code, *headers_of, answer.content.decode()])
print("ANSWERS" + json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers() -> list[list[Any]]:
    """Return the answers of a process whose database listens nowhere."""
    address = f"postgres://cpc_app:secret@127.0.0.1:{free_port()}/cpc"
    environment = os.environ | {
        "DATABASE_URL": address,
        "DATABASE_OWNER_URL": address,
        "DJANGO_SETTINGS_MODULE": "cpc.settings",
        "CPC_ENV": "test",
        "REDIS_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", REQUESTS], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    found: list[list[Any]] = json.loads(done.stdout.partition("ANSWERS")[2])
    return found


def test_pages_answer_503_as_a_page_that_needs_no_database(answers: list[list[Any]]) -> None:
    pages = [answer for answer in answers if answer[0] in ("/", "/account/sign-in/")]
    needing = [answer for answer in pages if answer[1] != 200]  # the form to sign in reads nothing
    assert {answer[0] for answer in needing} == {"/", "/account/sign-in/"}
    for url, status, retry_after, media, body in needing:
        assert (status, retry_after) == (503, str(RETRY_AFTER)), url
        assert media.startswith("text/html")
        assert "The service is not available right now" in body
        assert "secret" not in body


def test_rest_answers_503_as_a_problem_document(answers: list[list[Any]]) -> None:
    ((_, status, retry_after, media, body),) = [answer for answer in answers if answer[0].startswith("/api/")]
    assert (status, retry_after, media) == (503, str(RETRY_AFTER), "application/problem+json")
    document = json.loads(body)
    assert document["type"] == "/api/problems/#unavailable"
    assert document["status"] == 503


def test_the_proxy_learns_of_it(answers: list[list[Any]]) -> None:
    assert {url: status for url, status, *_ in answers if url in ("/healthz/", "/readyz")} == {
        "/healthz/": 503,
        "/readyz": 503,
    }


@pytest.mark.django_db(transaction=True)
def test_a_session_that_the_server_ended_is_an_outage() -> None:
    cursor = connection.cursor()
    cursor.execute("SET ROLE NONE")  # the owner may end its own session
    with pytest.raises(DatabaseError) as found:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connections["default"].close()
    assert is_outage(found.value)
    wrapped = RuntimeError("The page failed.")
    wrapped.__cause__ = found.value
    assert is_outage(wrapped)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["SELECT 1 / 0", "SELECT nothing"],
)
def test_an_error_of_a_statement_is_none(statement: str) -> None:
    with pytest.raises(DatabaseError) as found, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert not is_outage(found.value)
    assert not is_out_of_time(found.value)
    assert not is_outage(RuntimeError("Another error."))
    assert not is_outage(None)


# ---- time-outs -----------------------------------------------------------------------------------------------------

LIMITED = """
import json
import django
django.setup()
from django.db import connection
names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
with connection.cursor() as cursor:
    for name in names:
        cursor.execute("SHOW " + name)
        print("LIMIT" + cursor.fetchone()[0])
"""


CHOSEN = {"TASK_STATEMENT_TIMEOUT": "7", "TASK_LOCK_TIMEOUT": "0", "TASK_IDLE_TRANSACTION_TIMEOUT": "9"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("more", "limits"),
    [
        ({"REDIS_URL": "redis://nowhere", "CPC_PROCESS": "web"}, ["1min", "20s", "90s"]),
        ({"REDIS_URL": "redis://nowhere"}, ["30min", "5min", "30min"]),
        ({"CPC_PROCESS": "web"}, ["30min", "5min", "30min"]),
        (
            {"TASK_STATEMENT_TIMEOUT": "7", "TASK_LOCK_TIMEOUT": "0", "TASK_IDLE_TRANSACTION_TIMEOUT": "9"},
            ["7s", "0", "9s"],
        ),
    ],
    ids=["web", "worker", "web without a broker", "chosen"],
)
def test_sessions_of_web_and_workers_have_their_own_limits(more: dict[str, str], limits: list[str]) -> None:
    environment = database_environment(
        DJANGO_SETTINGS_MODULE="cpc.settings", CPC_ENV="test", **{"REDIS_URL": "", **more}
    )
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert [line.removeprefix("LIMIT") for line in done.stdout.splitlines() if line.startswith("LIMIT")] == limits


def _statement(cursor: Any) -> None:
    cursor.execute("SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(5)")


def _lock(cursor: Any) -> None:
    with psycopg2.connect(**connection.get_connection_params()) as other, other.cursor() as elsewhere:
        elsewhere.execute("SELECT pg_advisory_lock(7, 7)")
        cursor.execute("SET LOCAL lock_timeout = '20ms'; SELECT pg_advisory_xact_lock(7, 7)")


def _idle(cursor: Any) -> None:
    cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
    time.sleep(0.5)
    cursor.execute("SELECT 1")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("exceeds", [_statement, _lock, _idle])
@pytest.mark.parametrize("path", ["/", "/api/v1/sources/"])
def test_a_request_that_takes_too_long_gets_a_503(
    exceeds: Callable[[Any], None], path: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(make_account(Role.ANALYST))
    client.raise_request_exception = False

    def slow(*_: object, **__: object) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            exceeds(cursor)

    monkeypatch.setattr("cpc.web.middleware.ReadableAddressMiddleware.__call__", slow)
    answer = client.get(path)
    connection.close()
    assert (answer.status_code, answer["Retry-After"]) == (503, str(RETRY_AFTER))
    assert "was too busy to answer in time" in answer.content.decode() or exceeds is _idle
