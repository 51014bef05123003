"""Small results computed by hand: coverage, points lost, passes of hurdles over draws, seeds, and ranges of weights."""

from __future__ import annotations

import math

import numpy as np
import pytest

from selection.scoring import (
    AllOf,
    CoverageMode,
    Goalposts,
    Hurdle,
    HurdleKind,
    MinMax,
    Model,
    Not,
    Operator,
    PlainDataError,
    Predicate,
    Snapshot,
    ZScore,
    score,
)
from selection.scoring.canonical_json import canonical_json, encode, sha256_of
from selection.scoring.method import Method
from selection.scoring.robustness.stability import Change, Stability, stability
from selection.scoring.value_functions import Fitted

from .build import column, leaf, model, node, snapshot
from .estimated import GEOMETRIC, estimated, flat

NAN = math.nan

# ---- coverage ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "c", "by_count", "by_weight"),
    [
        ([0.5], [0.5], [0.5], 1.0, 1.0),
        ([0.5], [NAN], [0.5], 2 / 3, 0.2),
        ([NAN], [0.5], [NAN], 1 / 3, 0.8),
        ([NAN], [NAN], [NAN], 0.0, 0.0),
    ],
)
def test_coverage_by_count_and_by_weight(
    a: list[float], b: list[float], c: list[float], by_count: float, by_weight: float
) -> None:
    # A second country has everything: what nobody has is left out of a run.
    data = snapshot({"a": [*a, 1.0], "b": [*b, 1.0], "c": [*c, 1.0]})
    tree = (leaf("a", 1.0), leaf("b", 8.0), leaf("c", 1.0))
    for mode, expected in ((CoverageMode.COUNT, by_count), (CoverageMode.WEIGHT, by_weight)):
        result = score(data, model(*tree, coverage_mode=mode, root_tau=0.0), draws=0)
        assert result.node_coverage[:, 0].tolist() == pytest.approx([expected, 1.0])


def test_what_does_not_apply_counts_neither_as_known_nor_as_missing() -> None:
    columns = {
        "a": column([0.5, 0.5]),
        "b": column([NAN, 0.5], reason="not_applicable"),
        "c": column([NAN, 0.5]),
    }
    for mode, expected in ((CoverageMode.COUNT, 1 / 2), (CoverageMode.WEIGHT, 1 / 3)):
        built = model(leaf("a"), leaf("b", 5.0), leaf("c", 2.0), coverage_mode=mode, root_tau=0.0)
        assert score(snapshot(columns), built, draws=0).node_coverage[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize(("tau", "is_scored"), [(0.0, True), (2 / 3, True), (0.6667, False), (1.0, False)])
def test_a_node_at_its_threshold_of_coverage_has_a_score(tau: float, is_scored: bool) -> None:
    data = snapshot({"a": [0.5, 0.0], "b": [NAN, 0.0], "c": [0.7, 0.0]})
    built = model(*map(leaf, "abc"), coverage_mode=CoverageMode.COUNT, root_tau=tau)
    assert score(data, built, draws=0).scores[0] == pytest.approx(0.6 if is_scored else NAN, nan_ok=True)


# ---- points --------------------------------------------------------------------------------------------------------


def test_points_lost_are_divided_downward_from_the_root() -> None:
    tree = (node("g", leaf("a"), leaf("b"), leaf("d", 0.0), **GEOMETRIC), leaf("c"))
    result = score(snapshot({"a": [1.0], "b": [0.25], "c": [0.5], "d": [0.1]}), model(*tree), draws=0)
    # b enters as .01 + .99 * .25 = .2575. All that the mean loses is b's; half of it counts in the root.
    mean = math.sqrt(0.2575)
    assert result.scores[0] == pytest.approx((mean + 0.5) / 2)
    keys = [criterion.key for criterion in result.plan.criteria]
    assert dict(zip(keys, result.lost[0].tolist(), strict=True)) == pytest.approx(
        {"a": 0.0, "b": 50 * (1 - mean), "c": 25.0, "d": 0.0}
    )
    assert dict(zip(keys, result.points[0].tolist(), strict=True)) == pytest.approx(
        {"a": 25.0, "b": 25 - 50 * (1 - mean), "c": 25.0, "d": 0.0}
    )


# ---- value functions -----------------------------------------------------------------------------------------------


def test_draws_on_a_logarithm_are_those_of_single_values() -> None:
    rule: Fitted = Goalposts(1.0, 100.0, log=True).fit(np.zeros(3), snapshot({"x": [1.0]}))
    drawn = rule.transform(np.array([[1.0, 10.0, 100.0], [0.0, -5.0, 1000.0], [NAN, 1e-3, 31.6227766]]), np.arange(3))
    assert drawn == pytest.approx(np.array([[0.0, 0.5, 1.0], [0.0, 0.0, 1.0], [NAN, 0.0, 0.75]]), nan_ok=True)


def test_a_logarithm_of_the_pool_starts_at_its_least_positive_value() -> None:
    x = np.array([0.0, 1.0, 10.0, 100.0, NAN])
    rule = MinMax(log=True).fit(x, snapshot({"x": x}))
    assert rule.transform(x, np.arange(5)) == pytest.approx([0.0, 0.0, 0.5, 1.0, NAN], nan_ok=True)
    assert (rule.low, rule.high, rule.parameters) == (1.0, 100.0, {"lower": 1.0, "upper": 100.0})


def test_a_standard_score_spans_three_standard_deviations_on_either_side() -> None:
    x = np.array([0.0, 2.0, NAN])
    rule = ZScore().fit(x, snapshot({"x": x}))
    sd = math.sqrt(2.0)
    assert (rule.low, rule.high) == pytest.approx((1.0 - 3.0 * sd, 1.0 + 3.0 * sd))
    drawn = np.array([1.0, 1.0 + 3.0 * sd, 1.0 - 1.5 * sd])
    assert rule.transform(drawn, np.arange(3)).tolist() == pytest.approx([0.5, 1.0, 0.25])


@pytest.mark.parametrize(
    ("function", "x", "reason"),
    [
        (MinMax(), [3.0, 3.0, NAN], "every observed value in pool 'all' is the same"),
        (MinMax(log=True), [1e9, math.nextafter(1e9, 2e9), NAN], "the logarithm of every observed value"),
        (ZScore(), [3.0, NAN, NAN], "fewer than two different values"),
    ],
)
def test_criterion_with_equal_values_is_dropped_with_a_reason(
    function: MinMax | ZScore, x: list[float], reason: str
) -> None:
    result = score(snapshot({"x": x, "y": [0.1, 0.2, 0.3]}), model(leaf("x", 3.0, function), leaf("y")), draws=0)
    [finding] = [finding for finding in result.findings if finding.code == "criterion_inactive"]
    assert (finding.severity, finding.path) == ("warning", "root/x")
    assert finding.message.startswith(f"left out of this run and its weight carried by its siblings: {reason}")
    assert result.scores.tolist() == pytest.approx([0.1, 0.2, 0.3])


# ---- plain data ----------------------------------------------------------------------------------------------------


def test_canonical_json_has_sorted_keys_no_spaces_and_shortest_numbers() -> None:
    plain = {"b": [1, 0.1, None, True], "a": {"é": "ü", "Z": 1e300}}
    assert canonical_json(plain) == '{"a":{"Z":1e+300,"é":"ü"},"b":[1,0.1,null,true]}'
    # echo -n '{"a":1}' | sha256sum
    assert sha256_of({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    for bad in (NAN, math.inf):
        with pytest.raises(ValueError, match="JSON compliant"):
            canonical_json([bad])


def test_zero_has_one_sign_in_plain_data() -> None:
    assert math.copysign(1.0, encode((-0.0,))[0]) == 1.0
    assert encode({1: (0.5, "a")}) == {"1": [0.5, "a"]}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"tau": "x"}, r"model\.root\.tau|root\.tau"),
        ({"span": [0.0]}, "expected 2 items, got 1"),
        ({"span": 0.5}, "expected a list"),
        ({"children": [{"kind": "node", "key": "n", "label": "N"}]}, "missing field children"),
    ],
)
def test_unreadable_entry_is_named_with_its_path(change: dict[str, object], place: str) -> None:
    plain = model(leaf("a")).to_dict()
    plain["root"] |= change
    with pytest.raises(PlainDataError, match=place):
        Model.from_dict(plain)


# ---- draws ---------------------------------------------------------------------------------------------------------

ABOVE = Predicate("x", Operator.GREATER, 50.0)
HALF = Predicate("x", Operator.GREATER, 0.5, on="u")


@pytest.mark.parametrize("predicate", [ABOVE, HALF])
def test_a_compound_hurdle_passes_in_a_share_of_the_draws(predicate: Predicate) -> None:
    errors = column([50.0, 70.0, 30.0, 60.0, NAN], standard_errors=[10.0, 10.0, 10.0, None, None])
    rule = AllOf((predicate, predicate))
    hurdles = (Hurdle("h", "H", HurdleKind.ADVISORY, rule), Hurdle("n", "N", HurdleKind.ADVISORY, Not(rule)))
    built = model(
        leaf("x", 1.0, Goalposts(0.0, 100.0)),
        hurdles=hurdles,
        method=Method(first=2, short=1),
        root_tau=0.0,
        node_tau=0.0,
    )
    result = score(snapshot({"x": errors}), built, draws=4000, seed=7)
    passes, fails = (outcome.probability for outcome in result.hurdles)
    # Phi(0), Phi(2), Phi(-2); no error; unknown.
    assert passes == pytest.approx([0.5, 0.977, 0.023, 1.0, NAN], abs=0.02, nan_ok=True)
    assert passes + fails == pytest.approx([1.0, 1.0, 1.0, 1.0, NAN], nan_ok=True)


def test_without_errors_a_compound_hurdle_passes_in_all_draws_or_none() -> None:
    hurdles = (Hurdle("h", "H", HurdleKind.ADVISORY, AllOf((ABOVE,))),)
    built = model(
        leaf("x", 1.0, Goalposts(0.0, 100.0)),
        hurdles=hurdles,
        method=Method(first=2, short=1),
        root_tau=0.0,
        node_tau=0.0,
    )
    result = score(snapshot({"x": [50.0, 51.0]}), built, draws=40)
    assert result.hurdles[0].probability.tolist() == [0.0, 1.0]


def test_given_draws_and_seed_override_those_of_the_model() -> None:
    leaves = (leaf("x", 1.0, Goalposts(0.0, 100.0)), leaf("y", 1.0, Goalposts(0.0, 100.0)))
    built = model(*leaves, method=Method(first=2, short=1), draws=300, root_tau=0.0, node_tau=0.0)
    data = snapshot({"x": [50.0, 51.0, 49.5], "y": [50.0, 48.9, 50.6]})
    own, again, other = score(data, built), score(data, built), score(data, built, draws=200, seed=5)
    assert (own.draws, other.draws, other.seed) == (300, 200, 5)
    assert own.seed == again.seed
    assert own.seed != 5
    assert own.uncertainty is not None
    assert other.uncertainty is not None
    assert (own.uncertainty.draws, other.uncertainty.draws, other.uncertainty.seed) == (300, 200, 5)
    assert other.uncertainty.acceptability.sum(axis=1) == pytest.approx([1.0, 1.0, 1.0])
    six = score(data, built, draws=200, seed=6).uncertainty
    assert six is not None
    assert (six.counts != other.uncertainty.counts).any()
    later = score(Snapshot(data.countries, {**data.columns, "y": column([50.0, 48.9, 50.7])}), built)
    assert later.seed != own.seed  # draws depend on the data as well
    for draws, seed in ((-1, 1), (1, -1)):
        with pytest.raises(ValueError, match="neither may be negative"):
            score(data, built, draws=draws, seed=seed)


# ---- ranges of weights ---------------------------------------------------------------------------------------------


def test_the_first_are_kept_on_a_step_of_a_hundredth_around_a_weight() -> None:
    inputs = flat([[100.0, 0.0], [0.0, 100.0]], 0.0)
    x, y = stability(inputs.plan, inputs.u, 1)
    whole = dict.fromkeys((100, 90, 75), (0.5, 0.5))
    assert x == Stability("c0", 0.5, whole, Change(0.49, (0,), ()), Change(0.51, (1,), ()))
    assert y == Stability("c1", 0.5, whole, Change(0.49, (1,), ()), Change(0.51, (0,), ()))


def test_a_weight_between_two_steps_lies_within_its_range() -> None:
    inputs = flat([[100.0, 0.0], [0.0, 100.0]], 0.0)
    tree = model(estimated("c0", 1.0), estimated("c1", 2.0), method=Method(first=1, short=1))
    plan = score(snapshot({"c0": [100.0], "c1": [0.0]}), tree, draws=0).plan
    x, y = stability(plan, inputs.u, 1)
    assert (x.now, y.now) == pytest.approx((1 / 3, 2 / 3))
    assert (x.ranges[100], x.below) == ((0.0, 0.5), None)
    assert x.above == Change(0.51, (1,), (0,))
    assert (y.ranges[100], y.above) == ((0.5, 1.0), None)
    assert y.below == Change(0.49, (1,), (0,))
    assert stability(plan, inputs.u[:0], 1) == ()


@pytest.mark.parametrize(
    ("root_tau", "node_tau", "tau", "is_scored"),
    [
        (0.0, 0.5, None, True),
        (0.0, 0.51, None, False),
        (0.0, 0.9, 0.5, True),
        (0.0, 0.1, 0.51, False),
        (0.5, 0.1, None, True),
        (0.51, 0.1, None, False),
    ],
)
def test_threshold_is_the_nodes_own_then_the_default_then_the_roots(
    root_tau: float, node_tau: float, tau: float | None, *, is_scored: bool
) -> None:
    data = snapshot({"a": [0.5, 0.5], "b": [NAN, 0.5]})
    built = model(node("n", leaf("a"), leaf("b"), tau=tau), root_tau=root_tau, node_tau=node_tau)
    assert score(data, built, draws=0).scores[0] == pytest.approx(0.5 if is_scored else NAN, nan_ok=True)
