"""Limits of a backtest: the questions it cannot answer, and why no model is tuned to it.

The sentences are in `templates/selection/backtest/limits.txt`, as the command prints them, too.
"""

from __future__ import annotations

from typing import Any

from cpc.grouping import grouped
from cpc.web import formats
from selection.backtest import Case, Findings, Spot
from selection.backtest.presenters.findings import Names, paragraphs
from selection.ranking.presenters.sentences import whole_percent


def limits(findings: Findings, names: Names) -> list[tuple[str, str]]:
    """Return the questions that the backtest cannot answer: bold text, and the rest of each."""
    facts = {
        "first": findings.first,
        "cases": len(findings.cases),
        "example": _example_facts(findings, names),
        "together": _same_lists(findings, names),
        "unranked": [
            names[case.country]
            for case, _ in findings.placed
            if any(known.key == "prevalence" and known.how == "dropped" for known in case.known)
        ],
        "best": _best_share(findings),
    }
    return paragraphs("selection/backtest/limits.txt", facts)


def example(findings: Findings) -> tuple[Case, Spot] | None:
    """Return the median partner of those in the pool of their year, whose place the page explains."""
    inside = sorted(
        ((case, spot) for case, spot in findings.placed if not case.outside), key=lambda item: item[1].percentile
    )
    return inside[(len(inside) - 1) // 2] if inside else None


def _example_facts(findings: Findings, names: Names) -> dict[str, Any] | None:
    median = example(findings)
    if median is None:
        return None
    case, spot = median
    return {
        "name": names[case.country],
        "cutoff": case.cutoff.year,
        "spot": spot,
        "within": formats.chance(spot.within, prose=True),
        "by_chance": whole_percent(min(findings.first / spot.of, 1.0)),
    }


def _same_lists(findings: Findings, names: Names) -> str:
    """Return the partners that were placed in one list: "Ghana and Peru; Jamaica and Albania"."""
    lists = grouped(findings.cases, lambda case: case.cutoff).values()
    return "; ".join(formats.listing([names[case.country] for case in cases]) for cases in lists if len(cases) > 1)


def _best_share(findings: Findings) -> dict[str, Any] | None:
    """Return the weight of need with which partners rank highest on the run's data; None if nothing is compared."""
    rows = findings.today.by_share if findings.today else ()
    if not rows:
        return None
    best, area = max(rows, key=lambda row: (row[1], -row[0]))
    return {
        "share": whole_percent(best),
        "area": whole_percent(area),
        "is_without_need": best == rows[0][0] == 0.0,
    }
