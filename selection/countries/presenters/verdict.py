"""Facts of the verdict on a country: its ranks, how certain they are, its gaps, and the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.web import formats
from selection.countries.presenters import all_in as all_in_presenters
from selection.countries.presenters import value_use as value_use_presenters
from selection.countries.queries.screen import Screen
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.models import CountryStatus
from selection.pool_rules.policy import Reason
from selection.ranking.presenters import sentences as sentences_presenters
from selection.runs import labels
from selection.runs.verdicts import Fact

BEST = 0.1
"""The share of the ranked countries that are among the best on an axis."""

TELLS = 0.02
"""Least value of a datum at which the verdict names a figure as one that matters."""

FEW = 2
"""Most gaps in the evidence for which a sentence also names the publishers of the missing data."""


def finding(screen: Screen) -> dict[str, Any]:
    """Return the facts of the first sentence on a country; `_finding.html` has its text.

    `high` are the axes on which it is not below the median, `best` those on which it is in the top tenth. `term` is the
    partnership that puts it outside the pool, `outside` another reason for that.
    """
    axes = {"need": screen.need, "feasibility": screen.feasibility}
    score = screen.score
    reason = score.reason.split(". ")[0].rstrip(".")
    in_force = [term for term in screen.terms if term.holds(screen.run.reference_date)]
    return {
        "screen": screen,
        "high": [
            key
            for key, axis in axes.items()
            if axis.value is not None and axis.median is not None and axis.value >= axis.median
        ],
        "best": [key for key, axis in axes.items() if axis.rank is not None and axis.rank <= BEST * screen.ranked],
        "lacking": lacking(screen),
        "term": in_force[-1] if in_force and score.reason_code == Reason.PARTNERSHIP else None,
        # The labels of the TIP Report keep their capitals.
        "outside": reason if score.reason_code in (Reason.TIER3, Reason.SPECIAL_CASE) else labels.lowered(reason),
    }


def lacking(screen: Screen) -> str:
    """Return the missing evidence in the model's sentences: "child labor is not measured, and ..."."""
    reasons = [
        labels.lowered(str(screen.rules[key]["lacking"]).rstrip(".")) for key in screen.lacks if key in screen.rules
    ]
    return ", and ".join(reasons) or "it lacks evidence"


def verdict(screen: Screen) -> dict[str, Any]:
    """Return the facts of the second and the third sentence on a country; `_verdict_text.html` has their text.

    `interval` is "" without draws. `is_robust` is True if better data on any one figure would hardly matter.
    """
    score, table = screen.score, screen.table
    ends = screen.what_if.ends if screen.what_if else {}
    return {
        "screen": screen,
        "interval": labels.interval(score.rank_low, score.rank_high) if score.p20 is not None else "",
        "chance": sentences_presenters.chance(score.p20, table, prose=True),
        "holds": all_in_presenters.holds(screen),
        "methods": "" if score.designs is None or table.is_all_in else of_methods(score.designs, table),
        "gaps": [value_use_presenters.named(row) for row in screen.filled],
        "bridged": [value_use_presenters.named(row) for row in screen.bridged],
        "figure": _telling_figure(screen, ends),
        "is_robust": bool(ends) and score.p20 is not None,
        "lacking": lacking(screen),
        "wanted": _wanted(screen),
        "facts_of_need": [value_use_presenters.named(table.row(key)) for key in table.method.get("facts", ())],
        "would_rank": all_in_presenters.would_rank(screen),
    }


def of_methods(share: float, table: ModelTable) -> str:
    """Return a share of the methods, all of which are tried: "82% of methods", "every method", "no method"."""
    if share in (0.0, 1.0):
        return "every method" if share else "no method"
    limits = sentences_presenters.limits_of(table, "in_designs")
    return f"{formats.chance(share, prose=True, limits=limits)} of methods"


def _telling_figure(screen: Screen, ends: Mapping[str, tuple[int, int]]) -> dict[str, Any] | None:
    """Return the value that matters most, with its range and the ranks between which that range alone could put it."""
    key = most_telling(screen, ends)
    if key is None or key not in ends:
        return None
    row, estimate = screen.table.row(key), screen.lines[key]["estimate"]
    used = [statement.observation for statement in screen.used(key)]
    return {
        "name": value_use_presenters.named(row),
        "is_due": row.due and bool(estimate.get("moves")),
        "kind": "level" if row.is_ordinal else "figure",
        "dated": value_use_presenters.dated(used) if used else "",
        "range": value_use_presenters.span(row, estimate, screen.indicator_used(key)),
        "ranks": formats.span(str(min(ends[key])), str(max(ends[key])), prose=True),
    }


def most_telling(screen: Screen, ends: Mapping[str, tuple[int, int]]) -> str | None:
    """Return the key of the published value that, if known exactly, would change the chance of the first N most.

    Return None if there is none. For a run without draws, which has no chances, it is the value whose range moves the
    rank most.
    """
    known = {key: line["estimate"] for key, line in screen.lines.items() if line["estimate"]["age"] is not None}
    if screen.score.p20 is None:
        return max(
            [key for key in known if key in ends], key=lambda key: abs(ends[key][0] - ends[key][1]), default=None
        )
    key = max(known, key=lambda key: known[key].get("datum") or 0.0, default=None)
    return key if key is not None and (known[key].get("datum") or 0.0) >= TELLS else None


def _wanted(screen: Screen) -> list[str]:
    """Return the data that a country lacks to be ranked, with their publishers if few are missing."""
    wanted = []
    for rule in (screen.rules[key] for key in screen.lacks if key in screen.rules):
        rows = [screen.table.row(name) for name in rule["criteria"]]
        link = "and" if rule.get("least", 1) >= len(rows) else "or"
        named = formats.listing([value_use_presenters.named(row) for row in rows], link)
        publishers = list(dict.fromkeys(name for row in rows for name in _publishers(screen, row)))
        wanted.append(f"{named} ({formats.listing(publishers, 'or')})" if len(screen.lacks) <= FEW else named)
    return wanted


def _publishers(screen: Screen, row: CriterionRow) -> list[str]:
    """Return the publishers of a criterion's indicators, each name cut at its first comma."""
    return [screen.publishers[code].split(",")[0] for code in sorted(row.indicators) if code in screen.publishers]


# ---- figures -------------------------------------------------------------------------------------------------------


def facts(screen: Screen) -> list[Fact]:
    score, figures, ranked = screen.score, screen.figures, screen.ranked
    interval, in_first = labels.interval(score.rank_low, score.rank_high), f"In the first {screen.first}"
    chance = sentences_presenters.chance(score.p20, screen.table)
    gaps = screen.filled
    missing = Fact("Missing values", f"{len(gaps)} of {len(screen.lines)}" if gaps else "None", _completed(screen))
    reliability = _reliability(screen)
    if score.status == CountryStatus.RANKED:
        region = [Fact("In its region", str(score.region_rank), score.region)] if score.region_rank else []
        rank = figures.income_rank if figures else None
        income = [Fact("In its income class", str(rank), labels.income(score.income))] if rank else []
        return [
            Fact("Rank in the pool", f"{score.rank} of {ranked}", interval),
            Fact(in_first, chance, _methods(screen)),
            *region,
            *income,
            *(reliability or [missing]),
        ]
    if score.status == CountryStatus.PROVISIONAL:
        best, worst = score.detail.get("best"), score.detail.get("worst")
        cases = formats.DASH if best is None else formats.span(str(best), str(worst), prose=True)
        return [
            Fact("Would rank", str(score.place), interval),
            Fact(in_first, chance, f"of draws; {all_in_presenters.holds(screen) or 'it has no rank'}"),
            Fact("Best and worst case", cases, "if every uncertain value were so"),
            *reliability,
            missing,
        ]
    among = "; ".join(filter(None, (f"among {ranked}", all_in_presenters.would_rank(screen))))
    would_rank = [Fact("Would rank", str(score.place), among)] if score.place else []
    if figures and figures.outside and score.status == CountryStatus.OUTSIDE_POOL:
        share = sentences_presenters.chance(figures.outside.p20, screen.table)
        would_rank.append(Fact(in_first, share, "of draws; it has no rank"))
    return [Fact("Rank", "None", "not compared"), *would_rank, *reliability, missing]


def _reliability(screen: Screen) -> list[Fact]:
    if screen.figures is None:
        return []
    note = "of the figures; 10 is exact"
    if screen.reliable is not None:
        low, high = (formats.number(end, 1) for end in screen.reliable)
        note = f"of 10; ranked: {low} to {high}"
    return [Fact("Reliability", formats.number(screen.figures.reliability, 1), note)]


def _completed(screen: Screen) -> str:
    """Return how many values are filled from peers, or estimated from another series."""
    gaps, bridged = len(screen.filled), len(screen.bridged)
    note = "filled from peers" if gaps else f"of {len(screen.lines)}"
    return f"{note}; {bridged} estimated from another series" if bridged else note


def _methods(screen: Screen) -> str:
    if screen.score.p10 is None or screen.score.designs is None:
        return "this run has no draws"
    if screen.table.is_all_in:
        return "; ".join(filter(None, ("of draws", all_in_presenters.holds(screen))))
    methods, short = of_methods(screen.score.designs, screen.table), formats.chance(screen.score.p10)
    return f"of draws, {methods}; first {screen.short}: {short} of draws"
