"""Answers on one country of a run: the changes that bring it among the first N, or out of them.

Computed on request and cached by run, country, and N: a run never changes, so that its answers never do.
"""

from __future__ import annotations

from django.core.cache import cache

from indicators.models import Country
from selection.countries.queries.withdrawn import CACHE_SECONDS, what_if
from selection.models import ScoreRun
from selection.runs.queries.basis import basis_of
from selection.runs.rows import ranking_of
from selection.what_it_takes.queries.computing import compute
from selection.what_it_takes.results import WhatItTakes

ROUND = (5, 10, 20, 30, 40)
"""Numbers N that can be asked about, beside those of the model."""


def what_it_takes(run: ScoreRun, country: Country, first: int) -> WhatItTakes | None:
    """Return the answer for a country of a run; None if the run cannot be asked, or does not know the country."""
    basis = basis_of(run)
    if basis is None or country.code not in basis.result.snapshot.position:
        return None
    key = f"selection.what_it_takes.{run.pk}.{run.snapshot_hash}.{run.table_hash}.{country.code}.{first}"
    found: WhatItTakes | None = cache.get(key)
    if found is None:
        asked = what_if(run, country)
        found = compute(basis, country.code, first, asked.withdrawals if asked else ())
        cache.set(key, found, CACHE_SECONDS)
    return found


def targets_of(run: ScoreRun) -> list[int]:
    """Return the numbers N that can be asked about, below the number of ranked countries."""
    table, ranked = ranking_of(run).table, len(ranking_of(run).ranked)
    wanted = {*ROUND, table.first, int(table.method.get("short", table.first))}
    return sorted(first for first in wanted if first < ranked) or [table.first]
