"""Limits of a best estimate: years of a trend, ends of values, a single pooled series, and labels that are overdue."""

from __future__ import annotations

import math

import numpy as np
import pytest

from selection.scoring import Column, Goalposts, OrdinalMap, SeriesColumn, Snapshot, score
from selection.scoring.estimates import CellEstimates
from selection.scoring.fits import fit_pooling
from selection.scoring.method import Combine, Estimate, Method, Scale, Series, Transitions

from .build import column, leaf, model

OWN = (Series("own", "Own", "a"),)


def cells(how: Estimate, values: dict[str, float], ages: dict[str, float], function: Goalposts) -> CellEstimates:
    countries = tuple(values)
    data = Snapshot(
        countries,
        {"x": column(list(values.values()), ages=[ages[code] for code in countries]), "y": column([0.5] * len(values))},
        {},
        {},
        {},
        {"x": {"own": SeriesColumn(values, ages)}},
    )
    leaves = (leaf("x", 1.0, function, estimate=how), leaf("y"))
    built = model(*leaves, method=Method(peers=(), least_peers=1), root_tau=0.0, node_tau=0.0)
    result = score(data, built, draws=0)
    return result.estimated.cells["x"]


def logit(x: float) -> float:
    return math.log((x + 0.5) / (100.5 - x))


# ---- the trend -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "age", "credited"),
    [
        (5, 0, 0), (5, 4, 4), (5, 5, 5), (5, 6, 5), (5, 40, 5), (0, 6, 0), (None, 6, 6), (None, 40, 40),
    ],
)  # fmt: skip
def test_the_trend_is_credited_for_some_years_at_most(years: int | None, age: int, credited: int) -> None:
    how = Estimate(Scale.LOGIT, OWN, drift=0.25, measurement=0.22, trend=-0.07, trend_years=years)
    found = cells(how, {"A": 57.4}, {"A": float(age)}, Goalposts(0.0, 100.0))
    assert found.best[0] == pytest.approx(logit(57.4) - 0.07 * credited)
    # The limit changes the estimate, never its error.
    assert found.error[0] == pytest.approx(math.sqrt(0.22**2 + 0.0625 * age))


@pytest.mark.parametrize(("value", "year", "used"), [(29.4, 2018, 22.59), (57.4, 2018, 48.62), (55.2, 2021, 46.39)])
def test_births_of_the_method(value: float, year: int, used: float) -> None:
    how = Estimate(Scale.LOGIT, OWN, drift=0.25, measurement=0.22, trend=-0.07, trend_years=5)
    found = cells(how, {"A": value}, {"A": float(2026 - year)}, Goalposts(0.0, 60.0))
    assert 60 * found.u[0] == pytest.approx(used, abs=0.05)


# ---- the ends ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "counts"),
    [(-101.0, -100.0), (-100.0, -100.0), (-99.9, -99.9), (59.9, 59.9), (60.0, 60.0), (60.1, 60.0), (500.0, 60.0)],
)
def test_a_value_beyond_the_ends_counts_as_the_end(value: float, counts: float) -> None:
    assert Estimate(clip=(-100.0, 60.0)).on_scale(value) == counts
    assert Estimate().on_scale(value) == value
    found = cells(Estimate(series=OWN, clip=(-100.0, 60.0)), {"A": value}, {"A": 1.0}, Goalposts(-200.0, 600.0))
    assert found.best[0] == counts
    assert found.u[0] == pytest.approx((counts + 200.0) / 800.0)
    # What is published stays as it is.
    assert found.published["own"][0] == value


# ---- one pooled series ---------------------------------------------------------------------------------------------

BALANCE = Estimate(
    Scale.POINTS, OWN, Combine.POOLED, measurement=18.0, agreement=166.9091, clip=(-100.0, 60.0), source="Snapshots"
)


def test_a_single_series_is_pulled_to_the_mean_of_the_pool() -> None:
    values = {"A": -30.0, "B": -10.0, "C": 100.0, "D": -120.0}
    found = cells(BALANCE, values, dict.fromkeys(values, 3.0), Goalposts(-60.0, 20.0))
    mean = (-30.0 - 10.0 + 60.0 - 100.0) / 4
    retained = 166.9091 / (166.9091 + 324.0)
    assert retained == pytest.approx(0.34, abs=1e-6)
    by_hand = [mean + retained * (v - mean) for v in (-30.0, -10.0, 60.0, -100.0)]
    assert found.best.tolist() == pytest.approx(by_hand)
    assert found.u.tolist() == pytest.approx([min(max((best + 60.0) / 80.0, 0.0), 1.0) for best in by_hand])
    assert found.error.tolist() == pytest.approx([18.0 * math.sqrt(0.34)] * 4, abs=1e-4)
    assert found.error[0] == pytest.approx(10.5, abs=0.01)
    # All of it is measurement, however old the value is.
    assert found.parts["age"].tolist() == found.parts["bridge"].tolist() == [0.0] * 4
    assert found.pooling is not None
    assert (found.pooling.mean, found.pooling.n, found.pooling.fitted) == (mean, 4, False)


def test_the_mean_is_that_of_the_pool_alone() -> None:
    own = SeriesColumn({"A": -30.0, "B": -10.0, "Z": 50.0}, dict.fromkeys("ABZ", 1.0))
    assert fit_pooling(BALANCE, {"own": own}, frozenset("AB")).mean == -20.0
    assert fit_pooling(BALANCE, {"own": own}, frozenset("ABZ")).mean == pytest.approx(10.0 / 3)


# ---- labels --------------------------------------------------------------------------------------------------------

STEP = ((0.8, 0.2), (0.3, 0.7))
DUE = Transitions(("low", "high"), (STEP,), due="06-30")


@pytest.mark.parametrize(
    ("behind", "low", "high"),
    [
        (1, (0.8, 0.2), (0.3, 0.7)),
        (2, (0.8 * 0.8 + 0.2 * 0.3, 0.8 * 0.2 + 0.2 * 0.7), (0.3 * 0.8 + 0.7 * 0.3, 0.3 * 0.2 + 0.7 * 0.7)),
        (3, (0.65, 0.35), (0.525, 0.475)),
    ],
)
def test_each_edition_that_is_due_moves_a_label_by_the_same_table(
    behind: int, low: tuple[float, float], high: tuple[float, float]
) -> None:
    assert DUE.shares("low", behind).tolist() == pytest.approx(low)
    assert DUE.shares("high", behind).tolist() == pytest.approx(high)


def test_without_a_due_day_each_table_is_of_its_own_number_of_editions() -> None:
    two = ((0.6, 0.4), (0.5, 0.5))
    moves = Transitions(("low", "high"), (STEP, two))
    assert [moves.shares("low", behind).tolist() for behind in (1, 2, 3)] == [[0.8, 0.2], [0.6, 0.4], [0.6, 0.4]]


def test_shares_add_up_to_1_where_published_ones_are_rounded() -> None:
    rounded = Transitions(("low", "high"), (((0.66, 0.33), (0.0, 1.0)),), due="06-30")
    for behind in (1, 2):
        shares = rounded.shares("low", behind)
        assert shares.sum() == pytest.approx(1.0)
    assert rounded.shares("low", 1).tolist() == pytest.approx([2 / 3, 1 / 3])
    table = np.array([[0.66, 0.33], [0.0, 1.0]])
    assert rounded.shares("low", 2).tolist() == pytest.approx(((table @ table)[0] / (table @ table)[0].sum()).tolist())


@pytest.mark.parametrize(("overdue", "moves"), [(None, {}), (0, {}), (1, {0: [0.3, 0.7]}), (2, {0: [0.45, 0.55]})])
def test_a_label_is_exact_until_an_edition_is_due(overdue: int | None, moves: dict[int, list[float]]) -> None:
    labels = Column.categorical(["high", None], missing=[None, "not_applicable"], ages=[9, None])
    data = Snapshot(
        ("A", "B"),
        {"x": labels, "y": column([0.4, 0.4])},
        overdue={} if overdue is None else {"x": overdue},
    )
    table = OrdinalMap((("high", 1.0), ("low", 0.0)))
    leaves = (leaf("x", 1.0, table, estimate=Estimate(transitions=DUE)), leaf("y"))
    result = score(data, model(*leaves, method=Method(), root_tau=0, node_tau=0), draws=0)
    found = result.estimated.cells["x"]
    assert {i: row.tolist() for i, row in found.moves.items()} == {i: pytest.approx(row) for i, row in moves.items()}
    assert found.u[0] == 1.0
