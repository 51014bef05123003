"""Draws: their distributions, closed forms, and repeatable results."""

from __future__ import annotations

import math

import numpy as np
import pytest

from selection.scoring import Aggregation, MissingPolicy, Policy, Result, batch_scores, score
from selection.scoring.rank_draws import RankKernel
from selection.scoring.uncertainty import concentration, dirichlet_weights, rank_intervals, seed_from_hash

from .build import PERCENT, column, leaf, model, node, snapshot

NAN = math.nan


def generator(seed: int = 5) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_dirichlet_moments_and_the_exact_variance_of_a_score() -> None:
    w, c = np.array([0.5, 0.3, 0.2, 0.0]), 24.0
    drawn = dirichlet_weights(w, c, 400_000, generator())
    assert np.allclose(drawn.mean(axis=0), w, atol=2e-3)
    assert np.allclose(drawn.var(axis=0), w * (1 - w) / (c + 1), rtol=0.02)
    assert not drawn[:, 3].any()
    u = np.array([0.9, 0.1, 0.6, 0.4])
    exact = (w @ u**2 - (w @ u) ** 2) / (c + 1)
    assert (drawn @ u).var() == pytest.approx(exact, rel=0.02)


def test_concentration_says_how_far_a_typical_weight_may_be_off() -> None:
    assert concentration(25, 0.10) == pytest.approx(2399)
    assert concentration(25, 0.25) == pytest.approx(383)
    drawn = dirichlet_weights(np.full(25, 0.04), concentration(25, 0.25), 50_000, generator())
    assert (drawn.std(axis=0) / 0.04).mean() == pytest.approx(0.25, rel=0.02)


def test_acceptability_of_three_by_two_under_uniform_weights() -> None:
    built = model(leaf("a"), leaf("b"), dirichlet_c=2.0)  # Dirichlet(1, 1): uniform weights
    result = score(snapshot({"a": [1.0, 0.6, 0.0], "b": [0.0, 0.7, 1.0]}), built, draws=400_000)
    assert result.uncertainty is not None
    exact = [[4 / 11, 3 / 22, 1 / 2], [10 / 33, 23 / 33, 0], [1 / 3, 1 / 6, 1 / 2]]
    assert np.allclose(result.uncertainty.acceptability, exact, atol=0.004)


@pytest.mark.parametrize(
    ("d", "expected"),
    [([0.5, -0.3, 0.1, -0.2], 0.537202), ([0.9, -0.1, -0.2, -0.4], 0.509790), ([0.05, 0.2, -0.6, 0.31], 0.543533)],
)
def test_pairwise_winning_chance_under_uniform_weights(d: list[float], expected: float) -> None:
    weights = dirichlet_weights(np.full(4, 0.25), 4.0, 400_000, generator())
    values = np.stack([np.maximum(d, 0.0), np.maximum(-np.array(d), 0.0)])
    _, ranks = batch_scores(values, weights)
    assert (ranks[:, 0] < ranks[:, 1]).mean() == pytest.approx(expected, abs=0.004)


def test_rank_intervals_are_whole_ranks_by_cumulated_share() -> None:
    counts = np.array([[5, 90, 5], [4, 90, 6], [0, 50, 50]])
    assert rank_intervals(counts).tolist() == [[1, 2, 2], [2, 2, 3], [2, 2, 3]]


def mixed() -> tuple[Result, Result]:
    """Score a tree with gaps, noise, and imputation twice, and return both results."""
    rng = np.random.default_rng(3)
    x = rng.random((30, 6)) * 100
    x[rng.random(x.shape) < 0.15] = NAN
    columns = {
        f"c{j}": column(x[:, j], standard_errors=np.where(np.isnan(x[:, j]), NAN, 4.0 * (j < 2))) for j in range(6)
    }
    peers = MissingPolicy(Policy.PEER_MEDIAN, peer_group="region")
    leaves = [leaf(f"c{j}", j + 1.0, PERCENT, missing=peers if j == 5 else MissingPolicy()) for j in range(6)]
    built = model(
        node("one", *leaves[:3], tau=0.2),
        node("two", *leaves[3:5], aggregation=Aggregation.GEOMETRIC, tau=0.2),
        leaves[5],
        root_tau=0.4,
    )
    data = snapshot(columns, groupings={"region": tuple("xy"[i % 2] for i in range(30))})
    return score(data, built), score(data, built)


def test_the_same_model_always_shows_the_same_table() -> None:
    first, second = mixed()
    assert first.uncertainty is not None
    assert second.uncertainty is not None
    assert np.array_equal(first.uncertainty.counts, second.uncertainty.counts)
    assert first.seed == seed_from_hash(first.model_hash) < 2**53
    other = score(first.snapshot, first.model, seed=1)
    assert other.uncertainty is not None
    assert not np.array_equal(first.uncertainty.counts, other.uncertainty.counts)


def test_every_draw_gives_every_ranked_country_one_rank() -> None:
    result, _ = mixed()
    assert result.uncertainty is not None
    assert (result.uncertainty.counts.sum(axis=1) == 10_000).all()
    assert [result.country(c).interval is not None for c in result.countries] == (result.ranks > 0).tolist()
    lows = [i.low <= i.median <= i.high for c in result.ranking() if (i := result.country(c).interval)]
    assert all(lows)


def test_without_spread_every_draw_repeats_the_official_ranks() -> None:
    result, _ = mixed()
    exact = {key: column(col.values) for key, col in result.snapshot.columns.items()}
    # Without the criterion whose imputed cells are drawn from peers, nothing is left to vary.
    certain = model(*result.model.root.children[:2], root_tau=0.4, dirichlet_c=1e13)
    run = score(snapshot(exact), certain, draws=50)
    assert run.uncertainty is not None
    assert run.uncertainty.intervals.tolist() == [[int(rank)] * 3 for rank in run.ranks if rank]


def test_drawn_scores_of_a_tree_agree_with_the_flat_product() -> None:
    """A tree with gaps takes the block path; the same tree without its gapped country takes the flat product."""
    rng = np.random.default_rng(8)
    x = rng.random((12, 4)) * 100
    built = model(
        node("one", leaf("c0", 1, PERCENT), leaf("c1", 2, PERCENT)),
        node("two", leaf("c2", 1, PERCENT), leaf("c3", 1, PERCENT)),
    )
    whole = score(snapshot({f"c{j}": x[:, j] for j in range(4)}), built)
    # A country that is last in every draw does not move the others' ranks.
    gapped = np.vstack([x, [0.0, 0.0, 0.0, NAN]])
    mixed_run = score(snapshot({f"c{j}": gapped[:, j] for j in range(4)}), built)
    assert whole.uncertainty is not None
    assert mixed_run.uncertainty is not None
    assert np.array_equal(mixed_run.uncertainty.counts[:12, :12], whole.uncertainty.counts)


def test_a_published_error_widens_the_interval_and_clips_in_the_value_function() -> None:
    levels = np.linspace(5, 95, 10)
    certain = score(snapshot({"a": levels}), model(leaf("a", 1.0, PERCENT)))
    noisy = score(snapshot({"a": column(levels, standard_errors=[15.0] * 10)}), model(leaf("a", 1.0, PERCENT)))
    assert certain.uncertainty is not None
    assert noisy.uncertainty is not None
    assert certain.uncertainty.intervals.tolist() == [[10 - i] * 3 for i in range(10)]
    spread = noisy.uncertainty.intervals[:, 2] - noisy.uncertainty.intervals[:, 0]
    assert (spread >= 1).all()
    # Two far beyond the goalpost tie at 1 in nearly every draw, as clipping acts on the drawn value.
    beyond = snapshot({"a": column([500.0, 600.0, 0.0], standard_errors=[1.0, 1.0, None])})
    tied = score(beyond, model(leaf("a", 1.0, PERCENT)), draws=500)
    assert tied.uncertainty is not None
    assert tied.uncertainty.counts[:2, 0].tolist() == [500, 500]


def test_an_imputed_cell_is_drawn_from_its_peers() -> None:
    peers = MissingPolicy(Policy.PEER_MEDIAN, peer_group="g")
    data = snapshot({"a": [10.0, 50.0, 90.0, NAN]}, groupings={"g": ("x",) * 4})
    result = score(data, model(leaf("a", 1.0, PERCENT, missing=peers), root_tau=0.0), draws=3000)
    assert result.uncertainty is not None
    # It ties with each of the three peers in a third of the draws: ranks 1, 2, and 3 equally often.
    assert np.allclose(result.uncertainty.acceptability[3, :3], 1 / 3, atol=0.03)


@pytest.mark.parametrize(("age", "is_drawn"), [(2.9, True), (3.0, True), (3.1, False)])
def test_a_value_that_is_too_old_to_count_is_not_drawn(age: float, is_drawn: bool) -> None:
    # Too old, it counts as the fixed 30 percent, below both others; its published error says nothing about that.
    fixed = MissingPolicy(Policy.FIXED, 0.3, "No newer survey")
    data = column([90.0, 60.0, 80.0], standard_errors=[None, None, 20.0], ages=[0.0, 0.0, age])
    built = model(leaf("a", 1.0, PERCENT, max_age=3.0, missing=fixed), root_tau=0.0)
    result = score(snapshot({"a": data}), built, draws=400)
    assert result.uncertainty is not None
    drawn_ranks = (np.flatnonzero(result.uncertainty.counts[2]) + 1).tolist()
    assert drawn_ranks == ([1, 2, 3] if is_drawn else [3])
    assert (result.ranks[2], result.scores[2]) == ((2, 0.8) if is_drawn else (3, 0.3))


def test_a_value_that_is_too_old_to_count_is_no_peer_in_a_draw() -> None:
    peers = MissingPolicy(Policy.PEER_MEDIAN, peer_group="g")
    data = column([50.0, 50.0, 10.0, NAN], ages=[0.0, 3.0, 3.1, None])
    built = model(leaf("a", 1.0, PERCENT, max_age=3.0, missing=peers), root_tau=0.0)
    result = score(snapshot({"a": data}, groupings={"g": ("x",) * 4}), built, draws=200)
    assert result.uncertainty is not None
    # Both gaps are filled from the two usable values of 50, so all four tie in every draw.
    assert result.uncertainty.counts[:, 0].tolist() == [200] * 4


def test_kernel_refuses_what_it_cannot_pack() -> None:
    with pytest.raises(ValueError, match="takes 1 to"):
        RankKernel(0)
    with pytest.raises(ValueError, match="must share J"):
        batch_scores(np.ones((2, 3)), np.ones((2, 2)))
    with pytest.raises(ValueError, match="must be finite"):
        batch_scores(np.array([[NAN]]), np.ones((1, 1)))
    assert batch_scores(np.ones((3, 2)), np.ones((0, 2)))[1].shape == (0, 3)
