"""Reading the feed: the events after a position that an account may read, below every open transaction.

PostgreSQL numbers a transaction when it first writes, and it ends when it likes: an event of a lower number can appear
after one of a higher number was read. `pg_snapshot_xmin` is the lowest number of a transaction that is still open.
Below it everything has ended, so what is read there is complete, and stays so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cpc.accounts.agencies import own_agencies
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.changes.cursors import START, EndedCursor, FeedPosition, epoch_of
from cpc.changes.models import Change
from cpc.changes.pruning import pruned_to

EXAMINED = 10_000
"""The most events that one request looks at, whoever may read them. Its time does not grow with the feed."""
NOW = "now"
HORIZON = "pg_snapshot_xmin(pg_current_snapshot())"
"""SQL of the lowest transaction that is still open."""
AFTER = "(c.xid, c.id) > (%(xid)s::text::xid8, %(id)s) AND c.xid < %(horizon)s::text::xid8"
MAY_READ = "(c.permission = ANY(%(permissions)s) OR c.agency = ANY(%(agencies)s))"
COLUMNS = (
    ", ".join(f"c.{name}" for name in ("id", "xid", "at", "kind", "subject", "key", "partnership", "round", "revision"))
    + ", c.changed, c.before, c.after, c.permission, c.agency, c.is_sample"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """The permissions of an account, by name, and the agencies it represents: both decide which events it sees."""

    permissions: tuple[str, ...]
    agencies: tuple[int, ...]


def reader_of(user: User) -> Reader:
    """Return the reader that an account is now, with the scopes of its token.

    The right to speak for an agency opens the events of this agency alone, never those that only another one sees.
    """
    names = sorted(one.name for one in user.permissions if one is not Permission.CONSULT)
    return Reader(tuple(names), tuple(sorted(own_agencies(user))))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events a request asks for, beside those that it may read: all if nothing is named.

    Events of a sample are left out, as in lists, unless its partnership is asked for.
    """

    kinds: Collection[str] = ()
    partnership: int | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events in order, and the position up to which the feed was read.

    `more` is true if further events can be read at once. `held_back` is true if events are committed that an older open
    transaction keeps from being read.
    """

    changes: Sequence[Change]
    position: FeedPosition
    more: bool
    held_back: bool
    epoch: bytes

    @property
    def next(self) -> str:
        return self.position.text(self.epoch)


def position_of(cursor: str) -> FeedPosition:
    """Return the position that a cursor names: "" is the start, "now" the present.

    Raises `UnreadableCursor` or `EndedCursor`.
    """
    with connection.cursor() as database:
        if not cursor:
            return START
        horizon = horizon_of(database)
        if cursor == NOW:
            return FeedPosition(horizon, 0)
        position = FeedPosition.read(cursor, epoch_of(database))
    if position.xid > horizon or position < pruned_to():
        raise EndedCursor(cursor)
    return position


def horizon_of(database: Any) -> int:
    """Return the lowest transaction that is still open. Everything below it has ended."""
    database.execute(f"SELECT {HORIZON}::text")
    return int(database.fetchone()[0])


def read(reader: Reader, after: FeedPosition, limit: int, wanted: Wanted | None = None) -> FeedPage:
    """Return the next events after a position, at most `limit`.

    The queries compare with one horizon, which the first of them takes: what is below it is the same for all.
    """
    wanted = wanted or Wanted()
    with connection.cursor() as database:
        horizon, epoch = horizon_of(database), epoch_of(database)
    values: dict[str, Any] = {
        "xid": str(after.xid),
        "id": after.id,
        "horizon": str(horizon),
        "partnership": wanted.partnership,
        "kinds": list(wanted.kinds),
        "permissions": list(reader.permissions),
        "agencies": list(reader.agencies),
        "rows": limit + 1,
        "examined": EXAMINED,
        "last": EXAMINED - 1,
    }
    within = f"FROM changes_change c WHERE {AFTER}"
    if wanted.partnership is not None:
        within += " AND c.partnership = %(partnership)s"
    within += " ORDER BY c.xid, c.id"
    read_by = _conditions(wanted)
    found = list(
        Change.objects.raw(
            f"SELECT {COLUMNS} FROM (SELECT * {within} LIMIT %(examined)s) c WHERE {read_by} "  # noqa: S608  # our own SQL
            "ORDER BY c.xid, c.id LIMIT %(rows)s",
            values,
        )
    )
    more = len(found) > limit
    changes = found[:limit]
    position = FeedPosition(changes[-1].xid, changes[-1].id) if changes else after
    with connection.cursor() as database:
        if not more:
            database.execute(f"SELECT c.xid, c.id {within} OFFSET %(last)s LIMIT 1", values)
            if (last := database.fetchone()) is not None:
                # Many events that this reader may not read, or did not ask for: go on after them.
                position, more = max(position, FeedPosition(int(last[0]), last[1])), True
        above = f"SELECT EXISTS (SELECT 1 FROM changes_change c WHERE c.xid >= %(horizon)s::text::xid8 AND {read_by})"  # noqa: S608  # our own SQL
        database.execute(above, values)
        held_back = bool(database.fetchone()[0])
    return FeedPage(changes, position, more, held_back, epoch)


def _conditions(wanted: Wanted) -> str:
    """Return the SQL condition of the events that are read and wanted."""
    conditions = [MAY_READ]
    if wanted.partnership is None:
        conditions.append("NOT c.is_sample")
    else:
        conditions.append("c.partnership = %(partnership)s")
    if wanted.kinds:
        conditions.append("c.kind = ANY(%(kinds)s)")
    return " AND ".join(conditions)
