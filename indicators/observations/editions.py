"""Editions later than those that state a value."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.models import Confirmation, Observation
from indicators.observations.published import published_imports
from indicators.sources.own_indicators import OWN_INDICATORS
from indicators.sources.world_bank_wdi import WDI

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
