"""National plans that a partnership takes into account: 22 U.S.C. 7103a(d)(2)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cpc.database.triggers import superseded_once
from cpc.typed import visible
from indicators.models.countries import Country
from indicators.models.curated import (
    CLOSING,
    CuratedQuerySet,
    CuratedRecord,
    closed_with_reason,
)


class PlanKind(models.TextChoices):
    ACTION_PLAN = "action_plan", "National action plan against trafficking"
    CHILD_PROTECTION = "child_protection", "National child protection strategy"


class PlanStatus(models.TextChoices):
    DRAFT = "draft", "In preparation"
    ADOPTED = "adopted", "Adopted"
    EXPIRED = "expired", "Expired"
    UNKNOWN = "unknown", "Not found"


class NationalPlan(CuratedRecord):
    """Plan of one government: the period it covers, if that is stated, and the office's assessment."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="national_plans")
    kind = models.CharField(max_length=20, choices=PlanKind.choices)
    title = models.CharField(max_length=200)
    starts_year = models.PositiveSmallIntegerField("first year", null=True, blank=True)
    ends_year = models.PositiveSmallIntegerField("last year", null=True, blank=True)
    status = models.CharField(max_length=10, choices=PlanStatus.choices, default=PlanStatus.UNKNOWN)
    document = models.FileField(upload_to="national_plans/", max_length=255, blank=True)
    source = models.CharField(max_length=500, help_text="Where to read the plan or a report about it.")
    source_url = models.URLField("address of the source", max_length=500, blank=True)
    assessment = models.TextField(blank=True)

    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="replaced_by"
    )

    objects = CuratedQuerySet.as_manager()

    class Meta:
        ordering = ("country", "kind", "-starts_year", "id")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="national_plan_once",
                fields=("country", "kind", "title"),
                condition=Q(superseded_at__isnull=True),
                violation_error_code="national_plan_once",
                violation_error_message="This plan is already recorded for this country.",
            ),
            models.CheckConstraint(
                name="national_plan_years_ordered",
                condition=Q(starts_year__isnull=True) | Q(ends_year__isnull=True) | Q(ends_year__gte=F("starts_year")),
                violation_error_code="plan_years",
                violation_error_message="The last year is before the first year.",
            ),
            closed_with_reason("national_plan_closed_with_reason"),
        )
        triggers = superseded_once("indicators_nationalplan", CLOSING)

    def __str__(self) -> str:
        return self.title
