"""Clearance of a text: who was asked, answered, or was gone on without, legal findings, and reminders."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.accounts.models import Agency
from cpc.database.audit_triggers import audits_writes
from cpc.database.triggers import append_only
from cpc.days import DayField
from partnerships.database.clearance import (
    OF_VERSION,
    VERSION_SQL,
    answer_was_asked,
    lock_of_version,
    request_fixed,
    silence_decided,
)
from partnerships.database.rows import (
    derives_partnership,
    history,
    history_triggers,
    lock_first,
    makes_version,
    on_its_day,
)
from partnerships.decidable import records_authors
from partnerships.models.choices import AnswerKind, ClearanceRole, LegalReview, ReminderOccasion, SilenceDecision
from partnerships.models.documents import DocumentVersion
from partnerships.models.texts import TextVersion

REQUEST_SQL = (
    "(SELECT v.partnership_id FROM partnerships_clearancerequest q "
    "JOIN partnerships_textversion v ON v.id = q.version_id WHERE q.id = {row}.request_id)"
)


class ClearanceRequest(models.Model):
    """A request to an office to clear a version, or to take note of it.

    The office that owns the text can move the due day or take the request off the list; nothing else changes.
    """

    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="requests")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="clearance_requests")
    role = models.CharField(max_length=5, choices=ClearanceRole.choices, default=ClearanceRole.CLEARS)
    asked_on = DayField("day asked")
    due_on = DayField("due day")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    removed_on = DayField(null=True, blank=True)
    removed_because = models.CharField(max_length=300, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("version", "id")
        constraints = (
            models.UniqueConstraint(
                name="clearance_request_once",
                fields=("version", "agency"),
                condition=Q(removed_on__isnull=True),
                violation_error_code="clearance_request",
                violation_error_message="This office was already asked over this version.",
            ),
            models.CheckConstraint(
                name="clearance_request_due_later",
                condition=Q(due_on__gte=F("asked_on")),
                violation_error_code="due_on",
                violation_error_message="The due day is before the day on which the offices were asked.",
            ),
            models.CheckConstraint(
                name="clearance_request_removed_whole",
                condition=Q(removed_on__isnull=True, removed_because="")
                | (Q(removed_on__isnull=False) & Q(removed_because__regex=r"\S")),
                violation_error_code="reason",
                violation_error_message="Enter a reason.",
            ),
        )
        indexes = (models.Index(fields=("due_on",), name="clearance_request_due"),)
        triggers = [
            lock_of_version(),
            request_fixed(),
            on_its_day("asked_on"),
            *makes_version(OF_VERSION),
            *history_triggers(VERSION_SQL.format(row="r")),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {self.version}"


class ClearanceAnswer(models.Model):
    """An answer of an office over a version. A later answer supersedes it; no answer is ever edited.

    One that is recorded after the text was signed is marked so, and changes nothing of the signature.
    """

    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="answers")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="clearance_answers")
    kind = models.CharField("answer", max_length=20, choices=AnswerKind.choices)
    answered_on = DayField("day of the answer")
    comment = models.TextField("comment", blank=True)
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    after_signature = models.BooleanField(
        "after signature", default=False, editable=False, help_text="Recorded after the text was signed."
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("version", "id")
        constraints = (
            models.CheckConstraint(
                name="clearance_answer_worded",
                condition=~Q(kind=AnswerKind.REFUSED) | Q(comment__regex=r"\S"),
                violation_error_code="comment",
                violation_error_message="Enter the comment of an office that does not clear.",
            ),
        )
        triggers = [
            lock_of_version(),
            answer_was_asked(),
            on_its_day("answered_on"),
            *makes_version(OF_VERSION),
            history(VERSION_SQL.format(row="r")),
            audits_writes("partnerships.clearanceanswer"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.get_kind_display()}"


class Silence(models.Model):
    """A proposal to go on without the answer of an office, with a reason. Another person agrees to it or refuses."""

    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="silences")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)
    decision = models.CharField(max_length=9, choices=SilenceDecision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("version", "id")
        constraints = (
            models.UniqueConstraint(
                name="silence_once",
                fields=("version", "agency"),
                condition=~Q(decision=SilenceDecision.REFUSED),
                violation_error_code="silence_once",
                violation_error_message="Going on without this office was already proposed.",
            ),
            models.CheckConstraint(
                name="silence_reasoned",
                condition=Q(reason__regex=r"\S"),
                violation_error_code="reason",
                violation_error_message="Enter a reason.",
            ),
        )
        triggers = [
            lock_of_version(),
            silence_decided(),
            records_authors("partnerships_silence"),
            *makes_version(OF_VERSION),
            *history_triggers(VERSION_SQL.format(row="r")),
        ]

    def __str__(self) -> str:
        return f"Go on without {self.agency}"


class LegalFinding(models.Model):
    """A finding of the Legal Adviser on a version: 1 U.S.C. 112b. A later one supersedes it."""

    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="findings")
    result = models.CharField(
        "finding", max_length=12, choices=[pair for pair in LegalReview.choices if pair[0] != LegalReview.NOT_REVIEWED]
    )
    found_on = DayField("day of the finding")
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("version", "id")
        triggers = [
            lock_of_version(),
            on_its_day("found_on"),
            derives_partnership(OF_VERSION.format(rows="new_rows")),
            history(VERSION_SQL.format(row="r")),
            audits_writes("partnerships.legalfinding"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return self.get_result_display()


class ClearanceReminder(models.Model):
    """A reminder of a request: sent to the accounts of the office, or a call that the office has to make."""

    request = models.ForeignKey(ClearanceRequest, on_delete=models.PROTECT, related_name="reminders")
    occasion = models.CharField(max_length=7, choices=ReminderOccasion.choices)
    due_on = DayField("due day")
    reminded_on = DayField("day of the reminder")
    accounts = models.PositiveSmallIntegerField("accounts notified")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("request", "id")
        constraints = (
            models.UniqueConstraint(
                name="clearance_reminder_once",
                fields=("request", "occasion", "due_on", "reminded_on"),
                violation_error_code="clearance_reminder",
                violation_error_message="This reminder was already sent.",
            ),
        )
        triggers = [
            lock_first(REQUEST_SQL.format(row="NEW")),
            on_its_day("reminded_on"),
            history(REQUEST_SQL.format(row="r")),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.request}, {self.reminded_on}"
