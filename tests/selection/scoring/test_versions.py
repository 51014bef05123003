"""Runs of earlier engine versions: computed by the rules of their version, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from selection.scoring import (
    ENGINE_VERSION,
    VERSIONS,
    Goalposts,
    MinMax,
    MissingPolicy,
    Model,
    Percentile,
    PiecewiseLinear,
    Policy,
    Snapshot,
    TargetBand,
    Threshold,
    ZScore,
    first_difference,
    score,
    sha256_of,
)
from selection.scoring.method import Estimate, Method

from .build import column, leaf, model, node, snapshot

TIED = [1.0, 2.0, 2.0, 5.0]


def every_function() -> tuple[Snapshot, Model]:
    """Build value functions in both directions, over values with gaps, ties, and standard errors, with draws."""
    rng = np.random.default_rng(18)
    functions: list[Any] = []
    for direction in (1, -1):
        functions += [
            Goalposts(10.0, 90.0, direction),
            MinMax(direction),
            Percentile(direction),
            Percentile(direction, ties="min"),
            ZScore(direction),
            Threshold(theta=40.0, direction=direction),
            Threshold(peer_median="region", direction=direction),
        ]
    functions += [PiecewiseLinear(((0.0, 1.0), (20.0, 0.3), (100.0, 1.0))), TargetBand(0.0, 20.0, 40.0, 100.0)]
    columns = {}
    for j in range(len(functions)):
        x = np.round(rng.lognormal(3.0, 1.0, 40)) + 1
        x[rng.random(40) < 0.1] = np.nan
        columns[f"c{j}"] = column(x, standard_errors=np.where(np.isnan(x), np.nan, 5.0 * (j % 3 == 0)))
    peers = MissingPolicy(Policy.PEER_MEDIAN, peer_group="region")
    leaves = [
        leaf(f"c{j}", 1.0 + j, function, missing=peers if j % 4 == 0 else MissingPolicy())
        for j, function in enumerate(functions)
    ]
    built = model(node("one", *leaves[:7]), node("two", *leaves[7:], weight=2.0), draws=500)
    return snapshot(columns, groupings={"region": ("x", "y") * 20}), built


@pytest.mark.parametrize(
    ("version", "made_by_itself"),
    [
        ("1.0.1", "77e1f430bf801ee4105c906ae58187333e2d9a4ef011fdba0609843e930fdaac"),
        ("1.1.0", "8f8e493610fbef4a8ad005c1e223ae8e2e46db11b0bebb0d14a10f953507ee48"),
    ],
)
def test_an_earlier_version_gives_the_very_results_that_it_gave(version: str, made_by_itself: str) -> None:
    result = score(*every_function(), version=version).to_dict()
    assert result["engine_version"] == version
    assert sha256_of(result) == made_by_itself


def test_versions_differ_in_negated_percentiles_alone() -> None:
    data, built = every_function()
    old, *_, new = (score(data, built, draws=0, version=version) for version in VERSIONS)
    assert new.engine_version == ENGINE_VERSION == list(VERSIONS)[-1]
    same = np.isclose(old.u, new.u, atol=1e-15, rtol=0, equal_nan=True).all(axis=0)
    moved = [built.criteria[j].value_function for j in np.flatnonzero(~same)]
    assert moved == [Percentile(-1, ties="min")]


def test_low_ties_stay_low_when_less_is_better() -> None:
    built = model(leaf("a", 1.0, Percentile(-1, ties="min")))
    data = snapshot({"a": TIED})
    assert np.allclose(score(data, built, draws=0).u[:, 0], [1, 1 / 3, 1 / 3, 0], atol=1e-15, rtol=0)
    before = score(data, built, draws=0, version="1.0.1").u[:, 0]
    assert np.allclose(before, [1, 2 / 3, 2 / 3, 0], atol=1e-15, rtol=0)


def with_a_method() -> tuple[Model, Snapshot]:
    """Return two shares with errors, on five countries."""
    leaves = [
        leaf(key, 1.0, Goalposts(0.0, 100.0), estimate=Estimate(measurement=error))
        for key, error in (("a", 5.0), ("b", 9.0))
    ]
    rng = np.random.default_rng(3)
    columns = {key: column(rng.uniform(10.0, 90.0, 5)) for key in ("a", "b")}
    return model(*leaves, method=Method(first=2, short=1)), snapshot(columns)


def test_a_version_that_is_not_stored_is_refused() -> None:
    with pytest.raises(KeyError, match=r"0\.9"):
        score(snapshot({"a": TIED}), model(leaf("a", 1.0, MinMax())), version="0.9")


def test_what_a_version_before_stored_of_the_draws_lacks_the_details_alone() -> None:
    built, data = with_a_method()
    old, new = (score(data, built, draws=200, version=version).to_dict() for version in ("2.0.0", ENGINE_VERSION))
    details = {"ranges", "axes", "singles", "datum_low", "datum_high"}
    assert set(new["drawn"]) - set(old["drawn"]) == details
    new["drawn"] = {key: value for key, value in new["drawn"].items() if key not in details}
    for item in new["drawn"]["stability"]:
        del item["below"], item["above"]
    assert first_difference(old | {"engine_version": ENGINE_VERSION}, new) is None
