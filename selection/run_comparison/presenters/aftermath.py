"""Changes that a new ranking made against the one before, for the panel after a change of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from cpc.web import formats
from selection.models.runs import ScreenGroup
from selection.run_comparison.presenters.causes import CauseText
from selection.run_comparison.presenters.model_parts import model_of, unlike_draws
from selection.run_comparison.queries.summary import ChangeSummary
from selection.runs.rows import RankingRow

NAMED = 8
"""Number of countries that a line names before it counts the rest."""


def change_context(summary: ChangeSummary) -> dict[str, Any]:
    """Return the summary with the models if they differ, who crosses a line, and the reasons of the largest movements.

    `_aftermath.html` has the sentences.
    """
    found = summary.comparison
    causes = CauseText(found, summary.data)
    is_one_model = found.before.table_hash == found.after.table_hash
    return {
        "summary": summary,
        "models": None if is_one_model else (model_of(found.before, found), model_of(found.after, found)),
        "unlike_draws": unlike_draws(found),
        "lines": _lines(summary),
        "movers": [causes.why(move) for move in summary.largest],
        "url": reverse("runs-compare", query={"one": found.before.pk, "other": found.after.pk}),
    }


def _lines(summary: ChangeSummary) -> list[tuple[str, str]]:
    found = summary.comparison
    parts: list[tuple[str, Sequence[RankingRow]]] = []
    if summary.before.groups and summary.after.groups:
        for group, label in ((ScreenGroup.IN, "firmly in"), (ScreenGroup.OUT, "firmly out")):
            parts += [(f"Newly {label}", summary.joined(group)), (f"No longer {label}", summary.parted(group))]
    parts += [(f"Enter the first {found.first}", found.entered), (f"Leave the first {found.first}", found.left)]
    named = [(label, [row.name for row in rows]) for label, rows in parts if rows]
    return [(f"{label} ({len(names)})", formats.listing(names, most=NAMED)) for label, names in named]
