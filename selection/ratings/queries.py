"""Ratings as pages read them: of a round, of one candidate, and what a rating may rest on.

Raters judge apart: whoever may rate sees what others say of a criterion only after rating it, because the score takes
the spread between raters as its doubt, and an answer that was seen first draws the next one to it. Whoever does not
rate sees all, and so does everybody once the round is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from selection.model_definition.criteria_table import CriterionRow
from selection.models import Candidate, Rating, RatingEvidence, RoundRun, RoundState, SelectionRound
from selection.scoring_inputs.cells import Rated

LINKED = (
    "observation__indicator__source",
    "observation__file",
    "narrative",
    "paper",
    "plan",
    "program",
)
"""What is read with a piece of evidence."""


def rated_rows(selection_round: SelectionRound) -> tuple[CriterionRow, ...]:
    """The criteria of a round's model that raters fill, in the order of the model."""
    return tuple(row for row in selection_round.model.as_table.criteria if row.is_rated)


def judges_apart(selection_round: SelectionRound, user: User) -> bool:
    """Whether an account sees others' ratings only after its own."""
    return user.allows(Permission.RATE) and selection_round.is_open


@dataclass(frozen=True)
class RatedCriterion:
    """One criterion of one candidate with its ratings that stand. `apart`: the reader rates, and rates first."""

    row: CriterionRow
    ratings: Sequence[Rating]
    earlier: Sequence[Rating]
    reader: int
    apart: bool

    @cached_property
    def own(self) -> Rating | None:
        """The reader's own rating that stands."""
        return next((rating for rating in self.ratings if rating.rater_id == self.reader), None)

    @property
    def is_hidden(self) -> bool:
        """Whether others rated it and the reader has to rate first."""
        return self.apart and self.own is None and bool(self.ratings)

    @property
    def shown(self) -> Sequence[Rating]:
        """The ratings that the reader sees."""
        return () if self.is_hidden else self.ratings

    @property
    def shown_earlier(self) -> Sequence[Rating]:
        """What was superseded or withdrawn, as far as the reader sees it: a rater who rates first sees their own."""
        if self.apart and self.own is None:
            return [rating for rating in self.earlier if rating.rater_id == self.reader]
        return self.earlier

    @property
    def rated(self) -> Rated | None:
        """The steps that the reader sees; None where there is none."""
        return _rated(self.shown)

    @property
    def not_known(self) -> int:
        """How many of the ratings shown say that the evidence does not say."""
        return sum(rating.step is None for rating in self.shown)

    @property
    def is_missing(self) -> bool:
        """Whether nobody gave a step."""
        return all(rating.step is None for rating in self.ratings)


def _rated(ratings: Iterable[Rating]) -> Rated | None:
    steps = {rating.pk: rating.step for rating in ratings if rating.step is not None}
    return Rated(steps) if steps else None


@dataclass(frozen=True)
class RatedCandidate:
    """A candidate with every criterion that raters fill."""

    candidate: Candidate
    criteria: Sequence[RatedCriterion]

    @property
    def missing(self) -> int:
        """Criteria without a step of anybody."""
        return sum(criterion.is_missing for criterion in self.criteria)

    @property
    def mine_open(self) -> int:
        """Criteria that the reader has not rated."""
        return sum(criterion.own is None for criterion in self.criteria)


def ratings_of_round(selection_round: SelectionRound, user: User) -> list[RatedCandidate]:
    """Every candidate with its ratings that stand, by name; in a fixed number of queries and without the evidence."""
    candidates = selection_round.candidates.in_pool().select_related("country")
    rows = Rating.objects.filter(candidate__round=selection_round, superseded_at__isnull=True).select_related("rater")
    by_place = _by_place(rows)
    criteria, apart = rated_rows(selection_round), judges_apart(selection_round, user)
    return [
        RatedCandidate(
            candidate,
            [RatedCriterion(row, by_place.get((candidate.pk, row.key), ()), (), user.pk, apart) for row in criteria],
        )
        for candidate in candidates.order_by("country__name")
    ]


def rounds_to_rate(user: User) -> list[tuple[SelectionRound, int]]:
    """Rounds in scoring, each with how many criteria of its candidates nobody has rated."""
    rounds = SelectionRound.objects.visible_to(user).filter(state=RoundState.SCORING).select_related("model")
    counted = [(row, sum(one.missing for one in ratings_of_round(row, user))) for row in rounds.order_by("pk")]
    return [(row, missing) for row, missing in counted if missing]


def ratings_of(candidate: Candidate, user: User) -> RatedCandidate:
    """One candidate with every rating, those that stand and earlier ones, and what each rests on."""
    evidence = Prefetch("evidence", RatingEvidence.objects.select_related(*LINKED))
    rows = Rating.objects.filter(candidate=candidate).select_related("rater").prefetch_related(evidence)
    live = _by_place(row for row in rows if row.superseded_at is None)
    over = _by_place(row for row in reversed(rows) if row.superseded_at is not None)
    apart = judges_apart(candidate.round, user)

    def criterion(row: CriterionRow) -> RatedCriterion:
        place = candidate.pk, row.key
        return RatedCriterion(row, live.get(place, ()), over.get(place, ()), user.pk, apart)

    return RatedCandidate(candidate, [criterion(row) for row in rated_rows(candidate.round)])


def hidden_criteria(candidate: Candidate, user: User) -> frozenset[str]:
    """The criteria that others rated and this account has to rate before it sees what they say."""
    if not judges_apart(candidate.round, user):
        return frozenset()
    rows = Rating.objects.filter(candidate=candidate, superseded_at__isnull=True).values_list("criterion", "rater")
    by_others = {criterion for criterion, rater in rows if rater != user.pk}
    return frozenset(by_others - {criterion for criterion, rater in rows if rater == user.pk})


def _by_place(rows: Iterable[Rating]) -> Mapping[tuple[int, str], list[Rating]]:
    found: dict[tuple[int, str], list[Rating]] = {}
    for row in rows:
        found.setdefault((row.candidate_id, row.criterion), []).append(row)
    return found


def own_rating(candidate: Candidate, criterion: str, user: User) -> Rating | None:
    """The account's own rating that stands, with what it rests on."""
    rows: QuerySet[Rating] = Rating.objects.filter(
        candidate=candidate, criterion=criterion, rater=user, superseded_at__isnull=True
    )
    return rows.prefetch_related(Prefetch("evidence", RatingEvidence.objects.select_related(*LINKED))).first()


def find_own(candidate: Candidate, criterion: str, user: User, pk: int) -> Rating | None:
    """The account's own rating of this key, standing or not; None where it is none of theirs."""
    return Rating.objects.filter(pk=pk, candidate=candidate, criterion=criterion, rater=user).first()


def changed_since(made: RoundRun | None, selection_round: SelectionRound) -> int:
    """How many ratings with a step came or went since a score was computed; 0 without a score."""
    if made is None:
        return 0
    counted = {
        key for countries in made.run.inputs.get("ratings", {}).values() for keys in countries.values() for key in keys
    }
    live = Rating.objects.filter(candidate__round=selection_round, superseded_at__isnull=True, step__isnull=False)
    return len(counted ^ set(live.values_list("pk", flat=True)))
