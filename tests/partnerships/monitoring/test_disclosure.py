"""Disclosure control: small counts are hidden and can't be worked out from the counts that are shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog  # type: ignore[import-untyped]  # SciPy has no types

from partnerships.disclosure import MINIMUM, TOTAL, Cell, publishable, publishable_counts, publishable_series

COUNT = st.integers(0, 12) | st.integers(0, 400)
AGES = ("0-5", "6-11", "12-17", "unknown")


@st.composite
def tables(draw: st.DrawFn) -> dict[Cell, Decimal]:
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    return {
        (f"row {row}", f"column {column}"): Decimal(draw(COUNT)) for row in range(rows) for column in range(columns)
    }


def greatest_possible(cells: dict[Cell, Decimal], shown: dict[Cell, Decimal | None], key: Cell) -> float:
    """Return the highest value of `key` that the shown counts permit, by linear programming."""
    names = sorted(cells)

    def members(total: Cell) -> np.ndarray:
        return np.array([float(total[0] in (TOTAL, r) and total[1] in (TOTAL, c)) for r, c in names])

    known = [(members(name), float(value)) for name, value in shown.items() if value is not None]
    answer = linprog(
        -members(key),
        A_eq=np.array([row for row, _ in known]) if known else None,
        b_eq=np.array([value for _, value in known]) if known else None,
        bounds=(0, None),
    )
    return float("inf") if answer.status == 3 else float(-answer.fun)


@given(tables())
def test_no_reader_can_tell_that_a_hidden_count_is_small(cells: dict[Cell, Decimal]) -> None:
    shown = publishable(cells)
    total = sum(cells.values())
    for (row, column), value in shown.items():
        true = sum(v for (r, c), v in cells.items() if row in (TOTAL, r) and column in (TOTAL, c))
        assert value is None or value == true
        if 0 < true < MINIMUM:
            assert value is None
            assert greatest_possible(cells, shown, (row, column)) >= MINIMUM - 1e-6
    if total >= MINIMUM:
        assert shown[TOTAL, TOTAL] == total


def test_a_table_without_small_counts_is_shown_whole() -> None:
    shown = publishable({("girls", age): Decimal(7) for age in AGES} | {("boys", age): Decimal(0) for age in AGES})
    assert None not in shown.values()
    assert shown["girls", TOTAL] == 28


def test_one_small_cell_takes_three_others_with_it_and_leaves_the_totals() -> None:
    cells = {("girls", "0-5"): 2, ("girls", "6-11"): 30, ("boys", "0-5"): 20, ("boys", "6-11"): 50}
    shown = publishable({key: Decimal(value) for key, value in cells.items()})
    assert {key for key, value in shown.items() if value is None} == set(cells)
    assert shown["girls", TOTAL] == 32


def test_a_small_total_hides_everything() -> None:
    assert set(publishable({("girls", "0-5"): Decimal(1), ("boys", "0-5"): Decimal(2)}).values()) == {None}


def test_a_period_is_not_had_by_subtracting_the_others_from_the_year() -> None:
    shown = publishable_counts({"Q1": Decimal(3), "Q2": Decimal(40), "Q3": Decimal(9), "Q4": Decimal(0)})
    assert shown == {"Q1": None, "Q2": 40, "Q3": None, "Q4": 0, TOTAL: 52}


@given(st.dictionaries(st.dates(), st.integers(0, 30).map(Decimal), max_size=12))
def test_what_is_shown_of_a_growing_count_differs_by_nothing_or_by_enough(values: dict[date, Decimal]) -> None:
    shown = [value for value in publishable_series(values).values() if value is not None]
    steps = [abs(after - before) for before, after in zip([Decimal(0), *shown], shown, strict=False)]
    assert all(step == 0 or step >= MINIMUM for step in steps)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({("girls", "0-5"): Decimal(-1)}, "zero or more"),
        ({("girls", "0-5"): Decimal("1.5")}, "whole numbers"),
        ({("girls", TOTAL): Decimal(9)}, "computed"),
    ],
)
def test_what_is_no_count_is_refused(cells: dict[Cell, Decimal], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        publishable(cells)
