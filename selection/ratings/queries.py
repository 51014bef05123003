"""Reads of ratings: of a round, of one candidate, and the evidence that they rest on.

Raters judge independently: a rater sees others' ratings of a criterion only after rating it, because the score takes
the spread between raters as its uncertainty, and a rating seen first draws the next one toward it. Accounts that do not
rate see all ratings. So does everyone from deliberation on, when the office weighs what was rated, and once at
least two accounts have rated and all that rated have handed in and have no open cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.grouping import grouped
from selection.model_definition.criteria_table import CriterionRow
from selection.models import (
    CLOSED,
    Candidate,
    Rating,
    RatingEvidence,
    RatingHandIn,
    RoundRun,
    RoundState,
    SelectionRound,
)
from selection.scoring_inputs.cells import Rated

LINKED = (
    "observation__indicator__source",
    "observation__file",
    "narrative",
    "paper",
    "plan",
    "program",
)
"""Relations to load with a piece of evidence."""


def rated_rows(selection_round: SelectionRound) -> tuple[CriterionRow, ...]:
    return tuple(row for row in selection_round.model.as_table.criteria if row.is_rated)


FEWEST_RATERS = 2
"""Number of raters who must have handed in before all ratings are shown: one alone would be seen by the second."""


def judges_apart(selection_round: SelectionRound, user: User) -> bool:
    """Return True if an account sees others' ratings only after its own.

    The role decides, not the scopes of a token: a rater's token without the right to rate shows no more than the pages.
    """
    if Permission.RATE not in user.role_permissions or not selection_round.is_open:
        return False
    return selection_round.state != RoundState.DELIBERATION and not all_have_rated(selection_round)


def all_have_rated(selection_round: SelectionRound) -> bool:
    """Return whether enough raters have handed in, and each account that rated has rated every cell."""
    live = Rating.objects.filter(
        candidate__in=selection_round.candidates.in_pool().values("pk"), superseded_at__isnull=True
    )
    counts = dict(live.values_list("rater").annotate(count=Count("pk")).order_by())
    handed_in = set(RatingHandIn.objects.filter(round=selection_round).values_list("rater", flat=True))
    cells = cells_of(selection_round)
    return len(counts) >= FEWEST_RATERS and all(
        rater in handed_in and count >= cells for rater, count in counts.items()
    )


def cells_of(selection_round: SelectionRound) -> int:
    """Return the number of cells that each rater has: of each candidate and rated criterion."""
    return selection_round.candidates.in_pool().count() * len(rated_rows(selection_round))


def hand_ins(selection_round: SelectionRound) -> list[RatingHandIn]:
    """Return the newest hand-in of each rater, the last one first."""
    rows = RatingHandIn.objects.filter(round=selection_round).select_related("rater").order_by("-pk")
    newest: dict[int, RatingHandIn] = {}
    for row in rows:
        newest.setdefault(row.rater_id, row)
    return list(newest.values())


@dataclass(frozen=True)
class RatedCriterion:
    """One criterion of one candidate with its current ratings.

    `apart` is True if the reader has to rate first.
    """

    row: CriterionRow
    ratings: Sequence[Rating]
    earlier: Sequence[Rating]
    reader: int
    apart: bool

    @cached_property
    def own(self) -> Rating | None:
        return next((rating for rating in self.ratings if rating.rater_id == self.reader), None)

    @property
    def is_hidden(self) -> bool:
        """Return True if others rated the criterion and the reader has to rate it first."""
        return self.apart and self.own is None and bool(self.ratings)

    @property
    def shown(self) -> Sequence[Rating]:
        return () if self.is_hidden else self.ratings

    @property
    def shown_earlier(self) -> Sequence[Rating]:
        """Return superseded and withdrawn ratings that the reader sees; until they rate, only their own."""
        if self.apart and self.own is None:
            return [rating for rating in self.earlier if rating.rater_id == self.reader]
        return self.earlier

    @property
    def rated(self) -> Rated | None:
        """Return the summary of the visible steps, or None without any."""
        steps = {rating.pk: rating.step for rating in self.shown if rating.step is not None}
        return Rated(steps) if steps else None

    @property
    def not_known(self) -> int:
        """Count the visible ratings of “not known”."""
        return sum(rating.step is None for rating in self.shown)

    @property
    def others(self) -> Sequence[Rating]:
        """Return the visible ratings of others."""
        return [rating for rating in self.shown if rating.rater_id != self.reader]

    @property
    def is_missing(self) -> bool:
        """Return whether no one gave a step, as far as the reader may know."""
        return not self.is_hidden and all(rating.step is None for rating in self.ratings)


@dataclass(frozen=True)
class RatedCandidate:
    candidate: Candidate
    criteria: Sequence[RatedCriterion]

    @property
    def missing(self) -> int:
        return sum(criterion.is_missing for criterion in self.criteria)

    @property
    def mine_open(self) -> int:
        return sum(criterion.own is None for criterion in self.criteria)


def ratings_of_round(
    selection_round: SelectionRound, user: User, *, with_evidence: bool = False
) -> list[RatedCandidate]:
    """Load every candidate with its current ratings, by name, in a fixed number of queries."""
    candidates = selection_round.candidates.in_pool().select_related("country", "round__model")
    rows = Rating.objects.filter(candidate__round=selection_round, superseded_at__isnull=True).select_related("rater")
    if with_evidence:
        rows = rows.prefetch_related(Prefetch("evidence", RatingEvidence.objects.select_related(*LINKED)))
    by_cell = _by_candidate(rows)
    criteria, apart = rated_rows(selection_round), judges_apart(selection_round, user)
    return [
        RatedCandidate(
            candidate,
            [RatedCriterion(row, by_cell.get((candidate.pk, row.key), ()), (), user.pk, apart) for row in criteria],
        )
        for candidate in candidates.order_by("country__name")
    ]


def ratings_of(candidate: Candidate, user: User) -> RatedCandidate:
    evidence = Prefetch("evidence", RatingEvidence.objects.select_related(*LINKED))
    rows = Rating.objects.filter(candidate=candidate).select_related("rater").prefetch_related(evidence)
    live = _by_candidate(row for row in rows if row.superseded_at is None)
    over = _by_candidate(row for row in reversed(rows) if row.superseded_at is not None)
    apart = judges_apart(candidate.round, user)
    keys = {(candidate.pk, row.key): row for row in rated_rows(candidate.round)}
    criteria = [RatedCriterion(row, live.get(key, ()), over.get(key, ()), user.pk, apart) for key, row in keys.items()]
    return RatedCandidate(candidate, criteria)


def hidden_criteria(candidate: Candidate, user: User) -> frozenset[str]:
    """Return the criteria that others rated and the account has to rate before it sees their ratings."""
    return hidden_in_round(candidate.round, user).get(candidate.pk, frozenset())


def hidden_in_round(selection_round: SelectionRound, user: User) -> dict[int, frozenset[str]]:
    """Return `hidden_criteria` of each candidate that has some, by its key, in one query."""
    if not judges_apart(selection_round, user):
        return {}
    rows = Rating.objects.filter(candidate__round=selection_round, superseded_at__isnull=True)
    by_candidate = grouped(rows.values_list("candidate", "criterion", "rater"), lambda row: row[0])
    found = {}
    for candidate, cells in by_candidate.items():
        own = {criterion for _, criterion, rater in cells if rater == user.pk}
        found[candidate] = frozenset({criterion for _, criterion, _ in cells} - own)
    return {candidate: hidden for candidate, hidden in found.items() if hidden}


def hidden_ratings(user: User) -> QuerySet[Rating]:
    """Return the ratings of others, earlier ones included, of cells that the account has to rate first."""
    open_rounds = SelectionRound.objects.exclude(state__in=CLOSED).select_related("model")
    apart = [found.pk for found in open_rounds if judges_apart(found, user)]
    own = Rating.objects.filter(
        candidate=OuterRef("candidate"), criterion=OuterRef("criterion"), rater=user, superseded_at__isnull=True
    )
    return Rating.objects.filter(~Exists(own), candidate__round__in=apart).exclude(rater=user)


def _by_candidate(rows: Iterable[Rating]) -> Mapping[tuple[int, str], list[Rating]]:
    return grouped(rows, lambda row: (row.candidate_id, row.criterion))


def own_rating(candidate: Candidate, criterion: str, user: User) -> Rating | None:
    rows = Rating.objects.filter(candidate=candidate, criterion=criterion, rater=user, superseded_at__isnull=True)
    return rows.prefetch_related(Prefetch("evidence", RatingEvidence.objects.select_related(*LINKED))).first()


def changed_since(round_run: RoundRun | None, selection_round: SelectionRound) -> int:
    """Count the ratings with a step added or removed since a score was computed; 0 without a score."""
    if round_run is None:
        return 0
    counted = {
        key
        for countries in round_run.run.inputs.get("ratings", {}).values()
        for keys in countries.values()
        for key in keys
    }
    live = Rating.objects.filter(candidate__round=selection_round, superseded_at__isnull=True, step__isnull=False)
    return len(counted ^ set(live.values_list("pk", flat=True)))
