"""Accounts of performance with the days of their reports, and assessments of fiscal years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cpc.fiscal_years import fiscal_year as fiscal_year_of
from partnerships.models import (
    Participant,
    Partnership,
    PerformanceNarrative,
    ReportDue,
    ReportEvent,
    ReportEventKind,
    ReportKinds,
    YearAssessment,
    YearAssessmentStep,
)


def live_of_report(report: ReportDue) -> PerformanceNarrative | None:
    return PerformanceNarrative.objects.filter(report=report, replaced_by__isnull=True).first()


def live_of_office(participant: Participant, fiscal_year: int) -> PerformanceNarrative | None:
    rows = PerformanceNarrative.objects.filter(participant=participant, fiscal_year=fiscal_year)
    return rows.filter(replaced_by__isnull=True).first()


def narrative_revision(live: PerformanceNarrative | None) -> str:
    """Return the key of the current account, or "0". Accounts are only replaced, never edited."""
    return str(live.pk if live else 0)


def year_of(report: ReportDue) -> int:
    return fiscal_year_of(report.period_end)


def newest_step(assessment: YearAssessment) -> YearAssessmentStep | None:
    return assessment.steps.select_related("actor").order_by("-pk").first()


def assessment_of(partnership: Partnership, fiscal_year: int) -> YearAssessment | None:
    return YearAssessment.objects.filter(partnership=partnership, fiscal_year=fiscal_year).first()


@dataclass(frozen=True, slots=True)
class Account:
    """The account of one reporter, with the days of its report. `days_late` counts from the day it was due."""

    narrative: PerformanceNarrative
    received_on: date | None
    accepted_on: date | None
    days_late: int

    @property
    def who(self) -> str:
        row = self.narrative
        return row.report.award.recipient if row.report else str(row.participant)


def accounts_of(partnership: Partnership, fiscal_year: int) -> list[Account]:
    """Return the current accounts of a fiscal year: of awards first, in order of their reports, then of offices."""
    rows = PerformanceNarrative.objects.filter(partnership=partnership, fiscal_year=fiscal_year)
    current = list(rows.filter(replaced_by__isnull=True).select_related("report__award", "participant").order_by("pk"))
    days: dict[int, dict[str, date]] = {}
    events = ReportEvent.objects.filter(report__in=[row.report_id for row in current if row.report_id])
    for report, kind, on in events.order_by("pk").values_list("report_id", "kind", "on"):
        days.setdefault(report, {})[kind] = on
        if kind == ReportEventKind.RETURNED:
            days[report].pop(ReportEventKind.ACCEPTED, None)
    accounts = []
    for row in current:
        own = days.get(row.report_id or 0, {})
        received = row.received_on or own.get(ReportEventKind.RECEIVED)
        late = (received - row.report.due_on).days if row.report and received else 0
        accounts.append(Account(row, received, own.get(ReportEventKind.ACCEPTED), max(late, 0)))
    return sorted(
        accounts,
        key=lambda account: (
            account.narrative.report is None,
            account.narrative.report.award_id if account.narrative.report else 0,
            account.narrative.report.period_end if account.narrative.report else date.min,
            account.narrative.pk,
        ),
    )


def performance_reports_of(partnership: Partnership, fiscal_year: int) -> list[ReportDue]:
    """Return the performance reports of awards whose period ends in a fiscal year."""
    first, last = date(fiscal_year - 1, 10, 1), date(fiscal_year, 9, 30)
    rows = ReportDue.objects.filter(
        award__partnership=partnership, kind=ReportKinds.PERFORMANCE, period_end__gte=first, period_end__lte=last
    )
    return list(rows.select_related("award").order_by("award_id", "period_end"))
