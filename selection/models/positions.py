"""Agencies' positions on candidates, the evidence they rest on, and the office's dispositions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import append_only, never_truncated, superseded_once
from cpc.days import DayField
from selection.database.cut_short_triggers import edits_settled
from selection.database.position_triggers import position_triggers
from selection.models.consultation import ConsultationRequest
from selection.models.rounds import Candidate, EvidenceVersion
from selection.models.runs import ScoreRun

if TYPE_CHECKING:
    from cpc.accounts.models import User


class PositionValue(models.TextChoices):
    """Answer of an agency. That it has not answered is no position; see `consultation.position_status`."""

    CLEAR = "clear", "Clear"
    CLEAR_WITH_EDITS = "clear_with_edits", "Clear with edits"
    CLEAR_WITH_COMMENTS = "clear_with_comments", "Clear with comments"
    DOES_NOT_CLEAR = "does_not_clear", "Does not clear"
    NO_EQUITIES = "no_equities", "No equities"
    EXTENSION = "extension", "Extension requested"


NEEDS_TEXT = (
    PositionValue.CLEAR_WITH_EDITS,
    PositionValue.CLEAR_WITH_COMMENTS,
    PositionValue.DOES_NOT_CLEAR,
    PositionValue.EXTENSION,
)
"""Positions that require text: the edits, the comments, or the reason."""


class PositionQuerySet(models.QuerySet["Position"]):
    def visible_to(self, user: User) -> PositionQuerySet:
        """Return every position for office and viewers; for a reviewer, those on requests sent to their agency."""
        if user.allows(Permission.VIEW_ROUNDS):
            return self
        if user.allows(Permission.CONSULT) and user.agency_id is not None:
            return self.filter(request__agency=user.agency_id, request__sent_at__isnull=False)
        return self.none()

    def live(self) -> PositionQuerySet:
        return self.filter(superseded_at__isnull=True)

    def final(self) -> PositionQuerySet:
        """Return the positions that answer the request, which excludes requests for more time."""
        return self.exclude(value=PositionValue.EXTENSION)


class Position(models.Model):
    """Position of an agency on one candidate, tied to the evidence and score of that moment.

    `agency` is the agency that submitted it, even if its successor holds the request now. `text` holds the edits, the
    comments, or the reason. `drafted_by` names the author of the draft that the point of contact submitted. A position
    that is withdrawn is superseded by none: the agency has not answered. `opened_number` is the newest version of the
    evidence that somebody of the agency had opened by then, empty if none; a trigger fills it.
    """

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="positions")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="positions")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="positions")
    value = models.CharField("position", max_length=20, choices=PositionValue.choices)
    text = models.TextField(blank=True)
    proposed_due_on = DayField("proposed date", null=True, blank=True)
    evidence = models.ForeignKey(EvidenceVersion, on_delete=models.PROTECT, related_name="positions")
    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    opened_number = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    withdrawn_because = models.TextField(blank=True, editable=False)

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ("request", "candidate", "-id")
        constraints = (
            models.UniqueConstraint(
                name="position_one_live",
                fields=("request", "candidate"),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="position_once",
                violation_error_message="Someone else submitted a position for your agency. Read it, then submit "
                "yours.",
            ),
            models.CheckConstraint(
                name="position_words",
                condition=~Q(value__in=NEEDS_TEXT) | ~Q(text=""),
                violation_error_code="text",
                violation_error_message="Enter the text for this position: the edits, comments, or reason.",
            ),
            models.CheckConstraint(
                name="position_extension_day",
                condition=Q(value=PositionValue.EXTENSION, proposed_due_on__isnull=False)
                | (~Q(value=PositionValue.EXTENSION) & Q(proposed_due_on__isnull=True)),
                violation_error_code="proposed_due_on",
                violation_error_message="Enter the date by which you will answer. Only a request for more time "
                "has one.",
            ),
            models.CheckConstraint(
                name="position_withdrawn_whole",
                condition=Q(withdrawn_by__isnull=True, withdrawn_because="")
                | (Q(superseded_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                violation_error_code="reason",
                violation_error_message="Enter why your agency withdraws its position.",
            ),
        )
        triggers = (
            *superseded_once("selection_position", ("superseded_at", "withdrawn_by_id", "withdrawn_because")),
            *position_triggers(),
        )

    def __str__(self) -> str:
        return f"{self.agency} on {self.candidate}: {self.get_value_display()}"

    @property
    def is_final(self) -> bool:
        return self.value != PositionValue.EXTENSION

    @property
    def is_unopened(self) -> bool:
        """Return True if no member of the agency had opened the evidence on the candidate by then."""
        return self.opened_number is None


class OpeningQuerySet(models.QuerySet["EvidenceOpening"]):
    def visible_to(self, user: User) -> OpeningQuerySet:
        """Return every opening for office and viewers; for a reviewer, those by members of their agency."""
        if user.allows(Permission.VIEW_ROUNDS):
            return self
        if user.allows(Permission.CONSULT) and user.agency_id is not None:
            return self.filter(agency=user.agency_id)
        return self.none()


class EvidenceOpening(models.Model):
    """Record that a member of an agency opened a version of the evidence on a candidate for the first time."""

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="openings")
    evidence = models.ForeignKey(EvidenceVersion, on_delete=models.PROTECT, related_name="openings")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="opening_once", fields=("request", "evidence", "opened_by"), violation_error_code="opened"
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.opened_by} opened {self.evidence}"


class DraftQuerySet(models.QuerySet["PositionDraft"]):
    def visible_to(self, user: User) -> DraftQuerySet:
        """Return the drafts of the reviewer's own agency. No other account can read a draft."""
        if user.allows(Permission.CONSULT) and user.agency_id is not None:
            return self.filter(request__agency=user.agency_id, request__sent_at__isnull=False)
        return self.none()

    def open(self) -> DraftQuerySet:
        """Return the drafts for which no position has been submitted since."""
        return self.filter(settled_at__isnull=True)


class PositionDraft(RevisionedModel):
    """Draft of a position by one member of an agency. It may be incomplete.

    The draft is settled, and no longer changes, when the point of contact submits a position for the agency.
    """

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="drafts")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    value = models.CharField("position", max_length=20, choices=PositionValue.choices, blank=True)
    text = models.TextField(blank=True)
    proposed_due_on = DayField("proposed date", null=True, blank=True)
    evidence = models.ForeignKey(EvidenceVersion, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ("request", "candidate", "id")
        constraints = (
            models.UniqueConstraint(
                name="draft_one_open",
                fields=("request", "candidate", "author"),
                condition=Q(settled_at__isnull=True),
                violation_error_code="changed",
                violation_error_message="You saved a draft in another window. Compare the two, then save again.",
            ),
        )
        triggers = (
            counts_revisions(),
            pgtrigger.Protect(
                name="kept_once_settled",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
            pgtrigger.ReadOnly(name="stays_with_its_author", fields=["request", "candidate", "author", "at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"Draft of {self.author} on {self.candidate}"


class Disposition(models.Model):
    """Disposition of a position: how the office resolved an objection or an edit. The newest counts.

    `outcomes` has one entry for each edit of a position that clears with edits, in their order:
    `{"edit", "accepted", "reason"}`. A rejected edit has a reason, which the memo prints.
    """

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="dispositions")
    text = models.TextField()
    outcomes: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="disposition_text",
                condition=~Q(text=""),
                violation_error_code="text",
                violation_error_message="Enter what the office did about the position.",
            ),
        )
        triggers = (edits_settled(), *append_only())

    def __str__(self) -> str:
        return f"Disposition of: {self.position}"


class ExtensionAnswer(models.Model):
    """Office's answer to one request for more time. `due_on` is the new due date if it was granted."""

    position = models.OneToOneField(Position, on_delete=models.PROTECT, related_name="extension_answer")
    granted = models.BooleanField()
    due_on = DayField("new due date", null=True, blank=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="extension_answer_complete",
                condition=Q(granted=True, due_on__isnull=False)
                | (Q(granted=False, due_on__isnull=True) & ~Q(reason="")),
                violation_error_code="reason",
                violation_error_message="Grant the request with a new date, or decline it with the reason.",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.position}: {'granted' if self.granted else 'declined'}"
