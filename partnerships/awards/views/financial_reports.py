"""Pages of federal financial reports (SF-425): their lines, and explanations of differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import model_to_dict
from django.http import Http404
from django.shortcuts import get_object_or_404

from cpc.web import formats
from partnerships.awards import presenters
from partnerships.awards.forms import ExplanationForm, ReplacingReportForm
from partnerships.awards.services.financial_reports import explain_difference, record_financial_report
from partnerships.awards.views.awards import AwardAction
from partnerships.financial_lines import FormLine, LineDifference
from partnerships.lookups.financial_reports import lines_in_effect, reported_of
from partnerships.models import FinancialReport, ReportDue
from partnerships.money import queries as money_queries
from partnerships.schedules import ReportKind

WITHOUT_LINES = ("received_on", "report", "replaces", "recorded_by", "at", "id")


class FinancialReportAction(AwardAction):
    back = "award#financial-reports"
    report: ReportDue
    lines: FinancialReport | None

    def load(self) -> None:
        super().load()
        reports = money_queries.reports_of(self.award).filter(kind=ReportKind.FINANCIAL)
        self.report = get_object_or_404(reports, pk=self.kwargs["row"])
        self.lines = lines_in_effect().filter(report=self.report).first()

    def facts(self) -> list[tuple[str, str]]:
        row = self.report
        return [
            ("Recipient", self.award.recipient),
            ("Period", f"{formats.day(row.period_start)} to {formats.day(row.period_end)}"),
            ("State", presenters.report_badge(row, self.today).text),
        ]


class RecordLines(FinancialReportAction):
    """Record the lines of a report, or replace those on record."""

    form_class = ReplacingReportForm
    heading = "Enter the lines of an SF-425"
    button = "Record the lines"
    intro = (
        "Lines as on the form, all cumulative. The form computes 10c, 10g, 10h, and 10k. You can't edit lines; replace "
        "wrong ones."
    )

    def load(self) -> None:
        super().load()
        if self.lines is not None:
            self.heading, self.button = "Replace the lines of an SF-425", "Replace the lines"

    def get_initial(self) -> dict[str, Any]:
        if self.lines is None:
            return {}
        return model_to_dict(self.lines, exclude=WITHOUT_LINES) | {"replaces": self.lines.pk}

    def perform(self, values: Mapping[str, Any]) -> None:
        lines = dict(values)
        replaces = self.report.financial_reports.filter(pk=lines.pop("replaces")).first()
        row = record_financial_report(report=self.report, actor=self.actor, replaces=replaces, **lines)
        left = reported_of(row).unexplained
        self.done = f"The lines to {formats.day(self.report.period_end)} are recorded."
        if left:
            self.done += f" {formats.count_of(len(left), 'value differs', 'values differ')}: explain what is right."


class ExplainDifference(FinancialReportAction):
    """Explain why a line of a report differs."""

    form_class = ExplanationForm
    heading = "Explain a difference"
    button = "Save the explanation"
    intro = (
        "If the line is wrong, return the report instead. The explanation is shown with your name and can't be edited."
    )
    done = "The difference is explained."
    difference: LineDifference | None

    def load(self) -> None:
        super().load()
        line = self.kwargs["line"]
        if self.lines is None or line not in list(FormLine):
            raise Http404
        open_ones = reported_of(self.lines).unexplained
        self.difference = next((each for each in open_ones if each.line == line), None)

    def redirect_reason(self) -> str:
        is_open = self.request.method == "POST" or self.difference is not None
        return "" if is_open else "This line doesn't differ, or its difference is explained."

    def get_initial(self) -> dict[str, Any]:
        return {"difference": self.difference.amount} if self.difference else {}

    def facts(self) -> list[tuple[str, str]]:
        found = self.difference
        about = [(f"Line {found.line}", formats.as_shown(found.message))] if found else []
        return [*super().facts(), *about]

    def perform(self, values: Mapping[str, Any]) -> None:
        assert self.lines is not None
        explain_difference(lines=self.lines, line=FormLine(self.kwargs["line"]), actor=self.actor, **values)
