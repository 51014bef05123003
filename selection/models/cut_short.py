"""Proposals to cut a consultation short, the consent to them, and the answers that a round goes on without."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only, never_truncated
from cpc.days import DayField
from selection.database.cut_short_triggers import cut_short_decided, line_consented, proceeds_with_consent
from selection.decidable import records_authors
from selection.models.consultation import ConsultationRequest
from selection.models.rounds import Candidate, SelectionRound


class CutShortKind(models.TextChoices):
    GO_ON = "go_on", "Go on without answers"
    SHORTEN = "shorten", "Shorten the time for an answer"


class CutShortDecision(models.TextChoices):
    """Outcome of a proposal. One is overtaken when the round moves, or when nothing is left to consent to."""

    OPEN = "", "Waiting"
    AGREED = "agreed", "Agreed"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    OVERTAKEN = "overtaken", "Overtaken"


class CutShort(models.Model):
    """Proposal of the office to give agencies less time than the request gave, or to go on without their answers.

    Each line is about one agency, which can consent for itself. An approver, who is not the one who asked, agrees to
    all lines that are left, or refuses. `note` is the reason of that decision.
    """

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="cut_short")
    kind = models.CharField(max_length=7, choices=CutShortKind.choices)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    decision = models.CharField(max_length=9, choices=CutShortDecision.choices, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("round", "id")
        constraints = (
            models.UniqueConstraint(
                name="cut_short_one_open",
                fields=("round",),
                condition=Q(decision="", kind=CutShortKind.GO_ON),
                violation_error_code="asked_already",
                violation_error_message="Going on without answers is already proposed for this round.",
            ),
            models.CheckConstraint(
                name="cut_short_refused_with_reason",
                condition=~Q(decision=CutShortDecision.REFUSED) | Q(note__regex=r"\S"),
                violation_error_code="note",
                violation_error_message="Enter why you refuse.",
            ),
            models.CheckConstraint(
                name="cut_short_decided_by",
                condition=Q(decision__in=("", CutShortDecision.OVERTAKEN), decided_by__isnull=True)
                | (~Q(decision__in=("", CutShortDecision.OVERTAKEN)) & Q(decided_by__isnull=False)),
                violation_error_code="decided_by",
                violation_error_message="A decision names the person who decided.",
            ),
        )
        triggers = (
            cut_short_decided(),
            records_authors("selection_cutshort"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.round}"


class CutShortLine(models.Model):
    """One agency in a proposal to cut a consultation short, with the reason that the memo prints.

    The line covers the candidates on which the agency owed an answer when it was proposed. `due_on` is the earlier due
    day, if that is proposed; `was_due_on` the one that the agency had been given.
    """

    proposal = models.ForeignKey(CutShort, on_delete=models.PROTECT, related_name="lines")
    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="cut_short")
    reason = models.TextField()
    due_on = DayField("new due day", null=True, blank=True)
    was_due_on = DayField("due day", null=True, blank=True, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    consented_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("proposal", "id")
        constraints = (
            models.UniqueConstraint(
                name="cut_short_line_once", fields=("proposal", "request"), violation_error_code="asked_already"
            ),
            models.CheckConstraint(
                name="cut_short_line_reasoned",
                condition=Q(reason__regex=r"\S"),
                violation_error_code="reason",
                violation_error_message="Enter a reason for each agency.",
            ),
        )
        triggers = (
            line_consented(),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.request.agency}: {self.proposal}"


class ProceedWithout(models.Model):
    """Consent to go on with a candidate although an agency has not answered. The memo prints it.

    `approved_by` is the approver who agreed, or the agency's point of contact (`by_agency`). `before_due` tells that
    the agency still had time.
    """

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="proceeded")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="proceeded")
    line = models.ForeignKey(CutShortLine, on_delete=models.PROTECT, related_name="proceeded")
    reason = models.TextField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    by_agency = models.BooleanField(default=False)
    before_due = models.BooleanField(default=False, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="proceed_once",
                fields=("request", "candidate"),
                violation_error_code="proceed_once",
                violation_error_message="Going on without this answer was already agreed to.",
            ),
            models.CheckConstraint(
                name="proceed_reasoned",
                condition=~Q(reason=""),
                violation_error_code="reason",
                violation_error_message="Enter the reason for going on without the answer.",
            ),
        )
        triggers = (proceeds_with_consent(), *append_only())

    def __str__(self) -> str:
        return f"{self.candidate} proceeds without {self.request.agency}"
