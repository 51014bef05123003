"""Parts of a change of rank between runs of two models as text: steps between the models, data, and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cpc.web import formats
from indicators.models import Observation
from selection.model_versions.presenters.steps import step_label, step_rows, step_text, without_rank
from selection.models import ScoreRun
from selection.run_comparison.queries.comparison import Comparison, RunMove
from selection.run_comparison.queries.drawn import is_all_in
from selection.run_comparison.queries.model_parts import Parts, StepPart
from selection.runs.labels import lowered

DATA = "Data, pool, and date"
REST = "Not explained by these steps"


@dataclass(frozen=True, slots=True)
class Stated:
    """Published value, such as "20.1% (2018)", with its edition and observation.

    `name` is what the publisher measures, with its better end.
    """

    name: str
    text: str
    edition: str
    seen: Observation


@dataclass(frozen=True, slots=True)
class MoveReason:
    """Criterion behind a movement.

    If a side has no values, `lacking` describes what counted instead.
    """

    label: str
    points: str
    cause: str
    before: tuple[Stated, ...]
    after: tuple[Stated, ...]
    before_lacking: str
    after_lacking: str
    note: str
    is_one_value: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """Part of a country's change of rank.

    It has the rank before and after it, what the model changes, and the rank by the later model without that change,
    if there is one. `reason` has the country's values of the criterion.
    """

    label: str
    what: str
    before: int
    after: int
    without: int | None = None
    reason: MoveReason | None = None

    @property
    def rise(self) -> int:
        return self.before - self.after

    @property
    def rise_text(self) -> str:
        """Return "+1 rank", "-10 ranks"."""
        return f"{formats.signed(self.rise)} {formats.agree(abs(self.rise), 'rank', 'ranks')}"


def step_line(part: StepPart, found: Comparison, reason: MoveReason | None) -> StepLine:
    tables = (found.pair.before, found.pair.after)
    return StepLine(
        step_label(part.step, tables), step_text(part.step, tables), part.before, part.after, part.without, reason
    )


def other_parts(parts: Parts) -> list[StepLine]:
    """Return the parts that are no step between the models, if they move the country."""
    start = parts.before - parts.data
    lines = [StepLine(DATA, "The model of the earlier run on the data of the later one", parts.before, start)]
    end = parts.after + parts.rest
    lines.append(StepLine(REST, "The engine of today gives another rank than one of the runs", end, parts.after))
    return [line for line in lines if line.rise]


def steps_text(move: RunMove, found: Comparison) -> str:
    """Return the parts of a change of rank for an export: "Child labor -10; Births not registered +1"."""
    if move.parts is None:
        return ""
    lines = [*(step_line(part, found, None) for part in move.parts.felt), *other_parts(move.parts)]
    return "; ".join(f"{line.label} {formats.signed(line.rise)}" for line in lines)


def country_steps(move: RunMove, parts: Parts, found: Comparison, felt: Sequence[StepLine]) -> dict[str, Any]:
    """Return the facts on why one country moved between runs of two models; `_steps.html` has the sentences.

    `felt` are the lines that move it, those that move it most first; `lines` are all parts in order. `all_in` is the
    row of the run whose draws vary the method, if only one run's do, with the name of its model.
    """
    known = {line.label: line for line in felt}
    lines = [known.get(line.label, line) for line in (step_line(part, found, None) for part in parts.model)]
    data, rest = ([line for line in other_parts(parts) if line.label == label] for label in (DATA, REST))
    models = [model_of(run, found) for run in (found.before, found.after)]
    all_in = (move.after, models[1]) if is_all_in(found.pair.after) else (move.before, models[0])
    return {
        "parts": parts,
        "first": next(iter(felt), None),
        "named": [f"{lowered(line.label)} {formats.signed(line.rise)}" for line in felt],
        "lines": [*data, *lines, *rest],
        "models": models,
        "all_in": None if found.has_same_draws else all_in,
    }


def model_of(run: ScoreRun, found: Comparison) -> str:
    """Return the name of a run's model for a sentence: "version 4", or with its key if the models have two."""
    if found.before.model_key == found.after.model_key:
        return f"version {run.model_version}"
    return f"{run.model_key} {run.model_version}"


def unlike_draws(found: Comparison) -> tuple[str, str] | None:
    """Return the model whose draws vary the method and the one whose draws do not; None if both vary the same."""
    if found.has_same_draws or not found.has_chances:
        return None
    before, after = model_of(found.before, found), model_of(found.after, found)
    return (after, before) if is_all_in(found.pair.after) else (before, after)


def model_steps(found: Comparison) -> dict[str, object] | None:
    if found.steps is None:
        return None
    tables = (found.pair.before, found.pair.after)
    names = {move.row.code: move.row.name for move in found.moves}
    return {
        "rows": step_rows(found.steps, tables, names, found.first),
        "still": without_rank(found.steps, tables),
        "sides": [model_of(run, found) for run in (found.before, found.after)],
    }
