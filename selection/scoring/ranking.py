"""Ranks and statuses. Scores are compared as whole numbers of 1e-9; displayed digits never feed a rank."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from .value_functions import BoolArray, FloatArray

QUANTUM_SCALE = 1e9
"""Scores are compared as whole numbers of 1e-9, so that noise of the last bits never decides a rank."""


class Status(StrEnum):
    """Status of a country in the run. Only RANKED has a rank; no unranked country is ranked last."""

    RANKED = "ranked"
    UNRANKED_COVERAGE = "unranked_coverage"
    UNRANKED_REQUIRED = "unranked_required"
    SCREENED_OUT = "screened_out"
    UNDETERMINED = "undetermined"
    PROVISIONAL = "provisional"
    OUTSIDE_POOL = "outside_pool"
    NOT_RANKABLE = "not_rankable"


@dataclass(frozen=True)
class RankInterval:
    """Ranks that 5, 50 and 95 percent of the draws reach or better: a share of assumptions, no confidence interval."""

    low: int
    median: int
    high: int


def quantise(scores: FloatArray) -> NDArray[np.int64]:
    """Return scores (finite) in whole numbers of 1e-9, rounded half to even."""
    return np.rint(scores * QUANTUM_SCALE).astype(np.int64)


def competition_ranks(scores: FloatArray) -> NDArray[np.int64]:
    """Rank 1 + number of countries with a greater quantised score (1, 2, 2, 4); 0 where the score is NaN."""
    ranks = np.zeros(len(scores), dtype=np.int64)
    known = ~np.isnan(scores)
    quantised = quantise(scores[known])
    ranks[known] = len(quantised) - np.searchsorted(np.sort(quantised), quantised, "right") + 1
    return ranks


def competition_rank_rows(scores: FloatArray) -> NDArray[np.int64]:
    """Return the `competition_ranks` of every row of scores (K, m)."""
    known = ~np.isnan(scores)
    shortfalls = np.where(known, -quantise(np.where(known, scores, 0.0)), np.iinfo(np.int64).max)
    order = np.argsort(shortfalls, axis=1, kind="stable")
    ordered = np.take_along_axis(shortfalls, order, axis=1)
    first = np.tile(np.arange(1, scores.shape[1] + 1), (len(scores), 1))
    first[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = 0
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.maximum.accumulate(first, axis=1), axis=1)
    return np.where(known, ranks, 0)


def places(scores: FloatArray, ranked: BoolArray) -> NDArray[np.int64]:
    """Return each score's rank among the ranked: 1 + the number of ranked countries above; 0 if it is NaN."""
    taken = np.zeros(len(scores), dtype=np.int64)
    known = ~np.isnan(scores)
    among = np.sort(quantise(scores[known & ranked]))
    taken[known] = len(among) - np.searchsorted(among, quantise(scores[known]), "right") + 1
    return taken


def displayed(score: float) -> str:
    """Return a score in 0..1 as pages print it: points of 100 with one decimal."""
    return f"{100.0 * score:.1f}"


def equal_when_displayed(scores: FloatArray, ranks: NDArray[np.int64]) -> BoolArray:
    """Return the ranked countries that print the same score as one with another rank.

    Their scores differ by less than the printed decimals show.
    """
    marked = np.zeros(len(scores), dtype=np.bool_)
    order = np.argsort(ranks, kind="stable")
    order = order[ranks[order] > 0]
    texts = [displayed(score) for score in scores[order].tolist()]
    # Printing preserves order, so equal texts are adjacent; a group that spans two ranks differs somewhere inside.
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or texts[end] != texts[start]:
            group = order[start:end]
            marked[group] = ranks[group[0]] != ranks[group[-1]]
            start = end
    return marked
