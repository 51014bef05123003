"""Benchmark of home, the queue, and the inbox: at 1,000 partnerships against a tenth of them, with work that waits.

Every partnership in force has late reports, responsibilities, and activities; every second one has a plan that an
approver has to decide on. The inbox has one notification for each partnership.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from statistics import median

from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.roles import as_owner
from cpc.notifications.models import Notification
from cpc.site.queue import Desk, queue_of
from partnerships.models import MonitoringPlan, Partnership, PlanStep
from tests.bench.copies import copy_of, inside
from tests.bench.many import DESK, make_many
from tests.bench.measuring import WARM_UPS, Row, getting, milliseconds, query_count, row
from tests.support.accounts import make_account

MANY, TURNS, ROUNDS, GOAL = 1000, 3, 5, 1.5
ROLES = (Role.ANALYST, Role.APPROVER)
PAGES = ("/", "/queue/", "/queue/?due=late", "/inbox/", "/api/v1/queue/")
MOST_QUERIES = 30

Page = tuple[Role, str]


def run() -> list[Row]:
    """Measure each page for an analyst and an approver; assert equal numbers of queries, and at most 30 of home.

    Both numbers of partnerships have a database of their own, committed and vacuumed as a server keeps it: in one
    transaction, the planner would work with the statistics of an empty database. The two take turns.
    """
    source = connection.settings_dict["NAME"]
    few, many = f"{source}_few", f"{source}_many"
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(ALLOWED_HOSTS=["*"], MEDIA_ROOT=folder, API_REQUESTS_A_MINUTE=10**9),
        copy_of(source, few),
        copy_of(source, many),
    ):
        waiting = _fill(few, MANY // 10), _fill(many, MANY)
        assert all(9 * less <= more for less, more in zip(*waiting, strict=True)), waiting
        queries = _queries(few), _queries(many)
        times = _times(few, many)
    found = []
    for role, url in times:
        less, more = queries[0][role, url], queries[1][role, url]
        assert less == more, f"{url} takes {less} queries, and {more} with {MANY} partnerships"
        assert url != "/" or more <= MOST_QUERIES, f"Home of the {role} takes {more} queries"
        floor, ours = times[role, url]
        detail = f"{ours:.1f} ms against {floor:.1f} ms, {more} queries both"
        found.append(row(f"{url} of the {role}, {MANY} partnerships", ours, floor, GOAL, detail))
    counts = f"{waiting[1][0]:,} for the analyst, {waiting[1][1]:,} for the approver"
    return [*found, row("items that wait", 1, 1, 1, counts)]


def _fill(name: str, number: int) -> tuple[int, int]:
    """Fill a database, and return how many items wait for the analyst and the approver."""
    with inside(name):
        analyst, approver = (make_account(role) for role in ROLES)
        today = timezone.now().date()
        with transaction.atomic():
            _add(range(number), analyst, approver, today)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        first, second = (queue_of(Desk(user, today, 8)).total for user in (analyst, approver))
        return first, second


def _calls() -> dict[Page, Callable[[], object]]:
    calls: dict[Page, Callable[[], object]] = {}
    for role in ROLES:
        client = Client()
        client.force_login(User.objects.get(role=role))
        calls |= {(role, url): getting(client, url) for url in PAGES}
    return calls


def _queries(name: str) -> dict[Page, int]:
    with inside(name):
        return {page: query_count(call) for page, call in _calls().items()}


def _times(few: str, many: str) -> dict[Page, tuple[float, float]]:
    """Return the median milliseconds of each page in both databases."""
    taken: dict[str, dict[Page, list[float]]] = {few: {}, many: {}}
    for _ in range(TURNS):
        for name, found in taken.items():
            with inside(name):
                for page, call in _calls().items():
                    times = [milliseconds(call) for _ in range(WARM_UPS + ROUNDS)]
                    found.setdefault(page, []).extend(times[WARM_UPS:])
    return {page: (median(times), median(taken[many][page])) for page, times in taken[few].items()}


def _add(numbers: range, analyst: User, approver: User, today: dt.date) -> None:
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
