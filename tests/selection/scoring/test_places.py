"""Positions of provisional countries among ranked ones, and peers that fill a missing value."""

from __future__ import annotations

import numpy as np
import pytest

from selection.scoring import Snapshot, score
from selection.scoring.estimates import PeerGroup
from selection.scoring.method import Method
from selection.scoring.place import placed
from selection.scoring.ranking import (
    QUANTUM_SCALE,
    competition_rank_rows,
    competition_ranks,
    equal_when_displayed,
    places,
    quantise,
)

from .build import column, leaf, model
from .test_versions import every_part_of_all_in


def test_a_place_counts_ranked_countries_alone() -> None:
    scores = np.array([0.9, 0.8, 0.8, 0.5, np.nan, 0.95])
    ranked = np.array([True, False, True, True, False, False])
    assert places(scores, ranked).tolist() == [1, 2, 2, 3, 0, 1]


def test_no_country_substitutes_for_itself() -> None:
    snapshot = Snapshot(("A", "B", "C"), {"x": column([1.0, 2.0, 3.0])}, {"region": ("N", "N", "N")})
    everyone = np.arange(3, dtype=np.intp)
    known = np.array([True, True, True])
    for least, names in ((2, (("region",),)), (9, (("region",),)), (1, ())):
        peers = PeerGroup(snapshot, Method(peers=names, least_peers=least), everyone, everyone, frozenset({0, 1, 2}))
        assert peers.of(0, known).tolist() == [1, 2]


def test_equal_scores_share_a_regional_rank_and_skip_the_next() -> None:
    columns = {"x": column([0.9, 0.8, 0.8, 0.7, 0.8, 0.6, 0.95])}
    regions = ("N", "N", "N", "N", "S", "S", None)
    built = model(leaf("x"), method=Method(), root_tau=0.0, node_tau=0.0)
    result = score(Snapshot(tuple("ABCDEFG"), columns, {"region": regions}), built, draws=0)
    found = placed(result)
    assert [found[code].region_rank for code in "ABCDEFG"] == [1, 2, 2, 4, 1, 2, None]
    assert [found[code].place for code in "ABCDEFG"] == [2, 3, 3, 6, 3, 7, 1]


@pytest.mark.parametrize(
    ("apart", "ranks"),
    [(0.0, [1, 1]), (0.4e-9, [1, 1]), (0.6e-9, [2, 1]), (1e-9, [2, 1]), (-0.4e-9, [1, 1]), (-0.6e-9, [1, 2])],
)
def test_scores_are_compared_as_the_nearest_whole_billionth(apart: float, ranks: list[int]) -> None:
    assert competition_ranks(np.array([0.5, 0.5 + apart])).tolist() == ranks
    assert competition_rank_rows(np.array([[0.5, 0.5 + apart]])).tolist() == [ranks]


def test_a_score_is_rounded_half_to_even() -> None:
    # Powers of two, so that the halves are exact.
    halves = np.array([0.5, 1.5, 2.5, 3.5]) / QUANTUM_SCALE
    assert (halves * QUANTUM_SCALE).tolist() == [0.5, 1.5, 2.5, 3.5]
    assert quantise(halves).tolist() == [0, 2, 2, 4]


def test_a_place_has_the_row_of_its_country_in_the_all_in_draws() -> None:
    data, built = every_part_of_all_in()
    result = score(data, built, draws=200)
    drawn, found = result.robustness, placed(result)
    assert drawn is not None
    assert drawn.all_in is not None
    all_in = drawn.all_in
    assert all_in.settled is not None
    m, p = len(drawn.ranked), len(drawn.provisional)
    everyone = [*drawn.ranked.tolist(), *drawn.provisional.tolist(), *all_in.outside.tolist()]
    for row, position in enumerate(everyone):
        detail = found[data.countries[position]].detail
        assert detail["reliability"]["value"] == round(float(all_in.reliability.values[row]), 3)
        assert detail["reliability"]["settled"] == round(float(all_in.reliability_settled[row]), 3)
        inner = detail["data_weights"]
        if row < m:
            assert [inner["low"], inner["median"], inner["high"]] == all_in.inner.intervals[row].tolist()
            assert inner["p10"] == round(float(all_in.inner.within_short[row]), 4)
            assert detail["settled"]["p20"] == round(float(all_in.settled.within[row]), 4)
            assert detail["settled"]["group"] in ("in", "open", "out")
            assert detail["free"]["share"] == round(float(all_in.free.acceptability[row]), 4)
        elif row < m + p:
            assert [inner["low"], inner["median"], inner["high"]] == all_in.inner.places[row - m].tolist()
            assert inner["p20"] == round(float(all_in.inner.places_within[row - m]), 4)
            assert "free" not in detail
        else:
            assert [inner["low"], inner["high"]] == all_in.outside_ranks[1].places[row - m - p][[0, 2]].tolist()
            assert detail["all_in"]["low"] == all_in.outside_ranks[0].places[row - m - p][0]


@pytest.mark.parametrize(
    ("scores", "ranks", "marked"),
    [
        ([0.5, 0.4999], [1, 2], [True, True]),
        ([0.5, 0.4994], [1, 2], [False, False]),
        ([0.5, 0.5], [1, 1], [False, False]),
        ([0.5, 0.5, 0.4999], [1, 1, 3], [True, True, True]),
        ([0.5, 0.5], [0, 1], [False, False]),
        ([0.7, 0.5, 0.4999, 0.1, 0.0999], [1, 2, 3, 4, 5], [False, True, True, True, True]),
        ([0.4999, np.nan, 0.5], [2, 0, 1], [True, False, True]),
        ([], [], []),
    ],
)
def test_ranked_countries_that_print_one_score_at_two_ranks_are_marked(
    scores: list[float], ranks: list[int], marked: list[bool]
) -> None:
    assert equal_when_displayed(np.array(scores), np.array(ranks, dtype=np.int64)).tolist() == marked


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [
        ([0.9, 0.8, 0.8, 0.5], [1, 2, 2, 4]),
        ([np.nan, 0.8, np.nan, 0.9], [0, 2, 0, 1]),
        ([0.5, 0.5, 0.5], [1, 1, 1]),
        ([np.nan], [0]),
        ([0.0, 1.0], [2, 1]),
    ],
)
def test_ranks_of_one_list_and_of_rows_of_lists(scores: list[float], ranks: list[int]) -> None:
    assert competition_ranks(np.array(scores)).tolist() == ranks
    assert competition_rank_rows(np.array([scores, scores[::-1]])).tolist() == [ranks, ranks[::-1]]
