"""Country narratives of the TIP Report: sections, recommendations, and forms of child trafficking.

Analysts match recommendations from one edition to the next, and confirm or reject the forms.

"""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only, superseded_once
from indicators.models.as_of import KnownQuerySet, Superseded, closed_whole
from indicators.models.countries import Country, never_of_sample
from indicators.models.curated import (
    CLOSING,
    CuratedQuerySet,
    CuratedRecord,
    closed_with_reason,
)
from indicators.models.imports import Import, SourceFile
from indicators.recommendation_matching import Change
from indicators.sources.tip_narratives import NO_REPORT, SAMPLE_SOURCE
from indicators.sources.tip_report import FIRST_REPORT


def report_name(year: int) -> str:
    """Return the name by which everything shown calls a narrative: of its report, or as a sample of none."""
    return "Sample narrative" if year == NO_REPORT else f"TIP Report {year}"


def of_its_source() -> pgtrigger.Trigger:
    """Return the trigger by which a narrative is of no report if, and only if, its source is that of samples."""
    return pgtrigger.Trigger(
        name="c_of_its_source",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF (NEW.report_year = {NO_REPORT}) <> EXISTS (
                SELECT 1 FROM indicators_import b JOIN indicators_source s ON s.id = b.source_id
                WHERE b.id = NEW.batch_id AND s.key = '{SAMPLE_SOURCE.key}'
            ) THEN
                PERFORM cpc_refuse('sample_narrative',
                    'A sample narrative is of no report, and any other narrative is of one.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables and constants alone
    )


def names_nothing() -> pgtrigger.Trigger:
    """Return the trigger that rejects a form of trafficking of a sample narrative."""
    return pgtrigger.Trigger(
        name="c_never_of_sample_narrative",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF EXISTS (SELECT 1 FROM indicators_narrative n
                       WHERE n.id = NEW.narrative_id AND n.report_year = {NO_REPORT}) THEN
                PERFORM cpc_refuse('sample_narrative', 'A sample narrative names no form of trafficking.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables and constants alone
    )


class StagedNarrative(models.Model):
    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="staged_narratives")
    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="+")
    report_year = models.SmallIntegerField()
    digest = models.CharField(max_length=64)
    content: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.country} {self.report_year}"

    @property
    def report(self) -> str:
        return report_name(self.report_year)


class NarrativeQuerySet(KnownQuerySet["Narrative"]):
    def of_reports(self) -> Self:
        """Return the narratives of TIP Reports, without those written for the demonstration."""
        return self.exclude(report_year=NO_REPORT)


class Narrative(Superseded):
    """Narrative of one country in one TIP Report; at most one is live per country and year.

    A sample written for the demonstration is of no report (`NO_REPORT`): it states no tier and names no form of
    trafficking, and is compared with no other. What shows a narrative calls it by `report`.
    """

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="narratives")
    report_year = models.SmallIntegerField()
    tier = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=200)
    locator = models.CharField(max_length=300)
    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, related_name="narratives")
    batch = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="narratives")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was read.")
    reasserts = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = NarrativeQuerySet.as_manager()

    class Meta:
        ordering = ("country", "-report_year")
        constraints = (
            models.UniqueConstraint(
                name="narrative_one_live", fields=("country", "report_year"), condition=Q(valid_to__isnull=True)
            ),
            closed_whole("narrative_closed_whole"),
            models.CheckConstraint(
                name="narrative_sample_without_tier",
                condition=Q(report_year__gte=FIRST_REPORT) | Q(report_year=NO_REPORT, tier=""),
                violation_error_code="sample_narrative",
                violation_error_message="A narrative is of a TIP Report, or a sample, which states no tier.",
            ),
        )
        triggers = (*superseded_once("indicators_narrative"), *never_of_sample(), of_its_source())

    def __str__(self) -> str:
        return f"{self.country}, {self.report}"

    @property
    def is_sample(self) -> bool:
        """Return True for a text written for the demonstration, which is of no report."""
        return self.report_year == NO_REPORT

    @property
    def report(self) -> str:
        """Return what the narrative is called: "TIP Report 2025", or "Sample narrative"."""
        return report_name(self.report_year)

    @property
    def the_report(self) -> str:
        """Return the same in a sentence: "the TIP Report 2025", or "a sample narrative"."""
        return "a sample narrative" if self.is_sample else f"the {self.report}"


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
    """Form of child trafficking that a narrative names, with its sentence: suggested by the reader, or by a person."""

    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, related_name="forms")
    ordinal = models.SmallIntegerField()
    form = models.CharField(max_length=60)
    sentence = models.TextField()
    section = models.CharField(max_length=20)
    locator = models.CharField(max_length=300)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The analyst who found a form that the reader missed.",
    )

    class Meta:
        ordering = ("narrative", "ordinal")
        constraints = (
            models.UniqueConstraint(
                name="trafficking_form_once",
                fields=("narrative", "form"),
                violation_error_code="form_listed",
                violation_error_message="This form is on the list of this narrative already.",
            ),
        )
        triggers = (*append_only(), names_nothing())

    def __str__(self) -> str:
        return self.form


class Verdict(models.TextChoices):
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


class MatchKind(models.TextChoices):
    NEW = Change.NEW.value, "New"
    REPEATED = Change.REPEATED.value, "Repeated"
    REWORDED = Change.REWORDED.value, "Reworded"
    DROPPED = Change.DROPPED.value, "Dropped"


class RecommendationMatch(CuratedRecord):
    """Analyst's match of one recommendation between two consecutive editions.

    `older` is None for a new one, `newer` for a dropped one. Within one pair of editions a recommendation has at most
    one live match. The texts are those of the readings named here; a later reading of the same narrative with the
    same text keeps its match.
    """

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="recommendation_matches")
    older_year = models.SmallIntegerField()
    newer_year = models.SmallIntegerField()
    older = models.ForeignKey(Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    newer = models.ForeignKey(Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=MatchKind.choices)
    similarity = models.FloatField(
        null=True, blank=True, help_text="Similarity of the texts on which the proposal was based, 0 to 1."
    )

    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="replaced_by"
    )

    objects = CuratedQuerySet.as_manager()

    class Meta:
        ordering = ("country", "-newer_year", "id")
        constraints = (
            models.UniqueConstraint(
                name="match_one_of_newer",
                fields=("newer", "older_year"),
                condition=Q(superseded_at__isnull=True, newer__isnull=False),
                violation_error_code="match_once",
            ),
            models.UniqueConstraint(
                name="match_one_of_older",
                fields=("older", "newer_year"),
                condition=Q(superseded_at__isnull=True, older__isnull=False),
                violation_error_code="match_once",
            ),
            models.CheckConstraint(
                name="match_years_ordered",
                condition=Q(older_year__lt=F("newer_year"), older_year__gte=FIRST_REPORT),
                violation_error_code="match_years",
            ),
            models.CheckConstraint(
                name="match_says_what_it_means",
                condition=Q(kind=MatchKind.NEW, older__isnull=True, newer__isnull=False)
                | Q(kind=MatchKind.DROPPED, older__isnull=False, newer__isnull=True)
                | Q(kind__in=(MatchKind.REPEATED, MatchKind.REWORDED), older__isnull=False, newer__isnull=False),
                violation_error_code="match_kind",
                violation_error_message="A new recommendation has no earlier text, a dropped one has no later text, "
                "and all others have both.",
            ),
            closed_with_reason("match_closed_with_reason"),
        )
        triggers = (*superseded_once("indicators_recommendationmatch", CLOSING), *never_of_sample())

    def __str__(self) -> str:
        return f"{self.country}, {self.older_year} to {self.newer_year}: {self.kind}"
