from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from partnerships.limit_position import AHEAD
from partnerships.lookups.duties import DUTIES
from partnerships.models import (
    LimitException,
    Partnership,
    RecordKind,
)
from partnerships.states import IN_FORCE
from partnerships.term_position import Phase, phase_of


@dataclass(frozen=True, slots=True)
class Deadline:
    day: date
    text: str
    partnership_id: int
    country: str
    anchor: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class _Window:
    """The days and partnership to search, with the largest number of rows per table."""

    today: date
    first: date
    last: date
    partnership: Partnership | None
    limit: int

    def select(self, rows: QuerySet[Any], day: str, partnership: str) -> QuerySet[Any]:
        rows = rows.filter(**{f"{day}__gte": self.first, f"{day}__lte": self.last})
        if self.partnership is not None:
            rows = rows.filter(**{partnership: self.partnership.pk})
        return rows.order_by(day, "pk")[: self.limit]


def overdue(today: date, *, partnership: Partnership | None = None, limit: int = 8) -> list[Deadline]:
    """Return overdue items, oldest first.

    A term that is over without a recorded completion counts too.
    """
    window = _Window(today, date.min, today - timedelta(days=1), partnership, limit)
    return _first_deadlines(window, (_duties, _term_ends))


def upcoming(today: date, *, partnership: Partnership | None = None, limit: int = 8) -> list[Deadline]:
    """Return the items due from today within `AHEAD` days, nearest first."""
    window = _Window(today, today, today + timedelta(days=AHEAD), partnership, limit)
    return _first_deadlines(window, (_duties, _term_ends, _exception_ends))


def late_and_upcoming(today: date, partnership: Partnership, limit: int = 16) -> list[Deadline]:
    """Return the overdue items of a partnership and those due within `AHEAD` days, oldest first, in one pass."""
    window = _Window(today, date.min, today + timedelta(days=AHEAD), partnership, limit)
    rows = _first_deadlines(window, (_duties, _term_ends, _exception_ends))
    return [row for row in rows if row.anchor != "exceptions" or row.day >= today]


def _first_deadlines(window: _Window, tables: Iterable[Callable[[_Window], Iterator[Deadline]]]) -> list[Deadline]:
    deadlines = [deadline for table in tables for deadline in table(window)]
    return sorted(deadlines, key=lambda deadline: (deadline.day, deadline.text))[: window.limit]


def _duties(window: _Window) -> Iterator[Deadline]:
    for duty in DUTIES:
        partnership_of = attrgetter(duty.partnership.replace("__", "."))
        rows = window.select(duty.open_rows(), duty.day, duty.partnership)
        for row in rows.select_related(f"{duty.partnership}__country", *duty.related):
            partnership: Partnership = partnership_of(row)
            day: date = getattr(row, duty.day)
            yield Deadline(
                day, duty.describe(row), partnership.pk, partnership.country.name, duty.anchor, partnership.is_sample
            )


def _term_ends(window: _Window) -> Iterator[Deadline]:
    # No one completes a documented partnership here: its last day is announced, and never overdue.
    known = Partnership.objects.filter(status__in=IN_FORCE)
    known = known.exclude(kind=RecordKind.DOCUMENTED, ends_on__lt=window.today)
    rows = window.select(known, "ends_on", "pk")
    for row in rows.select_related("country"):
        assert row.ends_on is not None
        phase = phase_of(row.status, starts_on=row.starts_on, ends_on=row.ends_on, today=window.today)
        text = "Term ended; completion not recorded" if phase is Phase.LAPSED else "Term ends"
        yield Deadline(row.ends_on, text, row.pk, row.country.name, "limits", row.is_sample)


def _exception_ends(window: _Window) -> Iterator[Deadline]:
    granted = LimitException.objects.filter(grant__isnull=False, partnership__status__in=IN_FORCE)
    for row in window.select(granted, "expires_on", "partnership").select_related("partnership__country"):
        assert row.expires_on is not None
        partnership = row.partnership
        yield Deadline(
            row.expires_on,
            f"{row} expires",
            partnership.pk,
            partnership.country.name,
            "exceptions",
            partnership.is_sample,
        )
