"""Observations as they were known at a publication number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indicators.ingest.sequence import current, known_at
from indicators.models import Country, Observation
from indicators.models.known import KnownQuerySet

__all__ = ("Known", "current", "known_at", "known_values", "observations", "states")


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


def states() -> list[Country]:
    """Every country proper, by name."""
    return list(Country.objects.filter(kind="state"))
