"""Reference runs of the method on the shipped facts, computed once per process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from indicators.observations.as_of import current
from partnerships.demo import load_partnerships
from selection.lookups.pool import pool_inputs
from selection.model_definition.criteria_table import ModelTable, Stage, read
from selection.reference_data import FORMER_MODELS
from selection.scoring import Model, Result, score
from selection.scoring.robustness import Robustness
from selection.scoring.robustness.all_in import AllIn
from selection.scoring_inputs.cells import Selection
from selection.scoring_inputs.screening import select

ON = dt.date(2026, 11, 29)
SEEDS = 5


@dataclass(frozen=True)
class Reference:
    """The selection, the model, and the official result, with draws of five seeds."""

    selection: Selection
    model: Model
    results: tuple[Result, ...]

    @property
    def result(self) -> Result:
        """Return the result of the first seed."""
        return self.results[0]

    @property
    def drawn(self) -> tuple[Robustness, ...]:
        """Return what each seed found in its draws."""
        return tuple(result.robustness for result in self.results if result.robustness is not None)

    @property
    def all_in(self) -> tuple[AllIn, ...]:
        """Return what each seed found beside its all-in draws."""
        return tuple(drawn.all_in for drawn in self.drawn if drawn.all_in is not None)

    def position(self, code: str) -> int:
        """Return the position of a country in every array."""
        return self.selection.snapshot.position[code]

    def mean(self, name: str) -> dict[str, float]:
        """Return the mean over the seeds of an array of shares, by country."""
        shares = np.mean([getattr(drawn, name) for drawn in self.drawn], axis=0)
        return dict(
            zip(self.codes("provisional" if name.startswith("places") else "ranked"), shares.tolist(), strict=True)
        )

    def ends(self, name: str, row: int) -> list[float]:
        """Return the median over the seeds of a country's ranks or places at 5, 50 and 95 percent of the draws."""
        rows = [getattr(drawn, name)[row] for drawn in self.drawn]
        return [float(end) for end in np.median(rows, axis=0)]

    def widths(self, names: Sequence[str], row: int) -> list[float]:
        """Return the median over the seeds of the widths of a country's interval by single sources of doubt."""
        rows = [[drawn.widths[name][row] for name in names] for drawn in self.drawn]
        return [float(width) for width in np.median(rows, axis=0)]

    def codes(self, name: str) -> list[str]:
        """Return the countries of the draws, `ranked` in official order or `provisional`."""
        return [self.result.countries[i] for i in getattr(self.drawn[0], name).tolist()]


@cache
def reference() -> Reference:
    """Compute the reference run from the database of the world "facts"."""
    return _run(read())


@cache
def former_reference() -> Reference:
    """Compute the run of version 3 of the method from the same database."""
    return _run(read(FORMER_MODELS[-1]))


def _run(table: ModelTable) -> Reference:
    load_partnerships(lambda done, total: None)
    selection = select(table, Stage.SCREEN, as_of=current(), on=ON, inputs=pool_inputs(ON))
    model = table.model(Stage.SCREEN)
    results = tuple(score(selection.snapshot, model, seed=seed) for seed in range(SEEDS))
    return Reference(selection, model, results)
