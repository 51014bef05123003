"""Steps from one model to another on the data of a run: the changes of the model, applied one after another.

The ranks after each step are those of a model between the two, so the movements of a country add up exactly to its
whole movement. Which part falls on which step depends on their order: criteria in the order of the later model, then
the tree above them, then all else. `without` shows the same change from the other end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cpc.grouping import grouped
from selection.model_definition.changes import Bearing, SingleChange, applied, changes, plain_table
from selection.model_definition.criteria_table import ModelTable
from selection.model_versions.queries.movements import Bench, ModelRanking
from selection.models import ScoreRun
from selection.runs.movements import Move
from selection.scoring import ModelError, SnapshotError

ORDER = ("criteria", "nodes")
"""Lists whose rows are the first steps; settings, hurdles, and evidence rules follow."""

Ranks = Mapping[str, int]
Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ModelStep:
    """Changes of one row or setting of the model, or of several that only work together.

    `before` and `after` are the ranks before and after it. `without` are those by the later model if these changes
    alone are taken back; None if that is no valid model.
    """

    subjects: tuple[Subject, ...]
    changes: tuple[SingleChange, ...]
    before: Ranks
    after: Ranks
    without: Ranks | None

    @property
    def moves(self) -> bool:
        return self.before != self.after

    def rise(self, code: str) -> int | None:
        """Return how many ranks a country rises by the step; None if it has no rank before or after it."""
        return Move(code, self.before.get(code), self.after.get(code)).rise


@dataclass(frozen=True, slots=True)
class Steps:
    """Ranks by both models, and the steps between them.

    `moving` move a rank, in their order; `still` do not. `doubt` are changes of intervals, shares, and groups alone.
    """

    before: Ranks
    after: Ranks
    moving: tuple[ModelStep, ...]
    still: tuple[ModelStep, ...]
    doubt: tuple[SingleChange, ...]


def steps_between(run: ScoreRun, before: ModelTable, after: ModelTable) -> Steps | None:
    """Return the steps from one model to another on the data of a run; None if the data does not fit one of them."""
    return _steps(run.pk, run.snapshot_hash, _Tables((before.hash, after.hash), before, after))


@dataclass(frozen=True)
class _Tables:
    """Two tables, equal to others by their hashes."""

    hashes: tuple[str, str]
    before: ModelTable = field(compare=False)
    after: ModelTable = field(compare=False)


@lru_cache(maxsize=4)
def _steps(run_id: int, _snapshot_hash: str, tables: _Tables) -> Steps | None:
    bench = Bench(ScoreRun.objects.get(pk=run_id))
    one, other = (_without_draws(table) for table in (tables.before, tables.after))
    start, end = _ranks(bench, one), _ranks(bench, other)
    if start is None or end is None:
        return None
    steps = tuple(_in_turn(bench, one, other, start))
    return Steps(
        before=start,
        after=end,
        moving=tuple(step for step in steps if step.moves),
        still=tuple(step for step in steps if not step.moves),
        doubt=tuple(change for change in changes(tables.before, tables.after) if change.bearing is Bearing.DOUBT),
    )


def _without_draws(table: ModelTable) -> ModelTable:
    """Return a table without what only draws read, so that every table between two of them is valid."""
    data = plain_table(table)
    method = data["method"]
    method["choices"] = []
    for name in ("all_in", "income_group"):
        method.pop(name, None)
    return ModelTable.from_dict(data)


def _in_turn(bench: Bench, one: ModelTable, other: ModelTable, start: Ranks) -> Iterator[ModelStep]:
    """Yield the steps; a change that gives no valid model joins the next one."""
    forth, back = _by_subject(one, other), _by_subject(other, one)
    done: list[SingleChange] = []
    waiting: list[Subject] = []
    ranks = start
    for subject in sorted(forth, key=_order):
        waiting.append(subject)
        group = tuple(change for name in waiting for change in forth[name])
        new_ranks = _ranks(bench, ModelTable.from_dict(applied(one, [*done, *group])))
        if new_ranks is None:
            continue
        undone = [change for name in waiting for change in back.get(name, ())]
        without = _ranks(bench, ModelTable.from_dict(applied(other, undone))) if new_ranks != ranks else None
        yield ModelStep(tuple(waiting), group, ranks, new_ranks, without)
        done += group
        waiting, ranks = [], new_ranks


def _by_subject(one: ModelTable, other: ModelTable) -> dict[Subject, list[SingleChange]]:
    ranking = (change for change in changes(one, other) if change.bearing is Bearing.RANK)
    return grouped(ranking, lambda change: change.subject)


def _order(subject: Subject) -> int:
    return ORDER.index(subject[0]) if subject[0] in ORDER else len(ORDER)


def _ranks(bench: Bench, table: ModelTable) -> Ranks | None:
    try:
        found: ModelRanking = bench.ranking(table)
    except (ModelError, SnapshotError):
        return None
    return found.ranks


def moved_most(step: ModelStep, most: int) -> Sequence[tuple[str, int]]:
    """Return the countries that a step moves farthest, with the ranks that each rises."""
    rises = [(code, step.rise(code) or 0) for code in step.after]
    return sorted((rise for rise in rises if rise[1]), key=lambda rise: (-abs(rise[1]), step.after[rise[0]]))[:most]
