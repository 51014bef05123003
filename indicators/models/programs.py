"""Programs of U.S. agencies, with the files that state them, and national plans: 22 U.S.C. 7103a(d)(2)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from cpc.database.triggers import append_only, superseded_once
from cpc.days import DayField
from cpc.typed import visible
from indicators.models.countries import Country, never_of_sample
from indicators.models.curated import (
    CLOSING,
    CuratedQuerySet,
    CuratedRecord,
    closed_with_reason,
)
from indicators.models.imports import Import
from indicators.sources.usg_programs import SECTORS


class ProgramSector(models.TextChoices):
    """Sector of a program, with the labels of the office's fact sheet."""

    CHILD_HEALTH = "child_health", SECTORS["child_health"]
    CHILD_PROTECTION = "child_protection", SECTORS["child_protection"]
    RULE_OF_LAW = "rule_of_law", SECTORS["rule_of_law"]
    ANTI_TRAFFICKING = "anti_trafficking", SECTORS["anti_trafficking"]
    CHILD_LABOR = "child_labor", SECTORS["child_labor"]
    OTHER = "other", SECTORS["other"]


class USGProgram(CuratedRecord):
    """Program of one U.S. agency in one country, recorded by a person or stated by a file.

    Country, agency, and title identify a program, ignoring case; at most one row of them is live. `amount` is in U.S.
    dollars over the whole term, and None if it is unknown. An unknown day is None as well: a program without a last
    day is not known to have ended.
    """

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="usg_programs")
    agency = models.CharField(max_length=120)
    agency_code = models.CharField("agency's short name", max_length=20, blank=True)
    title = models.CharField(max_length=200)
    sector = models.CharField(max_length=20, choices=ProgramSector.choices)
    implementer = models.CharField(max_length=200, blank=True)
    starts_on = DayField("first day", null=True, blank=True)
    ends_on = DayField("last day", null=True, blank=True)
    amount = models.DecimalField("amount in U.S. dollars", max_digits=15, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=500)
    source_url = models.URLField("address of the source", max_length=500, blank=True)
    document = models.FileField(upload_to="usg_programs/", max_length=255, blank=True)
    assessment = models.TextField("overlap and complementarity", blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="replaced_by"
    )
    batch = models.ForeignKey(
        Import, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="usg_programs"
    )
    locator = models.CharField(max_length=300, blank=True, editable=False)

    objects = CuratedQuerySet.as_manager()

    class Meta:
        ordering = ("country__name", "agency", "title", "id")
        verbose_name = "program"
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                F("country"),
                Lower("agency"),
                Lower("title"),
                name="usg_program_one_live",
                condition=Q(superseded_at__isnull=True),
                violation_error_code="program_once",
                violation_error_message="A program of this agency with this title is already recorded for the country. "
                "Replace that program, or enter a title that distinguishes this one.",
            ),
            models.CheckConstraint(
                name="usg_program_days_ordered",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_code="program_days",
                violation_error_message="The last day is before the first day.",
            ),
            models.CheckConstraint(
                name="usg_program_amount_not_negative",
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                violation_error_code="program_amount",
                violation_error_message="The amount can't be negative. Leave it empty if it is not known.",
            ),
            closed_with_reason("usg_program_closed_with_reason"),
        )
        triggers = (*superseded_once("indicators_usgprogram", CLOSING), *never_of_sample())

    def __str__(self) -> str:
        return f"{self.title} ({self.agency_code or self.agency}, {self.country})"


class USGProgramStatement(models.Model):
    """Statement of a recorded program in a published file, with its locator."""

    program = models.ForeignKey(USGProgram, on_delete=models.PROTECT, related_name="statements")
    batch = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="program_statements")
    locator = models.CharField(max_length=300)

    class Meta:
        ordering = ("id",)
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.batch}, {self.locator}"


class StagedProgram(models.Model):
    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="staged_programs")
    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="+")
    locator = models.CharField(max_length=300)
    content: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.locator}: {self.content['title']}"


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
        triggers = (*superseded_once("indicators_nationalplan", CLOSING), *never_of_sample())

    def __str__(self) -> str:
        return self.title
