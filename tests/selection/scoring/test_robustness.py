"""Examination of a result: designs, pairs, the value of a datum, stability, groups, and stored plain data."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from selection.scoring import Aggregation, Goalposts, OrdinalMap, competition_ranks
from selection.scoring.method import Choice, Groups, Method, Option, Scale, Series
from selection.scoring.robustness import Inputs, crossing_share, examine, flip
from selection.scoring.robustness.designs import DesignGrid, Designs
from selection.scoring.robustness.exact import root_scores
from selection.scoring.robustness.result import groups
from selection.scoring.robustness.stability import stability
from selection.scoring.tree import compile_tree

from .build import model, node
from .estimated import cells, estimated, flat, two_axes, world

NAN = math.nan
PLAIN = Option("plain", "As in the model")


def with_choices(*choices: tuple[Option, ...]) -> Inputs:
    """Build two axes: a logarithmic criterion with two editions and a label under one, points under the other."""
    method = Method(
        first=2, choices=tuple(Choice(f"choice{i}", "A choice", (PLAIN, *rest)) for i, rest in enumerate(choices))
    )
    editions = (Series("old", "Old", "x"), Series("new", "New", "x"))
    a = estimated("a", 1.0, Goalposts(0.0, 16.0), scale=Scale.LOG, series=editions)
    b = estimated("b", 3.0, OrdinalMap((("low", 0.2), ("mid", 0.6), ("high", 1.0))))
    c = estimated("c", 1.0, Goalposts(0.0, 100.0))
    built = model(
        node("one", a, b, span=(0.1, 0.9)),
        node("two", c, span=(0.0, 0.8)),
        root={"aggregation": Aggregation.GEOMETRIC},
        method=method,
    )
    published = {"old": np.array([2.0, 8.0, NAN, NAN]), "new": np.array([8.0, NAN, 4.0, NAN])}
    given = {
        "a": cells(a, np.log([5.0, 7.0, 4.5, NAN]), 0.2, published=published, peers={3: np.array([0, 1, 2])}),
        "b": cells(b, [NAN] * 4, u=np.array([0.2, 0.6, 1.0, 0.6])),
        "c": cells(c, [30.0, 60.0, 50.0, 90.0], 5.0),
    }
    given["a"] = replace(given["a"], sources=("own", "new", "new", "peers"))
    return world(built, given, labels={"b": ("low", "mid", "high", "mid")})


def grid(inputs: Inputs) -> DesignGrid:
    return DesignGrid(inputs.model, inputs.plan, inputs.cells, inputs.peers, inputs.labels, inputs.ranked)


def by_hand(a: list[float], b: list[float], c: list[float], **other: bool) -> np.ndarray:
    one, two = (np.array(a) + 3 * np.array(b)) / 4, np.array(c)
    if not other.get("unscaled"):
        one, two = np.clip((one - 0.1) / 0.8, 0, 1), np.clip(two / 0.8, 0, 1)
    if other.get("arithmetic"):
        return np.asarray((one + two) / 2)
    return np.asarray(np.sqrt((0.01 + 0.99 * one) * (0.01 + 0.99 * two)))


B, C = [0.2, 0.6, 1.0, 0.6], [0.3, 0.6, 0.5, 0.9]
OFFICIAL = [5 / 16, 7 / 16, 4.5 / 16, 16.5 / 48]


@pytest.mark.parametrize(
    ("option", "a", "b", "other"),
    [
        (PLAIN, OFFICIAL, B, {}),
        (Option("o", "", values=(("a", "pooled"),)), OFFICIAL, B, {}),
        (Option("o", "", arithmetic=True), OFFICIAL, B, {"arithmetic": True}),
        (Option("o", "", unscaled=True), OFFICIAL, B, {"unscaled": True}),
        (Option("o", "", relabel=(("b", "mid", "low"),)), OFFICIAL, [0.2, 0.2, 1.0, 0.2], {}),
        (Option("o", "", values=(("a", "mean"),)), [4 / 16, 8 / 16, 4 / 16, 1 / 3], B, {}),
        (Option("o", "", values=(("a", "old"),)), [2 / 16, 8 / 16, 5 / 16, 5 / 16], B, {}),
        # Its own best estimate stays; the second country has an older value of its own, the others take their peers'.
        (Option("o", "", own_only=("a",)), [5 / 16, 8 / 16, 13 / 32, 13 / 32], B, {}),
        (
            Option("o", "", log=("a",)),
            [*(math.log(v) / math.log(16) for v in (5.0, 7.0, 4.5)), math.log(5 * 7 * 4.5) / 3 / math.log(16)],
            B,
            {},
        ),
    ],
)
def test_each_option_has_its_stated_effect(
    option: Option, a: list[float], b: list[float], other: dict[str, bool]
) -> None:
    scores = grid(with_choices((option,))).scores([option])
    assert np.allclose(scores, by_hand(a, b, C, **other), rtol=0, atol=1e-12)


def test_weights_of_an_option_stand_beside_those_of_its_siblings() -> None:
    scores = grid(with_choices()).scores([Option("o", "", weights=(("a", 9.0), ("one", 3.0)))])
    one = np.clip(((9 * np.array(OFFICIAL) + 3 * np.array(B)) / 12 - 0.1) / 0.8, 0, 1)
    two = np.clip(np.array(C) / 0.8, 0, 1)
    assert np.allclose(scores, (0.01 + 0.99 * one) ** 0.75 * (0.01 + 0.99 * two) ** 0.25)


def test_options_of_several_choices_are_taken_together() -> None:
    log, old = Option("log", "", log=("a",)), Option("old", "", values=(("a", "old"),))
    scores = grid(with_choices((log,), (old,))).scores([log, old])
    of_old = [math.log(2) / math.log(16), math.log(8) / math.log(16)]
    assert np.allclose(scores, by_hand([*of_old, sum(of_old) / 2, sum(of_old) / 2], B, C))
    designs = grid(with_choices((log,), (old, PLAIN))).run()
    assert designs.ranks.shape == (2, 3, 4)


def test_a_scale_without_a_goalpost_above_one_has_no_logarithm() -> None:
    item = estimated("a", 1.0, Goalposts(0.0, 1.0))
    inputs = world(model(item, method=Method()), {"a": cells(item, [0.5])})
    with pytest.raises(ValueError, match="no goalpost above 1"):
        grid(inputs).scores([Option("o", "", log=("a",))])


def test_variance_shares_of_designs_are_exact() -> None:
    ranks = np.zeros((2, 3, 2), dtype=np.int64)
    ranks[..., 0] = np.array([[1, 2, 3], [4, 5, 6]])  # adds up: no choice acts through another
    designs = Designs(ranks, ("x", "y"))
    whole = ranks[..., 0].var()
    assert designs.first_order["x"] == pytest.approx(2.25 / whole)
    assert sum(designs.first_order.values()) == pytest.approx(1.0)
    assert designs.total == pytest.approx(designs.first_order)
    ranks[..., 1] = np.array([[1, 2, 3], [3, 2, 1]])  # acts together only
    both = Designs(ranks, ("x", "y"))
    assert sum(both.first_order.values()) < 1.0 < sum(both.total.values())
    assert Designs(np.ones((2, 2, 3), dtype=np.int64), ("x", "y")).total == {"x": 0.0, "y": 0.0}


def test_shares_and_intervals_over_designs() -> None:
    designs = Designs(np.arange(1, 101).reshape(10, 10, 1), ("x", "y"))
    assert designs.share_within(20).tolist() == [0.2]
    assert designs.intervals((5, 95)).tolist() == [[5, 95]]
    assert grid(flat([[1.0], [2.0]], 0.0)).run().table.tolist() == [[2, 1]]  # no choices: the official ranking


def test_at_the_crossing_share_two_countries_score_the_same() -> None:
    inputs = two_axes()
    crossed = 0
    for a in range(10):
        for b in range(10, 20):
            share = crossing_share(inputs.plan, inputs.u, a, b)
            weights = [branch.weights for branch in inputs.plan.branches]
            if share is None:
                ends = []
                for end in (0.0, 1.0):
                    weights[-1] = np.array([end, 1.0 - end])
                    scores = root_scores(inputs.plan, inputs.u[[a, b]], weights)
                    ends.append(scores[0] > scores[1])
                assert ends[0] == ends[1]
            else:
                weights[-1] = np.array([share, 1.0 - share])
                scores = root_scores(inputs.plan, inputs.u[[a, b]], weights)
                assert scores[0] == pytest.approx(scores[1], abs=1e-12)
                crossed += 1
    assert 0 < crossed < 100


def test_no_crossing_share_without_two_axes_or_a_difference() -> None:
    three = flat([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]], 0.0)
    assert crossing_share(three.plan, three.u, 0, 1) is None
    two = flat([[10.0, 20.0], [10.0, 20.0], [20.0, 30.0]], 0.0)
    assert crossing_share(two.plan, two.u, 0, 1) is None
    assert crossing_share(two.plan, two.u, 0, 2) is None


def test_a_flip_is_the_smallest_change_that_levels_two_countries() -> None:
    inputs = flat([[50.0, 40.0], [30.0, 44.0]], [[10.0, 2.0], [4.0, 1.0]])
    change = flip(inputs.plan, inputs.cells, inputs.u, 0, 1)
    assert change is not None
    assert (change.position, change.criterion, change.best) == (0, "c0", 50.0)  # 16 points: 1.6 errors; else 8, 4, 16
    assert change.value == pytest.approx(34.0, abs=1e-6)
    assert change.errors == pytest.approx(-1.6, abs=1e-6)
    assert flip(inputs.plan, inputs.cells, inputs.u, 1, 0) == change


def test_a_pair_that_no_single_datum_reverses_has_no_flip() -> None:
    inputs = flat([[90.0, 90.0], [10.0, 10.0]], 2.0)
    assert flip(inputs.plan, inputs.cells, inputs.u, 0, 1) is None


def test_the_value_of_a_datum_that_decides_alone() -> None:
    found = examine(flat([[50.0], [50.0], [20.0]], [[5.0], [0.0], [0.0]]), draws=50_000, seed=1)
    # Of five groups of draws two are behind, two ahead and one is split: (4 * .5 + 0) / 5.
    assert found.datum[0, 0] == pytest.approx(0.4, abs=0.01)
    assert not found.datum[1:].any()
    assert found.data == {"c0": pytest.approx(0.4, abs=0.01)}


def test_stability_is_the_range_of_shares_that_keeps_the_first() -> None:
    # At a share w of the first criterion: 100 w, 60, 100 (1 - w). Of two places one goes to 60 and one to the better.
    inputs = flat([[100.0, 0.0], [60.0, 60.0], [0.0, 100.0]], 0.0, Method(first=1, short=1))
    first, second = stability(inputs.plan, inputs.u, 1)
    assert first.key == "c0"
    assert first.now == 0.5
    assert first.ranges == dict.fromkeys((100, 90, 75), (0.4, 0.6))
    assert second.ranges[100] == (0.4, 0.6)
    assert stability(inputs.plan, inputs.u[:0], 1) == ()
    assert stability(inputs.plan, inputs.u, 3)[0].ranges[100] == (0.0, 1.0)


def test_stability_between_two_steps_starts_at_the_weight_itself() -> None:
    items = [estimated("a", 1.0), estimated("b", 2.0)]
    built = model(*items, method=Method(first=1))
    # Their order reverses at exactly 1/3: no step on one side holds.
    inputs = world(built, {"a": cells(items[0], [40.0, 0.0]), "b": cells(items[1], [0.1, 20.0])})
    (first, _) = stability(inputs.plan, inputs.u, 1)
    assert first.ranges[100] == pytest.approx((1 / 3, 1.0))


def test_every_share_tried_counts_the_first_as_one_ranking_at_a_time_does() -> None:
    inputs = two_axes()
    plan, u = inputs.plan, inputs.u
    official = competition_ranks(root_scores(plan, u)) <= 8
    counts = []
    for step in range(101):
        weights = [branch.weights for branch in plan.branches]
        weights[-1] = np.array([step / 100, 1.0 - step / 100])
        counts.append(int(((competition_ranks(root_scores(plan, u, weights)) <= 8) & official).sum()))
    (need,) = [item for item in stability(plan, u, 8) if item.key == plan.branches[0].key]
    for percent, least in ((100, 8), (90, 8), (75, 6)):
        holds = [step for step, count in enumerate(counts) if count >= least]
        low, high = (round(100 * end) for end in need.ranges[percent])
        assert set(range(low, high + 1)) <= set(holds)
        assert not {low - 1, high + 1} & set(holds)


def test_designs_ranked_together_have_the_ranks_of_each_alone() -> None:
    log, old = Option("log", "", log=("a",)), Option("old", "", values=(("a", "old"),))
    mixed = Option("mixed", "", relabel=(("b", "mid", "low"),), weights=(("one", 3.0),))
    choices = ((log, old), (Option("sum", "", arithmetic=True),), (mixed, Option("plain", "", unscaled=True)))
    together = grid(with_choices(*choices))
    alone = [
        competition_ranks(grid(with_choices(*choices)).scores(options)).tolist()
        for options in itertools.product(*((PLAIN, *options) for options in choices))
    ]
    assert together.run().table.tolist() == alone


def test_groups_follow_both_readings() -> None:
    drawn = np.array([0.80, 0.80, 0.79, 0.04, 0.04, 0.05])
    designed = np.array([0.90, 0.89, 1.00, 0.04, 0.05, 0.00])
    assert groups(drawn, designed, Groups()) == ("in", "open", "open", "out", "open", "open")


def test_best_and_worst_case_are_the_places_of_its_own_cells_at_both_ends() -> None:
    given = flat([[50.0], [55.0], [45.0], [20.0]], [[10.0], [0.0], [0.0], [0.0]])
    found = examine(world(given.model, given.cells, ranked=[0, 1, 2], provisional=[3]), draws=100, seed=1)
    assert found.best.tolist() == [1, 1, 3, 4]
    assert found.worst.tolist() == [3, 1, 3, 4]


def examined() -> Inputs:
    options = (Option("arithmetic", "", arithmetic=True), Option("plain axes", "", unscaled=True))
    inputs = two_axes(method=Method(choices=(Choice("mean", "The mean", (PLAIN, *options)),)))
    return replace(inputs, ranked=np.arange(50), provisional=np.arange(50, 60))


def test_what_is_found_adds_up() -> None:
    found = examine(examined(), draws=4000, seed=2)
    assert np.allclose(found.bins.sum(axis=1), 1.0)
    assert found.bands == ((1, 5), (6, 10), (11, 20), (21, 40), (41, 50))
    assert np.allclose(found.within, found.bins[:, :3].sum(axis=1))
    assert np.allclose(found.within_short, found.bins[:, :2].sum(axis=1))
    assert found.within.sum() == pytest.approx(20.0, abs=0.01)
    assert (np.diff(found.intervals, axis=1) >= 0).all()
    assert np.allclose(found.pairs + found.pairs.T, 1.0 - np.eye(50), atol=1e-3)
    mean_rank = (found.counts * np.arange(1, 51)).sum(axis=1) / 4000
    assert np.allclose(1 + found.pairs.sum(axis=0), mean_rank, atol=0.01)
    assert (found.widths["total"] == found.intervals[:, 2] - found.intervals[:, 0]).all()
    assert set(found.widths) == {"measurement", "age", "bridge", "missing", "weights", "data", "total", "designs"}
    median = found.median_widths
    assert median["total"] >= median["data"] > max(median["measurement"], median["age"]) > median["bridge"] > 0
    assert ((found.places >= 1) & (found.places <= 51)).all()
    assert (found.best <= np.minimum(found.worst, 51)).all()
    ranks = competition_ranks(root_scores(compile_tree(examined().model), examined().u[:50]))
    assert (found.best[:50] <= ranks).all()
    assert (found.worst[:50] >= ranks).all()


def test_the_stored_data_is_plain_small_and_the_same_each_time() -> None:
    stored = json.dumps(examine(examined(), draws=1000, seed=2).to_dict())
    assert stored == json.dumps(examine(examined(), draws=1000, seed=2).to_dict())
    assert len(stored) < 60_000
    assert json.loads(stored)["median_widths"]["designs"] >= 0


@pytest.mark.parametrize(("ranked", "provisional"), [([], [0, 1]), ([0], []), ([], []), ([0], [1])])
def test_few_or_no_countries(ranked: list[int], provisional: list[int]) -> None:
    given = flat([[50.0], [60.0]], 5.0)
    found = examine(world(given.model, given.cells, ranked=ranked, provisional=provisional), draws=50, seed=1)
    assert found.intervals.tolist() == [[1, 1, 1]] * len(ranked)
    assert found.within.tolist() == [1.0] * len(ranked)
    assert len(found.places) == len(provisional)
    assert len(found.best) == len(ranked) + len(provisional)
    json.dumps(found.to_dict())
