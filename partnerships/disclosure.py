"""What may be published of counts of people: small ones are hidden, and cannot be had by subtraction either. Pure.

A table with its totals is a flow: each row's total flows into the row, through its cells into the columns, out into
their totals, and back as the grand total. What is shown is fixed; what is hidden may take any value that keeps the
flow. A small cell is safe where the flow could carry `minimum` or more through it, so that nobody can conclude from
what is shown that it is small. To get there, further cells are hidden along the cheapest cycle through it
(complementary suppression by network flow: Cox, "Network models for complementary cell suppression", JASA 90, 1995).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MINIMUM = 5
Cell = tuple[str, str]
TOTAL = ""
"""Stands for "all" in a key: ("girls", TOTAL) is the row's total, (TOTAL, TOTAL) the grand total."""

# What hiding costs, so that cells go before totals, small ones before large ones, and zeros, which often have no
# secret and protect little, late. The grand total is never hidden to protect a cell: other tables may share it.
_COST_OF_ZERO = 10**6
_COST_OF_MARGIN = 10**9

_SOURCE, _SINK = ("all", "rows"), ("all", "columns")
_Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Arc:
    key: Cell
    tail: _Node
    head: _Node
    value: Decimal
    cost: int


def publishable(cells: Mapping[Cell, Decimal], *, minimum: int = MINIMUM) -> dict[Cell, Decimal | None]:
    """Every cell and total as it may be shown, None where it is hidden.

    `cells` are counts of people by row and column; a table of one column (one row) has no totals of rows (columns).
    A count from 1 to `minimum` - 1 is small; zero tells of nobody. Where the grand total is small,
    the whole table is hidden. Raises `ValueError` for a count that is negative or not whole, and for a key that
    means a total.
    """
    if any(value < 0 for value in cells.values()):
        raise ValueError("A count of people is zero or more.")
    if any(row == TOTAL or column == TOTAL for row, column in cells):
        raise ValueError("Totals are computed, not given.")
    if any(value != int(value) for value in cells.values()):
        raise ValueError("People are counted in whole numbers.")
    arcs = _arcs(cells)
    values = {arc.key: arc.value for arc in arcs} | {(TOTAL, TOTAL): sum(cells.values(), Decimal(0))}
    small = [key for key, value in values.items() if 0 < value < minimum]
    if (TOTAL, TOTAL) in small:
        return dict.fromkeys(values)
    hidden = set(small)
    for key in sorted(small, key=lambda key: (values[key], key)):
        hidden |= _raised(arcs, key, minimum - values[key], hidden)
    return {key: None if key in hidden else value for key, value in values.items()}


def publishable_counts(counts: Mapping[str, Decimal], *, minimum: int = MINIMUM) -> dict[str, Decimal | None]:
    """The same for one list of counts that add up, as periods to a year; the key `TOTAL` holds the sum."""
    shown = publishable({(name, "count"): value for name, value in counts.items()}, minimum=minimum)
    return {row: value for (row, _), value in shown.items()}


def publishable_series(values: Mapping[date, Decimal], *, minimum: int = MINIMUM) -> dict[date, Decimal | None]:
    """A count of people that grows from day to day, as it may be shown.

    The difference of two figures that are shown is itself a count: it is zero or at least `minimum`, or the later
    figure is hidden.
    """
    shown: dict[date, Decimal | None] = {}
    before = Decimal(0)
    for day in sorted(values):
        if values[day] == before or abs(values[day] - before) >= minimum:
            before = values[day]
            shown[day] = before
        else:
            shown[day] = None
    return shown


def _arcs(cells: Mapping[Cell, Decimal]) -> list[_Arc]:
    """The table as arcs, without the grand total, which closes the flow from `_SINK` to `_SOURCE`."""
    rows = sorted({row for row, _ in cells})
    columns = sorted({column for _, column in cells})
    has_rows, has_columns = len(columns) > 1, len(rows) > 1
    arcs = [
        _Arc(
            (row, column),
            ("row", row) if has_rows else _SOURCE,
            ("column", column) if has_rows and has_columns else _SINK,
            value,
            int(value) + 1 if value else _COST_OF_ZERO,
        )
        for (row, column), value in sorted(cells.items())
    ]
    if has_rows and has_columns:
        for row in rows:
            total = sum((value for (r, _), value in cells.items() if r == row), Decimal(0))
            arcs.append(_Arc((row, TOTAL), _SOURCE, ("row", row), total, _COST_OF_MARGIN))
        for column in columns:
            total = sum((value for (_, c), value in cells.items() if c == column), Decimal(0))
            arcs.append(_Arc((TOTAL, column), ("column", column), _SINK, total, _COST_OF_MARGIN))
    return arcs


def _raised(arcs: Sequence[_Arc], key: Cell, amount: Decimal, hidden: set[Cell]) -> set[Cell]:
    """The arcs to hide so that the flow through `key` could be greater by `amount`: one cycle, else several."""
    through = next(arc for arc in arcs if arc.key == key)
    flow = {arc.key: arc.value for arc in arcs}
    needed: set[Cell] = set()
    while amount > 0:
        step = amount
        path = _cheapest_path(arcs, through, step, flow, hidden | needed)
        if path is None:
            step = Decimal(1)
            path = _cheapest_path(arcs, through, step, flow, hidden | needed)
        # Another cell always has what this one lacks: the grand total is `minimum` or more.
        assert path is not None
        for other, sign in path:
            flow[other] += sign * step
        needed |= {other for other, _ in path}
        amount -= step
    return needed


def _cheapest_path(
    arcs: Sequence[_Arc], through: _Arc, amount: Decimal, flow: Mapping[Cell, Decimal], hidden: set[Cell]
) -> tuple[tuple[Cell, int], ...] | None:
    """How `amount` gets from the head of an arc back to its tail: more (1) or less (-1) through which other arcs."""
    steps: dict[_Node, list[tuple[_Node, _Arc, int]]] = {}
    for arc in arcs:
        if arc is not through:
            steps.setdefault(arc.tail, []).append((arc.head, arc, 1))
            if flow[arc.key] >= amount:
                steps.setdefault(arc.head, []).append((arc.tail, arc, -1))
    done: set[_Node] = set()
    waiting: list[tuple[int, _Node, tuple[tuple[Cell, int], ...]]] = [(0, through.head, ())]
    while waiting:
        cost, node, path = heapq.heappop(waiting)
        if node == through.tail:
            return path
        if node in done:
            continue
        done.add(node)
        for following, arc, sign in steps.get(node, ()):
            extra = 0 if arc.key in hidden else arc.cost
            heapq.heappush(waiting, (cost + extra, following, (*path, (arc.key, sign))))
    return None
