"""Workbooks in which an agency answers a request: its positions and notes, as uploaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.accounts.permissions import Permission
from cpc.database.keys import time_key
from cpc.database.triggers import never_truncated
from selection.models.consultation import ConsultationRequest

if TYPE_CHECKING:
    from cpc.accounts.models import User


class ResponseUploadQuerySet(models.QuerySet["ResponseUpload"]):
    def visible_to(self, user: User) -> ResponseUploadQuerySet:
        """Return the uploads of the reviewer's agency. No other account reads them: they are drafts until applied."""
        if user.allows(Permission.CONSULT) and user.agency_id is not None:
            return self.filter(request__agency=user.agency_id, request__sent_at__isnull=False)
        return self.none()


class ResponseUpload(models.Model):
    """Workbook of positions and notes as uploaded. A person reviews the preview and saves its good rows once."""

    id = time_key()
    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=120)
    sha256 = models.CharField("SHA-256", max_length=64)
    positions: models.JSONField[Any, Any] = models.JSONField()
    notes: models.JSONField[Any, Any] = models.JSONField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    positions_saved = models.PositiveIntegerField(null=True, blank=True, editable=False)
    notes_saved = models.PositiveIntegerField(null=True, blank=True, editable=False)

    objects = ResponseUploadQuerySet.as_manager()

    class Meta:
        ordering = ("request", "-id")
        constraints = (
            models.CheckConstraint(
                name="response_upload_applied_whole",
                condition=Q(
                    applied_at__isnull=True,
                    applied_by__isnull=True,
                    positions_saved__isnull=True,
                    notes_saved__isnull=True,
                )
                | Q(
                    applied_at__isnull=False,
                    applied_by__isnull=False,
                    positions_saved__isnull=False,
                    notes_saved__isnull=False,
                ),
                violation_error_code="applied",
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="as_received",
                fields=["request", "name", "sha256", "positions", "notes", "uploaded_by", "at"],
            ),
            pgtrigger.Protect(
                name="applied_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__applied_at__isnull=False)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"Workbook of {self.request.agency}"
