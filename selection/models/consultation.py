"""Requests to agencies about candidates, their due dates, and the agencies that are not asked, with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import append_only, never_truncated, superseded_once
from cpc.days import DayField
from selection.database.cut_short_triggers import shortens_with_consent
from selection.models.rounds import Candidate, SelectionRound

if TYPE_CHECKING:
    from cpc.accounts.models import User


class RequestRole(models.TextChoices):
    """Role of an agency in a request. An agency that is only informed owes no position."""

    CLEAR = "clear", "Clear"
    CONSULT = "consult", "Consult"
    INFO = "info", "For information"


class RequestQuerySet(models.QuerySet["ConsultationRequest"]):
    def visible_to(self, user: User) -> RequestQuerySet:
        """Return every request for office and viewers; for a reviewer, requests sent to their agency."""
        if user.allows(Permission.VIEW_ROUNDS):
            return self
        if user.allows(Permission.CONSULT) and user.agency_id is not None:
            return self.filter(agency=user.agency_id, sent_at__isnull=False)
        return self.none()

    def live(self) -> RequestQuerySet:
        return self.filter(dropped_at__isnull=True)

    def sent(self) -> RequestQuerySet:
        return self.live().filter(sent_at__isnull=False)


class ConsultationRequest(RevisionedModel):
    """Request to one agency in a round: the candidates, the agency's role, the due date, and the questions.

    A draft may be edited freely. After a request is sent, only its due date can change (each change is a `DueChange`),
    it can be transferred to the agency's successor, and it can be dropped once, with a reason.
    """

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="requests")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="requests")
    role = models.CharField(max_length=7, choices=RequestRole.choices)
    due_on = DayField("due", null=True, blank=True, help_text="The last day for an answer.")
    questions = models.TextField(blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    dropped_at = models.DateTimeField(null=True, blank=True, editable=False)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    drop_reason = models.TextField(blank=True, editable=False)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ("round", "due_on", "agency__name", "id")
        constraints = (
            models.UniqueConstraint(
                name="request_one_an_agency",
                fields=("round", "agency"),
                condition=Q(dropped_at__isnull=True),
                violation_error_code="asked_already",
                violation_error_message="This agency already has a request in this round. Add candidates to that "
                "request.",
            ),
            models.CheckConstraint(
                name="request_due",
                condition=Q(role=RequestRole.INFO) | Q(due_on__isnull=False),
                violation_error_code="due_on",
                violation_error_message="Enter the date by which the agency must answer.",
            ),
            models.CheckConstraint(
                name="request_dropped_with_reason",
                condition=Q(dropped_at__isnull=True, drop_reason="")
                | (Q(dropped_at__isnull=False) & ~Q(drop_reason="")),
                violation_error_code="reason",
                violation_error_message="Enter the reason why the agency is no longer asked.",
            ),
        )
        triggers = (
            counts_revisions(),
            pgtrigger.Trigger(
                name="kept_once_sent",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=False) | pgtrigger.Q(old__dropped_at__isnull=False),
                declare=[("kept", "selection_consultationrequest%ROWTYPE")],
                func="""
                    IF OLD.dropped_at IS NOT NULL THEN
                        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                            CONSTRAINT = 'request_dropped',
                            MESSAGE = 'This request was dropped and cannot be changed.';
                    END IF;
                    IF NEW.due_on < OLD.due_on AND NOT EXISTS (
                        SELECT FROM (SELECT * FROM selection_duechange WHERE request_id = OLD.id
                                     ORDER BY id DESC LIMIT 1) newest
                        WHERE newest.before = OLD.due_on AND newest.after = NEW.due_on
                    ) THEN
                        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                            CONSTRAINT = 'no_consent',
                            MESSAGE = 'Neither the agency nor an approver consented to less time.';
                    END IF;
                    kept := NEW;
                    kept.due_on := OLD.due_on;
                    kept.dropped_at := OLD.dropped_at;
                    kept.dropped_by_id := OLD.dropped_by_id;
                    kept.drop_reason := OLD.drop_reason;
                    IF NEW.agency_id IN (SELECT successor_id FROM accounts_agency WHERE id = OLD.agency_id) THEN
                        kept.agency_id := OLD.agency_id;
                    END IF;
                    IF kept IS DISTINCT FROM OLD THEN
                        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                            CONSTRAINT = 'request_sent',
                            MESSAGE = 'This request was sent and cannot be changed. Drop it and send another.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"Request to {self.agency}, {self.round}"

    @property
    def is_draft(self) -> bool:
        return self.sent_at is None and self.dropped_at is None

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None and self.dropped_at is None

    @property
    def owes(self) -> bool:
        """Return whether the agency owes a position on each candidate."""
        return self.is_sent and self.role != RequestRole.INFO


class RequestCandidate(models.Model):
    """Candidate in a request. Candidates can be removed from a draft; a sent request can only gain some."""

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="candidates")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="requests")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("request", "candidate__country__name")
        constraints = (
            models.UniqueConstraint(
                name="request_candidate_once",
                fields=("request", "candidate"),
                violation_error_code="asked_already",
                violation_error_message="The agency has already been asked about this candidate.",
            ),
        )
        triggers = (
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="kept_once_sent",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM selection_consultationrequest
                        WHERE id = OLD.request_id AND (sent_at IS NOT NULL OR dropped_at IS NOT NULL)
                    ) THEN
                        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                            CONSTRAINT = 'request_sent',
                            MESSAGE = 'This request was sent and cannot be changed. Drop it and send another.';
                    END IF;
                    RETURN OLD;
                """,
            ),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.request} about {self.candidate.country}"


class DueChange(models.Model):
    """Change of the due day of a request. An earlier day needs the consent of the agency or of an approver (`line`)."""

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="due_changes")
    line = models.ForeignKey(
        "selection.CutShortLine", on_delete=models.PROTECT, null=True, blank=True, related_name="due_changes"
    )
    before = DayField()
    after = DayField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="due_change_differs",
                condition=~Q(before=F("after")),
                violation_error_code="due_on",
                violation_error_message="The request is already due on this date.",
            ),
            models.CheckConstraint(
                name="due_change_reasoned",
                condition=~Q(reason=""),
                violation_error_code="reason",
                violation_error_message="Enter the reason for the new date.",
            ),
        )
        triggers = (shortens_with_consent(), *append_only())

    def __str__(self) -> str:
        return f"{self.request}: due {self.after} instead of {self.before}"


class NotApplicable(models.Model):
    """Record that a statutory consultee is not asked in a round, and why. Asking the agency supersedes the record."""

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="not_asked")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("round", "agency__name", "id")
        constraints = (
            models.UniqueConstraint(
                name="not_applicable_once",
                fields=("round", "agency"),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="not_applicable_once",
                violation_error_message="This agency is already recorded as not asked.",
            ),
            models.CheckConstraint(
                name="not_applicable_reasoned",
                condition=~Q(reason=""),
                violation_error_code="reason",
                violation_error_message="Enter the reason why the agency is not asked.",
            ),
        )
        triggers = superseded_once("selection_notapplicable", ("superseded_at",))

    def __str__(self) -> str:
        return f"{self.agency} is not asked in {self.round}"
