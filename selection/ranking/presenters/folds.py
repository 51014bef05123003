"""Facts behind the findings folded below the list of a ranking; `_ranking_folds.html` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import formats
from selection.ranking.presenters.verdict import DOUBTS, group_limits, pool, pool_changed, region_finding
from selection.ranking.queries.findings import PoolCounts, concentration, groups_of, median_widths
from selection.runs.queries.all_in import AllInFindings, Unconfirmed, unconfirmed_of
from selection.runs.rows import Ranking, RankingRow

ELSEWHERE = 5
"""Number of countries outside the commonest region that are named."""

LEVEL = 0.6
"""Least share of draws in which the better of two countries must be ahead for their order to be clear."""

VARIED = {"data": "data", "weights": "weights", "designs": "method"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Source of most of the doubt about the ranks.

    `shares` are its parts of the variance of ranks, alone and with interactions. Without draws of the method, `width`
    is how many ranks it alone spreads a typical rank over.
    """

    source: str
    shares: tuple[float, float] | None = None
    width: int = 0


@dataclass(frozen=True, slots=True)
class Folds:
    """Facts of the findings on a run.

    `region` is a finding with its context, `outside` are the first countries of other regions. `neighbors` is the share
    of draws in which the better of two neighbors is ahead, None without draws; `distances` are texts on ranks farther
    apart. `limits` of the groups are None without draws, and `reliability` (least and greatest) without draws of all.
    """

    region: tuple[str, str] | None
    outside: Sequence[str]
    neighbors: float | None
    distances: Sequence[str]
    doubt: Doubt | None
    tiers: Unconfirmed
    counts: PoolCounts
    pool: tuple[str, str]
    pool_changed: str
    limits: tuple[str, str] | None
    reliability: tuple[float, float] | None

    @property
    def are_neighbors_clear(self) -> bool:
        return self.neighbors is not None and self.neighbors >= LEVEL


def folds(ranking: Ranking, counts: PoolCounts, found: AllInFindings | None) -> Folds:
    where, shares = concentration(ranking), ranking.neighbors
    outside = [row for row in ranking.ranked if where is not None and row.region != where.region][:ELSEWHERE]
    reliable = [row.all_in.reliability for row in ranking.ranked if row.all_in]
    return Folds(
        region=region_finding(where) if where else None,
        outside=[f"{row.name} ({row.rank})" for row in outside],
        neighbors=shares.get(1),
        distances=[
            f"{formats.chance(shares[n], prose=True)} for two that are {n} apart" for n in sorted(shares) if n > 1
        ],
        doubt=most_doubt(ranking, found),
        tiers=unconfirmed_of(ranking.ranked, ranking.first),
        counts=counts,
        pool=pool(counts, ranking),
        pool_changed=pool_changed(counts, ranking),
        limits=group_limits(ranking.table) if groups_of(ranking) else None,
        reliability=(min(reliable), max(reliable)) if reliable and ranking.is_all_in else None,
    )


def most_doubt(ranking: Ranking, found: AllInFindings | None) -> Doubt | None:
    """Return what most of the doubt about the ranks comes from; None without draws."""
    if found is None:
        widths = median_widths(ranking)
        known = [key for key in DOUBTS if key in widths]
        key = max(known, key=lambda key: widths[key], default="")
        return Doubt(DOUBTS[key][1], width=widths[key]) if key else None
    parts = found.decomposition.get("everyone", {})
    if not parts:
        return None
    key = max(parts, key=lambda name: parts[name][0])
    alone, together = parts[key]
    return Doubt(VARIED[key], (alone, together))


@dataclass(frozen=True, slots=True)
class Likeliest:
    """Country below the first N that is there most often, and how many of the `above` countries it exceeds."""

    row: RankingRow
    exceeded: int
    above: int


def likeliest(ranking: Ranking) -> Likeliest | None:
    """Return the country below the first N that is there most often.

    None if it is there less often than each of them, or no draw was made.
    """
    first = {row.code for row in ranking.first}
    shares = [row.p20 for row in ranking.first if row.p20 is not None]
    below = [row for row in ranking.ranked if row.code not in first and row.p20 is not None]
    if not below or not shares:
        return None
    best = max(below, key=lambda row: (row.p20 or 0.0, -(row.rank or 0)))
    exceeded = sum(share < (best.p20 or 0.0) for share in shares)
    return Likeliest(best, exceeded, len(ranking.first)) if exceeded else None
