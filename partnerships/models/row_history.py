"""History of the rows of partnerships, written by triggers."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from cpc.database.triggers import append_only


class History(models.Model):
    """One row of one table after one write, or before it for a deletion.

    Only triggers write it: the application's role has no right to (`partnerships/rights.py`).

    `partnership_id` is no foreign key, so the history takes no lock and outlives the rows it describes.
    """

    partnership_id = models.BigIntegerField()
    row_table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=6)
    row_state: models.JSONField[Any, Any] = models.JSONField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "history"
        indexes = (
            models.Index(fields=("partnership_id", "at"), name="history_partnership"),
            models.Index(fields=("row_table", "row_id", "id"), name="history_row"),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.row_table} {self.row_id} {self.operation}"
