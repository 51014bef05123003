"""Forms that are sent twice: performed once after a second press, a reload, or two requests at the same moment."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.idempotency import RETENTION
from cpc.api.models import IdempotentAnswer
from cpc.api.run_once import run_once
from tests.support.accounts import make_account

KEY = uuid.uuid4()


class Work:
    """A write operation that counts its runs."""

    def __init__(self, refuses: int = 0) -> None:
        self.ran, self.refuses = 0, refuses

    def __call__(self) -> str:
        self.ran += 1
        if self.ran <= self.refuses:
            raise ValidationError("Not like this.")
        return f"/made/{self.ran}/"


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


def test_key_performs_once_and_redirects_to_the_same_url(analyst: User) -> None:
    work = Work()
    assert run_once(analyst, KEY, "/new/", work) == ("/made/1/", True)
    assert run_once(analyst, KEY, "/new/", work) == ("/made/1/", False)
    assert work.ran == 1


def test_rejected_form_stores_nothing_and_its_key_can_be_reused(analyst: User) -> None:
    work = Work(refuses=1)
    with pytest.raises(ValidationError):
        run_once(analyst, KEY, "/new/", work)
    assert not IdempotentAnswer.objects.exists()
    assert run_once(analyst, KEY, "/new/", work) == ("/made/2/", True)


def test_a_key_belongs_to_its_account_and_its_address(analyst: User) -> None:
    work, other = Work(), make_account(Role.APPROVER)
    run_once(analyst, KEY, "/new/", work)
    run_once(other, KEY, "/new/", work)
    run_once(analyst, KEY, "/edit/", work)
    assert work.ran == 3


def test_key_expires_after_a_day(analyst: User, monkeypatch: Any) -> None:
    work = Work()
    run_once(analyst, KEY, "/new/", work)
    later = IdempotentAnswer.objects.get().answered_at + RETENTION + dt.timedelta(minutes=1)
    monkeypatch.setattr("cpc.api.run_once.timezone.now", lambda: later)
    run_once(analyst, uuid.uuid4(), "/new/", work)
    assert IdempotentAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_the_same_moment_write_once() -> None:
    analyst, work = make_account(Role.ANALYST), Work()

    def press(_number: int) -> tuple[str, bool]:
        try:
            return run_once(analyst, KEY, "/new/", work)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert sorted(answers) == [("/made/1/", False)] * 3 + [("/made/1/", True)]
