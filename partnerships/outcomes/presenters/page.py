"""Context of the page, and what a measure's tab shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cpc.web import formats
from partnerships.outcomes.chance import DRAWS, SEED
from partnerships.outcomes.measures import METHOD, TIER
from partnerships.outcomes.presenters import folds, pooled
from partnerships.outcomes.presenters.lead import facts_of, lead_of
from partnerships.outcomes.presenters.partners import (
    Drawn,
    movement_of,
    partners_table,
    picture_legend,
    pictures,
)
from partnerships.outcomes.results import MeasureResult, OutcomeResults
from partnerships.outcomes.verdict import verdict_of


def context_of(results: OutcomeResults, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what every tab shows."""
    verdict, tier = verdict_of(results), results.measures.get(TIER.key)
    about = verdict.about or tier or next(iter(results.measures.values()))
    return {
        "lead": lead_of(verdict),
        "facts": facts_of(results, verdict, names),
        "pooled_rows": pooled.pooled_rows(results),
        "pooled_legend": pooled.legend(results),
        "outside": pooled.outside(results),
        "has_line": any(row.pooled for row in results.measures.values()),
        "pooled_table": pooled.pooled_table(results),
        "measures": list(results.measures.values()),
        "partners": len(about.compared),
        "partners_for": pooled.partners_for(tier) if tier else None,
        "chosen": folds.chosen_of(results, names),
        "checks": folds.check_lines(results, names),
        "checks_table": folds.checks_table(results),
        "checks_finding": folds.checks_finding(results),
        "editions": editions_text(results),
        "newest": max(period for result in results.measures.values() for period in result.published),
        "method": METHOD,
        "seed": SEED,
        "draws": DRAWS,
    }


def editions_text(results: OutcomeResults) -> str:
    """Return the newest period of each measure: "TIP tier to 2025, political rights to 2024"."""
    parts = [f"{result.measure.title} to {max(result.published)}" for result in results.measures.values()]
    return formats.listing(parts)


def measure_context(result: MeasureResult, drawn: Drawn, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the tab of a tested measure shows."""
    return {
        "result": result,
        "pictures": pictures(result, drawn, names),
        "picture_legend": picture_legend(result, drawn),
        "movement": movement_of(result, drawn, names),
        "partners_table": partners_table(result, names),
        "groups_table": folds.groups_table(names),
        "group_sizes": folds.sizes_of(result, names),
    }


def countries_of(result: MeasureResult) -> Sequence[str]:
    """Return the countries whose values a tab shows: the partners and all of their groups."""
    members = {member.country for one in result.compared for member in one.members}
    return sorted({one.country for one in result.partners} | members)
