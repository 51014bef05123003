"""Properties of the method on the shipped facts that hold for any values: incentives, and evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from selection.model_definition.criteria_table import Stage, read
from selection.scoring import CANDIDATES, Column, Model, SeriesColumn, Snapshot, Status, score
from selection.scoring.estimates import COMBINED, PEERS, CellEstimates, estimate_cells
from selection.scoring.prepare import prepare
from selection.scoring.ranking import quantise
from selection.scoring.robustness.exact import root_scores
from tests.selection.method.method_run import Reference, reference

NEED = ("prevalence", "child_labour", "marriage", "births")

pytestmark = pytest.mark.world("facts")


@pytest.fixture
def run(db: None) -> Reference:
    return reference()


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


@pytest.mark.parametrize("key", ["prevalence", "child_labour"])
def test_hiding_an_e1_or_e2_fact_makes_a_country_provisional(run: Reference, key: str) -> None:
    """Hide it for every second ranked country, then for the others: each is judged by its own evidence."""
    ranking = run.result.ranking()
    for codes in (ranking[::2], ranking[1::2]):
        hidden = score(_without(run.selection.snapshot, key, codes), run.model, draws=0, seed=0)
        for code in ranking:
            found = hidden.country(code)
            assert found.status is (Status.PROVISIONAL if code in codes else Status.RANKED), code
            assert (found.rank is None) == (code in codes)


PLACES_GAINED = {
    # Countries, and the mean gain of the method's table. Schooling and literacy are not in it.
    "prevalence": (81, -0.05), "child_labour": (81, 0.62), "marriage": (81, 0.94), "births": (81, 0.96),
    "ilab": (78, 0.38), "political_rights": (81, 0.43), "civil_liberties": (81, 0.37), "cpi": (81, 0.48),
    "unemployment": (81, -0.10), "school_life": (75, None), "literacy": (80, None),
}  # fmt: skip
ONE_SURVEY = {"own": (67, -0.76, 1.0), "activity": (23, 1.26, 1.5)}
"""Of the two surveys of child labor: countries, mean gain from hiding this one alone, and the most it may be."""


@pytest.mark.parametrize("key", PLACES_GAINED)
def test_hiding_a_cell_gains_at_most_one_rank_on_average(run: Reference, key: str) -> None:
    """Fill the cell from peers, with the others' scores and the run's constants held."""
    cells = cells_of(run, key)
    has = np.array([source not in ("", PEERS) for source in cells.sources]) & ~np.isnan(cells.u)
    gains = [_gain(run, key, i, _of_peers(run, cells, i, has)) for i in run.drawn[0].ranked.tolist() if has[i]]
    count, stated = PLACES_GAINED[key]
    assert len(gains) == count
    assert np.mean(gains) <= 1.0
    if stated is not None:
        # On the facts of need the engine agrees to two decimals; on the others the prototype took its peers otherwise.
        assert np.mean(gains) == pytest.approx(stated, abs=0.006 if key in NEED else 0.13)


@pytest.mark.parametrize("series", ONE_SURVEY)
def test_hiding_one_of_two_surveys_gains_little(run: Reference, series: str) -> None:
    cells, snapshot = cells_of(run, "child_labour"), run.selection.snapshot
    has, gains = ~np.isnan(cells.best), []
    for i in run.drawn[0].ranked.tolist():
        of = {"own": ("own", COMBINED), "activity": ("activity", COMBINED)}[series]
        if cells.sources[i] not in of:
            continue
        hidden = _without(snapshot, "child_labour", [snapshot.countries[i]], series=series)
        again = estimate_cells(prepare(cells.criterion, hidden), hidden, held=cells)
        u = float(again.u[i])
        gains.append(_gain(run, "child_labour", i, _of_peers(run, cells, i, has) if np.isnan(u) else u))
    count, stated, most = ONE_SURVEY[series]
    assert len(gains) == count
    assert np.mean(gains) <= most
    assert np.mean(gains) == pytest.approx(stated, abs=0.1)


def cells_of(run: Reference, key: str) -> CellEstimates:
    return run.result.estimated.cells[key]


def _of_peers(run: Reference, cells: CellEstimates, i: int, has: NDArray[np.bool_]) -> float:
    """Return the mean u of a country's peers."""
    return float(np.mean(cells.u[run.result.estimated.peers.of(i, has)]))


def _gain(run: Reference, key: str, i: int, u: float) -> int:
    """Return how many places a ranked country gains with another value of one criterion."""
    result = run.result
    values = result.u.copy()
    values[i, [criterion.key for criterion in result.plan.criteria].index(key)] = u
    scores = quantise(root_scores(result.plan, values[run.drawn[0].ranked]))
    own = run.drawn[0].ranked.tolist().index(i)
    return int(result.ranks[i]) - 1 - int(np.sum(scores > scores[own]))


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
    cells = estimated.cells[key]
    criterion = cells.criterion
    for name, values in snapshot.series[key].items():
        worse = SeriesColumn({c: min(1.1 * v + 0.1, 100.0) for c, v in values.values.items()}, values.ages)
        moved = replace(snapshot, series={**snapshot.series, key: {**snapshot.series[key], name: worse}})
        again = estimate_cells(prepare(criterion, moved), moved, held=cells)
        known = ~np.isnan(again.u)
        assert known.any(), (key, name)
        assert np.all(again.u[known] >= cells.u[known] - 1e-12), (key, name)


@pytest.mark.parametrize("factor", [1.01, 1.5, 4.0])
def test_a_larger_part_in_a_second_survey_never_lowers_need(run: Reference, factor: float) -> None:
    """Raise the activity of each country alone: at the same year it may then exceed the whole, and count as newer."""
    cells, snapshot = cells_of(run, "child_labour"), run.selection.snapshot
    activity = snapshot.series["child_labour"]["activity"]
    assert cells.surveys is not None
    seconds = set(cells.surveys.countries)
    more = SeriesColumn({code: min(factor * v, 100.0) for code, v in activity.values.items()}, activity.ages)
    series = {**snapshot.series["child_labour"], "activity": more}
    moved = replace(snapshot, series={**snapshot.series, "child_labour": series})
    again = estimate_cells(prepare(cells.criterion, moved), moved, held=cells)
    assert again.surveys is not None
    assert set(again.surveys.countries) >= seconds
    assert again.surveys.offset == cells.surveys.offset
    known = ~np.isnan(again.u)
    assert np.all(again.u[known] >= cells.u[known] - 1e-12)
    if factor == 4.0:
        assert set(again.surveys.countries) > seconds


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
    again = score(replace(snapshot, columns={**snapshot.columns, key: scaled}), other, draws=500, seed=1)
    before = score(snapshot, run.model, draws=500, seed=1)
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
    assert again.country("CIV").rank == 10
    assert again.country("ROU").status in (Status.RANKED, Status.PROVISIONAL)
