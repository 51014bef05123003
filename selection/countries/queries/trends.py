"""Values of a country over time, and the peers' values that one of them is compared with."""

from __future__ import annotations

from collections.abc import Iterable

from cpc.grouping import grouped
from indicators.models import Country, CountryKind, Observation
from indicators.queries import observations


def series(country: Country, codes: Iterable[str], *, as_of: int | None = None) -> dict[str, list[Observation]]:
    """Return the main series of each indicator over time, by its code, oldest first."""
    rows = observations(as_of).filter(country=country, indicator__code__in=list(codes), series="")
    return grouped(rows.order_by("year", "period"), lambda row: row.indicator.code)


def series_of(
    countries: Iterable[Country], codes: Iterable[str], *, as_of: int | None = None
) -> dict[str, dict[str, list[Observation]]]:
    """Return the main series of some countries over time, by indicator and by the code of the country, oldest first."""
    rows = observations(as_of).filter(country__in=list(countries), indicator__code__in=list(codes), series="")
    by_indicator = grouped(rows.select_related("country").order_by("year", "period"), lambda row: row.indicator.code)
    return {code: grouped(values, lambda row: row.country.code) for code, values in by_indicator.items()}


def peers_of(code: str, *, as_of: int | None = None) -> list[tuple[str, str, float]]:
    """Return code, name, and newest value of `code`'s main series for every state that has one."""
    rows = (
        Observation.objects.as_of(as_of)
        .filter(indicator__code=code, series="", value__isnull=False, country__kind=CountryKind.STATE)
        .order_by("country_id", "-year", "-period")
        .distinct("country_id")
    )
    found = rows.values_list("country__code", "country__name", "value")
    return [(c, name, value) for c, name, value in found if value is not None]
