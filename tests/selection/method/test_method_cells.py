"""Cells of the desk screen on the shipped facts, compared with the figures of version 4 of the method."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from selection.scoring.estimates import COMBINED, CellEstimates
from selection.scoring.missing import CellState
from tests.selection.method import former_figures, method_figures
from tests.selection.method.method_run import Reference, reference

BEST, ERROR, U = 0.006, 0.0006, 0.0006

pytestmark = pytest.mark.world("facts")


@pytest.fixture
def run(db: None) -> Reference:
    return reference()


def cells_of(run: Reference, key: str) -> CellEstimates:
    return run.result.estimated.cells[key]


def test_child_labor_from_both_surveys(run: Reference) -> None:
    cells = cells_of(run, "child_labour")
    for code, (own, activity, best, error, u) in method_figures.CHILD_LABOUR.items():
        i, entry = run.position(code), run.result.place(code).estimates["child_labour"]
        published = cells.published["own"][i]
        assert (None if np.isnan(published) else published) == own, code
        assert cells.published["activity"][i] == activity, code
        assert entry["best"] == pytest.approx(best, abs=BEST), code
        assert cells.error[i] == pytest.approx(error, abs=ERROR), code
        assert cells.u[i] == pytest.approx(u, abs=U), code
    for code, share in method_figures.NEWER_SHARES.items():
        assert cells.shares[run.position(code)] == pytest.approx(share, abs=0.006), code


def test_what_the_run_fits_on_child_labor(run: Reference) -> None:
    cells = cells_of(run, "child_labour")
    for key, (n, intercept, slope, residual, r) in method_figures.BRIDGES.items():
        bridge = cells.bridges[key]
        assert bridge.n == n
        fitted = (bridge.intercept, bridge.slope, bridge.residual)
        assert fitted == pytest.approx((intercept, slope, residual), abs=0.0006), key
        assert bridge.r == pytest.approx(r, abs=0.006)
    surveys = cells.surveys
    assert surveys is not None
    assert surveys.offset == pytest.approx(method_figures.OFFSET, abs=0.0006)
    assert len(surveys.countries) == method_figures.TWO_SURVEYS
    assert {"KHM", "CHL", "PAN", "MWI"} < set(surveys.countries)
    ranked = [code for code in surveys.countries if run.result.ranks[run.position(code)]]
    assert len(ranked) == method_figures.TWO_SURVEYS_RANKED + 1
    sources = Counter(source for source, rank in zip(cells.sources, run.result.ranks, strict=True) if rank)
    assert sources == {COMBINED: 17, "own": 50, "activity": 6, "working": 8}


def test_births_are_credited_for_five_years(run: Reference) -> None:
    cells = cells_of(run, "births")
    for code, (published, best, u) in method_figures.BIRTHS.items():
        i, entry = run.position(code), run.result.place(code).estimates["births"]
        assert cells.published["own"][i] == pytest.approx(published, abs=0.05), code
        assert entry["best"] == pytest.approx(best, abs=BEST), code
        if u is not None:
            assert cells.u[i] == pytest.approx(u, abs=U), code


def test_the_balance_is_pulled_to_the_mean_of_the_pool(run: Reference) -> None:
    cells = cells_of(run, "balance")
    pooling = cells.pooling
    assert pooling is not None
    assert pooling.mean == pytest.approx(method_figures.BALANCE_MEAN, abs=0.05)
    assert pooling.pull(1) == pytest.approx(method_figures.BALANCE_PULL, abs=0.001)
    known = ~np.isnan(cells.best)
    assert set(np.round(cells.error[known], 1)) == {method_figures.BALANCE_ERROR}
    assert not np.any(cells.parts["age"])
    published = np.clip(cells.published["own"], -100, 60)[known]
    pulled = pooling.mean + method_figures.BALANCE_PULL * (published - pooling.mean)
    assert cells.best[known] == pytest.approx(pulled, abs=0.1)


@pytest.mark.parametrize("key", ["prevalence", "marriage"])
def test_facts_that_version_4_takes_as_version_3_did(run: Reference, key: str) -> None:
    cells, checked = cells_of(run, key), 0
    for (code, of), (best, error, u) in former_figures.CELLS.items():
        if of == key:
            i, entry = run.position(code), run.result.place(code).estimates[key]
            assert entry["best"] == pytest.approx(best, abs=BEST), code
            assert cells.error[i] == pytest.approx(error, abs=ERROR), code
            assert cells.u[i] == pytest.approx(u, abs=U), code
            checked += 1
    assert checked == 5


def test_a_country_without_a_level_of_the_newest_edition_has_none(run: Reference) -> None:
    column = [criterion.key for criterion in run.result.plan.criteria].index("ilab")
    apart = run.result.states[:, column] == CellState.NOT_APPLICABLE
    ranked = run.result.ranks > 0
    assert {run.result.countries[i] for i in np.flatnonzero(apart & ranked)} == method_figures.NO_LEVEL
    turkey = run.selection.cells["ilab"]["TUR"]
    assert turkey.used is None
    assert turkey.shown is not None  # the level of 2018 is still shown
    assert turkey.shown.label.startswith("Moderate")


def test_tiers_of_the_edition_before_the_overdue_one_move(run: Reference) -> None:
    cells = cells_of(run, "tier")
    assert run.selection.snapshot.overdue == {"tier": 1}
    labels = run.selection.snapshot.columns["tier"].labels
    assert labels is not None
    assert {labels[i] for i in cells.moves} >= {"Tier 1", "Tier 2", "Tier 2 Watch List"}
    for i, shares in cells.moves.items():
        assert shares.sum() == pytest.approx(1)
        if labels[i] == "Tier 2":
            assert shares.tolist() == pytest.approx([0.001, 0.162, 0.804, 0.033])
    assert all(run.position(code) in cells.moves for code in run.codes("ranked"))


def test_every_cell_leads_to_observations(run: Reference) -> None:
    estimated = run.result.estimated
    for key, cells in estimated.cells.items():
        for i, code in enumerate(run.result.countries):
            cell = run.selection.cells[key][code]
            if not np.isnan(cells.ages[i]):
                behind = list(cell.series.values()) or ([cell.used] if cell.used else [])
                assert behind, (key, code)
                assert all(value.observation_id for value in behind), (key, code)
