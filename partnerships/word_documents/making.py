"""Documents as they are made now: from the record, with the template in use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.text import slugify

from cpc.files.word_documents import document_bytes, fill
from partnerships.lookups.document_templates import source_of, template_in_use
from partnerships.models import Partnership, TemplateKind
from partnerships.withheld import outside_of
from partnerships.word_documents.annual_report import report_fields
from partnerships.word_documents.notification import NotifiedAmount, notification_fields
from partnerships.word_documents.report_year import Readers, ReportYear
from partnerships.word_documents.wording import FILTERS


@dataclass(frozen=True, slots=True)
class Made:
    """A document with the name of its file, and the sentence on what it was made from."""

    data: bytes
    name: str
    made_from: str


def make_notification(partnership: Partnership, notice: NotifiedAmount, today: date) -> Made:
    """Return the text of a notification.

    Raises `TemplateNotUsable`, and `ValidationError` with code `template_changed`.
    """
    template = template_in_use(TemplateKind.NOTIFICATION)
    made_from = source_of(template.number, today, partnership)
    # A notification leaves the office: names and locations that are withheld are replaced.
    outside = outside_of([partnership.pk]).of(partnership.pk)
    fields = outside.fields(notification_fields(partnership, notice, made_from, today))
    document = fill(template.open(), fields, FILTERS)
    country = partnership.country.name
    data = document_bytes(document, title=f"Congressional notification: {country}", comments=made_from)
    return Made(data, f"notification-{slugify(country)}-{today.isoformat()}.docx", made_from)


def make_report(report: ReportYear, readers: Readers, *, sample: bool) -> Made:
    """Return the annual report of a fiscal year.

    Raises `TemplateNotUsable`, and `ValidationError` with code `template_changed`.
    """
    template = template_in_use(TemplateKind.ANNUAL_REPORT)
    made_from = source_of(template.number, report.today)
    document = fill(template.open(), report_fields(report, readers, made_from, sample=sample), FILTERS)
    title = f"Annual report on Child Protection Compact Partnerships, {report.label}"
    parts = ("annual-report", str(report.year), *(("sample",) if sample else ()), readers.value)
    return Made(document_bytes(document, title=title, comments=made_from), f"{'-'.join(parts)}.docx", made_from)
