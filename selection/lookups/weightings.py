"""Lookups of weighting exercises from which a version of a model was drafted."""

from __future__ import annotations

from selection.model_definition.criteria_table import ModelTable
from selection.models import ScoringModel, WeightingDraft


def spread_from(table: ModelTable) -> WeightingDraft | None:
    """Return the exercise from which the draws of a model take their spread.

    None if no node has a concentration of its own, or none that an exercise estimated.
    """
    if not table.has_own_spread:
        return None
    rows = WeightingDraft.objects.filter(takes_spread=True, model__table_hash=table.hash)
    return rows.select_related("exercise").first()


def weighting_of(model: ScoringModel) -> WeightingDraft | None:
    """Return the exercise from which a version was drafted, if any."""
    return getattr(model, "weighting_draft", None)
