"""Duties of partnerships: what falls due, on which day, and how many are overdue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cpc.web import formats
from partnerships.models import (
    ActionItem,
    ActionState,
    CloseoutStep,
    Dialogue,
    DialogueState,
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


def reports_open() -> QuerySet[ReportDue]:
    """Reports of recipients that are waited for: neither in nor waived, or returned and not in again.

    Nothing is due on a time after an award ended.
    """
    newest = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-id").values("kind")[:1]
    open_reports = ReportDue.objects.annotate(newest_event=Subquery(newest))
    open_reports = open_reports.filter(Q(newest_event__isnull=True) | ~Q(newest_event__in=REPORTS_SETTLED))
    return open_reports.exclude(award__ended_on__lt=F("period_start"))


def closeout_open() -> QuerySet[CloseoutStep]:
    """Steps of the close-out of awards that are neither done nor without object."""
    return CloseoutStep.objects.filter(done_on__isnull=True, not_applicable_because="")


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
