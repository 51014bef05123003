"""Places of candidates of an earlier day, and scores by the weight of one branch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selection.scoring import (
    CANDIDATES,
    POOL,
    Goalposts,
    Model,
    Result,
    SeriesColumn,
    Snapshot,
    competition_ranks,
    score,
)
from selection.scoring.method import Estimate, Method
from selection.scoring.then import CandidateRank, place_candidates, totals_by_share

from .build import column, leaf, model, node
from .test_versions import every_part_of_a_method

SHARE = Goalposts(0.0, 100.0)
HOW = Estimate()
CODES = tuple("ABCDE")


def four_candidates() -> tuple[Snapshot, Model]:
    """Build two axes, on the first of which all are equal; D lacks the second, and E is no candidate."""
    columns = {
        "x": column([25.0, 25.0, 25.0, 25.0, 99.0]),
        "y": column([30.0, 30.0, 30.0, 30.0, 99.0]),
        "z": column([50.0, 60.0, 70.0, None, 99.0]),
    }
    tree = (
        node("need", leaf("x", 1.0, SHARE, estimate=HOW), leaf("y", 1.0, SHARE, estimate=HOW)),
        node("able", leaf("z", 1.0, SHARE, estimate=HOW)),
    )
    method = Method(first=2, short=1, peers=(), least_peers=1)
    data = Snapshot(CODES, columns, {}, {CANDIDATES: CODES[:4], POOL: CODES[:4]})
    return data, model(*tree, method=method, root_tau=0.0, node_tau=0.0)


def later(data: Snapshot, built: Model) -> Result:
    return score(data, built, draws=0)


def test_candidates_are_placed_in_the_whole_and_on_each_axis() -> None:
    data, built = four_candidates()
    found = place_candidates(data, built, {}, draws=0, seed=1, of=CODES[:4])
    assert {code: (place.of, place.total, place.axes["able"]) for code, place in found.items()} == {
        "A": (4, CandidateRank(4), CandidateRank(4)),
        "B": (4, CandidateRank(2), CandidateRank(2)),
        "C": (4, CandidateRank(1), CandidateRank(1)),
        "D": (4, CandidateRank(2), CandidateRank(2)),
    }
    assert {place.axes["need"] for place in found.values()} == {CandidateRank(1)}
    assert found["A"].known == {"x": "published", "y": "published", "z": "published"}
    assert found["D"].known == {"x": "published", "y": "published", "z": "filled"}
    assert list(place_candidates(data, built, {}, draws=0, seed=1, of=("D",))) == ["D"]


def test_draws_give_the_5_and_95_percent_ranks_and_the_share_first() -> None:
    data, built = four_candidates()
    found = place_candidates(data, built, {}, draws=4000, seed=1, of=CODES[:4])
    # The values of A, B and C are exact; D has one of theirs, and each in a third of the draws.
    assert found["C"].total == CandidateRank(1, 1, 1, 1.0)
    assert (found["A"].total.low, found["A"].total.high, found["A"].total.within) == (3, 4, 0.0)
    assert (found["B"].total.low, found["B"].total.high) == (2, 3)
    assert found["B"].total.within == pytest.approx(2 / 3, abs=0.03)
    assert (found["D"].total.low, found["D"].total.high) == (1, 3)
    assert found["D"].total.within == pytest.approx(2 / 3, abs=0.03)
    assert found["D"].axes["need"] == CandidateRank(1, 1, 1, 1.0)


def test_inapplicable_and_missing_values_are_distinguished() -> None:
    data, built = four_candidates()
    apart = {**data.columns, "z": column([50.0, 60.0, None, 70.0, None], reason="not_applicable")}
    found = place_candidates(Snapshot(CODES, apart, {}, data.pools), built, {}, draws=0, seed=1, of=CODES[:4])
    assert [found[code].known["z"] for code in "ABCD"] == ["published", "published", "apart", "published"]
    nobody = {**data.columns, "z": column([None] * 5, reason="not_applicable")}
    found = place_candidates(Snapshot(CODES, nobody, {}, data.pools), built, {}, draws=0, seed=1, of=CODES[:4])
    assert [found[code].known["z"] for code in "ABCD"] == ["dropped"] * 4


def test_on_the_day_of_the_fits_candidates_have_the_order_of_that_run() -> None:
    data, built = every_part_of_a_method()
    result = later(data, built)
    codes = sorted(data.pools[CANDIDATES])
    found = place_candidates(data, built, result.estimated.cells, draws=0, seed=1, of=codes)
    positions = [data.position[code] for code in codes]
    assert [found[code].total.rank for code in codes] == competition_ranks(result.scores[positions]).tolist()
    ways = {"own": "published", "sister": "bridged", "pooled": "published", "peers": "filled"}
    for key in ("hazard", "index", "births"):
        sources = result.estimated.cells[key].sources
        assert [found[code].known[key] for code in codes] == [ways[sources[at]] for at in positions]


def test_a_day_with_too_few_values_takes_the_bridges_of_the_later_run() -> None:
    data, built = every_part_of_a_method()
    result = later(data, built)
    assert result.estimated is not None
    own = data.series["hazard"]["own"]
    kept = sorted(own.values)[:3]
    few = SeriesColumn({code: own.values[code] for code in kept}, {code: own.ages[code] for code in kept})
    early = replace(data, series={**data.series, "hazard": {**data.series["hazard"], "own": few}})
    codes = sorted(data.pools[CANDIDATES])
    sister, third = (set(data.series["hazard"][key].values) for key in ("sister", "third"))
    fitted = place_candidates(early, built, result.estimated.cells, draws=0, seed=1, of=codes)
    alone = place_candidates(early, built, {}, draws=0, seed=1, of=codes)
    for code in codes:
        assert fitted[code].known["hazard"] == ("published" if code in kept else "bridged")
        assert alone[code].known["hazard"] == ("published" if code in kept else "filled")
        assert code in kept or code in sister | third


def test_labels_of_exact_criteria_are_not_drawn() -> None:
    data, built = every_part_of_a_method()
    result = later(data, built)
    level = next(item for item in built.criteria if item.key == "level")
    alone = model(level, method=Method(first=12, short=6), root_tau=0.0, node_tau=0.0)
    fitted = {"level": result.estimated.cells["level"]}
    codes = sorted(data.pools[CANDIDATES])
    still = place_candidates(data, alone, fitted, exact=("level",), draws=500, seed=1, of=codes)
    assert all(place.total.low == place.total.rank == place.total.high for place in still.values())
    moving = place_candidates(data, alone, fitted, draws=500, seed=1, of=codes)
    assert any(place.total.low != place.total.high for place in moving.values())


@pytest.mark.parametrize(
    ("share", "expected"),
    # The others share the rest 2 to 1, as in the model: at .7, .2 and .1.
    [
        (0.0, 2 / 3 * 0.5 + 1 / 3 * 0.8),
        (0.25, 0.25 * 0.2 + 0.5 * 0.5 + 0.25 * 0.8),
        (0.7, 0.14 + 0.1 + 0.08),
        (1.0, 0.2),
    ],
)
def test_the_other_branches_share_the_rest_as_in_the_model(share: float, expected: float) -> None:
    columns = {"x": column([20.0]), "y": column([50.0]), "z": column([80.0])}
    leaves = [leaf(key, weight, SHARE) for key, weight in (("x", 5.0), ("y", 2.0), ("z", 1.0))]
    result = score(Snapshot(("A",), columns), model(*leaves), draws=0)
    [half, totals] = totals_by_share(result, "x", (0.5, share))
    assert totals == pytest.approx([expected])
    assert half == pytest.approx([0.5 * 0.2 + (0.5 * 2 * 0.5 + 0.5 * 0.8) / 3])
