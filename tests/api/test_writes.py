"""Endpoints that write: idempotency keys against repeated writes, `If-Match` against lost updates."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import include, path
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission, Role
from cpc.api.conditional import etag_for, require_match, tagged
from cpc.api.idempotency import idempotent
from cpc.api.models import IdempotentAnswer
from cpc.api.views import Endpoint
from cpc.api_tokens.services import issue_token
from tests.support.accounts import make_account

URL = "/api/v1/agencies/"
ONE = f"{URL}one/"
JSON = {"content_type": "application/json"}


def _said(agency: Agency) -> dict[str, Any]:
    return {"code": agency.code, "name": agency.name}


def _body(request: Request) -> dict[str, str]:
    return dict(request.data)


class Agencies(Endpoint):
    """Endpoint that creates an agency, or rejects a name that breaks a rule."""

    required_permission = Permission.USE_API

    @idempotent
    def post(self, request: Request) -> Response:
        agency = Agency.objects.create(code=_body(request)["code"], name=_body(request)["name"])
        if agency.name == "too much":
            message = "At most %(limit)s; this would be %(would_be)s."
            raise ValidationError(
                {"name": ValidationError(message, "bound", {"limit": "5", "would_be": "8", "citation": "Rule 1"})}
            )
        return Response(_said(agency), status=201, headers={"Location": ONE})


class OneAgency(Endpoint):
    """Endpoint that reads the newest agency, and renames it with `If-Match`."""

    required_permission = Permission.USE_API

    def get(self, request: Request) -> Response:
        return Response(_said(Agency.objects.latest("pk")))

    @transaction.atomic
    def patch(self, request: Request) -> Response:
        agency = Agency.objects.select_for_update().latest("pk")
        require_match(request, etag_for(request, _said(agency)))
        agency.name = _body(request)["name"]
        agency.save()
        return tagged(Response(_said(agency)), etag_for(request, _said(agency)))


urlpatterns = [
    path("api/v1/agencies/", Agencies.as_view()),
    path("api/v1/agencies/one/", OneAgency.as_view()),
    path("", include("cpc.urls")),
]


@pytest.fixture(autouse=True)
def _views_that_write(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def writer(db: None) -> Client:
    return client_for(make_account(Role.ANALYST))


def client_for(owner: User) -> Client:
    issued = issue_token(owner=owner, name="Writer", scopes=["observations:read"], days=1)
    return Client(headers={"Authorization": f"Bearer {issued.secret}"})


def post(client: Client, key: str | None, name: str = "Bureau", code: str = "b") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(URL, {"code": code, "name": name}, headers=headers, **JSON)  # type: ignore[arg-type]  # the arguments have several types


def problem(response: Any, status: int, code: str) -> Any:
    document = response.json()
    assert (response.status_code, document["type"]) == (status, f"/api/problems/#{code}")
    return document


# ---- Idempotency-Key -----------------------------------------------------------------------------------------------


def test_the_same_request_is_done_once_and_answered_the_same_way(writer: Client) -> None:
    first, second = post(writer, "k1"), post(writer, "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.content, second["Location"]) == (first.content, ONE)
    assert (first.headers.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")
    assert Agency.objects.filter(code="b").count() == 1


def test_another_request_under_the_key_is_refused(writer: Client) -> None:
    post(writer, "k1")
    problem(post(writer, "k1", name="Another", code="c"), 422, "idempotency_key_reused")
    assert not Agency.objects.filter(code="c").exists()


def test_a_key_belongs_to_its_account(writer: Client) -> None:
    other = client_for(make_account(Role.APPROVER))
    assert post(writer, "k1").status_code == post(other, "k1", name="Another", code="c").status_code == 201


def test_a_refused_request_leaves_nothing_and_may_be_corrected_under_its_key(writer: Client) -> None:
    document = problem(post(writer, "k1", name="too much"), 422, "refused")
    assert document["errors"] == [
        {
            "field": "name",
            "code": "bound",
            "message": "At most 5; this would be 8.",
            "limit": "5",
            "would_be": "8",
            "citation": "Rule 1",
        }
    ]
    assert document["detail"] == "name: At most 5; this would be 8."
    assert not Agency.objects.filter(code="b").exists()
    assert post(writer, "k1").status_code == 201


def test_a_key_is_forgotten_after_a_day(writer: Client) -> None:
    post(writer, "k1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE api_idempotentanswer SET answered_at = answered_at - interval '25 hours'")
    assert post(writer, "k1", name="Another", code="c").status_code == 201
    assert IdempotentAnswer.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "é", "k" * 201])
def test_a_key_that_is_none_is_reported(writer: Client, key: str) -> None:
    assert problem(post(writer, key), 400, "invalid")["errors"][0]["field"] == "Idempotency-Key"


@pytest.fixture
def held_elsewhere() -> Iterator[threading.Event]:
    """Hold the account's key `k1` on another connection until the event is set."""
    owner = make_account(Role.ANALYST)
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency {owner.pk} k1"])
            holds.set()
            done.wait(30)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(30)
    yield done
    done.set()
    thread.join(30)


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_being_answered_the_second_is_asked_to_wait(held_elsewhere: threading.Event) -> None:
    client = client_for(User.objects.get(username="analyst"))
    response = post(client, "k1")
    problem(response, 409, "idempotency_in_progress")
    assert response["Retry-After"] == "1"
    assert post(client, "k2").status_code == 201


def test_at_once_by_several_it_is_done_once(transactional_db: None) -> None:
    owner = make_account(Role.ANALYST)
    clients = [client_for(owner) for _ in range(8)]
    answers: list[Any] = []

    def send(client: Client) -> None:
        answers.append(post(client, "k1"))
        connections.close_all()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 8
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert 201 in {answer.status_code for answer in answers}
    assert Agency.objects.filter(code="b").count() == 1


# ---- If-Match ------------------------------------------------------------------------------------------------------


def patch(client: Client, name: str, **headers: str) -> Any:
    return client.patch(ONE, {"name": name}, headers=headers, **JSON)  # type: ignore[arg-type]  # the arguments have several types


def test_write_requires_if_match_and_returns_the_next_etag(writer: Client) -> None:
    post(writer, None)
    read = writer.get(ONE)["ETag"]
    problem(patch(writer, "X"), 428, "precondition_required")
    for stale in ('"older"', f"W/{read}", read.strip('"')):
        problem(patch(writer, "X", **{"If-Match": stale}), 412, "precondition_failed")
    changed = patch(writer, "New", **{"If-Match": f'"older", {read}'})
    assert (changed.status_code, changed.json()["name"]) == (200, "New")
    assert changed["ETag"] == writer.get(ONE)["ETag"] != read
    problem(patch(writer, "Lost", **{"If-Match": read}), 412, "precondition_failed")
    assert patch(writer, "Any", **{"If-Match": "*"}).status_code == 200
