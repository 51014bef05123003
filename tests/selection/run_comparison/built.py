"""Runs, movements, and comparisons built by hand, for tests of sentences."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from selection.model_definition.criteria_table import read
from selection.run_comparison.queries.causes import Cause, CauseChange, Pair
from selection.run_comparison.queries.comparison import Comparison, RunMove
from selection.run_comparison.queries.pool_differences import PoolBetween
from tests.support.rows import ranking_row

TABLE = read()
SAME = PoolBetween()


def run(pk: int, day: dt.date, **values: Any) -> Any:
    known: dict[str, Any] = {
        "model_key": "shipped",
        "model_version": "3",
        "engine_version": "2.1.0",
        "as_of": 10 * pk,
        "inputs": {"pool": {}},
        "get_stage_display": lambda: "Desk screen",
    }
    return SimpleNamespace(pk=pk, reference_date=day, **{**known, **values})


BEFORE, AFTER = run(1, dt.date(2025, 12, 31)), run(2, dt.date(2026, 3, 1))


def line(best: float | None = 10.0, source: str = "own", **values: Any) -> dict[str, Any]:
    estimate = {"best": best, "source": source, "age": 3, **values.pop("estimate", {})}
    known = {
        "u": 0.5,
        "nominal_weight": 0.07,
        "observations": [1],
        "observation": 1,
        "shown": None,
        "state": "observed",
    }
    return {**known, "estimate": estimate, **values}


def change(key: str = "births", cause: Cause = Cause.DATA, points: float = 1.0, **sides: Any) -> CauseChange:
    return CauseChange(key, cause, points, sides.get("before", line()), sides.get("after", line()))


def move(
    code: str, before: int | None, after: int | None, cause: Cause | None = None, *changes: CauseChange, **values: Any
) -> RunMove:
    rows = [ranking_row(code, rank=rank, status="ranked" if rank else "not_rankable") for rank in (before, after)]
    places = None if before is None or after is None else before - after
    known: dict[str, Any] = {"before": rows[0], "after": rows[1], "places": places, "points": 0.0}
    return RunMove(**{**known, "changes": changes, "cause": cause, **values})


def comparison(
    *moves: RunMove, before: Any = BEFORE, after: Any = AFTER, one_stage: bool = True, **values: Any
) -> Comparison:
    pair = Pair(TABLE, TABLE, lambda pk: True, lambda pk: True, is_one_stage=one_stage)
    known: dict[str, Any] = {
        "publications": (),
        "model": (),
        "engine": False,
        "day": before.reference_date != after.reference_date,
        "entered": (),
        "left": (),
        "first": 2,
    }
    return Comparison(before=before, after=after, pair=pair, moves=tuple(moves), **{**known, **values})
