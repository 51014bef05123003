"""Reads of candidates: results in the round's score, uncertainty, and statutory criteria."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cpc.accounts.models import User
from indicators.queries import current, publications_of
from selection.candidates.statutory_checks import statutory_by_candidate
from selection.model_definition.criteria_table import Stage
from selection.model_definition.statutory_criteria import StatutoryCriterion
from selection.models import (
    Candidate,
    CountryScore,
    CountryStatus,
    PoolReason,
    RoundRun,
    RoundStep,
    ScoreRun,
    SelectionRound,
)
from selection.ratings.queries import changed_since, hidden_in_round
from selection.runs import labels
from selection.runs.queries.stored_runs import newest_run
from selection.runs.rows import Ranking, RankingRow, ranking_of

_LAST = 10_000


@dataclass(frozen=True, slots=True)
class CandidateDoubt:
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
class ScoredCandidate:
    """Candidate with its result in the round's score; `row` is None before a score includes it.

    `doubt` is None before that.
    """

    candidate: Candidate
    row: RankingRow | None
    doubt: CandidateDoubt | None = None

    @property
    def is_provisional(self) -> bool:
        return self.row is not None and self.row.status == CountryStatus.PROVISIONAL

    @property
    def name(self) -> str:
        return self.candidate.country.name


@dataclass(frozen=True)
class RoundPage:
    """One round with its candidates in the order of the score: ranked, provisional by rank, others.

    `newer` publications and `rerated` ratings came after the current score. `statutory_criteria` are by the key of the
    candidate; `screen` is the newest desk screen, with its ranks by country.
    """

    round: SelectionRound
    candidates: tuple[ScoredCandidate, ...]
    ranking: Ranking | None
    runs: tuple[RoundRun, ...]
    steps: tuple[RoundStep, ...]
    left_out: tuple[tuple[str, int], ...]
    newer: int
    rerated: int = 0
    statutory_criteria: Mapping[int, Sequence[StatutoryCriterion]] = field(default_factory=dict)
    screen: ScoreRun | None = None
    screen_ranks: Mapping[str, int] = field(default_factory=dict)

    @property
    def run(self) -> RoundRun | None:
        return self.runs[0] if self.runs else None

    @property
    def draws(self) -> str:
        """Return "draws" with what those of the current score vary, for sentences that count them."""
        return f"draws of {labels.varied(self.ranking.table)}" if self.ranking else "draws"

    @property
    def first(self) -> int | None:
        """Return N of "the first N", or None if the score ranks at most N candidates."""
        if self.ranking is None or len(self.ranking.ranked) <= self.ranking.table.first:
            return None
        return self.ranking.table.first

    @property
    def unscored(self) -> list[ScoredCandidate]:
        """Return candidates that entered the pool after the current score."""
        return [scored for scored in self.candidates if scored.row is None]


def round_page(selection_round: SelectionRound) -> RoundPage:
    """Load all that the page of a round shows, in a fixed number of queries."""
    runs = tuple(selection_round.runs.select_related("run", "made_by").defer("run__result", "run__table"))
    ranking = ranking_of(runs[0].run) if runs else None
    candidates = list(selection_round.candidates.in_pool().select_related("country"))
    doubts = _doubts(runs[0].run_id, ranking) if ranking else {}
    scored = sorted(
        (
            ScoredCandidate(row, ranking.row(row.country.code) if ranking else None, doubts.get(row.country.code))
            for row in candidates
        ),
        key=_order,
    )
    reasons = Counter(
        selection_round.candidates.exclude(excluded_because=PoolReason.CANDIDATE).values_list(
            "excluded_because", flat=True
        )
    )
    screen = newest_run()
    return RoundPage(
        round=selection_round,
        candidates=tuple(scored),
        ranking=ranking,
        runs=runs,
        steps=tuple(selection_round.steps.select_related("actor")),
        left_out=tuple((PoolReason(code).label, count) for code, count in reasons.most_common()),
        newer=newer_publications(selection_round),
        rerated=changed_since(runs[0] if runs else None, selection_round),
        statutory_criteria=statutory_by_candidate(selection_round, candidates) if runs else {},
        screen=screen,
        screen_ranks={row.code: row.rank for row in ranking_of(screen).ranked if row.rank is not None}
        if screen
        else {},
    )


def without_hidden(page: RoundPage, user: User) -> RoundPage:
    """Return the page without the statutory criteria that rest on ratings which the account may not see yet."""
    hidden = hidden_in_round(page.round, user)
    shown = {
        pk: [one for one in criteria if not any(part.row.key in hidden.get(pk, ()) for part in one.conditions)]
        for pk, criteria in page.statutory_criteria.items()
    }
    return replace(page, statutory_criteria=shown)


def _order(scored: ScoredCandidate) -> tuple[int, int, str]:
    rank = scored.row.rank if scored.row else None
    place = scored.doubt.place if scored.doubt and scored.is_provisional else None
    return (_LAST if rank is None else rank, place or _LAST, scored.name)


def _doubts(run_id: int, ranking: Ranking) -> dict[str, CandidateDoubt]:
    counted = _counted(ranking)
    rows = CountryScore.objects.filter(run=run_id).exclude(lines=[]).select_related("country")
    return {score.country.code: _doubt(score, counted) for score in rows}


def doubt_of(candidate: Candidate, run: ScoreRun) -> CandidateDoubt | None:
    """Return the uncertainty of one candidate's score; None if the run did not score it."""
    ranking = ranking_of(run)
    score = run.countries.exclude(lines=[]).filter(country=candidate.country_id).first()
    return _doubt(score, _counted(ranking)) if score else None


def _counted(ranking: Ranking) -> set[str]:
    return {row.key for row in ranking.table.rows(ranking.stage) if row.weight > 0}


def _doubt(score: CountryScore, counted: Collection[str]) -> CandidateDoubt:
    states = Counter(line["state"] for line in score.lines if line["key"] in counted)
    return CandidateDoubt(
        place=score.place,
        low=score.rank_low,
        high=score.rank_high,
        first=score.p20,
        unrated=states["range"],
        filled=states["peers"],
        apart=score.detail.get("pool", {}).get("sentence", ""),
    )


def newer_publications(selection_round: SelectionRound) -> int:
    """Count the publications on the model's indicators since the round's as-of publication."""
    if current() <= selection_round.as_of:
        return 0
    codes = {code for row in selection_round.model.as_table.rows(Stage.FULL) for code in row.indicators}
    return len(publications_of(codes, after=selection_round.as_of))
