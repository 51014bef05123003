"""The queue: what waits for one person, from sources that apps register in `AppConfig.ready`.

Home, the page of the queue, the daily email, and REST read this list. A source counts in SQL and reads only the first
rows, so that the work does not grow with the data.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Model

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.grouping import grouped
from cpc.registry import Guarded, Registry

Row = TypeVar("Row", bound=Model)


class Category(enum.Enum):
    """A kind of work, as the rail beside the queue filters it: its key in URLs, and its label."""

    ANSWERS = "answers", "Answers and notes"
    RATINGS = "ratings", "Ratings"
    REPORTS = "reports", "Reports and dialogues"
    APPROVALS = "approvals", "Approvals"
    RETURNED = "returned", "Returned to you"
    FOLLOW_UP = "follow-up", "Follow up"
    DATA = "data", "Data"
    PEOPLE = "people", "People"
    SYSTEM = "system", "System"

    def __init__(self, key: str, label: str) -> None:
        self.key = key
        self.label = label


class DueGroup(enum.Enum):
    """A group of rows by their due day, in the order of the page; what ends it is included."""

    LATE = "late", "Late"
    TODAY = "today", "Due today"
    WEEK = "week", "By Monday"
    LATER = "later", "Later"
    UNDATED = "undated", "No date"

    def __init__(self, key: str, label: str) -> None:
        self.key = key
        self.label = label


ORDER = tuple(DueGroup)


def next_monday(today: date) -> date:
    """Return the first Monday after today; on a Monday, the one a week later."""
    return today + timedelta(days=7 - today.weekday())


def group_of(due: date | None, today: date) -> DueGroup:
    if due is None:
        return DueGroup.UNDATED
    if due <= today:
        return DueGroup.TODAY if due == today else DueGroup.LATE
    return DueGroup.WEEK if due <= next_monday(today) else DueGroup.LATER


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work that waits: a verb phrase, one line of why, and the address of the form itself.

    `title` must not hold what a person wrote, because it is mailed; `why` may, and is not.
    """

    key: str
    """Stable and unique over all sources, such as `amendment-decide:12`."""
    title: str
    url: str
    why: str
    verb: str
    """The word of the button."""
    icon: str
    category: Category
    due: date | None = None
    since: date | None = None
    """The day on which another person made it this person's."""
    asked_by: str = ""
    count: int = 1
    """More than 1 if one row represents several."""
    partnership: int | None = None
    """The key of the partnership it is about."""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """True counts of what waits, by group; they include the rows that are not shown."""

    late: int = 0
    today: int = 0
    week: int = 0
    later: int = 0
    undated: int = 0

    @property
    def total(self) -> int:
        return sum(self.of(group) for group in ORDER)

    def of(self, group: DueGroup) -> int:
        return int(getattr(self, group.key))

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{group.key: self.of(group) + other.of(group) for group in ORDER})


@dataclass(frozen=True, slots=True)
class Lane:
    """Work of one category: its counts, and what it has of the first rows of each group, in the order of their day."""

    category: Category
    counts: Counts = field(default_factory=Counts)
    items: Sequence[Item] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose queue to read on which day, with at most `limit` rows of each group."""

    user: User
    today: date
    limit: int
    partnership: int | None = None
    """Only what is about this partnership."""
    category: Category | None = None
    group: DueGroup | None = None
    """Rows of this category and group alone; everything is counted all the same."""
    is_whole: bool = False
    """True if `limit` applies to all groups together, as on a paginated list."""


@dataclass(frozen=True, slots=True)
class QueueSource:
    """A source of work that waits for an account with the permission."""

    key: str
    permission: Permission | None
    lanes: Callable[[Desk], Iterable[Lane]]
    order: int = 100
    narrows: bool = False
    """True if the source can be limited to `desk.partnership`. Sources that can't are left out of its overview."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A record that this person sent to another person or agency, who has to do the next step."""

    key: str
    title: str
    url: str
    with_whom: str
    """Completes "With ...": "the approver", "Labor"; "no other approver" if no one can decide."""
    since: date | None = None
    opened_on: date | None = None
    why: str = ""
    due: date | None = None
    partnership: int | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class SentLane:
    """Records of one source that wait for others: their true count, and the first of them."""

    total: int = 0
    items: Sequence[Sent] = ()

    @property
    def hidden(self) -> int:
        return self.total - len(self.items)


@dataclass(frozen=True, slots=True)
class WaitingSource:
    key: str
    permission: Permission | None
    sent: Callable[[Desk], SentLane]
    order: int = 100
    narrows: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """A day ahead that concerns the account and asks for nothing yet."""

    day: date
    text: str
    url: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class ComingSource:
    key: str
    permission: Permission | None
    coming: Callable[[Desk], Sequence[Coming]]
    order: int = 100


sources: Registry[QueueSource] = Registry(key=lambda source: source.key)
waiting_sources: Registry[WaitingSource] = Registry(key=lambda source: source.key)
coming_sources: Registry[ComingSource] = Registry(key=lambda source: source.key)
register = sources.add
register_waiting = waiting_sources.add
register_coming = coming_sources.add


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one group, with its true count."""

    group: DueGroup
    count: int
    items: Sequence[Item]
    day: date | None = None
    """The due day of all its rows, if they are grouped by it."""

    def by_day(self) -> list[Section]:
        """Return a section for each due day if all rows are known and their days are ahead, else this one."""
        if self.hidden or self.group not in (DueGroup.WEEK, DueGroup.LATER):
            return [self]
        days = grouped(self.items, lambda item: item.due)
        return [Section(self.group, sum(item.count for item in rows), rows, day) for day, rows in days.items()]

    def first(self, limit: int) -> Section:
        return replace(self, items=self.items[:limit])

    @property
    def hidden(self) -> int:
        """Return the number of items that no row represents."""
        return self.count - sum(item.count for item in self.items)


@dataclass(frozen=True, slots=True)
class Queue:
    """All that waits for an account."""

    today: date
    by_category: Mapping[Category, Counts]
    lanes: Sequence[Lane]

    @property
    def counts(self) -> Counts:
        return sum(self.by_category.values(), Counts())

    @property
    def total(self) -> int:
        return self.counts.total

    def sections(
        self, limit: int | None = None, *, category: Category | None = None, group: DueGroup | None = None
    ) -> list[Section]:
        """Return the groups that have rows, each with its first `limit` rows, of one category or group if given."""
        lanes = [lane for lane in self.lanes if category in (None, lane.category)]
        counts = sum((lane.counts for lane in lanes), Counts())
        items: dict[DueGroup, list[Item]] = {one: [] for one in ORDER}
        for lane in lanes:
            for item in lane.items:
                items[group_of(item.due, self.today)].append(item)
        found = []
        for one in ORDER:
            if counts.of(one) and group in (None, one):
                rows = sorted(items[one], key=_order)
                found.append(Section(one, counts.of(one), rows[:limit]))
        return found


def _order(item: Item) -> tuple[date, bool]:
    """Return the order of a row in its group: by its day, and without one, first what others wait for."""
    return item.due or date.max, item.due is None and item.category not in (Category.APPROVALS, Category.RETURNED)


def queue_of(desk: Desk) -> Queue:
    """Read what waits for an account, from all sources that it may see."""
    lanes = [lane for source in _asked(sources, desk) for lane in source.lanes(desk) if lane.counts.total]
    counted: dict[Category, Counts] = {}
    for lane in lanes:
        counted[lane.category] = counted.get(lane.category, Counts()) + lane.counts
    return Queue(desk.today, {one: counted[one] for one in Category if one in counted}, lanes)


def waiting_on_others(desk: Desk) -> SentLane:
    """Read what this account sent to others, the longest wait first."""
    lanes = [source.sent(desk) for source in _asked(waiting_sources, desk)]
    rows = sorted((row for lane in lanes for row in lane.items), key=lambda row: row.since or desk.today)
    return SentLane(sum(lane.total for lane in lanes), rows[: desk.limit])


def coming_up(desk: Desk) -> list[Coming]:
    """Read the next days of all sources, the nearest first."""
    found = [
        row
        for source in coming_sources.sorted(lambda source: (source.order, source.key))
        if _may_see(desk.user, source)
        for row in source.coming(desk)
    ]
    return sorted(found, key=lambda row: row.day)[: desk.limit]


def _may_see(user: User, source: Guarded) -> bool:
    """Return whether an account has the permission of a source, also by a token that can't open the pages."""
    return source.permission is None or user.allows(source.permission)


def _asked(registry: Registry[Any], desk: Desk) -> list[Any]:
    def is_asked(source: Guarded) -> bool:
        narrows = desk.partnership is None or getattr(source, "narrows", False)
        return narrows and _may_see(desk.user, source)

    return [source for source in registry.sorted(lambda source: (source.order, source.key)) if is_asked(source)]


def lane_of_items(desk: Desk, category: Category, found: Iterable[Item]) -> Lane:
    """Return the lane of a list that is known to be short, such as the open rounds."""
    counts: Counter[str] = Counter()
    shown: Counter[DueGroup] = Counter()
    items = []
    for item in sorted(found, key=lambda item: item.due or date.max):
        group = group_of(item.due, desk.today)
        counts[group.key] += item.count
        shown[group] += 1
        if shown[group] <= desk.limit:
            items.append(item)
    return Lane(category, Counts(**counts), items)
