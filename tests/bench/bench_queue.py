"""Benchmark of home, the queue, and the inbox: at 1,000 partnerships against a tenth of them, with work that waits.

Every partnership in force has late reports, responsibilities, and activities; every second one has a plan that an
approver has to decide on. The inbox has one notification for each partnership.
"""

from __future__ import annotations

import datetime as dt
import tempfile

from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.notifications.models import Notification
from cpc.site.queue import Desk, queue_of
from partnerships.models import MonitoringPlan, Partnership, PlanStep
from tests.bench.many import DESK, make_many
from tests.bench.measuring import Row, getting, medians, query_count, row
from tests.support.accounts import make_account

MANY, ROUNDS, GOAL = 1000, 9, 1.5
PAGES = ("/", "/queue/", "/queue/?due=late", "/inbox/", "/api/v1/queue/")
MOST_QUERIES = 30


def run() -> list[Row]:
    """Measure each page for an analyst and an approver; assert equal numbers of queries, and at most 30 of home."""
    with (
        transaction.atomic(),
        tempfile.TemporaryDirectory() as folder,
        override_settings(ALLOWED_HOSTS=["*"], MEDIA_ROOT=folder, API_REQUESTS_A_MINUTE=10**9),
    ):
        analyst, approver = make_account(Role.ANALYST), make_account(Role.APPROVER)
        today = timezone.now().date()
        _fill(range(MANY // 10), analyst, approver, today)
        before = {(user.role, url): _read(user, url) for user in (analyst, approver) for url in PAGES}
        waiting = _waiting(analyst, approver, today)
        _fill(range(MANY // 10, MANY), analyst, approver, today)
        found = []
        more = _waiting(analyst, approver, today)
        assert all(9 * few <= many for few, many in zip(waiting, more, strict=True)), (waiting, more)
        for user in (analyst, approver):
            for url in PAGES:
                (few, queries), (many, same) = before[user.role, url], _read(user, url)
                assert queries == same, f"{url} takes {queries} queries, and {same} with {MANY} partnerships"
                assert url != "/" or same <= MOST_QUERIES, f"Home of the {user.role} takes {same} queries"
                detail = f"{many:.1f} ms against {few:.1f} ms, {same} queries both"
                found.append(row(f"{url} of the {user.role}, {MANY} partnerships", many, few, GOAL, detail))
        found.append(row("items that wait", 1, 1, 1, f"{more[0]:,} for the analyst, {more[1]:,} for the approver"))
        transaction.set_rollback(True)
        return found


def _fill(numbers: range, analyst: User, approver: User, today: dt.date) -> None:
    make_many(numbers, shape=DESK, writer=analyst, actor=approver, today=today)
    new = Partnership.objects.filter(monitoring_plan__isnull=True, status="active").order_by("pk")[::2]
    plans = MonitoringPlan.objects.bulk_create([MonitoringPlan(partnership=row) for row in new])
    PlanStep.objects.bulk_create(
        [PlanStep(plan=plan, name="submit", source="draft", target="submitted", actor=analyst) for plan in plans]
    )
    Notification.objects.bulk_create(
        Notification(
            recipient=user,
            kind="bench",
            urgent=False,
            subject=f"News {number}",
            text="News",
            link="/",
            target_type="partnerships.partnership",
            target_id=str(number),
            dedupe=f"bench {number}",
            by_mail=False,
        )
        for user in (analyst, approver)
        for number in numbers
    )


def _waiting(analyst: User, approver: User, today: dt.date) -> tuple[int, int]:
    counts = [queue_of(Desk(user, today, 8)).total for user in (analyst, approver)]
    return counts[0], counts[1]


def _read(user: User, url: str) -> tuple[float, int]:
    """Return the milliseconds and the queries of a page for an account."""
    client = Client()
    client.force_login(user)
    call = getting(client, url)
    return medians(call, rounds=ROUNDS)[0], query_count(call)
