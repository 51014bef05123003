"""Facts in the sentences of the method page: the seven steps, their effects in a run, and the limits of the list."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from cpc.web import formats
from selection.method.queries.run_figures import RunFigures, retained_share, share_drawn
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.model_definition.method_labels import share
from selection.pool_rules.policy import REASONS, Reason
from selection.runs.labels import lowered, short
from selection.runs.rows import neighbors_of

LIMITS = 6
"""Number of limits of the list that need no figure of a run."""

TOP_CHOICES = 3
"""Number of choices of the method that the page names."""


def page_facts(table: ModelTable, found: RunFigures | None) -> dict[str, Any]:
    """Return the facts in the sentences of steps and limits; those of a run are left out without one."""
    method = table.method
    rows = [row for row in table.rows(Stage.SCREEN) if row.key in method.get("facts", ()) and row.weight > 0]
    whole = math.fsum(row.weight for row in rows)
    facts = {
        "least_peers": method.get("least_peers", 12),
        "facts": [short(row.label) for row in rows],
        "weighted_facts": [f"{short(row.label)} ({share(round(row.weight / whole, 3))})" for row in rows],
        "shows_detected": any(row.stage == "shown" and row.key == "detected" for row in table.criteria),
        "axes": [
            f"{lowered(node.label)} from {100 * node.span[0]:g} to {100 * node.span[1]:g}"
            for node in table.nodes
            if not node.parent and node.span
        ],
        "need_share": [formats.share(end) for end in share_drawn(table) or ()],
        "limit_count": LIMITS,
    }
    return facts if found is None else facts | _effects(table, found)


def _effects(table: ModelTable, found: RunFigures) -> dict[str, Any]:
    labels = {choice["key"]: lowered(choice["label"]) for choice in table.method.get("choices", ())}
    shares = sorted(found.drawn.get("anova", {}).items(), key=lambda item: -item[1])[:TOP_CHOICES]
    least, most = (pick(found.left_out, key=lambda row: row.change, default=None) for pick in (min, max))
    regions = [region for region in found.regions if region.first]
    neighbors = [
        f"{'one rank' if ranks == 1 else f'{ranks} ranks'} apart in {formats.chance(chance, prose=True)} of draws"
        for ranks, chance in neighbors_of(found.drawn.get("pairs", ())).items()
    ]
    rules = [rule["key"] for rule in table.method.get("rules", ())]
    return {
        "outside": [_outside(label, count) for label, count in found.outside],
        "lacking": [f"{key} {found.failing[key]}" for key in rules if found.failing.get(key)],
        "most": most and {"change": most.change, "label": short(most.row.label)},
        "least": least and {"change": least.change, "label": short(least.row.label)},
        "remaining": min((row.remaining for row in found.left_out), default=0),
        "fits": list(_fits(table, found)),
        "top_choices": [f"{labels.get(key, key)} ({formats.share(value)})" for key, value in shares],
        "region": next(iter(regions), None),
        "of_first": sum(region.first for region in regions),
        "neighbors": neighbors,
        "limit_count": LIMITS + bool(regions) + bool(neighbors),
    }


_OUTSIDE: Mapping[str, str] = {
    REASONS[Reason.HIGH_INCOME].label: "with high income",
    REASONS[Reason.TIER3].label: "on Tier 3",
    REASONS[Reason.SPECIAL_CASE].label: "as Special Cases",
    REASONS[Reason.PARTNERSHIP].label: "with a partnership in force",
    REASONS[Reason.NO_INCOME_CLASS].label: "without an income class",
}


def _outside(label: str, count: int) -> str:
    if label == REASONS[Reason.UNITED_STATES].label:
        return "the United States"
    return f"{count} {_OUTSIDE.get(label, label.lower())}"


def _fits(table: ModelTable, found: RunFigures) -> Iterator[dict[str, Any]]:
    """Yield for each fit how far it pulls values to the mean, or how many countries have their own survey."""
    for key, fits in found.fits.items():
        row = table.row(key)
        if pooling := fits.get("pooling"):
            yield {"label": row.label, "pull": 1.0 - retained_share(pooling, len(row.series_rows)), **pooling}
        if bridges := fits.get("bridges"):
            sources = found.sources.get(key, {})
            own = sources.get(str(row.series_rows[0]["key"]), 0)
            bridged = sum(count for source, count in sources.items() if source in bridges)
            yield {"label": row.label, "own": own, "bridged": bridged}
