"""Concentration estimated from answers: by hand, on synthetic Dirichlet samples, and at its bounds."""

from __future__ import annotations

import numpy as np
import pytest

from selection.weighting.spread import ENOUGH, LEAST, MOST, normalized, spread_of, weights_of

HALF = [0.5, 0.5]


def test_points_become_weights_that_add_up_to_1() -> None:
    assert normalized([100, 0]) == [1, 0]
    assert normalized([100, 100, 50]) == pytest.approx([0.4, 0.4, 0.2])
    assert normalized([100]) == [1]
    assert weights_of({"b": 100, "a": 25}, ["a", "b"]) == pytest.approx([0.2, 0.8])


@pytest.mark.parametrize("count", [1, 2, 3, ENOUGH - 1])
def test_few_answers_have_a_mean_and_no_spread(count: int) -> None:
    found = spread_of([[0.2, 0.8]] * count, 15)
    assert found.mean == pytest.approx((0.2, 0.8))
    assert (found.answers, found.raw, found.estimated) == (count, None, None)


def test_the_estimate_by_hand() -> None:
    """Five answers of two weights: sample variance 0.025 each, mean one half."""
    found = spread_of([[w, 1 - w] for w in (0.3, 0.4, 0.5, 0.6, 0.7)], 15)
    f = 0.05 / (0.5 + 0.05 / 5)
    assert found.raw == pytest.approx(1 / f - 1)
    pulled = (4 * f + 4 / 16) / 8  # four degrees of freedom each
    assert found.estimated == pytest.approx(1 / pulled - 1)


def test_answers_that_agree_are_pulled_to_the_chosen_spread() -> None:
    found = spread_of([HALF] * 5, 15)
    assert found.raw is None
    assert found.estimated == pytest.approx(31)  # half of the variance at 15
    assert spread_of([[0.25] * 4] * 500, 100_000).estimated == MOST


def test_opposite_answers_end_at_the_bound() -> None:
    assert spread_of([[1, 0]] * 3 + [[0, 1]] * 3, 15).estimated == pytest.approx(LEAST, abs=0.8)
    assert spread_of([[1, 0]] * 40 + [[0, 1]] * 40, 0.01).estimated == LEAST


@pytest.mark.parametrize("center", [HALF, [0.3, 0.3, 0.2, 0.2], [0.6, 0.3, 0.1]])
@pytest.mark.parametrize("c", [5, 15, 47])
def test_synthetic_samples_return_their_concentration(center: list[float], c: float) -> None:
    rng = np.random.default_rng(11)
    large = spread_of(rng.dirichlet(np.array(center) * c, 2000).tolist(), 15)
    assert large.estimated == pytest.approx(c, rel=0.1)
    assert large.raw == pytest.approx(c, rel=0.1)
    few = [spread_of(rng.dirichlet(np.array(center) * c, 8).tolist(), 15) for _ in range(300)]
    pulled = np.log([one.estimated / c for one in few if one.estimated])
    alone = np.log([one.raw / c for one in few if one.raw])
    assert np.sqrt(np.mean(pulled**2)) < (np.sqrt(np.mean(alone**2)) if c == 15 else np.log(2))
    assert abs(np.median(pulled)) < np.log(2)
