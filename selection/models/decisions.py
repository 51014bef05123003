"""Recommendations, decisions, decision memos, and the record frozen when a round is decided."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.audit.decidable import refuse_deciders
from cpc.database.triggers import append_only, never_truncated, superseded_once
from selection.database.memo_triggers import decides_template, issued_in_its_state
from selection.database.pool_triggers import APPROVERS, never_deleted
from selection.decidable import RECOMMENDATION, records_authors
from selection.models.pool import Decided
from selection.models.rounds import Candidate, SelectionRound


class Action(models.TextChoices):
    SELECT = "select", "Select"
    SHORTLIST = "shortlist", "Shortlist"
    NOT_SELECTED = "not_selected", "Do not select"
    DEFER = "defer", "Defer"


class Recommendation(models.Model):
    """Recommendation about one candidate, with its reason. A change supersedes it; it is never edited.

    `place` is its order in the memo, from 1.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="recommendations")
    action = models.CharField("recommendation", max_length=12, choices=Action.choices)
    rationale = models.TextField()
    place = models.PositiveSmallIntegerField("order in the memo")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("candidate__round", "place", "id")
        constraints = (
            models.UniqueConstraint(
                name="recommendation_one_live",
                fields=("candidate",),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="recommendation_once",
                violation_error_message="Someone else recorded a recommendation on this candidate. Read it, then "
                "record yours.",
            ),
            models.CheckConstraint(
                name="recommendation_reasoned",
                condition=~Q(rationale=""),
                violation_error_code="rationale",
                violation_error_message="Enter the reason.",
            ),
        )
        triggers = [
            records_authors("selection_recommendation"),
            *superseded_once("selection_recommendation", ("superseded_at",)),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.candidate.country}"


_DECIDER = refuse_deciders(
    RECOMMENDATION,
    "NEW.recommendation_id",
    "NEW.decided_by_id",
    APPROVERS,
    "decide on recommendations",
)


class Decision(models.Model):
    """Decision on one recommendation, by a person who did not draft it.

    To change a decision, the office makes another recommendation; its decision `supersedes` this one.
    """

    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="decision")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="decisions", editable=False)
    action = models.CharField("decision", max_length=12, choices=Action.choices)
    remarks = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by", editable=False
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("candidate__round", "id")
        constraints = (
            models.UniqueConstraint(
                name="decision_one_live",
                fields=("candidate",),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="decided_already",
                violation_error_message="This candidate already has a decision. To change it, record a new "
                "decision that supersedes it.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("drafted", "selection_recommendation%ROWTYPE")],
                func=f"""
                    SELECT * INTO drafted FROM selection_recommendation WHERE id = NEW.recommendation_id;
                    {_DECIDER}
                    IF drafted.candidate_id <> NEW.candidate_id THEN
                        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                            CONSTRAINT = 'decision_candidate',
                            MESSAGE = 'A decision must be about the candidate of its recommendation.';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608  # names of our own tables alone
            ),
            *superseded_once("selection_decision", ("superseded_at",)),
        )

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.candidate.country}"

    @property
    def follows(self) -> bool:
        return self.action == self.recommendation.action


class MemoTemplate(Decided):
    """A template of the memo that one person edited, and another person approved or rejected.

    The newest approved one is used; the project ships the first.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    file = models.FileField(upload_to="memo_templates/", max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    note = models.CharField(max_length=300, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-number",)
        triggers = [decides_template(), records_authors("selection_memotemplate"), never_deleted(), never_truncated()]
        constraints = Decided.Meta.constraints

    def __str__(self) -> str:
        return f"Template {self.number}"


class MemoPurpose(models.TextChoices):
    """Uses of an issue: what the approver decides on, or the record of what was decided."""

    FOR_DECISION = "for_decision", "For decision"
    WITH_DECISIONS = "with_decisions", "With the decisions"


class Memo(models.Model):
    """Issue of a round's decision memo: its content as plain data, and the document made from it.

    `content_hash` is the SHA-256 of `content`. The memo's page of record prints it with the hash of everything that
    the content rests on. An issue never changes; a later issue is stored in addition to it. `changes` holds sentences
    on what changed since the issue before, and `longer_because` the reason for a fourth page.
    """

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="memos")
    number = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=14, choices=MemoPurpose.choices)
    content: models.JSONField[Any, Any] = models.JSONField()
    content_hash = models.CharField(max_length=64)
    changes: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    longer_because = models.TextField("reason for a fourth page", blank=True)
    template_sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="memos/", max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("round", "-number")
        constraints = (
            models.UniqueConstraint(
                name="memo_number_once",
                fields=("round", "number"),
                violation_error_code="memo_number",
                violation_error_message="Someone else issued the memo in the meantime.",
            ),
            models.CheckConstraint(
                name="memo_purpose_known",
                condition=Q(purpose__in=MemoPurpose.values),
                violation_error_code="memo_purpose",
            ),
        )
        triggers = (issued_in_its_state(), *append_only())

    def __str__(self) -> str:
        return f"Memo {self.number} of {self.round}"

    @property
    def is_for_decision(self) -> bool:
        return self.purpose == MemoPurpose.FOR_DECISION


class RoundFreeze(models.Model):
    """Frozen record of a decided round: digests of its runs, positions, notes, decisions, and memo, and their hash.

    A later decision creates another freeze with the next number; the earlier one is unchanged.
    """

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="freezes")
    number = models.PositiveSmallIntegerField()
    manifest: models.JSONField[Any, Any] = models.JSONField()
    hash = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("round", "-number")
        constraints = (
            models.UniqueConstraint(
                name="freeze_number_once", fields=("round", "number"), violation_error_code="freeze_number"
            ),
            models.CheckConstraint(
                name="freeze_number_positive", condition=Q(number__gte=1), violation_error_code="freeze_number"
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"Freeze {self.number} of {self.round}"
