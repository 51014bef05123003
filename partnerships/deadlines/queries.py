"""What falls due in partnerships, and what is overdue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add, attrgetter
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cpc.web import formats
from partnerships.awards.queries import closeout_open
from partnerships.limit_position import AHEAD
from partnerships.models import (
    ActionItem,
    ActionState,
    Dialogue,
    DialogueState,
    LimitException,
    Partnership,
    PeriodState,
    Progress,
    RecordKind,
    ReportDue,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    Risk,
    RiskState,
    SustainabilityMeasure,
)
from partnerships.states import IN_FORCE, REPORTS_SETTLED


@dataclass(frozen=True, slots=True)
class Deadline:
    """One day on which something is due, what it is, and in which partnership."""

    day: date
    text: str
    partnership_id: int
    country: str
    place: str = ""


def reports_open() -> QuerySet[ReportDue]:
    """Reports of recipients that are waited for: neither in nor waived, or returned and not in again.

    Nothing is due on a time after an award ended.
    """
    newest = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-id").values("kind")[:1]
    open_reports = ReportDue.objects.annotate(newest_event=Subquery(newest))
    open_reports = open_reports.filter(Q(newest_event__isnull=True) | ~Q(newest_event__in=REPORTS_SETTLED))
    return open_reports.exclude(award__ended_on__lt=F("period_start"))


def responsibilities_open() -> QuerySet[Responsibility]:
    """Responsibilities with a day that are neither done nor dropped, in partnerships that are in force."""
    return Responsibility.objects.filter(
        withdrawn=False,
        due_on__isnull=False,
        status__in=(Progress.PLANNED, Progress.UNDER_WAY),
        partnership__status__in=IN_FORCE,
    )


def periods_open() -> QuerySet[ReportingPeriod]:
    """Reporting periods that are neither submitted nor approved; one that was returned is waited for again."""
    handed_in = (PeriodState.SUBMITTED, PeriodState.APPROVED)
    return ReportingPeriod.objects.filter(partnership__status__in=IN_FORCE).exclude(state__in=handed_in)


def dialogues_open() -> QuerySet[Dialogue]:
    """Dialogues that are planned or ready and were not held yet."""
    return Dialogue.objects.filter(
        state__in=(DialogueState.PLANNED, DialogueState.READY),
        held_from__isnull=True,
        partnership__status__in=IN_FORCE,
        partnership__kind=RecordKind.MANAGED,
    )


def actions_open() -> QuerySet[ActionItem]:
    """What a dialogue asked for and is not done."""
    return ActionItem.objects.filter(state=ActionState.OPEN)


def measures_open() -> QuerySet[SustainabilityMeasure]:
    """Measures of sustainability that are neither done nor dropped, with their day of review."""
    return SustainabilityMeasure.objects.filter(
        status__in=(Progress.PLANNED, Progress.UNDER_WAY), partnership__status__in=IN_FORCE
    )


def risks_open() -> QuerySet[Risk]:
    """Risks that are not closed, with their day of review."""
    return Risk.objects.filter(partnership__status__in=IN_FORCE).exclude(state=RiskState.CLOSED)


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind of thing that falls due: its open rows, their day, the way to their partnership, words and place.

    `place` is the part of a partnership's page where it stands.
    """

    open_rows: Callable[[], QuerySet[Any]]
    day: str
    partnership: str
    related: tuple[str, ...]
    said: Callable[[Any], str]
    place: str


DUTIES = (
    Duty(
        reports_open,
        "due_on",
        "award__partnership",
        (),
        lambda r: f"{r.get_kind_display()} of {r.award.recipient}",
        "awards",
    ),
    Duty(closeout_open, "due_on", "award__partnership", (), lambda r: f"{r} ({r.award.recipient})", "awards"),
    Duty(
        responsibilities_open,
        "due_on",
        "partnership",
        ("participant",),
        lambda r: f"{r.participant}: {r}",
        "responsibilities",
    ),
    Duty(
        periods_open,
        "due_on",
        "partnership",
        (),
        lambda r: f"Report on {formats.day(r.starts_on)} to {formats.day(r.ends_on)}",
        "objectives",
    ),
    Duty(dialogues_open, "planned_on", "partnership", (), lambda r: f"{r} is to be held", "dialogues"),
    Duty(actions_open, "due_on", "dialogue__partnership", ("owner",), lambda r: f"{r.owner}: {r}", "dialogues"),
    Duty(measures_open, "review_on", "partnership", ("owner",), lambda r: f"Review of the measure “{r}”", "elements"),
    Duty(risks_open, "review_on", "partnership", ("owner",), lambda r: f"Review of the risk “{r}”", "elements"),
)
"""What people have to do. The clock announces the same rows once they are late."""


def with_overdue(partnerships: QuerySet[Partnership], today: date) -> QuerySet[Partnership]:
    """Partnerships with `overdue`: how many duties are late."""
    return partnerships.annotate(overdue=reduce(add, (_late(duty, today) for duty in DUTIES)))


def _late(duty: Duty, today: date) -> Coalesce:
    late = duty.open_rows().filter(**{duty.partnership: OuterRef("pk"), f"{duty.day}__lt": today})
    counted = late.order_by().values(duty.partnership).annotate(number=Count("pk")).values("number")
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
    return _listed(window, (_duties, _ends))


def upcoming(today: date, *, partnership: Partnership | None = None, limit: int = 8) -> list[Deadline]:
    """What falls due from today on within `AHEAD` days, the nearest first."""
    window = _Window(today, today + timedelta(days=AHEAD), partnership, limit)
    return _listed(window, (_duties, _ends, _expiring))


def _listed(window: _Window, tables: Iterable[Callable[[_Window], Iterator[Deadline]]]) -> list[Deadline]:
    found = [deadline for table in tables for deadline in table(window)]
    return sorted(found, key=lambda deadline: (deadline.day, deadline.text))[: window.limit]


def _duties(window: _Window) -> Iterator[Deadline]:
    for duty in DUTIES:
        partnership_of = attrgetter(duty.partnership.replace("__", "."))
        rows = window.cut(duty.open_rows(), duty.day, duty.partnership)
        for row in rows.select_related(f"{duty.partnership}__country", *duty.related):
            partnership: Partnership = partnership_of(row)
            day: date = getattr(row, duty.day)
            yield Deadline(day, duty.said(row), partnership.pk, partnership.country.name, duty.place)


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
