"""The money and term with which a partnership was opened from a decision."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.audit_triggers import audits_writes
from cpc.database.triggers import append_only
from partnerships.database.opening import opens_with_terms
from partnerships.database.rows import OWN, history, makes_version
from partnerships.limits import HIGHEST_FUNDING, LONGEST_MONTHS
from partnerships.models.partnership import Partnership, money


class OpeningTerms(models.Model):
    """Money and term of a partnership on the day it was opened from a decision. Written once.

    They are those that the recommendation behind the decision proposed; `reason` says why if they differ.
    """

    partnership = models.OneToOneField(Partnership, on_delete=models.PROTECT, related_name="opening_terms")
    amount = money("planned amount")
    months = models.PositiveSmallIntegerField("planned term in months")
    reason = models.TextField("reason for the difference", blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "opening terms"
        constraints = (
            models.CheckConstraint(
                name="opening_amount",
                condition=Q(amount__gte=0, amount__lte=HIGHEST_FUNDING),
                violation_error_code="planned_amount",
                violation_error_message=f"Enter an amount from 0 to {HIGHEST_FUNDING:,} U.S. dollars.",
            ),
            models.CheckConstraint(
                name="opening_months",
                condition=Q(months__gte=1, months__lte=LONGEST_MONTHS),
                violation_error_code="planned_months",
                violation_error_message=f"Enter a term from 1 to {LONGEST_MONTHS} months.",
            ),
        )
        triggers = [
            opens_with_terms(),
            *makes_version(OWN, pgtrigger.Insert),
            history("r.partnership_id"),
            audits_writes("partnerships.openingterms"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.months} months and USD {self.amount:,.2f} for {self.partnership}"
