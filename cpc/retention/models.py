"""Legal holds, and the disposals that were made."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.accounts.models import User
from cpc.database.holds import OFFICE, PARTNERSHIP, ROUND
from cpc.database.triggers import append_only, never_truncated

SCOPES = ((PARTNERSHIP, "One partnership"), (ROUND, "One selection round"), (OFFICE, "The whole office"))
LONGEST_REASON = 500


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self) -> LegalHoldQuerySet:
        return self.filter(lifted_at=None)


class LegalHold(models.Model):
    """A hold on records that a court, an inspector, or counsel may ask for: nothing that it covers is disposed of.

    One person issues it, and another one lifts it. `record` is the key of the partnership or round, `label` its name at
    that time.
    """

    scope = models.CharField("what it covers", max_length=12, choices=SCOPES)
    record = models.BigIntegerField(null=True, editable=False)
    label = models.CharField(max_length=200, editable=False)
    reason = models.CharField(max_length=LONGEST_REASON, help_text="The matter, and who asked for it.")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    issued_at = models.DateTimeField(db_default=Now(), editable=False)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_because = models.CharField("reason to lift it", max_length=LONGEST_REASON, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="hold_names_record",
                condition=Q(scope=OFFICE, record__isnull=True) | (~Q(scope=OFFICE) & Q(record__isnull=False)),
                violation_error_code="record",
                violation_error_message="Name the record. A hold on the whole office names none.",
            ),
            models.CheckConstraint(
                name="hold_has_reason",
                condition=Q(reason__regex=r"\S"),
                violation_error_code="reason",
                violation_error_message="Give the reason.",
            ),
            models.CheckConstraint(
                name="hold_lifted_whole",
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True, lifted_because="")
                | Q(lifted_by__isnull=False, lifted_at__isnull=False, lifted_because__regex=r"\S"),
                violation_error_code="lifted_because",
                violation_error_message="Give the reason to lift it.",
            ),
            models.CheckConstraint(
                name="hold_two_people",
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("issued_by")),
                violation_error_code="two_people",
                violation_error_message="Another person than the one who issued a hold lifts it.",
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="as_issued", fields=["scope", "record", "label", "reason", "issued_by", "issued_at"]
            ),
            pgtrigger.Protect(
                name="lifted_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__lifted_at__isnull=False)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_in_force_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.lifted_at IS NOT NULL THEN
                        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'lifted',
                            MESSAGE = 'A hold begins in force.';
                    END IF;
                    NEW.issued_at := clock_timestamp();
                    RETURN NEW;
                """,
            ),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"Legal hold on {self.label}"

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None


class Disposal(models.Model):
    """One disposal: how many rows of a class were removed, all from before a time."""

    name = models.CharField("class", max_length=40)
    at = models.DateTimeField(db_default=Now(), editable=False)
    before = models.DateTimeField()
    rows = models.BigIntegerField()

    class Meta:
        ordering = ("-id",)
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.rows} rows of {self.name}"
