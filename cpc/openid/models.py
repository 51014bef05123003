"""Identities at OpenID providers that are linked to accounts."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.accounts.models import User
from cpc.database.audit_triggers import audits_writes
from cpc.openid.triggers import ended_once, linked_with_care


class Basis(models.TextChoices):
    """Basis of a link."""

    ADDRESS = "address", "Verified address"
    OWNER = "owner", "Connected by its owner"
    ENTERED = "entered", "Entered by an administrator"


class Ending(models.TextChoices):
    """Reason for which a link ended; empty while it holds."""

    OWNER = "owner", "Disconnected by its owner"
    ADMINISTRATOR = "administrator", "Ended by an administrator"
    ROLE = "role", "Ended by the new role"
    RECOVERY = "recovery", "Ended by the recovery of the account"


class LinkedIdentityQuerySet(models.QuerySet["LinkedIdentity"]):
    def current(self) -> LinkedIdentityQuerySet:
        return self.filter(ended_at=None)


class LinkedIdentity(models.Model):
    """An identity at a provider, by issuer and subject, and the account that it signs in to.

    The provider's address for the person is not stored: only the subject identifies them, and an address may pass to
    somebody else. A link is ended once and never deleted, so that an identity that once led to an account does not lead
    to another one by its address.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="linked_identities", editable=False)
    provider = models.CharField(max_length=30, editable=False)
    issuer = models.CharField(max_length=300, editable=False)
    subject = models.CharField(max_length=255, editable=False)
    basis = models.CharField(max_length=10, choices=Basis.choices, editable=False)
    linked_at = models.DateTimeField(db_default=Now(), editable=False)
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_because = models.CharField(max_length=15, choices=Ending.choices, blank=True, editable=False)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = LinkedIdentityQuerySet.as_manager()

    class Meta:
        app_label = "openid"
        ordering = ("-id",)
        verbose_name = "linked sign-in"
        verbose_name_plural = "linked sign-ins"
        triggers = (
            *linked_with_care(),
            pgtrigger.ReadOnly(
                name="as_linked",
                fields=["user", "provider", "issuer", "subject", "basis", "linked_at", "linked_by"],
            ),
            *ended_once(),
            audits_writes(
                "openid.linkedidentity", "user_id", "provider", "issuer", "subject", "basis", "ended_because"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("issuer", "subject"),
                name="linked_identity_once",
                condition=Q(ended_at__isnull=True),
                violation_error_code="linked_already",
                violation_error_message="This identity is already linked to an account.",
            ),
            models.UniqueConstraint(
                fields=("user", "issuer"),
                name="linked_identity_one_each",
                condition=Q(ended_at__isnull=True),
                violation_error_code="linked_other",
                violation_error_message="This account is linked to another identity there. End that link first.",
            ),
            models.CheckConstraint(
                name="linked_identity_known",
                condition=Q(basis__in=Basis.values) & Q(ended_because__in=["", *Ending.values]),
                violation_error_code="basis",
            ),
            models.CheckConstraint(
                name="linked_identity_complete",
                condition=~Q(provider="") & ~Q(issuer="") & ~Q(subject=""),
                violation_error_code="subject",
                violation_error_message="Enter the subject: the identifier that the provider uses for this person.",
            ),
            models.CheckConstraint(
                name="linked_identity_by_someone",
                condition=Q(basis=Basis.ADDRESS, linked_by__isnull=True)
                | Q(~Q(basis=Basis.ADDRESS), linked_by__isnull=False),
                violation_error_code="linked_by",
            ),
            models.CheckConstraint(
                name="linked_identity_ended_whole",
                condition=Q(ended_at__isnull=True, ended_because="", ended_by__isnull=True)
                | Q(~Q(ended_because=""), ended_at__isnull=False),
                violation_error_code="ended",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} at {self.provider}"
