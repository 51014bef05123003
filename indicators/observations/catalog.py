"""Catalog of sources, with the age and coverage of each."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, F, Max, Min, Q

from cpc.web import formats
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
from indicators.models.as_of import known
from indicators.observations.in_use import InUse, in_use
from indicators.observations.published import dating_of
from indicators.observations.queries import NOW, AsOf
from indicators.observations.witness import remaining
from indicators.sources.base import Quality
from indicators.sources.dating import next_edition_due
from indicators.sources.tip_narratives import SAMPLE_SOURCE
from indicators.sources.tip_report import SOURCE as TIP_REPORT
from indicators.sources.usg_programs import SOURCE as USG_PROGRAMS

EXPECTED, NEWEST, FROZEN, NONE_LOADED = "Newer edition expected", "Newest", "Frozen", "None loaded"
PARTIAL, UNCONFIRMED, FIRM = "Partial", "Partly unconfirmed", "None inferred or unconfirmed"
MAINTAINED, SAMPLES = "Maintained in CPC", "Sample"
WEAK = (Quality.INFERRED.value, Quality.UNCONFIRMED.value)

WHOLE = 0.9
"""Share of the source's countries below which an edition is partial."""

VALUE = Q(missing="")
EDITIONS_SHOWN = 3
OF_A_STATE = VALUE & Q(country__kind=CountryKind.STATE)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Statement on a source's state: its label, the kind of mark beside it, and the details."""

    kind: str
    label: str
    detail: str = ""
    icon: str = ""


@dataclass(slots=True)
class LoadedEdition:
    """Edition of a source: the number of its values that are live, confirm others, or were superseded.

    `values` counts today's values without missing ones, `weak` those of them that are inferred or
    unconfirmed. `countries` are counted only for the newest edition.
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


@dataclass(slots=True)
class SourceEntry:
    """Source of the catalog with its loaded data.

    Countries, values, and years count every edition that a value comes from. `freshness` states age, coverage, and
    quality of the newest edition, `in_use` coverage, quality, and age of the values in the desk screen.
    """

    source: Source
    editions: list[LoadedEdition] = field(default_factory=list)
    values: int = 0
    countries: int = 0
    first_year: int | None = None
    last_year: int | None = None
    programs: int = 0
    waiting: Import | None = None
    unconfirmed: str = ""  # sentence on the newest tiers that are still unconfirmed
    freshness: list[Freshness] = field(default_factory=list)
    in_use: list[Freshness] = field(default_factory=list)

    @property
    def newest(self) -> LoadedEdition | None:
        """Return the newest edition that states or confirms a value of today."""
        return next((edition for edition in self.editions if edition.known), None)

    @property
    def pressing(self) -> list[Freshness]:
        """Return the statements that need attention, one per label; if none does, the first statement."""
        by_label: dict[str, Freshness] = {}
        for statement in (*self.freshness, *self.in_use):
            if statement.kind == "warn":
                by_label.setdefault(statement.label, statement)
        return list(by_label.values()) or self.freshness[:1]

    @property
    def state(self) -> Freshness:
        return self.pressing[0]

    @property
    def years(self) -> str:
        return _years(self.first_year, self.last_year)

    @property
    def states_no_value(self) -> bool:
        """Return True for the source of sample narratives."""
        return self.source.key == SAMPLE_SOURCE.key


def _years(first: int | None, last: int | None) -> str:
    if first is None or first == last:
        return str(first or "")
    return f"{first} to {last}"


def state_count() -> int:
    return Country.objects.filter(kind=CountryKind.STATE).count()


def catalog(*, today: dt.date, as_of: AsOf = NOW) -> list[SourceEntry]:
    """Return every source, by title, with its freshness on `today`, or as of a publication and its day."""
    if as_of.number is not None and as_of.publication is not None:
        today = as_of.publication.at.date()
    editions = editions_by_source(as_of=as_of.number)
    sources = list(Source.objects.all())
    _date({source.key: editions[source.pk] for source in sources if source.pk in editions})
    totals = _totals(as_of.number)
    used = in_use(as_of.number)
    states = state_count()
    waiting = _waiting() if as_of.number is None else {}
    entries = []
    for source in sources:
        entry = SourceEntry(source, editions=editions.get(source.pk, []), waiting=waiting.get(source.pk))
        if source.pk in totals:
            entry.values, entry.countries, entry.first_year, entry.last_year = totals[source.pk]
        if source.key == USG_PROGRAMS.key:
            entry.programs, entry.countries = _programs(as_of.moment)
        if source.key == TIP_REPORT.key and (left := remaining(as_of=as_of.number)) is not None:
            entry.unconfirmed = left.sentence
        entry.freshness = _freshness(entry, today, states)
        if source.pk in used and entry.newest is not None:
            entry.in_use = _in_use(used[source.pk])
        entries.append(entry)
    return entries


def source_entry(key: str, *, today: dt.date, as_of: AsOf = NOW) -> SourceEntry | None:
    return next((entry for entry in catalog(today=today, as_of=as_of) if entry.source.key == key), None)


def newest_editions(today: dt.date) -> dict[str, tuple[LoadedEdition, Freshness]]:
    """Return the newest edition of each source, by its key, with whether a newer one is expected."""
    totals, editions = _totals(None), editions_by_source()
    sources = list(Source.objects.filter(pk__in=editions))
    _date({source.key: editions[source.pk] for source in sources})
    newest = {}
    for source in sources:
        entry = SourceEntry(source, editions=editions[source.pk], last_year=totals.get(source.pk, (0, 0, 0, 0))[3])
        if entry.newest is not None:
            newest[source.key] = entry.newest, _age(entry, entry.newest, today)
    return newest


def _totals(as_of: int | None) -> dict[int, tuple[int, int, int, int]]:
    # A row with a missing reason has no value. The database would sort all values to count the different countries.
    stated = Observation.objects.as_of(as_of).filter(VALUE).order_by().values_list("indicator__source", "country__kind")
    rows = stated.annotate(of=F("country"), number=Count("pk"), first=Min("year"), last=Max("year"))
    counts: dict[int, tuple[int, int, int, int]] = {}
    for source, kind, _, number, first, last in rows:
        values, states, earliest, latest = counts.get(source, (0, 0, first, last))
        states += kind == CountryKind.STATE
        counts[source] = (values + number, states, min(earliest, first), max(latest, last))
    return counts


def _programs(as_of: dt.datetime | None) -> tuple[int, int]:
    counted = USGProgram.objects.as_of(as_of).aggregate(all=Count("pk"), countries=Count("country", distinct=True))
    return counted["all"], counted["countries"]


def _waiting() -> dict[int, Import]:
    rows = Import.objects.filter(state=ImportState.PREVIEW, source__isnull=False).order_by("edition_rank", "pk")
    return {batch.source_id: batch for batch in rows if batch.source_id}


def editions_by_source(*, as_of: int | None = None) -> dict[int, list[LoadedEdition]]:
    """Return the editions that ever stated values of each source, newest first."""
    stated = Observation.objects.all() if as_of is None else Observation.objects.filter(valid_from__lte=as_of)
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
    result: dict[int, list[LoadedEdition]] = defaultdict(list)
    for source, rank, label in sorted(loaded, key=lambda key: (-key[1], key[2])):
        result[source].append(loaded[source, rank, label])
    _count_countries(result, as_of)
    return dict(result)


def _date(editions: Mapping[str, Iterable[LoadedEdition]]) -> None:
    """Set the publication day of each edition.

    It is the day of its import, else the day by the source's rule.
    """
    dated = {
        (source, label): (day, because)
        for source, label, day, because in Import.objects.filter(
            state=ImportState.PUBLISHED, published_on__isnull=False
        )
        .order_by("-pk")
        .values_list("source__key", "edition", "published_on", "dated_by")
    }
    for source, loaded in editions.items():
        rule = dating_of(source)
        for edition in loaded:
            day, because = dated.get((source, edition.label), (None, ""))
            if day is None:
                day, because = rule.edition_day(edition.label, edition.rank)
            edition.published_on, edition.dated_by = day, because if day else ""


def _count_countries(editions: Mapping[int, Iterable[LoadedEdition]], as_of: int | None) -> None:
    """Count the countries with a value in the newest edition of each source.

    The edition states the value or confirms it.
    """
    newest = {
        source: edition
        for source, found in editions.items()
        if (edition := next((one for one in found if one.known), None)) is not None
    }
    own, agreed = Q(pk__in=()), Q(pk__in=())
    for source, edition in newest.items():
        own |= Q(indicator__source=source, edition_rank=edition.rank, edition=edition.label)
        agreed |= Q(observation__indicator__source=source, edition_rank=edition.rank, edition=edition.label)
    rows = Observation.objects.as_of(as_of).filter(OF_A_STATE, own).values_list("indicator__source", "country")
    confirmed = (
        Confirmation.objects.as_of(as_of)
        .filter(agreed, observation__missing="", observation__country__kind=CountryKind.STATE)
        .values_list("observation__indicator__source", "observation__country")
    )
    # Without `order_by()`, the columns of the order would make almost every row a different one.
    counted = Counter(source for source, _ in {*rows.order_by().distinct(), *confirmed.order_by().distinct()})
    for source, edition in newest.items():
        edition.countries = counted[source]


def _freshness(entry: SourceEntry, today: dt.date, states: int) -> list[Freshness]:
    """Return age, coverage, and quality of the newest edition as three separate statements."""
    newest = entry.newest
    if entry.programs:
        return [Freshness("good", MAINTAINED, f"{formats.count_of(entry.programs, 'program')} recorded")]
    if entry.states_no_value:
        return [Freshness("none", SAMPLES, "No values: its texts are listed under Narratives")]
    if newest is None:
        return [Freshness("unknown", NONE_LOADED)]
    return [_age(entry, newest, today), _coverage(entry, newest, states), _quality(newest.weak, newest.values)]


def _age(entry: SourceEntry, newest: LoadedEdition, today: dt.date) -> Freshness:
    source = entry.source
    if source.cadence_months is None:
        return Freshness("none", FROZEN, "The publisher has ended the series", "lock")
    dating = dating_of(source.key)
    due = next_edition_due(dating, newest.label, newest.rank, source.cadence_months, entry.last_year or 0)
    if due > today:
        return Freshness("good", NEWEST)
    knows_month = newest.rank // 100 % 100 or dating.next_edition_day(newest.label, newest.rank, source.cadence_months)
    since = f"{due:%B %Y}" if knows_month else f"{due.year}"
    return Freshness("warn", EXPECTED, f"Since {since}", "update")


def _coverage(entry: SourceEntry, newest: LoadedEdition, states: int) -> Freshness:
    if newest.countries >= WHOLE * entry.countries:
        return Freshness("good", f"{newest.countries:,} of {states:,} countries")
    earlier = f"{entry.countries - newest.countries:,} more have a value from an earlier edition"
    return Freshness("warn", PARTIAL, f"{newest.countries:,} of {states:,} countries; {earlier}")


def _quality(weak: int, values: int) -> Freshness:
    if weak:
        return Freshness("warn", UNCONFIRMED, f"{weak:,} of {values:,} values inferred or unconfirmed")
    return Freshness("good", FIRM)


def _in_use(used: InUse) -> list[Freshness]:
    """Return coverage, quality, and age of a source's values in the desk screen."""
    if len(used.editions) == 1:
        editions = f"edition {used.editions[0][0]}"
    else:
        shown = ", ".join(f"{label} for {count:,}" for label, count in used.editions[:EDITIONS_SHOWN])
        rest = sum(count for _, count in used.editions[EDITIONS_SHOWN:])
        editions = f"values by edition: {shown}" + (f", earlier ones for {rest:,}" if rest else "")
    countries = f"{used.countries:,} of {used.candidates:,} candidates"
    quality = _quality(used.weak, used.values)
    if used.weak:
        quality = Freshness(quality.kind, quality.label, f"{used.weak:,} of {used.values:,} values in use")
    return [
        Freshness("info", countries, editions[:1].upper() + editions[1:]),
        quality,
        Freshness("info", f"Values of {_years(used.first_year, used.last_year)}"),
    ]


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    indicator: Indicator
    values: int
    countries: int
    newest_period: str


def indicators_of(source: Source, *, as_of: int | None = None) -> list[IndicatorEntry]:
    live = Observation.objects.as_of(as_of).filter(VALUE, indicator__source=source)
    counted = live.values("indicator").annotate(
        values=Count("pk"), countries=Count("country", distinct=True, filter=OF_A_STATE)
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


def count_states(entries: Iterable[SourceEntry]) -> list[tuple[str, int]]:
    counted = Counter(entry.state.label for entry in entries)
    order = (EXPECTED, PARTIAL, UNCONFIRMED, NEWEST, MAINTAINED, FROZEN, SAMPLES, NONE_LOADED)
    return [(label, counted[label]) for label in order if counted[label]]
