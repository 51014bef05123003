"""Agreement of the scoring engine with other implementations and with published figures."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from selection.scoring import (
    Aggregation,
    CoverageMode,
    Criterion,
    Goalposts,
    MinMax,
    Model,
    Node,
    Percentile,
    Result,
    Snapshot,
    Threshold,
    competition_ranks,
    score,
)
from selection.scoring.aggregate import geometric_mean
from selection.scoring.value_functions import goalposts, zscore

from .build import FloatArray, column, flat, leaf, model, node, read_csv, snapshot

TOLERANCE = 1e-12


def random_problem(seed: int) -> tuple[FloatArray, FloatArray, list[int]]:
    """Return values, weights that sum to 1, and directions; in a third of the problems one column has many ties."""
    rng = np.random.default_rng(seed)
    n, size = int(rng.integers(3, 200)), int(rng.integers(2, 30))
    x = rng.lognormal(0, 1, (n, size))
    if seed % 3 == 0:
        x[:, 0] = np.resize([0.0, 1.0, 2.0], n)
    return x, rng.dirichlet(np.ones(size)), rng.choice([-1, 1], size).tolist()


@pytest.mark.parametrize("seed", range(200))
def test_weighted_sum_agrees_with_pymcdm_and_scikit_criteria(seed: int) -> None:
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization
    from skcriteria import mkdm
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.pipelines import mkpipe
    from skcriteria.preprocessing.invert_objectives import MinMaxInverter

    x, weights, directions = random_problem(seed)
    result = score(*flat(x, weights, [MinMax(d) for d in directions]), draws=0)
    theirs = WSM(minmax_normalization)(x, weights, np.array(directions), validation=False)
    decision = mkdm(x, [max if d > 0 else min for d in directions], weights=weights)
    criteria = mkpipe(MinMaxInverter(), WeightedSumModel()).evaluate(decision).e_.score
    assert np.abs(result.scores - theirs).max() <= TOLERANCE
    assert np.abs(result.scores - criteria).max() <= TOLERANCE
    assert np.array_equal(result.ranks, competition_ranks(np.asarray(theirs)))


@pytest.mark.parametrize("seed", range(0, 200, 10))
def test_geometric_mean_agrees_with_pymcdm(seed: int) -> None:
    from pymcdm.methods import WPM

    x, weights, _ = random_problem(seed + 1)
    values = np.ascontiguousarray(0.01 + 0.99 * goalposts(x, float(np.min(x)), float(np.max(x))))
    wpm = WPM(lambda column, cost: column)(values, weights, np.ones(len(weights)), validation=False)
    assert np.abs(geometric_mean(values, weights) - wpm).max() <= TOLERANCE


def test_sum_normalized_figures_of_pymcdm() -> None:
    from pymcdm.normalizations import sum_normalization

    x = np.array([[96, 83, 75, 7], [63, 5, 56, 9], [72, 30, 32, 48], [11, 4, 27, 9], [77, 21, 17, 11]], dtype=float)
    x[:, 2:] = 1 / x[:, 2:]  # sum normalization inverts costs
    shares = [Goalposts(0.0, float(column.sum())) for column in x.T]
    result = score(*flat(x, np.array([8, 5, 6, 7]) / 13, shares), draws=0)
    weights_sum = 26 / 13
    assert [round(float(s) * weights_sum, 3) for s in result.scores] == [0.609, 0.313, 0.334, 0.265, 0.479]
    assert np.allclose(
        sum_normalization(x[:, 0]), goalposts(x[:, 0], 0.0, float(x[:, 0].sum())), atol=TOLERANCE, rtol=0
    )


def test_minmax_figures_of_pymcdm() -> None:
    x = np.array([[66, 56, 95], [61, 55, 166], [65, 49, 113], [95, 56, 99], [63, 43, 178], [74, 59, 140]], dtype=float)
    result = score(*flat(x, [1, 1, 1], [MinMax(-1), MinMax(-1), MinMax(1)]), draws=0)
    assert np.allclose(result.u[0], [0.85294118, 0.1875, 0.0], atol=5e-9, rtol=0)


def test_published_scores_of_kracka_2010() -> None:
    x = np.array(
        [
            [33.95, 23.78, 11.45, 39.97, 29.44, 167.10, 3.852],
            [38.9, 4.17, 6.32, 0.01, 4.29, 132.52, 25.184],
            [37.59, 9.36, 8.23, 4.35, 10.22, 136.71, 10.845],
            [30.44, 37.59, 13.91, 74.08, 45.10, 198.34, 2.186],
            [36.21, 14.79, 9.17, 17.77, 17.06, 148.3, 6.61],
            [37.8, 8.55, 7.97, 2.35, 9.25, 134.83, 11.935],
        ]
    )
    costs = [0, 1, 2, 3, 5]
    x[:, costs] = 1 / x[:, costs]
    result = score(*flat(x, np.ones(7), [Goalposts(0.0, float(column.sum())) for column in x.T]), draws=0)
    expected = [0.12040426, 0.3458235, 0.13838192, 0.12841246, 0.12346084, 0.14351701]
    assert np.allclose(result.scores, expected, atol=5e-9, rtol=0)
    assert result.ranks.tolist() == [6, 1, 3, 4, 5, 2]


# COINr's ASEM index: 51 countries, 49 indicators, 8 pillars, 2 sub-indexes.


@pytest.fixture(scope="module")
def oracles(shared_data: Path) -> Path:
    return shared_data / "oracles"


def asem_model(
    folder: Path, aggregation: Aggregation = Aggregation.ARITHMETIC, p: float = 1.0, tau: float = 0.0
) -> Model:
    with (folder / "asem_imeta.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def build(row: dict[str, str]) -> Node | Criterion:
        key, weight = row["iCode"], float(row["Weight"])
        children = tuple(build(child) for child in rows if child["Parent"] == key)
        if children:
            return Node(key, key, children, weight, aggregation, p, tau=tau)
        return Criterion(key, key, MinMax(int(row["Direction"])), weight)

    root = build(next(row for row in rows if row["iCode"] == "Index"))
    assert isinstance(root, Node)
    return Model("asem", "1", root, coverage_mode=CoverageMode.COUNT)


def asem_score(folder: Path, data: str, built: Model) -> Result:
    countries, table = read_csv(folder / data)
    columns = {criterion.key: column(table[criterion.key]) for criterion in built.criteria}
    return score(Snapshot(tuple(countries), columns), built, draws=0)


def assert_nodes_equal(result: Result, path: Path, offset: float = 0.0) -> None:
    """Check that node scores on COINr's scale (100, or 1 to 100) equal the file's, including gaps."""
    countries, expected = read_csv(path)
    assert countries == list(result.countries)
    keys = [branch.key for branch in result.plan.branches]
    compared = [key for key in expected if key in keys]
    assert compared[-1] == "Index"
    for key in compared:
        ours = offset + (100 - offset) * result.node_scores[:, keys.index(key)]
        assert np.array_equal(np.isnan(ours), np.isnan(expected[key])), key
        assert np.nanmax(np.abs(ours - expected[key])) <= TOLERANCE, key


def test_coinr_index_at_every_level(oracles: Path) -> None:
    result = asem_score(oracles, "asem_treated.csv", asem_model(oracles))
    assert_nodes_equal(result, oracles / "asem_aggregated.csv")
    assert result.ranking()[:5] == ["CHE", "NLD", "DNK", "NOR", "BEL"]
    with (oracles / "asem_results.csv").open(newline="", encoding="utf-8") as file:
        official = {row["uCode"]: int(row["Rank"]) for row in csv.DictReader(file)}
    assert dict(zip(result.countries, result.ranks.tolist(), strict=True)) == official
    _, normalized = read_csv(oracles / "asem_normalised.csv")
    for j, criterion in enumerate(result.plan.criteria):
        assert np.abs(100 * result.u[:, j] - normalized[criterion.key]).max() <= TOLERANCE, criterion.key
    assert np.abs(result.points.sum(axis=1) - 100 * result.scores).max() <= TOLERANCE


@pytest.mark.parametrize(
    ("variant", "aggregation", "p", "offset", "top"),
    [
        ("amean", Aggregation.ARITHMETIC, 1.0, 1.0, ["CHE", "NLD", "DNK", "NOR", "BEL"]),
        ("gmean", Aggregation.GEOMETRIC, 1.0, 0.0, ["CHE", "DNK", "BEL", "NOR", "NLD"]),
        ("hmean", Aggregation.GENERALISED, -1.0, 0.0, ["BEL", "DNK", "LTU", "IRL", "NOR"]),
    ],
)
def test_coinr_other_means(
    oracles: Path, variant: str, aggregation: Aggregation, p: float, offset: float, top: list[str]
) -> None:
    result = asem_score(oracles, "asem_treated.csv", asem_model(oracles, aggregation, p))
    assert_nodes_equal(result, oracles / f"asem_variant_minmax1_100_{variant}.csv", offset)
    assert result.ranking()[:5] == top
    assert np.abs(result.points.sum(axis=1) - 100 * result.scores).max() <= TOLERANCE


def test_coinr_z_scores(oracles: Path) -> None:
    countries, table = read_csv(oracles / "asem_treated.csv")
    built = asem_model(oracles)
    plan = score(Snapshot(tuple(countries), {c.key: column(table[c.key]) for c in built.criteria}), built, draws=0).plan
    z = np.empty((len(countries), len(plan.criteria)))
    for j, criterion in enumerate(plan.criteria):
        x = table[criterion.key]
        direction = getattr(criterion.value_function, "direction", 1)
        z[:, j] = 10 + 2 * direction * (x - x.mean()) / x.std(ddof=1)
        inside = np.abs((z[:, j] - 10) / 2) <= 3
        u = zscore(x, float(x.mean()), float(x.std(ddof=1)), direction)
        assert np.abs(10 + 12 * (u - 0.5) - z[:, j])[inside].max() <= TOLERANCE
    names, expected = read_csv(oracles / "asem_variant_zscore10_2_amean.csv")
    assert names == countries
    assert np.abs(z @ plan.nominal - expected["Index"]).max() <= TOLERANCE
    best = sorted(countries, key=lambda country: -(z @ plan.nominal)[countries.index(country)])[:5]
    assert best == ["CHE", "DNK", "NLD", "NOR", "SWE"]


def coinr_percentile(x: FloatArray) -> FloatArray:
    """Return COINr's n_prank of values multiplied by their direction: low ranks for ties, 0 to 1."""
    below: FloatArray = (x[None, :] < x[:, None]).sum(axis=1).astype(np.float64)
    return below / (len(x) - 1)


def test_coinr_percentiles_in_both_directions(oracles: Path) -> None:
    def percentiles(item: Node | Criterion) -> Node | Criterion:
        if isinstance(item, Node):
            return replace(item, children=tuple(map(percentiles, item.children)))
        return replace(item, value_function=Percentile(getattr(item.value_function, "direction", 1), ties="min"))

    built = asem_model(oracles)
    root = percentiles(built.root)
    assert isinstance(root, Node)
    result = asem_score(oracles, "asem_treated.csv", replace(built, root=root))
    _, table = read_csv(oracles / "asem_treated.csv")
    directions = [getattr(criterion.value_function, "direction", 1) for criterion in result.plan.criteria]
    assert directions.count(-1) > 10
    expected = np.stack(
        [coinr_percentile(d * table[c.key]) for c, d in zip(result.plan.criteria, directions, strict=True)], axis=1
    )
    assert np.abs(result.u - expected).max() <= TOLERANCE
    assert result.ranks.tolist() == competition_ranks(expected @ result.plan.nominal).tolist()
    assert result.ranking()[:5] == ["CHE", "DNK", "NOR", "NLD", "SWE"]


@pytest.mark.parametrize(
    ("tau", "without_index", "without_pillar"), [(0, 0, 0), (0.67, 3, 6), (0.8, 6, 13), (0.9, 20, 46)]
)
def test_coinr_coverage_thresholds(oracles: Path, tau: float, without_index: int, without_pillar: int) -> None:
    result = asem_score(oracles, "asem_na_denominated.csv", asem_model(oracles, tau=tau))
    assert_nodes_equal(result, oracles / f"asem_na_thresh_{round(100 * tau):03d}.csv")
    assert int(np.isnan(result.scores).sum()) == without_index
    pillars = [b for b, branch in enumerate(result.plan.branches) if len(branch.path) == 3]
    assert int(np.isnan(result.node_scores[:, pillars]).sum()) == without_pillar


# Published indices.

HDI_2021 = {
    # life expectancy, expected and mean years of schooling, income per head; HDI
    "CHE": (83.9872, 16.500299, 13.859660, 66933.00454, 0.962),
    "KEN": (61.427, 10.698558, 6.652, 4473.570344, 0.575),
    "PHL": (69.2664, 13.12657, 8.9691, 8920.428468, 0.699),
}


def test_human_development_index() -> None:
    built = model(
        leaf("life", 1.0, Goalposts(20.0, 85.0)),
        node("school", leaf("expected", 1.0, Goalposts(0.0, 18.0)), leaf("mean", 1.0, Goalposts(0.0, 15.0))),
        leaf("income", 1.0, Goalposts(100.0, 75_000.0, log=True)),
        root={"aggregation": Aggregation.GEOMETRIC, "floor": 1e-12},
    )
    rows = np.array([row[:4] for row in HDI_2021.values()] + [[80, 16, 12, 146_830]])
    data = snapshot(dict(zip(("life", "expected", "mean", "income"), rows.T, strict=True)))
    result = score(data, built, draws=0)
    assert [round(float(s), 3) for s in result.scores[:3]] == [row[4] for row in HDI_2021.values()]
    assert result.clipped[:, 3].tolist() == [False, False, False, True]
    assert result.u[3, 3] == 1.0


def test_corruption_perceptions_index_2017(shared_data: Path) -> None:
    book = openpyxl.load_workbook(shared_data / "cpi" / "CPI2017.xlsx", read_only=True)
    rows = [row for row in book["CPI 2017"].iter_rows(min_row=4, values_only=True) if isinstance(row[3], int | float)]
    scores, ranks, errors, low, high = (np.array([row[i] for row in rows], dtype=float) for i in (3, 4, 5, 6, 7))
    assert len(rows) == 180
    assert competition_ranks(scores / 100).tolist() == ranks.tolist()
    reproduced = (np.round(scores - 1.64 * errors) == low) & (np.round(scores + 1.64 * errors) == high)
    assert int(reproduced.sum()) >= 178


def test_slider_weights_of_the_better_life_index() -> None:
    for ratings, first, other in (([10] + [5] * 10, 10 / 60, 5 / 60), ([5, 5] + [3] * 9, 5 / 37, 3 / 37)):
        plan = score(*flat(np.ones((2, 11)), ratings, [Goalposts(0.0, 1.0)] * 11), draws=0).plan
        assert plan.nominal[0] == pytest.approx(first, abs=TOLERANCE)
        assert plan.nominal[-1] == pytest.approx(other, abs=TOLERANCE)


def test_inform_risk_formulas() -> None:
    def dimension(a: float, b: float) -> float:
        lifted = 0.1 + 0.9 * (1 - np.array([[a, b]]) / 10)
        return float(10 * (1 - geometric_mean(lifted, np.array([0.5, 0.5]))[0]) / 0.9)

    assert dimension(8, 3) == pytest.approx(6.087709086463415, abs=TOLERANCE)
    assert (dimension(0, 0), dimension(10, 10)) == (0, 10)
    risk = geometric_mean(np.array([[5.2, 4.8, 6.1]]), np.full(3, 1 / 3))
    assert round(float(risk[0]), 1) == 5.3


def test_median_tie_does_not_pass() -> None:
    built = model(leaf("inflation", 1.0, Threshold(peer_median="income", direction=-1)))
    data = snapshot({"inflation": [1.0, 2.0, 3.0, 9.0]}, groupings={"income": ("low", "low", "low", None)})
    result = score(data, built, draws=0)
    assert result.scores[:3].tolist() == [1.0, 0.0, 0.0]
    assert result.country("D").status == "unranked_coverage"
