"""Value functions: formulas, directions, labels, and their behavior under draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from selection.scoring import (
    Column,
    Goalposts,
    OrdinalMap,
    Percentile,
    PiecewiseLinear,
    Rubric,
    Snapshot,
    TargetBand,
    Threshold,
    score,
)
from selection.scoring.value_functions import Fitted, normal_cdf

from .build import column, leaf, model, snapshot

REVERSIBLE: list[tuple[Any, list[float], list[float]]] = [
    (Goalposts, [0.0, 37.0, 100.0, 120.0], [0.0, 0.37, 1.0, 1.0]),
    (Rubric, [0.0, 37.0, 100.0, 100.0], [0.0, 0.37, 1.0, 1.0]),
]


@pytest.mark.parametrize(("kind", "x", "u"), REVERSIBLE)
def test_linear_kinds_both_ways(kind: Any, x: list[float], u: list[float]) -> None:
    for direction, expected in ((1, u), (-1, [1 - value for value in u])):
        result = score(snapshot({"a": x}), model(leaf("a", 1.0, kind(0.0, 100.0, direction))), draws=0)
        assert np.allclose(result.u[:, 0], expected, atol=1e-15, rtol=0)


@pytest.mark.parametrize(
    ("function", "x", "u"),
    [
        (Goalposts(1.0, 100.0, log=True), [1.0, 10.0, 100.0], [0.0, 0.5, 1.0]),
        (TargetBand(0.0, 2.0, 4.0, 8.0), [-1.0, 1.0, 3.0, 6.0, 9.0], [0.0, 0.5, 1.0, 0.5, 0.0]),
        (PiecewiseLinear(((0.0, 1.0), (2.0, 0.5), (4.0, 1.0))), [-1.0, 1.0, 2.0, 3.0], [1.0, 0.75, 0.5, 0.75]),
        (Threshold(theta=2.0), [1.0, 2.0, 2.5], [0.0, 0.0, 1.0]),
        (Threshold(theta=2.0, direction=-1), [1.0, 2.0, 2.5], [1.0, 0.0, 0.0]),
        (Threshold(peer_median="g"), [1.0, 2.0, 3.0], [0.0, 0.0, 1.0]),
        (Percentile(), [1.0, 2.0, 2.0, 5.0], [0.0, 0.5, 0.5, 1.0]),
        (Percentile(-1), [1.0, 2.0, 2.0, 5.0], [1.0, 0.5, 0.5, 0.0]),
        (Percentile(ties="min"), [1.0, 2.0, 2.0, 5.0], [0.0, 1 / 3, 1 / 3, 1.0]),
        (Percentile(-1, ties="min"), [1.0, 2.0, 2.0, 5.0], [1.0, 1 / 3, 1 / 3, 0.0]),
    ],
)
def test_formulas(function: Any, x: list[float], u: list[float]) -> None:
    data = snapshot({"a": x}, groupings={"g": ("one",) * len(x)})
    assert np.allclose(score(data, model(leaf("a", 1.0, function)), draws=0).u[:, 0], u, atol=1e-15, rtol=0)


def test_soft_threshold_is_the_pass_probability() -> None:
    data = snapshot({"a": column([1.0, 2.0, 3.0], standard_errors=[1.0, 1.0, None])})
    u = score(data, model(leaf("a", 1.0, Threshold(theta=2.0, soft=True))), draws=0).u[:, 0]
    assert np.allclose(u, [0.15865525393145707, 0.5, 1.0], atol=1e-15, rtol=0)
    assert normal_cdf(np.array([1.959963984540054]))[0] == pytest.approx(0.975, abs=1e-15)


def test_labels_need_not_rise_and_fall() -> None:
    tiers = OrdinalMap((("1", 0.4), ("2", 1.0), ("3", 0.0)), reason="partnership can move tier 2 most")
    data = Snapshot(("A", "B", "C"), {"a": Column.categorical(["2", "3", "1"])})
    assert score(data, model(leaf("a", 1.0, tiers)), draws=0).u[:, 0].tolist() == [1.0, 0.0, 0.4]


def test_pool_is_only_the_named_countries() -> None:
    data = snapshot({"a": [0.0, 10.0, 20.0]}, pools={"candidates": ("A", "B")})
    result = score(data, model(leaf("a", 1.0, Percentile(pool="candidates"))), draws=0)
    assert result.u[:, 0].tolist() == [0.0, 1.0, 1.0]


def test_a_drawn_percentile_is_taken_among_the_other_members() -> None:
    data = snapshot({"a": [1.0, 2.0, 3.0, 4.0]})
    fitted: Fitted = Percentile().fit(data.columns["a"].values, data)
    drawn = fitted.transform(np.array([[0.0], [2.5], [3.0], [9.0]]), np.array([0]))
    assert np.allclose(drawn[:, 0], [0, 1 / 3, 0.5, 1], atol=1e-15, rtol=0)
    same = fitted.transform(data.columns["a"].values, np.arange(4))
    assert np.allclose(same, [0, 1 / 3, 2 / 3, 1], atol=1e-15, rtol=0)
    assert math.isnan(fitted.transform(np.array([math.nan]), np.array([0]))[0])
