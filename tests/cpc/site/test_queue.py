"""The queue: groups by due day, counts that add up, merging of sources, and who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.site import queue
from cpc.site.queue import Category, Counts, Desk, DueGroup, Item, QueueSource, Sent, SentLane, WaitingSource
from cpc.site.queue_rows import Branch, Branches, Shown

TODAY = date(2026, 11, 24)  # a Tuesday


def desk(role: Role = Role.ANALYST, *, today: date = TODAY, limit: int = 10, partnership: int | None = None) -> Desk:
    return Desk(User(username="u", role=role), today, limit, partnership)


def item(key: str, due: date | None = None, *, count: int = 1, category: Category = Category.DATA) -> Item:
    return Item(key, f"Do {key}", f"/{key}/", "why", "Do", "flag", category, due=due, count=count)


def source(
    key: str,
    *items: Item,
    order: int = 100,
    permission: Permission | None = None,
    narrows: bool = False,
    category: Category = Category.DATA,
) -> QueueSource:
    return QueueSource(
        key, permission, lambda asked: [queue.lane_of_items(asked, category, items)], order, narrows=narrows
    )


@pytest.mark.parametrize(
    ("today", "monday"),
    [
        (date(2026, 11, 24), date(2026, 11, 30)),
        (date(2026, 11, 29), date(2026, 11, 30)),
        (date(2026, 11, 30), date(2026, 12, 7)),
    ],
)
def test_next_monday_is_after_today(today: date, monday: date) -> None:
    assert queue.next_monday(today) == monday


@pytest.mark.parametrize(
    ("due", "group"),
    [
        (date(2026, 11, 23), DueGroup.LATE),
        (date(2026, 11, 24), DueGroup.TODAY),
        (date(2026, 11, 25), DueGroup.WEEK),
        (date(2026, 11, 30), DueGroup.WEEK),
        (date(2026, 12, 1), DueGroup.LATER),
        (None, DueGroup.UNDATED),
    ],
)
def test_the_due_day_decides_the_group(due: date | None, group: DueGroup) -> None:
    assert queue.group_of(due, TODAY) is group


@pytest.mark.parametrize(("number", "shown", "hidden"), [(0, [], 0), (1, [1], 0), (2, [2], 0), (3, [2], 1)])
def test_a_lane_counts_all_and_holds_the_first_rows_of_each_group(number: int, shown: list[int], hidden: int) -> None:
    late = [item(f"late-{n}", TODAY - timedelta(days=n + 1)) for n in range(number)]
    with queue.sources.only(source("a", *late, item("none"))):
        found = queue.queue_of(desk(limit=2))
    sections = found.sections()
    assert found.counts == Counts(late=number, undated=1)
    assert [len(section.items) for section in sections] == [*shown, 1]
    assert [section.hidden for section in sections][:-1] == [hidden] * len(shown)
    assert not late or sections[0].items[0] == late[-1]  # the oldest first


def test_a_row_can_represent_several() -> None:
    with queue.sources.only(source("a", item("rest", count=7), item("one"))):
        found = queue.queue_of(desk())
    assert found.total == 8
    assert found.sections()[0].hidden == 0


def test_sources_merge_by_day_and_then_in_their_order() -> None:
    yesterday = TODAY - timedelta(days=1)
    sources = (
        source("b", item("later-source", yesterday), item("undated"), order=2),
        source("a", item("today", TODAY, category=Category.REPORTS), order=3, category=Category.REPORTS),
        source("c", item("first-source", yesterday), order=1),
        source("hidden", item("secret"), permission=Permission.MANAGE_PEOPLE),
        source("empty", category=Category.PEOPLE),
    )
    with queue.sources.only(*sources):
        found = queue.queue_of(desk())
        assert [(one.group, [row.key for row in one.items]) for one in found.sections()] == [
            (DueGroup.LATE, ["first-source", "later-source"]),
            (DueGroup.TODAY, ["today"]),
            (DueGroup.UNDATED, ["undated"]),
        ]
        assert list(found.by_category) == [Category.REPORTS, Category.DATA]
        assert found.total == sum(counts.total for counts in found.by_category.values()) == 4
        [only] = found.sections(category=Category.REPORTS)
        assert (only.group, only.count) == (DueGroup.TODAY, 1)
        [late] = found.sections(1, group=DueGroup.LATE)
        assert (late.count, late.hidden) == (2, 1)
        assert queue.queue_of(desk(Role.ADMINISTRATOR)).counts.undated == 2
        assert queue.queue_of(desk(Role.API_CLIENT)).total == 4


def test_without_a_day_come_first_what_others_wait_for() -> None:
    rows = [source(one.key, item(one.key, category=one), category=one) for one in Category]
    with queue.sources.only(*rows):
        [section] = queue.queue_of(desk()).sections()
    keys = [row.key for row in section.items]
    assert (sorted(keys[:2]), len(keys)) == (["approvals", "returned"], len(Category))


@pytest.mark.parametrize(
    ("days", "sections"),
    [
        ([1], [(1, 1)]),
        ([1, 1], [(1, 2)]),
        ([1, 2, 6], [(1, 1), (2, 1), (6, 1)]),
        ([7, 30, 30, 31], [(7, 1), (30, 2), (31, 1)]),
    ],
)
def test_days_ahead_are_sections_of_their_own(days: list[int], sections: list[tuple[int, int]]) -> None:
    rows = [item(f"row-{number}", TODAY + timedelta(days=day)) for number, day in enumerate(days)]
    with queue.sources.only(source("a", *rows)):
        [section] = queue.queue_of(desk()).sections()
    found = section.by_day()
    assert [(one.day, one.count) for one in found] == [(TODAY + timedelta(days=day), count) for day, count in sections]
    assert [row for one in found for row in one.items] == list(section.items)
    assert {one.group for one in found} == {section.group}


def test_a_section_by_day_counts_what_its_rows_represent() -> None:
    ahead = TODAY + timedelta(days=1)
    with queue.sources.only(source("a", item("rest", ahead, count=7), item("one", ahead))):
        [section] = queue.queue_of(desk()).sections()
    assert [(one.day, one.count, one.hidden) for one in section.by_day()] == [(ahead, 8, 0)]


@pytest.mark.parametrize(
    ("due", "limit"),
    [
        (TODAY - timedelta(days=1), 10),  # late
        (TODAY, 10),
        (None, 10),
        (TODAY + timedelta(days=1), 1),  # ahead, with a row that is not known
    ],
)
def test_other_sections_stay_whole(due: date | None, limit: int) -> None:
    with queue.sources.only(source("a", item("a", due), item("b", due))):
        [section] = queue.queue_of(desk(limit=limit)).sections()
    assert section.by_day() == [section]
    assert section.day is None


def test_only_sources_that_narrow_are_asked_for_one_partnership() -> None:
    sources = (source("wide", item("a")), source("narrow", item("b"), narrows=True))
    with queue.sources.only(*sources):
        [section] = queue.queue_of(desk(partnership=5)).sections()
    assert [row.key for row in section.items] == ["b"]


def test_what_was_sent_is_counted_and_the_longest_wait_comes_first() -> None:
    def lane(*days: int) -> SentLane:
        return SentLane(
            len(days), [Sent(f"s{day}", "t", "/", "Labor", since=TODAY - timedelta(days=day)) for day in days]
        )

    sources = (
        WaitingSource("a", None, lambda _: lane(1, 5)),
        WaitingSource("b", None, lambda _: lane(3)),
        WaitingSource("c", Permission.MANAGE_PEOPLE, lambda _: lane(9)),
    )
    with queue.waiting_sources.only(*sources):
        found = queue.waiting_on_others(desk(limit=2))
    assert (found.total, [row.key for row in found.items]) == (3, ["s5", "s3"])


@pytest.fixture
def branches(db: None) -> Branches:
    """Return two branches over accounts: `u` with due days around today, and `v` without one."""
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
    days = [-9, -1, -1, 0, 1, 6, 7, 30]
    User.objects.bulk_create(
        [
            *(
                User(username=f"u{n}", role=Role.VIEWER, date_joined=noon + timedelta(days=d))
                for n, d in enumerate(days)
            ),
            *(User(username=f"v{n}", role=Role.VIEWER) for n in range(3)),
        ]
    )

    def branch(key: str, category: Category, due: str | None) -> Branch:
        rows = User.objects.filter(username__startswith=key)
        return Branch(key, category, rows, lambda row: Shown(row.subject, "/", "", "Do", "flag"), "username", due=due)

    return Branches([branch("u", Category.PEOPLE, "date_joined"), branch("v", Category.DATA, None)])


def read(branches: Branches, desk_: Desk) -> tuple[dict[Category, Counts], list[str]]:
    """Return the counts, and the titles of the rows; reading takes at most two queries."""
    with CaptureQueriesContext(connection) as queries:
        lanes = branches.lanes(desk_)
    assert len(queries) <= 2
    sections = queue.Queue(TODAY, {}, lanes).sections()
    return {lane.category: lane.counts for lane in lanes}, [row.title for one in sections for row in one.items]


def test_rows_are_counted_and_limited_by_group(branches: Branches) -> None:
    counts, titles = read(branches, desk(limit=2))
    assert counts == {Category.PEOPLE: Counts(late=3, today=1, week=2, later=2), Category.DATA: Counts(undated=3)}
    assert titles == [*(f"u{n}" for n in (0, 1, 3, 4, 5, 6, 7)), "v0", "v1"]


def test_a_kind_or_group_narrows_the_rows_and_no_count(branches: Branches) -> None:
    counts, _ = read(branches, desk(limit=2))
    for narrowed, expected in (
        ({"category": Category.DATA}, ["v0", "v1"]),
        ({"group": DueGroup.LATE}, ["u0", "u1"]),
        ({"category": Category.DATA, "group": DueGroup.LATE}, []),
    ):
        found = read(branches, replace(desk(limit=2), **narrowed))
        assert found == (counts, expected)


def test_a_whole_list_is_limited_over_all_groups(branches: Branches) -> None:
    everything = read(branches, replace(desk(limit=11), is_whole=True))[1]
    assert len(everything) == 11
    for limit in range(1, 11):
        counts, titles = read(branches, replace(desk(limit=limit), is_whole=True))
        assert titles == everything[:limit]
        assert sum(one.total for one in counts.values()) == 11
