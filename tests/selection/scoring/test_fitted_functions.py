"""Value functions fitted to a few countries: what they keep, and u of one and of several draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from selection.scoring import (
    Goalposts,
    MinMax,
    OrdinalMap,
    Percentile,
    PiecewiseLinear,
    Rubric,
    TargetBand,
    Threshold,
    ZScore,
)
from selection.scoring.snapshot import Snapshot, median
from selection.scoring.value_functions import (
    Fitted,
    UnknownLabel,
    goalposts,
    normal_cdf,
    piecewise_linear,
    target_band,
    threshold,
    zscore,
)

from .build import snapshot

NAN, INF = math.nan, math.inf
HUGE = 1.7e308


def peers(x: list[float], **options: Any) -> Snapshot:
    return snapshot({"a": x}, **options)


def fit(function: Any, x: list[float], **options: Any) -> Fitted:
    found: Fitted = function.fit(np.array(x), peers(x, **options))
    return found


X = [2.0, 4.0, NAN, 8.0]
POOLED = {"pools": {"few": ("A", "B", "C")}}


@pytest.mark.parametrize(
    ("function", "low", "high", "parameters"),
    [
        (Goalposts(1.0, 9.0), 1.0, 9.0, {}),
        (Goalposts(1.0, 9.0, -1, log=True), 1.0, 9.0, {}),
        (Rubric(0.0, 4.0), 0.0, 4.0, {}),
        (MinMax(), 2.0, 8.0, {"lower": 2.0, "upper": 8.0}),
        (MinMax(pool="few"), 2.0, 4.0, {"lower": 2.0, "upper": 4.0}),
        (Percentile(), -INF, INF, {"n": 3.0}),
        (Percentile(pool="few"), -INF, INF, {"n": 2.0}),
        (ZScore(pool="few"), 3 - 3 * math.sqrt(2), 3 + 3 * math.sqrt(2), {"mean": 3.0, "sd": math.sqrt(2)}),
        (ZScore(-1, pool="few"), 3 - 3 * math.sqrt(2), 3 + 3 * math.sqrt(2), {"mean": 3.0, "sd": math.sqrt(2)}),
        (Threshold(theta=3.0), -INF, INF, {"theta": 3.0}),
        (Threshold(), -INF, INF, {}),
        (Threshold(peer_median="g"), -INF, INF, {"theta_1": 3.0, "theta_2": 8.0}),
        (Threshold(peer_median="one"), -INF, INF, {"theta": 4.0}),
        (PiecewiseLinear(((1.0, 0.0), (2.0, 1.0), (5.0, 0.5))), 1.0, 5.0, {}),
        (TargetBand(0.0, 1.0, 2.0, 9.0), 0.0, 9.0, {}),
    ],
)
def test_a_fitted_function_keeps_bounds_and_parameters(
    function: Any, low: float, high: float, parameters: dict[str, float]
) -> None:
    groupings = {"g": ("x", "x", "y", "y"), "one": ("x",) * 4}
    found = fit(function, X, groupings=groupings, **POOLED)
    assert [found.low, found.high] == pytest.approx([low, high])
    assert found.inactive == ""
    assert found.parameters == pytest.approx(parameters)


SAME_LOG = [2.0**53, 2.0**53 + 2]


@pytest.mark.parametrize(
    ("function", "x", "reason"),
    [
        (MinMax(), [NAN, NAN], "every observed value in pool 'all' is the same"),
        (MinMax(), [3.0, NAN, 3.0], "every observed value in pool 'all' is the same"),
        (MinMax(pool="few"), [3.0, 3.0, NAN, 4.0], "every observed value in pool 'few' is the same"),
        (MinMax(log=True), [-1.0, 0.0, 3.0], "every observed value in pool 'all' is the same"),
        (MinMax(log=True), SAME_LOG, "the logarithm of every observed value in pool 'all' is the same"),
        (Percentile(), [NAN], "no value observed in pool 'all'"),
        (Percentile(), [3.0, 3.0], "every observed value in pool 'all' is the same"),
        (Percentile(pool="few"), [NAN, NAN, NAN, 1.0], "no value observed in pool 'few'"),
        (Percentile(pool="few"), [2.0, 2.0, NAN, 1.0], "every observed value in pool 'few' is the same"),
        (ZScore(), [3.0], "fewer than two different values in pool 'all'"),
        (ZScore(), [3.0, 3.0, NAN], "fewer than two different values in pool 'all'"),
        (ZScore(pool="few"), [3.0, 3.0, 3.0, 1.0], "fewer than two different values in pool 'few'"),
    ],
)
def test_a_function_that_cannot_tell_countries_apart_gives_the_reason(
    function: Any, x: list[float], reason: str
) -> None:
    found = fit(function, x, **(POOLED if len(x) == 4 else {}))
    assert found.inactive == reason
    assert np.isnan(found.transform(np.array([[1.0, 2.0]]), np.array([0, 1]))).all()


@pytest.mark.parametrize(
    ("function", "x", "values", "u"),
    [
        (MinMax(), [0.0, 4.0, 8.0], [-1.0, 0.0, 2.0, 8.0, 9.0, NAN], [0.0, 0.0, 0.25, 1.0, 1.0, NAN]),
        (MinMax(-1), [0.0, 4.0, 8.0], [-1.0, 0.0, 2.0, 8.0, 9.0, NAN], [1.0, 1.0, 0.75, 0.0, 0.0, NAN]),
        (MinMax(log=True), [0.0, 1.0, 100.0], [-5.0, 0.0, 1.0, 10.0, 100.0, NAN], [0.0, 0.0, 0.0, 0.5, 1.0, NAN]),
        (MinMax(-1, log=True), [1.0, 100.0], [-5.0, 0.0, 10.0, NAN], [1.0, 1.0, 0.5, NAN]),
        (Rubric(0.0, 4.0), [0.0], [0.0, 1.0, 4.0, NAN], [0.0, 0.25, 1.0, NAN]),
        (Rubric(0.0, 4.0, -1), [0.0], [0.0, 1.0, 4.0, NAN], [1.0, 0.75, 0.0, NAN]),
        (ZScore(), [0.0, 2.0], [1.0, 1.0 + 3 * math.sqrt(2), 1.0 - math.sqrt(2), NAN], [0.5, 1.0, 1 / 3, NAN]),
        (ZScore(-1), [0.0, 2.0], [1.0, 1.0 + 3 * math.sqrt(2), 1.0 - math.sqrt(2), NAN], [0.5, 0.0, 2 / 3, NAN]),
        (PiecewiseLinear(((0.0, 0.0), (1.0, 1.0), (3.0, 0.0))), [0.0], [-1.0, 0.5, 2.0, 9.0, NAN],
         [0.0, 0.5, 0.5, 0.0, NAN]),
        (TargetBand(0.0, 2.0, 4.0, 8.0), [0.0], [-1.0, 1.0, 2.0, 4.0, 7.0, 9.0, NAN],
         [0.0, 0.5, 1.0, 1.0, 0.25, 0.0, NAN]),
    ],
)  # fmt: skip
def test_several_draws_of_a_country_have_the_u_of_each_alone(
    function: Any, x: list[float], values: list[float], u: list[float]
) -> None:
    fitted, first = fit(function, x), np.array([0])
    drawn = fitted.transform(np.array(values)[:, None], first)
    assert drawn[:, 0] == pytest.approx(u, nan_ok=True)
    alone = [fitted.transform(np.array([value]), first)[0] for value in values]
    assert alone == pytest.approx(u, nan_ok=True)


@pytest.mark.parametrize(
    ("direction", "ties", "u"),
    [
        (1, "mid", [0.0, 0.5, 0.5, 1.0, 0.25]),
        (1, "min", [0.0, 1 / 3, 1 / 3, 1.0, 0.25]),
        (-1, "mid", [1.0, 0.5, 0.5, 0.0, 0.75]),
        (-1, "min", [1.0, 1 / 3, 1 / 3, 0.0, 0.75]),
    ],
)
def test_a_percentile_ranks_members_among_the_others_and_others_among_all(
    direction: int, ties: str, u: list[float]
) -> None:
    x = [1.0, 2.0, 2.0, 5.0, 1.5]
    fitted = fit(Percentile(direction, "few", ties), x, pools={"few": tuple("ABCD")})
    drawn = fitted.transform(np.array([x, [0.5] * 5, [9.0] * 5]), np.arange(5))
    low, high = sorted((0.0, 1.0), reverse=direction < 0)
    assert drawn == pytest.approx(np.array([u, [low] * 5, [high] * 5]))


BELOW, ABOVE = normal_cdf(np.array([-1.0, 2.0])).tolist()


@pytest.mark.parametrize(
    ("direction", "errors", "u"),
    [
        (1, None, [0.0, 0.0, 1.0, NAN, NAN]),
        (-1, None, [1.0, 0.0, 0.0, NAN, NAN]),
        (1, [1.0, 1.0, 0.5, 1.0, 1.0], [BELOW, 0.5, ABOVE, NAN, NAN]),
        (-1, [1.0, 1.0, 0.5, 1.0, 1.0], [1 - BELOW, 0.5, 1 - ABOVE, NAN, NAN]),
        (1, [0.0, NAN, 0.0, NAN, 0.0], [0.0, 0.0, 1.0, NAN, NAN]),
    ],
)  # fmt: skip
def test_a_threshold_is_passed_above_it_or_with_a_chance(
    direction: int, errors: list[float] | None, u: list[float]
) -> None:
    x, theta = np.array([1.0, 2.0, 3.0, NAN, 3.0]), np.array([2.0, 2.0, 2.0, 2.0, NAN])
    noise = None if errors is None else np.array(errors)
    assert threshold(x, theta, direction, noise) == pytest.approx(u, nan_ok=True)


def test_a_threshold_of_a_group_is_its_median() -> None:
    groupings = {"g": ("x", "x", "x", "y", None)}
    fitted = fit(Threshold(peer_median="g"), [1.0, 2.0, 5.0, 4.0, 3.0], groupings=groupings)
    found = fitted.transform(np.array([[3.0] * 5, [2.0] * 5]), np.arange(5))
    assert found.tolist() == [[1.0, 1.0, 1.0, 0.0, pytest.approx(NAN, nan_ok=True)], [0.0, 0.0, 0.0, 0.0,
                              pytest.approx(NAN, nan_ok=True)]]  # fmt: skip
    fixed = fit(Threshold(theta=2.5, direction=-1), [1.0, 2.0])
    assert fixed.transform(np.array([[2.0, 3.0]]), np.arange(2)).tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize(
    ("found", "u"),
    [
        (goalposts(np.array([-HUGE, 0.0, HUGE]), -HUGE, HUGE), [0.0, 0.5, 1.0]),
        (goalposts(np.array([-HUGE, 0.0, HUGE]), -HUGE, HUGE, -1), [1.0, 0.5, 0.0]),
        (goalposts(np.array([-HUGE, HUGE]), 0.0, 1.0), [0.0, 1.0]),
        (zscore(np.array([-HUGE, 0.0, HUGE]), 0.0, 1.0), [0.0, 0.5, 1.0]),
        (piecewise_linear(np.array([-HUGE, 0.0, HUGE]), ((-HUGE, 0.0), (HUGE, 1.0))), [0.0, 0.5, 1.0]),
        (piecewise_linear(np.array([0.0, 1.0]), ((-HUGE, 0.0), (0.0, 0.25), (HUGE, 1.0))), [0.25, 0.25]),
        (target_band(np.array([1.0, 5.0]), 0.0, 4.0, 5.0, 6.0), [0.25, 1.0]),
        (threshold(np.array([HUGE]), -HUGE), [1.0]),
        (fit(ZScore(), [-1e308, 0.0, 1e308]).transform(np.array([0.0]), np.array([0])), [0.5]),
        (fit(ZScore(), [1e-300, 3e-300]).transform(np.array([2e-300]), np.array([0])), [0.5]),
    ],
)
def test_the_largest_and_smallest_numbers_keep_their_share(found: Any, u: list[float]) -> None:
    assert found == pytest.approx(u)


def test_a_table_of_labels() -> None:
    tiers = OrdinalMap((("1", 1.0), ("2", 0.5)))
    assert tiers.normalize(["2", None, "1"]) == pytest.approx([0.5, NAN, 1.0], nan_ok=True)
    with pytest.raises(UnknownLabel, match=r"label '3' is not in the table \(1, 2\); add it") as caught:
        tiers.normalize(["1", None, "3"])
    assert caught.value.position == 2


@pytest.mark.parametrize(
    ("values", "middle"), [([], NAN), ([3.0], 3.0), ([1.0, 2.0], 1.5), ([HUGE, HUGE], HUGE), ([1.0, HUGE, HUGE], HUGE)]
)
def test_the_median_of_any_numbers(values: list[float], middle: float) -> None:
    assert median(np.array(values)) == pytest.approx(middle, nan_ok=True)


def test_the_normal_distribution_keeps_the_shape() -> None:
    found = normal_cdf(np.array([[0.0, NAN], [1.0, -1.0]]))
    assert found.shape == (2, 2)
    assert found.ravel() == pytest.approx([0.5, NAN, 0.8413447460685429, 0.15865525393145707], nan_ok=True)
