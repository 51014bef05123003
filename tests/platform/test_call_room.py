"""Room for nested calls: whatever the depth, a loop of calls maps no memory."""

from __future__ import annotations

import resource

import pytest

from tests.support.call_room import with_room

CALLS, DEPTHS = 50, 700


def at(depth: int) -> None:
    """Call a function again and again from `depth` nested calls."""
    if depth:
        at(depth - 1)
    else:
        for _ in range(CALLS):
            leaf()


def leaf() -> None:
    """Do nothing."""


def page_faults() -> int:
    """Return how many pages of memory this process touched for the first time in loops at each depth."""
    at(DEPTHS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for depth in range(DEPTHS):
        at(depth)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_loops_of_calls_map_no_memory_at_any_depth() -> None:
    assert with_room(page_faults) < CALLS


def test_a_result_and_an_error_pass_through() -> None:
    assert with_room(lambda: "result") == "result"
    with pytest.raises(ZeroDivisionError):
        with_room(lambda: 1 / 0)
