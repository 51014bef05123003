"""Work that waits for an approver, and work that was returned to its drafter.

Decisions leave out records of which the account itself wrote a part.
"""

from __future__ import annotations

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from cpc.accounts.models import User
from cpc.audit.authors import rows_without_author
from cpc.findings import errors
from cpc.lifecycle import step_findings
from partnerships.decidable import ORIGIN
from partnerships.models import (
    Amendment,
    AmendmentState,
    ExceptionKind,
    LimitException,
    LimitPolicy,
    MonitoringPlan,
    Partnership,
    PeriodState,
    PlanState,
    PlanStep,
    RecordKind,
    ReportingPeriod,
    Status,
)
from partnerships.states import BEFORE_SIGNATURE
from partnerships.status.preconditions import PARTNERSHIP_CHECKS


def amendments_to_decide(user: User) -> list[Amendment]:
    return rows_without_author(_amendments().filter(state=AmendmentState.SUBMITTED), user)


def amendments_to_apply() -> QuerySet[Amendment]:
    return _amendments().filter(state=AmendmentState.APPROVED)


def amendments_returned() -> QuerySet[Amendment]:
    return _amendments().filter(state=AmendmentState.DRAFT).exclude(decision_note="")


def _amendments() -> QuerySet[Amendment]:
    return Amendment.objects.select_related("partnership__country").order_by("pk")


def exceptions_to_decide(user: User) -> list[LimitException]:
    rows = LimitException.objects.filter(grant__isnull=True, refusal__isnull=True)
    rows = rows.exclude(kind=ExceptionKind.DOCUMENTED_PRACTICE)
    return rows_without_author(rows.select_related("partnership__country").order_by("pk"), user)


def policies_to_approve(user: User) -> list[LimitPolicy]:
    return rows_without_author(LimitPolicy.objects.filter(approval__isnull=True).order_by("pk"), user)


def plans_to_decide(user: User) -> list[MonitoringPlan]:
    rows = MonitoringPlan.objects.filter(state=PlanState.SUBMITTED)
    return rows_without_author(rows.select_related("partnership__country").order_by("pk"), user)


def plans_returned() -> QuerySet[MonitoringPlan]:
    newest = PlanStep.objects.filter(plan=OuterRef("pk")).order_by("-pk")
    rows = MonitoringPlan.objects.filter(state=PlanState.DRAFT).alias(last=Subquery(newest.values("name")[:1]))
    return rows.filter(last="return").select_related("partnership__country").order_by("pk")


def periods_to_decide(user: User) -> list[ReportingPeriod]:
    return rows_without_author(_periods().filter(state=PeriodState.SUBMITTED), user)


def periods_returned() -> QuerySet[ReportingPeriod]:
    return _periods().filter(state=PeriodState.RETURNED)


def _periods() -> QuerySet[ReportingPeriod]:
    return ReportingPeriod.objects.select_related("partnership__country").order_by("ends_on", "pk")


def origins_to_confirm(user: User) -> list[Partnership]:
    """Return unsigned partnerships with an unconfirmed stated reason.

    Partnerships that this account opened are left out.
    """
    rows = Partnership.objects.filter(kind=RecordKind.MANAGED, decision__isnull=True, origin_confirmation__isnull=True)
    rows = rows.filter(status__in=BEFORE_SIGNATURE)
    return rows_without_author(rows.select_related("country").order_by("pk"), user, name=ORIGIN.name)


def ready_to_sign(user: User, today: date) -> list[Partnership]:
    """Return partnerships in clearance that meet every precondition of signature, and that this account may sign."""
    rows = Partnership.objects.filter(status=Status.IN_CLEARANCE, kind=RecordKind.MANAGED)
    in_clearance = rows_without_author(rows.select_related("country", "limit_policy").order_by("pk"), user)
    return [row for row in in_clearance if not errors(step_findings(PARTNERSHIP_CHECKS, "sign", row, today))]
