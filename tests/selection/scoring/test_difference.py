"""The first difference between two results, and what draws may differ by on another machine."""

from __future__ import annotations

from typing import Any

import pytest

from selection.scoring import first_difference


def told(path: str, a: object, b: object) -> str:
    return f"{path} is {a!r} in the first result and {b!r} in the second"


@pytest.mark.parametrize(
    ("a", "b", "is_near"),
    [
        (0.5, 0.5, True),
        (0.5, 0.501, True),
        (0.501, 0.5, True),
        (0.5, 0.5011, False),
        (0.5, 0.4989, False),
        (3, 4, True),
        (4, 3, True),
        (3, 5, False),
        (3, 3.0005, True),
        (3, 3.5, False),
        (None, 0.0, False),
        (None, None, True),
        ("in", "in", True),
        ("in", "out", False),
        (True, 1, False),
        (True, True, True),
    ],
)
def test_drawn_values_may_differ_by_a_thousandth_or_one_rank(a: object, b: object, is_near: bool) -> None:
    def drawn(value: object) -> dict[str, Any]:
        return {"seed": 1, "drawn": {"within": [0.25, value]}}

    assert first_difference(drawn(a), drawn(b)) == (None if is_near else told("drawn within 1", a, b))
    interval = ({"drawn": {}, "countries": {"GHA": {"rank_interval": {"low": value}}}} for value in (a, b))
    expected = None if is_near else told("country GHA: rank_interval low", a, b)
    assert first_difference(*interval) == expected


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5000001), (3, 4), (True, 1), ([1], [1, 2]), ([0.5], [0.5000001])])
def test_all_else_is_exact(a: object, b: object) -> None:
    assert first_difference({"drawn": {}, "places": a}, {"drawn": {}, "places": b}) == told("places", a, b)
    # Without draws in both, nothing is near.
    first, second = ({"countries": {"GHA": {"rank_interval": value}}} for value in (a, b))
    assert first_difference(first, {**second, "drawn": {}}) == told("country GHA: rank_interval", a, b)


def test_lists_of_draws_have_one_length() -> None:
    a, b = {"drawn": {"within": [0.5]}}, {"drawn": {"within": [0.5, 0.5]}}
    assert first_difference(a, b) == told("drawn within", [0.5], [0.5, 0.5])


def test_value_in_one_result_only_is_named_with_its_path() -> None:
    a = {"countries": {"GHA": {"criteria": {"cpi": {"u": 0.5}}}}}
    b: dict[str, Any] = {"countries": {"GHA": {"criteria": {"cpi": {}}}}}
    assert first_difference(a, b) == "country GHA, criterion cpi: u is only in the first result"
    assert first_difference(b, a) == "country GHA, criterion cpi: u is only in the second result"
    assert first_difference(a, {}) == "countries is only in the first result"


def test_countries_come_before_hashes_and_criteria_before_nodes_and_scores() -> None:
    a = {"engine_version": "1", "model_hash": "x", "seed": 1, "countries": {"GHA": {"score": 1.0, "criteria": 1}}}
    b = {"engine_version": "2", "model_hash": "y", "seed": 2, "countries": {"GHA": {"score": 2.0, "criteria": 2}}}
    assert first_difference(a, b) == told("country GHA: criteria", 1, 2)
    a["countries"] = b["countries"]
    assert first_difference(a, b) == told("engine_version", "1", "2")
    a["engine_version"] = "2"
    assert first_difference(a, b) == told("seed", 1, 2)
    a["seed"] = 2
    assert first_difference(a, b) == told("model_hash", "x", "y")
