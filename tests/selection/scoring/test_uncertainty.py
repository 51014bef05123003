"""Draws: their distributions, closed forms, and repeatable results."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from selection.scoring import (
    AllOf,
    Hurdle,
    HurdleKind,
    MissingPolicy,
    Model,
    Operator,
    Policy,
    Predicate,
    Snapshot,
    score,
    sha256_of,
)
from selection.scoring.uncertainty import concentration, rank_intervals, seed_from_hash

from .build import PERCENT, column, leaf, model, snapshot


def test_concentration_sets_the_typical_deviation_of_a_weight() -> None:
    assert concentration(25, 0.10) == pytest.approx(2399)
    assert concentration(25, 0.25) == pytest.approx(383)
    variance = 0.04 * (1 - 0.04) / (concentration(25, 0.25) + 1)  # of one of 25 equal weights of a Dirichlet
    assert math.sqrt(variance) / 0.04 == pytest.approx(0.25)


def test_acceptability_of_three_by_two_under_uniform_weights() -> None:
    built = model(leaf("a"), leaf("b"), dirichlet_c=2.0)  # Dirichlet(1, 1): uniform weights
    result = score(snapshot({"a": [1.0, 0.6, 0.0], "b": [0.0, 0.7, 1.0]}), built, draws=400_000)
    assert result.uncertainty is not None
    exact = [[4 / 11, 3 / 22, 1 / 2], [10 / 33, 23 / 33, 0], [1 / 3, 1 / 6, 1 / 2]]
    by_country = result.uncertainty.acceptability[np.argsort(result.uncertainty.positions)]
    assert np.allclose(by_country, exact, atol=0.004)


def test_rank_intervals_are_whole_ranks_by_cumulated_share() -> None:
    counts = np.array([[5, 90, 5], [4, 90, 6], [0, 50, 50]])
    assert rank_intervals(counts).tolist() == [[1, 2, 2], [2, 2, 3], [2, 2, 3]]


def test_seed_depends_on_model_and_data_and_fits_a_double() -> None:
    built, data = model(leaf("a"), leaf("b")), snapshot({"a": [0.2, 0.6], "b": [0.5, 0.3]})
    first, again = score(data, built, draws=200), score(data, built, draws=200)
    assert first.seed == again.seed == seed_from_hash(sha256_of([built.hash, data.hash])) < 2**53
    assert first.to_dict() == again.to_dict()
    other = score(snapshot({"a": [0.2, 0.6], "b": [0.5, 0.4]}), built, draws=200)
    assert other.seed != first.seed


# ---- passes of hurdles ---------------------------------------------------------------------------------------------


def both_pass(**options: Any) -> Model:
    """Return a model whose hurdle asks for more than 50 in two criteria."""
    parts = tuple(Predicate(key, Operator.GREATER, 50.0) for key in ("a", "b"))
    leaves = (leaf("a", 1.0, PERCENT, **options), leaf("b", 1.0, PERCENT))
    return model(*leaves, hurdles=(Hurdle("h", "H", HurdleKind.ADVISORY, AllOf(parts)),))


def passes(data: Snapshot, built: Model, draws: int = 20_000) -> list[float]:
    result = score(data, built, draws=draws)
    assert result.uncertainty is not None
    found: list[float] = result.uncertainty.hurdles["h"].tolist()
    return found


def test_a_published_error_is_drawn_for_each_part_of_a_hurdle() -> None:
    errors = [10.0, None, None]
    data = snapshot({key: column([60.0, 60.0, 40.0], standard_errors=errors) for key in ("a", "b")})
    chance = 0.5 * math.erfc(-1 / math.sqrt(2))
    assert passes(data, both_pass()) == [pytest.approx(chance**2, abs=0.01), 1.0, 0.0]
    assert passes(data, both_pass(), draws=700) == passes(data, both_pass(), draws=700)


@pytest.mark.parametrize(("age", "share"), [(2.9, 0.841), (3.0, 0.841), (3.1, 0.0)])
def test_a_value_that_is_too_old_to_count_is_not_drawn(age: float, share: float) -> None:
    # Too old, it counts as the fixed 30 percent; its published error says nothing about that.
    fixed = MissingPolicy(Policy.FIXED, 0.3, "No newer survey")
    data = snapshot({"a": column([60.0], standard_errors=[10.0], ages=[age]), "b": [90.0]})
    (found,) = passes(data, both_pass(max_age=3.0, missing=fixed))
    assert found == pytest.approx(share, abs=0.01)
