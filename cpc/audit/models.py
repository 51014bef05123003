"""Audit trail and authors of what others decide on: append-only, enforced by the database itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.audit_triggers import archived_by_owner, archived_only, awaits_seal, seals, stamps
from cpc.database.fields import TransactionId
from cpc.database.triggers import append_only, never_truncated

UNKNOWN_ACCOUNT = "(unknown account)"
"""Label of an entry about a failed sign-in with a user name that no account has."""


class AuditEntry(models.Model):
    """One write, download, or denial: actor, action, time, and values before and after.

    The actor's name is stored as text, so that the entry names the actor even after the account is gone. The database
    sets `at`, the transaction, and where the write came from: `address`, `session` (a digest, the beginning of a token,
    or a PostgreSQL role), and `account`, the one that was signed in; see `cpc.database.audit_triggers`.
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
    address = models.CharField(max_length=64, blank=True, default="", editable=False)
    session = models.CharField(max_length=60, blank=True, default="", editable=False)
    account = models.CharField(max_length=40, blank=True, default="", editable=False)
    xid = TransactionId(default=0, editable=False)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "audit entries"
        indexes = (
            models.Index(fields=("object_type", "object_id", "-id"), name="audit_object"),
            models.Index(fields=("-at",), name="audit_at"),
        )
        constraints = (
            # The user name that was typed may be a password, which would stay in the trail forever.
            models.CheckConstraint(
                name="audit_names_known_accounts",
                condition=~Q(object_type="accounts.user", object_id="") | Q(object_label=UNKNOWN_ACCOUNT),
                violation_error_code="unknown_account",
                violation_error_message="An entry about no known account can't name one.",
            ),
        )
        triggers = (stamps(), awaits_seal(), archived_only(), never_truncated())

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.action} {self.object_label}"


class UnsealedEntry(models.Model):
    """An entry that waits for the next seal. Only triggers write this table."""

    id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.pk)


class AuditSeal(models.Model):
    """A seal over entries of the trail: their keys, the SHA-256 of each, and one over these and the seal before.

    The database computes all of it; see `cpc.database.audit_triggers`. `rows` has 32 bytes for each key in `entries`.
    """

    number = models.PositiveIntegerField(unique=True, editable=False)
    at = models.DateTimeField(editable=False)
    entries = ArrayField(models.BigIntegerField(), editable=False)
    rows = models.BinaryField(editable=False)
    previous = models.CharField(max_length=64, blank=True, editable=False)
    seal = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ("number",)
        indexes = (models.Index(fields=("at",), name="audit_seal_at"),)
        triggers = (seals(), *append_only())

    def __str__(self) -> str:
        return f"Seal {self.number}"


class AuditVerification(models.Model):
    """One verification of the whole trail: what was compared, and the first break, "" for none."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    entries = models.PositiveBigIntegerField()
    seals = models.PositiveIntegerField()
    head = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-id",)
        triggers = append_only()

    def __str__(self) -> str:
        return self.problem or f"{self.entries} entries unbroken"


class AuditArchive(models.Model):
    """Entries that were moved to a file: those of seals, up to the key `last_entry`.

    Seals stay, so that the chain still shows that the file is complete and unchanged. Only the owner adds rows.
    """

    first_seal = models.PositiveIntegerField()
    last_seal = models.PositiveIntegerField(unique=True)
    last_entry = models.BigIntegerField()
    entries = models.PositiveBigIntegerField()
    name = models.CharField("file", max_length=100)
    sha256 = models.CharField("SHA-256", max_length=64)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)
        triggers = (archived_by_owner(), *append_only())

    def __str__(self) -> str:
        return self.name


class Authorship(models.Model):
    """One write of part of a record that another person decides on: its author, the time, and what they did.

    `record_kind` is the kind of that record and `record_id` its key; see `cpc.audit.decidable`. `did` continues a
    sentence that begins with "You"; it is empty for a row that a trigger recorded.
    """

    record_kind = models.CharField(max_length=63)
    record_id = models.BigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    did = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("record_kind", "record_id", "author", "at"), name="authorship_record"),)
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.author} {self.did}".strip()
