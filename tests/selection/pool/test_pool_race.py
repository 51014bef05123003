"""Two approvers at the same moment: one decision counts, and each day has one policy per reason."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.models import Country
from selection.models import Admission, PoolPolicy
from selection.pool import services as pool_services
from tests.selection.pool.test_pool_rules import outcome
from tests.support.accounts import make_account

pytestmark = pytest.mark.world("ranking")


def together(calls: list[Callable[[], object]]) -> list[str]:
    """Run all at once; return the code of each error, "" for success."""
    found: list[str] = []
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            found.append(outcome(call))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def people() -> tuple[User, User, User]:
    return (
        make_account(Role.ANALYST),
        make_account(Role.APPROVER),
        make_account(Role.APPROVER, username="other-approver"),
    )


def test_two_proposals_for_one_reason_approved_at_once(transactional_db: None) -> None:
    analyst, one, other = people()
    today = timezone.now().date()
    rows = [
        pool_services.propose_policy(
            reason="high_income",
            puts_outside=[],
            in_force_from=today,
            citation="A sample",
            why="A sample",
            actor=analyst,
        )
        for _ in range(2)
    ]
    pairs = zip(rows, (one, other), strict=True)
    calls: list[Callable[[], object]] = [
        partial(pool_services.decide_policy, policy=row, approve=True, actor=actor) for row, actor in pairs
    ]
    assert together(calls) == ["", "policy_later"]
    approved = PoolPolicy.objects.filter(reason="high_income", decision="approved")
    assert [row.replaced_on for row in approved.order_by("pk")].count(None) == 1


def test_two_admissions_of_one_country_approved_at_once(transactional_db: None) -> None:
    analyst, one, other = people()
    until = timezone.now().date() + dt.timedelta(days=30)
    romania = Country.objects.get(code="ROU")
    rows = [
        pool_services.propose_admission(country=romania, why="A sample", until=until, actor=analyst) for _ in range(2)
    ]
    pairs = zip(rows, (one, other), strict=True)
    calls: list[Callable[[], object]] = [
        partial(pool_services.decide_admission, admission=row, approve=True, actor=actor) for row, actor in pairs
    ]
    assert together(calls) == ["", "admitted_already"]
    assert Admission.objects.filter(decision="approved").count() == 1
