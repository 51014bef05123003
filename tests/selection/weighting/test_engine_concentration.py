"""Concentration of a node of its own: drawn from, absent from older hashes, and rescaled to the screen's parts."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest

from selection.model_definition.criteria_table import ModelTable, Stage, read
from selection.model_definition.rules import check
from selection.scoring import Model
from selection.scoring.robustness.draws import Simulation
from selection.scoring.robustness.tables import EVERY_SOURCE, spread
from selection.scoring.robustness.weights import shape_factor, shapes
from selection.scoring.tree import compile_tree
from selection.scoring.uncertainty import concentration
from selection.scoring.validation import validate
from tests.selection.scoring.build import leaf, model, node
from tests.selection.scoring.estimated import flat


def test_a_node_draws_with_its_own_concentration() -> None:
    built = model(leaf("a"), node("b", leaf("c", 3), leaf("d"), concentration=9.0))
    inner, root = compile_tree(built).branches
    assert (shape_factor(built, inner), shape_factor(built, root)) == (9.0, concentration(2, built.rho))
    assert shapes(compile_tree(built), built)[0] == pytest.approx([6.75, 2.25])
    given = dataclasses.replace(built, dirichlet_c=4.0)
    assert (shape_factor(given, inner), shape_factor(given, root)) == (9.0, 4.0)


def test_drawn_weights_spread_by_the_concentration() -> None:
    inputs = flat([[100, 0], [60, 70], [0, 100]], 0.0)
    own = dataclasses.replace(inputs.model.root, concentration=2.0)  # Dirichlet(1, 1): uniform weights
    built = dataclasses.replace(inputs.model, root=own)
    laws = spread(inputs.plan, inputs.cells, inputs.drawn, EVERY_SOURCE)
    counts = Simulation(built, compile_tree(built), laws, len(inputs.ranked), 1, True).run(200_000, 3) / 200_000
    exact = [[4 / 11, 3 / 22, 1 / 2], [10 / 33, 23 / 33, 0], [1 / 3, 1 / 6, 1 / 2]]
    assert np.allclose(counts, exact, atol=0.005)


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("inf"), float("nan")])
def test_a_concentration_is_a_number_above_0(wrong: float) -> None:
    built = model(leaf("a"), leaf("b"), root={"concentration": wrong})
    assert [finding.code for finding in validate(built)] == ["concentration"]


def test_models_without_it_are_as_before() -> None:
    table = read()
    assert "concentration" not in str(table.to_dict())
    assert "concentration" not in str(table.model(Stage.FULL).to_dict())
    assert not table.has_own_spread
    plain = copy.deepcopy(table.to_dict())
    plain["concentration"] = None
    plain["nodes"][0]["concentration"] = None
    assert ModelTable.from_dict(plain).hash == table.hash


def test_parts_of_a_node_that_the_screen_does_not_count_take_their_share_along() -> None:
    plain = copy.deepcopy(read().to_dict())
    plain["concentration"] = 20
    for row in plain["nodes"]:
        if row["key"] in ("need", "feasibility"):
            row["concentration"] = 50
    assert check(plain, {}) is not None
    table = ModelTable.from_dict(plain)
    assert table.has_own_spread
    by_stage = {stage: table.model(stage) for stage in Stage}
    # The screen counts 70 of the 100 points of need, and 38 of the 50 of feasibility.
    assert _concentrations(by_stage[Stage.SCREEN]) == {"total": 20, "need": 35, "feasibility": pytest.approx(38)}
    assert _concentrations(by_stage[Stage.FULL]) == {"total": 20, "need": 50, "feasibility": 50}


def _concentrations(built: Model) -> dict[str, float]:
    return {b.key: b.concentration for b in compile_tree(built).branches if b.concentration is not None}


def test_some_of_several_dirichlet_shares_have_the_rescaled_concentration() -> None:
    """Two of three shares of Dirichlet(30, 20, 50), rescaled, vary as Dirichlet(30, 20) does."""
    drawn = np.random.default_rng(3).dirichlet([30, 20, 50], 200_000)
    part = drawn[:, 0] / drawn[:, :2].sum(axis=1)
    assert part.var() == pytest.approx(0.6 * 0.4 / 51, rel=0.02)
