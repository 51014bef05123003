"""One country against the first N of a run, as the changes of its figures are tried. Pure.

A value that is set moves its country alone, so the scores of all others are those of the run, and each trial is one
score. `what_if.answer` gives the same rank for the same values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from selection.scoring import Status
from selection.scoring.ranking import quantise
from selection.scoring.robustness.exact import root_scores
from selection.scoring.tree import Plan
from selection.scoring.value_functions import FloatArray

OUT = 10**6
"""Rank of a country that leaves the pool, behind every other."""


@dataclass(frozen=True, eq=False)
class CountryCase:
    """A country with its values `u` (J,), the scores of the ranked others, rising, in quanta, and the question.

    `wants_in`: the country is below the first N and the question is what would bring it in; else it is among them, and
    the question is what would take it out. `columns` are the criteria's positions by key.
    """

    plan: Plan
    u: FloatArray
    others: NDArray[np.int64]
    first: int
    wants_in: bool
    columns: Mapping[str, int]

    def ranks(self, rows: FloatArray) -> NDArray[np.int64]:
        """Return the rank of the country by each row of values (k, J)."""
        scores = quantise(root_scores(self.plan, rows))
        return len(self.others) - np.searchsorted(self.others, scores, "right") + 1

    def rank(self, values: Mapping[str, float]) -> int:
        """Return the rank with some values of u by criterion."""
        return int(self.ranks(self.row(values)[None, :])[0])

    def row(self, values: Mapping[str, float]) -> FloatArray:
        row = self.u.copy()
        for key, u in values.items():
            row[self.columns[key]] = u
        return row

    def is_reached(self, rank: int) -> bool:
        """Return whether the country is where the question wants it; countries with equal scores share a rank."""
        return (rank <= self.first) == self.wants_in

    def best(self, ranks: Sequence[int]) -> int:
        return min(ranks) if self.wants_in else max(ranks)

    def key(self, rank: int) -> int:
        """Return a number that is lower the farther a rank goes the way that the question asks about."""
        return rank if self.wants_in else -rank


def others_of(scores: FloatArray, statuses: Sequence[Status | str], position: int) -> NDArray[np.int64]:
    """Return the scores of the ranked countries other than one, rising, in quanta."""
    ranked = [status == Status.RANKED and i != position for i, status in enumerate(statuses)]
    return np.sort(quantise(scores[np.array(ranked, dtype=np.bool_)]))
