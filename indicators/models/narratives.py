"""Country narratives of the TIP Report: sections, recommendations, and forms of child trafficking."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only, superseded_once
from indicators.models.as_of import KnownQuerySet, Superseded, closed_whole
from indicators.models.countries import Country
from indicators.models.imports import Import, SourceFile


class StagedNarrative(models.Model):
    """Narrative that waits for publication, as read."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="staged_narratives")
    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="+")
    report_year = models.SmallIntegerField()
    digest = models.CharField(max_length=64)
    content: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.country} {self.report_year}"


class Narrative(Superseded):
    """Narrative of one country in one TIP Report; at most one is live per country and year."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="narratives")
    report_year = models.SmallIntegerField()
    tier = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=200)
    locator = models.CharField(max_length=300)
    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, related_name="narratives")
    batch = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="narratives")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was read.")
    reasserts = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = KnownQuerySet.as_manager()

    class Meta:
        ordering = ("country", "-report_year")
        constraints = (
            models.UniqueConstraint(
                name="narrative_one_live", fields=("country", "report_year"), condition=Q(valid_to__isnull=True)
            ),
            closed_whole("narrative_closed_whole"),
        )
        triggers = superseded_once("indicators_narrative")

    def __str__(self) -> str:
        return f"{self.country}, TIP Report {self.report_year}"


class NarrativeSection(models.Model):
    """Section of a narrative: intro, recommendations, prosecution, protection, prevention, or profile."""

    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, related_name="sections")
    ordinal = models.SmallIntegerField()
    kind = models.CharField(max_length=20)
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    locator = models.CharField(max_length=300)
    cut = models.BooleanField(default=False)

    class Meta:
        ordering = ("narrative", "ordinal")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.narrative}: {self.kind}"


class Recommendation(models.Model):
    """Recommendation of a narrative, in the report's order."""

    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, related_name="recommendations")
    ordinal = models.SmallIntegerField()
    text = models.TextField()
    locator = models.CharField(max_length=300)
    cut = models.BooleanField(default=False)

    class Meta:
        ordering = ("narrative", "ordinal")
        triggers = append_only()

    def __str__(self) -> str:
        return self.text[:80]


class TraffickingForm(models.Model):
    """Form of child trafficking that the narrative names, with its sentence, as suggested by the reader."""

    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, related_name="forms")
    ordinal = models.SmallIntegerField()
    form = models.CharField(max_length=60)
    sentence = models.TextField()
    section = models.CharField(max_length=20)
    locator = models.CharField(max_length=300)

    class Meta:
        ordering = ("narrative", "ordinal")
        triggers = append_only()

    def __str__(self) -> str:
        return self.form


class Verdict(models.TextChoices):
    """Verdict of an analyst on a suggested form."""

    CONFIRMED = "confirmed", "Confirmed"
    REJECTED = "rejected", "Not in the text"


class FormReview(models.Model):
    """Record of an analyst's verdict on a suggested form.

    The newest one counts; none is edited.
    """

    form = models.ForeignKey(TraffickingForm, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.form}: {self.verdict}"
