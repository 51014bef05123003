"""The day from which each of some observations counts as published, as of a publication number."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from indicators.models import Confirmation, Observation
from indicators.queries.published import Days, standing_imports


def statement_days(ids: Collection[int], *, as_of: int) -> dict[int, date | None]:
    """Return the earliest day on which an import in force at `as_of` stated each observation.

    An observation that no such import states, because it came later or was taken back, is left out.
    """
    days, standing = Days(), standing_imports(as_of)
    found: dict[int, date | None] = {}
    own = Observation.objects.filter(pk__in=ids, valid_from__lte=as_of).values_list(
        "pk", "indicator__source__key", "batch", "year"
    )
    further = Confirmation.objects.filter(observation__in=ids, valid_from__lte=as_of).values_list(
        "observation", "observation__indicator__source__key", "batch", "observation__year"
    )
    for pk, source, batch, year in (*own, *further):
        if batch in standing:
            day = days.day(source, batch, year)
            known = found.get(pk)
            found[pk] = day if known is None else min(known, day or known)
    return found
