"""Measures of partners' ranks among other countries: percentiles, the area under the curve, and chance."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

CHANCE = 0.5
"""Area under the curve of a list that is unrelated to who the partners are."""

APART = 2.0
"""Standard errors from chance beyond which an area is taken for more than chance."""


def percentile(rank: int, of: int) -> float:
    """Return the position of a rank in a list as a share of it: small is high."""
    return rank / of


@dataclass(frozen=True, slots=True)
class AreaUnderCurve:
    """Share of other countries that rank below a partner, averaged over partners.

    `error` is the standard error of that share for lists that are unrelated to who the partners are.
    """

    value: float
    error: float

    @property
    def distance(self) -> float:
        """Return the distance from chance in standard errors, positive if partners rank above others."""
        return (self.value - CHANCE) / self.error if self.error else 0.0

    @property
    def chance_range(self) -> tuple[float, float]:
        return max(CHANCE - APART * self.error, 0.0), min(CHANCE + APART * self.error, 1.0)

    @property
    def is_high(self) -> bool:
        return self.distance >= APART

    @property
    def is_low(self) -> bool:
        return self.distance <= -APART


def area_of_ranks(ranks: Sequence[tuple[int, int]]) -> AreaUnderCurve | None:
    """Return the area for partners of different lists, each given as its rank and the length of the list.

    None if no list has a second country.
    """
    lists = [(rank, of) for rank, of in ranks if of > 1]
    if not lists:
        return None
    above = [(of - rank) / (of - 1) for rank, of in lists]
    # The share of others below a rank drawn at random from 1 to n has the variance (n + 1) / (12 (n - 1)).
    variance = math.fsum((of + 1) / (12 * (of - 1)) for _, of in lists)
    return AreaUnderCurve(math.fsum(above) / len(above), math.sqrt(variance) / len(lists))


def area_against(scores: Mapping[str, float], partners: Collection[str]) -> float | None:
    """Return the area for partners of one list: the share of pairs with another country in which the partner is ahead.

    A tie counts half. None if there are no partners or no others.
    """
    own = [score for code, score in scores.items() if code in partners]
    others = [score for code, score in scores.items() if code not in partners]
    if not own or not others:
        return None
    ahead = sum(1.0 if a > b else 0.5 if a == b else 0.0 for a in own for b in others)
    return ahead / (len(own) * len(others))


def chance_within(lengths: Sequence[int], first: int) -> float:
    """Return how many partners chance alone would put among the first N of lists of these lengths."""
    return math.fsum(min(first, of) / of for of in lengths if of)
