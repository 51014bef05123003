"""Pages of the documents that are made from the record: notification and annual report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.files.word_documents import TemplateNotUsable
from cpc.fiscal_years import fiscal_year
from cpc.parameters import check_parameters
from cpc.web.lists import filter_error
from partnerships.agreements import services as agreements_services
from partnerships.documents.responses import with_template, word_response
from partnerships.models import DocumentKind, Fund
from partnerships.page_frame import PartnershipAction, get_run_here_or_404
from partnerships.word_documents.annual_report import covered, report_years
from partnerships.word_documents.forms import NotificationTextForm, ReportForm
from partnerships.word_documents.making import Made, make_notification, make_report
from partnerships.word_documents.notification import NotifiedAmount, notice_of, notifications_in_effect
from partnerships.word_documents.report_year import Readers, ReportYear

DOWNLOAD = "download"


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
@with_template("partnership-money", "pk")
def notification_text(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Download the text of a recorded notification."""
    check_parameters(request, ())
    partnership = get_run_here_or_404(pk)
    known = {each.pk for each in notifications_in_effect(partnership)}
    notification = get_object_or_404(partnership.notifications.filter(pk__in=known).select_related("fund"), pk=row)
    made = make_notification(partnership, notice_of(notification), timezone.now().date())
    return word_response(made.data, made.name)


class WriteNotification(PartnershipAction):
    """Make the text of a notification: keep it with the documents, or download it alone."""

    form_class = NotificationTextForm
    heading = "Write a congressional notification"
    button = "Keep it with the documents"
    also = (DOWNLOAD, "Download it only")
    intro = (
        "The text comes from the record: country, account, amount, programs, implementers, and money. Brackets mark "
        "what the record doesn't provide."
    )
    done = "The text of the notification is stored with the documents."
    back = "partnership-documents#documents"
    template_name = "partnerships/word_documents/write_notification.html"

    def _make(self, values: Mapping[str, Any]) -> Made:
        chosen, purpose = values["notification"], values["purpose"]
        if chosen:
            notice = notice_of(chosen, purpose)
        else:
            fund = Fund.objects.filter(pk=values["fund"]).first()
            notice = NotifiedAmount(values["amount"], values["sent_on"], values["reference"], fund, purpose)
        try:
            return make_notification(self.partnership, notice, self.today)
        except TemplateNotUsable as error:
            raise ValidationError(str(error), code="document_template") from error

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.then == DOWNLOAD and self.form.is_valid():
            try:
                made = self._make(self.form.values)
            except ValidationError as error:
                self.form.add_service_errors(error)
                return self.render()
            return word_response(made.data, made.name)
        return super().post(request, *args, **kwargs)

    def perform(self, values: Mapping[str, Any]) -> None:
        made = self._make(values)
        chosen = values["notification"]
        reference = chosen.reference if chosen else values["reference"]
        agreements_services.add_document_version(
            partnership=self.partnership,
            kind=DocumentKind.NOTIFICATION,
            title=f"Notification {reference}".strip() if reference else "Draft notification",
            file=ContentFile(made.data, name=made.name),
            dated=chosen.sent_on if chosen else self.today,
            note=made.made_from,
            actor=self.actor,
        )


# ---- annual report -------------------------------------------------------------------------------------------------

REPORT_PARAMETERS = ("year", "readers", "records")


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def annual_report(request: HttpRequest) -> HttpResponse:
    """Show which report can be made, and what it would cover."""
    check_parameters(request, REPORT_PARAMETERS)
    form = _report_form(request)
    report, readers, sample = _chosen(form)
    context = {
        "form": form,
        "report": report,
        "rows": covered(report, sample=sample),
        "sample": sample,
        "query": {"year": report.year, "readers": readers.value, "records": "sample" if sample else "managed"},
    }
    return render(request, "partnerships/word_documents/annual_report.html", context)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
@with_template("annual-report")
def annual_report_document(request: HttpRequest) -> HttpResponse:
    check_parameters(request, REPORT_PARAMETERS)
    report, readers, sample = _chosen(_report_form(request))
    made = make_report(report, readers, sample=sample)
    return word_response(made.data, made.name)


def _report_form(request: HttpRequest) -> ReportForm:
    """Return the form of the query: by default the last fiscal year that is over, for the office, without samples."""
    today = timezone.now().date()
    usual = {"year": str(fiscal_year(today) - 1), "readers": Readers.OFFICE.value, "records": "managed"}
    return ReportForm(usual | request.GET.dict(), years=report_years(today))


def _chosen(form: ReportForm) -> tuple[ReportYear, Readers, bool]:
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    values = form.cleaned_data
    report = ReportYear(int(values["year"]), timezone.now().date())
    return report, Readers(values["readers"]), values["records"] == "sample"
