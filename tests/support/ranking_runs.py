"""Runs that the newest engine does not make of the test pool: without draws, without ranks, and by older models."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from selection.model_definition.criteria_table import ModelTable, read
from selection.models import CountryScore, ScoreRun
from selection.runs.services import compute_screen

Change = Callable[[CountryScore], None]
OF_DRAWS: dict[str, Any] = {
    **dict.fromkeys(("rank_low", "rank_median", "rank_high", "p10", "p20", "designs")),
    "group": "",
    "detail": {},
}
"""Fields that only draws fill, with their values in a row without draws."""


def copied(run: ScoreRun, change: Change, **inputs: Any) -> ScoreRun:
    """Store a run like `run` one day later, with each of its rows changed, and with more inputs."""
    rows = list(run.countries.select_related("country"))
    result = {key: value for key, value in run.result.items() if key != "drawn"}
    again = ScoreRun.objects.get(pk=run.pk)
    again.pk, again.reference_date, again.result = None, run.reference_date + dt.timedelta(days=1), result
    again._state.adding = True
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


def table_before() -> ModelTable:
    """Return the shipped model without the parts that the method added."""
    plain = read().to_dict()
    for part in ("method", "groupings", "aggregation"):
        plain.pop(part, None)
    for row in plain["criteria"]:
        row.pop("estimate", None)
    for node in plain["nodes"]:
        node.pop("span", None)
    return ModelTable.from_dict({**plain, "version": "before"})


def run_before_the_method() -> ScoreRun:
    """Compute the desk screen by a model without a method, as runs of earlier versions were."""
    return compute_screen(actor=None, table=table_before())
