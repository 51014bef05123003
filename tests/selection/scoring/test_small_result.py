"""One small result as plain data: four countries, three criteria, a hurdle, and an evidence rule, all by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from selection.scoring import Goalposts, Hurdle, HurdleKind, MinMax, Model, Operator, Predicate, Result, Snapshot, score
from selection.scoring.method import EvidenceRule, Method

from .build import PERCENT, column, leaf, model, node, snapshot

DATA: Snapshot = snapshot(
    {
        "a": column([80.0, 20.0, None, 120.0], ages=[1.0, 2.0, None, 0.0]),
        "b": column([8.0, 8.0, 5.0, 10.0], standard_errors=[1.0, None, None, None]),
        "c": [0.0, 1.0, 0.5, 0.25],
    },
    groupings={"region": ("N", "N", "S", "S")},
    waivers={"h": ("D",)},
)
BUILT: Model = model(
    node("need", leaf("a", 3.0, PERCENT), leaf("b", 1.0, Goalposts(0.0, 10.0, -1)), weight=2.0, tau=0.25),
    leaf("c", 1.0, MinMax()),
    hurdles=(Hurdle("h", "Bound", HurdleKind.POLICY_HURDLE, Predicate("b", Operator.LESS, value=9.0)),),
    method=Method(rules=(EvidenceRule("E", "Known", "is not known", ("a",)),), peers=()),
    root_tau=0.0,
    node_tau=0.0,
)


@pytest.fixture(scope="module")
def result() -> Result:
    return score(DATA, BUILT, draws=0, seed=3)


Line = tuple[str, float | None, bool, float, float, float, float]


def country(status: str, rank: int | None, value: float, *lines: Line, **more: Any) -> dict[str, Any]:
    """Return a country's plain data; a line is state, u, clipped, effective weight, points, points lost, and owed."""
    names = ("state", "u", "clipped", "effective_weight", "points", "points_lost", "points_owed")
    return {
        "status": status,
        "reason": more.get("reason", ""),
        "rank": rank,
        "rank_among_scored": more["scored"],
        "rank_interval": None,
        "equal_display": False,
        "score": value,
        "coverage": more.get("coverage", 1.0),
        "lower": more.get("lower", value),
        "upper": more.get("upper", value),
        "nodes": {
            "need": {"score": more["need"], "coverage": more.get("known", 1.0)},
            "root": {"score": value, "coverage": more.get("coverage", 1.0)},
        },
        "criteria": {
            key: {**dict(zip(names, line, strict=True)), "floored": False}
            for key, line in zip("abc", lines, strict=True)
        },
        "hurdles": {"h": dict(zip(("verdict", "waived", "probability"), more["hurdle"], strict=True))},
    }


EXPECTED = {
    "A": country(
        "ranked",
        3,
        0.433333333,
        ("observed", 0.8, False, 0.5, 40.0, 10.0, 0.0),
        ("observed", 0.2, False, 0.166666667, 3.333333333, 13.333333333, 0.0),
        ("observed", 0.0, False, 0.333333333, 0.0, 33.333333333, 0.0),
        need=0.65,
        scored=4,
        hurdle=("pass", False, 0.841344746),
    ),
    "B": country(
        "ranked",
        2,
        0.466666667,
        ("observed", 0.2, False, 0.5, 10.0, 40.0, 0.0),
        ("observed", 0.2, False, 0.166666667, 3.333333333, 13.333333333, 0.0),
        ("observed", 1.0, False, 0.333333333, 33.333333333, 0.0, 0.0),
        need=0.2,
        scored=3,
        hurdle=("pass", False, 1.0),
    ),
    "C": country(
        "provisional",
        None,
        0.5,
        ("missing", None, False, 0.0, 0.0, 0.0, 0.0),
        ("observed", 0.5, False, 0.666666667, 33.333333333, 33.333333333, 25.0),
        ("observed", 0.5, False, 0.333333333, 16.666666667, 16.666666667, 0.0),
        need=0.5,
        reason="is not known",
        known=0.25,
        coverage=0.5,
        lower=0.25,
        upper=0.75,
        scored=2,
        hurdle=("pass", False, 1.0),
    ),
    "D": country(
        "ranked",
        1,
        0.583333333,
        ("observed", 1.0, True, 0.5, 50.0, 0.0, 0.0),
        ("observed", 0.0, False, 0.166666667, 0.0, 16.666666667, 0.0),
        ("observed", 0.25, False, 0.333333333, 8.333333333, 25.0, 0.0),
        need=0.75,
        scored=1,
        hurdle=("fail", True, 0.0),
    ),
}


@pytest.mark.parametrize("code", "ABCD")
def test_a_country_as_plain_data(result: Result, code: str) -> None:
    assert result.to_dict()["countries"][code] == EXPECTED[code]


def test_a_result_as_plain_data(result: Result) -> None:
    plain = result.to_dict()
    assert list(plain["countries"]) == ["A", "B", "C", "D"]
    del plain["countries"]
    assert plain == {
        "engine_version": "3.0.0",
        "model_hash": BUILT.hash,
        "snapshot_hash": DATA.hash,
        "seed": 3,
        "draws": 0,
        "findings": [],
        "criteria": {
            "a": {"nominal_weight": 0.5, "parameters": {}, "inactive": ""},
            "b": {"nominal_weight": 0.166666667, "parameters": {}, "inactive": ""},
            "c": {"nominal_weight": 0.333333333, "parameters": {"lower": 0.0, "upper": 1.0}, "inactive": ""},
        },
        "fits": {},
        "places": {
            "A": {"fails": [], "place": 3, "region": "N", "region_rank": 2, "estimates": {}},
            "B": {"fails": [], "place": 2, "region": "N", "region_rank": 1, "estimates": {}},
            "C": {"fails": ["E"], "place": 2, "region": "S", "region_rank": None, "estimates": {}},
            "D": {"fails": [], "place": 1, "region": "S", "region_rank": 1, "estimates": {}},
        },
    }


def test_a_country_line_by_line(result: Result) -> None:
    assert result.ranking() == ["D", "B", "A"]
    found = result.country("C")
    assert (found.country, found.rank, found.rank_among_scored, found.interval) == ("C", None, 2, None)
    assert [(one.key, one.label, one.path, one.tau, one.required) for one in found.nodes] == [
        ("need", "Need", ("root", "need"), 0.25, False),
        ("root", "Root", ("root",), 0.0, False),
    ]
    assert [(one.key, one.label, one.path) for one in found.criteria] == [
        ("a", "A", ("root", "need", "a")),
        ("b", "B", ("root", "need", "b")),
        ("c", "C", ("root", "c")),
    ]
    [hurdle] = result.country("D").hurdles
    assert (hurdle.key, hurdle.label, hurdle.hurdle_kind) == ("h", "Bound", HurdleKind.POLICY_HURDLE)
    with pytest.raises(KeyError):
        result.country("E")


def test_a_criterion_that_cannot_be_used_is_left_out_with_its_reason() -> None:
    columns = {"a": [1.0, 2.0], "c": [3.0, 3.0]}
    found = score(snapshot(columns), model(leaf("a", 1.0, MinMax()), leaf("c", 1.0, MinMax()), root_tau=0), draws=0)
    reason = "every observed value in pool 'all' is the same"
    message = f"left out of this run and its weight carried by its siblings: {reason}"
    assert found.to_dict()["findings"] == [["criterion_inactive", "warning", "root/c", message]]
    assert found.to_dict()["criteria"]["c"] == {"nominal_weight": 0.5, "parameters": {}, "inactive": reason}
    lines = found.country("A").criteria
    assert [(line.state, line.u, line.effective_weight) for line in lines] == [
        ("observed", 0.0, 1.0),
        ("inactive", None, 0.0),
    ]


@pytest.mark.parametrize(
    ("draws", "seed", "message"),
    [
        (-1, 0, "draws is -1 and seed is 0; neither may be negative"),
        (0, -1, "draws is 0 and seed is -1; neither may be negative"),
    ],
)
def test_draws_and_seed_are_not_negative(draws: int, seed: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        score(DATA, BUILT, draws=draws, seed=seed)


def test_a_seed_is_made_from_model_and_snapshot() -> None:
    first, again = (score(DATA, BUILT, draws=0).seed for _ in range(2))
    other = score(DATA, replace(BUILT, version="2"), draws=0).seed
    assert first == again != other
    assert first >= 0
