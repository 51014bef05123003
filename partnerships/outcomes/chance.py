"""Chance: the figures that the same computation gives for countries that were never partners. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from partnerships.outcomes.comparing import TIED, Compared, Floats

SEED = 7103
DRAWS = 100_000
FEWEST = 5
"""Fewest partners of a pooled line."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """The mean difference of the partners in one measure, and what chance alone gives.

    `p` is the share of draws, this figure included, that are at least as far from zero. `low` and `high` are the 95%
    range, `chance` the ends of 95% of what chance gives, `surprising` the size that it passes in 5%. A true difference
    of `detectable` would be seen in 80% of cases at 5%, one of `detectable_first` at 1.25%, the first step of Holm.
    `draws` are those that name no country twice.
    """

    partners: int
    difference: float
    low: float
    high: float
    chance: tuple[float, float]
    surprising: float
    p: float
    detectable: float
    detectable_first: float
    draws: int


def pooled(compared: Sequence[Compared]) -> Pooled | None:
    """Draw a country that was never a partner for each partner, many times; None for fewer than five partners."""
    if len(compared) < FEWEST:
        return None
    means, difference = random_means(compared), mean_of(compared)
    low, high, miss = (float(end) for end in np.quantile(means, [0.025, 0.975, 0.2]))
    seldom, rare = (float(end) for end in np.quantile(np.abs(means), [0.95, 0.9875]))
    return Pooled(
        len(compared),
        difference,
        difference - high,
        difference - low,
        (low, high),
        seldom,
        p_of(difference, means),
        seldom - miss,
        rare - miss,
        len(means),
    )


def mean_of(compared: Sequence[Compared]) -> float:
    return float(np.mean([one.difference for one in compared]))


def p_of(difference: float, means: Floats) -> float:
    """Return the share of the draws and the difference itself that are at least as far from zero."""
    return float(1 + (np.abs(means) >= abs(difference) - TIED).sum()) / (1 + len(means))


def random_means(compared: Sequence[Compared], draws: int = DRAWS) -> Floats:
    """Return the mean difference of each draw that names no country twice.

    Partners are drawn for by day of signature, from pools in the order of the countries' codes.
    """
    ordered = sorted(compared, key=lambda one: one.signature)
    codes = sorted({code for one in ordered for code in one.pool})
    number = {code: position for position, code in enumerate(codes)}
    generator = np.random.default_rng(SEED)
    total, drawn = np.zeros(draws), []
    for one in ordered:
        picked = generator.integers(0, len(one.pool), draws)
        drawn.append(np.array([number[code] for code in one.pool], dtype=np.int16)[picked])
        total += one.placebos[picked]
    once = np.ones(draws, dtype=np.bool_)
    for first, second in combinations(drawn, 2):
        once &= first != second
    means: Floats = total[once] / len(ordered)
    return means


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Return the p of several tests by Holm: adjusted so that any false claim is as rare as one of a single test."""
    ordered = sorted(p, key=lambda key: p[key])
    adjusted, most = {}, 0.0
    for rank, key in enumerate(ordered):
        most = max(most, min(1.0, (len(ordered) - rank) * p[key]))
        adjusted[key] = most
    return adjusted
