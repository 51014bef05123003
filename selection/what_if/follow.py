"""One country that the page follows: its rank by a question, the countries around it, and its rank over one weight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from selection.runs.queries.basis import Basis
from selection.what_if.answer import Answer, Answered, answer
from selection.what_if.askable import Askable, AskableGroup
from selection.what_if.question import Question, rounded

STEPS = tuple(2.5 * k for k in range(41))
"""Percent of its group that a weight takes in turn; `js/what_if/follow.js` takes the same."""

AROUND = 2
"""Countries shown above the followed one, and below it."""

_DIGITS = 4


@dataclass(frozen=True)
class Sweep:
    """Rank of a country at each of `STEPS` of one weight, None without one; `now` and `own` are percentages."""

    key: str
    label: str
    now: float
    own: float
    ranks: tuple[tuple[float, int], ...]

    def nearest(self, percent: float) -> tuple[float, int]:
        return min(self.ranks, key=lambda pair: (abs(pair[0] - percent), pair[0]))

    @property
    def best(self) -> tuple[float, int]:
        """Return the best rank and the nearest percentage that gives it."""
        top = min(rank for _, rank in self.ranks)
        percent = min((p for p, rank in self.ranks if rank == top), key=lambda p: (abs(p - self.now), p))
        return percent, top

    def turn(self, first: int) -> float | None:
        """Return the nearest percentage at which the country crosses the line; None if it never does."""
        inside = self.nearest(self.now)[1] <= first
        others = [p for p, rank in self.ranks if (rank <= first) != inside]
        return min(others, key=lambda p: (abs(p - self.now), p), default=None)


def around(shown: Answer, code: str) -> Sequence[Answered]:
    """Return the ranked countries around one, itself included; none if it has no rank."""
    ranked = shown.ranked
    at = next((i for i, row in enumerate(ranked) if row.code == code), None)
    if at is None:
        return ()
    start = max(0, min(at - AROUND, len(ranked) - 2 * AROUND - 1))
    return ranked[start : start + 2 * AROUND + 1]


def most_changed(question: Question, askable: Askable) -> tuple[AskableGroup, str] | None:
    """Return the weight that a question changes most, with its group; None if it changes none."""
    changed = [
        (abs(number - weight.percent), group, weight.key)
        for group in askable.groups
        for weight, number in zip(group.weights, shares_of(question, askable, group), strict=True)
        if any(other.key in question.weights for other in group.weights)
    ]
    if not changed:
        return None
    _, group, key = max(changed, key=lambda item: item[0])
    return group, key


def shares_of(question: Question, askable: Askable, group: AskableGroup) -> list[float]:
    """Return the weights of a group in percent of it."""
    numbers = question.numbers(group, askable)
    total = math.fsum(numbers)
    return [100.0 * number / total if total else 0.0 for number in numbers]


def sweep(basis: Basis, question: Question, askable: Askable, code: str) -> Sweep | None:
    """Return the ranks of a country over the weight that a question changes most; None if there are none."""
    found = most_changed(question, askable)
    if found is None:
        return None
    group, key = found
    shares = dict(zip([weight.key for weight in group.weights], shares_of(question, askable, group), strict=True))
    ranks = []
    for percent in STEPS:
        asked = replace(question, weights={**question.weights, **weights_at(shares, key, percent)})
        then = answer(basis, asked)
        rank = None if then.error else then.by_code[code].rank
        if rank is not None:
            ranks.append((percent, rank))
    weight = askable.weights[key]
    return Sweep(key, weight.label, shares[key], weight.percent, tuple(ranks)) if len(ranks) > 1 else None


def weights_at(shares: dict[str, float], key: str, percent: float) -> dict[str, float]:
    """Return the weights of a group if one takes so many percent and the others keep their proportions."""
    rest = math.fsum(share for name, share in shares.items() if name != key)
    return {
        name: percent
        if name == key
        else float(rounded((100.0 - percent) * (share / rest if rest else 1.0 / (len(shares) - 1)), _DIGITS))
        for name, share in shares.items()
    }
