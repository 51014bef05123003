"""Rounds as their pages read them: the list, one round with its candidates and score, and the pool with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q, QuerySet

from cpc.accounts.models import User
from indicators.models import Country
from indicators.queries import current, publications_of
from selection.candidates.statutory_checks import gates_by_candidate
from selection.model_definition.criteria_table import Stage
from selection.model_definition.statutory_criteria import Gate
from selection.models import (
    Candidate,
    CandidateMove,
    CountryScore,
    CountryStatus,
    ModelState,
    PoolReason,
    RoundRun,
    RoundState,
    RoundStep,
    ScoreRun,
    ScoringModel,
    SelectionRound,
)
from selection.pool.queries import pool_on
from selection.pool_rules.pools import Pool
from selection.ratings.queries import changed_since
from selection.runs.queries.stored_runs import newest_run
from selection.runs.rows import Ranking, RankingRow, ranking_of

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
class Doubt:
    """The uncertainty of a candidate's score by a method, shown beside its rank.

    `place` is the rank that a provisional candidate would take, from `low` to `high` in 90 percent of the draws;
    `first` the share of draws within the first N. `unrated` criteria are drawn over the whole scale, `filled` ones
    from similar countries. `apart` is why the candidate is outside the default pool of the desk screen.
    """

    place: int | None
    low: int | None
    high: int | None
    first: float | None
    unrated: int
    filled: int
    apart: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate with its result in the round's score; `row` is None before the first score that holds it.

    `doubt` is None before that, and where the model has no method.
    """

    candidate: Candidate
    row: RankingRow | None
    doubt: Doubt | None = None

    @property
    def is_provisional(self) -> bool:
        """Tell whether the candidate lacks evidence that a rank needs, and is shown with the places it could take."""
        return self.row is not None and self.row.status == CountryStatus.PROVISIONAL

    @property
    def name(self) -> str:
        """The country's name."""
        return self.candidate.country.name


@dataclass(frozen=True)
class RoundPage:
    """One round with its candidates in the order of the score: those ranked, provisional ones by their place, others.

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
    def has_method(self) -> bool:
        """Tell whether the current score was made by a model with a method."""
        return self.ranking is not None and self.ranking.table.method is not None

    @property
    def first(self) -> int | None:
        """The N of "the first N", where the score ranks more than N candidates: else each is among them."""
        if self.ranking is None or not self.has_method or len(self.ranking.ranked) <= self.ranking.table.first:
            return None
        return self.ranking.table.first

    @property
    def unscored(self) -> list[Standing]:
        """Candidates that came into the pool after the current score."""
        return [standing for standing in self.standings if standing.row is None]


def round_page(found: SelectionRound) -> RoundPage:
    """Everything the page of a round shows of it, in a fixed number of queries."""
    runs = tuple(found.runs.select_related("run", "made_by").defer("run__result", "run__table"))
    ranking = ranking_of(runs[0].run) if runs else None
    candidates = list(found.candidates.in_pool().select_related("country"))
    doubts = _doubts(runs[0].run_id, ranking) if ranking else {}
    standings = sorted(
        (
            Standing(row, ranking.row(row.country.code) if ranking else None, doubts.get(row.country.code))
            for row in candidates
        ),
        key=_order,
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


_LAST = 10_000


def _order(standing: Standing) -> tuple[int, int, str]:
    rank = standing.row.rank if standing.row else None
    place = standing.doubt.place if standing.doubt and standing.is_provisional else None
    return (_LAST if rank is None else rank, place or _LAST, standing.name)


def _doubts(run_id: int, ranking: Ranking) -> dict[str, Doubt]:
    """Return what a score by a method adds to the rows of its candidates; nothing for a model without one."""
    if ranking.table.method is None:
        return {}
    counted = _counted(ranking)
    rows = CountryScore.objects.filter(run=run_id).exclude(lines=[]).select_related("country")
    return {score.country.code: _doubt(score, counted) for score in rows}


def doubt_of(candidate: Candidate, run: ScoreRun) -> Doubt | None:
    """Return what a round's score by a method adds to the rank of one candidate; None for a model without one."""
    ranking = ranking_of(run)
    if ranking.table.method is None:
        return None
    score = run.countries.exclude(lines=[]).filter(country=candidate.country_id).first()
    return _doubt(score, _counted(ranking)) if score else None


def _counted(ranking: Ranking) -> set[str]:
    return {row.key for row in ranking.table.rows(ranking.stage) if row.weight > 0}


def _doubt(score: CountryScore, counted: Collection[str]) -> Doubt:
    states = Counter(line["state"] for line in score.lines if line["key"] in counted)
    return Doubt(
        place=score.place,
        low=score.rank_low,
        high=score.rank_high,
        first=score.p20,
        unrated=states["range"],
        filled=states["peers"],
        apart=score.detail.get("pool", {}).get("sentence", ""),
    )


def newer_publications(found: SelectionRound) -> int:
    """How many publications that touch the model's indicators came after the number the round stands on."""
    if current() <= found.as_of:
        return 0
    codes = {code for row in found.model.as_table.rows(Stage.FULL) for code in row.indicators}
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


@dataclass(frozen=True, slots=True)
class AgainstScreen:
    """The differences between a round's pool and the default pool of the desk screen on the round's day.

    `outside` are candidates that the screen does not rank, each with the reason; `absent` counts countries of the
    screen's pool that are no candidates here.
    """

    size: int
    outside: tuple[tuple[str, str], ...]
    absent: int


def against_screen(found: SelectionRound) -> AgainstScreen | None:
    """Set the candidates of a round beside the pool of the desk screen; None before the pool is drawn."""
    candidates = dict(found.candidates.in_pool().values_list("country__code", "country__name"))
    if not candidates:
        return None
    screen = pool_on(found.reference_date, found.as_of)
    outside = [(name, _outside(screen, code)) for code, name in candidates.items() if code not in screen.members]
    absent = len(set(screen.members) - set(candidates))
    return AgainstScreen(len(screen.members), tuple(sorted(outside)), absent)


def _outside(screen: Pool, code: str) -> str:
    entry = screen.entries.get(code)
    return entry.sentence if entry else "Not listed in the newest complete TIP Report."


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
