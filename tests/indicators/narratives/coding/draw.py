"""Draw of the narratives that were coded by hand: 60 of the 183 of the TIP Report of 2018, by a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterable

SEED = 20180628
"""The day on which the report of 2018 was released, chosen before anything was drawn."""

DRAWN = 60
TUNING = 30
LATER_SEEDS = (20190620, 20200625)
"""The days on which the next two reports were released: seeds of thirty more each, drawn once the last were read."""

DRAWN_LATER = 30


def draw(countries: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the countries drawn for tuning and, set apart until the reader was finished, those for the report.

    `countries` are all of the report, in any order.
    """
    drawn = random.Random(SEED).sample(sorted(countries), DRAWN)  # a sample that anyone can repeat
    return sorted(drawn[:TUNING]), sorted(drawn[TUNING:])


def draw_again(countries: Iterable[str], times: int) -> list[str]:
    """Return the thirty countries of the first or second later draw, out of those not drawn before."""
    names = sorted(countries)
    taken = {name for part in draw(names) for name in part}
    drawn: list[str] = []
    for seed in LATER_SEEDS[:times]:
        left = [name for name in names if name not in taken]
        drawn = sorted(random.Random(seed).sample(left, DRAWN_LATER))
        taken |= set(drawn)
    return drawn
