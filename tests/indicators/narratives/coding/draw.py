"""Draw of the narratives that were coded by hand: 60 of the 183 of the TIP Report of 2018, by a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterable

SEED = 20180628
"""The day on which the report of 2018 was released, chosen before anything was drawn."""

DRAWN = 60
TUNING = 30
SECOND_SEED = 20190620
"""The day on which the next report was released: seed of thirty more, drawn after the first thirty were reported."""

SECOND_DRAWN = 30


def draw(countries: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the countries drawn for tuning and, set apart until the reader was finished, those for the report.

    `countries` are all of the report, in any order.
    """
    drawn = random.Random(SEED).sample(sorted(countries), DRAWN)  # a sample that anyone can repeat
    return sorted(drawn[:TUNING]), sorted(drawn[TUNING:])


def draw_again(countries: Iterable[str]) -> list[str]:
    """Return thirty of the countries that `draw` left, in the order of their names."""
    names = sorted(countries)
    left = [name for name in names if name not in {drawn for part in draw(names) for drawn in part}]
    return sorted(random.Random(SECOND_SEED).sample(left, SECOND_DRAWN))  # see `draw`
