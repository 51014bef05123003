"""Changes of one version of a model from another, on the data of the newest desk screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.text import capfirst

from cpc.findings import Finding, errors
from selection.lookups.model_versions import default_key, measures
from selection.model_definition.changes import (
    Bearing,
    SingleChange,
    changes,
    plain_table,
)
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.differences import ModelPath, differences
from selection.model_definition.rules import check
from selection.model_versions.presenters.comparison import DifferenceRow, difference_rows, moves_of
from selection.model_versions.queries.movements import (
    Bench,
    Effects,
    ModelEffect,
    ModelRanking,
)
from selection.models import ScoreRun, ScoringModel
from selection.runs.movements import Moves
from selection.runs.queries.stored_runs import newest_run
from selection.scoring import ModelError, SnapshotError


@dataclass(frozen=True, slots=True)
class ModelSide:
    """One of two models: its names in a sentence, as a heading and in a narrow column, its table and its page."""

    name: str
    title: str
    short: str
    table: ModelTable
    address: str

    @classmethod
    def of(cls, model: ScoringModel, other: ScoringModel | None = None) -> ModelSide:
        """Return a version's name: its number, with its model's title if the other version is of another model."""
        is_alone = other is None or other.key == model.key
        name = f"version {model.number}" if is_alone else str(model)
        return cls(name, capfirst(name), f"V{model.number}", model.as_table, reverse("model", args=[model.pk]))

    @classmethod
    def of_run(cls, run: ScoreRun) -> ModelSide:
        name, table = f"the model of run {run.pk}", ModelTable.from_dict(run.table)
        return cls(name, f"Model of run {run.pk}", f"R{run.pk}", table, reverse("run", args=[run.pk]))


@dataclass(frozen=True)
class ModelChange:
    """Comparison of two models on the data of `run`; empty if no run is stored.

    `findings` are the errors that prevent one of them from being scored; `faulty` is that one.
    """

    before: ModelSide
    after: ModelSide
    run: ScoreRun | None
    bench: Bench | None
    rankings: tuple[ModelRanking, ModelRanking] | None
    findings: Sequence[Finding] = ()
    faulty: ModelSide | None = None
    in_use: bool = True

    @cached_property
    def differences(self) -> Sequence[ModelPath]:
        return differences(self.before.table, self.after.table)

    @cached_property
    def changes(self) -> Sequence[SingleChange]:
        """Return the individual changes, without shares that merely follow from a changed weight."""
        return changes(self.before.table, self.after.table)

    @property
    def is_text(self) -> bool:
        return all(change.bearing is Bearing.TEXT for change in self.changes)

    @property
    def first(self) -> int:
        return self.after.table.first

    @property
    def other_first(self) -> int | None:
        first = self.before.table.first
        return None if first == self.first else first

    @cached_property
    def moves(self) -> Moves | None:
        """Return the ranks by both versions, or None if one of them was not scored."""
        if self.rankings is None:
            return None
        return moves_of(*self.rankings, self._names, (self.before.name, self.after.name), self.first)

    @property
    def verdict(self) -> tuple[str, str] | None:
        """Return which countries enter and leave the first N, and which differences contribute."""
        return None if self.moves is None else self.moves.verdict(self.same)

    @property
    def changed(self) -> int:
        """Return how many countries have another rank by the later model, or one by one of them alone."""
        return 0 if self.moves is None else sum(row.before != row.after for row in self.moves.rows)

    @property
    def matters(self) -> bool:
        """Return whether the later model changes who is ranked, or who is among the first N and in what order."""
        moves = self.moves
        return moves is not None and bool(
            moves.entered or moves.left or moves.gained or moves.lost or moves.is_first_reordered
        )

    @property
    def same(self) -> str:
        """Return the sentence for two models that give the same list."""
        numbers = [side.name.removeprefix("version ") for side in (self.before, self.after)]
        if all(number.isdecimal() for number in numbers):
            return f"Versions {' and '.join(sorted(numbers, key=int))} give the same list."
        return f"{self.before.title} and {self.after.name} give the same list."

    @property
    def ranked_note(self) -> str:
        """Return how many countries the earlier model ranks, to print below the number of the later one."""
        return "" if self.moves is None else f"{self.moves.ranked[0]} under {self.before.name}"

    @property
    def _names(self) -> Mapping[str, str]:
        return {} if self.bench is None else self.bench.names

    def rows(self) -> Sequence[DifferenceRow]:
        """Return each difference with its effect alone, which this method scores."""
        if self.bench is None or self.rankings is None:
            return difference_rows([ModelEffect((change,), None) for change in self.changes], None, {}, self.first)
        effects = Effects(self.bench, self.before.table, self.rankings[0]).of(self.changes)
        return difference_rows(effects, self.rankings[0], self._names, self.first)


def model_change(before: ScoringModel | ScoreRun, after: ScoringModel) -> ModelChange:
    """Compare a version with another one, or with the model of a stored run."""
    if isinstance(before, ScoringModel):
        one, other = ModelSide.of(before, after), ModelSide.of(after, before)
    else:
        one, other = ModelSide.of_run(before), ModelSide.of(after)
    run, in_use = newest_run(), after.key == default_key()
    for side in (one, other):
        if stops := errors(check(plain_table(side.table), measures())):
            return ModelChange(one, other, run, None, None, stops, side, in_use=in_use)
    if run is None:
        return ModelChange(one, other, None, None, None, in_use=in_use)
    bench = Bench(run)
    try:
        rankings = (bench.ranking(one.table), bench.ranking(other.table))
    except (ModelError, SnapshotError):  # of the data, such as labels that a table does not know
        return ModelChange(one, other, run, None, None, faulty=other, in_use=in_use)
    return ModelChange(one, other, run, bench, rankings, in_use=in_use)
