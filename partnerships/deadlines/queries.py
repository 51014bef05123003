"""Rows of what is late and of what comes due, of one partnership or of all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from partnerships.limit_position import AHEAD
from partnerships.lookups.late import DatedRow, dated_rows
from partnerships.models import LimitException, Partnership
from partnerships.states import IN_FORCE


def overdue(today: date, *, partnership: Partnership | None = None, limit: int = 8) -> list[DatedRow]:
    """Return late items, oldest first. A term that is over without a recorded completion is one."""
    return _in_order(dated_rows(today, date.min, today - timedelta(days=1), partnership=partnership, limit=limit))


def upcoming(today: date, *, partnership: Partnership | None = None, limit: int = 8) -> list[DatedRow]:
    """Return the items due from today within `AHEAD` days, nearest first."""
    last = today + timedelta(days=AHEAD)
    rows = dated_rows(today, today, last, partnership=partnership, limit=limit)
    return _in_order([*rows, *_ends(today, last, partnership, limit)])[:limit]


def late_and_upcoming(today: date, partnership: Partnership, limit: int = 16) -> list[DatedRow]:
    """Return the late items of a partnership and those due within `AHEAD` days, oldest first, in one pass."""
    last = today + timedelta(days=AHEAD)
    rows = dated_rows(today, date.min, last, partnership=partnership, limit=limit)
    return _in_order([*rows, *_ends(today, last, partnership, limit)])[:limit]


def _in_order(rows: list[DatedRow]) -> list[DatedRow]:
    return sorted(rows, key=lambda row: (row.day, row.text))


def _ends(first: date, last: date, partnership: Partnership | None, limit: int) -> Iterator[DatedRow]:
    """Yield the ends of terms and of exceptions between two days: no one has to do anything, so they are never late."""
    terms = Partnership.objects.filter(status__in=IN_FORCE, ends_on__range=(first, last))
    granted = LimitException.objects.filter(
        grant__isnull=False, partnership__status__in=IN_FORCE, expires_on__range=(first, last)
    )
    if partnership is not None:
        terms, granted = terms.filter(pk=partnership.pk), granted.filter(partnership=partnership)
    for row in terms.select_related("country").order_by("ends_on", "pk")[:limit]:
        assert row.ends_on is not None
        yield DatedRow(row.ends_on, "Term ends", "limits", row.pk, row.country.name, row.is_sample)
    for exception in granted.select_related("partnership__country").order_by("expires_on", "pk")[:limit]:
        assert exception.expires_on is not None
        row = exception.partnership
        yield DatedRow(
            exception.expires_on, f"{exception} expires", "exceptions", row.pk, row.country.name, row.is_sample
        )
