"""Hypothesis profiles: the same examples in every `make test`; random and more examples in `make test-full`.

Neither has a deadline: a deadline would measure the machine, not the code.
"""

from __future__ import annotations

from hypothesis import settings

EVERY_TIME, FULL = "every time", "full"
MORE = 10


def register() -> None:
    """Register both profiles."""
    settings.register_profile(EVERY_TIME, deadline=None, derandomize=True, database=None)
    settings.register_profile(FULL, deadline=None, derandomize=False, database=None, max_examples=100 * MORE)


def same_each_time() -> bool:
    """Return whether this run tries the examples that every run tries."""
    return settings.default is not None and settings.default.derandomize


def examples(count: int) -> int:
    """Return how many examples to try where `make test` tries `count`."""
    return count if same_each_time() else count * MORE
