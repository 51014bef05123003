"""All-in draws of the engine against draws taken the long way, on a small random world."""

from __future__ import annotations

import numpy as np
import pytest

from selection.scoring import Result
from selection.scoring.robustness.all_in import Drawing
from selection.scoring.robustness.designs import DesignGrid
from selection.scoring.value_functions import FloatArray

from .plain_all_in import DESIGNS, PlainScreen
from .random_screen import inputs_of, random_screen

COUNTRIES, FIRST, DRAWS = 60, 15, 40_000


def engine_shares(result: Result, first: int, draws: int = DRAWS) -> FloatArray:
    """Return the shares of the engine's all-in draws within the first N, in the order of the snapshot."""
    inputs = inputs_of(result)
    grid = DesignGrid(inputs.model, inputs.plan, inputs.cells, inputs.peers, inputs.labels, inputs.ranked)
    drawing = Drawing.of(inputs, grid, grid.run())
    counts = drawing.simulation(drawing.laws.first(len(inputs.ranked))).run(draws, 5)
    shares = np.zeros(len(result.countries))
    shares[inputs.ranked] = counts[:, :first].sum(axis=1) / draws
    return shares[np.flatnonzero(result.ranks > 0)]


@pytest.mark.parametrize(
    ("seed", "draws", "most"), [(3, 4000, 0.03), pytest.param(4, 15_000, 0.02, marks=pytest.mark.wide)]
)
def test_all_in_shares_are_those_of_the_long_way(seed: int, draws: int, most: float) -> None:
    result = random_screen(COUNTRIES, seed)
    assert {"own", "activity", "combined"} <= set(result.estimated.cells["child_labour"].sources)
    ours, plain = engine_shares(result, FIRST), PlainScreen(result).shares(FIRST, draws, seed)
    assert np.ptp(ours) > 0.5  # so that the countries differ
    assert np.abs(ours - plain).max() < most
    assert np.sqrt(np.mean((ours - plain) ** 2)) < most / 2


def test_the_long_way_has_the_designs_of_the_model() -> None:
    method = random_screen(COUNTRIES).model.method
    assert len(DESIGNS) == method.designs == len(set(DESIGNS))
