"""Sessions with their account and device, forms stored from ended sessions, and counts of failed sign-ins."""

from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from cpc.accounts.models import User
from cpc.database.audit_triggers import audits_writes
from cpc.sessions.limits import End

LONGEST_DEVICE = 300
"""Number of characters of a browser's description of itself that are stored."""


class Session(AbstractBaseSession):
    """A session of a browser, with its account from sign-in on.

    `handle` names it on pages, because its key is a secret. A session that someone ended stays until it expires, so
    that its browser can say why.
    """

    handle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+", editable=False)
    address = models.CharField(max_length=45, blank=True, editable=False)
    device = models.CharField(max_length=LONGEST_DEVICE, blank=True, editable=False)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_because = models.CharField(max_length=20, blank=True, choices=End.choices, editable=False)

    class Meta:
        triggers = (
            # A session that is added by SQL is a sign-in without a password. Those of the application are audited as
            # sign-ins.
            audits_writes(
                "sessions.session",
                "expire_date",
                "account_id",
                "ended_because",
                hidden=("session_data",),
                key="left(encode(sha256(convert_to(r.session_key, 'UTF8')), 'hex'), 16)",
                label="'Session'",
                only_outside=True,
            ),
            pgtrigger.Protect(
                name="ended_once", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__ended_because="")
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="session_end_known",
                condition=Q(ended_because__in=("", End.ELSEWHERE, End.ADMINISTRATOR)),
                violation_error_code="ended_because",
            ),
        )

    def __str__(self) -> str:
        return f"Session of {self.account or 'a visitor'}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_string("cpc.sessions.store.SessionStore")
        return store


class UnsentForm(models.Model):
    """Entries of a form that a person had not sent when their session ended.

    `page` is the path of the page with the form, `action` the path to which it is sent. `fields` has the texts of each
    field by its name, without passwords and files.
    """

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", editable=False)
    page = models.CharField(max_length=500, editable=False)
    action = models.CharField(max_length=500, editable=False)
    fields: models.JSONField[Any, Any] = models.JSONField(default=dict, editable=False)
    stored_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-stored_at", "-id")
        constraints = (models.UniqueConstraint(name="unsent_form_once", fields=("account", "page", "action")),)

    def __str__(self) -> str:
        return f"Form of {self.page}"


class Counted(models.TextChoices):
    """Names, addresses, devices, and codes whose failures are counted."""

    NAME_AT_ADDRESS = "name at address", "A user name, from one address"
    DEVICE = "device", "A user name, from a device that signed in before"
    ADDRESS = "address", "An address, with any user name"
    NAME = "name", "A user name, from anywhere"
    CODE = "code", "A code of an account's second factor, from anywhere"


class FailureCount(models.Model):
    """Failed sign-ins in a row of a name, an address, or a device, counted for all processes together.

    `digest` is a keyed hash, since people type their password as the user name.
    """

    counted = models.CharField(max_length=20, choices=Counted.choices, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    last_failed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="failure_count_once", fields=("counted", "digest")),
            models.CheckConstraint(
                name="failure_counted_known", condition=Q(counted__in=Counted.values), violation_error_code="counted"
            ),
        )
        indexes = (models.Index(fields=("last_failed_at",), name="failure_last"),)

    def __str__(self) -> str:
        return f"{self.get_counted_display()}: {self.failures}"
