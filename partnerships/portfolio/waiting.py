"""Work that waits for an approver, and work that was returned to its drafter."""

from __future__ import annotations

from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cpc.accounts.models import User
from cpc.findings import errors
from cpc.lifecycle import step_findings
from partnerships.models import (
    Amendment,
    AmendmentState,
    ExceptionKind,
    LimitException,
    LimitPolicy,
    MonitoringPlan,
    Partnership,
    PeriodState,
    PeriodStep,
    PlanState,
    PlanStep,
    RecordKind,
    ReportingPeriod,
    Status,
)
from partnerships.states import BEFORE_SIGNATURE
from partnerships.status.preconditions import PARTNERSHIP_CHECKS


def amendments_to_decide(user: User) -> QuerySet[Amendment]:
    """Return submitted amendments, except this account's own."""
    rows = _amendments().filter(state=AmendmentState.SUBMITTED)
    return rows.exclude(requested_by=user)


def amendments_to_apply() -> QuerySet[Amendment]:
    """Return amendments that are approved and not in effect yet."""
    return _amendments().filter(state=AmendmentState.APPROVED)


def amendments_returned() -> QuerySet[Amendment]:
    """Return drafts that an approver returned."""
    return _amendments().filter(state=AmendmentState.DRAFT).exclude(decision_note="")


def _amendments() -> QuerySet[Amendment]:
    return Amendment.objects.select_related("partnership__country").order_by("pk")


def exceptions_to_decide(user: User) -> QuerySet[LimitException]:
    """Return limit exceptions without a decision, except this account's own."""
    rows = LimitException.objects.filter(grant__isnull=True, refusal__isnull=True)
    rows = rows.exclude(kind=ExceptionKind.DOCUMENTED_PRACTICE).exclude(requested_by=user)
    return rows.select_related("partnership__country").order_by("pk")


def policies_to_approve(user: User) -> QuerySet[LimitPolicy]:
    """Return limit policies without approval, except this account's own."""
    return LimitPolicy.objects.filter(approval__isnull=True).exclude(proposed_by=user).order_by("pk")


def plans_to_decide(user: User) -> QuerySet[MonitoringPlan]:
    """Return monitoring plans that another person submitted."""
    newest = PlanStep.objects.filter(plan=OuterRef("pk")).order_by("-pk")
    rows = MonitoringPlan.objects.filter(state=PlanState.SUBMITTED).alias(by=Subquery(newest.values("actor")[:1]))
    return rows.filter(~Q(by=user.pk) | Q(by__isnull=True)).select_related("partnership__country").order_by("pk")


def plans_returned() -> QuerySet[MonitoringPlan]:
    """Return monitoring plans that an approver returned."""
    newest = PlanStep.objects.filter(plan=OuterRef("pk")).order_by("-pk")
    rows = MonitoringPlan.objects.filter(state=PlanState.DRAFT).alias(last=Subquery(newest.values("name")[:1]))
    return rows.filter(last="return").select_related("partnership__country").order_by("pk")


def periods_to_decide(user: User) -> QuerySet[ReportingPeriod]:
    """Return reporting periods that another person submitted."""
    newest = PeriodStep.objects.filter(period=OuterRef("pk")).order_by("-pk")
    rows = _periods().filter(state=PeriodState.SUBMITTED).alias(by=Subquery(newest.values("actor")[:1]))
    return rows.filter(~Q(by=user.pk) | Q(by__isnull=True))


def periods_returned() -> QuerySet[ReportingPeriod]:
    """Return reporting periods that an approver returned."""
    return _periods().filter(state=PeriodState.RETURNED)


def _periods() -> QuerySet[ReportingPeriod]:
    return ReportingPeriod.objects.select_related("partnership__country").order_by("ends_on", "pk")


def origins_to_confirm(user: User) -> QuerySet[Partnership]:
    """Return unsigned partnerships with an unconfirmed stated reason.

    Partnerships that this account opened are left out.
    """
    rows = Partnership.objects.filter(kind=RecordKind.MANAGED, decision__isnull=True, origin_confirmation__isnull=True)
    rows = rows.filter(status__in=BEFORE_SIGNATURE).exclude(opened_by=user)
    return rows.select_related("country").order_by("pk")


def ready_to_sign(today: date) -> list[Partnership]:
    """Return partnerships in clearance that meet every precondition of signature."""
    rows = Partnership.objects.filter(status=Status.IN_CLEARANCE, kind=RecordKind.MANAGED)
    found = rows.select_related("country", "limit_policy").order_by("pk")
    return [row for row in found if not errors(step_findings(PARTNERSHIP_CHECKS, "sign", row, today))]
