from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.currencies import CurrencyField
from cpc.currency_codes import CURRENCIES, UNKNOWN
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import append_only
from cpc.days import DayField
from cpc.typed import visible
from partnerships.database.rows import (
    OWN,
    by_amendment,
    history_triggers,
    makes_version,
)
from partnerships.decidable import records_authors
from partnerships.models.choices import DocumentKind, FigureKind, Frequency, MechanismKind
from partnerships.models.partnership import Partnership


class Mechanism(RevisionedModel):
    """A body and procedure for implementation or oversight, with its frequency."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="mechanisms")
    kind = models.CharField(max_length=16, choices=MechanismKind.choices)
    body = models.CharField(max_length=200)
    procedure = models.TextField()
    frequency = models.CharField(max_length=12, choices=Frequency.choices)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("kind", "id")
        triggers = [
            *by_amendment("r.partnership_id", ("kind", "body", "procedure", "frequency", "withdrawn")),
            *makes_version(OWN),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.body}"


class DataPlan(RevisionedModel):
    """A plan to collect, track, and manage child protection data: 22 U.S.C. 7103a(d)(2)(G).

    It describes systems. No data about a child belongs here or anywhere else in this application.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="data_plans")
    what = models.TextField("data", help_text="Kinds of data, never data about a child.")
    institution = models.CharField(max_length=200)
    system = models.CharField(max_length=200, blank=True)
    safeguards = models.TextField(blank=True)
    use = models.TextField(blank=True, help_text="For case management, for policy planning, or both.")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        triggers = [
            *by_amendment("r.partnership_id", ("what", "institution", "system", "safeguards", "use", "withdrawn")),
            *makes_version(OWN),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"{self.institution}: {self.system}"


class Document(models.Model):
    """A document of a partnership. Every version of it stays on file."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=16, choices=DocumentKind.choices)
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ("kind", "title")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="document_once",
                fields=("partnership", "kind", "title"),
                violation_error_code="document_once",
                violation_error_message="This document is already recorded. Add a version to it.",
            ),
        )

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    """One version of a document, identified by its SHA-256 and never replaced."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    file = models.FileField(upload_to="partnerships/", max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    dated = DayField(null=True, blank=True)
    language = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("document", "-number")
        constraints = (
            models.UniqueConstraint(
                name="document_version_once",
                fields=("document", "number"),
                violation_error_code="document_version",
                violation_error_message="Another version has this number.",
            ),
            models.CheckConstraint(
                name="document_version_sha256",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_code="sha256",
            ),
        )
        triggers = [records_authors("partnerships_documentversion"), *append_only()]

    def __str__(self) -> str:
        return f"{self.document}, version {self.number}"


class FigureStatement(models.Model):
    """A figure that a public source stated on a day.

    Statements disagree over time; none is overwritten.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=24, choices=FigureKind.choices)
    text = models.CharField(max_length=300, help_text="The figure as stated, in a few words.")
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    currency = CurrencyField(blank=True)
    day = DayField("date that it names", null=True, blank=True)
    stated_on = DayField(null=True, blank=True)
    stated_in = models.CharField(max_length=40, blank=True, help_text="Month or year, if the date is not known.")
    source = models.CharField(max_length=500)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "kind", "stated_on", "id")
        constraints = (
            models.CheckConstraint(
                name="statement_sourced",
                condition=~Q(source="") & ~Q(text=""),
                violation_error_code="source",
                violation_error_message="Enter what was stated and where it can be read.",
            ),
            models.CheckConstraint(
                name="statement_amount_has_currency",
                condition=Q(amount__isnull=True, currency="") | (Q(amount__isnull=False) & ~Q(currency="")),
                violation_error_code="currency",
                violation_error_message="An amount needs a currency of three letters, and a currency needs an amount.",
            ),
            models.CheckConstraint(
                name="statement_currency_known",
                condition=Q(currency__in=("", *sorted(CURRENCIES))),
                violation_error_code="currency",
                violation_error_message=UNKNOWN,
            ),
        )
        triggers = [*makes_version(OWN, pgtrigger.Insert), *append_only()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"
