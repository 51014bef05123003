"""The smallest sets on small models, compared with every set of every value; the line itself, and equal scores."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.scoring import Status
from selection.scoring.ranking import competition_ranks
from selection.scoring.robustness.exact import root_scores
from selection.scoring.tree import compile_tree
from selection.scoring.value_functions import FloatArray
from selection.what_it_takes.case import CountryCase, others_of
from selection.what_it_takes.ends import rounded
from selection.what_it_takes.subsets import smallest_sets
from tests.selection.scoring.build import leaf, model, node
from tests.support.examples import examples

KEYS = ("a", "b", "c", "d")
PLAN = compile_tree(
    model(
        node("one", leaf("a", 2.0), leaf("b"), weight=2.0),
        node("two", leaf("c"), leaf("d", 3.0)),
        root={"aggregation": "geometric", "floor": 0.01},
    )
)
COLUMNS = {criterion.key: j for j, criterion in enumerate(PLAN.criteria)}


def case_of(u: FloatArray, first: int) -> CountryCase:
    """Return the question about the first country of values u (n, 4)."""
    scores = root_scores(PLAN, u)
    rank = int(competition_ranks(scores)[0])
    others = others_of(scores, [Status.RANKED] * len(u), 0)
    return CountryCase(PLAN, u[0], others, first, rank > first, COLUMNS)


def rank_by_hand(u: FloatArray, row: FloatArray) -> int:
    """Rank the first country with other values among all others, as a run ranks them."""
    return int(competition_ranks(root_scores(PLAN, np.vstack([row, u[1:]])))[0])


@settings(max_examples=examples(60))
@given(st.integers(0, 2**32 - 1))
def test_the_smallest_sets_are_those_that_trying_everything_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    u = rng.integers(0, 11, (int(rng.integers(4, 9)), 4)) / 10  # coarse, so that scores are often equal
    case = case_of(u, int(rng.integers(1, len(u))))
    step = 0.3 if case.wants_in else -0.3
    ends = {key: float(np.clip(u[0, COLUMNS[key]] + step, 0.0, 1.0)) for key in KEYS}
    found = smallest_sets(case, ends)

    reaching: dict[int, dict[tuple[str, ...], int | None]] = {}
    for size in range(1, 5):
        for keys in itertools.combinations(KEYS, size):
            # Not the ends alone: three places on the way to each.
            for shares in itertools.product((1 / 3, 2 / 3, 1.0), repeat=size):
                row = u[0].copy()
                for key, share in zip(keys, shares, strict=True):
                    row[COLUMNS[key]] += share * (ends[key] - row[COLUMNS[key]])
                rank = rank_by_hand(u, row)
                if (rank <= case.first) == case.wants_in:
                    reaching.setdefault(size, {})[keys] = rank if all(s == 1.0 for s in shares) else None
    if not reaching:
        assert (found.sets, found.count) == ((), 0)
        return
    smallest = reaching[min(reaching)]
    assert found.count == len(smallest)
    assert {keys for keys, _ in found.sets} <= smallest.keys()
    for keys, rank in found.sets:
        row = u[0].copy()
        row[[COLUMNS[key] for key in keys]] = [ends[key] for key in keys]
        assert rank == rank_by_hand(u, row)
        for left_out in keys:
            others = {key: ends[key] for key in keys if key != left_out}
            assert not case.is_reached(case.rank(others))


def flat(*scores: float) -> FloatArray:
    """Return values by which each country has this score."""
    return np.repeat(np.array(scores)[:, None], 4, axis=1)


@pytest.mark.parametrize(
    ("own", "is_in"),
    [(0.5, True), (0.5 - 4e-10, True), (0.5 - 1e-9, False), (0.499, False)],
    ids=["on the line", "equal in quanta", "one quantum below", "below"],
)
def test_a_country_on_the_line_is_in_and_one_below_is_not(own: float, is_in: bool) -> None:
    u = flat(0.1, 0.9, 0.5, 0.3)
    case = case_of(u, 2)
    assert case.wants_in
    assert case.is_reached(int(case.ranks(np.full((1, 4), own))[0])) is is_in


def test_countries_that_share_the_last_rank_are_all_in() -> None:
    tied = case_of(flat(0.5, 0.9, 0.5, 0.5), 2)
    assert tied.rank({}) == 2
    assert not tied.wants_in  # it is in, so the question is what takes it out
    assert replace(tied, first=1, wants_in=True).rank({"a": 0.6}) == 2


def test_there_is_no_set_where_nothing_has_a_range_and_all_of_them_are_not_enough() -> None:
    case = case_of(flat(0.1, 1.0, 0.8, 0.7), 1)
    assert smallest_sets(case, {}).sets == ()
    assert smallest_sets(case, {"a": 0.2}).sets == ()
    everything = smallest_sets(case, dict.fromkeys(KEYS, 1.0), most=3)
    assert (everything.sets, everything.together) == ((), 1)  # four would be enough; only three are combined


@pytest.mark.parametrize(
    ("value", "decimals", "up", "end"),
    [
        (48.39, 1, False, 48.3),
        (48.3, 1, False, 48.3),
        (48.31, 1, True, 48.4),
        (25.9, 0, False, 25.0),
        (-0.01, 0, True, 0),
    ],
)
def test_ends_are_rounded_toward_the_value(value: float, decimals: int, up: bool, end: float) -> None:
    assert rounded(value, decimals, up=up) == end
