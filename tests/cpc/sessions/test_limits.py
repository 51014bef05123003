"""The limits of a session, at each of their boundaries, as rules and as requests find them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.sessions.limits import End, SessionLimits, limits_for, why_over
from cpc.sessions.models import Session
from tests.support.accounts import make_account

START = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)
OFFICE = SessionLimits(idle=dt.timedelta(minutes=15), life=dt.timedelta(hours=12))
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("role", "minutes"),
    [(Role.ANALYST, 15), (Role.REVIEWER, 15), (Role.VIEWER, 15), (Role.API_CLIENT, 15), (Role.APPROVER, 10),
     (Role.ADMINISTRATOR, 10)],
)  # fmt: skip
def test_approvers_and_administrators_have_ten_minutes(role: Role, minutes: int) -> None:
    assert limits_for(role) == SessionLimits(dt.timedelta(minutes=minutes), dt.timedelta(hours=12))


@pytest.mark.parametrize(
    ("last_act", "now", "ended", "why"),
    [
        (START, START + OFFICE.idle - SECOND, "", None),
        (START, START + OFFICE.idle, "", End.IDLE),
        (START + OFFICE.life - SECOND, START + OFFICE.life - SECOND, "", None),
        (START + OFFICE.life - SECOND, START + OFFICE.life, "", End.LIFE),
        (START, START + SECOND, "elsewhere", End.ELSEWHERE),
        # The order of a person counts, also after the limit: what was typed is not stored then.
        (START, START + OFFICE.idle, "administrator", End.ADMINISTRATOR),
    ],
)
def test_a_session_is_over_at_the_moment_of_its_limit(
    last_act: dt.datetime, now: dt.datetime, ended: str, why: End | None
) -> None:
    assert why_over(OFFICE, started_at=START, last_seen_at=last_act, now=now, ended_because=ended) is why


# ---- requests ------------------------------------------------------------------------------------------------------


@pytest.fixture
def user(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def browser(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def move(*, idle: dt.timedelta = dt.timedelta(), life: dt.timedelta = dt.timedelta()) -> None:
    """Let all sessions have begun and last acted that long ago."""
    now = timezone.now()
    Session.objects.update(last_seen_at=now - idle, started_at=now - max(idle, life))


def is_sign_in(response: Any) -> bool:
    return response.status_code == 302 and str(response["Location"]).startswith("/account/sign-in/?next=")


@pytest.mark.parametrize(("role", "minutes"), [(Role.ANALYST, 15), (Role.APPROVER, 10)])
def test_an_idle_session_is_refused_by_pages_and_rest(client: Client, db: None, role: Role, minutes: int) -> None:
    client.force_login(make_account(role))
    limit = dt.timedelta(minutes=minutes)
    move(idle=limit - dt.timedelta(seconds=5))
    assert client.get("/api/v1/queue/").status_code == 200
    move(idle=limit)
    assert client.get("/api/v1/queue/").status_code == 401


def test_an_idle_session_leads_to_the_sign_in_with_the_reason(browser: Client) -> None:
    move(idle=dt.timedelta(minutes=15))
    answer = browser.get("/account/settings/")
    assert is_sign_in(answer)
    assert "nothing was done for a while" in browser.get(answer["Location"]).content.decode()


def test_activity_extends_a_session_but_not_beyond_its_life(browser: Client) -> None:
    move(idle=dt.timedelta(minutes=14))
    assert browser.get("/account/settings/").status_code == 200
    assert timezone.now() - Session.objects.get().last_seen_at < dt.timedelta(minutes=1)
    move(life=dt.timedelta(hours=12))
    answer = browser.get("/account/settings/")
    assert is_sign_in(answer)
    assert "some hours after the sign-in" in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/account/settings/", {"X-Background": "page"}),
        ("/api/v1/queue/", {}),
        ("/account/session/", {"X-Background": "session"}),
        ("/account/session/", {}),
        ("/readyz", {}),
    ],
)
def test_what_a_page_or_program_asks_by_itself_extends_nothing(
    browser: Client, path: str, headers: dict[str, str]
) -> None:
    move(idle=dt.timedelta(minutes=14))
    assert browser.get(path, headers=headers).status_code == 200
    assert timezone.now() - Session.objects.get().last_seen_at >= dt.timedelta(minutes=14)


def test_the_script_learns_how_long_the_session_lasts_and_extends_it(browser: Client) -> None:
    move(idle=dt.timedelta(minutes=14))
    assert browser.get("/account/session/").json() == {"seconds": pytest.approx(60, abs=2), "extends": True}
    assert browser.post("/account/session/").json()["seconds"] == pytest.approx(900, abs=2)
    move(life=dt.timedelta(hours=11, minutes=58))
    assert browser.post("/account/session/").json() == {"seconds": pytest.approx(120, abs=2), "extends": False}
    move(idle=dt.timedelta(minutes=15))
    assert browser.post("/account/session/").json() == {"seconds": 0, "extends": False}


def test_a_request_in_flight_does_not_bring_an_ended_session_back(browser: Client) -> None:
    store = browser.session
    store["anything"] = 1
    Session.objects.update(ended_because=End.ELSEWHERE)
    with pytest.raises(UpdateError):
        store.save()
    assert is_sign_in(browser.get("/account/settings/"))


def test_the_database_refuses_to_bring_an_ended_session_back(browser: Client) -> None:
    Session.objects.update(ended_because=End.ELSEWHERE)
    with pytest.raises(DatabaseError), transaction.atomic():
        Session.objects.update(ended_because="")


def test_polls_of_fragments_lead_the_whole_page_to_the_sign_in(browser: Client) -> None:
    move(idle=dt.timedelta(minutes=15))
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/data/updates/1/", "X-Background": "page"}
    answer = browser.get("/account/settings/", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/account/sign-in/?next=%2Fdata%2Fupdates%2F1%2F")
