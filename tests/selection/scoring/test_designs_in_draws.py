"""Levels of the criteria and designs, as draws look them up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from selection.scoring import Goalposts
from selection.scoring.fits import Pooling
from selection.scoring.method import Choice, Method, Option, Scale, Series
from selection.scoring.robustness import Inputs
from selection.scoring.robustness.designs import DesignGrid
from selection.scoring.robustness.levels import Levels
from selection.scoring.robustness.mix import mix_of

from .build import model, node
from .estimated import GEOMETRIC, cells, estimated, world

NAN = math.nan

EDITIONS = (Series("old", "Old", "x"), Series("new", "New", "x"))
CHOICES = (
    Choice("values", "Values", (Option("own", "Own"), Option("mean", "Mean", values=(("a", "mean"),)),
                                Option("old", "Old", values=(("a", "old"),)))),
    Choice("root", "Root", (Option("own", "Own"), Option("plain", "Plain", arithmetic=True))),
    Choice("share", "Share", (Option("own", "Own"), Option("more", "More", weights=(("one", 3.0), ("two", 1.0))))),
)  # fmt: skip


def of_editions() -> Inputs:
    """Build two axes, one with a fact of two editions, which the last country lacks and does not apply to the third."""
    a = estimated("a", 1.0, Goalposts(0.0, 16.0), scale=Scale.LOG, series=EDITIONS)
    b = estimated("b", 1.0)
    axes = (node("one", a, span=(0.1, 0.9)), node("two", b, span=(0.0, 0.8)))
    built = model(*axes, root=GEOMETRIC, method=Method(first=2, choices=CHOICES, all_in=True))
    given = {
        "a": cells(a, np.log([4.0, 6.0, NAN, NAN]), 0.2, peers={3: np.array([0, 1])},
                   published={"old": np.array([2.0, NAN, NAN, NAN]), "new": np.array([8.0, 6.0, NAN, NAN])},
                   pooling=Pooling({"old": 0.0, "new": 0.0}, 0.6, 0.1, 0.5, 20, 1.5, 4, True)),
        "b": cells(b, [30.0, 60.0, 50.0, 90.0], 5.0),
    }  # fmt: skip
    return world(built, given)


def levels_of(inputs: Inputs) -> Levels:
    return Levels(inputs.cells, inputs.peers, inputs.labels, np.arange(4))


def test_published_edition_has_observed_error_and_is_not_shrunk() -> None:
    found = levels_of(of_editions()).of("a", ("mean", False, False, ()))
    assert found.best[:2] == pytest.approx([math.log(4.0), math.log(6.0)])
    assert found.error[:2] == pytest.approx([0.6 / math.sqrt(2.0), 0.6])
    old = levels_of(of_editions()).of("a", ("old", False, False, ()))
    assert (old.best[0], old.error[0]) == pytest.approx((math.log(2.0), 0.6))
    assert np.isnan(old.best[1])


def test_peers_fill_gaps_of_a_level_except_where_it_does_not_apply() -> None:
    found = levels_of(of_editions()).of("a", ("old", False, False, ()))
    assert found.u[0] == pytest.approx(2.0 / 16.0)
    assert found.u[[1, 3]] == pytest.approx([2.0 / 16.0] * 2)  # the only country with the old edition
    assert np.isnan(found.u[2])
    assert set(found.peers) == {1, 3}


def test_designs_lie_in_the_draws_as_they_are_numbered() -> None:
    inputs = of_editions()
    grid = DesignGrid(inputs.model, inputs.plan, inputs.cells, inputs.peers, inputs.labels, inputs.ranked)
    mix = mix_of(inputs.model, inputs.plan, grid, grid.run())
    assert mix.designs == 12
    assert {j: numbers.tolist() for j, numbers in mix.levels.items()} == {0: [0] * 4 + [1] * 4 + [2] * 4}
    assert mix.arithmetic.tolist() == [False, False, True, True] * 3
    assert mix.slopes[:, 0] == pytest.approx([0.99 / 0.8, 0.99 / 0.8])
    assert mix.shifts[:, 0] == pytest.approx([0.01 - 0.1 * 0.99 / 0.8, 0.01])
    assert mix.slopes[:, 2] == pytest.approx([1 / 0.8, 1 / 0.8])  # an arithmetic mean needs no floor
    assert mix.shifts[:, 2] == pytest.approx([-0.1 / 0.8, 0.0])
    root = mix.shapes[-1]
    assert root[mix.shape_levels[-1]][:2] == pytest.approx(15.0 * np.array([[0.5, 0.5], [0.75, 0.25]]))


def test_designs_are_uniform_and_arithmetic_roots_come_last() -> None:
    inputs = of_editions()
    grid = DesignGrid(inputs.model, inputs.plan, inputs.cells, inputs.peers, inputs.labels, inputs.ranked)
    drawn = mix_of(inputs.model, inputs.plan, grid, grid.run()).draw(24_000, np.random.default_rng(1))
    starts = drawn.starts[0]
    assert np.bincount(starts // 1024) == pytest.approx([8000] * 3, rel=0.05)
    assert drawn.geometric == pytest.approx(12_000, rel=0.05)
    assert drawn.slopes[0, drawn.geometric - 1] < drawn.slopes[0, drawn.geometric]
    assert not drawn.axes(drawn.geometric - 1).arithmetic
    assert drawn.axes(drawn.geometric).arithmetic
