"""Amendments: the changes to signed terms, with requester, approver, and day of effect."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import state_triggers
from cpc.typed import visible
from partnerships.database.amendments import (
    amendment_applies_whole,
    amendment_decided,
    change_of_terms,
    change_while_draft,
)
from partnerships.database.rows import OWN, history_triggers, makes_version
from partnerships.decidable import records_authors
from partnerships.models.documents import DocumentVersion
from partnerships.models.partnership import Partnership
from partnerships.states import AMENDMENT


class AmendmentKind(models.TextChoices):
    EXTENSION = "extension", "Extension"
    NO_COST_EXTENSION = "no_cost_extension", "No-cost extension"
    TOP_UP = "top_up", "Top-up"
    TERMS = "terms", "Change of terms"
    CORRECTION = "correction", "Correction"


class AmendmentState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for approval"
    APPROVED = "approved", "Approved"
    APPLIED = "applied", "In effect"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Amendment(models.Model):
    """One amendment of one partnership.

    No author of it or of a change can decide on it. Its changes take effect together or not at all.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=18, choices=AmendmentKind.choices)
    title = models.CharField(max_length=200)
    reason = models.TextField()
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=AmendmentState.choices, default=AmendmentState.DRAFT)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=500, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)
    applied_in = models.BigIntegerField(
        null=True, blank=True, editable=False, help_text="The database transaction that may make its changes."
    )

    class Meta:
        ordering = ("partnership", "number")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="amendment_number_once",
                fields=("partnership", "number"),
                violation_error_code="amendment_number",
                violation_error_message="Another amendment has this number.",
            ),
            models.CheckConstraint(
                name="amendment_reasoned",
                condition=~Q(reason=""),
                violation_error_code="reason",
                violation_error_message="Enter a reason.",
            ),
        )
        triggers = [
            *state_triggers(AMENDMENT, code="amendment_state"),
            amendment_decided(),
            records_authors("partnerships_amendment"),
            amendment_applies_whole(),
            *makes_version(OWN),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"Amendment {self.number}: {self.title}"


class ChangeAction(models.TextChoices):
    SET = "set", "Change"
    ADD = "add", "Add"


class AmendmentChange(models.Model):
    """One change in an amendment: a new value for one column, or a new row.

    For a changed column, `old` and `new` hold its values; for a new row, `new` holds all its columns.
    """

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="changes")
    action = models.CharField(max_length=3, choices=ChangeAction.choices)
    row_table = models.CharField(max_length=63)
    row_id = models.BigIntegerField(null=True, blank=True)
    column = models.CharField(max_length=63, blank=True)
    old: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    new: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("amendment", "id")
        constraints = (
            models.CheckConstraint(
                name="amendment_change_whole",
                condition=(Q(action=ChangeAction.SET, row_id__isnull=False) & ~Q(column=""))
                | Q(action=ChangeAction.ADD, row_id__isnull=True, column=""),
                violation_error_code="amendment_change",
                violation_error_message="A change names a row and a column; an addition names neither.",
            ),
            models.UniqueConstraint(
                name="amendment_change_once",
                fields=("amendment", "row_table", "row_id", "column"),
                condition=Q(action=ChangeAction.SET),
                violation_error_code="amendment_change_once",
                violation_error_message="The amendment already changes this.",
            ),
        )
        triggers = [
            change_while_draft(),
            change_of_terms(),
            *makes_version(
                "SELECT a.partnership_id FROM {rows} t JOIN partnerships_amendment a ON a.id = t.amendment_id"
            ),
            *history_triggers("(SELECT a.partnership_id FROM partnerships_amendment a WHERE a.id = r.amendment_id)"),
        ]

    def __str__(self) -> str:
        return f"{self.row_table} {self.column}".strip()
