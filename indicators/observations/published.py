"""Observations by day of publication, regardless of the day they were loaded.

A value counts as published on the day of its edition or on the day that the rule of its source gives for its year
(`Dating`), whichever is earlier; if neither is known, on the day of its import, since it was published by then. A
value that a later edition revised counts as the earlier edition stated it, if that edition is loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from indicators.models import Confirmation, Import, Observation, Publication, PublicationKind
from indicators.publications.numbering import current
from indicators.sources import registry
from indicators.sources.dating import REVISED_FILES, Dating, earliest
from indicators.sources.own_indicators import OWN_INDICATORS
from indicators.sources.world_bank_wdi import WDI

__all__ = ("REVISED_FILES", "Days", "dating_of", "imports_published_as_of", "published_ids", "published_on")


def dating_of(source: str) -> Dating:
    return next((spec.dating for spec in registry.sources() if spec.key == source), Dating())


def _days_loaded() -> dict[int, date]:
    """Return the day on which each import was published here."""
    published = Publication.objects.filter(kind=PublicationKind.PUBLISH).order_by("-seq").values_list("batch", "at")
    return {batch: at.date() for batch, at in published}


@dataclass(slots=True)
class Days:
    """Days of publication of values, by source, import, and reference year."""

    editions: dict[int, date | None] = field(
        default_factory=lambda: dict(Import.objects.values_list("pk", "published_on"))
    )
    loaded: dict[int, date] = field(default_factory=_days_loaded)
    _found: dict[tuple[str, int, int], date | None] = field(default_factory=dict)
    _rules: dict[str, Dating] = field(default_factory=lambda: {s.key: s.dating for s in registry.sources()})

    def day(self, source: str, batch: int, year: int) -> date | None:
        """Return the day from which a value counts as published.

        It is the day of its import if nothing else dates it.
        """
        key = (source, batch, year)
        if key not in self._found:
            rule = self._rules.get(source)
            stated = earliest(self.editions.get(batch), rule.value_day(year) if rule else None)
            self._found[key] = stated or self.loaded.get(batch)
        return self._found[key]


def published_ids(codes: Iterable[str], *, by: date, as_of: int | None = None) -> dict[int, date]:
    """Return the observations that count on day `by`, each with its day of publication.

    There is one for each key. Values of imports that were taken back by publication `as_of` do not count.
    """
    return published_on(codes, days=[by], as_of=as_of)[by]


def published_on(
    codes: Iterable[str], *, days: Iterable[date], as_of: int | None = None
) -> dict[date, dict[int, date]]:
    """Return the result of `published_ids` for several days, by day.

    The values are read once for all of them.
    """
    published, edition_ranks = Days(), imports_published_as_of(as_of)
    statements = [
        _Statement((indicator, country, period, series), batch, (precedence, rank, valid_from, observation), day)
        for observation, indicator, country, period, series, year, source, batch, precedence, valid_from in _rows(
            list(codes), as_of
        )
        if (rank := edition_ranks.get(batch)) is not None and (day := published.day(source, batch, year)) is not None
    ]
    return {by: _of_day(statements, published, by) for by in days}


class _Statement(NamedTuple):
    """Observation as one file states it: the first to state it, or a confirming one.

    Of two statements about the same `key` (indicator, country, period, and series), the one later in `order`
    (precedence, rank of the edition, number of the publication, and observation) counts.
    """

    key: tuple[int, int, str, str]
    batch: int
    order: tuple[int, int, int, int]
    day: date


def _of_day(statements: Iterable[_Statement], days: Days, by: date) -> dict[int, date]:
    best: dict[tuple[int, int, str, str], tuple[bool, tuple[int, int, int, int], date]] = {}
    # A value in an edition published by then takes precedence over a later file's value for the same year.
    was_out = {batch: (edition or date.max) <= by for batch, edition in days.editions.items()}
    for key, batch, order, day in statements:
        if day > by:
            continue
        earlier = best.get(key)
        if earlier is None or earlier < (was_out[batch], order):
            best[key] = (was_out[batch], order, day)
    return {order[-1]: day for _, order, day in best.values()}


def _rows(codes: list[str], as_of: int | None) -> Iterator[tuple[Any, ...]]:
    """Yield each statement about these indicators: its observation, what it is about, and how it counts."""
    loaded = Q() if as_of is None else Q(valid_from__lte=as_of)
    what = ("indicator", "country", "period", "series", "year", "indicator__source__key")
    how = ("batch", "precedence", "valid_from")
    own = Observation.objects.filter(loaded, indicator__code__in=codes).values_list("pk", *what, *how)
    further = Confirmation.objects.filter(loaded, observation__indicator__code__in=codes).values_list(
        "observation", *(f"observation__{name}" for name in what), *how
    )
    yield from own.iterator(chunk_size=5000)
    yield from further.iterator(chunk_size=5000)


def imports_published_as_of(as_of: int | None) -> dict[int, int]:
    """Return the edition rank of each import that is in force as of publication `as_of`.

    Retracted imports are left out.
    """
    return dict(published_imports(as_of).values_list("pk", "edition_rank"))


def published_imports(as_of: int | None) -> QuerySet[Import]:
    """Return the imports that are in force as of a publication (None is now): published, and not retracted."""
    numbers = Publication.objects.all() if as_of is None else Publication.objects.filter(seq__lte=as_of)
    retracted = numbers.filter(kind=PublicationKind.RETRACT).values("batch")
    published = numbers.filter(kind=PublicationKind.PUBLISH).exclude(batch__in=retracted).values("batch")
    return Import.objects.filter(pk__in=published)


class CountedFrom(NamedTuple):
    """Day from which one value counts as published, and the rule or edition that gives it."""

    day: date
    why: str


def counted_from(row: Observation) -> CountedFrom | None:
    """Return the day from which a value counts as published.

    The result is None if no published import states it. That day can be long before the day of the file: a file of
    many years states values published before it.
    """
    day = statement_days([row.pk], as_of=current()).get(row.pk)
    if day is None:
        return None
    if day == row.batch.published_on:
        return CountedFrom(day, row.batch.dated_by)
    rule = dating_of(row.indicator.source.key)
    if day == rule.value_day(row.year):
        return CountedFrom(day, rule.rule_text)
    further = row.confirmations.filter(batch__published_on=day).select_related("batch").first()
    return CountedFrom(
        day, f"{further.batch.title}. {further.batch.dated_by}" if further else "The date of its import."
    )


def statement_days(ids: Collection[int], *, as_of: int) -> dict[int, date | None]:
    """Return the earliest day on which an import in force at `as_of` stated each observation.

    An observation that no such import states, because it came later or was taken back, is left out.
    """
    days, published_imports = Days(), imports_published_as_of(as_of)
    found: dict[int, date | None] = {}
    own = Observation.objects.filter(pk__in=ids, valid_from__lte=as_of).values_list(
        "pk", "indicator__source__key", "batch", "year"
    )
    further = Confirmation.objects.filter(observation__in=ids, valid_from__lte=as_of).values_list(
        "observation", "observation__indicator__source__key", "batch", "observation__year"
    )
    for pk, source, batch, year in (*own, *further):
        if batch in published_imports:
            day = days.day(source, batch, year)
            known = found.get(pk)
            found[pk] = day if known is None else min(known, day or known)
    return found


SERIES_FILES = frozenset({WDI.key, OWN_INDICATORS.key})
"""Readers whose files hold single series, which the layout of an import names."""


def newer_editions(rows: Sequence[Observation], *, as_of: int | None = None) -> dict[int, str]:
    """Return the newest published edition for each observation that it does not state.

    The result is by id. Editions are compared within one kind of file, since a publisher dates each of its files
    separately, and files of one series with files of that series. `as_of` is a publication number; None is now.
    """
    columns = ("pk", "source", "adapter", "layout", "edition_rank", "edition")
    imports = {
        pk: ((source, adapter, layout if adapter in SERIES_FILES else ""), rank, edition)
        for pk, source, adapter, layout, rank, edition in published_imports(as_of).values_list(*columns)
    }
    newest: dict[tuple[int | None, str, str], tuple[int, str]] = {}
    for kind, rank, edition in imports.values():
        newest[kind] = max(newest.get(kind, (0, "")), (rank, edition))
    stated_by: dict[int, list[int]] = {row.pk: [row.batch_id] for row in rows}
    confirming = Confirmation.objects.as_of(as_of).filter(observation__in=list(stated_by))
    for observation, batch in confirming.values_list("observation", "batch"):
        stated_by[observation].append(batch)
    kinds: dict[int, str] = {}
    for observation, batches in stated_by.items():
        stated = [imports[batch] for batch in batches if batch in imports]
        if stated and all(newest[kind][0] > rank for kind, rank, _ in stated):
            kind, _, _ = max(stated, key=lambda statement: statement[1])
            kinds[observation] = newest[kind][1]
    return kinds
