"""Ratings of criteria without published data: a rubric step, the reason, and the evidence. Never edited."""

from __future__ import annotations

from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only, never_truncated
from cpc.typed import visible
from indicators.models import Narrative, NationalPlan, Observation, USGProgram
from selection.models.rounds import Candidate

STEPS = 4
"""The highest step of every rubric; the lowest is 0."""


class Rating(models.Model):
    """Rating of one criterion of one candidate by one rater. `step` is empty if the evidence is insufficient."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="ratings")
    criterion = models.CharField(max_length=60)
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    rationale = models.TextField()
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_because = models.TextField(blank=True, default="", editable=False)

    class Meta:
        ordering = ("candidate", "criterion", "id")
        constraints = (
            models.UniqueConstraint(
                name="rating_one_live",
                fields=("candidate", "criterion", "rater"),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="rating_once",
                violation_error_message="You have already rated this. A new rating replaces the old one.",
            ),
            models.CheckConstraint(
                name="rating_step",
                condition=Q(step__isnull=True) | Q(step__lte=STEPS),
                violation_error_code="step",
                violation_error_message="A rating is a step from 0 to 4, or empty if the evidence does not show one.",
            ),
            models.CheckConstraint(
                name="rating_reasoned",
                condition=~Q(rationale=""),
                violation_error_code="rationale",
                violation_error_message="Enter the reason for the rating.",
            ),
            models.CheckConstraint(
                name="rating_withdrawn_is_superseded",
                condition=Q(withdrawn_because="") | Q(superseded_at__isnull=False),
                violation_error_code="reason",
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="superseded_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__superseded_at__isnull=False),
            ),
            pgtrigger.ReadOnly(
                name="never_edited", fields=["candidate", "criterion", "rater", "step", "rationale", "at"]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.criterion} of {self.candidate}: {'not known' if self.step is None else self.step}"


class DocumentKind(models.TextChoices):
    LAW = "law", "Law or regulation"
    PLAN = "plan", "Plan or strategy"
    REPORT = "report", "Report or study"
    DATA = "data", "Statistics"
    LETTER = "letter", "Letter or statement of the government"
    OTHER = "other", "Other"


class CandidateDocument(models.Model):
    """Document about one candidate, stored as received. `source` names its author and origin.

    A later version points to the one that it replaces. Both are stored, and each rating refers to the version it rests
    on.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    file = models.FileField(upload_to="candidates/", max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    source = models.CharField(max_length=300)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="replaced_by"
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("candidate", "id")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="candidate_document_once",
                fields=("candidate", "sha256"),
                violation_error_code="document_once",
                violation_error_message="This candidate already has this file. Link to it instead.",
            ),
            models.CheckConstraint(
                name="candidate_document_stated",
                condition=~Q(title="") & ~Q(source="") & Q(kind__in=DocumentKind.values),
                violation_error_code="source",
                violation_error_message="Enter what the document is and where it came from.",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return self.title


LINKS = ("observation", "narrative", "paper", "plan", "program")
"""Fields that link a rating's evidence to a record. A document stored elsewhere is named as text instead."""


def _one_kind() -> Q:
    """Return the condition for one link or a document's name; a sentence is required with a narrative only."""
    mute = Q(sentence="")
    linked = [
        Q(**{f"{name}__isnull": name != kind for name in LINKS}, document="") & (~mute if kind == "narrative" else mute)
        for kind in LINKS
    ]
    named = Q(**{f"{name}__isnull": True for name in LINKS}) & ~Q(document="") & mute
    return reduce(or_, [*linked, named])


class RatingEvidence(models.Model):
    """Evidence for a rating: a sentence of a narrative, an observation, a plan, a program, or a document.

    A document is stored here (`paper`), or it is stored elsewhere (`document` holds its title and location).
    """

    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="evidence")
    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sentence = models.TextField(blank=True)
    locator = models.CharField(max_length=300, blank=True)
    paper = models.ForeignKey(CandidateDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    plan = models.ForeignKey(NationalPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    program = models.ForeignKey(USGProgram, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    document = models.CharField(max_length=300, blank=True, help_text="Title of a document and where to find it.")

    class Meta:
        ordering = ("rating", "id")
        constraints = (
            models.CheckConstraint(
                name="rating_evidence_one_kind",
                condition=_one_kind(),
                violation_error_code="evidence",
                violation_error_message="Choose one: a value, a sentence, a plan, a program, or a document.",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        linked = self.observation or self.paper or self.plan or self.program
        return self.document or self.sentence[:80] or str(linked)

    @property
    def content(self) -> tuple[object, ...]:
        """Return the evidence's content, to compare whether two ratings rest on the same evidence."""
        return (*(getattr(self, f"{name}_id") for name in LINKS), self.sentence, self.document)
