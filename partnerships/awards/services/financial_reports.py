"""Federal financial reports (SF-425): recording their lines, and explaining their differences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.validation import field_error, reject
from partnerships.awards.services.reports import record_report_event
from partnerships.financial_lines import FormLine, period_ends_quarter, unexplained_falls
from partnerships.lookups.financial_reports import accepted_before, lines_in_effect, reported_of
from partnerships.lookups.locking import check_columns, create, lock_partnership, service
from partnerships.models import (
    Award,
    DifferenceExplanation,
    DocumentVersion,
    FinancialReport,
    ReportDue,
    ReportEventKind,
)
from partnerships.schedules import ReportFrequency, ReportKind


@service(Permission.RECORD_MONEY)
def record_financial_report(
    *,
    report: ReportDue,
    received_on: date,
    actor: User,
    replaces: FinancialReport | None = None,
    document: DocumentVersion | None = None,
    **lines: Any,
) -> FinancialReport:
    """Record the lines of a report, and that it was received, if it isn't.

    `lines` are the amounts and remarks of `FinancialReport`. Lines on record are replaced by naming them. Raises
    `ValidationError` with code `report_kind` for a performance report, `report_state` for lines of an accepted report,
    `financial_report_once` unless `replaces` is what is in effect, `received_on` and `future_day` for the day, and
    `cumulative_falls` for a cumulative line below that of the accepted report before, without remarks. Differences from
    the ledger are no errors: `partnerships.lookups.financial_reports.reported` lists them.
    """
    lock_partnership(report.award.partnership)
    current = ReportDue.objects.select_for_update(of=("self",), no_key=True).select_related("award").get(pk=report.pk)
    if current.kind != ReportKind.FINANCIAL:
        raise ValidationError("Only a financial report has these lines.", code="report_kind")
    row = FinancialReport(
        report=current, received_on=received_on, replaces=replaces, recorded_by=actor, **{"remarks": "", **lines}
    )
    check_columns(row)
    _check_received(row)
    _check_replaced(row)
    reject(unexplained_falls(row, accepted_before(current)))
    newest = current.events.first()
    if newest is None or newest.kind not in (ReportEventKind.RECEIVED, ReportEventKind.ACCEPTED):
        record_report_event(
            report=current, kind=ReportEventKind.RECEIVED, on=received_on, actor=actor, document=document
        )
    return create(row, actor=actor, action="recorded")


def find_report(award: Award, period_end: date) -> ReportDue:
    """Return the financial report of an award that is due for a period, the one without lines first.

    Raises `ValidationError` with code `period_quarter` for a day that ends no period, and `report_not_scheduled`.
    """
    rows = list(award.reports_due.filter(kind=ReportKind.FINANCIAL).order_by("period_end", "due_on", "pk"))
    found = [row for row in rows if row.period_end == period_end]
    if found:
        has_lines = set(FinancialReport.objects.filter(report__in=found).values_list("report", flat=True))
        return next((row for row in found if row.pk not in has_lines), found[-1])
    reject(period_ends_quarter(period_end, ReportFrequency.QUARTERLY, award.last_day))
    if not rows:
        message = f"No financial report of {award.recipient} is scheduled. Schedule its reports first."
    else:
        nearest = min(rows, key=lambda row: abs(row.period_end - period_end))
        message = (
            f"No financial report of {award.recipient} is scheduled for this period. Did you mean {nearest.period_end}?"
        )
    raise field_error("period_end", message, "report_not_scheduled")


def _check_received(row: FinancialReport) -> None:
    if row.received_on < row.report.period_end:
        message = f"The period ends on {row.report.period_end}. Enter that day or a later one."
        raise field_error("received_on", message, "received_on")
    if row.received_on > timezone.now().date():
        raise field_error("received_on", f"Enter today, {timezone.now().date()}, or an earlier day.", "future_day")


def _check_replaced(row: FinancialReport) -> None:
    in_effect = lines_in_effect().filter(report=row.report).first()
    if in_effect is None:
        if row.replaces is not None:
            raise ValidationError("These lines belong to another report.", code="replaces")
        return
    if row.replaces is None or row.replaces.pk != in_effect.pk:
        message = f"The lines of this report were recorded on {in_effect.at.date()}. Open them, and replace them there."
        raise ValidationError(message, code="financial_report_once")
    newest = row.report.events.first()
    if newest is not None and newest.kind == ReportEventKind.ACCEPTED:
        message = "The report is accepted. Return it first, with the reason; then replace its lines."
        raise ValidationError(message, code="report_state")


@service(Permission.RECORD_MONEY)
def explain_difference(
    *, lines: FinancialReport, line: FormLine, difference: Decimal, text: str, actor: User
) -> DifferenceExplanation:
    """Explain one difference of a report as it is now.

    Raises `ValidationError` with code `difference` if the line no longer differs by that amount, and `text` without an
    explanation.
    """
    lock_partnership(lines.report.award.partnership)
    ReportDue.objects.select_for_update(of=("self",), no_key=True).get(pk=lines.report_id)
    if not text.strip():
        raise field_error("text", "Explain why the line differs.", "text")
    is_current = lines_in_effect().filter(pk=lines.pk).exists()
    open_ones = reported_of(lines).unexplained if is_current else []
    if not any(each.line == line and each.amount == difference for each in open_ones):
        raise ValidationError("This difference was explained meanwhile, or is another one now.", code="difference")
    row = DifferenceExplanation(
        financial_report=lines, line=line.value, difference=difference, text=text.strip(), recorded_by=actor
    )
    return create(row, actor=actor, action="explained")
