"""Provenance of one value: its file, its confirmations, and the history of its key."""

from __future__ import annotations

from dataclasses import dataclass

from indicators.models import Confirmation, Observation, Publication, PublicationKind
from indicators.observations.witness import Witness, witness_of


@dataclass(frozen=True, slots=True)
class Chapter:
    """Row of the history of a key, with the publications that opened and closed it and its status then."""

    observation: Observation
    opened: Publication | None
    closed: Publication | None
    is_here: bool

    @property
    def is_live(self) -> bool:
        return self.observation.valid_to is None

    @property
    def never_shown(self) -> bool:
        """Return True if it arrived after a later edition: on record, never shown as current."""
        return self.observation.valid_to == self.observation.valid_from

    @property
    def withdrawn(self) -> bool:
        """Return True if it was closed because its own import was taken back."""
        closed = self.closed
        return (
            closed is not None
            and closed.kind == PublicationKind.RETRACT
            and closed.batch_id == self.observation.batch_id
        )


@dataclass(frozen=True, slots=True)
class ValueProvenance:
    observation: Observation
    confirmations: list[Confirmation]
    history: list[Chapter]
    here: Chapter
    live: Observation | None
    witness: Witness | None = None


def provenance(observation_id: int) -> ValueProvenance | None:
    """Return the value with its history, newest first, or None if there is no such row."""
    row = (
        Observation.objects.select_related("indicator__source", "country", "file", "batch__created_by")
        .filter(pk=observation_id)
        .first()
    )
    if row is None:
        return None
    same_key = list(
        Observation.objects.filter(
            indicator=row.indicator_id, country=row.country_id, period=row.period, series=row.series
        )
        .select_related("indicator", "file", "batch")
        .order_by("-valid_from", "-pk")
    )
    numbers = {n for other in same_key for n in (other.valid_from, other.valid_to) if n is not None}
    publications = Publication.objects.select_related("actor").in_bulk(numbers)
    history = [
        Chapter(other, publications.get(other.valid_from), publications.get(other.valid_to or 0), other.pk == row.pk)
        for other in same_key
    ]
    confirmations = Confirmation.objects.live().filter(observation=row).select_related("file", "batch")
    return ValueProvenance(
        observation=row,
        confirmations=list(confirmations.order_by("-edition_rank", "pk")),
        history=history,
        here=next(chapter for chapter in history if chapter.is_here),
        live=next((chapter.observation for chapter in history if chapter.is_live), None),
        witness=witness_of(row),
    )
