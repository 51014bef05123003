"""Runs that the engine does not make of the test pool: without draws, without ranks, and by an unknown engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from selection.models import CountryScore, ScoreRun

Change = Callable[[CountryScore], None]
OF_DRAWS: dict[str, Any] = {
    **dict.fromkeys(("rank_low", "rank_median", "rank_high", "p10", "p20", "designs")),
    "group": "",
    "detail": {},
}
"""Fields that only draws fill, with their values in a row without draws."""


def copied(run: ScoreRun, change: Change, *, engine: str = "", **inputs: Any) -> ScoreRun:
    """Store a run like `run` one day later, with each of its rows changed, by another engine, and with more inputs."""
    rows = list(run.countries.select_related("country"))
    result = {key: value for key, value in run.result.items() if key != "drawn"}
    again = ScoreRun.objects.get(pk=run.pk)
    again.pk, again.reference_date, again.result = None, run.reference_date + dt.timedelta(days=1), result
    again._state.adding = True
    again.engine_version = engine or run.engine_version
    again.inputs = {**run.inputs, **inputs}
    for row in rows:
        row.pk, row.run = None, again
        row._state.adding = True
        change(row)
    again.ranked = sum(row.rank is not None for row in rows)
    again.save()
    for row in rows:
        row.run = again
    CountryScore.objects.bulk_create(rows)
    return again


def without_draws(row: CountryScore) -> None:
    """Remove from a row the results that only draws give."""
    for name, value in OF_DRAWS.items():
        setattr(row, name, value)


def without_rank(row: CountryScore) -> None:
    """Leave a ranked country without data on need, so that it has no rank."""
    if row.rank is not None:
        without_draws(row)
        row.status, row.rank, row.region_rank, row.reason_code = "not_rankable", None, None, "E1,E2,E3"
