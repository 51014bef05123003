"""Values, countries, and years of each source, edition, and indicator, as of a publication.

Those of now are stored (`indicators.models.coverage`), and reading them takes the same time for any number of
observations. Those as of an earlier publication are counted.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum

from indicators.models import (
    Confirmation,
    Country,
    CountryKind,
    EditionCoverage,
    Indicator,
    Observation,
    PeriodCoverage,
    Source,
)
from indicators.models.as_of import known
from indicators.models.coverage import WEAK
from indicators.publications.numbering import current

VALUE = Q(missing="")
"""A row with a missing reason has no value."""
STATE = Q(country__kind=CountryKind.STATE)


@dataclass(slots=True)
class LoadedEdition:
    """Edition of a source: the number of its values that are live, confirm others, or were superseded.

    `values` counts today's values without missing ones, `weak` those of them that are inferred or
    unconfirmed. As of an earlier publication, `countries` are counted only for the newest edition.
    """

    label: str
    rank: int
    live: int = 0
    weak: int = 0
    confirming: int = 0
    superseded: int = 0
    values: int = 0
    countries: int = 0
    published_on: dt.date | None = None
    dated_by: str = ""

    @property
    def known(self) -> int:
        """Count today's values that this edition states or confirms."""
        return self.live + self.confirming


class SourceTotals(NamedTuple):
    """Values of a source, countries among those that they describe, and the first and last of their years."""

    values: int
    countries: int
    first_year: int
    last_year: int


class IndicatorTotals(NamedTuple):
    """Values of an indicator, countries among those that they describe, and the newest of their periods."""

    values: int = 0
    countries: int = 0
    newest_period: str = ""


def editions_by_source(*, as_of: int | None = None) -> dict[int, list[LoadedEdition]]:
    """Return the editions that ever stated values of each source, newest first."""
    is_now = _is_now(as_of)
    result: dict[int, list[LoadedEdition]] = defaultdict(list)
    loaded = _stored_editions() if is_now else _counted_editions(as_of)
    for source, edition in sorted(loaded, key=lambda found: (-found[1].rank, found[1].label)):
        result[source].append(edition)
    if not is_now:
        _count_countries(result, as_of)
    return dict(result)


def newest_edition(editions: Iterable[LoadedEdition]) -> LoadedEdition | None:
    """Return the newest edition that states or confirms a value of today."""
    return next((edition for edition in editions if edition.known), None)


def source_totals(as_of: int | None = None) -> dict[int, SourceTotals]:
    """Return the totals of each source with a value, by its id."""
    return _stored_totals() if _is_now(as_of) else _counted_totals(as_of)


def indicator_totals(source: Source, *, as_of: int | None = None) -> dict[int, IndicatorTotals]:
    """Return the totals of each indicator of a source with a value, by its id."""
    values = Observation.objects.as_of(as_of).filter(VALUE)
    valued: QuerySet[Any]
    counted: QuerySet[Any, tuple[int, int]]
    if _is_now(as_of):
        valued = PeriodCoverage.objects.filter(indicator__source=source, valued__gt=0)
        counted = valued.values_list("indicator").annotate(Sum("valued"))
    else:
        valued = values.filter(indicator__source=source)
        counted = valued.order_by().values_list("indicator").annotate(Count("pk"))
    latest = valued.order_by("indicator", "-year", "-period").distinct("indicator")
    newest = dict(latest.values_list("indicator", "period"))
    # By the key of one value of each country, since the number of the others has no limit.
    one = values.filter(indicator=OuterRef(OuterRef("pk")), country=OuterRef("pk")).order_by().values("pk")[:1]
    covered = Country.objects.filter(kind=CountryKind.STATE).annotate(one=Subquery(one)).filter(one__isnull=False)
    number = Subquery(covered.order_by().values("kind").annotate(number=Count("pk")).values("number"))
    countries = dict(Indicator.objects.filter(source=source).annotate(number=number).values_list("pk", "number"))
    return {
        indicator: IndicatorTotals(total, countries[indicator] or 0, newest[indicator]) for indicator, total in counted
    }


def _is_now(as_of: int | None) -> bool:
    return as_of is None or as_of == current()


def _stored_editions() -> list[tuple[int, LoadedEdition]]:
    covered = Count("pk", filter=STATE & (Q(valued__gt=0) | Q(confirming_valued__gt=0)))
    rows = EditionCoverage.objects.values_list("source", "edition_rank", "edition").annotate(
        *map(Sum, ("stated", "live", "valued", "weak", "confirming", "confirming_valued", "confirming_weak")),
        covered=covered,
    )
    found = []
    for source, rank, label, stated, live, valued, weak, confirming, more, more_weak, countries in rows:
        if stated or confirming:
            edition = LoadedEdition(label, rank, live, weak + more_weak, confirming, stated - live, valued + more)
            edition.countries = countries
            found.append((source, edition))
    return found


def _stored_totals() -> dict[int, SourceTotals]:
    years = {
        source: (first, last)
        for source, first, last in PeriodCoverage.objects.filter(valued__gt=0)
        .values_list("indicator__source")
        .annotate(Min("year"), Max("year"))
    }
    rows = EditionCoverage.objects.filter(valued__gt=0).values_list("source")
    counted = rows.annotate(Sum("valued"), covered=Count("country", distinct=True, filter=STATE))
    return {source: SourceTotals(values, countries, *years[source]) for source, values, countries in counted}


def _counted_totals(as_of: int | None) -> dict[int, SourceTotals]:
    # The database would sort all values to count the different countries.
    stated = Observation.objects.as_of(as_of).filter(VALUE).order_by().values_list("indicator__source", "country__kind")
    rows = stated.annotate(of=F("country"), number=Count("pk"), first=Min("year"), last=Max("year"))
    counts: dict[int, SourceTotals] = {}
    for source, kind, _, number, first, last in rows:
        values, states, earliest, latest = counts.get(source, (0, 0, first, last))
        states += kind == CountryKind.STATE
        counts[source] = SourceTotals(values + number, states, min(earliest, first), max(latest, last))
    return counts


def _counted_editions(as_of: int | None) -> list[tuple[int, LoadedEdition]]:
    stated = Observation.objects.filter(valid_from__lte=as_of)
    live = known(as_of)
    rows = (
        stated.order_by()
        .values_list("indicator__source", "edition_rank", "edition")
        .annotate(
            live=Count("pk", filter=live),
            values=Count("pk", filter=live & VALUE),
            weak=Count("pk", filter=live & VALUE & Q(quality__in=WEAK)),
            all=Count("pk"),
        )
    )
    # A confirming statement is never firmer than the one it confirms.
    confirming = (
        Confirmation.objects.as_of(as_of)
        .order_by()
        .values_list("observation__indicator__source", "edition_rank", "edition")
        .annotate(
            all=Count("pk"),
            values=Count("pk", filter=Q(observation__missing="")),
            weak=Count("pk", filter=Q(observation__missing="", observation__quality__in=WEAK)),
        )
    )
    loaded: dict[tuple[int, int, str], LoadedEdition] = {}
    for source, rank, label, known_now, values, weak, every in rows:
        loaded[source, rank, label] = LoadedEdition(
            label, rank, live=known_now, weak=weak, values=values, superseded=every - known_now
        )
    for source, rank, label, every, values, weak in confirming:
        edition = loaded.setdefault((source, rank, label), LoadedEdition(label, rank))
        edition.confirming = every
        edition.values += values
        edition.weak += weak
    return [(source, edition) for (source, _, _), edition in loaded.items()]


def _count_countries(editions: Mapping[int, Iterable[LoadedEdition]], as_of: int | None) -> None:
    """Count the countries with a value in the newest edition of each source.

    The edition states the value or confirms it.
    """
    newest = {source: edition for source, found in editions.items() if (edition := newest_edition(found)) is not None}
    own, agreed = Q(pk__in=()), Q(pk__in=())
    for source, edition in newest.items():
        own |= Q(indicator__source=source, edition_rank=edition.rank, edition=edition.label)
        agreed |= Q(observation__indicator__source=source, edition_rank=edition.rank, edition=edition.label)
    rows = Observation.objects.as_of(as_of).filter(VALUE, STATE, own).values_list("indicator__source", "country")
    confirmed = (
        Confirmation.objects.as_of(as_of)
        .filter(agreed, observation__missing="", observation__country__kind=CountryKind.STATE)
        .values_list("observation__indicator__source", "observation__country")
    )
    # Without `order_by()`, the columns of the order would make almost every row a different one.
    counted = Counter(source for source, _ in {*rows.order_by().distinct(), *confirmed.order_by().distinct()})
    for source, edition in newest.items():
        edition.countries = counted[source]
