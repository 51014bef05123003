"""Reasons for a movement: one value, a constant of the run, several values, or others alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import ScoreRun
from selection.scoring import Column, Result, Snapshot, score
from selection.scoring_inputs.question import selection_of
from selection.update_effect.movers import Movers, Undone, ranks_of

pytestmark = [pytest.mark.django_db, pytest.mark.world("ranking")]


@pytest.fixture
def result(ranking: ScoreRun) -> Result:
    table, stage = ModelTable.from_dict(ranking.table), Stage.SCREEN
    selection = selection_of(table, stage, ranking.as_of, ranking.reference_date, ranking.inputs)
    return score(selection.snapshot, table.model(stage), draws=0)


def with_value(snapshot: Snapshot, code: str, key: str, number: float) -> Snapshot:
    """Return the snapshot with another value of one country."""
    column = snapshot.columns[key]
    values, reasons = column.values.copy(), list(column.missing_reasons)
    values[snapshot.position[code]], reasons[snapshot.position[code]] = number, None
    ages = column.ages.copy()
    ages[snapshot.position[code]] = 1.0
    changed = Column(values, column.labels, tuple(reasons), column.standard_errors, ages)
    return replace(snapshot, columns={**snapshot.columns, key: changed})


def after(result: Result, *changes: tuple[str, str, float]) -> Movers:
    snapshot = result.snapshot
    for code, key, number in changes:
        snapshot = with_value(snapshot, code, key, number)
    return Movers(result, score(snapshot, result.model, draws=0), {})


def test_the_one_value_that_changed_is_named(result: Result) -> None:
    last = result.ranking()[-1]
    movers = after(result, (last, "political_rights", 40.0), (last, "literacy", 50.0))
    assert ranks_of(movers.after)[last] < ranks_of(result)[last]
    assert movers.changed(last) == ["political_rights", "literacy"]
    assert movers.undone(last) == Undone("political_rights", is_own=False)


def test_a_country_whose_values_stay_is_moved_by_others(result: Result) -> None:
    first, *_, last = result.ranking()
    movers = after(result, (last, "political_rights", 40.0), (last, "civil_liberties", 60.0), (last, "cpi", 100.0))
    moved = [
        code for code in result.ranking() if code != last and ranks_of(movers.after)[code] != ranks_of(result)[code]
    ]
    assert moved
    assert {movers.undone(code) for code in moved} == {Undone()}
    assert movers.changed(first) == []


def test_returning_everything_that_changed_gives_the_earlier_rank(result: Result) -> None:
    changes = [(code, "cpi", 10.0 + 5 * n) for n, code in enumerate(result.ranking()[:6])]
    movers = after(result, *changes)
    codes = [code for code, *_ in changes]
    assert ranks_of(score(movers._returned(codes, ["cpi"]), result.model, draws=0)) == ranks_of(result)
