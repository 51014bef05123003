"""Audit trail: append-only, enforced by the database itself."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from cpc.database.triggers import append_only


class AuditEntry(models.Model):
    """One write: actor, action, time, and values before and after.

    The actor's name is stored as text, so that the entry names the actor even after the account is gone.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor_id = models.CharField(max_length=40, blank=True)
    actor_name = models.CharField(max_length=120)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    object_label = models.CharField(max_length=200)
    before: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    after: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=20)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "audit entries"
        indexes = (
            models.Index(fields=("object_type", "object_id", "-id"), name="audit_object"),
            models.Index(fields=("-at",), name="audit_at"),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.action} {self.object_label}"
