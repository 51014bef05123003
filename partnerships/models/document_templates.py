"""Templates of the Word documents that are made from the record: uploaded by one person, released by another."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import never_truncated, state_triggers
from partnerships.database.templates import decides_template
from partnerships.decidable import records_authors
from partnerships.states import DOCUMENT_TEMPLATE

BUILT_IN = 1
"""The number of the version that ships with the product. The office's own begin with the next."""


class TemplateKind(models.TextChoices):
    """Documents that are made from the record."""

    INSTRUMENT = "instrument", "Instrument"
    NOTIFICATION = "notification", "Congressional notification"
    ANNUAL_REPORT = "annual_report", "Annual report"


class TemplateState(models.TextChoices):
    DRAFT = "draft", "Waiting for release"
    RELEASED = "released", "Released"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DocumentTemplate(models.Model):
    """A version of the office's template of one kind of document. The newest released one is used.

    Versions of a kind are numbered from 2: version 1 ships with the product. `decided_by` released, rejected, or
    withdrew it, with a `reason` if it was rejected. A template is never edited, removed, or replaced.
    """

    kind = models.CharField(max_length=16, choices=TemplateKind.choices)
    number = models.PositiveSmallIntegerField("version")
    file = models.FileField(upload_to="document_templates/", max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    note = models.CharField("what changed", max_length=300, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)
    state = models.CharField(max_length=10, choices=TemplateState.choices, default=TemplateState.DRAFT, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    reason = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        ordering = ("kind", "-number")
        constraints = (
            models.UniqueConstraint(
                name="document_template_number_once",
                fields=("kind", "number"),
                violation_error_code="template_number",
                violation_error_message="Someone else uploaded a template at the same time. Upload yours again.",
            ),
            models.CheckConstraint(
                name="document_template_known",
                condition=Q(kind__in=TemplateKind.values, state__in=TemplateState.values, number__gt=BUILT_IN),
                violation_error_code="template_kind",
            ),
            models.CheckConstraint(
                name="document_template_sha256",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_code="sha256",
            ),
            models.CheckConstraint(
                name="document_template_rejected_because",
                condition=~Q(state=TemplateState.REJECTED) | Q(reason__regex=r"\S"),
                violation_error_code="reason",
                violation_error_message="Enter a reason.",
            ),
            models.CheckConstraint(
                name="document_template_decided",
                condition=Q(state=TemplateState.DRAFT, decided_by__isnull=True, decided_at__isnull=True, reason="")
                | (~Q(state=TemplateState.DRAFT) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                violation_error_code="template_decided",
            ),
        )
        triggers = [
            *state_triggers(DOCUMENT_TEMPLATE),
            decides_template(),
            records_authors("partnerships_documenttemplate"),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, template version {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state == TemplateState.DRAFT
