"""Published values as of a publication, and the figures computed from them.

The figures are cached by publication number, partnerships, and version of the method: the same three always give the
same figures, so that those of a past publication can be shown again at any time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Q

from indicators.models import Country, CountryKind, Observation, Publication
from indicators.queries import AsOf, Known, current, known_values, observations, regions
from partnerships.models import Partnership
from partnerships.outcomes.measures import (
    FREEDOM,
    INCOME,
    MEASURES,
    METHOD,
    MOST_INFERRED,
    TIER,
    TIER_VALUES,
    OutcomeMeasure,
)
from partnerships.outcomes.panel import Numbers, Panel, Series, Signature
from partnerships.outcomes.results import OutcomeResults, compute
from partnerships.states import ONCE_IN_FORCE

CACHE_SECONDS = 7 * 24 * 3600
INFERRED, UNCONFIRMED = "inferred", "unconfirmed"
UNITED_STATES = "USA"
NEEDED: Mapping[str, str] = {
    TIER.indicator: "tiers of the TIP Report",
    FREEDOM: "totals of Freedom in the World",
    INCOME: "income classes of the World Bank",
}
"""Indicators without which no country can be compared, and their names."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The figures as of a publication number, or what must be loaded first."""

    number: int
    results: OutcomeResults | None
    lacks: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def signatures() -> tuple[Signature, ...]:
    """Return the signatures of all partnerships but samples, by day."""
    rows = Partnership.objects.counted().filter(signed_on__isnull=False).values_list("signed_on", "country__code")
    return tuple(sorted(Signature(day, code) for day, code in rows.order_by() if day is not None))


def ever_partners() -> frozenset[str]:
    """Return the countries with a partnership that was signed or came into force."""
    rows = Partnership.objects.counted().filter(Q(signed_on__isnull=False) | Q(status__in=ONCE_IN_FORCE))
    return frozenset(rows.order_by().values_list("country__code", flat=True))


def outcomes(as_of: AsOf = AsOf()) -> Outcomes:  # noqa: B008  # a frozen value
    """Return the figures as of a publication; computed the first time, which takes a second or more."""
    number = current() if as_of.number is None else as_of.number
    signed, partners = signatures(), ever_partners()
    key = _key(number, signed, partners)
    found: Outcomes | None = cache.get(key)
    if found is None:
        found = _computed(number, signed, partners)
        cache.set(key, found, CACHE_SECONDS)
    return found


def _key(number: int, signed: Sequence[Signature], partners: Collection[str]) -> str:
    """Return the key of the cache.

    It has the moment of the publication, since another database has other data under the same number, and the list of
    countries, which gives names and missing regions.
    """
    facts = [str(as_known(number)), *(f"{one.country} {one.day}" for one in signed), *sorted(partners)]
    facts += [f"{code} {name} {region}" for code, name, region in _countries()]
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:24]
    return f"partnerships.outcomes.{METHOD}.{number}.{digest}"


def _countries() -> list[tuple[str, str, str]]:
    rows = Country.objects.filter(kind=CountryKind.STATE).order_by("code")
    return list(rows.values_list("code", "short_name", "region"))


def _computed(number: int, signed: tuple[Signature, ...], partners: frozenset[str]) -> Outcomes:
    names = {code: name for code, name, _ in _countries()}
    values = _values(number)
    lacks = tuple(name for code, name in NEEDED.items() if not values[code])
    if lacks or not signed:
        return Outcomes(number, None, lacks, names)
    return Outcomes(number, compute(_panel(values, number, signed, partners)), (), names)


def panel_of(number: int) -> Panel | None:
    """Return everything that the comparison reads as of a publication; None if a file that it needs is not loaded."""
    values = _values(number)
    return _panel(values, number, signatures(), ever_partners()) if all(values[code] for code in NEEDED) else None


def _values(number: int) -> Mapping[str, list[Known]]:
    by_indicator: dict[str, list[Known]] = defaultdict(list)
    for row in known_values([*(measure.indicator for measure in MEASURES), FREEDOM, INCOME], as_of=number):
        by_indicator[row.indicator].append(row)
    return by_indicator


def _panel(
    values: Mapping[str, list[Known]], number: int, signed: tuple[Signature, ...], partners: frozenset[str]
) -> Panel:
    states = {code for code, _, _ in _countries()}
    by_region = {code: region.name for code, region in regions(as_of=number).items()}
    listed = {row.country for row in values[TIER.indicator]}
    return Panel(
        {one.key: series_of(one, rows) for one in MEASURES if (rows := values[one.indicator])},
        _numbers((row, row.value) for row in values[FREEDOM]),
        _labels(values[INCOME]),
        by_region,
        frozenset((listed & states & by_region.keys()) - partners - {UNITED_STATES}),
        signed,
    )


def series_of(measure: OutcomeMeasure, rows: Iterable[Known]) -> Series:
    """Return the series of a measure; of the tiers, an edition with more than three inferred values does not count."""
    rows = list(rows)
    values = _numbers((row, value_of(measure, row)) for row in rows)
    stated = _numbers((row, value_of(measure, row)) for row in rows if row.quality != INFERRED)
    inferred = Counter(row.year for row in rows if row.quality == INFERRED)
    unconfirmed = Counter(row.year for row in rows if row.quality == UNCONFIRMED)
    published = frozenset(period for years in values.values() for period in years)
    counted = frozenset(period for period in published if inferred[period] <= MOST_INFERRED)
    return Series(
        values,
        stated,
        published,
        counted,
        frozenset(period for period in counted if unconfirmed[period] > MOST_INFERRED),
    )


def value_of(measure: OutcomeMeasure, row: Known | Observation) -> float | None:
    """Return the value of an observation as a number; None if it has none, or is a Special Case."""
    return TIER_VALUES.get(row.label) if measure.is_tier else row.value


def _numbers(pairs: Iterable[tuple[Known, float | None]]) -> Numbers:
    numbers: dict[str, dict[int, float]] = defaultdict(dict)
    for row, value in pairs:
        if value is not None and not row.series:
            numbers[row.country][row.year] = value
    return dict(numbers)


def _labels(rows: Iterable[Known]) -> dict[str, dict[int, str]]:
    """Return income classes by country and fiscal year ("FY2027")."""
    labels: dict[str, dict[int, str]] = defaultdict(dict)
    for row in rows:
        if row.label:
            labels[row.country][int(row.period.removeprefix("FY"))] = row.label
    return dict(labels)


def cells(indicator: str, countries: Collection[str], number: int) -> list[Observation]:
    """Return the observations of some countries with their files, by country and period."""
    rows = observations(number).filter(indicator__code=indicator, country__code__in=countries, series="")
    return list(rows.order_by("country__code", "year"))


def as_known(number: int) -> dt.datetime | None:
    """Return the moment of a publication; None for number 0, before the first."""
    return Publication.objects.filter(seq=number).values_list("at", flat=True).first()
