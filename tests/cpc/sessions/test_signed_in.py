"""Administrators see who is signed in, and from where sign-ins failed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.sessions import tables
from cpc.sessions.models import Session
from cpc.sessions.tables import FAILURES_OF
from tests.support.accounts import PASSWORD, make_account
from tests.support.tables import cells_in
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db

OPEN = "Open sessions, the last used first"
FAILURES = "Failed sign-ins by account and address, the last first"


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_account(Role.ADMINISTRATOR), "192.0.2.1")


@pytest.fixture
def analyst() -> User:
    return make_account(Role.ANALYST)


def signed_in(user: User, address: str) -> Client:
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/133.0")
    answer = client.post("/account/sign-in/", {"login": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def fails(user: User | str, address: str) -> None:
    name = user if isinstance(user, str) else user.username
    Client(REMOTE_ADDR=address).post("/account/sign-in/", {"login": name, "password": "wrong"})


def shown(client: Client, table: str) -> list[list[str]]:
    """Return the cells of each row of a table of the page; the first has no label."""
    found = client.get("/system/").content.decode().partition(table)[2].partition("<tbody")[2].partition("</tbody>")[0]
    return [[cell.partition(" / ")[0] for cell in cells_in(row)] for row in found.split("</tr>")[:-1]]


def test_each_open_session_is_listed_with_its_person_and_address(administrator: Client, analyst: User) -> None:
    assert [row[0] for row in shown(administrator, OPEN)] == ["Administrator head"]
    signed_in(analyst, "192.0.2.7")
    signed_in(analyst, "192.0.2.8")
    rows = shown(administrator, OPEN)
    assert [[row[0], row[1], row[2], row[5], row[6]] for row in rows] == [
        *(
            [
                "TIP Office analyst head",
                "Role: TIP Office analyst",
                "Proved by: Password",
                f"From: Windows, Firefox {address}",
                "Sign out: End all sessions of TIP Office analyst",
            ]
            for address in ("192.0.2.8", "192.0.2.7")
        ),
        [
            "Administrator head",
            "Role: Administrator",
            "Proved by: Password",
            "From: Windows, Firefox 192.0.2.1",
            "Sign out: This one",
        ],
    ]
    page = administrator.get("/system/").content.decode()
    assert "<p>2 people</p>" in page
    assert f'href="/account/people/{analyst.pk}/sessions/"' in page


IDLE = dt.timedelta(minutes=15)


@pytest.mark.parametrize(
    ("change", "is_listed"),
    [
        ({}, True),
        ({"last_seen_at": -IDLE + dt.timedelta(seconds=30)}, True),
        ({"last_seen_at": -IDLE}, False),
        ({"ended_because": "administrator"}, False),
    ],
)
def test_what_has_ended_is_not_listed(
    administrator: Client, analyst: User, change: dict[str, Any], is_listed: bool
) -> None:
    signed_in(analyst, "192.0.2.7")
    now = timezone.now()
    values = {key: now + value if isinstance(value, dt.timedelta) else value for key, value in change.items()}
    if values:
        Session.objects.filter(account=analyst).update(**values)
    assert (len(shown(administrator, OPEN)) == 2) is is_listed


def test_a_session_of_a_disabled_account_or_an_old_password_is_not_listed(administrator: Client, analyst: User) -> None:
    signed_in(analyst, "192.0.2.7")
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    assert len(shown(administrator, OPEN)) == 1
    User.objects.filter(pk=analyst.pk).update(is_active=True)
    assert len(shown(administrator, OPEN)) == 2
    analyst.set_password("another password of the analyst")
    analyst.save()
    assert len(shown(administrator, OPEN)) == 1


def test_failures_are_counted_by_account_and_address(administrator: Client, analyst: User) -> None:
    assert "None in the last 24 hours" in administrator.get("/system/").content.decode()
    fails(analyst, "203.0.113.40")
    fails(analyst, "203.0.113.41")
    fails(analyst, "203.0.113.40")
    fails("root", "198.51.100.7")
    assert "4 in the last 24 hours" in administrator.get("/system/").content.decode()
    assert [row[:3] for row in shown(administrator, FAILURES)] == [
        ["(unknown account) head", "From: 198.51.100.7", "Failed: 1"],
        ["TIP Office analyst head", "From: 203.0.113.40", "Failed: 2"],
        ["TIP Office analyst head", "From: 203.0.113.41", "Failed: 1"],
    ]


@pytest.mark.parametrize(("earlier", "count"), [(dt.timedelta(seconds=30), 1), (dt.timedelta(), 0)])
def test_a_failure_is_listed_for_a_day(administrator: Client, analyst: User, earlier: dt.timedelta, count: int) -> None:
    fails(analyst, "203.0.113.40")
    with unguarded():
        AuditEntry.objects.filter(action="sign-in failed").update(at=timezone.now() - FAILURES_OF + earlier)
    page = administrator.get("/system/").content.decode()
    assert ("203.0.113.40" in page) is bool(count)
    assert ("None in the last 24 hours" in page) is not bool(count)


@pytest.mark.parametrize(("others", "more"), [(1, ""), (2, "1 more session."), (3, "2 more sessions.")])
def test_sessions_past_the_last_shown_one_are_counted(
    administrator: Client, analyst: User, monkeypatch: pytest.MonkeyPatch, others: int, more: str
) -> None:
    monkeypatch.setattr(tables, "SHOWN", 2)
    for number in range(others):
        signed_in(analyst, f"192.0.2.{10 + number}")
    assert len(shown(administrator, OPEN)) == 2
    page = administrator.get("/system/").content.decode()
    assert ("more session" in page) is bool(more)
    assert more in page
    assert "<p>2 people</p>" in page, "a person is counted once"
