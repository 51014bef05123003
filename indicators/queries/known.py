"""Observations as they were known at a publication number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from indicators.ingest.sequence import current, known_at
from indicators.models import Country, Indicator, Observation, Publication
from indicators.models.known import KnownQuerySet

__all__ = (
    "Known",
    "current",
    "known_at",
    "known_values",
    "loaded_indicators",
    "observations",
    "publications_of",
    "states",
)


@dataclass(frozen=True, slots=True)
class Known:
    """One observation as plain data, for the scoring of many countries at once."""

    observation_id: int
    indicator: str
    country: str
    period: str
    year: int
    series: str
    value: float | None
    label: str
    missing: str
    standard_error: float | None
    quality: str
    edition: str


_KNOWN_FIELDS = (
    "id",
    "indicator__code",
    "country__code",
    "period",
    "year",
    "series",
    "value",
    "label",
    "missing",
    "standard_error",
    "quality",
    "edition",
)


def observations(as_of: int | None = None) -> KnownQuerySet[Observation]:
    """Observations as known at a publication number (None is now)."""
    return Observation.objects.as_of(as_of).select_related("indicator__source", "country", "file")


def known_values(indicators: Iterable[str], *, as_of: int | None = None) -> list[Known]:
    """Every known value of these indicators, in a fixed order."""
    rows = (
        Observation.objects.as_of(as_of)
        .filter(indicator__code__in=list(indicators))
        .order_by("indicator__code", "country__code", "year", "period", "series")
        .values_list(*_KNOWN_FIELDS)
    )
    return [Known(*row) for row in rows]


def publications_of(codes: Iterable[str], *, after: int) -> QuerySet[Publication]:
    """Publications past number `after` that changed what is known of these indicators, the newest first.

    One that brought narratives alone, or stated again what stood, changed nothing of them; neither did a late
    edition that was never shown.
    """
    changed = Observation.objects.filter(batch=OuterRef("batch"), indicator__code__in=list(codes))
    shown = changed.exclude(valid_to=F("valid_from"))
    return Publication.objects.filter(Exists(shown), seq__gt=after)


def loaded_indicators(codes: Iterable[str], *, as_of: int | None = None) -> frozenset[str]:
    """Those of these indicators of which anything is known, of whatever country."""
    rows = Observation.objects.as_of(as_of).filter(indicator=OuterRef("pk"))
    found = Indicator.objects.filter(Exists(rows), code__in=list(codes))
    return frozenset(found.values_list("code", flat=True))


def states() -> list[Country]:
    """Every country proper, by name."""
    return list(Country.objects.filter(kind="state"))
