"""Ratings of criteria without published data: a rubric step, the reason, and the evidence. Never edited."""

from __future__ import annotations

from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.database.triggers import append_only, never_truncated
from cpc.typed import visible
from indicators.models import Narrative, NationalPlan, Observation, USGProgram
from selection.models.rounds import CLOSED, Candidate, SelectionRound

STEPS = 4
"""The highest step of every rubric; the lowest is 0."""

_CLOSED = ", ".join(f"'{state.value}'" for state in CLOSED)


def _in_an_open_pool() -> pgtrigger.Trigger:
    """Return a trigger that accepts a rating only of a country in the pool of an open round."""
    return pgtrigger.Trigger(
        name="b_in_open_pool",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NOT EXISTS (SELECT 1 FROM selection_candidate c WHERE c.id = NEW.candidate_id
                           AND c.excluded_because = '') THEN
                PERFORM cpc_refuse('not_in_pool', 'The country is not in the pool.');
            ELSIF EXISTS (SELECT 1 FROM selection_candidate c JOIN selection_selectionround r ON r.id = c.round_id
                          WHERE c.id = NEW.candidate_id AND r.state IN ({_CLOSED})) THEN
                PERFORM cpc_refuse('round_closed', 'The round is closed, so its ratings can not change.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables and states alone
    )


def _step_has_evidence() -> pgtrigger.Trigger:
    """Return a trigger that rejects a step without evidence. It runs at the end of the transaction."""
    return pgtrigger.Trigger(
        name="step_has_evidence",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        # The evidence refers to its rating, so it comes second.
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(new__step__isnull=False),
        func="""
            IF NOT EXISTS (SELECT 1 FROM selection_ratingevidence WHERE rating_id = NEW.id) THEN
                PERFORM cpc_refuse('no_evidence', 'A step needs evidence.');
            END IF;
            RETURN NULL;
        """,
    )


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
            _in_an_open_pool(),
            _step_has_evidence(),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.criterion} of {self.candidate}: {'not known' if self.step is None else self.step}"


def _counts_what_was_rated() -> pgtrigger.Trigger:
    """Return a trigger that counts the rater's current ratings, and rejects a hand-in without any."""
    return pgtrigger.Trigger(
        name="b_counts_ratings",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NOT cpc_may_approve(NEW.rater_id, ARRAY[{roles_sql(Permission.RATE)}]) THEN
                PERFORM cpc_refuse('may_not_rate', 'This account cannot rate candidates.');
            ELSIF EXISTS (SELECT 1 FROM selection_selectionround
                          WHERE id = NEW.round_id AND state IN ({_CLOSED})) THEN
                PERFORM cpc_refuse('round_closed', 'The round is closed, so its ratings can not change.');
            END IF;
            SELECT count(*) INTO NEW.rated FROM selection_rating r JOIN selection_candidate c ON c.id = r.candidate_id
                WHERE c.round_id = NEW.round_id AND c.excluded_because = '' AND r.rater_id = NEW.rater_id
                AND r.superseded_at IS NULL;
            IF NEW.rated = 0 THEN
                PERFORM cpc_refuse('nothing_rated', 'Rate a criterion before you hand in your ratings.');
            END IF;
            NEW.at := clock_timestamp();
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables, states, and roles alone
    )


class RatingHandIn(models.Model):
    """Statement of a rater that the ratings given so far stand: `rated` cells of the `cells` that the round has.

    A rater can hand in again after rating more. The newest one counts.
    """

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="hand_ins")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rated = models.PositiveSmallIntegerField(default=0, editable=False)
    cells = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("round", "-id")
        triggers = (_counts_what_was_rated(), *append_only())

    def __str__(self) -> str:
        return f"{self.rated} of {self.cells} ratings of {self.rater}"

    @property
    def is_complete(self) -> bool:
        return self.rated >= self.cells


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
