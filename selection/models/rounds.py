"""Selection rounds: the pool with its reasons, the steps taken, and the evidence of each candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.accounts.permissions import Permission
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import append_only, never_truncated, state_triggers
from cpc.days import DayField
from cpc.typed import visible
from indicators.models import Country, never_of_sample
from selection.database.cut_short_triggers import deliberates_with_answers
from selection.database.decision_preconditions import closes_settled
from selection.models.runs import ScoreRun
from selection.models.scoring_models import ScoringModel
from selection.states import ROUND

if TYPE_CHECKING:
    from cpc.accounts.models import User


class RoundState(models.TextChoices):
    """States of a round; see `selection.states.ROUND`."""

    DRAFT = "draft", "Draft"
    SCREENING = "screening", "Screening"
    SCORING = "scoring", "Scoring"
    CONSULTATION = "consultation", "Consultation"
    DELIBERATION = "deliberation", "Deliberation"
    DECIDED = "decided", "Decided"
    ARCHIVED = "archived", "Archived"


ANSWERING = (RoundState.CONSULTATION, RoundState.DELIBERATION)
"""States in which agencies answer and the office answers them."""

CLOSED = (RoundState.DECIDED, RoundState.ARCHIVED)
"""States in which a round no longer changes."""


class RoundQuerySet(models.QuerySet["SelectionRound"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        """Return every round for office and viewers; for a reviewer, rounds with a request sent to their agency."""
        if user.allows(Permission.VIEW_ROUNDS):
            return self
        if user.allows(Permission.CONSULT) and user.agency_id is not None:
            return self.filter(requests__agency=user.agency_id, requests__sent_at__isnull=False).distinct()
        return self.none()


class SelectionRound(RevisionedModel):
    """Selection round: a published model, the evidence of a publication number, and a pool defined by a rule.

    `as_of` is the publication number whose observations are scored, `reference_date` the day to which ages are
    counted. `pool_rule` is the plain data of `pool_rules.pools.PoolRule`. `evidence_as_of` is the last publication
    number whose data was compared with the versions of evidence; empty before the first comparison.
    """

    title = models.CharField(max_length=120)
    fiscal_year = models.PositiveSmallIntegerField()
    model = models.ForeignKey(ScoringModel, on_delete=models.PROTECT, related_name="rounds")
    as_of = models.IntegerField(editable=False)
    as_of_at = models.DateTimeField(null=True, blank=True, editable=False)
    evidence_as_of = models.IntegerField(null=True, blank=True, editable=False)
    reference_date = DayField()
    pool_rule: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=13, choices=RoundState.choices, default=RoundState.DRAFT, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ("-fiscal_year", "-id")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="round_title_once",
                fields=("fiscal_year", "title"),
                violation_error_code="round_once",
                violation_error_message="Another round in this fiscal year has this title.",
            ),
            models.CheckConstraint(
                name="round_fiscal_year",
                condition=Q(fiscal_year__gte=2013, fiscal_year__lte=2100),
                violation_error_code="fiscal_year",
                violation_error_message="Compacts began in 2013. Enter a fiscal year from 2013 to 2100.",
            ),
        )
        triggers = (
            *state_triggers(ROUND),
            deliberates_with_answers(),
            closes_settled(),
            counts_revisions(besides=("evidence_as_of",)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.title}, FY {self.fiscal_year}"

    @property
    def is_open(self) -> bool:
        """Return whether the round's candidates, ratings, requests, and notes may still change."""
        return self.state not in CLOSED

    @property
    def state_phrase(self) -> str:
        """Return the state for a sentence, after "is": "in deliberation", but "decided"."""
        label = self.get_state_display().lower()
        return f"in {label}" if self.is_open else label


class RoundStep(models.Model):
    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="steps")
    name = models.CharField(max_length=30)
    source = models.CharField(max_length=13, choices=RoundState.choices)
    target = models.CharField(max_length=13, choices=RoundState.choices)
    reason = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("id",)
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.round}: {self.get_target_display().lower()}"


class PoolReason(models.TextChoices):
    """Reason that a country is not in the pool; empty for a candidate."""

    CANDIDATE = "", "In the pool"
    NOT_CANDIDATE = "not_candidate", "Not a candidate"
    NOT_LISTED = "not_listed", "Not listed in the TIP Report"
    INCOME = "income", "Income above the limit of the rule"
    INCOME_UNKNOWN = "income_unknown", "Income not known"
    RESTRICTED = "restricted", "Barred by a restriction"
    PARTNER = "partner", "In a partnership now"
    NOT_ADDED = "not_added", "Not among the countries of the round"
    BY_HAND = "by_hand", "Removed by the office"


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def in_pool(self) -> CandidateQuerySet:
        return self.filter(excluded_because=PoolReason.CANDIDATE)

    def visible_to(self, user: User) -> CandidateQuerySet:
        """Return every row for office and viewers; for a reviewer, candidates in requests sent to their agency."""
        if user.allows(Permission.VIEW_ROUNDS):
            return self
        if user.allows(Permission.CONSULT) and user.agency_id is not None:
            asked = {"requests__request__agency": user.agency_id, "requests__request__sent_at__isnull": False}
            return self.in_pool().filter(**asked).distinct()
        return self.none()


class Candidate(RevisionedModel):
    """Country in a round: in the pool, or outside it for a reason that the page shows."""

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="candidates")
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="candidacies")
    excluded_because = models.CharField(max_length=14, choices=PoolReason.choices, blank=True, default="")
    reason = models.TextField(blank=True)
    by_hand = models.BooleanField(default=False)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ("round", "country__name")
        constraints = (
            models.UniqueConstraint(
                name="candidate_once",
                fields=("round", "country"),
                violation_error_code="candidate_once",
                violation_error_message="This country is already in the round.",
            ),
            models.CheckConstraint(
                name="candidate_excluded_with_reason",
                condition=Q(excluded_because="", by_hand=False) | ~Q(reason=""),
                violation_error_code="reason",
                violation_error_message="Enter the reason.",
            ),
        )
        triggers = (
            counts_revisions(),
            *never_of_sample(pgtrigger.Insert, pgtrigger.Update),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.country} in {self.round}"

    @property
    def in_pool(self) -> bool:
        return self.excluded_because == PoolReason.CANDIDATE


class CandidateMove(models.Model):
    """Addition of a country to the pool or its removal, by the rule (no actor) or by a person."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="moves")
    excluded_because = models.CharField(max_length=14, choices=PoolReason.choices, blank=True, default="")
    reason = models.TextField(blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("id",)
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.candidate}: {self.get_excluded_because_display()}"


class RoundRun(models.Model):
    """Full score computed for a round. The one with the highest number is current."""

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveSmallIntegerField()
    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="rounds")
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("round", "-number")
        constraints = (
            models.UniqueConstraint(
                name="round_run_number_once", fields=("round", "number"), violation_error_code="run_number"
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"Score {self.number} of {self.round}"


class EvidenceVersion(models.Model):
    """Version of the evidence on one candidate: each cell's observation, the ratings, and the run.

    A new version is created only if something differs from the previous one. `changes` lists the differences, one
    entry per criterion: `{"key", "label", "before", "after"}`, with the values as text. Each position is tied to the
    version that was shown.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="evidence")
    number = models.PositiveSmallIntegerField()
    as_of = models.IntegerField()
    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the cells.")
    cells: models.JSONField[Any, Any] = models.JSONField()
    changes: models.JSONField[Any, Any] = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("candidate", "-number")
        constraints = (
            models.UniqueConstraint(
                name="evidence_number_once", fields=("candidate", "number"), violation_error_code="evidence_number"
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"Evidence {self.number} on {self.candidate}"
