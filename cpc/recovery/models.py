"""Backups that were made, and restorations: real ones and drills."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only, never_truncated


class BackupQuerySet(models.QuerySet["Backup"]):
    def made(self) -> BackupQuerySet:
        """Return the backups that were written whole."""
        return self.filter(error="")

    def stored(self) -> BackupQuerySet:
        """Return those that were not removed since, the newest first."""
        return self.made().filter(removed_at=None).order_by("-began_at")


class Backup(models.Model):
    """One attempt to back up: where it is, its size, and the digest of its manifest; `error` is why it failed.

    `made_by` is the schedule, or the account of the operating system that ran the command. `verified_at` is the last
    time at which every part was read back and its checksum agreed.
    """

    name = models.CharField(max_length=60, unique=True)
    began_at = models.DateTimeField()
    seconds = models.FloatField()
    size = models.BigIntegerField("size in bytes", default=0)
    rows = models.BigIntegerField(default=0)
    files = models.BigIntegerField(default=0)
    made_by = models.CharField(max_length=60)
    destination = models.CharField(max_length=300)
    is_encrypted = models.BooleanField(default=False)
    manifest_sha256 = models.CharField("SHA-256 of the manifest", max_length=64, blank=True)
    error = models.CharField(max_length=500, blank=True)
    verified_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = BackupQuerySet.as_manager()

    class Meta:
        ordering = ("-began_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="backup_made_or_failed",
                condition=Q(error="", manifest_sha256__regex=r"^[0-9a-f]{64}$", size__gt=0)
                | (~Q(error="") & Q(manifest_sha256="", verified_at__isnull=True)),
                violation_error_code="backup",
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="as_made",
                fields=[
                    "name", "began_at", "seconds", "size", "rows", "files", "made_by", "destination", "is_encrypted",
                    "manifest_sha256", "error",
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Restoration(models.Model):
    """One restoration of a backup, with what was verified after it. A drill leaves nothing but this row.

    `backup` is its name: the database that is restored has no row of its own backup. `report` has the result of each
    check by its name, as sentences; a check without any found no problem.
    """

    backup = models.CharField(max_length=60)
    made_at = models.DateTimeField("time of the backup")
    at = models.DateTimeField(db_default=Now(), editable=False)
    seconds = models.FloatField()
    is_drill = models.BooleanField()
    is_equal = models.BooleanField()
    report: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        ordering = ("-id",)
        triggers = append_only()

    def __str__(self) -> str:
        return f"{'Drill' if self.is_drill else 'Restoration'} of {self.backup}"
