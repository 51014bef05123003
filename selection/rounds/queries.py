"""Reads of rounds: published models, the pool, and its difference from the desk screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from cpc.accounts.models import User
from selection.lookups.pool import pool_on
from selection.lookups.rounds import rounds
from selection.models import (
    Candidate,
    CandidateMove,
    ModelState,
    RoundState,
    ScoringModel,
    SelectionRound,
)
from selection.pool_rules.pools import Pool


def published_models() -> QuerySet[ScoringModel]:
    """Return the published models, on which a round may be opened."""
    return ScoringModel.objects.filter(state=ModelState.PUBLISHED).defer("table")


@dataclass(frozen=True, slots=True)
class PoolRow:
    candidate: Candidate
    moves: tuple[CandidateMove, ...]


def pool(selection_round: SelectionRound, *, query: str = "", because: str | None = None) -> list[PoolRow]:
    """Return the countries of the round, filtered by part of a name and by reason ("" is the pool)."""
    rows = selection_round.candidates.select_related("country").prefetch_related(
        Prefetch("moves", CandidateMove.objects.select_related("actor"))
    )
    if because is not None:
        rows = rows.filter(excluded_because=because)
    needle = query.strip().casefold()
    return [
        PoolRow(row, tuple(row.moves.all()))
        for row in rows.order_by("country__name")
        if needle in row.country.name.casefold()
    ]


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
    outside = [(name, _outside(screen, code)) for code, name in candidates.items() if code not in screen.members]
    absent = len(set(screen.members) - set(candidates))
    return AgainstScreen(len(screen.members), tuple(sorted(outside)), absent)


def _outside(screen: Pool, code: str) -> str:
    entry = screen.entries.get(code)
    return entry.sentence if entry else "Not listed in the newest complete TIP Report."


def reasons_in(selection_round: SelectionRound) -> Mapping[str, int]:
    """Count the countries in the pool ("") and out of it, by reason."""
    return Counter(selection_round.candidates.values_list("excluded_because", flat=True))


def open_rounds(user: User) -> Sequence[SelectionRound]:
    """Return the open rounds that an account sees."""
    return list(rounds(user).exclude(state__in=(RoundState.DECIDED, RoundState.ARCHIVED)))
