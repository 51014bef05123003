"""Analysts' matches of recommendations from one edition of the TIP Report to the next."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cpc.database.triggers import superseded_once
from indicators.models.countries import Country
from indicators.models.curated import (
    CLOSING,
    CuratedQuerySet,
    CuratedRecord,
    closed_with_reason,
)
from indicators.models.narratives import Recommendation
from indicators.recommendation_matching import Change


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
                condition=Q(older_year__lt=F("newer_year")),
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
        triggers = superseded_once("indicators_recommendationmatch", CLOSING)

    def __str__(self) -> str:
        return f"{self.country}, {self.older_year} to {self.newer_year}: {self.kind}"
