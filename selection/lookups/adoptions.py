"""Lookups of the versions of scoring models that the office adopted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cpc.web import formats
from selection.models import Adoption, ScoringModel


def adoption_of(model: ScoringModel | str) -> Adoption | None:
    """Return the adoption in effect of a version, or of the version with a table hash; None while there is none."""
    rows = Adoption.objects.filter(withdrawn_on__isnull=True).select_related("model", "adopted_by")
    if isinstance(model, str):
        return rows.filter(model__table_hash=model).order_by("-pk").first()
    return rows.filter(model=model).first()


def adoptions_by_table() -> dict[str, Adoption]:
    rows = Adoption.objects.filter(withdrawn_on__isnull=True).select_related("model", "adopted_by").order_by("pk")
    return {row.model.table_hash: row for row in rows}


def adoptions_of(model: ScoringModel) -> list[Adoption]:
    """Return every adoption of a version, withdrawn ones included, the newest first."""
    return list(model.adoptions.select_related("adopted_by", "withdrawn_by"))


@dataclass(frozen=True, slots=True)
class Adopted:
    """The adoption in effect of a version, if any, and when it or an earlier one was last recorded or withdrawn."""

    adoption: Adoption | None
    changed_at: dt.datetime | None


def adopted_state(table_hash: str) -> Adopted:
    """Return the adoption on record for the version with this table hash, by one query."""
    rows = list(Adoption.objects.filter(model__table_hash=table_hash).select_related("model", "adopted_by"))
    return Adopted(
        next((row for row in rows if row.withdrawn_on is None), None),
        max((row.changed_at for row in rows), default=None),
    )


def adoption_text(adoption: Adoption | None) -> str:
    """Return the sentence on whether the model is the office's own, for pages that show a score.

    Reviewers of agencies can read it, so it leaves out the reason and the document, which only the version's page
    shows.
    """
    if adoption is None:
        return "The model is illustrative until the office adopts a version."
    return f"The office adopted this version on {formats.day(adoption.adopted_on)}; {adoption.adopted_by} recorded it."
