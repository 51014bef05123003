"""Finding above each list of a ranking: the facts from which `_finding.html` makes its sentences."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cpc.grouping import grouped
from cpc.web import formats
from selection.pool_rules.policy import Reason
from selection.ranking.presenters.sentences import NAMED, group_limits
from selection.ranking.queries.findings import groups_of
from selection.ranking.queries.listing import NOT_RANKABLE, OUTSIDE, PROVISIONAL, RANKED, ListTab
from selection.runs import labels
from selection.runs.queries.all_in import TIERS, AllInFindings, GroupOutcome, OverdueEdition
from selection.runs.rows import Ranking, RankingRow
from selection.runs.verdicts import Fact

NAMED_INSIDE = 6
"""The most countries firmly in that a sentence on all-in draws names."""


def finding_of(tab: ListTab, ranking: Ranking, all_in: AllInFindings | None) -> dict[str, Any]:
    """Return the facts of the finding above a list, with the `figures` beside it; `kind` chooses the sentences.

    The finding above an empty list is that of the ranked countries.
    """
    rows, facts = tab.of(ranking), {"first": ranking.table.first, "limits": group_limits(ranking.table)}
    if rows and tab is not RANKED:
        return facts | {"kind": tab.key, "count": len(rows)} | _UNRANKED[tab.key](rows, ranking)
    groups = groups_of(ranking)
    if groups is not None and tab is RANKED and all_in is not None:
        return facts | _all_in(ranking, all_in)
    counts = Counter(row.group for row in ranking.ranked)
    figures = _group_figures(counts, counts, "") if groups else []
    return facts | {"kind": "ranked", "count": len(ranking.ranked), "groups": groups, "figures": figures}


# ---- ranked countries, by draws of data, weights, and method -------------------------------------------------------


def _all_in(ranking: Ranking, all_in: AllInFindings) -> dict[str, Any]:
    settled = all_in.settled or all_in.now
    widths = [round(outcome.width) for outcome in (all_in.now, settled) if outcome.width is not None]
    label = "tier" if all(edition.source_key == TIERS for edition in all_in.overdue) else "value"
    return {
        "kind": "all-in",
        "overdue": all_in.overdue,
        "reports": _reports(all_in.overdue),
        "due": [formats.day(edition.due_on) for edition in all_in.overdue],
        "label": label,
        "now": _firmly_in(all_in.now, ranking),
        "settled": _firmly_in(settled, ranking) if all_in.settled else None,
        "widths": widths if len(set(widths)) == 2 else None,
        "statements": all_in.statements,
        "figures": _group_figures(all_in.now.counts, settled.counts, label),
    }


def _firmly_in(outcome: GroupOutcome, ranking: Ranking) -> dict[str, Any]:
    """Return the countries firmly in; a few are named, by alphabet, as the sentence claims no order."""
    rows = [row for code in outcome.inside if (row := ranking.row(code))]
    names = sorted(row.name for row in rows) if len(outcome.inside) <= NAMED_INSIDE else []
    return {"count": len(outcome.inside), "names": names, "counts": outcome.counts}


def _reports(editions: Sequence[OverdueEdition]) -> str:
    """Return the missing editions: "2026 TIP Report", "2026 and 2027 TIP Reports"."""
    return formats.listing(
        [
            f"{formats.listing([edition.edition for edition in some])} {formats.agree(len(some), name, f'{name}s')}"
            for name, some in grouped(editions, lambda edition: edition.report).items()
        ]
    )


def _group_figures(now: Mapping[str, int], settled: Mapping[str, int], label: str) -> list[Fact]:
    """Return the counts of the groups; one that differs if no `label` changes has that count beside it."""
    return [
        Fact(
            name, str(now[key]), f"{settled[key]} if no {label} changes" if settled[key] != now[key] else "", group=key
        )
        for key, name in labels.SCREEN_GROUPS.items()
    ]


def newest_overdue(all_in: AllInFindings) -> OverdueEdition | None:
    """Return the newest edition that is overdue: the one that would settle the list. None if none is."""
    return max(all_in.overdue, key=lambda edition: edition.due_on, default=None)


# ---- countries without a rank --------------------------------------------------------------------------------------


def _provisional(rows: Sequence[RankingRow], ranking: Ranking) -> dict[str, Any]:
    """Return how many provisional countries may belong among the first, and which evidence they lack."""
    widths = [row.high - row.low for row in rows if row.high is not None and row.low is not None]
    reach = [row for row in rows if row.low is not None and row.low <= ranking.table.first]
    rules = {rule["key"]: rule for rule in ranking.table.method.get("rules", ())}
    lacking = Counter(key for row in rows for key in row.reason_code.split(",") if key in rules)
    figures = [
        Fact(_short_rule(rules[key], ranking), str(number), rules[key]["lacking"])
        for key, number in lacking.most_common(2)
    ]
    if widths:
        width = str(round(statistics.median(widths)))
        figures.append(Fact("Width of the range in places", width, f"median of the {len(widths)}"))
    return {
        "is_drawn": bool(widths),
        "reach": len(reach),
        "best": sorted(reach, key=lambda row: row.median or 0)[:2],
        "figures": figures,
    }


def _short_rule(rule: Mapping[str, Any], ranking: Ranking) -> str:
    criteria = [labels.short(ranking.table.row(key).label) for key in rule["criteria"]]
    return labels.raised(formats.listing(criteria, "or"))


def _outside(rows: Sequence[RankingRow], ranking: Ranking) -> dict[str, Any]:
    """Return which countries outside the pool would come among the first, and how many lack evidence for a rank."""
    scored = [(row.place, row) for row in rows if row.place is not None and row.reason_code != Reason.UNITED_STATES]
    near = sorted((rank, row.name) for rank, row in scored if rank <= ranking.table.first and not row.fails)
    names = [f"{name} at rank {rank}" for rank, name in near[:NAMED]]
    return {
        "near": len(near),
        "names": [*names, f"{len(near) - NAMED} more"] if len(near) > NAMED else names,
        "lacking": sum(bool(row.fails) for _, row in scored),
    }


def _not_rankable(rows: Sequence[RankingRow], _ranking: Ranking) -> dict[str, Any]:
    return {"names": [row.name for row in rows] if len(rows) <= NAMED else []}


_UNRANKED = {PROVISIONAL.key: _provisional, OUTSIDE.key: _outside, NOT_RANKABLE.key: _not_rankable}
