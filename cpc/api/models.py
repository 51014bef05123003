"""Stored answers to requests with an Idempotency-Key."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from cpc.accounts.models import User


class IdempotentAnswer(models.Model):
    """The answer to a request with an Idempotency-Key, stored for a day so that it can be repeated."""

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of method, URL, and body.")
    status = models.PositiveSmallIntegerField()
    headers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    body = models.TextField()
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(name="idempotent_answer_once", fields=("account", "key")),)
        indexes = (models.Index(fields=("account", "answered_at"), name="idempotent_answer_age"),)

    def __str__(self) -> str:
        return self.key
