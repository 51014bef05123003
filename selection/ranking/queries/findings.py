"""Findings shown before any rank: the three groups, the pool, the ranking's limits, and its certainty."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from selection.models import CountryStatus
from selection.models.runs import ScreenGroup
from selection.pool_rules.policy import (
    REASONS,
    AdmissionRow,
    PolicyRow,
    Reason,
)
from selection.runs.rows import Ranking, RankingRow


@dataclass(frozen=True, slots=True)
class RankingGroups:
    """The ranked countries by whether they are among the first on nearly every reading, on some, or on none."""

    inside: tuple[RankingRow, ...]
    open: tuple[RankingRow, ...]
    outside: tuple[RankingRow, ...]

    @property
    def names_inside(self) -> list[str]:
        return [row.name for row in self.inside]


def groups_of(ranking: Ranking) -> RankingGroups | None:
    """Return the three groups; None if nothing is ranked or no draw was made."""
    groups = [
        tuple(row for row in ranking.ranked if row.group == group.value)
        for group in (ScreenGroup.IN, ScreenGroup.OPEN, ScreenGroup.OUT)
    ]
    return RankingGroups(*groups) if any(groups) else None


@dataclass(frozen=True, slots=True)
class Concentration:
    """Region with most of the first countries: how many of them, and how many of all ranked countries."""

    region: str
    count_in_first: int
    of_first: int
    ranked: int
    of_ranked: int

    @property
    def uneven(self) -> bool:
        """Return whether its share of the first countries is more than half again its share of the ranked."""
        return self.count_in_first * self.of_ranked * 2 > 3 * self.ranked * self.of_first


def concentration(ranking: Ranking) -> Concentration | None:
    """Return the region with most of the first countries; None if nothing is ranked."""
    among = Counter(row.region for row in ranking.first if row.region)
    if not among:
        return None
    region, count = min(among.items(), key=lambda item: (-item[1], item[0]))
    ranked = sum(row.region == region for row in ranking.ranked)
    return Concentration(region, count, len(ranking.first), ranked, len(ranking.ranked))


def median_widths(ranking: Ranking) -> dict[str, int]:
    """Return the median width of the rank's interval by source of doubt, over the ranked countries."""
    names = next((row.widths for row in ranking.ranked if row.widths), {})
    return {name: round(statistics.median(row.widths[name] for row in ranking.ranked if row.widths)) for name in names}


@dataclass(frozen=True, slots=True)
class PoolCounts:
    """Countries in the pool of a run, those outside by reason, and the newest decision about it.

    `outside` has the reasons of the policy in order, then the other reasons, each with its number of countries.
    """

    inside: int
    admitted: int
    outside: Mapping[str, int]
    changed: PolicyRow | AdmissionRow | None

    @property
    def left_out(self) -> int:
        return sum(self.outside.values())


IN_POOL = (CountryStatus.RANKED, CountryStatus.PROVISIONAL, CountryStatus.NOT_RANKABLE)


def reason_of(row: RankingRow) -> str:
    """Return the reason that a country is outside: that of the pool, else its status.

    The United States is named by itself even if no report that lists it is known.
    """
    if row.status == CountryStatus.OUTSIDE_POOL:
        return row.reason_code
    return Reason.UNITED_STATES.value if row.code in REASONS[Reason.UNITED_STATES].values else row.status


def pool_counts(ranking: Ranking) -> PoolCounts:
    statuses = Counter(row.status for row in ranking.rows)
    reasons = Counter(reason_of(row) for row in ranking.rows if row.status not in IN_POOL)
    listed = (*Reason, CountryStatus.NOT_LISTED, CountryStatus.NOT_CANDIDATE)
    outside = {reason.value: reasons[reason.value] for reason in listed}
    rows: tuple[PolicyRow | AdmissionRow, ...] = (*ranking.pool.policies, *ranking.pool.admissions)
    decided = [row for row in rows if row.decided_by]
    return PoolCounts(
        sum(statuses[status] for status in IN_POOL),
        len(ranking.pool.admissions),
        {reason: count for reason, count in outside.items() if count},
        max(decided, key=lambda row: row.since, default=None),
    )
