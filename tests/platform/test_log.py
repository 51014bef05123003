"""Log events: one JSON object each, with request, account, and address, and without secrets or needless traces."""

from __future__ import annotations

import io
import json
import logging
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from celery import shared_task
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from cpc import request_context
from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from cpc.logs.formatters import JsonFormatter, MaskingFormatter, mask_secrets
from cpc.people.invitations import deliver, open_invitation
from cpc.urls import urlpatterns as product
from tests.support.accounts import make_account
from tests.support.failing import handler400, handler403, handler404, handler500

__all__ = ("handler400", "handler403", "handler404", "handler500")

log = logging.getLogger("cpc.tests.log")


@shared_task(name="tests.says_something")
def says_something() -> str:
    with request_context.acting("task"):
        log.warning("The task says something.")
    return request_context.request_id()


def fails(request: HttpRequest) -> HttpResponse:
    """Raise an error while local variables contain secrets."""
    secret = request.GET.get("token", "")
    raise RuntimeError(f"token={secret} password='hunter2 hunter2' for {request.user}")


def starts_a_task(_request: HttpRequest) -> HttpResponse:
    says_something.delay()
    return HttpResponse("done")


urlpatterns = [*product, path("fails/", fails), path("starts/", starts_a_task)]


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Return the console log in its production format."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def analyst(db: None, settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = Client(raise_request_exception=False, headers={"X-Forwarded-For": "198.51.100.7, 192.0.2.9"})
    client.force_login(make_account(Role.ANALYST))
    return client


def test_error_page_and_log_have_the_same_request_id(analyst: Client, stream: io.StringIO) -> None:
    secret = secrets.token_urlsafe(32)
    response = analyst.get(f"/fails/?token={secret}")
    shown = re.search(r"<code>([0-9a-f]{32})</code>", response.content.decode())
    assert shown, "the error page shows no number"
    assert shown[1] == response["X-Request-ID"]
    (event,) = (event for event in events(stream) if event["level"] == "ERROR")
    assert event["request_id"] == shown[1]
    user = User.objects.get()
    assert (event["actor_id"], event["actor"], event["role"]) == (user.pk, "analyst", "analyst")
    assert (event["client"], event["status"], event["logger"]) == ("192.0.2.9", 500, "django.request")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", event["timestamp"])
    assert event["message"] == "Internal Server Error: /fails/"
    assert "RuntimeError: token=*** password=*** for" in event["exception"]
    assert 'File "' in event["exception"]
    assert secret not in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


@pytest.mark.parametrize(("url", "status"), [("/account/people/", 403), ("/nothing/", 404), ("/audit/?color=1", 400)])
def test_rejected_request_is_one_event_without_a_trace(
    analyst: Client, stream: io.StringIO, url: str, status: int
) -> None:
    response = analyst.get(url)
    assert response.status_code == status
    (event,) = events(stream)
    assert (event["status"], event["level"], event["request_id"]) == (status, "WARNING", response["X-Request-ID"])
    assert (event["actor"], event["client"]) == ("analyst", "192.0.2.9")
    assert "exception" not in event
    assert "Traceback" not in stream.getvalue()


def test_console_line_has_the_request_id_and_no_trace(analyst: Client) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(MaskingFormatter("%(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        refused, failed = analyst.get("/account/people/"), analyst.get("/fails/?token=abcdefgh")
    finally:
        logging.getLogger().removeHandler(handler)
    first, second, *rest = written.getvalue().splitlines()
    assert first.endswith(f"/account/people/ [request {refused['X-Request-ID']}]")
    assert second == f"ERROR Internal Server Error: /fails/ [request {failed['X-Request-ID']}]"
    assert rest[0] == "Traceback (most recent call last):"
    assert rest[-1].startswith("RuntimeError: token=***")


def test_a_program_is_named_by_the_account_of_its_token(db: None, stream: io.StringIO) -> None:
    owner = make_account(Role.API_CLIENT)
    token = issue_token(owner=owner, name="Copy", scopes=["observations:read"], days=1)
    client = Client(headers={"Authorization": f"Bearer {token.secret}"})
    response = client.get("/api/v1/partnerships/")
    (event,) = events(stream)
    assert (event["actor"], event["role"], event["request_id"]) == (
        "api_client",
        "api_client",
        response.json()["request_id"],
    )


def test_a_task_names_itself_and_the_request_that_started_it(analyst: Client, stream: io.StringIO) -> None:
    response = analyst.get("/starts/")
    (event,) = (event for event in events(stream) if event["logger"] == "cpc.tests.log")
    assert event["task"] == "tests.says_something"
    assert re.fullmatch(r"[0-9a-f-]{36}", event["task_id"])
    assert event["request_id"] == response["X-Request-ID"]
    assert (event["actor"], event["client"]) == ("analyst", "192.0.2.9")
    log.warning("Outside of it.")
    assert "task" not in events(stream)[-1]


def test_the_secret_of_a_link_is_in_no_event(db: None, client: Client, stream: io.StringIO) -> None:
    user = make_account(Role.VIEWER, is_active=False)
    User.objects.filter(pk=user.pk).update(email="viewer@cpc.example")
    deliver(open_invitation(user=user, actor=user).pk)
    secret = str(mail.outbox[-1].body).partition("/account/invitation/")[2].partition("/")[0]
    client.get(f"/account/invitation/{secret}/?x=1")
    client.get(f"/account/invitation/{secret}x/")
    messages = [event["message"] for event in events(stream)]
    assert [message.rpartition(": ")[2] for message in messages] == ["/account/invitation/***/"] * 2
    assert secret not in stream.getvalue()


SECRET = secrets.token_urlsafe(32)


@pytest.mark.parametrize(
    "text",
    [
        "GET /account/invitation/abc123/ HTTP/1.1",
        "next=/account/invitation/abc123/&x=1",
        "https://cpc.example/account/invitation/abc123",
        "Authorization: Bearer abc123abc123",
        "{'Authorization': 'Basic abc123abc123=='}",
        "Cookie: sessionid=abc123; csrftoken=abc123",
        "sessionid=abc123",
        "csrfmiddlewaretoken=abc123&name=x",
        "?password=abc123&x=1",
        '{"password1": "abc123", "x": 1}',
        "oldpassword='abc123'",
        "set_password(new_password='abc123')",
        "EMAIL_HOST_PASSWORD=abc123",
        "secret = abc123",
        "SECRET_KEY: abc123",
        "postgres://cpc:abc123@db:5432/cpc",
        "redis://:abc123@redis:6379/0",
        "Forbidden: /account/department/logingov/answer/?code=abc123&state=x",
    ],
)
def test_a_secret_is_masked_wherever_it_is(text: str) -> None:
    assert "abc123" not in mask_secrets(text)
    assert "***" in mask_secrets(text)


def test_tokens_are_masked_by_their_shape() -> None:
    for _ in range(50):
        secret = secrets.token_urlsafe(32)
        assert mask_secrets(f"no such thing: {secret}.") in ("no such thing: ***.", f"no such thing: {secret}.")
        assert mask_secrets(f"cpc_0123abcd_{secret}") == "cpc_0123abcd_***"
    assert mask_secrets("KeyError: 'cpc_0123abcd_x-y'") == "KeyError: 'cpc_0123abcd_***'"


@pytest.mark.parametrize(
    "text",
    [
        "Not Found: /partnerships/12/money/",
        "import 4 of CPI2024.xlsx was received but not read",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "0123456789abcdef0123456789abcdef",
        "/ranking/?sort=-score&page=2",
        "https://cpc.example/countries/GHA/",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask_secrets(text) == text
