"""Rounds as their pages read them: the list, one round with its candidates and score, and the pool with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q, QuerySet

from cpc.accounts.models import User
from indicators.models import Country
from indicators.queries import current, publications_of
from selection.mandatory import Gate
from selection.model_table import Stage
from selection.models import (
    Candidate,
    CandidateMove,
    ModelState,
    PoolReason,
    RoundRun,
    RoundState,
    RoundStep,
    ScoreRun,
    ScoringModel,
    SelectionRound,
)
from selection.queries.ranking import Ranking, RankingRow, ranking_of
from selection.queries.ratings import changed_since
from selection.queries.runs import newest_run
from selection.queries.statute import gates_by_candidate

IN_POOL = Q(candidates__excluded_because=PoolReason.CANDIDATE)


def rounds(user: User) -> QuerySet[SelectionRound]:
    """The rounds an account sees, newest first, with the size of their pools."""
    return (
        SelectionRound.objects.visible_to(user)
        .select_related("model", "opened_by")
        .annotate(pool_size=Count("candidates", filter=IN_POOL, distinct=True))
        .order_by("-fiscal_year", "-pk")
    )


def find_round(user: User, pk: int) -> SelectionRound | None:
    """One round, or None where there is none that this account sees."""
    return rounds(user).filter(pk=pk).first()


def same_round(title: str, fiscal_year: int) -> SelectionRound | None:
    """The round of this fiscal year with this title."""
    return SelectionRound.objects.filter(title=title, fiscal_year=fiscal_year).first()


def published_models() -> QuerySet[ScoringModel]:
    """The models on which a round may be opened."""
    return ScoringModel.objects.filter(state=ModelState.PUBLISHED).defer("table")


def countries_by_code() -> dict[str, str]:
    """The name of every country proper by its code."""
    return dict(Country.objects.states().values_list("code", "name"))


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate with what the round's score says of it; `row` is None before the first score that holds it."""

    candidate: Candidate
    row: RankingRow | None

    @property
    def name(self) -> str:
        """The country's name."""
        return self.candidate.country.name


@dataclass(frozen=True)
class RoundPage:
    """One round with its candidates in the order of the score, those without a rank last, by name.

    `newer` publications and `rerated` ratings came after the current score. `gates` are the statute's criteria by
    the key of the candidate; `screen` is the newest desk screen, with its ranks by country.
    """

    round: SelectionRound
    standings: tuple[Standing, ...]
    ranking: Ranking | None
    runs: tuple[RoundRun, ...]
    steps: tuple[RoundStep, ...]
    left_out: tuple[tuple[str, int], ...]
    newer: int
    rerated: int = 0
    gates: Mapping[int, Sequence[Gate]] = field(default_factory=dict)
    screen: ScoreRun | None = None
    screen_ranks: Mapping[str, int] = field(default_factory=dict)

    @property
    def run(self) -> RoundRun | None:
        """The round's current score."""
        return self.runs[0] if self.runs else None

    @property
    def unscored(self) -> list[Standing]:
        """Candidates that came into the pool after the current score."""
        return [standing for standing in self.standings if standing.row is None]


def round_page(found: SelectionRound) -> RoundPage:
    """Everything the page of a round shows of it, in a fixed number of queries."""
    runs = tuple(found.runs.select_related("run", "made_by").defer("run__result", "run__table"))
    ranking = ranking_of(runs[0].run) if runs else None
    candidates = list(found.candidates.in_pool().select_related("country"))
    standings = sorted(
        (Standing(row, ranking.row(row.country.code) if ranking else None) for row in candidates), key=_order
    )
    reasons = Counter(
        found.candidates.exclude(excluded_because=PoolReason.CANDIDATE).values_list("excluded_because", flat=True)
    )
    screen = newest_run()
    return RoundPage(
        round=found,
        standings=tuple(standings),
        ranking=ranking,
        runs=runs,
        steps=tuple(found.steps.select_related("actor")),
        left_out=tuple((PoolReason(code).label, count) for code, count in reasons.most_common()),
        newer=newer_publications(found),
        rerated=changed_since(runs[0] if runs else None, found),
        gates=gates_by_candidate(found, candidates) if runs else {},
        screen=screen,
        screen_ranks={row.code: row.rank for row in ranking_of(screen).ranked if row.rank is not None}
        if screen
        else {},
    )


def _order(standing: Standing) -> tuple[int, str]:
    rank = standing.row.rank if standing.row else None
    return (rank if rank is not None else 10_000, standing.name)


def newer_publications(found: SelectionRound) -> int:
    """How many publications that touch the model's indicators came after the number the round stands on."""
    if current() <= found.as_of:
        return 0
    codes = {row.indicator for row in found.model.as_table.rows(Stage.FULL) if row.indicator}
    return len(publications_of(codes, after=found.as_of))


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A country of the round with the moves that put it where it is."""

    candidate: Candidate
    moves: tuple[CandidateMove, ...]


def pool(found: SelectionRound, *, query: str = "", because: str | None = None) -> list[PoolRow]:
    """Every country of the round; narrowed to a part of its name, and to a reason ("" is the pool itself)."""
    rows = found.candidates.select_related("country").prefetch_related(
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


def reasons_in(found: SelectionRound) -> Mapping[str, int]:
    """How many countries are in the pool ("") and out of it, by reason."""
    return Counter(found.candidates.values_list("excluded_because", flat=True))


def candidate_of(user: User, pk: int, code: str) -> Candidate | None:
    """One country of a round, or None where there is none that this account sees."""
    rows = Candidate.objects.visible_to(user).select_related("country", "round__model")
    return rows.filter(round=pk, country__code=code).first()


def open_rounds(user: User) -> Sequence[SelectionRound]:
    """The rounds under way that an account sees."""
    return list(rounds(user).exclude(state__in=(RoundState.DECIDED, RoundState.ARCHIVED)))
