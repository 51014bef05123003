"""Limit policies: the office's dated limits of term and funding, approved by a second person."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.audit_triggers import audits_writes
from cpc.database.triggers import append_only
from cpc.days import DayField
from partnerships.database.derived import approves_policy
from partnerships.decidable import records_authors
from partnerships.limits import ABOVE_ZERO, BEYOND_POLICY, HIGHEST_FUNDING, LONGEST_MONTHS

AWARD_MONTHS = 12
"""Months that an award may outlast the term under the first policy.

No such limit is published.
"""
BEYOND = Decimal("1000000000000")
"""An amount above every money column.

PostgreSQL's NaN compares as greater, so it fails every rule that requires less than this.
"""


class LimitPolicy(models.Model):
    """The longest term and highest funding of a partnership from a day on.

    A policy takes effect once it is approved. `award_months` is how long an award may outlast the term before it is
    marked.
    """

    effective_from = DayField(unique=True)
    term_months = models.PositiveSmallIntegerField()
    funding = models.DecimalField(max_digits=14, decimal_places=2)
    award_months = models.PositiveSmallIntegerField("months an award can outlast the term", db_default=AWARD_MONTHS)
    citation = models.CharField(max_length=300)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-effective_from",)
        verbose_name_plural = "limit policies"
        constraints = (
            models.CheckConstraint(
                name="limit_policy_positive",
                condition=Q(term_months__gt=0, funding__gt=0, funding__lt=BEYOND),
                violation_error_code="limit_policy",
                violation_error_message=ABOVE_ZERO,
            ),
            models.CheckConstraint(
                name="limit_policy_plausible",
                condition=Q(term_months__lte=LONGEST_MONTHS, funding__lte=HIGHEST_FUNDING),
                violation_error_code="limit_policy",
                violation_error_message=BEYOND_POLICY,
            ),
            models.CheckConstraint(
                name="limit_policy_award_months",
                condition=Q(award_months__lte=LONGEST_MONTHS),
                violation_error_code="award_months",
                violation_error_message="An award cannot outlast its partnership by more than ten years.",
            ),
            models.CheckConstraint(
                name="limit_policy_cited",
                condition=~Q(citation=""),
                violation_error_code="citation",
                violation_error_message="Name the document that sets the limits.",
            ),
        )
        triggers = [
            records_authors("partnerships_limitpolicy"),
            audits_writes("partnerships.limitpolicy"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.term_months} months and USD {self.funding:,.2f} from {self.effective_from}"


class LimitPolicyApproval(models.Model):
    """Another person's approval of a limit policy, which it needs to take effect."""

    policy = models.OneToOneField(LimitPolicy, on_delete=models.PROTECT, related_name="approval")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)
        triggers = [approves_policy(), audits_writes("partnerships.limitpolicyapproval"), *append_only()]

    def __str__(self) -> str:
        return f"Approved: {self.policy}"
