"""Days from which observations count as published, as of a publication."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from indicators.models import Confirmation, Observation
from indicators.observations.published import Days, dating_of, imports_published_as_of
from indicators.publications.numbering import current


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
