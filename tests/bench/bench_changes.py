"""Benchmark of the feed of changes: one request at 1,000,000 events against the same request at 10,000.

Each request goes from a cursor in the middle: a page of 100, the newest 100, an empty page at the end, and a reader who
may read nothing of what comes next. Both numbers have a database of their own, vacuumed as a server keeps it; they take
turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import TypeVar

from django.db import connection
from django.test import Client, override_settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.changes.cursors import FeedPosition, epoch_of
from cpc.changes.models import Change
from cpc.database.roles import as_owner
from tests.bench.measuring import WARM_UPS, Row, getting, milliseconds, query_count, row
from tests.support.accounts import make_account
from tests.worlds.databases import clone, connected_to, drop, forget, server_cursor

FEW, MANY, TURNS, ROUNDS, GOAL = 10_000, 1_000_000, 5, 20, 1.3
PARTNERSHIPS = 50
URL = "/api/v1/changes/"
Requests = dict[str, Callable[[], object]]
Measured = TypeVar("Measured")
FILL = """
INSERT INTO changes_change (xid, at, kind, subject, key, partnership, revision, changed, before, after, permission,
    is_sample)
SELECT (3 + n::bigint * 500 / %(rows)s)::text::xid8, now(), 'risk.changed', 'risk', n %% 5000,
    1 + n %% %(partnerships)s, n,
    ARRAY['impact', 'text'], '{"impact": 2}', '{"impact": 3}',
    CASE WHEN n %% 10 = 0 THEN 'VIEW_ROUNDS' ELSE 'VIEW_PARTNERSHIPS' END, FALSE
FROM generate_series(1, %(rows)s) n
"""


def run() -> list[Row]:
    """Measure each request at both sizes (goal 1.3), with the same number of queries, give or take one."""
    source = connection.settings_dict["NAME"]
    few, many = f"{source}_few", f"{source}_many"
    with (
        override_settings(ALLOWED_HOSTS=["*"], API_REQUESTS_A_MINUTE=10**9),
        _copy(source, few),
        _copy(source, many),
    ):
        _fill(few, FEW)
        _fill(many, MANY)
        times: dict[str, dict[str, list[float]]] = {few: {}, many: {}}
        queries = {name: _in(name, _queries) for name in (few, many)}
        for _ in range(TURNS):
            for name, found in times.items():
                for request, taken in _in(name, _times).items():
                    found.setdefault(request, []).extend(taken)
    # A page that is not full takes one more, to find out how far it looked.
    assert all(abs(number - queries[few][name]) <= 1 for name, number in queries[many].items()), queries
    return [
        row(
            f"changes: {request}, {MANY:,} events against {FEW:,}",
            ours := median(taken),
            floor := median(times[few][request]),
            GOAL,
            f"{ours:.1f} ms against {floor:.1f} ms, {queries[many][request]} queries",
        )
        for request, taken in times[many].items()
    ]


@contextmanager
def _copy(source: str, name: str) -> Iterator[None]:
    connection.close()
    with server_cursor() as cursor:
        clone(cursor, source, name)
    try:
        yield
    finally:
        connection.close()
        with server_cursor() as cursor:
            drop(cursor, name)


def _in(name: str, measure: Callable[[Requests], dict[str, Measured]]) -> dict[str, Measured]:
    with connected_to(name):
        forget()
        found = measure(_requests())
    forget()
    return found


def _queries(requests: Requests) -> dict[str, int]:
    return {name: query_count(call) for name, call in requests.items()}


def _times(requests: Requests) -> dict[str, list[float]]:
    return {name: [milliseconds(call) for _ in range(WARM_UPS + ROUNDS)][WARM_UPS:] for name, call in requests.items()}


def _fill(name: str, number: int) -> None:
    with connected_to(name):
        make_account(Role.ANALYST)
        make_account(Role.REVIEWER)
        with as_owner(), connection.cursor() as cursor:
            # Transactions that every server is past once it has migrated.
            cursor.execute(FILL, {"rows": number, "partnerships": PARTNERSHIPS})
            cursor.execute("VACUUM ANALYZE changes_change")


def _requests() -> Requests:
    with connection.cursor() as cursor:
        epoch = epoch_of(cursor)
    ids = Change.objects.order_by("xid", "id")
    count = ids.count()
    middle, end = (FeedPosition(one.xid, one.pk).text(epoch) for one in (ids[count // 2], ids[count - 1]))
    analyst, reviewer = Client(), Client()
    analyst.force_login(User.objects.get(role=Role.ANALYST))
    reviewer.force_login(User.objects.get(role=Role.REVIEWER))
    newest = FeedPosition(ids[count - 101].xid, ids[count - 101].pk).text(epoch)
    return {
        "a page in the middle": getting(analyst, f"{URL}?after={middle}"),
        "the newest page": getting(analyst, f"{URL}?after={newest}"),
        "an empty page": getting(analyst, f"{URL}?after={end}"),
        "one partnership": getting(analyst, f"{URL}?after={middle}&partnership=7"),
        "a reviewer": getting(reviewer, URL),
    }
