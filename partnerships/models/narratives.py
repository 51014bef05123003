"""Accounts of performance by those who report, and the office's own assessment of a fiscal year."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import append_only
from cpc.days import DayField
from partnerships import decidable
from partnerships.database.lifecycle import edited_while, follows_steps, takes_steps
from partnerships.database.results import narrative_belongs
from partnerships.database.rows import OWN, history_triggers, makes_version
from partnerships.decidable import records_authors
from partnerships.models.award_reports import ReportDue
from partnerships.models.monitoring import NO_SINGLE_CHILD, Step
from partnerships.models.participants import Participant
from partnerships.models.partnership import Partnership
from partnerships.states import ASSESSMENT


class PerformanceNarrative(models.Model):
    """The account of a performance report, or of an office of the partner government for a fiscal year.

    Days of receipt and acceptance of an award's report are those of its events; a government's report has its own day.
    A correction is a new row that replaces the earlier one.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="narratives")
    fiscal_year = models.PositiveSmallIntegerField()
    report = models.ForeignKey(ReportDue, on_delete=models.PROTECT, null=True, blank=True, related_name="narratives")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_on = DayField(null=True, blank=True)
    text = models.TextField(help_text=f"As they wrote it. {NO_SINGLE_CHILD}")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "fiscal_year", "id")
        constraints = (
            models.CheckConstraint(
                name="narrative_of_one",
                condition=Q(report__isnull=False, participant__isnull=True, received_on__isnull=True)
                | Q(report__isnull=True, participant__isnull=False, received_on__isnull=False),
                violation_error_code="reporter",
                violation_error_message=(
                    "A narrative belongs to a performance report, or to an office of the partner government with the "
                    "day of receipt."
                ),
            ),
            models.CheckConstraint(
                name="narrative_written",
                condition=Q(text__regex=r"\S"),
                violation_error_code="text",
                violation_error_message="Enter the account.",
            ),
            models.UniqueConstraint(
                name="narrative_first_once",
                fields=("report",),
                condition=Q(replaces__isnull=True),
                violation_error_code="narrative_once",
                violation_error_message="This report already has an account. Replace it.",
            ),
            models.UniqueConstraint(
                name="narrative_of_office_once",
                fields=("participant", "fiscal_year"),
                condition=Q(replaces__isnull=True),
                violation_error_code="narrative_once",
                violation_error_message="This office already has an account of the year. Replace it.",
            ),
        )
        triggers = [narrative_belongs(), *makes_version(OWN, pgtrigger.Insert), *append_only()]

    def __str__(self) -> str:
        return f"Account of {self.report or self.participant}"


class AssessmentState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for approval"
    APPROVED = "approved", "Approved"


class YearAssessment(RevisionedModel):
    """The office's assessment of a fiscal year: one person drafts it, another approves it."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="year_assessments")
    fiscal_year = models.PositiveSmallIntegerField(editable=False)
    text = models.TextField("assessment", help_text=NO_SINGLE_CHILD)
    state = models.CharField(
        max_length=12, choices=AssessmentState.choices, default=AssessmentState.DRAFT, editable=False
    )

    class Meta:
        ordering = ("partnership", "-fiscal_year")
        constraints = (
            models.UniqueConstraint(
                name="year_assessment_once",
                fields=("partnership", "fiscal_year"),
                violation_error_code="assessment_once",
                violation_error_message="This year already has an assessment. Edit it.",
            ),
            models.CheckConstraint(
                name="year_assessment_written",
                condition=Q(text__regex=r"\S"),
                violation_error_code="text",
                violation_error_message="Enter the assessment.",
            ),
        )
        triggers = [
            follows_steps("partnerships_yearassessmentstep", "assessment_id", ASSESSMENT),
            edited_while(
                ("draft",),
                code="assessment_fixed",
                message="The assessment is submitted or approved. Have it returned, or revise it.",
            ),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"Assessment of FY {self.fiscal_year}"


class YearAssessmentStep(Step):
    assessment = models.ForeignKey(YearAssessment, on_delete=models.PROTECT, related_name="steps")
    stepped = property(lambda self: self.assessment)

    class Meta(Step.Meta):
        triggers = [
            *takes_steps("partnerships_yearassessment", "assessment_id", ASSESSMENT, decides=decidable.ASSESSMENT),
            records_authors("partnerships_yearassessmentstep"),
        ]
