"""Results of the engine's versions: engine 2.1.0 computes what it did, and 3.0.0 the same but for its own version."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from selection.scoring import (
    CANDIDATES,
    ENGINE_VERSION,
    POOL,
    VERSIONS,
    WIDER,
    Aggregation,
    Column,
    Goalposts,
    MinMax,
    MissingPolicy,
    Model,
    OrdinalMap,
    Percentile,
    PiecewiseLinear,
    Policy,
    Rubric,
    SeriesColumn,
    Snapshot,
    TargetBand,
    Threshold,
    ZScore,
    first_difference,
    score,
    sha256_of,
    validate,
)
from selection.scoring.method import (
    Choice,
    Combine,
    Estimate,
    EvidenceRule,
    Fill,
    Method,
    Option,
    Scale,
    Series,
    Transitions,
)
from selection.scoring.place import placed

from .build import column, leaf, model, node, snapshot

FORMER = "2.1.0"
OF_METHOD = "3b953f236e7ce52f80cb23e2b5e90dc8084a39a291286e4acaa36acff4eeb796"
OF_FUNCTIONS = "75d3f7777c9bf4670e115252167ce48297b9fdeb87cbc8d5ae84bfc605471589"
OF_ALL_IN = "88b9bd9c31e49ed8e0c1699e4710d3718532b60e0aaf9707b9af2414bda80f09"
"""Hashes of the results of two models, as the code of engine 2.1.0 computed them before engine 3.0.0 existed."""


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


# One piece: the parts of one model, each named where it is made.
def every_part_of_a_method() -> tuple[Snapshot, Model]:
    """Build a method with every part of version 3, over 48 countries of which some lack values.

    Editions are pooled, gaps bridged and filled from peers, labels move, and the list is compared with other designs.
    """
    rng = np.random.default_rng(29)
    size = 48
    codes = tuple(f"C{i:03d}" for i in range(size))
    truth = rng.normal(-1.2, 0.8, size)

    def shares(spread: float, gaps: float) -> dict[str, float]:
        x = np.round(100.0 / (1.0 + np.exp(-(truth + rng.normal(0.0, spread, size)))), 1)
        return {code: float(v) for code, v, gone in zip(codes, x, rng.random(size) < gaps, strict=True) if not gone}

    def series(values: dict[str, float], age: float) -> SeriesColumn:
        return SeriesColumn(values, {code: age + int(code[1:]) % 19 for code in values})

    own = series(shares(0.0, 0.3), 2.0)
    given = {
        "hazard": {"own": own, "sister": series(shares(0.3, 0.1), 0.0), "third": series(shares(0.6, 0.0), 1.0)},
        "index": {"old": series(shares(0.5, 0.2), 8.0), "new": series(shares(0.4, 0.1), 3.0)},
        "births": {"own": series(shares(0.8, 0.2), 1.0)},
    }
    levels = tuple(("low", "mid", "high")[int(i)] for i in rng.integers(0, 3, size))
    columns = {
        key: column([first.values.get(code, math.nan) for code in codes], ages=[first.ages.get(code) for code in codes])
        for key, first in ((key, next(iter(parts.values()))) for key, parts in given.items())
    }
    columns["level"] = Column.categorical(levels, ages=[float(i % 4) for i in range(size)])
    columns["points"] = column(
        np.round(rng.normal(45.0, 15.0, size)),
        standard_errors=np.where(rng.random(size) < 0.5, 2.5, np.nan),
        ages=[1.0] * size,
    )
    columns["rating"] = column(np.where(rng.random(size) < 0.2, np.nan, rng.integers(0, 5, size)), ages=[0.0] * size)
    data = Snapshot(
        codes,
        columns,
        {
            "region": tuple("NES"[i % 3] for i in range(size)),
            "income_group": tuple("LMU"[i // 16] for i in range(size)),
        },
        {CANDIDATES: codes[:44], POOL: codes[:46], WIDER: codes},
        {},
        given,
    )
    sisters = tuple(Series(key, key.title(), "x") for key in ("own", "sister", "third"))
    editions = tuple(Series(key, key.title(), "x") for key in ("old", "new"))
    step = ((0.7, 0.2, 0.1), (0.1, 0.6, 0.3), (0.0, 0.2, 0.8))
    need = node(
        "need",
        leaf(
            "hazard",
            3.0,
            Goalposts(0.0, 40.0),
            estimate=Estimate(Scale.LOGIT, sisters, fresh=15, measurement=0.29, drift=0.11),
        ),
        leaf(
            "index",
            3.0,
            Goalposts(0.0, 50.0),
            estimate=Estimate(Scale.LOG, editions, Combine.POOLED, measurement=0.4, agreement=0.1),
        ),
        leaf(
            "births",
            2.0,
            Goalposts(0.0, 60.0),
            estimate=Estimate(Scale.LOGIT, sisters[:1], measurement=0.22, drift=0.25, trend=-0.07),
        ),
        span=(0.0, 0.85),
    )
    able = node(
        "able",
        leaf(
            "level",
            2.0,
            OrdinalMap((("low", 0.0), ("mid", 0.5), ("high", 1.0))),
            estimate=Estimate(transitions=Transitions(("low", "mid", "high"), (step,))),
        ),
        leaf("points", 2.0, Goalposts(0.0, 100.0), estimate=Estimate(measurement=2.4, published_error=True)),
        leaf("rating", 1.0, Rubric(0.0, 4.0), estimate=Estimate(measurement=0.5, fill=Fill.RANGE)),
        span=(0.2, 0.9),
    )
    way = Option("plain", "Plain")
    choices = (
        Choice(
            "index",
            "Index",
            (
                way,
                Option("mean", "Mean", values=(("index", "mean"),)),
                Option("new", "New", values=(("index", "new"),)),
            ),
        ),
        Choice("bridge", "Bridge", (way, Option("own", "Own", own_only=("hazard",)))),
        Choice("scale", "Scale", (way, Option("log", "Log", log=("hazard", "index")))),
        Choice("level", "Level", (way, Option("flat", "Flat", relabel=(("level", "high", "mid"),)))),
        Choice("root", "Root", (way, Option("sum", "Sum", arithmetic=True))),
        Choice("axes", "Axes", (way, Option("plain_axes", "As they are", unscaled=True))),
        Choice("weights", "Weights", (way, Option("need", "Need", weights=(("need", 6.0), ("able", 4.0))))),
    )
    rules = (
        EvidenceRule("E1", "Hazard", "No hazard is known.", ("hazard",), within=15),
        EvidenceRule("E2", "Two", "Too little is known.", ("index", "births"), within=20),
    )
    method = Method(first=12, short=6, facts=("hazard", "index"), rules=rules, least_peers=5, choices=choices)
    root = {"aggregation": Aggregation.GEOMETRIC}
    return data, model(need, able, root=root, method=method, root_tau=0.0, node_tau=0.0, draws=600)


def every_part_of_all_in() -> tuple[Snapshot, Model]:
    """Build the same with what engine 3.0.0 added: surveys, due editions, ends of values, and designs in the draws."""
    data, built = every_part_of_a_method()
    plain = built.to_dict()
    need, able = plain["root"]["children"]
    hazard, _, births = (criterion["estimate"] for criterion in need["children"])
    level, points, _ = (criterion["estimate"] for criterion in able["children"])
    hazard["combine"], births["trend_years"], points["clip"] = "surveys", 9, [30.0, 62.0]
    level["transitions"]["due"] = "06-30"
    method = plain["method"]
    method |= {"all_in": True, "income_group": "income_group"}
    survey, axes = {"key": "newest", "label": "Newest", "values": [["hazard", "newest"]]}, method["choices"][5]
    method["choices"].append({"key": "survey", "label": "Survey", "options": [axes["options"][0], survey]})
    axes["options"].append({"key": "percentiles", "label": "Percentiles", "percentiles": [5.0, 95.0]})
    # The sister series is part of the same survey, and for each third country of a newer one.
    own = data.series["hazard"]["own"]
    ages = {code: age if int(code[1:]) % 3 else age - 1.0 for code, age in own.ages.items()}
    part = SeriesColumn({code: round(0.6 * value, 1) for code, value in own.values.items()}, ages)
    series = {**data.series, "hazard": {**data.series["hazard"], "sister": part}}
    return replace(data, overdue={"level": 2}, series=series), Model.from_dict(plain)


def test_engine_3_keeps_the_results_of_its_first_release() -> None:
    """Check a result with every part, as a run stores it; engine 3.0.0 computed the hash.

    A stored run must replay to the same bytes: a change of the engine that changes them takes a new version.
    """
    data, built = every_part_of_all_in()
    assert validate(built) == []
    result = score(data, built, draws=300)
    assert result.engine_version == "3.0.0"
    places = {code: asdict(place) for code, place in placed(result).items()}
    assert sha256_of([result.to_dict(), places]) == OF_ALL_IN


def test_all_of_the_all_in_model_is_in_use() -> None:
    data, built = every_part_of_all_in()
    result = score(data, built, draws=50)
    assert result.robustness is not None
    assert result.robustness.all_in is not None
    assert result.robustness.all_in.overdue == ("level",)
    assert result.robustness.all_in.settled is not None
    assert {"own", "combined"} <= set(result.estimated.cells["hazard"].sources)
    assert {status.value for status in result.statuses} == {"ranked", "provisional", "outside_pool"}
    assert len(result.robustness.provisional) > 1
    assert len(result.robustness.all_in.outside) > 1


def test_the_former_engine_gives_the_results_that_it_gave() -> None:
    for built, golden in ((every_part_of_a_method(), OF_METHOD), (every_function(), OF_FUNCTIONS)):
        result = score(*built, version=FORMER).to_dict()
        assert result["engine_version"] == FORMER
        assert sha256_of(result) == golden


def test_engine_3_equals_engine_2_1_except_for_its_version() -> None:
    assert list(VERSIONS) == [FORMER, ENGINE_VERSION]
    for built, golden in ((every_part_of_a_method(), OF_METHOD), (every_function(), OF_FUNCTIONS)):
        former, result = score(*built, version=FORMER).to_dict(), score(*built).to_dict()
        assert result["engine_version"] == ENGINE_VERSION
        assert first_difference({**former, "engine_version": ENGINE_VERSION}, result) is None
        assert sha256_of({**result, "engine_version": FORMER}) == golden


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(KeyError, match=r"0\.9"):
        score(snapshot({"a": [1.0, 2.0]}), model(leaf("a", 1.0, MinMax())), version="0.9")


def test_the_model_uses_every_part_of_the_method() -> None:
    """Check that the golden results rest on what they name."""
    data, built = every_part_of_a_method()
    assert validate(built) == []
    result = score(data, built, draws=0)
    found = result.estimated.cells
    sources = {key: set(cells.sources) for key, cells in found.items()}
    assert sources["hazard"] == {"own", "sister"}
    assert sources["index"] == {"pooled", "peers"}
    assert sources["births"] == {"own", "peers"}
    assert sources["rating"] == {"own", "range"}
    assert set(found["hazard"].bridges) == {"sister", "third"}
    assert found["index"].pooling is not None
    assert found["index"].pooling.fitted
    assert found["level"].moves
    assert built.method.designs == 192
    assert {status.value for status in result.statuses} >= {"ranked", "outside_pool"}
