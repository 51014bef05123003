"""The desk screen under two versions of a model, on the same observations: who enters, leaves, and moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicators.models import Country
from selection.model_table import ModelTable, Stage
from selection.models import ScoreRun
from selection.pool import PoolInputs
from selection.queries.pool import pool_inputs
from selection.scoring import score
from selection.screening import select_by_method
from selection.snapshots import select


@dataclass(frozen=True, slots=True)
class Moved:
    """A country whose rank differs under the other version; None is no rank, and `why` is the reason for it."""

    code: str
    name: str
    before: int | None
    after: int | None
    why: str = ""

    @property
    def by(self) -> int | None:
        """Return how many places it rises; negative where it falls, None where it has a rank on one side only."""
        return None if self.before is None or self.after is None else self.before - self.after


@dataclass(frozen=True, slots=True)
class Moves:
    """The effect of another version on the desk screen, on the same observations.

    `compared` counts the countries that have a rank under either version. `first` is the N of the later
    version's "first N", by which both lists are cut.
    """

    as_of: int
    compared: int
    moved: Sequence[Moved]
    first: int
    ranked: tuple[int, int]

    @property
    def farthest(self) -> Sequence[Moved]:
        """The countries that move, those that move farthest first, then those that gain or lose their rank."""
        return sorted(self.moved, key=lambda row: (row.by is None, -abs(row.by or 0), row.after or 999, row.name))

    @property
    def entered(self) -> Sequence[Moved]:
        """The countries that the later version has among the first and the earlier has not, by rank."""
        found = [row for row in self.moved if self._is_first(row.after) and not self._is_first(row.before)]
        return sorted(found, key=lambda row: row.after or 0)

    @property
    def left(self) -> Sequence[Moved]:
        """The countries that the earlier version has among the first and the later has not, by rank."""
        found = [row for row in self.moved if self._is_first(row.before) and not self._is_first(row.after)]
        return sorted(found, key=lambda row: row.before or 0)

    @property
    def gained(self) -> Sequence[Moved]:
        """The countries that have a rank under the later version alone."""
        return sorted((row for row in self.moved if row.before is None), key=lambda row: row.after or 0)

    @property
    def lost(self) -> Sequence[Moved]:
        """The countries that have a rank under the earlier version alone."""
        return sorted((row for row in self.moved if row.after is None), key=lambda row: row.before or 0)

    def _is_first(self, rank: int | None) -> bool:
        return rank is not None and rank <= self.first


def screen_moves(before: ModelTable, after: ModelTable, run: ScoreRun) -> Moves:
    """Compare the ranks of the desk screen under both versions, on the observations of `run`. Nothing is stored.

    Raises `ModelError` where a version cannot score.
    """
    (one, reasons), (other, others) = (_ranks(table, run) for table in (before, after))
    names = dict(Country.objects.values_list("code", "name"))
    moved = [
        Moved(
            code,
            names[code],
            one.get(code),
            other.get(code),
            reasons.get(code, "") if code not in one else others.get(code, ""),
        )
        for code in sorted(one.keys() | other.keys())
        if one.get(code) != other.get(code)
    ]
    return Moves(run.as_of, len(one.keys() | other.keys()), moved, after.first, (len(one), len(other)))


def _ranks(table: ModelTable, run: ScoreRun) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """Return the rank of each ranked country, and why the others have none."""
    if table.method is None:
        selection = select(table, Stage.SCREEN, as_of=run.as_of, on=run.reference_date)
    else:
        # A run of the rules before the method names no pool: that of its day is taken.
        kept = run.inputs.get("pool")
        inputs = pool_inputs(run.reference_date) if kept is None else PoolInputs.from_dict(kept)
        selection = select_by_method(table, Stage.SCREEN, as_of=run.as_of, on=run.reference_date, inputs=inputs)
    result = score(selection.snapshot, table.model(Stage.SCREEN), draws=0)
    ranks: dict[str, int] = {}
    reasons = {code: reason for code, (_, reason) in selection.left_out.items()}
    for code in result.countries:
        found = result.country(code)
        if found.rank is not None:
            ranks[code] = found.rank
            continue
        entry = selection.pool.entries.get(code) if selection.pool else None
        reasons[code] = found.reason or (entry.sentence if entry else "")
    return ranks, reasons
