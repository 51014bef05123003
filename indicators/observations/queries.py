"""Queries on the values of one indicator by country, as of a publication."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date

from cpc.plausible import is_plausible
from indicators.countries import normalize
from indicators.models import Country, CountryKind, Indicator, Observation, Publication
from indicators.observations.as_of import (
    current,
    known_at,
    observations,
    published_observations,
)


@dataclass(frozen=True, slots=True)
class AsOf:
    """Requested publication: its `number` (None for now), and the text of the request."""

    number: int | None = None
    publication: Publication | None = None
    asked: str = ""

    @property
    def moment(self) -> dt.datetime | None:
        """Return the time of that publication: before all time for number 0, None for now."""
        if self.publication is not None:
            return self.publication.at
        return None if self.number is None else dt.datetime.min.replace(tzinfo=dt.UTC)


NOW = AsOf()


def resolve_as_of(text: str) -> AsOf:
    """Return the publication for a number ("12") or a day ("2026-11-20": at its end, UTC).

    Empty text is now. Raises `ValueError` with a sentence for the reader if there is no such number or day.
    """
    text = text.strip()
    if not text:
        return AsOf()
    number = int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else _number_on(text)
    newest = current()
    if number > newest:
        raise ValueError(f"There is no publication {number:,} yet; the newest has number {newest:,}.")
    return AsOf(number, Publication.objects.filter(seq=number).first(), text)


def _number_on(text: str) -> int:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not is_plausible(day):
        raise ValueError(f"“{text}” is neither a publication number nor a date. Write 12 or 2026-11-20.")
    return known_at(dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC))


def periods_of(indicator: Indicator, *, as_of: int | None = None) -> list[str]:
    rows = Observation.objects.as_of(as_of).filter(indicator=indicator)
    return [period for _, period in rows.order_by("-year", "-period").values_list("year", "period").distinct()]


def series_of(indicator: Indicator, *, as_of: int | None = None) -> list[str]:
    """Return the series with observations; the main one is the empty text."""
    rows = Observation.objects.as_of(as_of).filter(indicator=indicator)
    return list(rows.order_by("series").values_list("series", flat=True).distinct())


def regions() -> list[str]:
    rows = Country.objects.exclude(region="").order_by("region")
    return list(rows.values_list("region", flat=True).distinct())


def values_by_country(
    indicator: Indicator,
    *,
    series: str = "",
    period: str = "",
    as_of: int | None = None,
    published_by: dt.date | None = None,
) -> list[Observation]:
    """Return one value per country, sorted by country name.

    It is the value of `period`, or the newest if `period` is empty. `published_by` limits them to values that the
    publisher had released by that day.
    """
    if published_by is None:
        known: QuerySet[Observation] = observations(as_of)
    else:
        known = published_observations([indicator.code], by=published_by, as_of=as_of)
    rows = known.filter(indicator=indicator, series=series)
    if period:
        rows = rows.filter(period=period)
    newest = rows.order_by("country_id", "-year", "-period").distinct("country_id")
    return sorted(newest, key=lambda row: normalize(row.country.name))


def filter_rows(rows: Sequence[Observation], *, query: str = "", region: str = "") -> list[Observation]:
    """Filter rows by country and region.

    `query` is a part of the country's name without accents, or its whole code.
    """
    wanted = normalize(query)
    code = query.strip().upper()
    return [
        row
        for row in rows
        if (not wanted or wanted in normalize(row.country.name) or code == row.country.code)
        and (not region or row.country.region == region)
    ]


SORTS: dict[str, Callable[[Observation], Any]] = {
    "country": lambda row: normalize(row.country.name),
    "period": lambda row: (row.year, row.period),
    "edition": lambda row: (row.edition_rank, row.edition),
    "quality": lambda row: row.quality,
}


def in_order(rows: Sequence[Observation], indicator: Indicator, asked: str) -> list[Observation]:
    """Sort rows by `asked` ("-value"); labels in the publisher's order, missing values always last."""
    key, descending = asked.removeprefix("-"), asked.startswith("-")
    by_name = sorted(rows, key=SORTS["country"])
    if key != "value":
        return sorted(by_name, key=SORTS[key], reverse=descending)
    order = {label: rank for rank, label in enumerate(indicator.labels)}
    known = [row for row in by_name if not row.missing]
    known.sort(key=lambda row: order.get(row.label, len(order)) if row.value is None else row.value, reverse=descending)
    return known + [row for row in by_name if row.missing]


@dataclass(frozen=True, slots=True)
class ValueFigure:
    """Figure about a list of values: a count, or a value with its country."""

    term: str
    value: float | int | str | None
    note: str = ""
    decimals: int = 0


def figures(indicator: Indicator, rows: Sequence[Observation]) -> list[ValueFigure]:
    """Summarize the values shown.

    The figures are the countries per label, or the highest, middle, and lowest value; and the number of missing
    values.
    """
    stated = [row for row in rows if not row.missing]
    if not rows:
        return []
    if indicator.is_categorical:
        counted = Counter(row.label for row in stated)
        figures = [ValueFigure(label, counted[label]) for label in indicator.labels]
    else:
        figures = _spread(indicator, stated)
    without = len(rows) - len(stated)
    return [*figures, ValueFigure("No value", without)] if without else figures


def _spread(indicator: Indicator, stated: Sequence[Observation]) -> list[ValueFigure]:
    ranked = sorted((row for row in stated if row.value is not None), key=lambda row: row.value or 0.0)
    if not ranked:
        return []
    low, high, decimals = ranked[0], ranked[-1], indicator.decimals
    middle = statistics.median(row.value for row in ranked if row.value is not None)
    return [
        ValueFigure("Highest", high.value, f"{high.country.name}, {high.period}", decimals),
        ValueFigure("Median", middle, f"of {len(ranked):,} values", decimals),
        ValueFigure("Lowest", low.value, f"{low.country.name}, {low.period}", decimals),
    ]


def count_states_with_value(rows: Sequence[Observation]) -> int:
    """Count the countries, without territories and former states, that have a value."""
    return sum(not row.missing and row.country.kind == CountryKind.STATE for row in rows)
