"""Properties of the method on the shipped facts that hold for any values: coverage, incentives, and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from selection.model_definition.criteria_table import Stage, read
from selection.scoring import CANDIDATES, Column, Model, SeriesColumn, Snapshot, Status, score
from selection.scoring.estimates import CellEstimates, estimate_cells
from selection.scoring.prepare import prepare
from selection.scoring.ranking import competition_ranks
from selection.scoring.robustness.draws import Simulation
from selection.scoring.robustness.exact import root_scores
from selection.scoring.robustness.tables import EVERY_SOURCE, spread
from selection.scoring.uncertainty import rank_intervals
from selection.scoring.value_functions import FloatArray
from tests.selection.method.method_run import Reference, reference

WORLDS, DRAWS = 40, 2_000
NEED = ("prevalence", "child_labour", "marriage", "births")

pytestmark = pytest.mark.world("facts")


@pytest.fixture
def run(db: None) -> Reference:
    return reference()


# ---- coverage ------------------------------------------------------------------------------------------------------


def _world(cells: CellEstimates, rng: np.random.Generator) -> tuple[FloatArray, CellEstimates]:
    """Draw true values of a criterion and published estimates of them; return the true u and the new estimates."""
    known = ~np.isnan(cells.best) & (cells.error > 0)
    truth, best = cells.best.copy(), cells.best.copy()
    size = int(known.sum())
    if cells.pooling is not None:
        pooling = cells.pooling
        editions = np.sum([~np.isnan(values) for values in cells.published.values()], axis=0)[known]
        noise = pooling.noise / np.sqrt(editions)
        truth[known] = pooling.mean + np.sqrt(pooling.agreement) * rng.standard_normal(size)
        pull = np.array([pooling.pull(int(count)) for count in editions])
        published = truth[known] + noise * rng.standard_normal(size)
        best[known] = pooling.mean + pull * (published - pooling.mean)
    else:
        truth[known] += cells.error[known] * rng.standard_normal(size)
        best[known] = truth[known] + cells.error[known] * rng.standard_normal(size)
    u_true = np.where(known, cells.transform(truth), cells.u)
    u_seen = np.where(known, cells.transform(best), cells.u)
    # Filled cells and levels stay as they are in both, so that only the declared errors are put to the test.
    return u_true, replace(cells, best=best, u=u_seen, peers={}, moves={})


def test_the_interval_of_the_data_holds_the_true_rank_nine_times_in_ten(run: Reference) -> None:
    result, rng = run.result, np.random.default_rng(20261126)
    assert result.estimated is not None
    ranked = np.flatnonzero(result.ranks > 0)
    keys = [criterion.key for criterion in result.plan.criteria]
    held, stated, came_true = [], [], []
    for seed in range(WORLDS):
        worlds = {key: _world(cells, rng) for key, cells in result.estimated.cells.items()}
        true_u, seen = result.u.copy(), dict(result.estimated.cells)
        for key, (u, cells) in worlds.items():
            true_u[:, keys.index(key)] = np.where(np.isnan(result.u[:, keys.index(key)]), np.nan, u)
            seen[key] = cells
        truth = competition_ranks(root_scores(result.plan, true_u[ranked]))
        laws = spread(result.plan, _all_cells(result.plan.criteria, seen, result.u), ranked, EVERY_SOURCE)
        counts = Simulation(run.model, result.plan, laws, len(ranked), 20, weights=False).run(DRAWS, seed)
        intervals = rank_intervals(counts)
        held.append((intervals[:, 0] <= truth) & (truth <= intervals[:, 2]))
        stated.append(counts[:, :20].sum(axis=1) / DRAWS)
        came_true.append(truth <= 20)
    coverage = float(np.mean(held))
    assert 0.87 <= coverage <= 0.94, coverage
    shares, outcomes = np.concatenate(stated), np.concatenate(came_true)
    for low, high in ((0.2, 0.4), (0.4, 0.6), (0.6, 0.8)):
        inside = (shares >= low) & (shares < high)
        assert np.mean(outcomes[inside]) == pytest.approx(np.mean(shares[inside]), abs=0.08), (low, high)


def _all_cells(
    criteria: Iterable[object], seen: Mapping[str, CellEstimates], u: FloatArray
) -> dict[str, CellEstimates]:
    """Return the estimates of every criterion: those without one count as published."""
    size = len(u)
    found = {}
    for j, criterion in enumerate(criteria):
        key = criterion.key  # type: ignore[attr-defined]  # a plan's criteria
        nothing = np.full(size, np.nan)
        zero = {name: np.zeros(size) for name in ("measurement", "age", "bridge")}
        plain = CellEstimates(criterion, nothing, zero, u[:, j], ("",) * size, nothing, lambda t: t)  # type: ignore[arg-type]  # the same
        found[key] = seen.get(key, plain)
    return found


# ---- evidence and weights ------------------------------------------------------------------------------------------


def test_no_weight_changes_who_is_ranked(run: Reference) -> None:
    rng = np.random.default_rng(3)
    table = read()
    before = run.result.statuses
    for _ in range(12):
        nodes = tuple(replace(row, weight=float(rng.integers(1, 60))) for row in table.nodes)
        criteria = tuple(
            replace(row, weight=float(rng.integers(0, 60)) if row.stage == "screen" else row.weight)
            for row in table.criteria
        )
        criteria = tuple(
            replace(row, weight=max(row.weight, 1.0)) if row.key in ("tier", "cpi", "income", "births") else row
            for row in criteria
        )
        model = replace(table, nodes=nodes, criteria=criteria).model(Stage.SCREEN)
        assert score(run.selection.snapshot, model, draws=0).statuses == before


def test_hiding_an_e1_or_e2_fact_makes_a_country_provisional(run: Reference) -> None:
    for code in run.result.ranking():
        for key in ("prevalence", "child_labour"):
            hidden = score(_without(run.selection.snapshot, key, [code]), run.model, draws=0, seed=0)
            found = hidden.country(code)
            assert found.status is Status.PROVISIONAL, (code, key)
            assert found.rank is None


def test_hiding_a_value_gains_no_more_than_a_place_on_average(run: Reference) -> None:
    """Check each criterion; a country that loses its rank with the value has gained nothing."""
    estimated = run.result.estimated
    assert estimated is not None
    gains: dict[str, float] = {}
    for key in ("marriage", "births", "ilab", "school_life", "literacy", "unemployment", "balance"):
        own = [code for code in run.result.ranking() if estimated.cells[key].known[run.position(code)]]
        gains[key] = _mean_gain(run, key, own)
    sources = estimated.cells["child_labour"].sources
    surveyed = [code for code in run.result.ranking() if sources[run.position(code)] == "own"]
    gains["child_labour, own survey"] = _mean_gain(run, "child_labour", surveyed, series="own")
    assert max(gains.values()) <= 1.0, gains


def _mean_gain(run: Reference, key: str, codes: list[str], *, series: str = "") -> float:
    """Return the mean places gained by hiding a value, over those who keep a rank without it."""
    moved = []
    for code in codes:
        hidden = score(_without(run.selection.snapshot, key, [code], series=series), run.model, draws=0, seed=0)
        before, after = run.result.country(code).rank, hidden.country(code).rank
        if before and after:
            moved.append(before - after)
    assert len(moved) > 40, key
    return float(np.mean(moved))


def _without(snapshot: Snapshot, key: str, codes: list[str], *, series: str = "") -> Snapshot:
    """Hide the data of a criterion, or one series of it, for some countries."""
    column = snapshot.columns[key]
    hidden = np.isin(snapshot.countries, codes)
    labels = (
        None if column.labels is None else tuple(None if h else x for x, h in zip(column.labels, hidden, strict=True))
    )
    present = column.present
    reasons = tuple(
        ("not_applicable" if key == "ilab" else "not_collected") if h and p else r
        for r, h, p in zip(column.missing_reasons, hidden.tolist(), present.tolist(), strict=True)
    )
    blank = {name: np.where(hidden, np.nan, getattr(column, name)) for name in ("values", "standard_errors", "ages")}
    made = Column(labels=labels, missing_reasons=reasons, **blank)  # type: ignore[arg-type]  # reasons as the snapshot reads them
    parts = {
        name: SeriesColumn(
            *({c: v for c, v in part.items() if c not in codes} for part in (s.values, s.ages, s.standard_errors))
        )
        if series in ("", name)
        else s
        for name, s in snapshot.series.get(key, {}).items()
    }
    columns = snapshot.columns if series else {**snapshot.columns, key: made}
    return replace(snapshot, columns=columns, series={**snapshot.series, **({key: parts} if parts else {})})


# ---- the estimates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", NEED)
def test_a_worse_fact_never_lowers_need(run: Reference, key: str) -> None:
    """Make every published value of every series a tenth worse, with the run's fitted constants unchanged."""
    estimated, snapshot = run.result.estimated, run.selection.snapshot
    assert estimated is not None
    cells = estimated.cells[key]
    criterion = cells.criterion
    for name, values in snapshot.series[key].items():
        worse = SeriesColumn({c: min(1.1 * v + 0.1, 100.0) for c, v in values.values.items()}, values.ages)
        moved = replace(snapshot, series={**snapshot.series, key: {**snapshot.series[key], name: worse}})
        again = estimate_cells(prepare(criterion, moved), moved, held=cells)
        known = ~np.isnan(again.u)
        assert known.any(), (key, name)
        assert np.all(again.u[known] >= cells.u[known] - 1e-12), (key, name)


def test_another_unit_changes_nothing(run: Reference) -> None:
    """Count the CPI from 0 to 1000, with its goalposts, drift, and error scaled accordingly."""
    key, factor = "cpi", 10.0
    snapshot = run.selection.snapshot
    column = snapshot.columns[key]
    scaled = replace(column, values=column.values * factor, standard_errors=column.standard_errors * factor)
    plain = run.model.to_dict()
    found = next(item for item in _leaves(plain["root"]) if item["key"] == key)
    function, estimate = found["value_function"], found["estimate"]
    function["lower"], function["upper"] = function["lower"] * factor, function["upper"] * factor
    estimate["drift"], estimate["measurement"] = estimate["drift"] * factor, estimate["measurement"] * factor
    other = Model.from_dict(plain)
    again = score(replace(snapshot, columns={**snapshot.columns, key: scaled}), other, draws=2_000, seed=1)
    before = score(snapshot, run.model, draws=2_000, seed=1)
    assert np.allclose(again.scores, before.scores, atol=1e-12, equal_nan=True)
    assert again.ranking() == before.ranking()
    assert again.robustness is not None
    assert before.robustness is not None
    assert np.allclose(again.robustness.within, before.robustness.within, atol=0.001)


def _leaves(node: dict[str, Any]) -> list[dict[str, Any]]:
    children = node.get("children")
    return [leaf for child in children for leaf in _leaves(child)] if isinstance(children, list) else [node]


def test_admitting_a_country_changes_no_other_score(run: Reference) -> None:
    snapshot = run.selection.snapshot
    pools = {**snapshot.pools, CANDIDATES: tuple(sorted({*snapshot.pools[CANDIDATES], "CIV", "ROU"}))}
    again = score(replace(snapshot, pools=pools), run.model, draws=0)
    assert np.array_equal(again.scores, run.result.scores, equal_nan=True)
    assert again.country("CIV").rank == 11
    assert again.country("ROU").status in (Status.RANKED, Status.PROVISIONAL)
