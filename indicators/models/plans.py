"""National plans that a partnership takes into account: 22 U.S.C. 7103a(d)(2)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from indicators.models.countries import Country


class PlanKind(models.TextChoices):
    """The two kinds of plan that the statute names."""

    ACTION_PLAN = "action_plan", "National action plan against trafficking"
    CHILD_PROTECTION = "child_protection", "National child protection strategy"


class PlanStatus(models.TextChoices):
    """How far a plan has come."""

    DRAFT = "draft", "In preparation"
    ADOPTED = "adopted", "Adopted"
    EXPIRED = "expired", "Expired"
    UNKNOWN = "unknown", "Not found"


class NationalPlan(models.Model):
    """One plan of one government, with the period it covers and where that is stated."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="national_plans")
    kind = models.CharField(max_length=20, choices=PlanKind.choices)
    title = models.CharField(max_length=200)
    starts_year = models.PositiveSmallIntegerField("first year", null=True, blank=True)
    ends_year = models.PositiveSmallIntegerField("last year", null=True, blank=True)
    status = models.CharField(max_length=10, choices=PlanStatus.choices, default=PlanStatus.UNKNOWN)
    document = models.FileField(upload_to="national_plans/", max_length=255, blank=True)
    source = models.CharField(max_length=500, help_text="Where the plan or a report about it can be read.")

    class Meta:
        ordering = ("country", "kind", "-starts_year")
        constraints = (
            models.UniqueConstraint(
                name="national_plan_once",
                fields=("country", "kind", "title"),
                violation_error_code="national_plan_once",
                violation_error_message="This plan of this country is on record already.",
            ),
            models.CheckConstraint(
                name="national_plan_years_ordered",
                condition=Q(starts_year__isnull=True) | Q(ends_year__isnull=True) | Q(ends_year__gte=F("starts_year")),
                violation_error_code="plan_years",
                violation_error_message="The last year comes before the first.",
            ),
        )

    def __str__(self) -> str:
        return self.title
