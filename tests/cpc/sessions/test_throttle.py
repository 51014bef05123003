"""Sign-in throttling: a stranger's failures make the stranger wait, and never lock the owner out."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.queries import entries_of
from cpc.notifications.models import Notification
from cpc.sessions import notifications, throttle
from cpc.sessions.devices import COOKIE
from cpc.sessions.models import Counted, FailureCount
from cpc.sessions.throttle_rules import CAP
from tests.support.accounts import PASSWORD, make_account

OWNER, STRANGER = "192.0.2.10", "198.51.100.66"


@pytest.fixture
def user(db: None) -> User:
    return make_account(Role.ANALYST)


def browser(address: str = OWNER) -> Client:
    return Client(REMOTE_ADDR=address)


def sign_in(client: Client, password: str = PASSWORD, name: str = "analyst") -> str:
    """Try to sign in; return "" for success, else the page with the error."""
    answer = client.post("/account/sign-in/", {"login": name, "password": password})
    if answer.status_code == 302:
        assert SESSION_KEY in client.session
        return ""
    return str(answer.content.decode())


def fail(times: int, address: str = STRANGER, name: str = "analyst") -> str:
    client = browser(address)
    return [sign_in(client, "a wrong guess", name) for _ in range(times)][-1]


def count(user: User, failures: int) -> None:
    """Let so many sign-ins of an account have failed in a row, from everywhere."""
    throttle.begin(HttpRequest(), user.username)
    FailureCount.objects.filter(counted=Counted.NAME).update(failures=failures)


def test_a_stranger_waits_and_the_owner_signs_in_from_another_address(user: User) -> None:
    assert "incorrect" in fail(5)
    assert "Wait 30 seconds" in fail(1)
    # Not even the right password helps the stranger now.
    assert "too many failed sign-ins" in sign_in(browser(STRANGER))
    assert sign_in(browser()) == ""


def test_the_owner_signs_in_from_the_same_address_in_a_known_browser(user: User) -> None:
    known = browser()
    assert sign_in(known) == ""
    known.post("/account/sign-out/")
    fail(6, OWNER)
    assert "too many" in sign_in(browser(OWNER))
    assert sign_in(known) == ""


def test_a_browser_is_no_longer_known_when_all_sessions_were_ended_or_its_cookie_is_changed(user: User) -> None:
    known = browser()
    sign_in(known)
    known.post("/account/sign-out/")
    fail(5, OWNER)
    stored = known.cookies[COOKIE].value
    known.cookies[COOKIE] = stored[:-1] + ("A" if stored[-1] != "A" else "B")
    assert "too many" in sign_in(known, "a wrong guess")
    known.cookies[COOKIE] = stored
    assert "incorrect" in sign_in(known, "a wrong guess")
    User.objects.filter(pk=user.pk).update(sessions_ended=7)
    assert "too many" in sign_in(known)


def test_the_cookie_of_one_account_does_not_make_the_browser_known_for_another(user: User) -> None:
    make_account(Role.VIEWER)
    client = browser(STRANGER)
    sign_in(client, name="viewer")
    client.post("/account/sign-out/")
    for _ in range(5):
        sign_in(client, "a wrong guess")
    assert "too many" in sign_in(client)


def test_success_resets_and_waiting_tries_do_not_count(user: User) -> None:
    fail(4, OWNER)
    assert sign_in(browser(OWNER)) == ""
    assert throttle.failures_of(user) == 0
    assert "incorrect" in fail(5, OWNER)
    fail(20, OWNER)
    assert throttle.failures_of(user) == 5
    FailureCount.objects.update(last_failed_at=timezone.now() - dt.timedelta(seconds=30))
    assert sign_in(browser(OWNER)) == ""


def test_one_account_of_ones_own_does_not_reset_the_count_of_the_address(user: User) -> None:
    make_account(Role.VIEWER)
    for name in ("one", "two", "three"):
        fail(1, STRANGER, name)
    sign_in(browser(STRANGER), name="viewer")
    assert FailureCount.objects.get(counted=Counted.ADDRESS).failures == 3


def test_names_that_no_account_has_get_the_same_answers(user: User) -> None:
    def shown(name: str) -> list[str]:
        client = browser(f"203.0.113.{len(name)}")
        pages = [sign_in(client, "a wrong guess", name) for _ in range(6)]
        return ["incorrect" if "incorrect" in page else "too many" if "too many" in page else "?" for page in pages]

    assert shown("analyst") == shown("nobody-here") == ["incorrect"] * 5 + ["too many"]


def test_another_spelling_of_the_name_is_counted_with_it(user: User) -> None:
    fail(3)
    fail(2, name="ANALYST")
    assert "too many" in fail(1, name=" Analyst ")
    assert throttle.failures_of(user) == 5


def test_the_cap_refuses_the_password_but_in_a_known_browser_until_it_is_lifted(user: User) -> None:
    known = browser()
    sign_in(known)
    known.post("/account/sign-out/")
    count(user, CAP - 1)
    assert "incorrect" in fail(1)
    refused = sign_in(browser("203.0.113.7"))
    assert "refused after 100 failed sign-ins" in refused
    assert sign_in(known) == ""
    # A password does not lift it, even the right one in a known browser; a second factor does.
    assert "refused after 100" in sign_in(browser("203.0.113.7"))
    assert "Your password is refused" in known.get("/account/sessions/").content.decode()
    assert throttle.signed_in(user, by_second_factor=True) is True
    assert sign_in(browser("203.0.113.7")) == ""


def test_the_owner_is_notified_once_of_failures_in_an_unknown_browser_and_of_the_cap(user: User) -> None:
    known = browser()
    sign_in(known)
    known.post("/account/sign-out/")
    for _ in range(5):
        sign_in(known, "my own typing error")
    assert not Notification.objects.filter(kind=notifications.FAILED).exists()
    fail(4)
    assert not Notification.objects.filter(kind=notifications.FAILED).exists()
    fail(1)
    fail(5, "198.51.100.67")
    told = Notification.objects.get(kind=notifications.FAILED)
    assert (told.recipient, told.urgent) == (user, True)
    count(user, CAP - 1)
    fail(1, "198.51.100.68")
    assert Notification.objects.get(kind=notifications.REFUSED).recipient == user
    assert entries_of(user).filter(action="sign-in failed").count() == 5 + 5 + 5 + 1


def test_nothing_that_was_typed_is_stored(user: User) -> None:
    fail(1, name="my secret passphrase")
    assert "passphrase" not in str(list(FailureCount.objects.values()))


def test_counts_that_no_longer_count_are_removed_but_not_those_of_an_account(user: User) -> None:
    fail(2)
    fail(2, name="nobody-here")
    assert throttle.clear(timezone.now() - dt.timedelta(minutes=1)) == 0
    throttle.clear(timezone.now())
    assert list(FailureCount.objects.values_list("counted", "failures")) == [("name", 2)]


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_one_moment_are_no_more_than_the_rule_allows() -> None:
    make_account(Role.ANALYST)
    request = RequestFactory().post("/account/sign-in/", REMOTE_ADDR=STRANGER)

    def attempt(_: int) -> bool:
        try:
            return throttle.begin(request, "analyst").verdict.allowed
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == 5
