"""Texts that offices clear: the versions of the instrument or of an amendment, and their files by language."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.audit_triggers import audits_writes
from cpc.database.triggers import append_only
from cpc.days import DayField
from partnerships.clearing import FIRST_LANGUAGE
from partnerships.database.clearance import OF_VERSION, VERSION_SQL, file_fits, lock_of_version, version_follows
from partnerships.database.rows import OWN, history, makes_version, on_its_day, within_partnership
from partnerships.decidable import records_authors
from partnerships.models.amendments import Amendment
from partnerships.models.documents import DocumentVersion
from partnerships.models.partnership import Partnership


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
            audits_writes("partnerships.textversion"),
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
            lock_of_version(),
            file_fits(),
            *makes_version(OF_VERSION),
            history(VERSION_SQL.format(row="r")),
            audits_writes("partnerships.textfile"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.language}"
