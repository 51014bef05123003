"""The catalogue of sources: how fresh each one is, and how many countries it covers."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Max, Min, Q

from indicators.models import (
    Confirmation,
    Country,
    CountryKind,
    Import,
    ImportState,
    Indicator,
    Observation,
    Source,
    USGProgram,
)
from indicators.models.known import known
from indicators.queries.values import NOW, AsOf
from indicators.sources.base import Quality
from indicators.sources.usg_programs import SOURCE as USG_PROGRAMS

EXPECTED, PARTIAL, NEWEST, FROZEN, NONE_LOADED = "Newer edition expected", "Partial", "Newest", "Frozen", "None loaded"
KEPT = "Kept up here"
WEAK = (Quality.INFERRED.value, Quality.UNCONFIRMED.value)


@dataclass(frozen=True, slots=True)
class Freshness:
    """One thing to say of a source's state: the words, the kind of mark beside them, and what stands behind."""

    kind: str
    words: str
    detail: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a source: how many of its values are live, confirm others, or were superseded."""

    label: str
    rank: int
    live: int = 0
    weak: int = 0
    confirming: int = 0
    superseded: int = 0

    @property
    def known(self) -> int:
        """Values that stand today with this edition behind them."""
        return self.live + self.confirming


@dataclass(slots=True)
class SourceEntry:
    """One source of the catalogue with what is loaded of it."""

    source: Source
    editions: list[Edition] = field(default_factory=list)
    values: int = 0
    countries: int = 0
    first_year: int | None = None
    last_year: int | None = None
    programs: int = 0
    waiting: Import | None = None
    freshness: list[Freshness] = field(default_factory=list)

    @property
    def newest(self) -> Edition | None:
        """The newest edition that stands behind a value of today."""
        return next((edition for edition in self.editions if edition.known), None)

    @property
    def state(self) -> Freshness:
        """The most pressing thing to say of it."""
        return self.freshness[0]

    @property
    def years(self) -> str:
        """The reference years its values are of, as text."""
        if self.first_year is None or self.first_year == self.last_year:
            return str(self.first_year or "")
        return f"{self.first_year} to {self.last_year}"


def next_edition_due(rank: int, cadence_months: int, last_year: int) -> dt.date:
    """The day from which a newer edition is to be expected.

    `rank` is an `edition_rank` (year, month and day in decimal places), `last_year` the newest reference year the
    edition has values of. An edition dated to the month is followed `cadence_months` later. One known by its year
    alone is followed in the year its own year and the cadence give; where it covers its own year it cannot have been
    out before that year was over, and so is its successor expected a year later.
    """
    year, month = rank // 10_000, rank // 100 % 100
    if month:
        months = year * 12 + (month - 1) + cadence_months
        return dt.date(months // 12, months % 12 + 1, 1)
    return dt.date(year + -(-cadence_months // 12) + (last_year >= year), 1, 1)


def state_count() -> int:
    """How many countries proper there are."""
    return Country.objects.filter(kind=CountryKind.STATE).count()


def catalogue(*, today: dt.date, as_of: AsOf = NOW) -> list[SourceEntry]:
    """Every source, by title, with its freshness on `today`, or as known at a publication and its day."""
    if as_of.number is not None and as_of.publication is not None:
        today = as_of.publication.at.date()
    editions = editions_by_source(as_of=as_of.number)
    totals = _totals(as_of.number)
    waiting = _waiting() if as_of.number is None else {}
    entries = []
    for source in Source.objects.all():
        entry = SourceEntry(source, editions=editions.get(source.pk, []), waiting=waiting.get(source.pk))
        if source.pk in totals:
            entry.values, entry.countries, entry.first_year, entry.last_year = totals[source.pk]
        if source.key == USG_PROGRAMS.key:
            entry.programs, entry.countries = _programs(as_of.moment)
        entry.freshness = _freshness(entry, today)
        entries.append(entry)
    return entries


def source_entry(key: str, *, today: dt.date, as_of: AsOf = NOW) -> SourceEntry | None:
    """One source of the catalogue, or None where no source has this key."""
    return next((entry for entry in catalogue(today=today, as_of=as_of) if entry.source.key == key), None)


def _totals(as_of: int | None) -> dict[int, tuple[int, int, int, int]]:
    stated = Q(missing="", country__kind=CountryKind.STATE)
    rows = (
        Observation.objects.as_of(as_of)
        .values("indicator__source")
        .annotate(
            values=Count("pk"),
            countries=Count("country", distinct=True, filter=stated),
            first=Min("year"),
            last=Max("year"),
        )
        .values_list("indicator__source", "values", "countries", "first", "last")
    )
    return {source: (values, countries, first, last) for source, values, countries, first, last in rows}


def _programs(as_of: dt.datetime | None) -> tuple[int, int]:
    """How many programs of U.S. agencies stand on record, and in how many countries."""
    counted = USGProgram.objects.as_of(as_of).aggregate(all=Count("pk"), countries=Count("country", distinct=True))
    return counted["all"], counted["countries"]


def _waiting() -> dict[int, Import]:
    """The newest import at its preview, by source."""
    rows = Import.objects.filter(state=ImportState.PREVIEW, source__isnull=False).order_by("edition_rank", "pk")
    return {batch.source_id: batch for batch in rows if batch.source_id}


def editions_by_source(*, as_of: int | None = None) -> dict[int, list[Edition]]:
    """The editions each source's values were ever stated by, newest first."""
    stated = Observation.objects.all() if as_of is None else Observation.objects.filter(valid_from__lte=as_of)
    rows = stated.values("indicator__source", "edition_rank", "edition").annotate(
        live=Count("pk", filter=known(as_of)),
        weak=Count("pk", filter=known(as_of) & Q(quality__in=WEAK)),
        all=Count("pk"),
    )
    confirming = (
        Confirmation.objects.as_of(as_of)
        .values("observation__indicator__source", "edition_rank", "edition")
        .annotate(all=Count("pk"))
    )
    found: dict[tuple[int, int, str], tuple[int, int, int]] = {
        (row["indicator__source"], row["edition_rank"], row["edition"]): (
            row["live"],
            row["weak"],
            row["all"] - row["live"],
        )
        for row in rows
    }
    agreed = {
        (row["observation__indicator__source"], row["edition_rank"], row["edition"]): row["all"] for row in confirming
    }
    return _sorted_editions(found, agreed)


def _sorted_editions(
    found: Mapping[tuple[int, int, str], tuple[int, int, int]], agreed: Mapping[tuple[int, int, str], int]
) -> dict[int, list[Edition]]:
    result: dict[int, list[Edition]] = defaultdict(list)
    for key in sorted({*found, *agreed}, key=lambda k: (-k[1], k[2])):
        source_id, rank, label = key
        live, weak, superseded = found.get(key, (0, 0, 0))
        result[source_id].append(Edition(label, rank, live, weak, agreed.get(key, 0), superseded))
    return dict(result)


def _freshness(entry: SourceEntry, today: dt.date) -> list[Freshness]:
    """What to say of a source, the most pressing first."""
    newest = entry.newest
    if entry.programs:
        return [Freshness("good", KEPT, f"{entry.programs:,} program{'s' * (entry.programs != 1)} on record")]
    if newest is None or entry.last_year is None:
        return [Freshness("unknown", NONE_LOADED)]
    said = []
    source = entry.source
    if source.cadence_months is not None:
        due = next_edition_due(newest.rank, source.cadence_months, entry.last_year)
        if due <= today:
            since = f"{due:%B %Y}" if newest.rank // 100 % 100 else f"{due.year}"
            said.append(Freshness("warn", EXPECTED, f"Since {since}", "update"))
    if newest.weak:
        said.append(Freshness("warn", PARTIAL, f"{newest.weak:,} of {newest.known:,} values inferred or unconfirmed"))
    if source.is_frozen:
        said.append(Freshness("none", FROZEN, "No further edition will come", "lock"))
    return said or [Freshness("good", NEWEST)]


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """One indicator with what is known of it."""

    indicator: Indicator
    values: int
    countries: int
    newest_period: str


def indicators_of(source: Source, *, as_of: int | None = None) -> list[IndicatorEntry]:
    """The source's indicators, in the order of their codes."""
    stated = Q(missing="", country__kind=CountryKind.STATE)
    live = Observation.objects.as_of(as_of).filter(indicator__source=source)
    counted = live.values("indicator").annotate(
        values=Count("pk"), countries=Count("country", distinct=True, filter=stated)
    )
    totals = {
        indicator: (values, countries)
        for indicator, values, countries in counted.values_list("indicator", "values", "countries")
    }
    newest = dict(
        live.order_by("indicator", "-year", "-period").distinct("indicator").values_list("indicator", "period")
    )
    return [
        IndicatorEntry(indicator, *totals.get(indicator.pk, (0, 0)), newest.get(indicator.pk, ""))
        for indicator in source.indicators.all()
    ]


def in_words(entries: Iterable[SourceEntry]) -> list[tuple[str, int]]:
    """How many sources are in each state, as their pages call it: each counted once, the most pressing state."""
    counted = Counter(entry.state.words for entry in entries)
    order = (EXPECTED, PARTIAL, NEWEST, KEPT, FROZEN, NONE_LOADED)
    return [(words, counted[words]) for words in order if counted[words]]
