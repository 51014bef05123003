"""Comparison of two runs: movements, their size, and their cause in data, pool, model, or day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from indicators.models import Publication
from indicators.queries import statement_days
from selection.model_definition.criteria_table import ModelTable
from selection.model_versions.queries.steps import Steps
from selection.models import CountryScore, CountryStatus, ScoreRun
from selection.run_comparison.queries.causes import (
    NOTHING,
    Cause,
    CauseChange,
    Knows,
    Pair,
    Side,
    changes,
    deciders,
    observations_of,
    status_cause,
)
from selection.run_comparison.queries.drawn import DrawnSide, drawn_of, is_all_in
from selection.run_comparison.queries.model_changes import model_changes
from selection.run_comparison.queries.model_parts import Parts, model_steps, parts_of
from selection.runs.movements import FAR, Move, moves_between, recount
from selection.runs.rows import Ranking, RankingRow, ranking_of


@dataclass(frozen=True, slots=True)
class RunMove:
    """One country in both runs.

    `places` is positive for a rise; `points` is the change of its score. `places` counts only countries that both runs
    rank: a rank that another country gains or loses moves no other country. `changes` are the criteria that differ, the
    one with the largest part of the change first. `cause` is the main reason for the movement, or None without
    movement. `passed_by` and `passes` are the countries ranked by both that moved above it, or that it moved above, by
    their later rank. `deciding` are the criteria that decide on the rank of a country that has one in one run alone.
    `alone` is how far it would move if only its own score had changed. `parts` divides the change of rank between runs
    of two models among the data and the steps between the models. `drawn` compares the draws like with like: of data
    and weights on both sides if only one of the runs draws the method as well (`Comparison.has_same_draws`).
    """

    before: RankingRow | None
    after: RankingRow | None
    places: int | None
    points: float | None
    changes: tuple[CauseChange, ...] = ()
    cause: Cause | None = None
    passed_by: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    deciding: tuple[CauseChange, ...] = ()
    alone: int | None = None
    parts: Parts | None = None
    drawn: tuple[DrawnSide | None, DrawnSide | None] = (None, None)

    @property
    def ranks(self) -> Move:
        before, after = (row.rank if row else None for row in (self.before, self.after))
        return Move(self.row.code, before, after)

    @property
    def main(self) -> CauseChange | None:
        """Return the criterion that moved the score most, or None if the country's own criteria did not."""
        first = next(iter(self.changes), None)
        return first if first is not None and abs(first.points) > NOTHING else None

    @property
    def status_label(self) -> str:
        """Describe the change of a country without a rank in one run or both; "" if both rank it."""
        if self.places is not None:
            return ""
        if self.after and self.after.rank:
            return "Newly ranked"
        if self.before and self.before.rank:
            return f"No longer ranked: {self.now}"
        if self.before and self.after and self.before.status == self.after.status:
            return "No rank in either"
        return f"Now {self.now}"

    @property
    def reason(self) -> str:
        """Return why it has no rank in the later run, or had none before; "" without a reason."""
        if self.after is not None and self.after.rank is None:
            return self.after.reason
        return f"Before: {self.before.reason}" if self.before is not None and self.before.reason else ""

    @property
    def now(self) -> str:
        """Return the country's status in the later run, for use inside a sentence."""
        label = CountryStatus(self.after.status if self.after else CountryStatus.NOT_LISTED).label
        return f"{label[:1].lower()}{label[1:]}"

    @property
    def regrouped(self) -> bool:
        if self.before is None or self.after is None or not (self.before.group and self.after.group):
            return False  # a run without draws has no groups
        return self.before.group != self.after.group

    @property
    def row(self) -> RankingRow:
        """Return the row of the later run, or that of the earlier run if the later one lacks the country."""
        row = self.after or self.before
        assert row is not None
        return row

    @property
    def changed(self) -> bool:
        """Return True if rank, status, or displayed score differ."""
        if self.before is None or self.after is None:
            return True
        same = (self.before.rank, self.before.status) == (self.after.rank, self.after.status)
        return not same or round(self.before.score or 0, 1) != round(self.after.score or 0, 1)

    @property
    def moved(self) -> bool:
        """Return True if it moved among the countries ranked by both, or gained or lost its rank."""
        return bool(self.places) or self.ranks.kind in ("gained", "lost")


@dataclass(frozen=True)
class Comparison:
    """Earlier run, later run, and their differences.

    `pair` holds both models, and which observations each run could take. `steps` lead from one model to the other on
    the data of the later run; None for one model, or for scores of different stages.
    """

    before: ScoreRun
    after: ScoreRun
    pair: Pair
    moves: tuple[RunMove, ...]
    publications: tuple[Publication, ...]
    model: tuple[str, ...]
    engine: bool
    day: bool
    entered: tuple[RankingRow, ...]
    left: tuple[RankingRow, ...]
    first: int
    steps: Steps | None = None

    @property
    def gained(self) -> list[RunMove]:
        return sorted(
            (move for move in self.moves if move.ranks.kind == "gained"), key=lambda move: move.ranks.after or 0
        )

    @property
    def lost(self) -> list[RunMove]:
        return sorted(
            (move for move in self.moves if move.ranks.kind == "lost"), key=lambda move: move.ranks.before or 0
        )

    @property
    def both(self) -> list[RunMove]:
        return [move for move in self.moves if move.places is not None]

    @property
    def shifted(self) -> list[RunMove]:
        """Return the countries ranked by both that move; with lost and gained ranks, they are all that `moved` has."""
        return [move for move in self.both if move.places]

    @property
    def far(self) -> list[RunMove]:
        return [move for move in self.both if abs(move.places or 0) >= FAR]

    @property
    def regrouped(self) -> list[RunMove]:
        return sorted((move for move in self.moves if move.regrouped), key=lambda move: move.row.rank or 0)

    @property
    def has_chances(self) -> bool:
        """Return True if both runs give the share of draws in which a country is among the first."""
        return all(any(move.drawn[side] for move in self.moves) for side in (0, 1))

    @property
    def has_same_draws(self) -> bool:
        """Return True if the draws of both runs vary the same: the method as well, or data and weights alone."""
        return is_all_in(self.pair.before) == is_all_in(self.pair.after)

    @property
    def unlike(self) -> list[str]:
        """Return in what two rankings are so different that a movement must be read with care."""
        differs = {
            "stage": not self.pair.is_one_stage,
            "model": bool(self.model) and self.steps is None,
            "engine": self.engine,
        }
        return [what for what, is_unlike in differs.items() if is_unlike]

    @cached_property
    def changed(self) -> list[RunMove]:
        """Return the countries that changed: largest movements first, then gained and lost ranks."""
        return sorted((move for move in self.moves if move.changed), key=_by_movement)

    @property
    def moved(self) -> list[RunMove]:
        """Return the countries that move, or gain or lose a rank, the largest movements first."""
        return [move for move in self.changed if move.moved]


def in_order(one: ScoreRun, other: ScoreRun) -> tuple[ScoreRun, ScoreRun]:
    """Return two runs, the one with less data first: a run takes what was published by its day."""
    before, after = sorted((one, other), key=lambda run: (run.reference_date, run.as_of, run.pk))
    return before, after


def compare(one: ScoreRun, other: ScoreRun) -> Comparison:
    before, after = in_order(one, other)
    old, new = ranking_of(before), ranking_of(after)
    sides = _sides(before), _sides(after)
    pair = _pair((before, after), (old.table, new.table), sides)
    first = {row.code for row in old.first}, {row.code for row in new.first}
    steps = model_steps(before, after, (old.table, new.table))
    low, high = sorted((before.as_of, after.as_of))
    published = Publication.objects.filter(seq__gt=low, seq__lte=high).select_related("batch__source")
    return Comparison(
        before=before,
        after=after,
        pair=pair,
        moves=_moves((old, new), sides, pair, steps),
        publications=tuple(published.order_by("seq")),
        model=tuple(model_changes(old.table, new.table)),
        engine=before.engine_version != after.engine_version,
        day=before.reference_date != after.reference_date,
        entered=tuple(row for row in new.first if row.code not in first[0]),
        left=tuple(row for row in old.first if row.code not in first[1]),
        first=new.table.first,
        steps=steps,
    )


def _by_movement(move: RunMove) -> tuple[bool, int, float, int, str]:
    rank = move.row.rank or (move.before.rank if move.before else None)
    return move.places is None, -abs(move.places or 0), -abs(move.points or 0.0), rank or 1000, move.row.name


# ---- the countries -------------------------------------------------------------------------------------------------

_Sides = Mapping[str, Side]


def _sides(run: ScoreRun) -> _Sides:
    columns = ("country__code", "lines", "nodes", "score", "detail__data_weights")
    rows = CountryScore.objects.filter(run=run).values_list(*columns)
    return {
        code: Side(
            {line["key"]: line for line in lines},
            {key: node["score"] for key, node in nodes.items()},
            score,
            data_weights,
        )
        for code, lines, nodes, score, data_weights in rows
    }


def _pair(runs: tuple[ScoreRun, ScoreRun], tables: tuple[ModelTable, ModelTable], sides: tuple[_Sides, _Sides]) -> Pair:
    """Determine which of the differing observations each run could take."""
    old, new = ({pk for side in found.values() for pk in _behind(side)} for found in sides)
    before, after = (_knows(run, old ^ new) for run in runs)
    return Pair(*tables, before, after, is_one_stage=runs[0].stage == runs[1].stage)


def _behind(side: Side) -> Iterable[int]:
    return chain.from_iterable(observations_of(line) for line in side.lines.values())


def _knows(run: ScoreRun, ids: Collection[int]) -> Knows:
    days = statement_days(ids, as_of=run.as_of)
    return {pk for pk, day in days.items() if day is None or day <= run.reference_date}.__contains__


def _moves(
    rankings: tuple[Ranking, Ranking], sides: tuple[_Sides, _Sides], pair: Pair, steps: Steps | None
) -> tuple[RunMove, ...]:
    old, new = ({row.code: row for row in ranking.rows} for ranking in rankings)
    shared = _shared_ranks(old, new)
    has_same_draws = is_all_in(pair.before) == is_all_in(pair.after)
    moves = []
    for code in sorted({*old, *new}):
        rows, inside = (old.get(code), new.get(code)), (sides[0].get(code), sides[1].get(code))
        move = _move(code, rows, inside, pair, shared)
        drawn_before, drawn_after = (None if has_same_draws or side is None else side.data_weights for side in inside)
        move = replace(move, drawn=(drawn_of(rows[0], drawn_before), drawn_of(rows[1], drawn_after)))
        moves.append(move if steps is None else _with_parts(move, steps))
    return tuple(moves)


def _with_parts(move: RunMove, steps: Steps) -> RunMove:
    """Return a movement between runs of two models, with its parts: scores of two models are on different scales."""
    if not (move.before and move.after and move.before.rank and move.after.rank):
        return move
    parts = parts_of(move.row.code, (move.before.rank, move.after.rank), steps)
    own = next((change.cause for change in move.changes if change.cause is not Cause.MODEL), None)
    return replace(move, parts=parts, cause=parts.main_cause(own) if parts and move.places else move.cause)


@dataclass(frozen=True, slots=True)
class _SharedRank:
    """Country that both runs rank: its rank in each among those countries, and both its rows."""

    before: int
    after: int
    old: RankingRow
    new: RankingRow


_SharedRanks = Mapping[str, _SharedRank]
_Rows = tuple[RankingRow | None, RankingRow | None]


def _shared_ranks(old: Mapping[str, RankingRow], new: Mapping[str, RankingRow]) -> _SharedRanks:
    before, after = ({code: row.rank for code, row in rows.items() if row.rank is not None} for rows in (old, new))
    moves = recount(moves_between(before, after))
    return {code: _SharedRank(move.before or 0, move.after or 0, old[code], new[code]) for code, move in moves.items()}


def _move(code: str, rows: _Rows, sides: tuple[Side | None, Side | None], pair: Pair, shared: _SharedRanks) -> RunMove:
    before, after = rows
    old, new = (side or Side() for side in sides)
    differences = changes(old, new, pair)
    points = None if old.score is None or new.score is None else new.score - old.score
    if own := shared.get(code):
        passed_by, passes = _passing(own, shared)
        move = RunMove(before, after, own.before - own.after, points, differences, None, passed_by, passes)
        move = replace(move, alone=_alone(own, shared))
        return replace(move, cause=_cause(move))
    move = RunMove(before, after, None, points, differences)
    row = _without_rank(before, after)
    if row is None:
        return move
    deciding = deciders(row.status, row.reason_code, differences, pair)
    cause = status_cause(row.status, row.reason_code, deciding, (old, new), pair)
    return replace(move, cause=cause, deciding=deciding)


def _passing(own: _SharedRank, shared: _SharedRanks) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of those that passed a country, and of those it passed, by their later rank."""
    others = sorted(shared.values(), key=lambda other: other.after)
    above = tuple(other.new.name for other in others if other.before > own.before and other.after < own.after)
    below = tuple(other.new.name for other in others if other.before < own.before and other.after > own.after)
    return above, below


def _alone(own: _SharedRank, shared: _SharedRanks) -> int:
    """Return how many ranks a country would rise by its later score among the others' earlier scores."""
    score = own.new.score or 0.0
    return own.before - 1 - sum((row.old.score or 0.0) > score for row in shared.values() if row is not own)


def _cause(move: RunMove) -> Cause | None:
    """Return the main reason why a country ranked by both moves, or None if it does not.

    Other countries are the cause if its own changes alone would move it less than half as far, or in the other
    direction.
    """
    points, places, alone = move.points or 0.0, move.places or 0, move.alone or 0
    if move.main is None or alone * places < 0 or 2 * abs(alone) < abs(places):
        return Cause.OTHERS if places else None
    return next((change.cause for change in move.changes if change.points * points > 0), move.main.cause)


def _without_rank(before: RankingRow | None, after: RankingRow | None) -> RankingRow | None:
    """Return a country from the run that gives it no rank, the later run first.

    None if its status is the same in both.
    """
    if before and after and (before.status, before.reason_code) == (after.status, after.reason_code):
        return None
    return next((row for row in (after, before) if row is not None and row.rank is None), before or after)
