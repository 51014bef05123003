"""Disclosure control: small counts are hidden and can't be worked out from the counts that are shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog  # type: ignore[import-untyped]  # SciPy has no types

from partnerships.disclosure import (
    MINIMUM,
    TOTAL,
    Cell,
    Hidden,
    Shown,
    publishable,
    publishable_counts,
    publishable_series,
    released,
    released_counts,
    released_series,
)

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


@pytest.mark.parametrize(
    ("counts", "minimum", "hidden"),
    [
        # Counts of five, zero, and more are no secret.
        ({"Q1": 5, "Q2": 40, "Q3": 0}, 5, set()),
        # The smallest other count that can supply what is missing goes with a small one.
        ({"Q1": 4, "Q2": 6, "Q3": 40}, 5, {"Q1", "Q2"}),
        ({"Q1": 3, "Q2": 6, "Q3": 40}, 5, {"Q1", "Q2"}),
        # 1 could be 5 and 4 could be 5 if the other is less: nothing more is hidden.
        ({"Q1": 1, "Q2": 4, "Q3": 40}, 5, {"Q1", "Q2"}),
        # 1 could be 4 at most by the other small count.
        ({"Q1": 1, "Q2": 3, "Q3": 40}, 5, {"Q1", "Q2", "Q3"}),
        # No other count alone can supply four, but two can together.
        ({"Q1": 1, "Q2": 2, "Q3": 2, "Q4": 0}, 5, {"Q1", "Q2", "Q3"}),
        ({"Q1": 1, "Q2": 1, "Q3": 3, "Q4": 0}, 5, {"Q1", "Q2", "Q3"}),
        ({"Q1": 7, "Q2": 30, "Q3": 40}, 10, {"Q1", "Q2"}),
        ({"Q1": 7, "Q2": 30, "Q3": 40}, 7, set()),
        ({"Q1": 4, "Q2": 0}, 5, {"Q1", "Q2", TOTAL}),
        ({"Q1": 5, "Q2": 0}, 5, set()),
        ({}, 5, set()),
    ],
)
def test_a_small_count_hides_with_the_smallest_that_protects_it(
    counts: dict[str, int], minimum: int, hidden: set[str]
) -> None:
    shown = publishable_counts({name: Decimal(value) for name, value in counts.items()}, minimum=minimum)
    everything = counts | {TOTAL: sum(counts.values())}
    assert shown == {name: None if name in hidden else value for name, value in everything.items()}


@pytest.mark.parametrize("is_turned", [False, True], ids=["rows", "columns"])
@pytest.mark.parametrize(
    ("girls", "boys", "unknown", "hidden"),
    [
        ((5, 30, 40), (20, 50, 60), (25, 70, 80), set()),
        # The cheapest rectangle around the 2: with 30, 20, and 50.
        ((2, 30, 40), (20, 50, 60), (25, 70, 80), {"girls a", "girls b", "boys a", "boys b"}),
        # A zero goes late: the next rectangle has no zero.
        ((2, 30, 40), (20, 0, 60), (25, 70, 80), {"girls a", "girls c", "boys a", "boys c"}),
        # Nothing else in its row can be less, so the totals of two rows go with it.
        ((2, 0, 0), (20, 50, 60), (25, 70, 80), {"girls a", "girls all", "boys a", "boys all"}),
    ],
)
def test_a_small_cell_of_a_table_hides_with_the_cheapest_cycle(
    girls: tuple[int, ...], boys: tuple[int, ...], unknown: tuple[int, ...], hidden: set[str], *, is_turned: bool
) -> None:
    rows = {"girls": girls, "boys": boys, "unknown": unknown}
    cells = {(row, column): value for row, values in rows.items() for column, value in zip("abc", values, strict=True)}
    totals = {(row, TOTAL): sum(values) for row, values in rows.items()}
    totals |= {
        (TOTAL, column): sum(values) for column, values in zip("abc", zip(*rows.values(), strict=True), strict=True)
    }
    everything = cells | totals | {(TOTAL, TOTAL): sum(cells.values())}

    def place(key: Cell) -> Cell:
        return (key[1], key[0]) if is_turned else key

    assert publishable({place(key): Decimal(value) for key, value in cells.items()}) == {
        place(key): None if f"{key[0]} {key[1] or 'all'}" in hidden else value for key, value in everything.items()
    }


def test_single_row_or_column_has_no_marginal_totals() -> None:
    column = {("girls", "all ages"): Decimal(7), ("boys", "all ages"): Decimal(8)}
    assert publishable(column) == column | {(TOTAL, TOTAL): 15}
    row = {("all", "0-5"): Decimal(7), ("all", "6-11"): Decimal(8)}
    assert publishable(row) == row | {(TOTAL, TOTAL): 15}


def test_a_growing_count_is_shown_when_it_differs_by_nothing_or_by_enough() -> None:
    counts = [0, 3, 5, 9, 10, 10, 14, 6, 5, 5, 0]
    shown = [0, None, 5, None, 10, 10, None, None, 5, 5, 0]
    days = [date(2024, 1, 1 + number) for number in range(len(counts))]
    values = dict(zip(reversed(days), map(Decimal, reversed(counts)), strict=True))
    assert publishable_series(values) == dict(zip(days, shown, strict=True))
    assert publishable_series({days[0]: Decimal(9)}, minimum=10) == {days[0]: None}


@given(st.dictionaries(st.dates(), st.integers(0, 30).map(Decimal), max_size=12))
def test_published_cumulative_counts_differ_by_zero_or_enough(values: dict[date, Decimal]) -> None:
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


# ---- as released outside the office ---------------------------------------------------------------------------------


def range_by_labels(cells: dict[Cell, Decimal], shown: dict[Cell, Shown], key: Cell) -> tuple[float, float]:
    """Return the lowest and highest value of `key` that counts and labels permit, by linear programming.

    A count of "fewer than 5" is from 1 to 4, one that is held back 5 or more; a zero is taken as known.
    """
    names = sorted(cells)

    def members(total: Cell) -> np.ndarray:
        return np.array([float(total[0] in (TOTAL, r) and total[1] in (TOTAL, c)) for r, c in names])

    equal, least, most = [], [], []
    for name, value in shown.items():
        true = sum(v for (r, c), v in cells.items() if name[0] in (TOTAL, r) and name[1] in (TOTAL, c))
        if isinstance(value, Decimal) or not true:
            equal.append((members(name), float(true)))
        elif value is Hidden.SMALL:
            least.append((members(name), 1.0))
            most.append((members(name), MINIMUM - 1.0))
        elif value is Hidden.HELD:
            least.append((members(name), float(MINIMUM)))
    upper = [(-row, -bound) for row, bound in least] + most
    found = []
    for sign in (1, -1):
        answer = linprog(
            sign * members(key),
            A_ub=np.array([row for row, _ in upper]) if upper else None,
            b_ub=np.array([bound for _, bound in upper]) if upper else None,
            A_eq=np.array([row for row, _ in equal]) if equal else None,
            b_eq=np.array([bound for _, bound in equal]) if equal else None,
            bounds=(0, None),
        )
        assert answer.status == 0
        found.append(float(sign * answer.fun))
    return found[0], found[1]


@given(tables())
def test_a_count_of_fewer_than_five_could_be_any_of_one_to_four(cells: dict[Cell, Decimal]) -> None:
    shown = released(cells)
    by_size = publishable(cells)
    is_labeled = Hidden.WITHHELD not in shown.values()
    total = sum(cells.values())
    for key, value in shown.items():
        true = sum(v for (r, c), v in cells.items() if key[0] in (TOTAL, r) and key[1] in (TOTAL, c))
        assert not isinstance(value, Decimal) or (value == true and by_size[key] is not None)
        if 0 < true < MINIMUM:
            assert value is (Hidden.SMALL if is_labeled else Hidden.WITHHELD)
        elif value is Hidden.SMALL:
            assert total < MINIMUM
        if value is Hidden.SMALL and total >= MINIMUM:
            low, high = range_by_labels(cells, shown, key)
            assert (round(low, 6), round(high, 6)) == (1, MINIMUM - 1)
    if not is_labeled:
        assert {key for key, value in shown.items() if not isinstance(value, Decimal)} == {
            key for key, value in by_size.items() if value is None
        }


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # The next smallest is held back with it, and the total stays.
        ({"a": 88, "b": 71, "c": 51, "d": 4}, {"c": Hidden.HELD, "d": Hidden.SMALL}),
        # Only 5 is left for the other if the small one were 1; held back, 5 would tell that it is 1.
        ({"a": 1, "b": 5, "c": 40}, {"a": Hidden.SMALL, "b": Hidden.HELD, "c": Hidden.HELD}),
        ({"a": 4, "b": 5, "c": 40}, {"a": Hidden.SMALL, "b": Hidden.HELD}),
        # No cell has enough: nothing tells which of the two is small.
        ({"a": 1, "b": 6}, {"a": Hidden.WITHHELD, "b": Hidden.WITHHELD}),
        ({"a": 1, "b": 8}, {"a": Hidden.SMALL, "b": Hidden.HELD}),
        ({"a": 1, "b": 7}, {"a": Hidden.WITHHELD, "b": Hidden.WITHHELD}),
        ({"a": 3, "b": 0}, {"a": Hidden.SMALL, "b": Hidden.SMALL, TOTAL: Hidden.SMALL}),
        ({"a": 5, "b": 0}, {}),
        ({"a": 0, "b": 0}, {}),
    ],
)
def test_a_list_is_released_with_the_next_smallest_held_back(
    counts: dict[str, int], expected: dict[str, Hidden]
) -> None:
    everything = counts | {TOTAL: sum(counts.values())}
    assert released_counts({name: Decimal(value) for name, value in counts.items()}) == everything | expected


def test_a_growing_count_is_held_back_where_its_growth_is_small() -> None:
    days = [date(2024, 9, 30), date(2025, 9, 30), date(2026, 9, 30)]
    values = dict(zip(days, map(Decimal, (3, 40, 42)), strict=True))
    assert released_series(values) == dict(zip(days, (Hidden.SMALL, 40, Hidden.HELD), strict=True))
