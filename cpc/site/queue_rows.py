"""Rows of the queue from few queries: an app declares each open state of its records as one branch.

    Branch(
        "amendment-decide",
        Category.APPROVALS,
        Amendment.objects.filter(state="submitted"),
        show=lambda row: Shown(f"Approve amendment {row.facts['number']} to {row.subject}", ...),
        subject="partnership__country__name",
        facts={"number": "number"},
    )

One query counts all branches and finds the first rows of each group, a second one reads what these few rows show.
Conditions take the reader's day from `today()` and the account from `account()`, never from a request.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, DateField, F, QuerySet, TextField, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Cast, JSONObject

from cpc.accounts.models import User
from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission
from cpc.database.own_sql import own_sql
from cpc.site.queue import ORDER, Category, Counts, Desk, Item, Lane, Sent, SentLane, next_monday

Expression = Combinable | str

CATEGORIES = tuple(Category)


@dataclass(frozen=True, slots=True)
class Row:
    """One open record: what its branch reads about it."""

    id: int
    partnership: int | None
    subject: str
    due: date | None
    since: date | None
    who: str
    facts: Mapping[str, Any]
    today: date

    def text(self, name: str, longest: int = 140) -> str:
        """Return a text among the facts on one line, cut after some characters."""
        line = " ".join(str(self.facts.get(name) or "").split())
        return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"

    def day(self, name: str) -> date | None:
        found = self.facts.get(name)
        return date.fromisoformat(found) if found else None


@dataclass(frozen=True, slots=True)
class Shown:
    """Texts of a row: its title, the form that it opens, one line of why, and its button."""

    title: str
    url: str
    why: str
    verb: str
    icon: str


@dataclass(frozen=True)
class Branch:
    """One open state of one kind of record.

    `rows` must not be grouped. `subject` is what titles name, usually a country; `who` sent it; the record has waited
    since `since`. `facts` become JSON.
    """

    key: str
    category: Category
    rows: QuerySet[Any]
    show: Callable[[Row], Shown] = field(repr=False)
    subject: Expression | None = None
    partnership: Expression | None = None
    due: Expression | None = None
    since: Expression | None = None
    who: Expression | None = None
    facts: Mapping[str, Expression] = field(default_factory=dict)


class Branches:
    """Branches that one account reads together. Their SQL is compiled once for all accounts and days.

    Make one for each kind of reader and keep it: compiling takes longer than the query.
    """

    def __init__(self, branches: Iterable[Branch]) -> None:
        self.branches = tuple(branches)
        self._reading: dict[int, Compiled] = {}

    @cached_property
    def _finding(self) -> list[Compiled]:
        return [
            found
            for slot, branch in enumerate(self.branches)
            if (
                found := _compiled(
                    branch.rows,
                    (
                        Value(CATEGORIES.index(branch.category)),
                        Value(slot),
                        Cast(F("pk"), BigIntegerField()),
                        Cast(_expression(branch.partnership), BigIntegerField()),
                        Cast(_expression(branch.due), DateField()),
                        Cast(_expression(branch.since), DateField()),
                    ),
                )
            )
        ]

    def lanes(self, desk: Desk) -> list[Lane]:
        """Return the lanes of what the branches find, by category, in two queries."""
        found, counted = self._first_rows(desk)
        rows = self._read(desk, found)
        items: dict[int, list[Item]] = {category: [] for category in sorted(counted)}
        for category, slot, key, *_ in found:
            items[category].append(_item(self.branches[slot], rows[slot, key]))
        return [
            Lane(CATEGORIES[category], Counts(**{ORDER[group].key: count for group, count in groups.items()}), shown)
            for category, shown in items.items()
            for groups in [counted[category]]
        ]

    def sent(self, desk: Desk) -> SentLane:
        """Return what the branches find as sent to others, the longest wait first. `who` is with whom it is."""
        found, counted = self._first_rows(desk, by_wait=True)
        rows = self._read(desk, found)
        total = next((count for groups in counted.values() for count in groups.values()), 0)
        return SentLane(total, [_sent(self.branches[slot], rows[slot, key]) for _, slot, key, *_ in found])

    def _first_rows(self, desk: Desk, *, by_wait: bool = False) -> tuple[list[Found], dict[int, dict[int, int]]]:
        """Return the first rows of each group, and the true counts of each category and group.

        With `by_wait`, all rows are one group, in the order of their wait; each count is that of all.
        """
        if not self._finding:
            return [], {}
        # Each branch is narrowed by itself: PostgreSQL would narrow the union only after it found the rows of all.
        narrowed, narrow = ("", []) if desk.partnership is None else (" WHERE partnership = %s", [desk.partnership])
        union = " UNION ALL ".join(
            f"(SELECT * FROM ({one.sql}) AS of_branch ({FOUND}){narrowed})"  # noqa: S608  # by the ORM
            for one in self._finding
        )
        parts, order = ("TRUE", "since") if by_wait else ("category, slot", "due NULLS LAST, category, since")
        wanted = ["TRUE"]
        if desk.category is not None and not by_wait:
            wanted.append(f"category = {CATEGORIES.index(desk.category)}")
        if desk.group is not None and not by_wait:
            wanted.append(f"slot = {ORDER.index(desk.group)}")
        group = "is_wanted" if desk.is_whole or by_wait else "is_wanted, slot"
        query = f"""
            {ASKED}, found ({FOUND}) AS ({union}),
            grouped AS (
                SELECT *, CASE WHEN due IS NULL THEN 4 WHEN due < %s THEN 0 WHEN due = %s THEN 1 WHEN due <= %s THEN 2
                    ELSE 3 END AS slot
                FROM found
            ),
            placed AS (SELECT *, {" AND ".join(wanted)} AS is_wanted FROM grouped),
            numbered AS (
                SELECT *, count(*) OVER (PARTITION BY {parts}) AS counted,
                    row_number() OVER (PARTITION BY {parts}) AS position,
                    row_number() OVER (PARTITION BY {group} ORDER BY {order} NULLS LAST, branch, id) AS number
                FROM placed
            ),
            shown AS (SELECT *, is_wanted AND number <= %s AS is_shown FROM numbered)
            SELECT category, branch, id, partnership, due, since, is_shown, slot, counted FROM shown
            WHERE is_shown OR position = 1 ORDER BY number"""  # noqa: S608  # by the ORM
        values = [desk.today if value is TODAY else value for one in self._finding for value in (*one.values, *narrow)]
        days = [desk.today, desk.today, next_monday(desk.today)]
        with connection.cursor() as cursor:
            cursor.execute(query, [*_asked(desk), *values, *days, desk.limit])
            rows = cursor.fetchall()
        counted: dict[int, dict[int, int]] = defaultdict(dict)
        for category, *_, group, count in rows:
            counted[category][group] = count
        return [row[:6] for row in rows if row[6]], counted

    def _read(self, desk: Desk, found: Iterable[Found]) -> dict[tuple[int, int], Row]:
        """Return what the rows show, by branch and key, in one query."""
        known = {(row[1], row[2]): row for row in found}
        if not known:
            return {}
        keys: dict[int, list[int]] = defaultdict(list)
        for slot, key in known:
            keys[slot].append(key)
        parts = [(self._reader(slot), ids) for slot, ids in keys.items()]
        union = " UNION ALL ".join(f"({one.sql})" for one, _ in parts)
        values = [
            ids if value is KEYS else desk.today if value is TODAY else value
            for one, ids in parts
            for value in one.values
        ]
        read = {}
        with connection.cursor() as cursor:
            cursor.execute(f"{ASKED} {union}", [*_asked(desk), *values])
            for slot, key, subject, who, facts in cursor.fetchall():
                shown = json.loads(facts) if isinstance(facts, str) else facts
                partnership, due, since = known[slot, key][3:]
                read[slot, key] = Row(key, partnership, subject or "", due, since, who or "", shown, desk.today)
        return read

    def _reader(self, slot: int) -> Compiled:
        if slot not in self._reading:
            branch = self.branches[slot]
            model = branch.rows.model
            wanted = own_sql(f'"{model._meta.db_table}"."id" = ANY(%s)', BooleanField(), values=[KEYS])
            compiled = _compiled(
                model._default_manager.alias(is_wanted=wanted).filter(is_wanted=True),
                (
                    Value(slot),
                    Cast(F("pk"), BigIntegerField()),
                    Cast(_expression(branch.subject), TextField()),
                    Cast(_expression(branch.who), TextField()),
                    JSONObject(**{name: _expression(fact) for name, fact in branch.facts.items()}),
                ),
            )
            assert compiled is not None  # the condition can't be empty
            self._reading[slot] = compiled
        return self._reading[slot]


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL of one branch with its values, which hold for every account and day."""

    sql: str
    values: tuple[Any, ...]


FOUND = "category, branch, id, partnership, due, since"
Found = tuple[int, int, int, int | None, date | None, date | None]
"""Category and branch by their slot, key of the record, partnership, due day, and day since which it waits."""

ASKED = "WITH asked (account) AS (VALUES (%s::bigint))"
"""The account that a query is about, so that its branches need not be compiled for each."""

KEYS, TODAY = object(), object()
"""Stand for the keys of the rows to read and for the reader's day, among the values of a compiled branch.

The day is a literal in the SQL: the planner would have to guess how many rows a day from a table leaves.
"""


def today(days: int = 0) -> RawSQL:
    """Return the day of the reader, or the day some days after it, for the conditions of branches."""
    return RawSQL("%s::date + %s", [TODAY, days], DateField())


def fiscal_year_today() -> RawSQL:
    """Return the U.S. fiscal year of the reader's day as SQL: it begins on October 1 of the year before."""
    return RawSQL("extract(year FROM (%s::date + interval '3 months'))::int", [TODAY])


def account() -> RawSQL:
    """Return the key of the reader's account, for the conditions of branches."""
    return own_sql(ACCOUNT, BigIntegerField())


def own_agency() -> RawSQL:
    """Return the key of the reader's agency, for the conditions of branches."""
    return own_sql(f"(SELECT agency_id FROM accounts_user WHERE id = {ACCOUNT})")  # noqa: S608  # a constant


ACCOUNT = "(SELECT account FROM asked)"


def _asked(desk: Desk) -> list[Any]:
    return [desk.user.pk]


def _compiled(rows: QuerySet[Any], columns: tuple[Any, ...]) -> Compiled | None:
    try:
        sql, values = rows.order_by().values_list(*columns).query.sql_with_params()
    except EmptyResultSet:
        return None
    return Compiled(sql, values)


def _expression(given: Expression | None) -> Any:
    if given is None:
        return Value(None)
    return F(given) if isinstance(given, str) else given


def _item(branch: Branch, row: Row) -> Item:
    shown = branch.show(row)
    return Item(
        key=f"{branch.key}:{row.id}",
        title=shown.title,
        url=shown.url,
        why=shown.why,
        verb=shown.verb,
        icon=shown.icon,
        category=branch.category,
        due=row.due,
        since=row.since,
        asked_by=row.who,
        partnership=row.partnership,
        is_sample=bool(row.facts.get("is_sample")),
    )


def _sent(branch: Branch, row: Row) -> Sent:
    shown = branch.show(row)
    return Sent(
        key=f"{branch.key}:{row.id}",
        title=shown.title,
        url=shown.url,
        with_whom=row.who,
        since=row.since,
        why=shown.why,
        due=row.due,
        partnership=row.partnership,
        is_sample=bool(row.facts.get("is_sample")),
    )


def does_office_work(user: User, work: Permission, decides: Permission) -> bool:
    """Return whether the daily work that takes a permission waits for an account.

    Approvers hold the permission, too, but find what they decide on only if the work of the analysts is not in their
    queue. It is there while no active account has the permission without deciding.
    """
    if not user.allows(decides):
        return user.allows(work)
    roles = [role for role, held in ROLE_PERMISSIONS.items() if work in held and decides not in held]
    return user.allows(work) and not User.objects.filter(is_active=True, role__in=roles).exists()
