"""Reviews of legal, policy, and fiscal restrictions on a country, each valid until it expires or is replaced."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only
from cpc.days import DayField
from indicators.models import Country, never_of_sample


class ReviewStatus(models.TextChoices):
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    CLEAR = "clear", "Clear"
    TRIGGERED = "triggered", "Triggered"
    TRIGGERED_EXCEPTION = "triggered_exception", "Triggered, an exception applies"
    WAIVED = "waived", "Waived"
    UNDER_REVIEW = "under_review", "Under review"


class RestrictionFinding(models.Model):
    """Finding of a review of one restriction on one country. The newest row of a code counts until it expires.

    `code` names an entry of `selection.restrictions.checklist`. `fiscal_year` is filled if the restriction is part of
    an annual appropriations act, because its text changes each year.
    """

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="restriction_findings")
    code = models.CharField("restriction", max_length=40)
    fiscal_year = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=ReviewStatus.choices)
    basis = models.TextField()
    reviewer = models.CharField("office that reviewed", max_length=60, help_text="For example, L, H, or F.")
    reviewed_on = DayField()
    expires_on = DayField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("country", "code", "-id")
        indexes = (models.Index(fields=("country", "code", "-id"), name="restriction_newest"),)
        constraints = (
            models.CheckConstraint(
                name="restriction_expires_later",
                condition=Q(expires_on__gte=F("reviewed_on")),
                violation_error_code="expires_on",
                violation_error_message="The expiration date must be after the review date.",
            ),
            models.CheckConstraint(
                name="restriction_stated",
                condition=~Q(basis="") & ~Q(reviewer="") & Q(status__in=ReviewStatus.values),
                violation_error_code="basis",
                violation_error_message="Enter the basis and the office that reviewed.",
            ),
        )
        triggers = (*append_only(), *never_of_sample())

    def __str__(self) -> str:
        return f"{self.code}: {self.get_status_display()}"
