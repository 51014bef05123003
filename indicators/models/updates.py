"""Updates: several files received together, to be previewed and published together."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import state_triggers
from indicators.models.imports import Import
from indicators.states import UPDATE


class UpdateState(models.TextChoices):
    """States of an update; see `indicators.states.UPDATE`."""

    OPEN = "open", "Open"
    PUBLISHED = "published", "Published"
    DISCARDED = "discarded", "Discarded"


class Update(RevisionedModel):
    """Files that one person received together.

    Each is an import of its own; those that are ticked are published together or not at all. What was published stays
    on record with its imports, and they are taken back together or one by one.
    """

    state = models.CharField(max_length=10, choices=UpdateState.choices, default=UpdateState.OPEN)
    ticked_at = models.DateTimeField(null=True, blank=True, help_text="Time of the last choice of files.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="updates"
    )

    class Meta:
        ordering = ("-id",)
        triggers = (*state_triggers(UPDATE), counts_revisions())

    def __str__(self) -> str:
        return f"Update {self.pk}"


class UpdateFile(models.Model):
    """File of an update: its import, or why nothing of it could be stored.

    `is_ticked` is a person's choice to publish it or not; None leaves it to the rule of `indicators.updates.files`.
    """

    update = models.ForeignKey(Update, on_delete=models.PROTECT, related_name="files")
    batch = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, blank=True, related_name="update_files")
    file_name = models.CharField(max_length=255, help_text="The name as received.")
    error_message = models.TextField(blank=True)
    error_remedy = models.TextField(blank=True)
    is_ticked = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="update_file_once", fields=("update", "batch")),
            models.CheckConstraint(
                name="update_file_stored_or_refused",
                condition=Q(batch__isnull=False, error_message="") | (Q(batch__isnull=True) & ~Q(error_message="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name} of {self.update}"
