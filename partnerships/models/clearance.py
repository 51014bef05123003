"""Clearance of a text: its versions, who was asked and answered what, legal findings, and signing days."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.accounts.models import Agency
from cpc.audit.outside import records_outside
from cpc.database.triggers import append_only
from cpc.days import DayField
from partnerships.clearing import FIRST_LANGUAGE
from partnerships.database.clearance import (
    answer_was_asked,
    file_fits,
    request_fixed,
    signing_fits,
    silence_decided,
    version_follows,
)
from partnerships.database.rows import (
    OWN,
    derives_partnership,
    history,
    history_triggers,
    lock_first,
    makes_version,
    on_its_day,
    within_partnership,
)
from partnerships.decidable import records_authors
from partnerships.models.amendments import Amendment
from partnerships.models.choices import LegalReview
from partnerships.models.documents import DocumentVersion
from partnerships.models.partnership import Partnership

VERSION_SQL = "(SELECT v.partnership_id FROM partnerships_textversion v WHERE v.id = {row}.version_id)"
OF_VERSION = "SELECT v.partnership_id FROM {rows} t JOIN partnerships_textversion v ON v.id = t.version_id"
REQUEST_SQL = (
    "(SELECT v.partnership_id FROM partnerships_clearancerequest q "
    "JOIN partnerships_textversion v ON v.id = q.version_id WHERE q.id = {row}.request_id)"
)


def _lock_of_version() -> list[object]:
    return [lock_first(VERSION_SQL.format(row="NEW"))]


class ClearanceRole(models.TextChoices):
    CLEARS = "clear", "Clears"
    INFORMED = "info", "For information"


class AnswerKind(models.TextChoices):
    CLEAR = "clear", "Clear"
    WITH_EDITS = "clear_with_edits", "Clear with edits"
    WITH_COMMENTS = "clear_with_comments", "Clear with comments"
    REFUSED = "does_not_clear", "Does not clear"
    NO_EQUITIES = "no_equities", "No equities"
    EXTENSION = "extension", "Extension requested"


class SilenceDecision(models.TextChoices):
    CONSENTED = "consented", "Agreed"
    REFUSED = "refused", "Refused"


class ReminderOccasion(models.TextChoices):
    BEFORE = "before", "Two workdays before the due day"
    DUE = "due", "On the due day"
    BY_HAND = "by_hand", "By hand"


class TextVersion(models.Model):
    """One version of the text of the instrument, or of an amendment.

    Its drafter states whether it changes the text materially, and why. The first version is material.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="text_versions")
    amendment = models.ForeignKey(
        Amendment, on_delete=models.PROTECT, null=True, blank=True, related_name="text_versions"
    )
    number = models.PositiveSmallIntegerField()
    dated = DayField("day of the text")
    changed = models.CharField("what changed", max_length=300)
    is_material = models.BooleanField("material change")
    reason = models.CharField("why it is material, or not", max_length=500, blank=True)
    second_language = models.CharField(
        max_length=40,
        blank=True,
        help_text="The language of the other text. Leave it blank if English is the only one.",
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "amendment", "number")
        constraints = (
            models.UniqueConstraint(
                name="text_version_once",
                fields=("partnership", "amendment", "number"),
                nulls_distinct=False,
                violation_error_code="text_version",
                violation_error_message="Another version has this number.",
            ),
            models.CheckConstraint(
                name="text_version_reasoned",
                condition=Q(number=1, is_material=True) | (Q(number__gt=1) & Q(reason__regex=r"\S")),
                violation_error_code="reason",
                violation_error_message="Say why the change is material, or why it is not.",
            ),
            models.CheckConstraint(
                name="text_version_described",
                condition=Q(changed__regex=r"\S"),
                violation_error_code="changed",
                violation_error_message="Say what changed.",
            ),
            models.CheckConstraint(
                name="text_version_two_languages",
                condition=~Q(second_language=FIRST_LANGUAGE),
                violation_error_code="second_language",
                violation_error_message="English is the first language. Name the other one, or leave this blank.",
            ),
        )
        triggers = [
            version_follows(),
            on_its_day("dated"),
            within_partnership(amendment_id="amendment"),
            records_authors("partnerships_textversion"),
            *makes_version(OWN),
            history("r.partnership_id"),
            records_outside("partnerships.textversion"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


class TextFile(models.Model):
    """The file of a version in one language."""

    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="files")
    language = models.CharField(max_length=40)
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("version", "id")
        constraints = (
            models.UniqueConstraint(
                name="text_file_once",
                fields=("version", "language"),
                violation_error_code="language",
                violation_error_message="This version already has its text in this language. Add a new version.",
            ),
        )
        triggers = [
            *_lock_of_version(),
            file_fits(),
            *makes_version(OF_VERSION),
            history(VERSION_SQL.format(row="r")),
            records_outside("partnerships.textfile"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.language}"


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
            *_lock_of_version(),
            request_fixed(),
            on_its_day("asked_on"),
            *makes_version(OF_VERSION),
            *history_triggers(VERSION_SQL.format(row="r")),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {self.version}"


class ClearanceAnswer(models.Model):
    """An answer of an office over a version. A later answer supersedes it; no answer is ever edited."""

    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="answers")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="clearance_answers")
    kind = models.CharField("answer", max_length=20, choices=AnswerKind.choices)
    answered_on = DayField("day of the answer")
    comment = models.TextField("comment", blank=True)
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
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
            *_lock_of_version(),
            answer_was_asked(),
            on_its_day("answered_on"),
            *makes_version(OF_VERSION),
            history(VERSION_SQL.format(row="r")),
            records_outside("partnerships.clearanceanswer"),
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
            *_lock_of_version(),
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
            *_lock_of_version(),
            on_its_day("found_on"),
            derives_partnership(OF_VERSION.format(rows="new_rows")),
            history(VERSION_SQL.format(row="r")),
            records_outside("partnerships.legalfinding"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return self.get_result_display()


class Signing(models.Model):
    """Days of a signature as on the document, beside the day of entry. A later row corrects an earlier one."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="signings")
    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, null=True, blank=True, related_name="signings")
    us_signed_on = DayField("day signed by the United States", null=True, blank=True)
    partner_signed_on = DayField("day signed by the partner government", null=True, blank=True)
    in_effect_on = DayField("day in effect", null=True, blank=True)
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "id")
        constraints = (
            models.CheckConstraint(
                name="signing_has_a_day",
                condition=Q(us_signed_on__isnull=False) | Q(partner_signed_on__isnull=False),
                violation_error_code="signing_day",
                violation_error_message="Enter the day on which at least one government signed.",
            ),
            models.CheckConstraint(
                name="signing_in_effect_later",
                condition=Q(in_effect_on__isnull=True)
                | (
                    (Q(us_signed_on__isnull=True) | Q(in_effect_on__gte=F("us_signed_on")))
                    & (Q(partner_signed_on__isnull=True) | Q(in_effect_on__gte=F("partner_signed_on")))
                ),
                violation_error_code="in_effect_on",
                violation_error_message="A text takes effect on the day of its last signature or later.",
            ),
        )
        triggers = [
            lock_first("NEW.partnership_id"),
            signing_fits(),
            within_partnership(amendment_id="amendment"),
            *makes_version(OWN),
            history("r.partnership_id"),
            records_outside("partnerships.signing"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"Signed {self.us_signed_on or self.partner_signed_on}"


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
