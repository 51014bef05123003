"""Catalog of sources, with the age and coverage of each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count

from cpc.web import formats
from indicators.models import (
    Country,
    CountryKind,
    Import,
    ImportState,
    Indicator,
    Source,
    USGProgram,
)
from indicators.observations.coverage import (
    IndicatorTotals,
    LoadedEdition,
    editions_by_source,
    indicator_totals,
    newest_edition,
    source_totals,
)
from indicators.observations.in_use import InUse, in_use
from indicators.observations.published import dating_of
from indicators.observations.queries import NOW, AsOf
from indicators.observations.witness import remaining
from indicators.sources.dating import next_edition_due
from indicators.sources.tip_narratives import SAMPLE_SOURCE
from indicators.sources.tip_report import SOURCE as TIP_REPORT
from indicators.sources.usg_programs import SOURCE as USG_PROGRAMS

EXPECTED, NEWEST, FROZEN, NONE_LOADED = "Newer edition expected", "Newest", "Frozen", "None loaded"
PARTIAL, UNCONFIRMED, FIRM = "Partial", "Partly unconfirmed", "None inferred or unconfirmed"
MAINTAINED, SAMPLES = "Maintained in CPC", "Sample"

WHOLE = 0.9
"""Share of the source's countries below which an edition is partial."""

EDITIONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Freshness:
    """Statement on a source's state: its label, the kind of mark beside it, and the details."""

    kind: str
    label: str
    detail: str = ""
    icon: str = ""


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
        return newest_edition(self.editions)

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
    totals = source_totals(as_of.number)
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
    totals, editions = source_totals(), editions_by_source()
    sources = list(Source.objects.filter(pk__in=editions))
    _date({source.key: editions[source.pk] for source in sources})
    newest = {}
    for source in sources:
        last_year = totals[source.pk].last_year if source.pk in totals else 0
        entry = SourceEntry(source, editions=editions[source.pk], last_year=last_year)
        if entry.newest is not None:
            newest[source.key] = entry.newest, _age(entry, entry.newest, today)
    return newest


def _programs(as_of: dt.datetime | None) -> tuple[int, int]:
    counted = USGProgram.objects.as_of(as_of).aggregate(all=Count("pk"), countries=Count("country", distinct=True))
    return counted["all"], counted["countries"]


def _waiting() -> dict[int, Import]:
    rows = Import.objects.filter(state=ImportState.PREVIEW, source__isnull=False).order_by("edition_rank", "pk")
    return {batch.source_id: batch for batch in rows if batch.source_id}


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
    totals = indicator_totals(source, as_of=as_of)
    return [
        IndicatorEntry(indicator, *totals.get(indicator.pk, IndicatorTotals())) for indicator in source.indicators.all()
    ]


def count_states(entries: Iterable[SourceEntry]) -> list[tuple[str, int]]:
    counted = Counter(entry.state.label for entry in entries)
    order = (EXPECTED, PARTIAL, UNCONFIRMED, NEWEST, MAINTAINED, FROZEN, SAMPLES, NONE_LOADED)
    return [(label, counted[label]) for label in order if counted[label]]
