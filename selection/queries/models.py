"""Scoring models: which version stands, the list of versions, and what two of them differ in."""

from __future__ import annotations

from django.db.models import QuerySet

from selection.model_table import ModelTable, read
from selection.models import ModelState, ScoringModel


def default_table() -> ModelTable:
    """The published version of the model that the desk screen uses; the shipped one before any is in the database."""
    shipped = read()
    published = ScoringModel.objects.filter(key=shipped.key, state=ModelState.PUBLISHED).first()
    return shipped if published is None else published.as_table


def models() -> QuerySet[ScoringModel]:
    """Every version of every model, the newest of each first, without the tables."""
    return ScoringModel.objects.select_related("drafted_by", "published_by", "based_on").defer("table")


def find_model(pk: int) -> ScoringModel | None:
    """One version with its table, or None."""
    return ScoringModel.objects.select_related("drafted_by", "published_by", "based_on").filter(pk=pk).first()
