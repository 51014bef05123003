"""Check how often the intervals of the method hold what they say, on worlds made from the shipped facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from selection.scoring import POOL, Result
from selection.scoring.estimates import PEERS, CellEstimates, exact_cells
from selection.scoring.ranking import competition_ranks, quantise
from selection.scoring.robustness.draws import Simulation
from selection.scoring.robustness.exact import root_scores
from selection.scoring.robustness.tables import MIDPOINTS, spread
from selection.scoring.uncertainty import rank_intervals
from selection.scoring.value_functions import FloatArray
from tests.selection.method.method_run import Reference, reference
from tests.selection.scoring.plain_all_in import PlainScreen
from tests.selection.scoring.test_plain_path import engine_shares

WORLDS, DRAWS, FIRST = 40, 2_000, 20

pytestmark = pytest.mark.world("facts")


@pytest.fixture
def run(db: None) -> Reference:
    return reference()


# ---- simulated worlds ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worlds:
    """The ranked countries in simulated worlds, (worlds, m), and how many of the first N were right on average."""

    held: NDArray[np.bool_]
    stated: FloatArray
    came_true: NDArray[np.bool_]
    widths: FloatArray
    right: float

    def calibration(self) -> dict[str, tuple[float, float]]:
        """Return the mean stated share and how often it came true, by fifths of the stated share from .2 up."""
        found = {}
        for low in (0.2, 0.4, 0.6, 0.8):
            inside = (self.stated >= low) & (self.stated < low + 0.2 + (low == 0.8))
            found[f"{low}"] = (float(self.stated[inside].mean()), float(self.came_true[inside].mean()))
        return found


def simulated(result: Result, *, tiers_drawn: bool) -> Worlds:
    """Draw true values and published estimates of them, rank the truth, and draw by the estimates, weights fixed."""
    rng, ranked = np.random.default_rng(20261129), np.flatnonzero(result.ranks > 0)
    estimated, plan = result.estimated.cells, result.plan
    keys = [criterion.key for criterion in plan.criteria]
    plain = {item.criterion.key: exact_cells(item) for item in result.prepared}
    plain = {key: replace(cells, u=result.u[:, keys.index(key)]) for key, cells in plain.items()}
    found: list[tuple[NDArray[np.bool_], FloatArray, NDArray[np.bool_], FloatArray]] = []
    for seed in range(WORLDS):
        true_u, seen = result.u.copy(), dict(plain)
        for key, cells in estimated.items():
            moving = tiers_drawn and key == "tier"
            u, seen[key] = _moved_tiers(cells, rng) if moving else _world(cells, rng)
            true_u[:, keys.index(key)] = np.where(np.isnan(result.u[:, keys.index(key)]), np.nan, u)
        truth = competition_ranks(root_scores(plan, true_u[ranked]))
        laws = spread(plan, seen, ranked)
        counts = Simulation(result.model, plan, laws, len(ranked), FIRST, weights=False).run(DRAWS, seed)
        ends = rank_intervals(counts)
        inside = (ends[:, 0] <= truth) & (truth <= ends[:, 2])
        found.append(
            (
                inside,
                counts[:, :FIRST].sum(axis=1) / DRAWS,
                truth <= FIRST,
                (ends[:, 2] - ends[:, 0]).astype(np.float64),
            )
        )
    held, stated, came_true, widths = (np.stack(column) for column in zip(*found, strict=True))
    order = np.argsort(-stated, axis=1)[:, :FIRST]
    right = float(np.take_along_axis(came_true, order, axis=1).sum(axis=1).mean())
    return Worlds(held, stated, came_true, widths, right)


def _world(cells: CellEstimates, rng: np.random.Generator) -> tuple[FloatArray, CellEstimates]:
    """Draw true values of a criterion and published estimates of them; return the true u and the new estimates."""
    known = ~np.isnan(cells.best) & (cells.error > 0)
    truth, best = cells.best.copy(), cells.best.copy()
    size = int(known.sum())
    if cells.pooling is not None:
        pooling = cells.pooling
        editions = np.sum([~np.isnan(values) for values in cells.published.values()], axis=0)[known]
        truth[known] = pooling.mean + np.sqrt(pooling.agreement) * rng.standard_normal(size)
        pull = np.array([pooling.pull(int(count)) for count in editions])
        published = truth[known] + pooling.noise / np.sqrt(editions) * rng.standard_normal(size)
        best[known] = pooling.mean + pull * (published - pooling.mean)
    else:
        truth[known] += cells.error[known] * rng.standard_normal(size)
        best[known] = truth[known] + cells.error[known] * rng.standard_normal(size)
    u_true = np.where(known, cells.transform(truth), cells.u)
    u_seen = np.where(known, cells.transform(best), cells.u)
    # Filled cells and levels stay as they are in both, so that only the declared errors are put to the test.
    return u_true, replace(cells, best=best, u=u_seen, peers={}, moves={})


def _moved_tiers(cells: CellEstimates, rng: np.random.Generator) -> tuple[FloatArray, CellEstimates]:
    """Draw the tiers of the overdue report as the world has them; the draws draw them again."""
    u = cells.u.copy()
    for i, shares in cells.moves.items():
        u[i] = cells.levels[rng.choice(len(shares), p=shares)]
    return u, replace(cells, peers={})


EXPECTED = {
    # Share of true ranks held, median width, what stated shares came true in, and how many of the first 20 were right.
    False: (0.905, 25, ((0.30, 0.28), (0.49, 0.46), (0.70, 0.75), (0.94, 0.94)), 16.4),
    True: (0.909, 40, ((0.29, 0.29), (0.49, 0.48), (0.71, 0.71), (0.86, 0.84)), 14.8),
}


@pytest.mark.parametrize("tiers_drawn", [False, True])
def test_the_interval_of_the_data_holds_the_true_rank_nine_times_in_ten(run: Reference, tiers_drawn: bool) -> None:
    worlds = simulated(run.result, tiers_drawn=tiers_drawn)
    coverage, width, calibration, right = EXPECTED[tiers_drawn]
    assert 0.89 <= worlds.held.mean() <= 0.93
    assert worlds.held.mean() == pytest.approx(coverage, abs=0.02)
    assert np.median(worlds.widths) == pytest.approx(width, abs=3)
    for (stated, came_true), expected in zip(worlds.calibration().values(), calibration, strict=True):
        assert (stated, came_true) == pytest.approx(expected, abs=0.07)
        assert came_true == pytest.approx(stated, abs=0.07)
    assert worlds.right == pytest.approx(right, abs=0.8)


# ---- one cell hidden -----------------------------------------------------------------------------------------------

HIDDEN = {"prevalence": 0.94, "child_labour": 0.93, "marriage": 0.91, "births": 0.98, "ilab": 0.97,
          "political_rights": 0.95, "civil_liberties": 0.98, "cpi": 0.98, "unemployment": 0.98}  # fmt: skip


@pytest.mark.parametrize("key", HIDDEN)
def test_peer_estimates_keep_the_rank_of_a_country_with_a_hidden_cell(run: Reference, key: str) -> None:
    """Hide one cell of one ranked country, and draw that cell alone from its peers: their best estimates, or draws."""
    cells, pool = run.result.estimated.cells[key], run.result.snapshot.members(POOL).tolist()
    best = {i: np.full(len(MIDPOINTS), cells.u[i]) for i in pool}
    # The reference takes the peers' best estimates; the engine draws them, so its intervals hold no less.
    assert _held(run, key, best) == pytest.approx(HIDDEN[key], abs=0.012)
    assert _held(run, key, _values_of(run.result, key)) >= 0.90


def _held(run: Reference, key: str, values: Mapping[int, FloatArray]) -> float:
    """Return the share of ranked countries whose rank lies between the places that 90% of their peers' values give."""
    result, ranked = run.result, run.drawn[0].ranked
    cells, column = result.estimated.cells[key], _column_of(result, key)
    has = np.array([source not in ("", PEERS) for source in cells.sources]) & ~np.isnan(cells.u)
    official, held = root_scores(result.plan, result.u[ranked]), []
    for row, i in enumerate(ranked.tolist()):
        if not has[i]:
            continue
        pool = np.sort(np.concatenate([values[peer] for peer in result.estimated.peers.of(i, has).tolist()]))
        drawn = np.repeat(result.u[i][None], len(MIDPOINTS), axis=0)
        drawn[:, column] = pool[(MIDPOINTS * len(pool)).astype(np.intp)]
        scores, others = root_scores(result.plan, drawn), np.delete(official, row)
        taken = 1 + (quantise(others)[None] > quantise(scores)[:, None]).sum(axis=1)
        low, high = np.percentile(taken, (5, 95), method="inverted_cdf")
        held.append(low <= result.ranks[i] <= high)
    assert len(held) >= 74
    return float(np.mean(held))


def _column_of(result: Result, key: str) -> int:
    return [criterion.key for criterion in result.plan.criteria].index(key)


def _values_of(result: Result, key: str) -> Mapping[int, FloatArray]:
    """Return the quantiles of u of every country of the pool on one criterion, one of them if it is exact."""
    pool, column = result.snapshot.members(POOL), _column_of(result, key)
    cells = {item.criterion.key: exact_cells(item) for item in result.prepared} | {key: result.estimated.cells[key]}
    laws = spread(result.plan, cells, pool)
    tables = {
        int(pool[row]): laws.tables[t].astype(np.float64)
        for t, (row, j) in enumerate(zip(laws.rows.tolist(), laws.columns.tolist(), strict=True))
        if j == column
    }
    return {i: tables.get(i, np.full(len(MIDPOINTS), result.estimated.cells[key].u[i])) for i in pool.tolist()}


# ---- the long way --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("draws", "most"), [(2500, 0.035), pytest.param(12_000, 0.02, marks=pytest.mark.wide)])
def test_all_in_shares_are_those_of_the_long_way(run: Reference, draws: int, most: float) -> None:
    ours, plain = engine_shares(run.result, FIRST), PlainScreen(run.result).shares(FIRST, draws, draws)
    assert np.abs(ours - plain).max() < most
    assert np.sqrt(np.mean((ours - plain) ** 2)) < most / 2.5
