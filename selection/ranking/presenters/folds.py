"""Facts behind the findings folded below the list of a ranking; `_ranking_folds.html` shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cpc.web import formats
from selection.models import CountryStatus
from selection.pool_rules.policy import REASONS, PolicyRow, Reason
from selection.ranking.presenters.sentences import group_limits, region_finding
from selection.ranking.queries.findings import PoolCounts, concentration, groups_of, median_widths
from selection.runs.doubts import BY_GROUP, GROUPS
from selection.runs.queries.all_in import AllInFindings, unconfirmed_of
from selection.runs.rows import Ranking, RankingRow

ELSEWHERE = 5
"""Number of countries outside the commonest region that are named."""

LEVEL = 0.6
"""Least share of draws in which the better of two countries must be ahead for their order to be clear."""

UNLISTED: Mapping[str, tuple[str, str]] = {
    CountryStatus.NOT_LISTED: ("not in the TIP Report", "not in the TIP Report"),
    CountryStatus.NOT_CANDIDATE: ("a territory that is not a state", "territories that are not states"),
}
"""Reasons of countries that the pool never includes: not listed in the report, or not a state."""

LISTED: Mapping[str, tuple[str, str]] = {
    Reason.PARTNERSHIP: ("with a partnership in force", "with a partnership in force"),
    Reason.SPECIAL_CASE: ("Special Case", "Special Cases"),
    Reason.TIER3: ("by its tier", "by their tier"),
    Reason.NO_INCOME_CLASS: ("without an income class", "without an income class"),
    Reason.HIGH_INCOME: ("by its income class", "by their income class"),
}
"""Other reasons outside the pool, for one country and for several."""

AS_SHIPPED: Mapping[tuple[str, tuple[str, ...]], str] = {
    (Reason.TIER3, ("Tier 3",)): "on Tier 3",
    (Reason.HIGH_INCOME, ("H",)): "with high income",
}
"""Clearer texts for rules that have their shipped values."""


def folds(ranking: Ranking, counts: PoolCounts, all_in: AllInFindings | None) -> dict[str, Any]:
    """Return the facts of the findings on a run.

    `outside` are the first countries of other regions than the commonest. `neighbors` is the share of draws in which
    the better of two neighbors is ahead, None without draws; `distances` are texts on ranks farther apart. `limits` of
    the groups are None without draws, and `reliability` (least and greatest) without draws of all.
    """
    where, shares = concentration(ranking), ranking.neighbors
    outside = [row for row in ranking.ranked if where is not None and row.region != where.region][:ELSEWHERE]
    reliable = [row.all_in.reliability for row in ranking.ranked if row.all_in]
    return {
        "region": where,
        "region_finding": region_finding(where) if where else "",
        "outside": [f"{row.name} ({row.rank})" for row in outside],
        "neighbors": shares.get(1),
        "are_neighbors_clear": shares.get(1, 0.0) >= LEVEL,
        "distances": [
            f"{formats.chance(shares[n], prose=True)} for two that are {n} apart" for n in sorted(shares) if n > 1
        ],
        "doubt": most_doubt(ranking, all_in),
        "tiers": unconfirmed_of(ranking.ranked, ranking.first),
        "limits": group_limits(ranking.table) if groups_of(ranking) else None,
        "reliability": (min(reliable), max(reliable)) if reliable and ranking.is_all_in else None,
        **pool_facts(counts, ranking),
    }


def most_doubt(ranking: Ranking, all_in: AllInFindings | None) -> dict[str, Any] | None:
    """Return the source of most of the doubt about the ranks; None without draws.

    `shares` are its parts of the variance of ranks, alone and with interactions. Without draws of the method, `width`
    is how many ranks it alone spreads a typical rank over.
    """
    if all_in is None:
        widths = median_widths(ranking)
        drawn = [one for one in BY_GROUP if one.phrase and one.key in widths]
        widest = max(drawn, key=lambda one: widths[one.key], default=None)
        return {"source": widest.phrase, "width": widths[widest.key]} if widest else None
    parts = all_in.decomposition.get("everyone", {})
    key = max(parts, key=lambda name: parts[name][0], default="")
    return {"source": GROUPS[key][0], "shares": parts[key]} if key else None


def pool_facts(counts: PoolCounts, ranking: Ranking) -> dict[str, Any]:
    """Return the counts of the pool, the reasons outside it as texts, and the last decision about it.

    `listed` countries are in the TIP Report. `rule` is the label of the rule that was decided on, `admitted` else the
    country.
    """
    values = {row.reason: tuple(row.values) for row in ranking.pool.policies}
    listed = {reason: count for reason, count in counts.outside.items() if reason not in UNLISTED}
    changed, rule, admitted = counts.changed, "", ""
    if isinstance(changed, PolicyRow):
        rule = REASONS[Reason(changed.reason)].label
    elif changed is not None:
        row = ranking.row(changed.country)
        admitted = row.name if row else changed.country
    return {
        "counts": counts,
        "listed": sum(listed.values()),
        "reasons": [_why_outside(reason, count, values.get(reason, ())) for reason, count in listed.items()],
        "unlisted": [
            f"{formats.count_of(count, 'is', 'are')} {formats.agree(count, *texts)}"
            for reason, texts in UNLISTED.items()
            if (count := counts.outside.get(reason))
        ],
        "rule": rule,
        "admitted": admitted,
    }


def _why_outside(reason: str, count: int, values: tuple[str, ...]) -> str:
    if reason == Reason.UNITED_STATES:
        return "the United States"
    return f"{count} {AS_SHIPPED.get((reason, values)) or formats.agree(count, *LISTED[reason])}"


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
