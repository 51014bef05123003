"""Consultation on the criteria of a model (22 U.S.C. 7103a(d)(5)): which agency was asked, and what it answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.accounts.models import Agency
from cpc.database.triggers import superseded_once
from cpc.days import DayField
from selection.database.criteria_triggers import answers_on_criteria, asks_on_criteria
from selection.models.pool import SOMETHING
from selection.models.scoring_models import ScoringModel


class CriteriaView(models.TextChoices):
    """Answer of an agency on the criteria. No response is none of them; see `lookups.criteria_consultation`."""

    AGREES = "agrees", "Agrees"
    AGREES_WITH_CHANGES = "agrees_with_changes", "Agrees with changes"
    DISAGREES = "disagrees", "Disagrees"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


class CriteriaRequest(models.Model):
    """Request to one agency to answer on the criteria of a version. Asking again supersedes it.

    `table_hash` is the version's text on that day: a draft may change afterward. `means` tells how the agency was
    asked, such as a letter; empty if it was asked in the product.
    """

    model = models.ForeignKey(ScoringModel, on_delete=models.PROTECT, related_name="criteria_requests")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    table_hash = models.CharField(max_length=64, editable=False)
    asked_on = DayField("asked on")
    due_on = DayField("due", null=True, blank=True, help_text="The last day for an answer.")
    means = models.CharField("how it was asked", max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("model", "agency__name", "-id")
        constraints = (
            models.UniqueConstraint(
                name="criteria_request_one_live",
                fields=("model", "agency"),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="asked_meanwhile",
                violation_error_message="Someone else asked this agency meanwhile. Open the page again.",
            ),
            models.CheckConstraint(
                name="criteria_request_due_later",
                condition=Q(due_on__isnull=True) | Q(due_on__gte=models.F("asked_on")),
                violation_error_code="due_on",
                violation_error_message="The last day for an answer is before the day of the request.",
            ),
        )
        triggers = (asks_on_criteria(), *superseded_once("selection_criteriarequest", ("superseded_at",)))

    def __str__(self) -> str:
        return f"Request to {self.agency} on the criteria of {self.model}"


class CriteriaAnswer(models.Model):
    """Answer of an agency on the criteria of a version, or the record that its answer does not apply, and why.

    `text` is the agency's own, stated by `speaker`. `by_agency` is True if its point of contact answered in
    the product; otherwise the office recorded the answer from a `document`.
    """

    model = models.ForeignKey(ScoringModel, on_delete=models.PROTECT, related_name="criteria_answers")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        CriteriaRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="answers", editable=False
    )
    table_hash = models.CharField(max_length=64, editable=False)
    value = models.CharField("answer", max_length=20, choices=CriteriaView.choices)
    text = models.TextField("answer in full", blank=True)
    speaker = models.CharField("who stated it", max_length=200, blank=True, help_text="Name and title, or office.")
    answered_on = DayField("answered on")
    document = models.CharField(max_length=300, blank=True)
    by_agency = models.BooleanField(default=False, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("model", "agency__name", "-id")
        constraints = (
            models.UniqueConstraint(
                name="criteria_answer_one_live",
                fields=("model", "agency"),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="answered_meanwhile",
                violation_error_message="Another answer of this agency was recorded meanwhile. Read it first.",
            ),
            models.CheckConstraint(
                name="criteria_answer_text",
                condition=Q(value=CriteriaView.AGREES) | Q(text__regex=SOMETHING),
                violation_error_code="text",
                violation_error_message="Enter the changes, the objection, or why the answer does not apply.",
            ),
            models.CheckConstraint(
                name="criteria_answer_asked",
                condition=Q(value=CriteriaView.NOT_APPLICABLE, request__isnull=True, by_agency=False)
                | (~Q(value=CriteriaView.NOT_APPLICABLE) & Q(request__isnull=False)),
                violation_error_code="not_asked",
                violation_error_message="Record the day on which the agency was asked.",
            ),
            models.CheckConstraint(
                name="criteria_answer_documented",
                condition=Q(by_agency=True)
                | Q(value=CriteriaView.NOT_APPLICABLE)
                | Q(document__regex=SOMETHING, speaker__regex=SOMETHING),
                violation_error_code="document",
                violation_error_message="Name the document and who stated the answer, or let the agency answer itself.",
            ),
        )
        triggers = (answers_on_criteria(), *superseded_once("selection_criteriaanswer", ("superseded_at",)))

    def __str__(self) -> str:
        return f"{self.agency} on the criteria of {self.model}: {self.get_value_display()}"
