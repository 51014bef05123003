"""Draws of data and weights, tested by closed forms, straightforward float64 code, ties, small cases, and repeats."""

from __future__ import annotations

import math
import tracemalloc
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from selection.scoring import Aggregation, CellState, Goalposts, OrdinalMap, competition_ranks
from selection.scoring.estimates import RANGE
from selection.scoring.method import Method, Scale
from selection.scoring.robustness import Inputs
from selection.scoring.robustness.counters import Pairs, Places
from selection.scoring.robustness.draws import CHUNK, Simulation
from selection.scoring.robustness.exact import root_scores
from selection.scoring.robustness.kernel import RankTally
from selection.scoring.robustness.tables import EVERY_SOURCE, Source, spread
from selection.scoring.robustness.weights import draw_weights, gamma_quantiles
from selection.scoring.tree import compile_tree, score_tree
from selection.scoring.uncertainty import rank_intervals

from .build import leaf, model, node
from .estimated import cells, estimated, flat, plain_ranks, plain_shortfalls, two_axes, world

NAN = math.nan


def simulation(inputs: Inputs, first: int = 1, *, weights: bool = True, sources: Any = EVERY_SOURCE) -> Simulation:
    laws = spread(inputs.plan, inputs.cells, inputs.drawn, sources)
    return Simulation(inputs.model, inputs.plan, laws, len(inputs.ranked), first, weights)


@pytest.mark.parametrize("missing", [True, False])
def test_shares_agree_with_the_long_way_in_float64(missing: bool) -> None:
    inputs = two_axes(missing=missing)
    ranks = plain_ranks(plain_shortfalls(inputs, 10_000, 1))
    counts = np.add(*(simulation(inputs).run(10_000, seed) for seed in range(2)))
    ours = np.cumsum(counts, axis=1) / 20_000
    assert np.abs(ours[:, 19] - (ranks <= 20).mean(axis=0)).max() < 0.02
    low, _, high = np.percentile(ranks, (5, 50, 95), axis=0, method="inverted_cdf")
    intervals = rank_intervals(counts)
    assert np.abs(intervals[:, 0] - low).max() <= 2
    assert np.abs(intervals[:, 2] - high).max() <= 2


def test_acceptability_of_three_by_two_under_uniform_weights() -> None:
    inputs = flat([[100, 0], [60, 70], [0, 100]], 0.0, dirichlet_c=2.0)  # Dirichlet(1, 1): uniform weights
    exact = [[4 / 11, 3 / 22, 1 / 2], [10 / 33, 23 / 33, 0], [1 / 3, 1 / 6, 1 / 2]]
    assert np.allclose(simulation(inputs).run(200_000, 3) / 200_000, exact, atol=0.005)


def test_weights_of_small_shapes_are_drawn_too() -> None:
    inputs = flat([[100, 0], [50, 50], [0, 100]], 0.0, dirichlet_c=0.2)  # Dirichlet(.1, .1): nearly all or nothing
    counts = simulation(inputs).run(100_000, 3) / 100_000
    rng = np.random.default_rng(5)
    first = (rng.beta(0.1, 0.1, 400_000) > 0.5).mean()
    assert counts[0, 0] == pytest.approx(first, abs=0.006)
    assert counts[1].tolist() == [0, 1, 0]


@pytest.mark.parametrize("shape", [0.5, 1.0, 3.0, 7.5, 40.0, 2000.0])
def test_gamma_quantiles_have_the_moments_of_their_law(shape: float) -> None:
    values = gamma_quantiles(shape).astype(np.float64)
    assert values.mean() == pytest.approx(shape, rel=0.003)
    assert values.std() == pytest.approx(math.sqrt(shape), rel=0.01)
    if shape == 1.0:
        points = (np.arange(1024) + 0.5) / 1024
        assert np.allclose(values, -np.log1p(-points), rtol=1e-3)


def test_drawn_weights_add_up_to_one_and_have_the_variance_of_a_dirichlet() -> None:
    rng = np.random.default_rng(2)
    shape = 24.0 * np.array([0.5, 0.3, 0.2])
    (drawn,) = draw_weights([shape], 50_000, lambda k: list(rng.integers(0, 1024, (k, 50_000))), rng)
    assert np.allclose(drawn.sum(axis=0), 1.0, atol=1e-6)
    w = shape / 24.0
    assert np.allclose(drawn.mean(axis=1), w, atol=2e-3)
    assert np.allclose(drawn.var(axis=1), w * (1 - w) / 25.0, rtol=0.03)


def test_two_noisy_values_swap_as_often_as_the_normal_law_predicts() -> None:
    inputs = flat([[52.0], [50.0], [10.0]], [[3.0], [2.0], [0.0]])
    pairs = Pairs(3)
    counts = simulation(inputs).run(100_000, 1, [pairs])
    above = NormalDist().cdf(2.0 / math.hypot(3.0, 2.0))
    assert counts[0, 0] / 100_000 == pytest.approx(above, abs=0.005)
    assert pairs.above[0, 1] / 100_000 == pytest.approx(above, abs=0.005)
    assert pairs.above[0, 2] == 100_000
    assert (pairs.above + pairs.above.T + np.diag([100_000] * 3) == 100_000).all()


def test_a_level_moves_with_its_shares_and_ties_share_a_rank() -> None:
    table = OrdinalMap((("low", 0.0), ("mid", 0.5), ("high", 1.0)))
    item = estimated("level", 1.0, table)
    moves = {0: np.array([0.2, 0.5, 0.3])}
    given = cells(item, [NAN, NAN], u=np.array([0.5, 0.5]), levels=np.array([0.0, 0.5, 1.0]), moves=moves)
    counts = simulation(world(model(item, method=Method()), {"level": given})).run(50_000, 4) / 50_000
    assert counts[0].tolist() == pytest.approx([0.8, 0.2], abs=0.01)
    assert counts[1].tolist() == pytest.approx([0.7, 0.3], abs=0.01)
    still = simulation(world(model(item, method=Method()), {"level": given}), sources={Source.MEASUREMENT})
    assert still.run(1000, 4).tolist() == [[1000, 0], [1000, 0]]


def test_a_rating_without_a_value_is_drawn_from_the_whole_scale() -> None:
    item = estimated("rating")
    given = cells(item, [NAN, 25.0], u=np.array([0.5, 0.25]), sources=(RANGE, "own"))
    counts = simulation(world(model(item, method=Method()), {"rating": given})).run(50_000, 4) / 50_000
    assert counts[0, 0] == pytest.approx(0.75, abs=0.01)


def test_a_gap_is_drawn_from_its_peers_with_their_errors() -> None:
    item = estimated("x")
    peers = {3: np.array([0, 1, 2])}
    certain = cells(item, [10.0, 50.0, 90.0, NAN], peers=peers)
    counts = simulation(world(model(item, method=Method()), {"x": certain})).run(30_000, 2) / 30_000
    # It ties with each of the three in a third of the draws: ranks 1, 2, and 3 equally often.
    assert np.allclose(counts[3, :3], 1 / 3, atol=0.01)
    noisy = cells(item, [10.0, 50.0, 90.0, NAN], [0.0, 0.0, 30.0, 0.0], peers=peers)
    counts = simulation(world(model(item, method=Method()), {"x": noisy})).run(30_000, 2) / 30_000
    law = NormalDist(90.0, 30.0)
    u = np.clip([law.inv_cdf((i + 0.5) / 1000) for i in range(1000)], 0.0, 100.0)
    both = float(np.mean((u[:, None] >= u) & (u[:, None] >= 50)))  # at 100 they share the first rank
    assert counts[3, 0] == pytest.approx(law.cdf(50.0) / 3 + both / 3, abs=0.01)


@pytest.mark.parametrize("source", list(Source))
def test_one_source_at_a_time(source: Source) -> None:
    inputs = two_axes()
    laws = spread(inputs.plan, inputs.cells, inputs.drawn, frozenset({source}))
    drawn = {inputs.plan.criteria[j].key for j in laws.columns.tolist()}
    expected = {"measurement": {"a", "d", "f"}, "age": {"b", "label"}, "bridge": {"e"}, "missing": {"b"}}
    assert drawn == expected[str(source)]


def test_without_spread_every_draw_repeats_the_competition_ranks() -> None:
    inputs = two_axes()
    counts = simulation(inputs, weights=False, sources=frozenset()).run(30, 1)
    ranks = competition_ranks(root_scores(inputs.plan, inputs.u))
    assert (counts[np.arange(60), ranks - 1] == 30).all()


@pytest.mark.parametrize(
    ("root", "inner"),
    [
        ({}, {}),
        ({"aggregation": Aggregation.GEOMETRIC}, {"span": (0.2, 0.7)}),
        ({"aggregation": Aggregation.GEOMETRIC}, {"aggregation": Aggregation.GEOMETRIC}),
        (
            {"aggregation": Aggregation.GEOMETRIC, "floor": 0.2},
            {"aggregation": Aggregation.GEOMETRIC, "span": (0.1, 0.8)},
        ),
        ({"aggregation": Aggregation.GENERALISED, "p": -1.0}, {}),
        ({"aggregation": Aggregation.GENERALISED, "p": 2.0}, {"aggregation": Aggregation.GENERALISED, "p": 0.5}),
        ({}, {"aggregation": Aggregation.GEOMETRIC, "span": (0.1, 0.9)}),
    ],
)
def test_every_tree_scores_in_draws_as_it_does_officially(root: dict[str, Any], inner: dict[str, Any]) -> None:
    rng = np.random.default_rng(6)
    u = rng.random((40, 5))
    u[rng.random(u.shape) < 0.15] = NAN
    u[np.isnan(u).all(axis=1), 0] = 0.5
    leaves = [estimated(f"c{j}", 1.0 + j, Goalposts(0.0, 1.0)) for j in range(5)]
    built = model(node("one", *leaves[:2], **inner), node("two", *leaves[2:4], **inner), leaves[4], root=root)
    plan = compile_tree(built)
    states = np.where(np.isnan(u), CellState.NOT_APPLICABLE, CellState.OBSERVED).astype(np.int8)
    official = score_tree(plan, u, states, np.ones_like(u)).scores[:, -1]
    assert np.allclose(root_scores(plan, u), official, rtol=0, atol=1e-12)
    inputs = world(built, {item.key: cells(item, u[:, j]) for j, item in enumerate(leaves)})
    counts = simulation(inputs, weights=False).run(3, 1)
    assert (counts[np.arange(40), competition_ranks(official) - 1] == 3).all()


def test_a_leaf_beside_an_axis_is_drawn_like_any_other() -> None:
    one, two, three = estimated("one"), estimated("two"), estimated("three")
    built = model(one, node("axis", two, three), root={"aggregation": Aggregation.GEOMETRIC}, method=Method())
    rng = np.random.default_rng(9)
    given = {item.key: cells(item, rng.normal(50, 15, 25), 8.0) for item in (one, two, three)}
    inputs = world(built, given)
    ranks = plain_ranks(plain_shortfalls(inputs, 20_000, 3))
    ours = np.cumsum(simulation(inputs).run(20_000, 4), axis=1) / 20_000
    assert np.abs(ours[:, 4] - (ranks <= 5).mean(axis=0)).max() < 0.02


@pytest.mark.parametrize("size", [5, 200, 300])
def test_the_tally_counts_ranks_and_ties_on_both_widths_of_key(size: int) -> None:
    rng = np.random.default_rng(size)
    tally = RankTally(size, 50)
    shortfalls = rng.integers(0, 4 * size, (size, 100)).astype(np.int32)
    shortfalls[0, :3] = tally.scale
    for start in (0, 50):
        tally.add(shortfalls[:, start : start + 50])
    expected = np.zeros((size, size), dtype=np.int64)
    for ranks in plain_ranks(-shortfalls.T.astype(np.float64)):
        expected[np.arange(size), ranks - 1] += 1
    assert np.array_equal(tally.counts, expected)
    tally.clear()
    assert not tally.counts.any()


def test_a_tally_refuses_what_it_cannot_pack() -> None:
    with pytest.raises(ValueError, match="takes 1 to"):
        RankTally(0, 10)


def test_equal_countries_share_a_rank_in_every_draw() -> None:
    inputs = flat([[50.0, 20.0], [50.0, 20.0], [40.0, 30.0]], [[0.0, 0.0], [0.0, 0.0], [15.0, 15.0]])
    counts = simulation(inputs).run(5000, 1)
    assert counts[0].tolist() == counts[1].tolist()
    assert counts[0, 0] + counts[0, 1] == 5000
    assert counts[2, 1] == 0  # behind both or ahead of both


def test_provisional_country_gets_a_position_and_moves_no_country() -> None:
    inputs = flat([[80.0], [60.0], [40.0], [60.0], [90.0]], 0.0)
    alone = world(inputs.model, inputs.cells, ranked=[0, 1, 2])
    beside = world(inputs.model, inputs.cells, ranked=[0, 1, 2], provisional=[3, 4])
    places = Places(3, 2)
    assert np.array_equal(simulation(beside).run(100, 1, [places]), simulation(alone).run(100, 1))
    assert places.counts.tolist() == [[0, 100, 0, 0], [100, 0, 0, 0]]


def test_one_country_none_ranked_and_none_at_all() -> None:
    inputs = flat([[50.0], [60.0]], 5.0)
    assert simulation(world(inputs.model, inputs.cells, ranked=[0])).run(100, 1).tolist() == [[100]]
    places = Places(0, 2)
    provisional = world(inputs.model, inputs.cells, ranked=[], provisional=[0, 1])
    assert simulation(provisional).run(100, 1, [places]).shape == (0, 0)
    assert places.counts.tolist() == [[100], [100]]
    assert simulation(world(inputs.model, inputs.cells, ranked=[])).run(100, 1).shape == (0, 0)
    assert simulation(inputs).run(0, 1).tolist() == [[0, 0], [0, 0]]


def test_a_model_without_a_weight_that_counts_draws_nothing() -> None:
    built = model(leaf("a", 0.0), method=Method())
    given = {"a": cells(estimated("a"), [1.0, 2.0], 1.0)}
    assert not simulation(world(built, given)).run(10, 1).any()


def test_the_same_seed_shows_the_same_table() -> None:
    inputs = two_axes()
    drawn = simulation(inputs)
    first = drawn.run(2000, 7)
    assert np.array_equal(first, drawn.run(2000, 7))
    assert np.array_equal(first, simulation(inputs).run(2000, 7))
    assert not np.array_equal(first, drawn.run(2000, 8))
    assert (first.sum(axis=1) == 2000).all()


def test_memory_does_not_grow_with_the_draws() -> None:
    inputs = two_axes(40)
    peaks = []
    for chunks in (2, 8):
        drawn = simulation(inputs)
        drawn.run(100, 1)
        tracemalloc.start()
        counts = drawn.run(chunks * CHUNK + 17, 1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (counts.sum(axis=1) == chunks * CHUNK + 17).all()
    assert peaks[1] < 1.1 * peaks[0]


def test_a_change_of_unit_changes_nothing() -> None:
    best, errors = np.array([[30.0, 40.0], [35.0, 35.0], [20.0, 60.0]]), np.array([[5.0, 5.0], [2.0, 9.0], [4.0, 1.0]])
    plain = flat(best, errors)
    items = [estimated(f"c{j}", 1.0, Goalposts(0.0, 200.0)) for j in range(2)]
    doubled = {item.key: cells(item, 2 * best[:, j], 2 * errors[:, j]) for j, item in enumerate(items)}
    other = world(model(*items, method=Method(first=1)), doubled)
    assert np.array_equal(simulation(plain).run(4000, 1), simulation(other).run(4000, 1))


def test_the_order_of_countries_and_of_scale_directions_carries_no_weight() -> None:
    item = estimated("x", 1.0, Goalposts(0.0, 100.0, -1))
    down = simulation(world(model(item, method=Method()), {"x": cells(item, [30.0, 50.0], 10.0)})).run(50_000, 1)
    assert down[0, 0] / 50_000 == pytest.approx(NormalDist().cdf(20 / math.hypot(10, 10)), abs=0.006)
    back = simulation(world(model(item, method=Method()), {"x": cells(item, [50.0, 30.0], 10.0)})).run(50_000, 1)
    assert back[1, 0] / 50_000 == pytest.approx(down[0, 0] / 50_000, abs=0.008)


def test_an_interval_of_logits_is_that_of_the_value_function() -> None:
    item = estimated("x", 1.0, Goalposts(0.0, 40.0), scale=Scale.LOGIT)
    best = Scale.LOGIT.of(20.0)
    laws = spread(compile_tree(model(item)), {"x": cells(item, [best], 0.5)}, np.array([0]))
    low, high = (float(Scale.LOGIT.back(np.array([best + 0.5 * z]))[0]) / 40 for z in (-1.6449, 1.6449))
    assert laws.at(0.05)[0, 0] == pytest.approx(low, abs=0.003)
    assert laws.at(0.95)[0, 0] == pytest.approx(high, abs=0.003)
    assert (np.diff(laws.tables[0]) >= 0).all()
