"""Observations as of a publication number."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet

from indicators.models import Country, Indicator, Observation, Publication
from indicators.models.as_of import KnownQuerySet
from indicators.observations.published import REVISED_FILES, published_ids, published_on
from indicators.publications.numbering import current, known_at
from indicators.sources.foreign_assistance import REGION

__all__ = (
    "REVISED_FILES",
    "Known",
    "Region",
    "current",
    "known_at",
    "known_values",
    "known_values_on",
    "loaded_indicators",
    "observations",
    "publications_of",
    "published_observations",
    "regions",
    "states",
)


class Known(NamedTuple):
    """Observation as plain data, for the scoring of many countries at once.

    `published_on` is set only if values are requested by day of publication. A tuple, because a run reads tens of
    thousands of them, and a frozen dataclass takes several times as long to make.
    """

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
    published_on: date | None = None


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
    return Observation.objects.as_of(as_of).select_related("indicator__source", "country", "file")


def published_observations(indicators: Iterable[str], *, by: date, as_of: int | None = None) -> QuerySet[Observation]:
    """Return observations that publishers had released by a day, as loaded at `as_of`."""
    ids = published_ids(list(indicators), by=by, as_of=as_of)
    return Observation.objects.filter(pk__in=list(ids)).select_related("indicator__source", "country", "file")


def known_values(
    indicators: Iterable[str],
    *,
    as_of: int | None = None,
    published_by: date | None = None,
    countries: Collection[str] | None = None,
) -> list[Known]:
    """Return the values of these indicators, in a fixed order.

    `countries` limits them to these codes. `published_by` limits them to releases of the publishers by that day,
    among those loaded here by publication `as_of`. A value that was revised later appears as it was then, if the
    earlier edition is loaded.
    """
    codes = list(indicators)
    if published_by is not None:
        values = known_values_on(codes, days=[published_by], as_of=as_of)[published_by]
        return values if countries is None else [value for value in values if value.country in countries]
    known = Observation.objects.as_of(as_of)
    if countries is not None:
        known = known.filter(country__code__in=countries)
    return [Known._make((*row, None)) for row in _rows(known, codes)]


def known_values_on(
    indicators: Iterable[str], *, days: Iterable[date], as_of: int | None = None
) -> dict[date, list[Known]]:
    """Return the values of `known_values` by each of several days, read once for all of them."""
    codes = list(indicators)
    found = published_on(codes, days=days, as_of=as_of)
    values: dict[date, list[Known]] = {by: [] for by in found}
    for row in _rows(Observation.objects.all(), codes).iterator(chunk_size=5000):
        # Most values have the same day of publication for every `day`, and the days share one object.
        made: dict[date, Known] = {}
        for by, published in found.items():
            if (day := published.get(row[0])) is not None:
                if day not in made:
                    made[day] = Known._make((*row, day))
                values[by].append(made[day])
    return values


def _rows(known: QuerySet[Observation], codes: list[str]) -> QuerySet[Observation, tuple[Any, ...]]:
    rows = known.filter(indicator__code__in=codes)
    return rows.order_by("indicator__code", "country__code", "year", "period", "series").values_list(*_KNOWN_FIELDS)


@dataclass(frozen=True, slots=True)
class Region:
    """State Department region of a country.

    `observation_id` is in the file that gives the region, if one is loaded.
    """

    name: str
    observation_id: int | None


def regions(*, as_of: int | None = None) -> dict[str, Region]:
    """Return the State Department region of each country by code.

    Regions come from the newest loaded file of foreign assistance; countries that it leaves out take the region of
    the list of countries. A region does not measure a year, so no day of publication applies.
    """
    regions = {code: Region(name, None) for code, name in Country.objects.values_list("code", "region") if name}
    for row in known_values([REGION.code], as_of=as_of):
        if row.label:
            regions[row.country] = Region(row.label, row.observation_id)
    return regions


def publications_of(codes: Iterable[str], *, after: int) -> QuerySet[Publication]:
    """Return the publications after number `after` that changed values of these indicators.

    The newest comes first. A value whose quality alone changed counts: its observation is replaced. A publication that
    only added narratives or stated live values again changed none; neither did a late edition that was never shown.
    """
    changed = Observation.objects.filter(batch=OuterRef("batch"), indicator__code__in=list(codes))
    shown = changed.exclude(valid_to=F("valid_from"))
    return Publication.objects.filter(Exists(shown), seq__gt=after)


def loaded_indicators(codes: Iterable[str], *, as_of: int | None = None) -> frozenset[str]:
    """Return those of these indicators that have an observation of any country."""
    rows = Observation.objects.as_of(as_of).filter(indicator=OuterRef("pk"))
    loaded = Indicator.objects.filter(Exists(rows), code__in=list(codes))
    return frozenset(loaded.values_list("code", flat=True))


def states() -> list[Country]:
    return list(Country.objects.filter(kind="state"))
