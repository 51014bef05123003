"""Weighting exercises: who is asked to weigh the criteria of a model, what each stated, and the draft made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission
from cpc.database.triggers import append_only, never_truncated
from cpc.days import DayField
from cpc.typed import visible
from selection.database.pool_triggers import never_deleted
from selection.database.weighting_triggers import asks_participants, makes_draft, opens_exercise, states_weights
from selection.models.pool import SOMETHING
from selection.models.runs import ScoreRun
from selection.models.scoring_models import ScoringModel

if TYPE_CHECKING:
    from cpc.accounts.models import User


class ExerciseQuerySet(models.QuerySet["WeightingExercise"]):
    def visible_to(self, user: User) -> ExerciseQuerySet:
        """Return every exercise for accounts that see rankings; for a reviewer, those that ask their agency."""
        if user.allows(Permission.VIEW_RANKINGS):
            return self
        if user.allows(Permission.CONSULT) and user.agency_id is not None:
            asked = WeightingParticipant.objects.filter(agency=user.agency_id, dropped_at__isnull=True)
            return self.filter(pk__in=asked.values("exercise"))
        return self.none()

    def open(self) -> ExerciseQuerySet:
        return self.filter(closed_at__isnull=True)


class WeightingExercise(models.Model):
    """Exercise in which people of the office and agencies weigh the criteria of a published or draft version.

    `nodes` are the nodes as they are shown to everyone: children with their weights in the model and the values from
    which and to which each swings. They stay as they were when the exercise was opened; `table_hash` tells whether the
    version has changed since. `run` is the ranking whose values are shown.
    """

    model = models.ForeignKey(ScoringModel, on_delete=models.PROTECT, related_name="weightings")
    title = models.CharField(max_length=120)
    reason = models.TextField("why these weights are asked for")
    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    table_hash = models.CharField(max_length=64, editable=False)
    nodes: models.JSONField[Any, Any] = models.JSONField(editable=False)
    due_on = DayField("due", help_text="The last day for an answer.")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    closed_because = models.TextField(blank=True, editable=False)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="weighting_one_open",
                fields=("model",),
                condition=Q(closed_at__isnull=True),
                violation_error_code="weighting_open",
                violation_error_message="An exercise on this version is already open. Close it first.",
            ),
            models.CheckConstraint(
                name="weighting_reasoned",
                condition=Q(reason__regex=SOMETHING),
                violation_error_code="reason",
                violation_error_message="Enter why these weights are asked for.",
            ),
            models.CheckConstraint(
                name="weighting_closed_with_reason",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closed_because="")
                | Q(closed_at__isnull=False, closed_by__isnull=False, closed_because__regex=SOMETHING),
                violation_error_code="closed_because",
                violation_error_message="Closing an exercise needs a person and a reason.",
            ),
        )
        triggers = (opens_exercise(), never_deleted(), never_truncated())

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class WeightingParticipant(models.Model):
    """Participant of an exercise: one account of the office, or an agency, for which its point of contact answers."""

    exercise = models.ForeignKey(WeightingExercise, on_delete=models.PROTECT, related_name="participants")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    dropped_at = models.DateTimeField(null=True, blank=True, editable=False)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    drop_reason = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ("exercise", "id")
        constraints = (
            models.CheckConstraint(
                name="weighting_participant_one",
                condition=Q(account__isnull=False, agency__isnull=True) | Q(account__isnull=True, agency__isnull=False),
                violation_error_code="participant",
                violation_error_message="Choose a person of the office or an agency.",
            ),
            models.UniqueConstraint(
                name="weighting_account_once",
                fields=("exercise", "account"),
                condition=Q(dropped_at__isnull=True),
                violation_error_code="asked_already",
                violation_error_message="This person is already asked.",
            ),
            models.UniqueConstraint(
                name="weighting_agency_once",
                fields=("exercise", "agency"),
                condition=Q(dropped_at__isnull=True),
                violation_error_code="asked_already",
                violation_error_message="This agency is already asked.",
            ),
            models.CheckConstraint(
                name="weighting_dropped_with_reason",
                condition=Q(dropped_at__isnull=True, dropped_by__isnull=True, drop_reason="")
                | Q(dropped_at__isnull=False, drop_reason__regex=SOMETHING),
                violation_error_code="reason",
                violation_error_message="Enter the reason why this answer is no longer asked for.",
            ),
        )
        triggers = (asks_participants(), never_deleted(), never_truncated())

    def __str__(self) -> str:
        return str(self.agency or self.account)


class StatedWeightsQuerySet(models.QuerySet["StatedWeights"]):
    def live(self) -> StatedWeightsQuerySet:
        return self.filter(superseded_at__isnull=True, withdrawn_at__isnull=True)


class StatedWeights(models.Model):
    """Answer of a participant: by node, the rank of each child's swing, and its points from 0 to 100.

    The swing that matters most has 100 points. An answer is never edited: another one supersedes it, or it is
    withdrawn with a reason while the exercise is open.
    """

    participant = models.ForeignKey(WeightingParticipant, on_delete=models.PROTECT, related_name="answers")
    ranks: models.JSONField[Any, Any] = models.JSONField()
    points: models.JSONField[Any, Any] = models.JSONField()
    comment = models.TextField("why")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    withdrawn_because = models.TextField(blank=True, editable=False)

    objects = StatedWeightsQuerySet.as_manager()

    class Meta:
        ordering = ("participant", "-id")
        verbose_name = verbose_name_plural = "stated weights"
        constraints = (
            models.UniqueConstraint(
                name="stated_weights_one_live",
                fields=("participant",),
                condition=Q(superseded_at__isnull=True, withdrawn_at__isnull=True),
                violation_error_code="answered_meanwhile",
                violation_error_message="Another answer was saved meanwhile. Read it, then save yours.",
            ),
            models.CheckConstraint(
                name="stated_weights_reasoned",
                condition=Q(comment__regex=SOMETHING),
                violation_error_code="comment",
                violation_error_message="Enter why you weigh the criteria in this way.",
            ),
            models.CheckConstraint(
                name="stated_weights_withdrawn_with_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_because="")
                | Q(
                    withdrawn_at__isnull=False,
                    superseded_at__isnull=True,
                    withdrawn_by__isnull=False,
                    withdrawn_because__regex=SOMETHING,
                ),
                violation_error_code="withdrawn_because",
                violation_error_message="Enter the reason for withdrawing the answer.",
            ),
        )
        triggers = (states_weights(), never_deleted(), never_truncated())

    def __str__(self) -> str:
        return f"Weights of {self.participant}"


class WeightingDraft(models.Model):
    """Draft of a model made from a closed exercise: which answers it rests on, and what it takes from them.

    `figures` are, by node, the mean weights, the number of answers, and the estimated concentration.
    """

    exercise = models.ForeignKey(WeightingExercise, on_delete=models.PROTECT, related_name="drafts")
    model = models.OneToOneField(ScoringModel, on_delete=models.PROTECT, related_name="weighting_draft")
    takes_weights = models.BooleanField("takes the mean weights")
    takes_spread = models.BooleanField("takes the spread of the answers")
    answers: models.JSONField[Any, Any] = models.JSONField(editable=False)
    figures: models.JSONField[Any, Any] = models.JSONField(editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="weighting_draft_takes",
                condition=Q(takes_weights=True) | Q(takes_spread=True),
                violation_error_code="takes",
                violation_error_message="Choose the weights, the spread, or both.",
            ),
        )
        triggers = (makes_draft(), *append_only())

    def __str__(self) -> str:
        return f"{self.model}, from {self.exercise}"
