"""Received files, their imports, and the numbered sequence of publications and retractions."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpc.database.triggers import append_only, referred_to, state_triggers
from cpc.days import DayField
from cpc.files.storage import files
from indicators.models.catalog import Source
from indicators.models.name_mappings import NameMapping
from indicators.sources.base import Reason, Severity
from indicators.states import IMPORT


class SourceFile(models.Model):
    """Publisher's file, identified by its SHA-256.

    Facts may name a file that is not stored here.
    """

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField(default=0)
    first_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        triggers = referred_to(("indicators_observation", "file_id"), ("indicators_confirmation", "file_id"))
        constraints = (models.CheckConstraint(name="sha256_is_hex", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),)

    def __str__(self) -> str:
        return self.name

    @property
    def stored_name(self) -> str:
        return f"source_files/{self.sha256[:2]}/{self.sha256}"

    @property
    def is_held(self) -> bool:
        """Return True if the publisher's file itself is stored here."""
        return files().holds(self.stored_name)

    def on_disk(self) -> AbstractContextManager[Path]:
        """Return a context with the path of the file or folder. Raises `FileNotFoundError` if it is not stored here."""
        return files().on_disk(self.stored_name, sha256=self.sha256)


class ImportState(models.TextChoices):
    """States of a received file; see `indicators.states.IMPORT`."""

    RECEIVED = "received", "Received"
    READING = "reading", "Reading"
    PREVIEW = "preview", "Ready for review"
    PUBLISHED = "published", "Published"
    RETRACTED = "retracted", "Retracted"
    DISCARDED = "discarded", "Discarded"
    FAILED = "failed", "Not readable"


class Via(models.TextChoices):
    UPLOAD = "upload", "Publisher's file"
    FACTS = "facts", "Facts shipped with the project"


class Import(models.Model):
    """Import of one file; published or not, it stays on record."""

    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=255, help_text="The name as received.")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="imports")
    adapter = models.CharField(max_length=60, blank=True)
    via = models.CharField(max_length=10, choices=Via.choices, default=Via.UPLOAD)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.RECEIVED)
    stage = models.CharField(max_length=20, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    edition = models.CharField(max_length=40, blank=True)
    edition_rank = models.IntegerField(default=0)
    published_on = DayField(
        "published on", null=True, blank=True, help_text="Date on which the publisher released the edition."
    )
    dated_by = models.CharField(
        "source of that date", max_length=300, blank=True, help_text="The file, the source's rule, or a person."
    )
    layout = models.CharField(max_length=300, blank=True)
    rows_read = models.IntegerField(default=0)
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    fields: models.JSONField[Any, Any] = models.JSONField(
        default=list, blank=True, help_text="How many parts of the file have each field, and how much of it was read."
    )
    lost_fields = models.PositiveSmallIntegerField(
        default=0, help_text="Fields left unread in more parts of the file than they were read in."
    )
    definitions: models.JSONField[Any, Any] = models.JSONField(
        default=dict,
        blank=True,
        help_text="Unit and direction of each indicator that the file defines.",
    )
    is_partial = models.BooleanField(
        default=False, help_text="Published on request although some fields were not read."
    )
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    error_remedy = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )

    class Meta:
        ordering = ("-id",)
        triggers = [
            *state_triggers(IMPORT),
            *referred_to(
                ("indicators_observation", "batch_id"),
                ("indicators_confirmation", "batch_id"),
                ("indicators_stagedobservation", "batch_id"),
            ),
        ]
        constraints = (
            models.UniqueConstraint(
                name="import_one_open_a_file",
                fields=("file", "via"),
                condition=Q(state__in=("received", "reading", "preview", "published")),
                violation_error_code="same_file",
                violation_error_message="This file has already been imported.",
            ),
            models.CheckConstraint(
                name="import_partial_by_choice",
                condition=~Q(state__in=("published", "retracted")) | Q(lost_fields=0) | Q(is_partial=True),
                violation_error_code="fields_not_read",
                violation_error_message="Some fields of this file were not read. "
                "To publish the rest, confirm that the import is partial.",
            ),
            models.CheckConstraint(
                name="import_day_with_source",
                condition=Q(published_on__isnull=True, dated_by="") | (Q(published_on__isnull=False) & ~Q(dated_by="")),
                violation_error_code="day_without_source",
                violation_error_message="Enter both the publication date and its source, or neither.",
            ),
        )

    def __str__(self) -> str:
        return f"Import {self.pk}: {self.file_name}"

    @property
    def lost(self) -> list[str]:
        """Return the paths of fields that were not read in most parts of the file."""
        return [tally["path"] for tally in self.fields if tally["lost"]]

    @property
    def title(self) -> str:
        return f"{self.source.title} {self.edition}".strip() if self.source else self.file_name


class ImportIssue(models.Model):
    """Issue of an import, with its locator in the file.

    Written when the file is read, never edited.
    """

    SEVERITIES = ((s.value, s.value.capitalize()) for s in Severity)
    REASONS = ((r.value, r.value.replace("_", " ").capitalize()) for r in Reason)

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="issues")
    severity = models.CharField(max_length=10, choices=tuple(SEVERITIES))
    reason = models.CharField(max_length=30, choices=tuple(REASONS))
    message = models.TextField()
    remedy = models.TextField()
    locator = models.CharField(max_length=300, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    row = models.IntegerField(null=True, blank=True)
    column = models.CharField(max_length=150, blank=True)
    raw_value = models.TextField(blank=True)
    country_text = models.CharField(max_length=200, blank=True)
    rows = models.IntegerField(default=1)
    mapping = models.ForeignKey(
        NameMapping,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="issues",
        help_text="The mapping used to read the name in these rows or set them aside.",
    )

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.locator}: {self.message}"


class PublicationKind(models.TextChoices):
    PUBLISH = "publish", "Published"
    RETRACT = "retract", "Retracted"


class Publication(models.Model):
    """Number of the sequence: a publication or a retraction. "As of" resolves to one of these numbers.

    Numbers are given under one advisory lock, without gaps, and `at` is taken from the clock under the same
    lock, so that their order is the order in which they became visible.
    """

    seq = models.IntegerField(primary_key=True)
    kind = models.CharField(max_length=10, choices=PublicationKind.choices)
    batch = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="publications")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="publications"
    )

    class Meta:
        ordering = ("-seq",)
        triggers = append_only()

    def __str__(self) -> str:
        return f"No. {self.seq}"
