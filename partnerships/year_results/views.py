"""The results of a fiscal year, the accounts of those who report, and the office's assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.parameters import whole_number
from cpc.web import exports, formats
from cpc.web.tables import FORMAT, export_format
from partnerships.models import (
    AssessmentState,
    FindingState,
    Government,
    Participant,
    PerformanceNarrative,
    ReportDue,
    ReportKinds,
    YearAssessment,
)
from partnerships.monitoring.publication import published_of_partnership
from partnerships.monitoring.queries import evaluations_of, period_that_takes_results
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    ReviewStep,
    Visit,
    available_steps,
    partnership_page,
    why_another_decides,
)
from partnerships.states import ASSESSMENT
from partnerships.visits import presenters as visits_presenters
from partnerships.visits import queries as visits_queries
from partnerships.year_results import queries
from partnerships.year_results.forms import AccountForm, AssessmentForm, OfficeAccountForm
from partnerships.year_results.presenters.breakdown import ShownBreakdown, shown_breakdown
from partnerships.year_results.presenters.file import FILE, account_days, file_rows
from partnerships.year_results.presenters.page import shown_year
from partnerships.year_results.services import (
    record_account,
    record_account_of_office,
    take_assessment_step,
    write_assessment,
)
from partnerships.year_results.year_table import YearTable, groups_of, wanted_sides, year_table

INTERNAL = "For office use: small counts of people are shown here. Published results hide them."
FIRST_YEAR, LAST_YEAR = 2013, 2100


def _year_of(visit: Visit) -> int | None:
    text = visit.request.GET.get("year", "")
    if not text:
        return None
    year = whole_number(text)
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadRequest(f"“{text}” is no fiscal year. Enter four digits, such as 2026.")
    return year


@partnership_page(
    "year_results/results.html", "partnership-results", "Results", parameters=("year", "indicator", FORMAT)
)
def results(visit: Visit) -> Context:
    """Show one fiscal year: the newest that is over, or `?year=`; `?indicator=` is broken down below it.

    `?format=csv|xlsx` exports each result of the year with its figure.
    """
    partnership, today = visit.partnership, visit.today
    table = year_table(partnership, _year_of(visit), today)
    if kind := export_format(visit.request):
        notes = (("Partnership", partnership.title), ("Day", today.isoformat()), ("Note", INTERNAL))
        name = f"results {formats.fiscal_year(table.year)} {partnership}"
        return exports.response(kind, file_rows(table), FILE, name, sheet="Results", notes=notes)
    findings = visits_queries.in_order(visits_queries.findings_of(partnership))
    assessment = queries.assessment_of(partnership, table.year)
    return {
        "table": table,
        "shown": shown_year(table),
        "breakdown": _breakdown(visit, table),
        "findings_table": visits_presenters.findings_table(today, may_edit=visit.may_edit),
        "found": findings,
        "open": sum(row.state != FindingState.CLOSED for row in findings),
        "coverage": visits_presenters.coverage_text(visits_queries.coverage_of(partnership, today)),
        "accounts": [(row, account_days(row)) for row in queries.accounts_of(partnership, table.year)],
        **_to_write(visit, table.year),
        "assessment": assessment,
        "assessment_steps": available_steps(ASSESSMENT, assessment, visit.user) if assessment else [],
        "assessment_waits": why_another_decides(ASSESSMENT, assessment, visit.user) if assessment else "",
        "assessment_by": queries.newest_step(assessment) if assessment else None,
        "evaluations": list(evaluations_of(partnership)),
        "takes_results": period_that_takes_results(partnership, today) if visit.may_edit else None,
        "may_edit": visit.may_edit,
    }


def _breakdown(visit: Visit, table: YearTable) -> ShownBreakdown | None:
    """Return the breakdown of the chosen indicator, or of the first with the most breakdowns."""
    rows = table.indicators
    code = visit.request.GET.get("indicator", "")
    if code and code not in {row.indicator.code for row in rows}:
        raise Http404
    if not rows:
        return None
    most = max(rows, key=lambda row: len(wanted_sides(row.indicator)) if row.value is not None else 0)
    row = next((row for row in rows if row.indicator.code == code), most)
    published = published_of_partnership(visit.partnership.pk, [row.indicator])[row.indicator.pk]
    return shown_breakdown(row, groups_of(row), table, published, row.line.measured)


def _to_write(visit: Visit, year: int) -> dict[str, Any]:
    """Return the reports and offices whose account is still to be recorded, for an editor."""
    if not visit.may_edit:
        return {"reports_to_write": [], "offices_to_write": []}
    written = PerformanceNarrative.objects.filter(partnership=visit.partnership, fiscal_year=year)
    reports, offices = set(written.values_list("report", flat=True)), set(written.values_list("participant", flat=True))
    partners = visit.partnership.participants.filter(government=Government.PARTNER).order_by("-is_lead", "name")
    return {
        "reports_to_write": [
            row for row in queries.performance_reports_of(visit.partnership, year) if row.pk not in reports
        ],
        "offices_to_write": [row for row in partners if row.pk not in offices],
    }


class OfYear(PartnershipAction):
    """Base of the actions on what belongs to a fiscal year; they lead back to its page."""

    back = "partnership-results"
    year: int

    @property
    def back_url(self) -> str:
        return f"{reverse('partnership-results', args=[self.partnership.pk])}?year={self.year}"


def _year_or_404(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    return year


class RecordAccount(OfYear):
    """Record the account of a performance report of an award."""

    form_class = AccountForm
    form: AccountForm
    heading = "Record an account"
    button = "Record the account"
    intro = "What the recipient wrote on its performance. Days of receipt and acceptance are those of the report."
    done = "The account is recorded."
    report: ReportDue

    def load(self) -> None:
        super().load()
        mine = ReportDue.objects.filter(award__partnership=self.partnership, kind=ReportKinds.PERFORMANCE)
        self.report = get_object_or_404(mine.select_related("award__partnership"), pk=self.kwargs["report"])
        self.year = queries.year_of(self.report)

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"live": queries.live_of_report(self.report)}

    def facts(self) -> Sequence[tuple[str, Any]]:
        first, last = formats.day(self.report.period_start), formats.day(self.report.period_end)
        return [("Recipient", self.report.award.recipient), ("Period", f"{first} to {last}")]

    def perform(self, values: Mapping[str, Any]) -> None:
        record_account(
            report=self.report, actor=self.actor, expected_revision=self.form.expected_revision, text=values["text"]
        )


class RecordOfficeAccount(OfYear):
    """Record the account of an office of the partner government."""

    form_class = OfficeAccountForm
    form: OfficeAccountForm
    heading = "Record an account"
    button = "Record the account"
    intro = "What an office of the partner government wrote on the year."
    done = "The account is recorded."
    office: Participant

    def load(self) -> None:
        super().load()
        self.year = _year_or_404(self.kwargs["year"])
        partners = self.partnership.participants.filter(government=Government.PARTNER)
        self.office = get_object_or_404(partners.select_related("partnership"), pk=self.kwargs["office"])

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"live": queries.live_of_office(self.office, self.year)}

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Office", self.office.name), ("Year", formats.fiscal_year(self.year))]

    def perform(self, values: Mapping[str, Any]) -> None:
        record_account_of_office(
            participant=self.office,
            fiscal_year=self.year,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
            text=values["text"],
            received_on=values["received_on"],
        )


class WriteAssessment(OfYear):
    """Draft the office's assessment of a fiscal year, or change the draft."""

    form_class = AssessmentForm
    form: AssessmentForm
    button = "Save the draft"
    intro = "One person drafts and submits it; another approves it."
    done = "The draft is saved."
    draft: YearAssessment | None

    def load(self) -> None:
        super().load()
        self.year = _year_or_404(self.kwargs["year"])
        self.draft = queries.assessment_of(self.partnership, self.year)
        self.heading = f"Assessment of {formats.fiscal_year(self.year)}"

    def redirect_reason(self) -> str:
        if self.draft is None or self.draft.state == AssessmentState.DRAFT or self.request.method == "POST":
            return ""
        return "The assessment is submitted or approved. Have it returned, or revise it."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"draft": queries.assessment_of(self.partnership, self.year)}

    def perform(self, values: Mapping[str, Any]) -> None:
        write_assessment(
            partnership=self.partnership,
            fiscal_year=self.year,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
            text=values["text"],
        )


class TakeAssessmentStep(OfYear, ReviewStep):
    machine = ASSESSMENT
    record: YearAssessment

    def get_record(self) -> YearAssessment:
        self.year = _year_or_404(self.kwargs["year"])
        mine = YearAssessment.objects.filter(partnership=self.partnership).select_related("partnership__country")
        return get_object_or_404(mine, fiscal_year=self.year)

    def load(self) -> None:
        super().load()
        self.heading = f"{self.transition.label}: the assessment of {formats.fiscal_year(self.year)}"
        self.done = f"{self.transition.past}: the assessment of {formats.fiscal_year(self.year)}."

    def subject_facts(self) -> Sequence[tuple[str, Any]]:
        return [("Assessment", self.record.text)]

    def perform(self, values: Mapping[str, Any]) -> None:
        take_assessment_step(
            assessment=self.record,
            name=self.transition.name,
            actor=self.actor,
            on=self.today,
            reason=values["note"],
        )
