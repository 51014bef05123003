"""Findings that a run stores beside interval widths: by source, axis, single design change, and datum."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from selection.scoring import competition_ranks
from selection.scoring.method import Choice, Method, Option
from selection.scoring.robustness import Inputs, examine
from selection.scoring.robustness.designs import DesignGrid
from selection.scoring.robustness.stability import Change

from .estimated import flat, plain_branches, two_axes, world

PLAIN = Option("plain", "As in the model")


def examined(provisional: int = 0) -> Inputs:
    """Build two axes with two choices, one of them with two other options; the last countries are provisional."""
    inputs = two_axes(
        method=Method(
            choices=(
                Choice("mean", "The mean", (PLAIN, Option("sum", "", arithmetic=True))),
                Choice(
                    "weights",
                    "Weights",
                    (PLAIN, Option("more", "", weights=(("need", 3.0),)), Option("less", "", weights=(("need", 0.5),))),
                ),
            )
        )
    )
    return replace(inputs, ranked=np.arange(60 - provisional), provisional=np.arange(60 - provisional, 60))


def test_a_width_is_the_distance_of_the_ends_of_its_source() -> None:
    found = examine(examined(), draws=2000, seed=3)
    assert set(found.details.ranges) == set(found.widths) - {"total", "designs"}
    for source, ends in found.details.ranges.items():
        assert (ends[:, 1] - ends[:, 0] == found.widths[source]).all()
        assert (ends >= 1).all()


def test_a_source_that_is_not_there_leaves_every_rank_alone() -> None:
    found = examine(flat([[50.0], [47.0], [20.0]], [[5.0], [5.0], [0.0]]), draws=5000, seed=1)
    assert found.details.ranges["measurement"].tolist() == [[1, 2], [1, 2], [3, 3]]
    assert (found.details.ranges["data"] == found.details.ranges["measurement"]).all()
    for source in ("age", "bridge", "missing", "weights"):
        assert found.details.ranges[source].tolist() == [[1, 1], [2, 2], [3, 3]]


def test_axes_hold_what_the_long_way_draws() -> None:
    inputs = examined(provisional=10)
    found = examine(inputs, draws=10_000, seed=3)
    branches = plain_branches(inputs, 10_000, 8)
    of = {branch.key: scores for branch, scores in zip(inputs.plan.branches, branches, strict=True)}
    assert set(found.details.axes) == {"need", "able"}
    for key, ends in found.details.axes.items():
        assert ends.shape == (60, 2)
        expected = np.percentile(of[key], (5, 95), axis=0, method="inverted_cdf").T
        assert np.abs(ends - expected).max() < 0.015


def test_axes_of_a_lone_fact_are_the_ends_of_its_law() -> None:
    inputs = flat([[50.0, 20.0], [40.0, 60.0]], [[10.0, 0.0], [0.0, 0.0]])
    geometric = replace(inputs.model.root, aggregation=two_axes().model.root.aggregation)
    found = examine(world(replace(inputs.model, root=geometric), inputs.cells), draws=10_000, seed=1)
    low, high = found.details.axes["c0"][0].tolist()
    assert (low, high) == (pytest.approx(0.5 - 0.1645, abs=0.005), pytest.approx(0.5 + 0.1645, abs=0.005))
    assert found.details.axes["c1"].tolist() == [pytest.approx([0.2, 0.2]), pytest.approx([0.6, 0.6])]


def test_singles_are_the_ranks_of_each_choice_made_otherwise() -> None:
    inputs = examined()
    found = examine(inputs, draws=50, seed=1)
    grid = DesignGrid(inputs.model, inputs.plan, inputs.cells, inputs.peers, inputs.labels, inputs.ranked)
    one, two = inputs.method.choices
    expected = [
        ("", "", (PLAIN, PLAIN)),
        ("mean", "sum", (one.options[1], PLAIN)),
        ("weights", "more", (PLAIN, two.options[1])),
        ("weights", "less", (PLAIN, two.options[2])),
    ]
    assert [(choice, option) for choice, option, _ in found.singles] == [single[:2] for single in expected]
    for (_, _, ranks), (_, _, options) in zip(found.singles, expected, strict=True):
        assert ranks.tolist() == competition_ranks(grid.scores(options)).tolist()
    assert len(examine(flat([[1.0], [2.0]], 0.0), draws=5, seed=1).singles) == 1


def test_the_ends_of_a_datum_are_the_shares_with_it_low_and_high() -> None:
    found = examine(flat([[50.0], [50.0], [20.0]], [[5.0], [0.0], [0.0]]), draws=50_000, seed=1)
    assert found.details.ends[0, 0].tolist() == [pytest.approx(0.0, abs=0.01), pytest.approx(1.0, abs=0.01)]
    assert np.isnan(found.details.ends[1:]).all()
    stored = found.to_dict()
    assert stored["datum_low"]["c0"][1:] == [None, None]
    assert stored["datum_high"]["c0"][0] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(("ranked", "provisional"), [([], [0, 1]), ([0], []), ([], []), ([0], [1])])
def test_few_or_no_countries(ranked: list[int], provisional: list[int]) -> None:
    given = two_axes(2, missing=False)
    found = examine(world(given.model, given.cells, ranked=ranked, provisional=provisional), draws=50, seed=1)
    assert all(ends.shape == (len(ranked), 2) for ends in found.details.ranges.values())
    assert all(len(ends) == len(ranked) + len(provisional) for ends in found.details.axes.values())
    json.dumps(found.to_dict(), allow_nan=False)


def test_outside_its_range_a_weight_changes_who_is_first() -> None:
    # At a share w of the first criterion: 100 w, 60, 100 (1 - w).
    found = examine(flat([[100.0, 0.0], [60.0, 60.0], [0.0, 100.0]], 0.0, Method(first=1, short=1)), draws=10, seed=1)
    first = found.stability[0]
    assert first.ranges[100] == (0.4, 0.6)
    assert first.below == Change(0.39, (1,), (2,))
    assert first.above == Change(0.61, (1,), (0,))
    stored = found.to_dict()["stability"][0]
    assert (stored["below"], stored["above"]) == ([0.39, [1], [2]], [0.61, [1], [0]])
    everyone = examine(flat([[100.0, 0.0], [0.0, 100.0]], 0.0, Method(first=2, short=1)), draws=10, seed=1)
    assert (everyone.stability[0].below, everyone.stability[0].above) == (None, None)


def test_positions_of_a_change_are_those_of_the_snapshot() -> None:
    given = flat([[0.0, 0.0], [60.0, 60.0], [100.0, 0.0]], 0.0, Method(first=1, short=1))
    found = examine(world(given.model, given.cells, ranked=[1, 2]), draws=10, seed=1)
    assert found.to_dict()["stability"][0]["above"] == [0.61, [1], [2]]
