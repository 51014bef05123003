"""Changes by time alone between two runs of the same data, model, and engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from selection.model_definition.criteria_table import ModelTable
from selection.models import CountryScore, ScoreRun
from selection.pool_rules.pools import PoolInputs
from selection.run_comparison.queries.causes import (
    Cause,
    Line,
    age,
    observations_of,
)
from selection.run_comparison.queries.comparison import Comparison, RunMove


@dataclass(frozen=True, slots=True)
class PoolMove:
    """Country whose status or reason differs on another day, with both statuses and the later reason."""

    name: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class TimeMove:
    """Country whose rank moved.

    `criterion` is the label of the main change of its own score, "" if only other countries moved. If `is_age`, its
    value is older; else the pool or the peers differ.
    """

    move: RunMove
    criterion: str
    is_age: bool


@dataclass(frozen=True)
class TimeAlone:
    """Changes from one day to another.

    `aged` counts values that are older by the later day. `behind` counts levels of an edition that is further behind
    then, so that they are drawn.
    """

    before: ScoreRun
    after: ScoreRun
    aged: int
    behind: int
    pool: tuple[PoolMove, ...]
    moved: tuple[TimeMove, ...]

    @property
    def anything(self) -> bool:
        return bool(self.aged or self.behind or self.pool or self.moved)


def time_alone(comparison: Comparison) -> TimeAlone | None:
    """Return the changes by time alone between two runs, or None.

    None if anything else differs, or if the day does not. A value that counts as published by only one of the days is a
    difference of data, not of time.
    """
    before, after = comparison.before, comparison.after
    if comparison.publications or comparison.model or comparison.engine or not comparison.day:
        return None
    if before.as_of != after.as_of or not _same_decisions(before, after):
        return None
    old, new = _scores(before), _scores(after)
    table = ModelTable.from_dict(after.table)
    both = [(old[code], new[code]) for code in old if code in new and old[code].lines and new[code].lines]
    apart = {pk for was, line in _lines(both) for pk in set(observations_of(was)) ^ set(observations_of(line))}
    if not all(comparison.pair.before_knows(pk) and comparison.pair.after_knows(pk) for pk in apart):
        return None  # a value that only one of the days could take
    older = [(was, line) for was, line in _lines(both) if age(line) != age(was)]
    behind = sum(line["estimate"].get("moves") != was["estimate"].get("moves") for was, line in older)
    return TimeAlone(
        before=before,
        after=after,
        aged=len(older),
        behind=behind,
        pool=tuple(_pool_moves(old, new)),
        moved=tuple(_time_move(move, table) for move in comparison.changed if move.places),
    )


def _same_decisions(before: ScoreRun, after: ScoreRun) -> bool:
    """Return True if both runs rest on the same pool decisions, as far as these apply on both days."""
    one, other = (PoolInputs.from_dict(run.inputs["pool"]) for run in (before, after))
    held = [
        (
            {row for row in inputs.policies if row.holds(one.on) and row.holds(other.on)},
            {row for row in inputs.admissions if row.holds(one.on) and row.holds(other.on)},
            {term for term in inputs.partnerships if term.start <= min(one.on, other.on)},
        )
        for inputs in (one, other)
    ]
    return held[0] == held[1]


def _scores(run: ScoreRun) -> dict[str, CountryScore]:
    rows = CountryScore.objects.filter(run=run).select_related("country").defer("nodes", "hurdles", "detail")
    return {row.country.code: row for row in rows}


def _lines(both: Iterable[tuple[CountryScore, CountryScore]]) -> Iterator[tuple[Line, Line]]:
    """Yield the lines of both runs for each country and criterion."""
    for before, after in both:
        then = {line["key"]: line for line in before.lines}
        yield from ((then[line["key"]], line) for line in after.lines if line["key"] in then)


def _pool_moves(old: Mapping[str, CountryScore], new: Mapping[str, CountryScore]) -> list[PoolMove]:
    both = [(old[code], row) for code, row in new.items() if code in old]
    found = [
        PoolMove(row.country.name, was.get_status_display().lower(), row.get_status_display().lower(), row.reason)
        for was, row in both
        if (was.status, was.reason_code) != (row.status, row.reason_code)
    ]
    return sorted(found, key=lambda move: move.name)


def _time_move(move: RunMove, table: ModelTable) -> TimeMove:
    main = move.main
    if main is None:
        return TimeMove(move, "", False)
    return TimeMove(move, table.row(main.key).label, main.cause is Cause.AGE)
