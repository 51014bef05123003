"""Disclosure control for counts of people: small counts are hidden. Pure.

Hidden counts cannot be found by subtraction either. A table with its totals is a flow: each row's total flows into
the row, through its cells into the columns, out into their totals, and back as the grand total. Shown values are
fixed; hidden values may take any value that preserves the flow. A small cell is safe if the flow could carry
`minimum` or more through it, so that no reader can conclude from the shown values that it is small. To reach this,
further cells are hidden along the cheapest cycle through it (complementary suppression by network flow: Cox, "Network
models for complementary cell suppression", JASA 90, 1995).

Outside the office, a count from 1 to 4 reads "fewer than 5", and what is hidden with it reads "held back"
(`released`). That tells a reader more: a small count is from 1 to 4, and one that is held back is zero, or 5 or more.
So more is hidden, the next smallest first, until each small count could still be any of 1 to 4 with every total as
published. Where no further cell can do that, what is hidden is all "withheld", which tells nothing about its size.

What is published is one total for each year and for the term to date, and breakdowns of the term. Values of single
awards, of parts of a year, of breakdowns of a year, and what a corrected value was before are not published, since the
total less these would be others. A breakdown in which several counted the same people is not published either. The rule
is about one release: it does not compare a release with earlier ones.
"""

from __future__ import annotations

import enum
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MINIMUM = 5
Cell = tuple[str, str]
TOTAL = ""
"""Marker for "all" in a key.

("girls", TOTAL) is the row's total, and (TOTAL, TOTAL) the grand total.
"""

# Costs of hiding: cells go before totals and small counts before large ones. Zeros go late, because they often hold
# no secret and protect little. The grand total is never hidden to protect a cell, because other tables may share it.
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
    """Return every cell and total as it may be shown, or None if it is hidden.

    `cells` are counts of people by row and column; a table of one column (one row) has no totals of rows (columns). A
    count from 1 to `minimum` - 1 is small; zero is not, as it describes no one. If the grand total is small, the
    whole table is hidden. Raises `ValueError` for a count that is negative or not whole, and for a key that means a
    total.
    """
    if any(value < 0 for value in cells.values()):
        raise ValueError("A count of people must be zero or more.")
    if any(row == TOTAL or column == TOTAL for row, column in cells):
        raise ValueError("Don't enter totals. They are computed.")
    if any(value != int(value) for value in cells.values()):
        raise ValueError("Enter people in whole numbers.")
    arcs = _arcs(cells)
    values = {arc.key: arc.value for arc in arcs} | {(TOTAL, TOTAL): sum(cells.values(), Decimal(0))}
    small = [key for key, value in values.items() if 0 < value < minimum]
    if (TOTAL, TOTAL) in small:
        return dict.fromkeys(values)
    hidden = set(small)
    # The smallest first: they need the most, and what is hidden for them protects the others at no cost.
    for key in sorted(small, key=lambda key: (values[key], key)):
        hidden |= _arcs_to_hide(arcs, key, minimum - values[key], hidden)
    return {key: None if key in hidden else value for key, value in values.items()}


class Hidden(enum.StrEnum):
    """Reasons why a count is not shown outside the office."""

    SMALL = "fewer_than_5"
    HELD = "held_back"
    WITHHELD = "suppressed"


Shown = Decimal | Hidden


def released(cells: Mapping[Cell, Decimal], *, minimum: int = MINIMUM) -> dict[Cell, Shown]:
    """Return every cell and total as it is released: a count, or why it is hidden.

    Each count that reads "fewer than 5" could be any of 1 to 4. If the grand total is small, everything reads so, and
    could be 0, too. Raises `ValueError` as `publishable` does.
    """
    shown = publishable(cells, minimum=minimum)
    arcs = _arcs(cells)
    hidden = {key for key, value in shown.items() if value is None}
    if (TOTAL, TOTAL) in hidden:
        return dict.fromkeys(shown, Hidden.SMALL)
    small = [arc for arc in arcs if 0 < arc.value < minimum]
    # The next smallest first; zeros and totals supply nothing, or are needed by others.
    spare = sorted(
        (arc for arc in arcs if arc.value >= minimum and arc.key not in hidden and arc.cost < _COST_OF_MARGIN),
        key=lambda arc: (arc.value, arc.key),
    )
    while not all(_spans(arcs, arc, hidden, minimum) for arc in small):
        if not spare:
            return {key: Hidden.WITHHELD if value is None else value for key, value in shown.items()}
        hidden.add(spare.pop(0).key)
    keys_of_small = {arc.key for arc in small}
    return {
        key: Hidden.SMALL if key in keys_of_small else Hidden.HELD if key in hidden or value is None else value
        for key, value in shown.items()
    }


def released_counts(counts: Mapping[str, Decimal], *, minimum: int = MINIMUM) -> dict[str, Shown]:
    """Return one list of counts as it is released, such as years that add up to the term, with the sum as `TOTAL`."""
    shown = released({(name, "count"): value for name, value in counts.items()}, minimum=minimum)
    return {row: value for (row, _), value in shown.items()}


def released_series(values: Mapping[date, Decimal], *, minimum: int = MINIMUM) -> dict[date, Shown]:
    """Return a cumulative count by day as it is released (`publishable_series`)."""
    small = {day for day, value in values.items() if 0 < value < minimum}
    shown = publishable_series(values, minimum=minimum)
    return {
        day: value if value is not None else Hidden.SMALL if day in small else Hidden.HELD
        for day, value in shown.items()
    }


def _spans(arcs: Sequence[_Arc], small: _Arc, hidden: set[Cell], minimum: int) -> bool:
    """Return whether a small count could be any number from 1 to `minimum` - 1, by what is shown and its labels."""
    value = int(small.value)
    ends = ((minimum - 1 - value, small.head, small.tail), (value - 1, small.tail, small.head))
    return all(_carries(arcs, small, amount, start, goal, hidden, minimum) for amount, start, goal in ends)


def _carries(
    arcs: Sequence[_Arc], without: _Arc, amount: int, start: _Node, goal: _Node, hidden: set[Cell], minimum: int
) -> bool:
    """Return whether hidden arcs could carry `amount` more from `start` to `goal` within the bounds of their labels."""
    flow = {arc.key: int(arc.value) for arc in arcs}
    movable = [arc for arc in arcs if arc is not without and arc.key in hidden and arc.value]
    for _ in range(amount):  # at most three units
        before: dict[_Node, tuple[_Node, Cell, int] | None] = {start: None}
        waiting = [start]
        for node in waiting:
            for arc in movable:
                is_small = arc.value < minimum
                low, high = (1, minimum - 1) if is_small else (minimum, None)
                if arc.tail == node and arc.head not in before and (high is None or flow[arc.key] < high):
                    before[arc.head] = (node, arc.key, 1)
                    waiting.append(arc.head)
                if arc.head == node and arc.tail not in before and flow[arc.key] > low:
                    before[arc.tail] = (node, arc.key, -1)
                    waiting.append(arc.tail)
        if goal not in before:
            return False
        at = goal
        while (came := before[at]) is not None:
            at, key, sign = came
            flow[key] += sign
    return True


def publishable_counts(counts: Mapping[str, Decimal], *, minimum: int = MINIMUM) -> dict[str, Decimal | None]:
    """Return one list of counts as it may be shown, such as periods that add up to a year.

    The key `TOTAL` holds the sum.
    """
    shown = publishable({(name, "count"): value for name, value in counts.items()}, minimum=minimum)
    return {row: value for (row, _), value in shown.items()}


def publishable_series(values: Mapping[date, Decimal], *, minimum: int = MINIMUM) -> dict[date, Decimal | None]:
    """Return a cumulative count of people by day, as it may be shown.

    The difference of two shown figures is itself a count. It is zero or at least `minimum`; otherwise the later
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
    """Return the table as arcs.

    The grand total is left out: it closes the flow from `_SINK` to `_SOURCE`.
    """
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


def _arcs_to_hide(arcs: Sequence[_Arc], key: Cell, amount: Decimal, hidden: set[Cell]) -> set[Cell]:
    """Return the arcs to hide so that the flow through `key` could be greater by `amount`.

    They form one cycle if possible, else several.
    """
    through = next(arc for arc in arcs if arc.key == key)
    flow = {arc.key: arc.value for arc in arcs}
    needed: set[Cell] = set()
    while amount > 0:
        step = amount
        path = _cheapest_path(arcs, through, step, flow, hidden | needed)
        if path is None:
            # No single cycle can carry the whole amount, so several carry one person each.
            step = Decimal(1)
            path = _cheapest_path(arcs, through, step, flow, hidden | needed)
        # Another cell can always supply the missing amount: the grand total is `minimum` or more.
        assert path is not None
        for other, sign in path:
            flow[other] += sign * step
        needed |= {other for other, _ in path}
        amount -= step
    return needed


def _cheapest_path(
    arcs: Sequence[_Arc], through: _Arc, amount: Decimal, flow: Mapping[Cell, Decimal], hidden: set[Cell]
) -> tuple[tuple[Cell, int], ...] | None:
    """Return the cheapest path for `amount` from the head of an arc back to its tail.

    The path lists other arcs, each with 1 for more flow or -1 for less, or is None if there is no path.
    """
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
