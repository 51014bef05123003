"""Open work on partnerships: which rows of each kind are open, whatever their day. `lookups.late` has their days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from partnerships.models import (
    RUN_HERE,
    ActionItem,
    ActionState,
    Activity,
    Award,
    AwardState,
    CloseoutStep,
    Dialogue,
    DialogueState,
    Evaluation,
    EvaluationState,
    LegalReview,
    Milestone,
    NotificationExemption,
    Partnership,
    PeriodState,
    Progress,
    ReportDue,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    Risk,
    RiskState,
    Status,
    SustainabilityMeasure,
)
from partnerships.models.partnership import money
from partnerships.models.term_expressions import LastLawfulDay
from partnerships.schedules import CLOSEOUT_REPORT_DAYS, NOTIFICATION_DAYS, PUBLISHED_WITHIN
from partnerships.states import BEFORE_SIGNATURE, ENDED, IN_FORCE, REPORTS_SETTLED

UNSETTLED = IN_FORCE | (ENDED - {"closed"})
"""Statuses of a partnership whose work goes on: in force, or over and not closed."""
UNFINISHED = (Progress.PLANNED, Progress.UNDER_WAY)
YEAR_OF_DIALOGUES = 12
"""Months after the last dialogue, or the first day, in which the next is due: GAO-23-105390."""


def run_here(prefix: str = "partnership", statuses: Collection[str] | None = None) -> Q:
    """Return the condition that people run the partnership here, in one of the statuses if given."""
    before = f"{prefix}__" if prefix else ""
    condition = Q(**{f"{before}kind__in": sorted(RUN_HERE)})
    return condition if statuses is None else condition & Q(**{f"{before}status__in": sorted(statuses)})


def reports_open() -> QuerySet[ReportDue]:
    """Return recipients' reports that are outstanding.

    They were neither received nor waived, or were returned and not received again. No report is due for a period that
    began after the award ended.
    """
    newest = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-id").values("kind")[:1]
    open_reports = ReportDue.objects.filter(run_here("award__partnership")).alias(newest_event=Subquery(newest))
    open_reports = open_reports.filter(Q(newest_event__isnull=True) | ~Q(newest_event__in=REPORTS_SETTLED))
    return open_reports.exclude(award__ended_on__lt=F("period_start"))


def reports_open_of_all() -> QuerySet[ReportDue]:
    """Return the same rows as `reports_open`, joined instead of read report by report: for all partnerships at once."""
    later = ReportEvent.objects.filter(report=OuterRef("report"), pk__gt=OuterRef("pk"))
    settled = ReportEvent.objects.filter(~Exists(later), report=OuterRef("pk"), kind__in=REPORTS_SETTLED)
    open_reports = ReportDue.objects.filter(~Exists(settled), run_here("award__partnership"))
    return open_reports.exclude(award__ended_on__lt=F("period_start"))


def closeout_open() -> QuerySet[CloseoutStep]:
    return CloseoutStep.objects.filter(done_on__isnull=True, not_applicable_because="")


def responsibilities_open() -> QuerySet[Responsibility]:
    """Return responsibilities with a due day, neither done nor dropped, of partnerships in force."""
    return Responsibility.objects.filter(
        run_here(statuses=IN_FORCE), withdrawn=False, due_on__isnull=False, status__in=UNFINISHED
    )


def periods_open() -> QuerySet[ReportingPeriod]:
    """Return reporting periods that are neither submitted nor approved, including returned ones.

    They are of partnerships that are not closed. No report is due for a period that began after the partnership ended.
    """
    rows = ReportingPeriod.objects.filter(run_here(statuses=UNSETTLED))
    rows = rows.exclude(state__in=(PeriodState.SUBMITTED, PeriodState.APPROVED))
    return rows.exclude(partnership__ended_on__lt=F("starts_on"))


def dialogues_open() -> QuerySet[Dialogue]:
    """Return the dialogues that are planned or ready, of partnerships that are not closed."""
    return Dialogue.objects.filter(run_here(statuses=UNSETTLED), state__in=(DialogueState.PLANNED, DialogueState.READY))


def actions_open() -> QuerySet[ActionItem]:
    rows = ActionItem.objects.filter(run_here("dialogue__partnership"), state=ActionState.OPEN)
    return rows.exclude(dialogue__partnership__status=Status.CANCELED)


def measures_open() -> QuerySet[SustainabilityMeasure]:
    return SustainabilityMeasure.objects.filter(run_here(statuses=IN_FORCE), status__in=UNFINISHED)


def risks_open() -> QuerySet[Risk]:
    return Risk.objects.filter(run_here(statuses=IN_FORCE)).exclude(state=RiskState.CLOSED)


def activities_open() -> QuerySet[Activity]:
    """Return the activities of partnerships in force that are neither done nor dropped."""
    return Activity.objects.filter(run_here(statuses=IN_FORCE), withdrawn=False, status__in=UNFINISHED)


def milestones_open() -> QuerySet[Milestone]:
    """Return the milestones not reached of activities that go on, of partnerships in force."""
    here = run_here("activity__partnership", IN_FORCE)
    rows = Milestone.objects.filter(here, reached_on__isnull=True, activity__withdrawn=False)
    return rows.exclude(activity__status=Progress.DROPPED)


def evaluations_open() -> QuerySet[Evaluation]:
    """Return the evaluations without an outcome, also of a partnership that is over and not closed."""
    return Evaluation.objects.filter(
        run_here(statuses=UNSETTLED), state__in=(EvaluationState.PLANNED, EvaluationState.UNDER_WAY)
    )


# ---- awards ----------------------------------------------------------------------------------------------------------


def awards_to_start() -> QuerySet[Award]:
    return Award.objects.filter(run_here(), state=AwardState.PLANNED)


def awards_to_end() -> QuerySet[Award]:
    return Award.objects.filter(run_here(), state__in=(AwardState.ACTIVE, AwardState.STOP_WORK))


def awards_to_close() -> QuerySet[Award]:
    """Return the awards that are over and not closed out: each is one piece of work, whatever its steps."""
    return Award.objects.filter(run_here(), state__in=(AwardState.TERMINATED, AwardState.ENDED))


def next_closeout_step() -> QuerySet[CloseoutStep]:
    """Return the open steps of the award of an outer query, the next one first."""
    return closeout_open().filter(award=OuterRef("pk")).order_by("due_on", "pk")


def closeout_day() -> Coalesce:
    """Return the day of the next step of a close-out; without one, the last day for the final report."""
    last = F("ended_on") + timedelta(days=CLOSEOUT_REPORT_DAYS)
    return Coalesce(Subquery(next_closeout_step().values("due_on")[:1]), last)


def _to_obligate() -> QuerySet[Award]:
    return Award.objects.filter(
        partnership=OuterRef("pk"),
        state__in=(AwardState.PLANNED, AwardState.ACTIVE),
        awarded_total__gt=F("obligated_total"),
    )


def covered_by_notices() -> Any:
    """Return what notifications and exemptions of a partnership cover, in dollars."""
    exempted = NotificationExemption.objects.filter(partnership=OuterRef("pk")).order_by().values("partnership")
    sums = Subquery(exempted.annotate(sum=Sum("amount")).values("sum"))
    return F("notified_total") + Coalesce(sums, Value(0), output_field=money("covered"))


def notifications_open() -> QuerySet[Partnership]:
    """Return partnerships with awards beyond what notifications and exemptions cover, so that no more is obligated."""
    rows = Partnership.objects.filter(Exists(_to_obligate()), run_here("", IN_FORCE))
    return rows.alias(covered=covered_by_notices()).filter(awarded_total__gt=F("covered"))


def notification_day() -> Any:
    """Return the last day on which a notification is in time for the first award that needs it."""
    first = Subquery(_to_obligate().order_by("starts_on").values("starts_on")[:1])
    return first - timedelta(days=NOTIFICATION_DAYS)


# ---- the partnership itself ------------------------------------------------------------------------------------------


def terms_to_start() -> QuerySet[Partnership]:
    return Partnership.objects.filter(run_here(""), status=Status.SIGNED)


def terms_over(today: Any) -> QuerySet[Partnership]:
    """Return the partnerships whose term is over, and that are still recorded as running."""
    return Partnership.objects.filter(run_here("", (Status.ACTIVE, Status.SUSPENDED)), ends_on__lt=today)


def instruments_signed(today: Any) -> QuerySet[Partnership]:
    """Return the partnerships with a signed qualifying instrument (1 U.S.C. 112b)."""
    rows = Partnership.objects.filter(run_here(""), legal_review=LegalReview.QUALIFYING, signed_on__lte=today)
    return rows.exclude(status__in=BEFORE_SIGNATURE)


def instruments_to_publish(today: Any) -> QuerySet[Partnership]:
    return instruments_signed(today).filter(published_on__isnull=True)


def publication_day() -> Any:
    return F("signed_on") + timedelta(days=PUBLISHED_WITHIN)


def last_held() -> Subquery:
    """Return the last day of the newest dialogue that was held in a partnership."""
    rows = Dialogue.objects.filter(partnership=OuterRef("pk"), held_until__isnull=False)
    return Subquery(rows.order_by("-held_until").values("held_until")[:1])


def dialogue_day() -> LastLawfulDay:
    """Return the day by which a partnership holds its next dialogue."""
    return LastLawfulDay(Coalesce(last_held(), "starts_on"), Value(YEAR_OF_DIALOGUES))


def without_dialogue(rows: QuerySet[Partnership], today: Any) -> QuerySet[Partnership]:
    """Return the partnerships among some that go on and have no dialogue ahead."""
    ahead = Dialogue.objects.filter(
        partnership=OuterRef("pk"), state__in=(DialogueState.PLANNED, DialogueState.READY, DialogueState.HELD)
    )
    goes_on = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    return rows.filter(~Exists(ahead), goes_on, starts_on__isnull=False)


def dialogues_to_plan(today: Any) -> QuerySet[Partnership]:
    return without_dialogue(Partnership.objects.filter(run_here("", (Status.ACTIVE,))), today)
