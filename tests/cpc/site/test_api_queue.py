"""The queue over REST: the same counts and rows as the page, and never more than the account or token may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.accounts.scopes import Scope
from cpc.api_tokens.services import issue_token
from cpc.site import queue
from cpc.site.queue import Category, Desk, Item, Lane, QueueSource, Sent, SentLane, WaitingSource
from tests.partnerships.sending import client_of
from tests.support.accounts import make_account

TODAY = timezone.now().date()


def source(number: int, permission: Permission | None = None, key: str = "tests") -> QueueSource:
    def lanes(desk: Desk) -> list[Lane]:
        items = [
            Item(
                f"{key}:{one}",
                f"Do {one}",
                f"/{one}/",
                "",
                "Do",
                "flag",
                Category.DATA,
                TODAY - timedelta(days=one + 1),
            )
            for one in range(number)
        ]
        return [queue.lane_of_items(desk, Category.DATA, items)]

    return QueueSource(key, permission, lanes)


def read(client: Client) -> Any:
    response = client.get("/api/v1/queue/")
    assert response.status_code == 200
    return response.json()


def with_token(owner: User, *scopes: Scope) -> Client:
    issued = issue_token(owner=owner, name="Queue", scopes=scopes, days=1)
    return Client(headers={"Authorization": f"Bearer {issued.secret}"})


def test_counts_are_true_and_rows_are_limited(db: None) -> None:
    client = client_of(make_account(Role.ANALYST))
    sent = WaitingSource("w", None, lambda _desk: SentLane(3, [Sent("s", "Amendment 1", "/a/", "the approver")]))
    with queue.sources.only(source(130)), queue.waiting_sources.only(sent):
        answer = read(client)
        assert client.get("/").context["everything"] == 130
    assert answer["on"] == TODAY.isoformat()
    assert answer["counts"] == {"late": 130, "today": 0, "week": 0, "later": 0, "undated": 0, "total": 130}
    assert answer["kinds"] == [{"kind": "data", "name": "Data", "count": 130}]
    assert len(answer["items"]) == 100
    first = answer["items"][0]
    assert (first["key"], first["kind"], first["why"], first["since"]) == ("tests:129", "data", None, None)
    assert (answer["sent_count"], answer["sent"][0]["with_whom"]) == (3, "the approver")


def test_a_token_sees_what_its_scopes_allow(db: None) -> None:
    analyst = make_account(Role.ANALYST)
    sources = (
        source(1, Permission.VIEW_PARTNERSHIPS, "partnerships"),
        source(1, Permission.IMPORT_DATA, "data"),
        source(1, Permission.MANAGE_PEOPLE, "people"),
    )
    with queue.sources.only(*sources):
        assert [row["key"] for row in read(client_of(analyst))["items"]] == ["data:0", "partnerships:0"]
        token = with_token(analyst, Scope.PARTNERSHIPS_READ)
        assert [row["key"] for row in read(token)["items"]] == ["partnerships:0"]
        assert read(with_token(analyst, Scope.OBSERVATIONS_READ))["counts"]["total"] == 0
        assert read(with_token(make_account(Role.API_CLIENT), Scope.OBSERVATIONS_READ))["items"] == []


def test_more_rows_take_no_more_queries(db: None) -> None:
    client, counts = client_of(make_account(Role.ANALYST)), []
    for number in (1, 90):
        with queue.sources.only(source(number)):
            read(client)
            with CaptureQueriesContext(connection) as queries:
                read(client)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_nothing_waits_on_an_empty_installation(db: None) -> None:
    answer = read(client_of(make_account(Role.VIEWER)))
    assert (answer["counts"]["total"], answer["items"], answer["sent"]) == (0, [], [])


def test_partnership_narrows_the_queue_to_what_is_about_it(db: None) -> None:
    def lanes(desk: Desk) -> list[Lane]:
        items = [
            Item(f"n:{key}", "Do", "/n/", "", "Do", "flag", Category.DATA, TODAY, partnership=key)
            for key in (1, 2)
            if desk.partnership in (None, key)
        ]
        return [queue.lane_of_items(desk, Category.DATA, items)]

    client = client_of(make_account(Role.ANALYST))
    with queue.sources.only(source(3), QueueSource("n", None, lanes, narrows=True)), queue.waiting_sources.only():
        assert read(client)["counts"]["total"] == 5
        narrowed = client.get("/api/v1/queue/", {"partnership": "2"}).json()
        assert [item["key"] for item in narrowed["items"]] == ["n:2"]
        assert client.get("/api/v1/queue/", {"partnership": "0"}).status_code == 400
        assert client.get("/api/v1/queue/", {"partnership": "two"}).status_code == 400
