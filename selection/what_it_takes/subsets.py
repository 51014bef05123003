"""The smallest sets of values that bring a country in, or take it out. Pure.

Each value is at the end of its range that helps most. No value hurts on its way there, so a set that fails at these
ends fails anywhere inside the ranges, and the smallest set at the ends is the smallest of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .case import CountryCase

MOST = 5
"""Most values that are combined."""

SHOWN = 3
"""Most sets of the same size that are shown."""


@dataclass(frozen=True, slots=True)
class SmallestSets:
    """The smallest sets among some ends: those that go farthest first, and how many there are of that size.

    `tried` are the criteria that were combined, and `together` the rank with all of them at once.
    """

    sets: tuple[tuple[tuple[str, ...], int], ...]
    count: int
    tried: tuple[str, ...]
    together: int


def smallest_sets(
    case: CountryCase, ends: Mapping[str, float], given: Mapping[str, float] | None = None, most: int = MOST
) -> SmallestSets:
    """Try every set of at most `most` ends, smallest first, on top of the values `given`."""
    keys, base = tuple(ends), dict(given or {})
    together = case.rank(base | dict(ends))
    for size in range(1, min(most, len(keys)) + 1):
        found = _reaching(case, ends, base, list(combinations(keys, size)))
        if found:
            return SmallestSets(tuple(found[:SHOWN]), len(found), keys, together)
    return SmallestSets((), 0, keys, together)


def _reaching(
    case: CountryCase, ends: Mapping[str, float], base: Mapping[str, float], sets: Sequence[tuple[str, ...]]
) -> list[tuple[tuple[str, ...], int]]:
    rows = np.stack([case.row({**base, **{key: ends[key] for key in one}}) for one in sets])
    ranks = case.ranks(rows).tolist()
    found = [(one, rank) for one, rank in zip(sets, ranks, strict=True) if case.is_reached(rank)]
    return sorted(found, key=lambda item: case.key(item[1]))  # stable: the model's order among equals
