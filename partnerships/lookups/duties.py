"""Duties of partnerships: open items with due days, and counts of overdue ones."""

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
    RUN_HERE,
    ActionItem,
    ActionState,
    Activity,
    CloseoutStep,
    Dialogue,
    DialogueState,
    Evaluation,
    EvaluationState,
    Milestone,
    NoticeKind,
    PartnershipQuerySet,
    PeriodState,
    Progress,
    ReportDue,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    Risk,
    RiskState,
    SustainabilityMeasure,
)
from partnerships.states import ENDED, IN_FORCE, REPORTS_SETTLED

UNSETTLED = IN_FORCE | (ENDED - {"closed"})
"""Statuses of a partnership whose work goes on: in force, or over and not closed."""


def reports_open() -> QuerySet[ReportDue]:
    """Return recipients' reports that are outstanding.

    They were neither received nor waived, or were returned and not received again. No report is due for a period that
    began after the award ended.
    """
    newest = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-id").values("kind")[:1]
    open_reports = ReportDue.objects.annotate(newest_event=Subquery(newest))
    open_reports = open_reports.filter(Q(newest_event__isnull=True) | ~Q(newest_event__in=REPORTS_SETTLED))
    return open_reports.exclude(award__ended_on__lt=F("period_start"))


def closeout_open() -> QuerySet[CloseoutStep]:
    return CloseoutStep.objects.filter(done_on__isnull=True, not_applicable_because="")


def responsibilities_open() -> QuerySet[Responsibility]:
    """Return responsibilities with a due day, neither done nor dropped, of partnerships in force."""
    return Responsibility.objects.filter(
        withdrawn=False,
        due_on__isnull=False,
        status__in=(Progress.PLANNED, Progress.UNDER_WAY),
        partnership__status__in=IN_FORCE,
    )


def periods_open() -> QuerySet[ReportingPeriod]:
    """Return reporting periods that are neither submitted nor approved, including returned ones."""
    handed_in = (PeriodState.SUBMITTED, PeriodState.APPROVED)
    return ReportingPeriod.objects.filter(partnership__status__in=IN_FORCE).exclude(state__in=handed_in)


def dialogues_open() -> QuerySet[Dialogue]:
    return Dialogue.objects.filter(
        state__in=(DialogueState.PLANNED, DialogueState.READY),
        held_from__isnull=True,
        partnership__status__in=IN_FORCE,
        partnership__kind__in=RUN_HERE,
    )


def actions_open() -> QuerySet[ActionItem]:
    return ActionItem.objects.filter(state=ActionState.OPEN)


def measures_open() -> QuerySet[SustainabilityMeasure]:
    return SustainabilityMeasure.objects.filter(
        status__in=(Progress.PLANNED, Progress.UNDER_WAY), partnership__status__in=IN_FORCE
    )


def risks_open() -> QuerySet[Risk]:
    return Risk.objects.filter(partnership__status__in=IN_FORCE).exclude(state=RiskState.CLOSED)


def activities_open() -> QuerySet[Activity]:
    """Return the activities of partnerships in force that are neither done nor dropped."""
    return Activity.objects.filter(
        withdrawn=False, status__in=(Progress.PLANNED, Progress.UNDER_WAY), partnership__status__in=IN_FORCE
    )


def milestones_open() -> QuerySet[Milestone]:
    """Return the milestones not reached of activities that go on, of partnerships in force."""
    rows = Milestone.objects.filter(
        reached_on__isnull=True, activity__withdrawn=False, activity__partnership__status__in=IN_FORCE
    )
    return rows.exclude(activity__status=Progress.DROPPED)


def evaluations_open() -> QuerySet[Evaluation]:
    """Return the evaluations without an outcome, also of a partnership that is over and not closed."""
    return Evaluation.objects.filter(
        state__in=(EvaluationState.PLANNED, EvaluationState.UNDER_WAY), partnership__status__in=UNSETTLED
    )


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind of duty: its open rows, due day, lookup of the partnership, label, and link.

    `anchor` is the part of a partnership's page that shows it. With `notice`, overdue rows are announced: `announce`
    begins the sentence that ends with the due day. A row with another day is announced again, unless
    `is_announced_once`.
    """

    open_rows: Callable[[], QuerySet[Any]]
    day: str
    partnership: str
    related: tuple[str, ...]
    describe: Callable[[Any], str]
    anchor: str
    notice: NoticeKind | None = None
    notice_key: str = ""
    announce: Callable[[Any], str] = str
    is_announced_once: bool = False


DUTIES = (
    Duty(
        reports_open, "due_on", "award__partnership", (),
        lambda r: f"{r.get_kind_display()} of {r.award.recipient}", "awards",
        NoticeKind.REPORT_OVERDUE, "report", lambda r: f"{r.award.recipient}: {r}", is_announced_once=True,
    ),
    Duty(closeout_open, "due_on", "award__partnership", (), lambda r: f"{r} ({r.award.recipient})", "awards"),
    Duty(
        responsibilities_open, "due_on", "partnership", ("participant",),
        lambda r: f"{r.participant}: {r}", "responsibilities",
        NoticeKind.RESPONSIBILITY_OVERDUE, "responsibility", lambda r: f"{r.participant}: {r}",
    ),
    Duty(
        periods_open, "due_on", "partnership", (),
        lambda r: f"Report on {formats.day(r.starts_on)} to {formats.day(r.ends_on)}", "objectives",
        NoticeKind.PERIOD_OVERDUE, "period", lambda r: f"The report on {r}",
    ),
    Duty(dialogues_open, "planned_on", "partnership", (), lambda r: f"Hold {str(r).lower()}", "dialogues"),
    Duty(
        actions_open, "due_on", "dialogue__partnership", ("owner",), lambda r: f"{r.owner}: {r}", "dialogues",
        NoticeKind.ACTION_OVERDUE, "action", lambda r: f"{r.owner}: {r}",
    ),
    Duty(
        measures_open, "review_on", "partnership", ("owner",), lambda r: f"Review of the measure “{r}”", "elements",
        NoticeKind.REVIEW_OVERDUE, "measure", lambda r: f"{r.owner}: the review of the measure “{r}”",
    ),
    Duty(
        risks_open, "review_on", "partnership", ("owner",), lambda r: f"Review of the risk “{r}”", "elements",
        NoticeKind.REVIEW_OVERDUE, "risk", lambda r: f"{r.owner}: the review of the risk “{r}”",
    ),
    Duty(activities_open, "planned_end", "partnership", (), lambda r: f"End of the activity “{r}”", "objectives"),
    Duty(
        milestones_open, "planned_on", "activity__partnership", (), lambda r: f"Milestone “{r}”", "objectives",
    ),
    Duty(
        evaluations_open, "planned_on", "partnership", (), lambda r: f"{r.get_kind_display()}: {r}", "elements",
    ),
)  # fmt: skip
"""The duties of people, which pages, files, and the queue call late by the same day. Some are announced once late."""


def with_overdue(partnerships: PartnershipQuerySet, today: date) -> PartnershipQuerySet:
    """Annotate partnerships with `overdue`: the number of overdue duties."""
    return partnerships.annotate(overdue=reduce(add, (_late(duty, today) for duty in DUTIES)))


def _late(duty: Duty, today: date) -> Coalesce:
    late = duty.open_rows().filter(**{duty.partnership: OuterRef("pk"), f"{duty.day}__lt": today})
    counted = late.order_by().values(duty.partnership).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
