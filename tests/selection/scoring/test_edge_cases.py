"""Edge cases of the scoring engine: gaps, constants, infinities, single rows, zero weights, and empty inputs."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from selection.scoring import (
    Aggregation,
    Column,
    Criterion,
    Goalposts,
    MinMax,
    MissingPolicy,
    ModelError,
    OrdinalMap,
    Percentile,
    PiecewiseLinear,
    Policy,
    Rubric,
    Snapshot,
    SnapshotError,
    Status,
    TargetBand,
    Threshold,
    ZScore,
    score,
)

from .build import UNIT, column, leaf, model, node, snapshot

NAN = math.nan
POOL_KINDS = [MinMax(), Percentile(), ZScore()]


def test_one_gap_is_reweighted_and_flagged() -> None:
    built = model(leaf("a", 3.0), leaf("b", 1.0), root_tau=0.5)
    result = score(snapshot({"a": [0.6, 0.2], "b": [NAN, 1.0]}), built, draws=0)
    assert result.scores.tolist() == [0.6, 0.4]
    line = result.country("A").criteria[1]
    assert (line.state, line.u, line.effective_weight, line.points) == ("missing", None, 0.0, 0.0)
    criterion = result.country("A").criteria[0]
    assert (criterion.nominal_weight, criterion.effective_weight) == (0.75, 1.0)
    assert criterion.points_owed == pytest.approx(100 * 0.25 * 0.6)


@pytest.mark.parametrize("function", POOL_KINDS)
@pytest.mark.parametrize("values", [[5.0, 5.0, 5.0], [5.0]])
def test_pool_kinds_are_inactive_where_they_cannot_tell_countries_apart(function: Any, values: list[float]) -> None:
    built = model(leaf("a", 1.0, function), leaf("b"))
    result = score(snapshot({"a": values, "b": [0.5] * len(values)}), built)
    assert set(result.scores.tolist()) == {0.5}
    assert [finding.code for finding in result.findings] == ["criterion_inactive"]
    assert result.country("A").criteria[0].state == "inactive"
    assert result.country("A").rank == 1


def test_a_constant_column_is_normal_under_goalposts() -> None:
    result = score(snapshot({"a": [0.5]}), model(leaf("a")))
    assert (result.scores.tolist(), result.ranks.tolist(), result.findings) == ([0.5], [1], ())
    assert result.country("A").interval is not None


def test_an_empty_column_is_inactive_but_a_required_one_is_not() -> None:
    data = snapshot({"a": [0.5, 0.6], "b": [NAN, NAN]})
    result = score(data, model(leaf("a"), leaf("b")), draws=0)
    assert result.scores.tolist() == [0.5, 0.6]
    assert result.country("A").coverage == 1.0
    required = leaf("b", missing=MissingPolicy(Policy.REQUIRED))
    refused = score(data, model(leaf("a"), required), draws=0)
    assert set(refused.statuses) == {Status.UNRANKED_REQUIRED}
    assert refused.reasons[0] == "B is required and missing"


def test_everything_empty_gives_an_empty_ranking_with_reasons() -> None:
    result = score(snapshot({"a": [NAN, NAN]}), model(leaf("a")))
    assert result.ranking() == []
    assert set(result.reasons) == {"no criterion is in use in this run"}
    assert all(result.country(code).score is None for code in result.countries)
    empty = score(Snapshot((), {"a": Column.numeric([])}), model(leaf("a")))
    assert empty.to_dict()["countries"] == {}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: column([1.0, math.inf]), "criterion 'a', B: value is infinite"),
        (lambda: Column.numeric([1.0, None]), "criterion 'a', B: no value and no missing reason"),
        (lambda: Column.numeric([1.0, 2.0], missing=[None, "stale"]), "a value and a missing reason"),
        (lambda: column([1.0, 2.0], standard_errors=[None, -1.0]), "standard error is negative"),
        (lambda: Column.numeric([1.0, 2.0], missing=["lost", None]), "use one of not_collected"),
        (lambda: Column.numeric([1.0, 2.0], missing=[None]), "one entry for each of 2 countries"),
    ],
)
def test_bad_cells_are_rejected_with_their_path(make: Any, message: str) -> None:
    with pytest.raises(SnapshotError, match=re.escape(message)):
        Snapshot(("A", "B"), {"a": make()})


def test_data_that_does_not_fit_the_model_is_rejected_with_its_path() -> None:
    tiers = OrdinalMap((("1", 1.0), ("2", 0.5)))
    data = Snapshot(("A", "B"), {"a": Column.categorical(["1", "2W"])})
    with pytest.raises(SnapshotError, match="criterion 'a', B: label '2W' is not in the table"):
        score(data, model(leaf("a", 1.0, tiers)))
    with pytest.raises(SnapshotError, match="needs labels"):
        score(snapshot({"a": [1.0]}), model(leaf("a", 1.0, tiers)))
    with pytest.raises(SnapshotError, match="has no column"):
        score(snapshot({"b": [1.0]}), model(leaf("a")))
    with pytest.raises(SnapshotError, match=r"B: 0\.0 has no logarithm"):
        score(snapshot({"a": [1.0, 0.0]}), model(leaf("a", 1.0, Goalposts(1.0, 9.0, log=True))))
    with pytest.raises(SnapshotError, match="pool 'oecd' is not in the snapshot"):
        score(snapshot({"a": [1.0, 0.0]}), model(leaf("a", 1.0, MinMax(pool="oecd"))))


def test_weights_are_normalized_and_bad_ones_refused() -> None:
    data = snapshot({"a": [0.4], "b": [0.8]})
    assert score(data, model(leaf("a", 2.0), leaf("b", 2.0)), draws=0).scores[0] == pytest.approx(0.6, abs=1e-15)
    for weight in (-1.0, NAN, math.inf):
        with pytest.raises(ModelError, match="root/a: weight is"):
            score(data, model(leaf("a", weight), leaf("b")))
    with pytest.raises(ModelError, match="every weight is 0"):
        score(data, model(leaf("a", 0.0), leaf("b", 0.0)))


def test_a_zero_weight_criterion_is_shown_and_counts_nowhere() -> None:
    built = model(leaf("a"), leaf("b", 0.0))
    result = score(snapshot({"a": [0.4, 0.6], "b": [0.9, NAN]}), built)
    assert result.scores.tolist() == [0.4, 0.6]
    shown = result.country("A").criteria[1]
    assert (shown.u, shown.points, shown.effective_weight) == (0.9, 0.0, 0.0)
    assert result.country("B").coverage == 1.0


def test_a_node_of_zero_weights_is_dropped_with_a_warning() -> None:
    built = model(leaf("a"), node("shown", leaf("b", 0.0), leaf("c", 0.0)))
    result = score(snapshot({"a": [0.4], "b": [0.9], "c": [0.9]}), built)
    assert result.scores.tolist() == [0.4]
    assert [finding.code for finding in result.findings] == ["children_weights_zero"]
    assert result.plan.nominal.tolist() == [1.0, 0.0, 0.0]


def test_ties_take_competition_ranks_and_last_bits_do_not_break_them() -> None:
    result = score(snapshot({"a": [0.9, 0.5, 0.5 + 1e-12, 0.1]}), model(leaf("a")))
    assert result.ranks.tolist() == [1, 2, 2, 4]
    assert result.uncertainty is not None
    assert result.uncertainty.intervals.tolist() == [[1] * 3, [2] * 3, [2] * 3, [4] * 3]


def test_scores_that_print_the_same_but_rank_apart_are_marked() -> None:
    result = score(snapshot({"a": [0.5004, 0.5001, 0.9, 0.3, 0.3]}), model(leaf("a")), draws=0)
    assert result.equal_display.tolist() == [True, True, False, False, False]


def test_a_zero_under_a_geometric_mean_is_lifted_and_flagged() -> None:
    built = model(leaf("a"), leaf("b"), root={"aggregation": Aggregation.GEOMETRIC})
    result = score(snapshot({"a": [0.0, 1.0], "b": [1.0, 1.0]}), built)
    assert result.scores[0] == pytest.approx(0.1, abs=1e-15)
    assert [line.floored for line in result.country("A").criteria] == [True, False]
    assert result.scores[1] == 1.0


def test_coverage_exactly_at_the_threshold_passes() -> None:
    leaves = [leaf(f"c{j}", w) for j, w in enumerate((0.1, 0.2, 0.37, 0.33))]
    gaps = {"c0": [0.5, 0.5], "c1": [0.5, 0.5], "c2": [0.5, 0.5], "c3": [NAN, 0.5]}
    assert score(snapshot(gaps), model(*leaves, root_tau=0.67), draws=0).statuses[0] is Status.RANKED
    below = score(snapshot(gaps), model(*leaves, root_tau=0.6701), draws=0)
    assert below.reasons[0] == "coverage 67.00% is below 67.01%"


def test_node_below_threshold_adds_no_coverage_and_if_required_unranks() -> None:
    need = node("need", leaf("a"), leaf("b", 2.0), required=True)
    feasible = node("feasibility", leaf("c"), required=True)
    data = snapshot({"a": [0.9, 0.9], "b": [NAN, 0.3], "c": [0.5, 0.5]})
    result = score(data, model(need, feasible, root_tau=0.5), draws=0)
    assert result.country("A").coverage == 0.5
    assert result.statuses == (Status.UNRANKED_REQUIRED, Status.RANKED)
    assert result.reasons[0] == "Need has no score: coverage 33% is below 50%"
    assert (result.country("A").rank, result.country("A").score) == (None, None)
    assert result.country("A").lower == pytest.approx((0.3 + 0.5) / 2)
    assert result.country("A").upper == pytest.approx((0.9 / 3 + 2 / 3 + 0.5) / 2)


def policy(name: Policy, **options: Any) -> Criterion:
    return leaf("b", missing=MissingPolicy(name, **options))


@pytest.mark.parametrize(
    ("criterion", "expected", "state", "coverage"),
    [
        (policy(Policy.REWEIGHT), 0.8, "missing", 0.5),
        (policy(Policy.FLOOR), 0.4, "floor", 0.5),
        (policy(Policy.FIXED, value=0.5, reason="expert view"), 0.65, "fixed", 0.5),
        (policy(Policy.PEER_MEDIAN, peer_group="region"), 0.6, "peer_median", 0.5),
        (policy(Policy.NOT_APPLICABLE), 0.8, "not_applicable", 1.0),
        (policy(Policy.REQUIRED), None, "required_missing", 0.5),
    ],
)
def test_missing_policies(criterion: Criterion, expected: float | None, state: str, coverage: float) -> None:
    data = snapshot({"a": [0.8, 0.5, 0.5, 0.5], "b": [NAN, 0.2, 0.6, 1.0]}, groupings={"region": ("x", "x", "x", "y")})
    country = score(data, model(leaf("a"), criterion, root_tau=0.5), draws=0).country("A")
    assert country.score == (None if expected is None else pytest.approx(expected, abs=1e-15))
    assert (country.criteria[1].state, country.coverage) == (state, coverage)
    if state != "not_applicable":
        assert country.lower == pytest.approx(0.4)
        assert country.upper == pytest.approx(0.9)


def test_inapplicable_cell_leaves_score_and_coverage_unless_required() -> None:
    cells = column([NAN, 0.2], reason="not_applicable")
    for name in (Policy.REWEIGHT, Policy.FLOOR):
        country = score(snapshot({"a": [0.8, 0.5], "b": cells}), model(leaf("a"), policy(name)), draws=0).country("A")
        assert (country.score, country.coverage, country.lower, country.upper) == (0.8, 1.0, 0.8, 0.8)
    refused = score(snapshot({"a": [0.8, 0.5], "b": cells}), model(leaf("a"), policy(Policy.REQUIRED)), draws=0)
    assert refused.statuses[0] is Status.UNRANKED_REQUIRED


def test_old_values_are_missing_unless_carried() -> None:
    ages = [1.0, 4.0, 9.0]
    for missing, states in (
        (MissingPolicy(), ["observed", "missing", "missing"]),
        (MissingPolicy(Policy.CARRY, carry_years=5.0, carry_credit=0.5), ["observed", "carried", "missing"]),
    ):
        built = model(leaf("a"), leaf("b", max_age=3.0, missing=missing), root_tau=0.5)
        result = score(snapshot({"a": [0.5] * 3, "b": column([0.9] * 3, ages=ages)}), built, draws=0)
        assert [result.country(code).criteria[1].state for code in "ABC"] == states
    assert [result.country(code).coverage for code in "ABC"] == [1.0, 0.75, 0.5]


def test_clipping_is_flagged() -> None:
    result = score(snapshot({"a": [-0.1, 0.5, 1.1]}), model(leaf("a", 1.0, UNIT)), draws=0)
    assert result.clipped[:, 0].tolist() == [True, False, True]
    assert np.array_equal(result.u[:, 0], [0.0, 0.5, 1.0])


HUGE = 1e308


@pytest.mark.parametrize(
    "function",
    [
        MinMax(),
        Goalposts(-HUGE, HUGE),
        Rubric(-HUGE, HUGE),
        Percentile(),
        PiecewiseLinear(((-HUGE, 0.0), (HUGE, 1.0))),
    ],
)
@pytest.mark.parametrize("errors", [None, HUGE])
def test_largest_numbers_keep_their_order(function: Any, errors: float | None) -> None:
    cells = column([-HUGE, 0.0, HUGE], standard_errors=[None, errors, None])
    result = score(snapshot({"a": cells}), model(leaf("a", 1.0, function)), draws=50)
    assert np.allclose(result.u[:, 0], [0.0, 0.5, 1.0], atol=1e-15, rtol=0)
    assert [result.country(code).criteria[0].state for code in "ABC"] == ["observed"] * 3
    assert result.ranking() == ["C", "B", "A"]


def test_a_target_band_and_a_median_of_the_largest_numbers() -> None:
    band = TargetBand(-1.7e308, 1e308, 1.2e308, 1.7e308)
    result = score(snapshot({"a": [-1.7e308, -3.5e307, 1.1e308, 1.7e308]}), model(leaf("a", 1.0, band)), draws=0)
    assert np.allclose(result.u[:, 0], [0.0, 0.5, 1.0, 0.0], atol=1e-12, rtol=0)
    better = Threshold(peer_median="g")
    data = snapshot({"a": [1e308, 1.2e308, 1.6e308, 1.7e308]}, groupings={"g": ("one",) * 4})
    assert score(data, model(leaf("a", 1.0, better)), draws=0).u[:, 0].tolist() == [0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200, HUGE])
def test_standard_scores_do_not_depend_on_the_unit(size: float) -> None:
    result = score(snapshot({"a": [-size, 0.0, size]}), model(leaf("a", 1.0, ZScore())), draws=0)
    assert np.allclose(result.u[:, 0], [1 / 3, 0.5, 2 / 3], atol=1e-12, rtol=0)


def test_number_out_of_range_is_rejected_with_its_path() -> None:
    with pytest.raises(SnapshotError, match="criterion 'a': the values are too large for its zscore function"):
        score(snapshot({"a": [-1.7e308, 1.7e308]}), model(leaf("a", 1.0, ZScore())))
    steep = PiecewiseLinear(((0.0, 0.0), (1e-310, 1.0)))
    with pytest.raises(SnapshotError, match="criterion 'a', B: 5e-311 cannot be computed by its piecewise_linear"):
        score(snapshot({"a": [0.0, 5e-311]}), model(leaf("a", 1.0, steep)))


def test_a_pool_of_one_logarithm_is_inactive() -> None:
    near = [HUGE, math.nextafter(HUGE, math.inf)]
    result = score(snapshot({"a": near, "b": [0.5, 0.6]}), model(leaf("a", 1.0, MinMax(log=True)), leaf("b")), draws=0)
    assert result.scores.tolist() == [0.5, 0.6]
    assert [finding.code for finding in result.findings] == ["criterion_inactive"]
