"""Guessing of codes: whoever knows the password waits after a few wrong ones, and is refused after a hundred."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.accounts.sign_ins import Proof
from cpc.api.run_once import new_key
from cpc.identity import factors
from cpc.sessions import throttle
from cpc.sessions.models import Counted, FailureCount
from cpc.sessions.throttle_rules import CAP
from tests.support.accounts import PASSWORD, make_account
from tests.support.passkeys import SECRET, code_of, give_app, proved_client

STEP, CONFIRM = "/account/sign-in/second-step/", "/account/confirm/"
WRONG = "000000"


@pytest.fixture
def analyst(db: None, settings: Settings) -> User:
    settings.REQUIRE_SECOND_FACTOR = True
    user = make_account(Role.ANALYST)
    give_app(user)
    return user


def after_password() -> Client:
    client = Client()
    answer = client.post("/account/sign-in/", {"login": "analyst", "password": PASSWORD})
    assert answer["Location"].startswith(STEP)
    return client


def wrong(client: Client, times: int, page: str = STEP) -> str:
    return [client.post(page, {"code": WRONG}).content.decode() for _ in range(times)][-1]


def failed_codes(count: int, seconds_ago: float = 0) -> None:
    at = timezone.now() - dt.timedelta(seconds=seconds_ago)
    FailureCount.objects.filter(counted=Counted.CODE).update(failures=count, last_failed_at=at)


def test_a_guesser_waits_wherever_the_codes_are_entered(analyst: User) -> None:
    client = after_password()
    assert "This code is wrong" in wrong(client, 4)
    # The count goes on after the right password is entered again, and in another browser.
    client = after_password()
    assert "This code is wrong" in wrong(client, 1)
    assert "Wait 30 seconds" in wrong(client, 1)
    client.post(STEP, {"code": code_of(SECRET)})
    assert SESSION_KEY not in client.session
    sent = {"code": code_of(SECRET), "idempotency_key": new_key()}
    confirmed = proved_client(analyst, Proof.PASSWORD).post(CONFIRM, sent)
    assert "too many wrong codes" in confirmed.content.decode()
    failed_codes(5, seconds_ago=30)
    client.post(STEP, {"code": code_of(SECRET)})
    assert client.session[SESSION_KEY] == str(analyst.pk)
    assert FailureCount.objects.get(counted=Counted.CODE).failures == 0


def test_after_a_hundred_wrong_codes_none_is_accepted_until_another_factor_or_a_link(analyst: User) -> None:
    assert factors.use_code(user=analyst, code=WRONG) is None
    failed_codes(CAP - 1, seconds_ago=900)
    assert factors.use_code(user=analyst, code=WRONG) is None
    failed_codes(CAP, seconds_ago=10**7)
    throttle.clear(timezone.now())
    with pytest.raises(ValidationError, match="refused after 100 wrong ones"):
        factors.use_code(user=analyst, code=code_of(SECRET))
    throttle.signed_in(analyst, by_second_factor=False)
    with pytest.raises(ValidationError, match="refused after 100 wrong ones"):
        factors.use_code(user=analyst, code=code_of(SECRET))
    throttle.forget(analyst)
    assert factors.use_code(user=analyst, code=code_of(SECRET)) is not None


@pytest.mark.django_db(transaction=True)
def test_many_codes_at_one_moment_are_no_more_than_the_rule_allows() -> None:
    user = make_account(Role.ANALYST)
    give_app(user)

    def attempt(_: int) -> bool:
        try:
            factors.use_code(user=user, code=WRONG)
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == 5
