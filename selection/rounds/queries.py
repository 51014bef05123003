"""Reads of rounds: published models, the pool, and its difference from the desk screen."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from selection.lookups.pool import pool_on
from selection.models import Candidate, CandidateMove, ModelState, ScoringModel, SelectionRound


def published_models() -> QuerySet[ScoringModel]:
    return ScoringModel.objects.filter(state=ModelState.PUBLISHED).defer("table")


def pool(selection_round: SelectionRound, *, query: str = "", because: str | None = None) -> list[Candidate]:
    """Return the countries of the round with their moves, filtered by part of a name and by reason ("" is the pool)."""
    rows = selection_round.candidates.select_related("country").prefetch_related(
        Prefetch("moves", CandidateMove.objects.select_related("actor"))
    )
    if because is not None:
        rows = rows.filter(excluded_because=because)
    needle = query.strip().casefold()
    return [row for row in rows.order_by("country__name") if needle in row.country.name.casefold()]


@dataclass(frozen=True, slots=True)
class AgainstScreen:
    """Differences between a round's pool and the desk screen's default pool on the round's day.

    `outside` are candidates that the screen does not rank, each with the reason; `absent` counts countries of the
    screen's pool that are not candidates here.
    """

    size: int
    outside: tuple[tuple[str, str], ...]
    absent: int


def against_screen(selection_round: SelectionRound) -> AgainstScreen | None:
    """Compare the candidates of a round with the desk screen's pool; None before the pool is drawn."""
    candidates = dict(selection_round.candidates.in_pool().values_list("country__code", "country__name"))
    if not candidates:
        return None
    screen = pool_on(selection_round.reference_date, selection_round.as_of)
    unlisted = "Not listed in the newest complete TIP Report."
    outside = [
        (name, screen.entries[code].sentence if code in screen.entries else unlisted)
        for code, name in candidates.items()
        if code not in screen.members
    ]
    absent = len(set(screen.members) - set(candidates))
    return AgainstScreen(len(screen.members), tuple(sorted(outside)), absent)
