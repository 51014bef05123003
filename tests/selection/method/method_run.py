"""Reference run of the method on the shipped facts, computed once per process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from indicators.observations.as_of import current
from partnerships.demo import load_partnerships
from selection.lookups.pool import pool_inputs
from selection.model_definition.criteria_table import Stage, read
from selection.scoring import Model, Result, score
from selection.scoring_inputs.cells import Selection
from selection.scoring_inputs.screening import select_by_method

ON = dt.date(2026, 11, 26)
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

    def position(self, code: str) -> int:
        """Return the position of a country in every array."""
        return self.selection.snapshot.position[code]

    def mean(self, name: str) -> dict[str, float]:
        """Return the mean over the seeds of an array of shares, by country."""
        shares = np.mean([getattr(result.robustness, name) for result in self.results], axis=0)
        return dict(
            zip(self.codes("provisional" if name.startswith("places") else "ranked"), shares.tolist(), strict=True)
        )

    def ends(self, name: str, row: int) -> list[float]:
        """Return the median over the seeds of a country's ranks or places at 5, 50 and 95 percent of the draws."""
        rows = [getattr(result.robustness, name)[row] for result in self.results]
        return [float(end) for end in np.median(rows, axis=0)]

    def widths(self, names: Sequence[str], row: int) -> list[float]:
        """Return the median over the seeds of the widths of a country's interval by single sources of doubt."""
        rows = [[result.robustness.widths[name][row] for name in names] for result in self.results if result.robustness]
        return [float(width) for width in np.median(rows, axis=0)]

    def codes(self, name: str) -> list[str]:
        """Return the countries of the draws, `ranked` in official order or `provisional`."""
        drawn = self.result.robustness
        assert drawn is not None
        return [self.result.countries[i] for i in getattr(drawn, name).tolist()]


@cache
def reference() -> Reference:
    """Compute the reference run from the database of the world "facts"."""
    load_partnerships(lambda done, total: None)
    table = read()
    selection = select_by_method(table, Stage.SCREEN, as_of=current(), on=ON, inputs=pool_inputs(ON))
    model = table.model(Stage.SCREEN)
    results = tuple(score(selection.snapshot, model, seed=seed) for seed in range(SEEDS))
    return Reference(selection, model, results)
