"""Synchronization of reference tables with the lists in the code.

The tables are countries, aliases, sources, and indicators.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from indicators import countries as reference
from indicators.models import SAMPLE_CODE, SAMPLE_NAME, Country, CountryAlias, CountryKind, Indicator, Source
from indicators.sources import registry
from indicators.sources.base import IndicatorSpec, SourceSpec

_COUNTRY_FIELDS = ("iso2", "iso3", "numeric", "gec", "name", "short_name", "region", "kind", "successor_code")
_SOURCE_FIELDS = ("title", "publisher", "license", "attribution", "homepage", "cadence_months", "note")
_INDICATOR_FIELDS = (
    "source",
    "name",
    "unit",
    "wording",
    "direction",
    "minimum",
    "maximum",
    "labels",
    "decimals",
    "publisher",
)


@transaction.atomic
def sync_reference() -> None:
    """Insert new records and update changed ones.

    None is removed, since observations may refer to it.
    """
    _sync_countries()
    sources = record_sources(registry.sources())
    _record([_indicator(spec, sources[source.key]) for source, spec in registry.indicators()])


def define_indicators(specs: Iterable[IndicatorSpec], source: Source) -> None:
    """Record indicators that a file or a package defines, replacing earlier definitions."""
    _record([_indicator(spec, source) for spec in specs])


def _record(indicators: list[Indicator]) -> None:
    Indicator.objects.bulk_create(
        indicators, update_conflicts=True, unique_fields=["code"], update_fields=_INDICATOR_FIELDS
    )


def _indicator(spec: IndicatorSpec, source: Source) -> Indicator:
    return Indicator(
        code=spec.code,
        source=source,
        name=spec.name,
        unit=spec.unit,
        wording=spec.wording,
        direction=int(spec.direction),
        minimum=spec.minimum,
        maximum=spec.maximum,
        labels=list(spec.labels),
        decimals=spec.decimals,
        publisher=spec.publisher,
    )


def _sync_countries() -> None:
    Country.objects.bulk_create(
        [
            Country(
                code=row.code,
                iso2=row.iso2,
                iso3=row.iso3,
                numeric=row.numeric,
                gec=row.gec,
                name=row.name,
                short_name=row.short_name,
                region=row.region,
                kind=row.kind.value,
                successor_code=row.successor,
            )
            for row in reference.countries()
        ]
        + [Country(code=SAMPLE_CODE, name=SAMPLE_NAME, short_name=SAMPLE_NAME, kind=CountryKind.SAMPLE)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=_COUNTRY_FIELDS,
    )
    ids = dict(Country.objects.values_list("code", "id"))
    CountryAlias.objects.bulk_create(
        [CountryAlias(country_id=ids[a.code], text=a.text, source=a.source) for a in reference.aliases()],
        ignore_conflicts=True,
    )


def record_sources(specs: Iterable[SourceSpec]) -> dict[str, Source]:
    """Record sources as their adapters state them, and return all sources by key."""
    Source.objects.bulk_create(
        [
            Source(
                key=spec.key,
                title=spec.title,
                publisher=spec.publisher,
                license=spec.license,
                attribution=spec.attribution,
                homepage=spec.homepage,
                cadence_months=spec.cadence_months,
                note=spec.note,
            )
            for spec in specs
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=_SOURCE_FIELDS,
    )
    return {source.key: source for source in Source.objects.all()}
