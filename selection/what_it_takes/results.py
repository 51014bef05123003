"""The answer to what it would take for one country, as pages read it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from selection.countries.queries.withdrawn import Withdrawal
from selection.what_if.changes import CountryChange
from selection.what_if.question import Question
from selection.what_it_takes.ends import ValueEnds
from selection.what_it_takes.subsets import SmallestSets
from selection.what_it_takes.weights import AllFree, OneWeight


@dataclass(frozen=True, slots=True)
class Reach:
    """Ranks that one value can reach alone: at the end of its range, at the end of its scale, and on its way.

    A rank is None where there is no such end, and `OUT` where the country would leave the pool. `enough` is the value
    nearest to the present one with which the country is where the question wants it, None if there is none;
    `is_possible` if it is within the range. `low` and `high` are the ranks at both ends of the range.
    """

    value: ValueEnds
    in_range: int | None
    on_scale: int | None
    enough: float | str | None
    is_possible: bool
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class WithTier:
    """The smallest sets beside another tier, and the rank with that tier alone.

    `chance` is the share of countries at the present tier that have this one an edition later; None where unknown.
    """

    tier: str
    chance: float | None
    rank: int
    is_enough: bool
    smallest: SmallestSets


@dataclass(frozen=True, slots=True)
class SetsForLine:
    """The smallest sets of values for the first N: with the tier unchanged, and with each that makes them smaller."""

    first: int
    smallest: SmallestSets
    with_tiers: tuple[WithTier, ...]


@dataclass(frozen=True, slots=True)
class WithdrawnEvidence:
    """A withdrawal of published values with its outcome, and whether it alone is enough."""

    withdrawal: Withdrawal
    series: tuple[str, ...]
    is_enough: bool


@dataclass(frozen=True, slots=True)
class InPool:
    """A label that would put a country in the pool, with the status and the rank that it would then have."""

    criterion: str
    label: str
    status: str
    rank: int | None


@dataclass(frozen=True)
class WhatItTakes:
    """The answer about one country of a run, `first` N, and `wants_in`: whether it is outside the first N now.

    `status` is that of the run. `supplied` are the values that a country without enough evidence lacks, as they count
    now: with them it has the `rank` from which everything starts. `together` are the smallest sets for the first N, and
    for the first N of the model if that is more. A country outside the pool has nothing but
    `pool_reason`, the rank that its score `would_rank`, and `in_pool`; one that cannot be ranked has none of it.
    """

    code: str
    first: int
    ranked: int
    status: str
    wants_in: bool = True
    rank: int | None = None
    would_rank: int | None = None
    fails: tuple[str, ...] = ()
    pool_reason: str = ""
    in_pool: tuple[InPool, ...] = ()
    supplied: Mapping[str, float | str] = field(default_factory=dict)
    reaches: tuple[Reach, ...] = ()
    tier: str = ""
    together: tuple[SetsForLine, ...] = ()
    one_weight: tuple[OneWeight, ...] = ()
    all_free: AllFree | None = None
    gone: int = 0
    random_share: float | None = None
    evidence: tuple[WithdrawnEvidence, ...] = ()

    @property
    def by_key(self) -> dict[str, Reach]:
        return {reach.value.key: reach for reach in self.reaches}

    def is_reached(self, rank: int) -> bool:
        return (rank <= self.first) == self.wants_in

    def question(self, keys: Sequence[str], tier: str = "") -> Question:
        """Return the question that sets what a set of values names, the supplied ones included."""
        values = dict(self.supplied)
        for key in keys:
            end = self.by_key[key].value.in_range
            assert end is not None  # a set is of ends
            values[key] = end.value
        if tier:
            values[self.tier] = tier
        return self.setting(values)

    def setting(self, values: Mapping[str, float | str]) -> Question:
        change = CountryChange({**self.supplied, **values})
        return Question(changes={self.code: change} if change else {})
