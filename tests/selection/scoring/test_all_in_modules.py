"""Findings beside all-in draws, each at its limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from selection.scoring import Aggregation, Goalposts, OrdinalMap
from selection.scoring.method import Groups, Method, Transitions
from selection.scoring.robustness import Inputs
from selection.scoring.robustness.all_in import IN, OPEN, OUT, group_by_draws, holding, overdue_of
from selection.scoring.robustness.counters import Holding
from selection.scoring.robustness.decomposition import decompose
from selection.scoring.robustness.draws import Chunk, Sample, Simulation
from selection.scoring.robustness.exact import official_weights, root_scores
from selection.scoring.robustness.free_weights import LEAST_DRAWS, _Central, free_weights
from selection.scoring.robustness.importance import correlation_ratio, importance
from selection.scoring.robustness.layout import Layout
from selection.scoring.robustness.mix import stilled
from selection.scoring.robustness.reliability import FULL, leaf_weights, reliability
from selection.scoring.robustness.tables import spread
from selection.scoring.robustness.weightings import Weightings
from selection.scoring.value_functions import FloatArray

from .build import model, node
from .estimated import cells, estimated, flat, two_axes, world

NAN = math.nan

# ---- effective importance ------------------------------------------------------------------------------------------


def test_five_values_are_groups_and_six_are_a_cubic() -> None:
    y = np.array([1.0, 2.0, 5.0, 5.5, 2.0, 2.5, 7.0, 8.0, 3.0, 1.0, 4.0, 4.5])
    five = np.array([0.0, 0.0, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.4, 0.4])
    means = [y[five == x].mean() for x in five]
    left, whole = float(((y - means) ** 2).sum()), float(((y - y.mean()) ** 2).sum())
    assert correlation_ratio(five, y) == pytest.approx(1 - (left / (12 - 5)) / (whole / 11))
    six = five.copy()
    six[-2:] = 0.5
    fitted = np.polyval(np.polyfit(six, y, 3), six)
    left = float(((y - fitted) ** 2).sum())
    assert correlation_ratio(six, y) == pytest.approx(max(0.0, 1 - (left / (12 - 4)) / (whole / 11)), abs=1e-9)
    assert correlation_ratio(six, six**3 - six) == pytest.approx(1.0)


def test_values_that_differ_by_rounding_are_one_group() -> None:
    y = np.array([1.0, 2.0, 3.0, 5.0, 6.0, 7.0, 4.0, 4.5])
    x = np.array([0.0, 0.0, 0.2, 0.2, 0.4, 0.4, 0.6, 0.8])
    nudged = x + np.array([0, 4e-10, 0, -4e-10, 0, 4e-10, 0, 0])
    assert correlation_ratio(nudged, y) == pytest.approx(correlation_ratio(x, y))


def test_what_explains_nothing_has_no_importance_below_zero() -> None:
    x, y = np.repeat([0.0, 1.0], 6), np.tile([1.0, 2.0, 3.0], 4)
    assert correlation_ratio(x, y) == 0.0


def importance_of(inputs: Inputs) -> dict[str, Any]:
    return {item.key: item for item in importance(inputs.plan, inputs.u)}


def test_importance_of_axes_is_that_of_what_enters_the_mean() -> None:
    inputs = two_axes(missing=False)
    found = importance_of(inputs)
    assert list(found) == ["a", "b", "label", "d", "e", "f", "need", "able"]
    total = root_scores(inputs.plan, inputs.u)
    need = np.clip((inputs.u[:, :2] @ [0.6, 0.4] - 0.05) / 0.75, 0, 1)
    assert found["need"].effective == pytest.approx(correlation_ratio(need, total))
    assert found["need"].r == pytest.approx(np.corrcoef(need, total)[0, 1])
    assert found["need"].nominal == 0.5
    assert found["a"].nominal == pytest.approx(0.3)


def test_a_country_to_which_a_criterion_does_not_apply_is_left_out() -> None:
    inputs = two_axes()
    apart = np.isnan(inputs.u[:, 3])
    assert apart.any()
    total, found = root_scores(inputs.plan, inputs.u), importance_of(inputs)["d"]
    assert found.r == pytest.approx(np.corrcoef(inputs.u[~apart, 3], total[~apart])[0, 1])
    assert found.effective == pytest.approx(correlation_ratio(inputs.u[~apart, 3], total[~apart]))


def test_a_criterion_on_which_all_are_equal_has_no_importance_to_state() -> None:
    found = importance_of(flat([[50.0, x] for x in (10.0, 20.0, 40.0, 70.0, 75.0)], 0.0))
    assert (found["c0"].effective, found["c0"].r) == (None, None)
    assert found["c1"].r == pytest.approx(1.0)
    few = importance_of(flat([[50.0, x] for x in (10.0, 20.0, 40.0, 70.0)], 0.0))
    assert few["c1"].effective is None  # four countries fit every cubic


# ---- reliability ---------------------------------------------------------------------------------------------------


def reliability_of(inputs: Inputs, u: FloatArray | None = None) -> FloatArray:
    laws = spread(inputs.plan, inputs.cells, inputs.drawn)
    values = inputs.u[inputs.drawn] if u is None else u
    return reliability(inputs.plan, laws, values, len(inputs.ranked)).values


def test_without_errors_a_country_is_fully_reliable() -> None:
    inputs = flat([[10.0, 50.0], [60.0, 20.0], [30.0, 90.0]], 0.0)
    assert reliability_of(inputs).tolist() == [FULL] * 3


def test_reliability_by_hand() -> None:
    inputs = flat([[30.0, 40.0], [50.0, 60.0], [70.0, 50.0]], [[5.0, 0.0], [10.0, 0.0], [0.0, 8.0]])
    between = [0.04, 0.01]  # variances of .3 .5 .7 and of .4 .6 .5
    expected = [5 * between[0] / (between[0] + 0.0025) + 5, 5 * between[0] / (between[0] + 0.01) + 5,
                5 + 5 * between[1] / (between[1] + 0.0064)]  # fmt: skip
    assert reliability_of(inputs) == pytest.approx(expected, abs=0.01)


def test_a_criterion_that_does_not_apply_leaves_its_weight_to_its_sibling() -> None:
    inputs = flat([[30.0, 40.0], [50.0, 60.0], [70.0, NAN]], [[5.0, 0.0], [5.0, 0.0], [5.0, 0.0]])
    told = 0.04 / (0.04 + 0.0025)
    assert reliability_of(inputs) == pytest.approx([5 + 5 * told, 5 + 5 * told, 10 * told], abs=0.01)


def test_weights_of_leaves_follow_the_tree_and_what_is_absent() -> None:
    inputs = two_axes(3, missing=False)
    absent = np.zeros((3, 6), dtype=np.bool_)
    absent[1, 2] = True  # the label: its sibling takes its weight
    absent[2, 2:4] = True  # the whole branch: the other branch takes it
    weights = leaf_weights(inputs.plan, absent)
    assert weights.sum(axis=1) == pytest.approx([1.0] * 3)
    assert weights[0] == pytest.approx([0.3, 0.2, 1 / 6, 1 / 12, 1 / 12, 1 / 6])
    assert weights[1] == pytest.approx([0.3, 0.2, 0.0, 0.25, 1 / 12, 1 / 6])
    assert weights[2] == pytest.approx([0.3, 0.2, 0.0, 0.0, 1 / 6, 1 / 3])


def test_only_ranked_countries_tell_how_far_countries_lie_apart() -> None:
    best = [[30.0], [50.0], [70.0], [99.0]]
    inputs = flat(best, [[5.0], [5.0], [5.0], [0.0]])
    beside = world(inputs.model, inputs.cells, ranked=[0, 1, 2], provisional=[3])
    assert reliability_of(beside)[0] == pytest.approx(10 * 0.04 / (0.04 + 0.0025), abs=0.01)


def test_an_error_where_all_are_equal_leaves_nothing_to_rely_on() -> None:
    assert reliability_of(flat([[50.0], [50.0]], [[5.0], [0.0]])) == pytest.approx([0.0, FULL])


# ---- groups --------------------------------------------------------------------------------------------------------


def test_groups_at_their_limits() -> None:
    shares = np.array([0.80, 0.7999, 0.05, 0.0499, 1.0, 0.0])
    assert group_by_draws(shares, Groups()) == (IN, OPEN, OPEN, OUT, IN, OUT)


# ---- a country's own label holds -----------------------------------------------------------------------------------

LABELS = ("low", "mid", "high")
STILL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def labeled(shares: Sequence[Sequence[float] | None], labels: Sequence[str], first: int = 1) -> Inputs:
    """Build countries with labels alone, of which some move with these shares to low, mid, and high."""
    table = OrdinalMap((("low", 0.0), ("mid", 0.5), ("high", 1.0)))
    item = estimated("level", 1.0, table, transitions=Transitions(LABELS, (STILL,), due="06-30"))
    u = np.array([0.5 * LABELS.index(label) for label in labels])
    moves = {i: np.array(row) for i, row in enumerate(shares) if row is not None}
    given = cells(item, [NAN] * len(u), u=u, levels=np.array([0.0, 0.5, 1.0]), moves=moves)
    built = model(item, method=Method(first=first, short=1))
    return world(built, {"level": given}, labels={"level": tuple(labels)})


def held(inputs: Inputs, draws: int = 20_000) -> Holding:
    laws = spread(inputs.plan, inputs.cells, inputs.drawn)
    simulation = Simulation(inputs.model, inputs.plan, laws, len(inputs.ranked), inputs.method.first)
    counter = holding(inputs, simulation, ("level",))
    assert counter is not None
    simulation.run(draws, 1, (counter,))
    return counter


def test_the_share_if_a_label_holds_counts_the_draws_in_which_it_does() -> None:
    # The first country is ahead where it stays high (.5) and the other falls (.4), and shares the rank where neither.
    counter = held(labeled([[0.2, 0.3, 0.5], [0.1, 0.3, 0.6]], ["high", "high"]))
    assert counter.stayed == pytest.approx([10_000, 12_000], rel=0.02)
    assert counter.shares[0] == pytest.approx(1.0)  # ahead or level
    counter = held(labeled([[0.2, 0.3, 0.5], [0.1, 0.3, 0.6]], ["mid", "high"]))
    assert counter.shares[0] == pytest.approx(0.4, abs=0.02)  # mid is first where the other is mid or low


def test_label_never_true_has_no_share_and_a_constant_one_has_all_draws() -> None:
    counter = held(labeled([[1.0, 0.0, 0.0], None], ["high", "mid"]))
    assert counter.stayed.tolist() == [0, 20_000]
    assert math.isnan(counter.shares[0])
    assert counter.shares[1] == 1.0
    counter = held(labeled([[0.0, 0.0, 1.0], None], ["high", "mid"]))
    assert counter.shares.tolist() == [1.0, 0.0]


def test_overdue_criteria_are_those_whose_labels_move_for_a_due_edition() -> None:
    inputs = labeled([[0.2, 0.3, 0.5], None], ["high", "mid"])
    assert overdue_of(inputs.cells) == ("level",)
    assert overdue_of(stilled(inputs.cells, ["level"])) == ()
    assert overdue_of(two_axes().cells) == ()  # its labels age, but no edition is due
    assert not stilled(inputs.cells, ["level"])["level"].moves
    assert stilled(inputs.cells, ["other"])["level"].moves


# ---- decomposition -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Additive:
    """Ranks that are sums of what data, weights, and designs give; the second country's come from data alone."""

    parts: tuple[float, float, float]
    first: int = 1
    ranked: int = 2

    @property
    def mix(self) -> SimpleNamespace:
        return SimpleNamespace(designs=2)

    def ranks(self, sample: Sample) -> FloatArray:
        a, b, c = self.parts
        size = len(sample.designs)
        data, weights = (np.random.default_rng(seed).standard_normal(size) for seed in (sample.data, sample.weights))
        one = a * data + b * weights + c * (2.0 * sample.designs - 1.0)
        return np.stack([one, 5.0 * data], axis=1)


def test_an_additive_world_has_shares_by_its_parts_and_no_interactions() -> None:
    simulation: Any = Additive((3.0, 2.0, 1.0))
    found = decompose(simulation, seed=3, draws=40_000)
    for group, first, everyone in (("data", 9 / 14, 34 / 39), ("weights", 4 / 14, 4 / 39), ("designs", 1 / 14, 1 / 39)):
        for shares, expected in ((found.first[group], first), (found.everyone[group], everyone)):
            assert (shares.alone, shares.together) == pytest.approx((expected, expected), abs=0.02), group


def test_joint_effects_are_not_counted_separately() -> None:
    @dataclass(frozen=True)
    class Product(Additive):
        def ranks(self, sample: Sample) -> FloatArray:
            data = np.random.default_rng(sample.data).standard_normal(len(sample.designs))
            return (data * (2.0 * sample.designs - 1.0))[:, None]

    simulation: Any = Product((0.0, 0.0, 0.0))
    found = decompose(simulation, seed=3, draws=40_000).everyone
    assert (found["data"].alone, found["data"].together) == pytest.approx((0.0, 1.0), abs=0.03)
    assert (found["designs"].alone, found["designs"].together) == pytest.approx((0.0, 1.0), abs=0.03)
    assert found["weights"].together == 0.0


# ---- free weights --------------------------------------------------------------------------------------------------


def test_central_weights_need_a_hundred_draws() -> None:
    plan = flat([[1.0, 2.0], [2.0, 1.0]], 0.0).plan
    central, draws = _Central(plan, 2), 400
    shortfalls = np.ones((2, draws), dtype=np.int32)
    shortfalls[0, : LEAST_DRAWS - 1] = 0
    shortfalls[1, :LEAST_DRAWS] = 0
    local = [np.stack([np.linspace(0, 1, draws), np.linspace(1, 0, draws)]).astype(np.float32)]
    central.add(Chunk(shortfalls, np.zeros(draws, dtype=np.int32), np.zeros(0, dtype=np.intp), (), local))
    assert central.counts.tolist() == [99, 100]
    (means,) = central.means
    assert np.isnan(means[0]).all()
    assert means[1] == pytest.approx([local[0][0, :100].mean(), local[0][1, :100].mean()], abs=1e-6)


def test_every_weighting_is_as_likely_as_any_other() -> None:
    inputs = flat([[100, 0], [60, 70], [0, 100]], 0.0)
    laws = spread(inputs.plan, inputs.cells, inputs.ranked)
    found = free_weights(inputs.model, inputs.plan, laws, 3, 1, 100_000, 2)
    assert found.acceptability == pytest.approx([4 / 11, 10 / 33, 1 / 3], abs=0.01)
    # Within the draws in which the first country leads, its criterion weighs uniformly from 7/11 to 1.
    assert found.central[0][0] == pytest.approx([9 / 11, 2 / 11], abs=0.01)
    assert found.confidence.tolist() == [1.0, 1.0, 1.0]  # nothing else is drawn
    assert found.intervals[1].tolist() == [1, 2]


@pytest.mark.parametrize("draws", [1, 777, 4000])
def test_confidence_is_the_share_of_a_ranking_by_those_weights(draws: int) -> None:
    inputs = two_axes(45)
    laws, own = spread(inputs.plan, inputs.cells, inputs.ranked), official_weights(inputs.plan)
    uneven = [np.linspace(1.0, 2.0, len(branch)) / np.linspace(1.0, 2.0, len(branch)).sum() for branch in own]
    both = [np.stack([a, b, a]) for a, b in zip(own, uneven, strict=True)]
    rows = np.array([3, 3, 7])
    found = Weightings(Layout(inputs.plan, laws.absent), laws, both).within(9, rows, draws, 1) / draws
    counts = Simulation(inputs.model, inputs.plan, laws, 45, 9, weights=False).run(40_000, 2)
    expected = counts[[3, 7], :9].sum(axis=1) / 40_000
    if draws > 1000:
        assert found[[0, 2]] == pytest.approx(expected, abs=0.025)
        assert abs(found[1] - found[0]) > 0.001 or found[0] in (0, 1)
    assert ((found >= 0) & (found <= 1)).all()


def test_equal_countries_are_both_among_the_first_under_any_weights() -> None:
    inputs = flat([[50.0, 20.0], [50.0, 20.0], [10.0, 10.0]], 0.0)
    laws = spread(inputs.plan, inputs.cells, inputs.ranked)
    local = [np.array([[0.3, 0.7], [0.6, 0.4], [0.5, 0.5]])]
    within = Weightings(Layout(inputs.plan, laws.absent), laws, local).within(1, np.arange(3), 50, 1)
    assert within.tolist() == [50, 50, 0]


def test_given_weight_of_an_inapplicable_criterion_goes_to_the_others() -> None:
    inputs = flat([[50.0, 50.0], [NAN, 60.0], [70.0, NAN]], 0.0)
    laws = spread(inputs.plan, inputs.cells, inputs.ranked)
    local = [np.array([[0.9, 0.1], [0.9, 0.1]])]
    within = Weightings(Layout(inputs.plan, laws.absent), laws, local).within(2, np.array([0, 1]), 20, 1)
    assert within.tolist() == [0, 20]


def test_weightings_of_a_tree_with_a_leaf_beside_an_axis() -> None:
    one, two = estimated("one", 1.0, Goalposts(0.0, 100.0)), estimated("two")
    built = model(one, node("axis", two, estimated("three")), root={"aggregation": Aggregation.GEOMETRIC})
    rng = np.random.default_rng(9)
    inputs = world(
        replace(built, method=Method()), {item.key: cells(item, rng.normal(50, 15, 12), 8.0) for item in built.criteria}
    )
    laws, own = spread(inputs.plan, inputs.cells, inputs.ranked), official_weights(inputs.plan)
    everyone = [np.tile(branch, (12, 1)) for branch in own]
    found = Weightings(Layout(inputs.plan, laws.absent), laws, everyone).within(4, np.arange(12), 20_000, 1) / 20_000
    counts = Simulation(inputs.model, inputs.plan, laws, 12, 4, weights=False).run(20_000, 2)
    assert found == pytest.approx(counts[:, :4].sum(axis=1) / 20_000, abs=0.02)
