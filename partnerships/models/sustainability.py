from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.days import DayField
from cpc.typed import visible
from partnerships.database.rows import (
    OWN,
    by_amendment,
    history_triggers,
    makes_version,
    within_partnership,
)
from partnerships.models.documents import DocumentVersion
from partnerships.models.monitoring import NO_SINGLE_CHILD
from partnerships.models.participants import Participant
from partnerships.models.partnership import Partnership
from partnerships.models.terms import Objective, Progress


class SustainabilityStrategy(RevisionedModel):
    """A plan for a country strategy to sustain progress afterward: 22 U.S.C. 7103a(d)(2)(F)."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="strategies")
    institution = models.CharField(max_length=200, help_text="Who develops it.")
    approach = models.TextField(help_text="How it will be developed, and with whom.")
    due_on = DayField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("partnership", "id")
        verbose_name_plural = "sustainability strategies"
        triggers = [
            *by_amendment("r.partnership_id", ("institution", "approach", "due_on", "withdrawn")),
            *makes_version(OWN),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"Strategy of {self.institution}"


class MeasureKind(models.TextChoices):
    LAW = "law", "Law or policy"
    BUDGET = "budget", "Budget line"
    STAFF = "staff", "Staff"
    INSTITUTION = "institution", "Institution or procedure"
    TRAINING = "training", "Training in a curriculum"
    OTHER = "other", "Other"


class SustainabilityMeasure(RevisionedModel):
    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="sustainability_measures")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12, choices=MeasureKind.choices)
    text = models.TextField("measure", help_text=NO_SINGLE_CHILD)
    owner = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="sustainability_measures")
    review_on = DayField()
    status = models.CharField(max_length=10, choices=Progress.choices, default=Progress.PLANNED)
    evidence = models.TextField(blank=True, help_text=f"Evidence. {NO_SINGLE_CHILD}")

    class Meta:
        ordering = ("partnership", "review_on", "id")
        constraints = (
            models.CheckConstraint(
                name="sustainability_measure_shown",
                condition=~Q(status__in=(Progress.DONE, Progress.DROPPED)) | ~Q(evidence=""),
                violation_error_code="evidence",
                violation_error_message="Enter evidence that it is done, or explain why it was dropped.",
            ),
        )
        triggers = [
            within_partnership(objective_id="objective", owner_id="participant"),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class RiskState(models.TextChoices):
    OPEN = "open", "Open"
    OCCURRED = "occurred", "Has occurred"
    CLOSED = "closed", "Closed"


class Risk(RevisionedModel):
    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="risks")
    text = models.TextField("what could happen", help_text=NO_SINGLE_CHILD)
    likelihood = models.PositiveSmallIntegerField(help_text="1 (rare) to 5 (almost certain).")
    impact = models.PositiveSmallIntegerField(help_text="1 (slight) to 5 (the partnership fails).")
    mitigation = models.TextField()
    owner = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="risks")
    review_on = DayField()
    state = models.CharField(max_length=8, choices=RiskState.choices, default=RiskState.OPEN)
    closing_note = models.TextField(blank=True)

    class Meta:
        ordering = ("partnership", "state", (F("likelihood") * F("impact")).desc(), "id")
        constraints = (
            models.CheckConstraint(
                name="risk_scales",
                condition=Q(likelihood__gte=1, likelihood__lte=5, impact__gte=1, impact__lte=5),
                violation_error_code="risk_scale",
                violation_error_message="Likelihood and impact are from 1 to 5.",
            ),
            models.CheckConstraint(
                name="risk_closed_said",
                condition=~Q(state=RiskState.CLOSED) | ~Q(closing_note=""),
                violation_error_code="closing_note",
                violation_error_message="Explain why the risk is closed.",
            ),
        )
        triggers = [
            within_partnership(owner_id="participant"),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def exposure(self) -> int:
        return self.likelihood * self.impact


class EvaluationKind(models.TextChoices):
    BASELINE = "baseline", "Baseline"
    MIDLINE = "midline", "Midline"
    ENDLINE = "endline", "Endline"
    EX_POST = "ex_post", "After the end"
    PREVALENCE = "prevalence", "Prevalence or formative study"


class EvaluationState(models.TextChoices):
    PLANNED = "planned", "Planned"
    UNDER_WAY = "under_way", "In progress"
    COMPLETED = "completed", "Completed"
    CANCELED = "canceled", "Canceled"


class Evaluation(RevisionedModel):
    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="evaluations")
    kind = models.CharField(max_length=10, choices=EvaluationKind.choices)
    title = models.CharField(max_length=200)
    evaluator = models.CharField(max_length=200, blank=True, help_text="An organization.")
    method = models.TextField(blank=True)
    planned_on = DayField("planned completion")
    completed_on = DayField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=EvaluationState.choices, default=EvaluationState.PLANNED)
    findings = models.TextField(blank=True, help_text=NO_SINGLE_CHILD)
    response = models.TextField("office response", blank=True)
    published_at = models.URLField("URL of the published report", blank=True, max_length=300)
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("partnership", "planned_on", "id")
        constraints = (
            visible("title"),
            models.CheckConstraint(
                name="evaluation_completed_whole",
                condition=(Q(state=EvaluationState.COMPLETED, completed_on__isnull=False) & ~Q(findings=""))
                | (~Q(state=EvaluationState.COMPLETED) & Q(completed_on__isnull=True)),
                violation_error_code="evaluation",
                violation_error_message=(
                    "A completed evaluation needs a date and its findings; other evaluations have no date."
                ),
            ),
        )
        triggers = [counts_revisions(), *history_triggers("r.partnership_id")]

    def __str__(self) -> str:
        return self.title
