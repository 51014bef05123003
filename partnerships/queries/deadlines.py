"""What falls due in partnerships, and what is overdue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from partnerships.lifecycle import IN_FORCE
from partnerships.models import (
    LimitException,
    Partnership,
    Progress,
    RecordKind,
    ReportDue,
    ReportEvent,
    ReportEventKind,
    Responsibility,
)
from partnerships.schedules import WARNING_DAYS

AHEAD = max(WARNING_DAYS)
"""How many days ahead a deadline is listed."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One day on which something is due, what it is, and in which partnership."""

    day: date
    text: str
    partnership_id: int
    country: str
    place: str = ""


def reports_open() -> QuerySet[ReportDue]:
    """Reports of recipients that have not come in, or were returned and have not come in again."""
    newest = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-id").values("kind")[:1]
    open_reports = ReportDue.objects.annotate(newest_event=Subquery(newest))
    return open_reports.filter(Q(newest_event__isnull=True) | Q(newest_event=ReportEventKind.RETURNED))


def responsibilities_open() -> QuerySet[Responsibility]:
    """Responsibilities with a day that are neither done nor dropped, in partnerships that are in force."""
    return Responsibility.objects.filter(
        withdrawn=False,
        due_on__isnull=False,
        status__in=(Progress.PLANNED, Progress.UNDER_WAY),
        partnership__status__in=IN_FORCE,
    )


def with_overdue(partnerships: QuerySet[Partnership], today: date) -> QuerySet[Partnership]:
    """Partnerships with `overdue`: how many reports and responsibilities are late."""
    reports = reports_open().filter(award__partnership=OuterRef("pk"), due_on__lt=today)
    responsibilities = responsibilities_open().filter(partnership=OuterRef("pk"), due_on__lt=today)
    return partnerships.annotate(
        overdue=_count(reports, "award__partnership") + _count(responsibilities, "partnership"),
    )


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@dataclass(frozen=True, slots=True)
class _Window:
    """Which days are asked for, of which partnership, and how many at most from each table."""

    first: date
    last: date
    partnership: Partnership | None
    limit: int

    def cut(self, rows: QuerySet[Any], day: str, partnership: str) -> QuerySet[Any]:
        """The rows whose `day` lies in the window, in its order."""
        rows = rows.filter(**{f"{day}__gte": self.first, f"{day}__lte": self.last})
        if self.partnership is not None:
            rows = rows.filter(**{partnership: self.partnership.pk})
        return rows.order_by(day, "pk")[: self.limit]


def overdue(today: date, *, partnership: Partnership | None = None, limit: int = 8) -> list[Deadline]:
    """What is late, the oldest first; a term that is over without its completion counts too."""
    window = _Window(date.min, today - timedelta(days=1), partnership, limit)
    return _listed(window, (_reports, _responsibilities, _ends))


def upcoming(today: date, *, partnership: Partnership | None = None, limit: int = 8) -> list[Deadline]:
    """What falls due from today on within `AHEAD` days, the nearest first."""
    window = _Window(today, today + timedelta(days=AHEAD), partnership, limit)
    return _listed(window, (_reports, _responsibilities, _ends, _expiring))


def _listed(window: _Window, tables: Iterable[Callable[[_Window], Iterator[Deadline]]]) -> list[Deadline]:
    found = [deadline for table in tables for deadline in table(window)]
    return sorted(found, key=lambda deadline: (deadline.day, deadline.text))[: window.limit]


def _reports(window: _Window) -> Iterator[Deadline]:
    rows = window.cut(reports_open(), "due_on", "award__partnership")
    for row in rows.select_related("award__partnership__country"):
        partnership = row.award.partnership
        kind = row.get_kind_display()
        text = f"{kind} of {row.award.recipient}"
        yield Deadline(row.due_on, text, partnership.pk, partnership.country.name, "awards")


def _responsibilities(window: _Window) -> Iterator[Deadline]:
    rows = window.cut(responsibilities_open(), "due_on", "partnership")
    for row in rows.select_related("partnership__country", "participant"):
        assert row.due_on is not None
        text = f"{row.participant}: {row}"
        yield Deadline(row.due_on, text, row.partnership_id, row.partnership.country.name, "responsibilities")


def _ends(window: _Window) -> Iterator[Deadline]:
    # Nobody here completes a record of the past: its last day is announced, and is not overdue once it has passed.
    known = Partnership.objects.filter(status__in=IN_FORCE)
    if window.first == date.min:
        known = known.filter(kind=RecordKind.MANAGED)
    rows = window.cut(known, "ends_on", "pk")
    for row in rows.select_related("country"):
        assert row.ends_on is not None
        over = row.ends_on < window.last and window.first == date.min
        text = "Term is over; no completion on record" if over else "Term ends"
        yield Deadline(row.ends_on, text, row.pk, row.country.name, "limits")


def _expiring(window: _Window) -> Iterator[Deadline]:
    granted = LimitException.objects.filter(grant__isnull=False, partnership__status__in=IN_FORCE)
    for row in window.cut(granted, "expires_on", "partnership").select_related("partnership__country"):
        assert row.expires_on is not None
        yield Deadline(row.expires_on, f"{row} expires", row.partnership_id, row.partnership.country.name, "exceptions")
