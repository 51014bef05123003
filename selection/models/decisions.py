"""Recommendations, decisions, decision memos, and the record frozen when a round is decided."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only, never_truncated, superseded_once
from selection.database.decision_preconditions import decides_on_settled
from selection.database.decision_triggers import (
    asks_about_undecided,
    decides_by_two_people,
    proposes_within_limits,
)
from selection.database.memo_triggers import decides_template, issued_in_its_state
from selection.database.pool_triggers import never_deleted
from selection.decidable import records_authors
from selection.models.pool import Decided
from selection.models.rounds import Candidate, SelectionRound


class Action(models.TextChoices):
    SELECT = "select", "Select"
    SHORTLIST = "shortlist", "Shortlist"
    NOT_SELECTED = "not_selected", "Do not select"
    DEFER = "defer", "Defer"


HIGHEST_PROPOSAL = 100_000_000
"""The amount, in U.S. dollars, that no recommendation proposes: no policy allows more. The policy's limit is lower."""
LONGEST_PROPOSAL = 120
"""The months that no recommendation proposes, for the same reason."""
WITH_TERMS = (Action.SELECT, Action.SHORTLIST)
"""Recommendations that can propose money and a term; a selection must."""


class Recommendation(models.Model):
    """Recommendation about one candidate, with its reason. A change supersedes it; it is never edited.

    `place` is its order in the memo, from 1. A selection proposes money and a term within the office's limits.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="recommendations")
    action = models.CharField("recommendation", max_length=12, choices=Action.choices)
    rationale = models.TextField()
    proposed_amount = models.DecimalField(
        "amount in U.S. dollars", max_digits=14, decimal_places=2, null=True, blank=True
    )
    proposed_months = models.PositiveSmallIntegerField("term in months", null=True, blank=True)
    funding = models.CharField("source of funds", max_length=200, blank=True)
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
            models.CheckConstraint(
                name="recommendation_amount",
                condition=Q(proposed_amount__isnull=True)
                | Q(proposed_amount__gte=0, proposed_amount__lte=HIGHEST_PROPOSAL),
                violation_error_code="proposed_amount",
                violation_error_message=f"Enter an amount from 0 to {HIGHEST_PROPOSAL:,} U.S. dollars.",
            ),
            models.CheckConstraint(
                name="recommendation_months",
                condition=Q(proposed_months__isnull=True)
                | Q(proposed_months__gte=1, proposed_months__lte=LONGEST_PROPOSAL),
                violation_error_code="proposed_months",
                violation_error_message=f"Enter a term from 1 to {LONGEST_PROPOSAL} months.",
            ),
            models.CheckConstraint(
                name="recommendation_with_amount",
                condition=~Q(action=Action.SELECT) | Q(proposed_amount__isnull=False),
                violation_error_code="no_amount",
                violation_error_message="Enter the amount: a selection proposes one.",
            ),
            models.CheckConstraint(
                name="recommendation_with_months",
                condition=~Q(action=Action.SELECT) | Q(proposed_months__isnull=False),
                violation_error_code="no_months",
                violation_error_message="Enter the term in months: a selection proposes one.",
            ),
            models.CheckConstraint(
                name="recommendation_without_terms",
                condition=Q(action__in=WITH_TERMS)
                | Q(proposed_amount__isnull=True, proposed_months__isnull=True, funding=""),
                violation_error_code="terms_unused",
                violation_error_message="Leave amount, term, and source of funds empty unless you select or shortlist.",
            ),
        )
        triggers = [
            proposes_within_limits(),
            records_authors("selection_recommendation"),
            *superseded_once("selection_recommendation", ("superseded_at",)),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.candidate.country}"


class DecisionVerdict(models.TextChoices):
    APPROVED = "approved", "Approved as recommended"
    CONDITIONED = "conditioned", "Approved with a condition"
    DISAPPROVED = "disapproved", "Disapproved"


class Decision(models.Model):
    """Decision on one recommendation, by a person who did not draft it, on the memo that the person read.

    `action` is what now applies to the candidate: the recommended action if the verdict approves, another if it
    disapproves. `remarks` hold the condition, or the reason to disapprove. To change a decision, the office makes
    another recommendation; its decision `supersedes` this one.
    """

    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="decision")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="decisions", editable=False)
    memo = models.ForeignKey("selection.Memo", on_delete=models.PROTECT, related_name="decisions", editable=False)
    verdict = models.CharField(max_length=11, choices=DecisionVerdict.choices)
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
            models.CheckConstraint(
                name="decision_remarks",
                condition=Q(verdict=DecisionVerdict.APPROVED) | ~Q(remarks=""),
                violation_error_code="remarks",
                violation_error_message="Enter the condition, or why you disapprove.",
            ),
        )
        triggers = (
            decides_by_two_people(),
            decides_on_settled(),
            *superseded_once("selection_decision", ("superseded_at",)),
        )

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.candidate.country}"

    @property
    def follows(self) -> bool:
        return self.action == self.recommendation.action

    @property
    def condition(self) -> str:
        """Return the condition of the approval, or ""."""
        return self.remarks if self.verdict == DecisionVerdict.CONDITIONED else ""


class Acknowledgment(models.Model):
    """Fact that was missing or against a decision, which the person who decided confirmed to have seen.

    `key` and `title` are those of the obstacle that the page showed (`selection.decisions.obstacles`).
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="acknowledgments")
    key = models.CharField(max_length=120)
    title = models.TextField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="acknowledged_once", fields=("decision", "key"), violation_error_code="acknowledged_once"
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return self.title


class Discussion(models.Model):
    """Question of an approver about a recommendation, which sends it back to the office before a decision.

    The office answers it, or makes another recommendation. Nothing is decided while it is open.
    """

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="discussions")
    memo = models.ForeignKey("selection.Memo", on_delete=models.PROTECT, related_name="discussions")
    question = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="discussion_one_open",
                fields=("recommendation",),
                condition=Q(answered_at__isnull=True),
                violation_error_code="in_discussion",
                violation_error_message="The question about this recommendation has no answer yet.",
            ),
            models.CheckConstraint(
                name="discussion_question",
                condition=~Q(question=""),
                violation_error_code="question",
                violation_error_message="Enter your question.",
            ),
            models.CheckConstraint(
                name="discussion_answer",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                violation_error_code="answer",
                violation_error_message="Enter the answer.",
            ),
        )
        triggers = (
            asks_about_undecided(),
            pgtrigger.Protect(
                name="kept_once_answered",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_at__isnull=False),
            ),
            pgtrigger.ReadOnly(name="stays_as_asked", fields=["recommendation", "memo", "question", "asked_by", "at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"Question on {self.recommendation}"


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
    on what changed since the issue before, and `longer_because` the reason for a fourth page. `basis` holds the
    digests of the scores, positions, notes, and recommendations at its issue: no one signs once one of them differs.
    """

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="memos")
    number = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=14, choices=MemoPurpose.choices)
    content: models.JSONField[Any, Any] = models.JSONField()
    content_hash = models.CharField(max_length=64)
    changes: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    longer_because = models.TextField("reason for a fourth page", blank=True)
    basis: models.JSONField[Any, Any] = models.JSONField(default=dict)
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
    def before(self) -> int:
        return self.number - 1

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
