"""Causes of a country's movement between runs: one criterion at a time, with points that add up."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import math
from typing import Any

import pytest

from selection.model_definition.criteria_table import ModelTable, read
from selection.models import ScoreRun
from selection.run_comparison.queries.causes import (
    Cause,
    CauseChange,
    Pair,
    Side,
    changes,
    deciders,
    status_cause,
)
from selection.run_comparison.queries.comparison import compare
from selection.runs.services import compute_screen

TABLE = read()
KEY = "births"


def line(
    key: str = KEY, u: float = 0.5, *, observations: tuple[int, ...] = (1,), age: int | None = 5, **more: Any
) -> Any:
    """Return a line of a run; `more` replaces parts of it."""
    source = more.pop("source", "own")
    weight = more.pop("weight", 0.07)
    return {
        "key": key,
        "u": u,
        "state": "observed",
        "nominal_weight": weight,
        "effective_weight": weight,
        "points": 7.0 * u,
        "observation": next(iter(observations), None),
        "shown": None,
        "observations": list(observations),
        "estimate": {"source": source, "age": age, "peers": more.pop("peers", [])},
        **more,
    }


def difference(
    before: Any, after: Any, *, unknown_before: tuple[int, ...] = (), unknown_after: tuple[int, ...] = (), **more: Any
) -> CauseChange | None:
    """Return the difference of one criterion between two runs."""
    tables: tuple[ModelTable, ModelTable] = more.get("tables", (TABLE, TABLE))
    one_table, other_table = tables
    pair = Pair(one_table, other_table, lambda pk: pk not in unknown_before, lambda pk: pk not in unknown_after)
    one, other = (Side({} if found is None else {found["key"]: found}) for found in (before, after))
    return next(iter(changes(one, other, pair)), None)


def cause(*lines: Any, **more: Any) -> Cause | None:
    """Return the cause of a difference."""
    found = difference(*lines, **more)
    return found.cause if found else None


def test_the_same_line_is_no_change() -> None:
    assert cause(line(), line()) is None


def test_a_criterion_without_weight_moves_no_country() -> None:
    assert cause(line(weight=0.0), line(u=0.9, observations=(2,), weight=0.0), unknown_before=(2,)) is None


def test_a_value_that_the_earlier_run_could_not_take_is_other_data() -> None:
    assert cause(line(), line(u=0.6, observations=(2,)), unknown_before=(2,)) is Cause.DATA


def test_a_value_that_was_taken_back_is_other_data() -> None:
    filled = line(u=0.4, observations=(), age=None, source="peers", peers=["GHA"])
    assert cause(line(), filled, unknown_after=(1,)) is Cause.DATA
    assert cause(line(observations=(2,)), line(), unknown_after=(2,)) is Cause.DATA


def test_the_same_value_carried_further_is_age() -> None:
    assert cause(line(age=5), line(u=0.4, age=6)) is Cause.AGE


def test_another_series_that_both_runs_knew_counts_by_age_alone() -> None:
    assert cause(line(age=14), line(u=0.4, observations=(2,), age=3, source="activity", state="bridged")) is Cause.AGE


def test_the_same_value_fitted_with_others_is_distinguished_from_age() -> None:
    pooled: dict[str, Any] = {"source": "pooled", "key": "prevalence"}
    assert cause(line(age=5, **pooled), line(u=0.4, age=6, **pooled)) is Cause.FITTED
    assert cause(line(age=5), line(u=0.4, age=5)) is Cause.FITTED
    bridged: dict[str, Any] = {"source": "activity", "state": "bridged"}
    assert cause(line(age=5, **bridged), line(u=0.4, age=6, **bridged)) is Cause.FITTED


def test_a_gap_filled_from_other_peers_is_named_so() -> None:
    gap: dict[str, Any] = {"observations": (), "age": None, "source": "peers"}
    assert cause(line(u=0.3, peers=["GHA"], **gap), line(u=0.4, peers=["TGO"], **gap)) is Cause.PEERS


def test_the_reason_for_a_gap_counts_as_a_statement() -> None:
    special = line(u=0.3, observations=(), age=None, source="peers", shown=2)
    assert cause(line(), special, unknown_before=(2,)) is Cause.DATA


def test_a_weight_moves_by_the_model_and_a_value_by_the_data_even_then() -> None:
    heavier = dataclasses.replace(TABLE, root_tau=0.1)
    assert cause(line(), line(weight=0.1), tables=(TABLE, heavier)) is Cause.MODEL
    found = difference(line(), line(u=0.6, observations=(2,), weight=0.1), unknown_before=(2,), tables=(TABLE, heavier))
    assert found is not None
    assert (found.cause, found.is_reweighed) == (Cause.DATA, True)


def test_a_criterion_of_one_model_alone_is_a_matter_of_the_model() -> None:
    other = dataclasses.replace(TABLE, root_tau=0.1)
    assert cause(None, line(), tables=(TABLE, other)) is Cause.MODEL
    assert cause(line(), None, tables=(TABLE, other)) is Cause.MODEL


def test_a_weight_taken_over_from_a_sibling_that_does_not_apply_is_data() -> None:
    assert cause(line("tier"), line("tier", effective_weight=0.09)) is Cause.DATA


# ---- a rank in one run alone ---------------------------------------------------------------------------------------


def why(status: str, reason: str, one: Any, other: Any, *, new: int = 0, gone: int = 0) -> Cause:
    """Return the reason why a country has no rank in one run.

    The earlier run did not include `new`, and the later one not `gone`.
    """
    sides = Side({one["key"]: one}), Side({other["key"]: other})
    pair = Pair(TABLE, TABLE, lambda pk: pk != new, lambda pk: pk != gone)
    deciding = deciders(status, reason, changes(*sides, pair), pair)
    return status_cause(status, reason, deciding, sides, pair)


def test_changed_tier_excludes_by_data_and_an_equal_one_by_decision() -> None:
    tier2, tier3 = line("tier", 0.7), line("tier", 0.0, observations=(2,))
    assert why("outside_pool", "tier3", tier2, tier3, new=2) is Cause.DATA
    assert why("outside_pool", "tier3", tier2, tier2) is Cause.POOL
    assert why("outside_pool", "partnership", tier2, tier3, new=2) is Cause.POOL


def test_equal_later_income_class_does_not_exclude_a_country() -> None:
    before, after = line("income", 0.0), line("income", 0.0, observations=(2,))
    assert why("outside_pool", "high_income", before, after, new=2) is Cause.POOL


def test_evidence_is_lost_by_age_or_by_data() -> None:
    old, older = line("child_labour", age=15), line("child_labour", age=16)
    assert why("provisional", "E2", old, older) is Cause.AGE
    gone = line("child_labour", 0.4, observations=(), age=None, source="peers")
    assert why("provisional", "E2", old, gone, gone=1) is Cause.DATA


# ---- points --------------------------------------------------------------------------------------------------------


def test_points_of_all_criteria_add_up_to_the_change_of_the_score(ranking: ScoreRun) -> None:
    arithmetic = dataclasses.replace(TABLE, aggregation="arithmetic", version="arithmetic")
    requests: tuple[dict[str, Any], ...] = ({"on": dt.date(2031, 1, 1)}, {"table": _reweighed()}, {"table": arithmetic})
    for asked in requests:
        run = compute_screen(actor=None, **asked)
        found = compare(ranking, run)
        scored = [move for move in found.moves if move.points is not None]
        assert scored
        for move in scored:
            parts = math.fsum(change.points for change in move.changes)
            assert parts == pytest.approx(move.points, abs=1e-9), move.row.name
            assert all(a >= b for a, b in _falling(move.changes))


def _falling(found: tuple[CauseChange, ...]) -> list[tuple[float, float]]:
    sizes = [abs(change.points) for change in found]
    return list(itertools.pairwise(sizes))


def _reweighed() -> ModelTable:
    rows = tuple(dataclasses.replace(row, weight=12.0) if row.key == "cpi" else row for row in TABLE.criteria)
    return dataclasses.replace(TABLE, criteria=rows, version="heavier")
