"""Ranks of a country by other weights: one at a time, all of them free, and at random. Pure.

One weight at a time is exact: every node from 0 to 100 in steps of .5, its siblings in proportion, in the numbers that
What if takes. The smallest change of all weights is found by search, so there may be a smaller one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from selection.scoring.ranking import quantise
from selection.scoring.robustness.exact import root_scores
from selection.scoring.tree import Plan
from selection.scoring.value_functions import FloatArray
from selection.what_if.askable import AskableGroup

STEPS = tuple(k / 2 for k in range(201))
"""Percent of its group that a weight takes in turn."""

TRIES = 10_000
"""Random weightings, each as likely as any other."""

_CHUNK = 1_000
_MOVES = 600
_SIZES = (2.0, 8.0, 25.0)

Numbers = Mapping[str, float]
"""Weights by key, in percent of their group."""


@dataclass(frozen=True, eq=False)
class Field:
    """The ranked countries (m, J) under one plan, the row of one of them, and the groups whose weights may vary."""

    plan: Plan
    u: FloatArray
    row: int
    groups: tuple[AskableGroup, ...]
    first: int
    wants_in: bool

    @cached_property
    def own(self) -> Numbers:
        """Return every weight of the run."""
        return {weight.key: weight.percent for group in self.groups for weight in group.weights}

    @property
    def others(self) -> NDArray[np.intp]:
        return np.delete(np.arange(len(self.u)), self.row)

    def scores(self, weightings: Sequence[Numbers]) -> NDArray[np.int64]:
        """Return the scores (S, m) in quanta under weightings of which each names only what differs."""
        local: list[FloatArray] = []
        keys = {group.key: [weight.key for weight in group.weights] for group in self.groups}
        for branch in self.plan.branches:
            if branch.key not in keys:
                local.append(branch.weights)
                continue
            names = keys[branch.key]
            if not any(name in given for given in weightings for name in names):
                local.append(branch.weights)
                continue
            numbers = np.array([[given.get(name, self.own[name]) for name in names] for given in weightings])
            local.append((numbers / numbers.sum(axis=1, keepdims=True))[:, None, :])
        scores = root_scores(self.plan, self.u, local)
        return quantise(np.nan_to_num(np.broadcast_to(scores, (len(weightings), len(self.u))), nan=-1.0))

    def ranks(self, weightings: Sequence[Numbers]) -> list[int]:
        scores = self.scores(weightings)
        found: list[int] = (1 + (scores > scores[:, self.row : self.row + 1]).sum(axis=1)).tolist()
        return found

    def shortfalls(self, weightings: Sequence[Numbers]) -> FloatArray:
        """Return how far the score lacks the line (S,): 0 or less where the country is where the question wants it."""
        scores = self.scores(weightings)
        others = np.sort(scores[:, self.others], axis=1)
        if self.first > others.shape[1]:
            line = np.full(len(scores), np.iinfo(np.int64).min // 2)
        else:
            line = others[:, -self.first]
        lacking = (line - scores[:, self.row]).astype(np.float64)
        return lacking if self.wants_in else 1.0 - lacking

    def is_reached(self, rank: int) -> bool:
        return (rank <= self.first) == self.wants_in


# ---- one weight at a time ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OneWeight:
    """Ranks of a country as one weight takes each of `STEPS` percent of its group.

    `best` is the best of them and `at` the nearest percentage that gives it; `enough` the nearest percentage at which
    the country is where the question wants it, None if no percentage is.
    """

    key: str
    label: str
    group: str
    percent: float
    best: int
    at: float
    enough: float | None
    ranks: tuple[int, ...]


def with_weight(group: AskableGroup, key: str, percent: float) -> dict[str, float]:
    """Return the weights of a group if one of them takes so many percent and the others keep their proportions."""
    own = {weight.key: weight.percent for weight in group.weights}
    rest = math.fsum(value for name, value in own.items() if name != key)
    return {
        name: percent if name == key else round((100.0 - percent) * (value / rest if rest else 1.0 / (len(own) - 1)), 4)
        for name, value in own.items()
    }


def one_weight_each(field: Field, exactly: Callable[[Numbers], int]) -> tuple[OneWeight, ...]:
    """Return the ranks of every weight in turn; `exactly` asks What if where a weight of 0 leaves out a criterion."""
    return tuple(
        _one(field, group, weight.key, weight.label, weight.percent, exactly)
        for group in field.groups
        for weight in group.weights
    )


def _one(
    field: Field, group: AskableGroup, key: str, label: str, percent: float, exactly: Callable[[Numbers], int]
) -> OneWeight:
    weightings = [with_weight(group, key, step) for step in STEPS]
    ranks = field.ranks(weightings[1:-1])
    ranks = [exactly(weightings[0]), *ranks, exactly(weightings[-1])]
    better = min if field.wants_in else max
    best = better(ranks)
    near = sorted(range(len(STEPS)), key=lambda k: (abs(STEPS[k] - percent), k))
    enough = [STEPS[k] for k in near if field.is_reached(ranks[k])]
    at = next(STEPS[k] for k in near if ranks[k] == best)
    return OneWeight(key, label, group.key, percent, best, at, enough[0] if enough else None, tuple(ranks))


# ---- all of them free ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AllFree:
    """A weighting that reaches the line: the weights that differ, in tenths of a percent of their groups.

    `moved` is the share of all weight that changes criterion: half the sum of the differences.
    """

    numbers: Mapping[str, float]
    moved: float


def smallest_found(field: Field, starts: Sequence[Numbers]) -> AllFree | None:
    """Search for the weighting nearest to the run's that reaches the line; None if none is found."""
    found = []
    for start in ({}, *starts):
        numbers = _climbed(field, {**field.own, **start})
        if numbers is not None:
            numbers = _tenths(field, _pruned(field, numbers))
            if field.shortfalls([numbers])[0] <= 0:
                found.append((float(moved_shares(field, [numbers])[0]), numbers))
    if not found:
        return None
    moved, numbers = min(found, key=lambda item: item[0])
    changed = [group for group in field.groups if any(numbers[w.key] != w.percent for w in group.weights)]
    return AllFree({w.key: numbers[w.key] for group in changed for w in group.weights}, moved)


def _climbed(field: Field, numbers: dict[str, float]) -> dict[str, float] | None:
    """Move weight, most effect first, until the line is reached; None if it is out of reach from here."""
    lacking = float(field.shortfalls([numbers])[0])
    for _ in range(_MOVES):
        if lacking <= 0:
            return numbers
        for size in _SIZES:
            trials = _transfers(field, numbers, size)
            gains = lacking - field.shortfalls(trials)
            shares = moved_shares(field, [numbers, *trials])
            best = int(np.argmax(np.where(gains > 0, gains / np.maximum(shares[1:] - shares[0], 1e-4), -1.0)))
            if gains[best] > 0:
                numbers, lacking = trials[best], lacking - float(gains[best])
                break
        else:
            return None
    return None


def _pruned(field: Field, numbers: dict[str, float]) -> dict[str, float]:
    """Move weight back as long as the line is still reached."""
    for size in (8.0, 2.0, 0.5, 0.1):
        while True:
            trials = _transfers(field, numbers, size)
            shares = moved_shares(field, [numbers, *trials])
            holds = (field.shortfalls(trials) <= 0) & (shares[1:] < shares[0] - 1e-9)
            if not holds.any():
                break
            numbers = trials[int(np.argmin(np.where(holds, shares[1:], np.inf)))]
    return numbers


def _transfers(field: Field, numbers: Numbers, size: float) -> list[dict[str, float]]:
    trials = []
    for group in field.groups:
        for giver in group.weights:
            step = min(size, numbers[giver.key])
            for taker in group.weights if step > 0 else ():
                if taker.key != giver.key:
                    moved = {giver.key: numbers[giver.key] - step, taker.key: numbers[taker.key] + step}
                    trials.append({**numbers, **moved})
    return trials


def _tenths(field: Field, numbers: Numbers) -> dict[str, float]:
    """Return the numbers in tenths; a group that is the run's keeps its own."""
    found = dict(numbers)
    for group in field.groups:
        if any(abs(numbers[w.key] - w.percent) > 1e-9 for w in group.weights):
            found |= {w.key: round(numbers[w.key], 1) for w in group.weights}
    return found


def moved_shares(field: Field, weightings: Sequence[Numbers]) -> FloatArray:
    """Return half the sum of the differences (S,) of the criteria's weights in the whole from those of the run."""
    now, was = _leaves(field, weightings), _leaves(field, [field.own])
    return np.abs(now - was).sum(axis=1) / 2.0


def _leaves(field: Field, weightings: Sequence[Numbers]) -> FloatArray:
    """Return the weights (S, criteria) in the whole, in the order of the groups."""
    inner = {group.key for group in field.groups}
    shares = {field.groups[0].key: np.ones(len(weightings))}
    leaves = []
    for group in field.groups:
        numbers = np.array([[given[weight.key] for weight in group.weights] for given in weightings])
        parts = shares[group.key][:, None] * numbers / numbers.sum(axis=1, keepdims=True)
        for c, weight in enumerate(group.weights):
            if weight.key in inner:
                shares[weight.key] = parts[:, c]
            else:
                leaves.append(parts[:, c])
    return np.stack(leaves, axis=1)


# ---- at random -----------------------------------------------------------------------------------------------------


def random_share(field: Field, seed: int, tries: int = TRIES) -> float:
    """Return the share of random weightings, each as likely as any other, in which the country is among the first N."""
    rng, within = np.random.default_rng(seed), 0
    for start in range(0, tries, _CHUNK):
        size = min(_CHUNK, tries - start)
        local: list[FloatArray] = []
        for branch in field.plan.branches:
            drawn = rng.dirichlet(np.ones(len(branch.children)), size)
            local.append(drawn[:, None, :])
        scores = quantise(np.nan_to_num(root_scores(field.plan, field.u, local), nan=-1.0))
        above = (scores > scores[:, field.row : field.row + 1]).sum(axis=1)
        within += int((above < field.first).sum())
    return within / tries
