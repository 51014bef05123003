"""Adjudications of notes, the agencies' responses to them, and imported comment matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.accounts.agencies import own_agencies
from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission
from cpc.database.keys import time_key
from cpc.database.triggers import append_only, never_truncated
from selection.models.notes import Note, NoteVisibility
from selection.models.rounds import SelectionRound

if TYPE_CHECKING:
    from cpc.accounts.models import User


class Outcome(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    MODIFIED = "modified", "Accepted with change"
    REJECTED = "rejected", "Rejected"
    NOTED = "noted", "Noted"
    DEFERRED = "deferred", "Deferred"


class Adjudication(models.Model):
    """Adjudication of a note by the office. A later one supersedes it; none is edited."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="adjudications")
    outcome = models.CharField("answer", max_length=8, choices=Outcome.choices)
    rationale = models.TextField("reason", max_length=8_000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("note", "id")
        constraints = (
            models.UniqueConstraint(
                name="adjudication_one_live",
                fields=("note",),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="adjudicated",
                violation_error_message="Someone else adjudicated this note at the same time. Review it, then try "
                "again.",
            ),
            models.CheckConstraint(
                name="adjudication_reasoned",
                condition=Q(outcome=Outcome.ACCEPTED) | ~Q(rationale=""),
                violation_error_code="rationale",
                violation_error_message="Enter a reason. Only an acceptance does not need one.",
            ),
            models.CheckConstraint(
                name="adjudication_outcome_known",
                condition=Q(outcome__in=Outcome.values),
                violation_error_code="outcome",
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(name="never_edited", fields=["note", "outcome", "rationale", "by", "at"]),
            pgtrigger.Protect(
                name="superseded_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__superseded_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.note}: {self.get_outcome_display()}"


class Concurrence(models.Model):
    """Agency's agreement or disagreement with an adjudication. The newest counts; none is edited."""

    adjudication = models.ForeignKey(Adjudication, on_delete=models.PROTECT, related_name="concurrences")
    concurs = models.BooleanField("agrees")
    text = models.TextField("reason", max_length=8_000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("adjudication", "id")
        constraints = (
            models.CheckConstraint(
                name="concurrence_reasoned",
                condition=Q(concurs=True) | ~Q(text=""),
                violation_error_code="text",
                violation_error_message="Explain why your agency does not agree. The memo includes your reason.",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.adjudication}: {'agrees' if self.concurs else 'does not agree'}"


class MatrixUploadQuerySet(models.QuerySet["MatrixUpload"]):
    def visible_to(self, user: User) -> MatrixUploadQuerySet:
        """Return uploads shared with the office for those who run rounds; for a reviewer, their agency's uploads."""
        if user.allows(Permission.RUN_ROUNDS):
            return self.filter(visibility__in=(NoteVisibility.OFFICE, NoteVisibility.ALL))
        return self.filter(agency__in=own_agencies(user))


class MatrixUpload(models.Model):
    """Comment matrix as uploaded. A person reviews the preview and imports its lines once."""

    id = time_key()
    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="matrix_uploads")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="matrix_uploads")
    visibility = models.CharField("who sees the notes", max_length=6, choices=NoteVisibility.choices)
    name = models.CharField(max_length=120)
    sha256 = models.CharField("SHA-256", max_length=64)
    lines: models.JSONField[Any, Any] = models.JSONField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    added = models.PositiveIntegerField(null=True, blank=True, editable=False, help_text="Number of notes it created.")

    objects = MatrixUploadQuerySet.as_manager()

    class Meta:
        ordering = ("round", "-id")
        constraints = (
            models.CheckConstraint(
                name="matrix_upload_applied_whole",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True, added__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False, added__isnull=False),
                violation_error_code="applied",
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="as_received",
                fields=["round", "agency", "visibility", "name", "sha256", "lines", "uploaded_by", "at"],
            ),
            pgtrigger.Protect(
                name="applied_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__applied_at__isnull=False)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"Matrix of {self.agency}"
