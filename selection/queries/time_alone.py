"""The changes that time alone made between two runs of the same data, model and engine: ages, editions, the pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selection.model_table import ModelTable
from selection.models import CountryScore, CountryStatus, ScoreRun
from selection.pool import PoolInputs
from selection.queries.comparison import Comparison, Move
from selection.queries.move_causes import Cause, observations_of


@dataclass(frozen=True, slots=True)
class PoolMove:
    """A country whose status, or the reason for it, differs on another day: both statuses, and the later reason."""

    name: str
    before: str
    after: str
    reason: str

    @property
    def words(self) -> str:
        """Return the move as a sentence, with the reason."""
        was = "for another reason than before" if self.after == self.before else f"was {self.before}"
        return f"{self.name} is {self.after}, {was}{f': {self.reason}' if self.reason else '.'}"


@dataclass(frozen=True, slots=True)
class TimeMove:
    """A country whose rank moved, with the reason in words."""

    move: Move
    why: str


@dataclass(frozen=True)
class TimeAlone:
    """The changes from one day to another.

    `aged` counts values that are older by the later day, `behind` levels of an edition that is further behind then, so
    that they are drawn, and `released` values of each criterion, by its label, that count as published only by then.
    """

    before: ScoreRun
    after: ScoreRun
    aged: int
    behind: int
    released: tuple[tuple[str, int], ...]
    pool: tuple[PoolMove, ...]
    moved: tuple[TimeMove, ...]

    @property
    def anything(self) -> bool:
        """Tell whether the day changed anything that a run reads."""
        return bool(self.aged or self.behind or self.released or self.pool or self.moved)


def time_alone(comparison: Comparison) -> TimeAlone | None:
    """Return what time changed between two runs; None where anything else differs, or the day does not."""
    before, after = comparison.before, comparison.after
    if comparison.publications or comparison.model or comparison.engine or not comparison.day:
        return None
    if before.as_of != after.as_of or not _same_decisions(before, after):
        return None
    old, new = _scores(before), _scores(after)
    table = ModelTable.from_dict(after.table)
    both = [(old[code], new[code]) for code in old if code in new and old[code].lines and new[code].lines]
    aged, behind, released = _values(both)
    ranked = [move for move in comparison.changed if move.places]
    return TimeAlone(
        before=before,
        after=after,
        aged=aged,
        behind=behind,
        released=tuple((table.row(key).label, count) for key, count in released.most_common()),
        pool=tuple(_pool_moves(old, new)),
        moved=tuple(TimeMove(move, _why(move, table)) for move in ranked),
    )


def _same_decisions(before: ScoreRun, after: ScoreRun) -> bool:
    """Tell whether both runs rest on the same decisions on the pool, as far as they hold on both days."""
    if "pool" not in before.inputs or "pool" not in after.inputs:
        return "pool" not in before.inputs and "pool" not in after.inputs
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


def _values(both: Sequence[tuple[CountryScore, CountryScore]]) -> tuple[int, int, Counter[str]]:
    """Count the values that got older, the levels further behind, and by criterion those that another edition gives."""
    aged, behind, released = 0, 0, Counter[str]()
    for before, after in both:
        then = {line["key"]: line for line in before.lines}
        for line in after.lines:
            was = then.get(line["key"])
            if was is None:
                continue
            if observations_of(line) != observations_of(was):
                released[line["key"]] += 1
            elif _age(line) != _age(was):
                aged += 1
                behind += line["estimate"].get("moves") != was["estimate"].get("moves")
    return aged, behind, released


def _age(line: Mapping[str, Any]) -> int | None:
    age: int | None = line.get("estimate", {}).get("age")
    return age


def _pool_moves(old: Mapping[str, CountryScore], new: Mapping[str, CountryScore]) -> list[PoolMove]:
    found = []
    for code, row in new.items():
        was = old.get(code)
        if was is None or (was.status, was.reason_code) == (row.status, row.reason_code):
            continue
        found.append(PoolMove(row.country.name, _standing(was), _standing(row), row.reason))
    return sorted(found, key=lambda move: move.name)


def _standing(row: CountryScore) -> str:
    return str(CountryStatus(row.status).label).lower()


_WHY: Mapping[Cause, str] = {
    Cause.DATA: "a value counts as published meanwhile.",
    Cause.AGE: "the value is older, so that it is carried further along the trend.",
}


def _why(move: Move, table: ModelTable) -> str:
    """Return why a country moved: by what moved its own score most, else by what others did."""
    main = move.main
    if main is None:
        return "Its own values are the same; others moved."
    return f"{table.row(main.key).label}: {_WHY.get(main.cause, 'the pool or similar countries are others.')}"
