"""An outage of PostgreSQL: pages and REST answer 503 with Retry-After, and an error of a statement stays a 500."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from cpc.database.outages import RETRY_AFTER, is_outage
from tests.conftest import ROOT
from tests.support.services import free_port

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
    ["SELECT 1 / 0", "SELECT nothing", "SET LOCAL statement_timeout = '1ms'; SELECT pg_sleep(1)"],
)
def test_an_error_of_a_statement_is_none(statement: str) -> None:
    with pytest.raises(DatabaseError) as found, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert not is_outage(found.value)
    assert not is_outage(RuntimeError("Another error."))
    assert not is_outage(None)
