"""Bulk packages: all observations as of a publication, in one file that a worker builds."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class BulkPackage(models.Model):
    """A data package of all observations, as the history was at one publication.

    The newest ones are stored; a row and its file are removed together.
    """

    as_of = models.PositiveIntegerField(unique=True)
    file = models.FileField(upload_to="bulk/", max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.BigIntegerField()
    observations = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-as_of",)
        constraints = (
            models.CheckConstraint(
                name="bulk_package_described",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0),
                violation_error_code="bulk_package",
            ),
        )

    def __str__(self) -> str:
        return f"Observations as of no. {self.as_of}"

    @property
    def file_name(self) -> str:
        return f"observations-{self.as_of}.zip"
