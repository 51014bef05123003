"""Parts of the data and of the model in a country's change of rank between runs of two models."""

from __future__ import annotations

from dataclasses import dataclass

from selection.model_definition.criteria_table import ModelTable, Stage
from selection.model_versions.queries.steps import ModelStep, Steps, steps_between
from selection.models import ScoreRun
from selection.run_comparison.queries.causes import Cause


@dataclass(frozen=True, slots=True)
class StepPart:
    """One step between two models: a country's rank before and after it.

    `without` is its rank by the later model if this step alone is taken back, None if it has none.
    """

    step: ModelStep
    before: int
    after: int
    without: int | None

    @property
    def rise(self) -> int:
        return self.before - self.after


@dataclass(frozen=True, slots=True)
class Parts:
    """Change of a country's rank in parts that add up: data, pool, and date first, then the steps between the models.

    `data` counts the ranks that the earlier model gives it on the data of the later run. `rest` are ranks that the
    steps leave unexplained, because the engine of today gives other ranks than a run stored.
    """

    before: int
    after: int
    data: int
    model: tuple[StepPart, ...]
    rest: int

    @property
    def total(self) -> int:
        """Return how many ranks the country rises; the parts add up to it."""
        return self.before - self.after

    @property
    def felt(self) -> list[StepPart]:
        """Return the steps that move the country, those that move it most first."""
        return sorted((part for part in self.model if part.rise), key=lambda part: -abs(part.rise))

    def main_cause(self, data_cause: Cause | None) -> Cause:
        """Return the larger part in the direction of the movement; `data_cause` names that of the data."""
        model = sum(part.rise for part in self.model)
        by_model, by_data = (max(part if self.total > 0 else -part, 0) for part in (model, self.data))
        if by_model >= by_data:
            return Cause.MODEL if by_model else Cause.OTHERS
        return data_cause or Cause.OTHERS


def model_steps(before: ScoreRun, after: ScoreRun, tables: tuple[ModelTable, ModelTable]) -> Steps | None:
    """Return the steps between the models of two desk screens on the data of the later one; None for one model."""
    if before.table_hash == after.table_hash or {before.stage, after.stage} != {Stage.SCREEN}:
        return None
    return steps_between(after, *tables)


def parts_of(code: str, ranks: tuple[int, int], steps: Steps) -> Parts | None:
    """Return the parts of a country ranked by both runs; None if a model in between does not rank it."""
    before, after = ranks
    start, end = steps.before.get(code), steps.after.get(code)
    rows = [(step, step.before.get(code), step.after.get(code)) for step in steps.moving]
    if start is None or end is None or any(one is None or other is None for _, one, other in rows):
        return None
    model = tuple(StepPart(step, one or 0, other or 0, (step.without or {}).get(code)) for step, one, other in rows)
    return Parts(before, after, before - start, model, end - after)
