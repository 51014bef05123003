"""Correlations of criteria: figures and sentences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from selection.model_definition.criteria_table import CriterionRow
from selection.model_versions.presenters import criteria
from selection.model_versions.queries.criteria import CorrelatedPair, mean_ranks, spearman
from tests.selection.model_versions.criteria import criterion


def pair(one: CriterionRow, other: CriterionRow, rho: float, countries: int = 40) -> CorrelatedPair:
    return CorrelatedPair(one, other, rho, countries)


A, B, C, SHOWN = (criterion(key) for key in ("a", "b", "c", "shown"))
SHOWN = replace(SHOWN, weight=0.0)


@pytest.mark.parametrize(
    ("rho", "text"),
    [
        (0.95, "almost the same"),
        (0.949, "very closely"),
        (0.85, "very closely"),
        (0.849, "closely"),
        (0.7, "closely"),
        (0.699, "somewhat"),
        (0.4, "somewhat"),
        (0.399, "hardly"),
        (0.0, "hardly"),
        (-0.399, "hardly"),
        (-0.4, "somewhat, in opposite directions"),
        (-0.95, "almost the same, in opposite directions"),
    ],
)
def test_correlation_is_described_by_strength(rho: float, text: str) -> None:
    assert criteria.strength(rho) == text


def test_pairs_that_move_together_both_count_and_are_strong() -> None:
    found = criteria.together([pair(A, B, -0.9), pair(A, SHOWN, 0.8), pair(A, C, 0.7), pair(B, C, 0.69)])
    assert [(one.pair.one.key, one.pair.other.key, one.label) for one in found] == [
        ("a", "b", "very closely, in opposite directions"), ("a", "c", "closely")
    ]  # fmt: skip


def test_unscored_criterion_names_the_most_similar_scored_one() -> None:
    other = replace(criterion("other"), weight=0.0)
    pairs = [pair(SHOWN, other, 0.99), pair(A, B, 0.95), pair(A, SHOWN, -0.6), pair(SHOWN, B, 0.5), pair(other, B, 0.9)]
    found = criteria.repeated(pairs, [A, SHOWN, other, replace(criterion("alone"), weight=0.0)])
    assert [(one.pair.one.key, one.pair.other.key, one.pair.rho) for one in found] == [
        ("other", "b", 0.9), ("shown", "a", -0.6)
    ]  # fmt: skip


def test_the_matrix_is_a_lower_triangle() -> None:
    assert criteria.matrix([], [A, B]) == []
    found = criteria.matrix([pair(B, A, -0.85), pair(A, C, 0.2), pair(B, C, 1.0)], [A, B, C, SHOWN])
    assert [(row.number, row.row.key) for row in found] == [(1, "a"), (2, "b"), (3, "c"), (4, "shown")]
    assert [row.cells for row in found] == [
        (),
        (("\N{MINUS SIGN}0.85", "is-4"),),
        (("0.20", "is-1"), ("1.00", "is-4")),
        (("\N{EN DASH}", ""), ("\N{EN DASH}", ""), ("\N{EN DASH}", "")),
    ]


def test_the_table_of_pairs_has_each_side_under_its_own_heading() -> None:
    table = criteria.pairs_table("Counted", "Shown")
    [row] = criteria.together([pair(A, B, -0.9, 41)])
    assert {column.label: column.value(row) for column in table.columns} == {
        "Counted": "A",
        "Shown": "B",
        "Moves together": "Very closely, in opposite directions",
        "Correlation": "\N{MINUS SIGN}0.90",
        "Countries": 41,
    }
    assert table.title == "Counted and shown"


@pytest.mark.parametrize(("count", "is_known"), [(11, False), (12, True), (13, True)])
def test_a_correlation_needs_twelve_pairs_of_values_that_vary(count: int, is_known: bool) -> None:
    values = np.arange(20.0)
    other = np.where(np.arange(20) < count, values, np.nan)
    rho, found = spearman(values, -other)
    assert (rho is not None, found) == (is_known, count)
    assert rho is None or rho == pytest.approx(-1.0)
    assert spearman(values, np.ones(20)) == (None, 20)
    assert list(mean_ranks(np.array([5.0, 1.0, 5.0, 9.0]))) == [2.5, 1.0, 2.5, 4.0]


@pytest.mark.parametrize(("one", "other", "counted"), [(A, B, True), (A, SHOWN, False), (SHOWN, A, False)])
def test_a_pair_counts_twice_if_both_count(one: CriterionRow, other: CriterionRow, counted: bool) -> None:
    assert pair(one, other, 0.9).counted_twice is counted
