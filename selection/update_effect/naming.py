"""Names of what moves a country: its value before and after, with the import that states it."""

from __future__ import annotations

from dataclasses import dataclass, field

from indicators.models import Indicator
from indicators.queries import Known
from selection.countries import published
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.runs import labels
from selection.scoring import Result
from selection.scoring_inputs.cells import Cell
from selection.scoring_inputs.screening import INCOME_GROUP
from selection.update_effect.found import CONSTANT, OTHERS, POOL, SEVERAL, VALUE, Mover, Row
from selection.update_effect.movers import Movers
from selection.update_effect.queries import StagedInputs

NO_VALUE = "no value"


@dataclass
class Naming:
    """Names what moves a country between two selections of cells by the same model."""

    table: ModelTable
    before: StagedInputs
    after: StagedInputs
    old: Result
    new: Result
    _indicators: dict[str, Indicator] = field(init=False)
    _movers: Movers = field(init=False)

    def __post_init__(self) -> None:
        self._indicators = {one.code: one for one in Indicator.objects.all()}
        income = self.table.groupings.get(INCOME_GROUP)
        beside = {row.key: INCOME_GROUP for row in self.table.criteria if income and row.indicator == income}
        self._movers = Movers(self.old, self.new, beside)

    def mover(self, row: Row) -> Mover:
        """Return what moves a country that has another rank, or has one in one of the two only."""
        code = row.code
        entries = [one.selection.pool.entries.get(code) for one in (self.before, self.after)]
        inside = [entry is not None and entry.is_in for entry in entries]
        if inside[0] != inside[1] or any(code not in one.snapshot.position for one in (self.old, self.new)):
            return Mover(POOL, after=row.why)
        undone = self._movers.undone(code)
        if not undone.criterion:
            return Mover(SEVERAL if undone.is_own else OTHERS)
        criterion = self.table.row(undone.criterion)
        if undone.is_constant:
            return Mover(CONSTANT, criterion.label, imports=self._imports(criterion.key))
        old, new = (self._stated(criterion, one.selection.cells[criterion.key][code], code) for one in self._sides)
        imports = {self.after.batches[pk] for pk in self._observations(criterion.key, code) if pk in self.after.batches}
        return Mover(VALUE, criterion.label, old, new, tuple(sorted(imports)))

    @property
    def _sides(self) -> tuple[StagedInputs, StagedInputs]:
        return self.before, self.after

    def _observations(self, key: str, code: str) -> set[int]:
        """Return the observations that the later cell takes and the earlier one did not."""
        one, other = (_known(side.selection.cells[key].get(code, Cell())) for side in self._sides)
        return {known.observation_id for known in other} - {known.observation_id for known in one}

    def _imports(self, key: str) -> tuple[int, ...]:
        """Return the imports that change the values of any country on a criterion."""
        codes = self.after.selection.cells[key].keys()
        changed = {pk for code in codes for pk in self._observations(key, code)}
        return tuple(sorted({self.after.batches[pk] for pk in changed if pk in self.after.batches}))

    def _stated(self, criterion: CriterionRow, cell: Cell, code: str) -> str:
        """Return the value of a cell with its period, of the series that changed if it has several."""
        if cell.series:
            pairs = [side.selection.cells[criterion.key][code].series for side in self._sides]
            names = [
                name for name in {**pairs[0], **pairs[1]} if _fact(pairs[0].get(name)) != _fact(pairs[1].get(name))
            ]
            name = next(iter(names), next(iter(cell.series)))
            return self._text(criterion, cell.series.get(name), name)
        return self._text(criterion, cell.used, "")

    def _text(self, criterion: CriterionRow, known: Known | None, series: str) -> str:
        if known is None:
            return NO_VALUE
        if known.label:
            return f"{labels.value_label(known.label)} ({known.period})"
        if known.value is None:
            return NO_VALUE
        counted = criterion.counts(known.value, series)
        return f"{published.amount(criterion, counted, self._indicators.get(known.indicator))} ({known.period})"


def _known(cell: Cell) -> list[Known]:
    return [known for known in (cell.used, *cell.series.values()) if known is not None]


def _fact(known: Known | None) -> tuple[object, ...] | None:
    return None if known is None else (known.value, known.label, known.period, known.standard_error)
