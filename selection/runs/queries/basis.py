"""Basis of a stored run: its snapshot as a replay builds it, scored without draws, for pages to query.

Nothing is stored. The last two are cached in memory, since a run never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import ScoreRun
from selection.scoring import VERSIONS, Model, Result, Snapshot, score
from selection.scoring.estimates import CellEstimates
from selection.scoring_inputs.cells import Selection
from selection.scoring_inputs.question import selection_of


@dataclass(frozen=True, eq=False)
class Basis:
    """Cells of a run, and its official result scored again."""

    table: ModelTable
    model: Model
    version: str
    selection: Selection
    result: Result

    @property
    def snapshot(self) -> Snapshot:
        return self.selection.snapshot

    @property
    def cells(self) -> Mapping[str, CellEstimates]:
        return self.result.estimated.cells


def basis_of(run: ScoreRun) -> Basis | None:
    """Return the basis of a desk screen; None for another stage, or if its engine or snapshot is unavailable."""
    is_known = run.stage == Stage.SCREEN and run.engine_version in VERSIONS
    return _basis(run.pk, run.snapshot_hash) if is_known else None


@lru_cache(maxsize=2)
def _basis(run_id: int, snapshot_hash: str) -> Basis | None:
    """Build the snapshot of a run; None if it is not the one that was scored."""
    run = ScoreRun.objects.only("table", "as_of", "reference_date", "inputs", "engine_version", "stage").get(pk=run_id)
    table = ModelTable.from_dict(run.table)
    selection = selection_of(table, Stage.SCREEN, run.as_of, run.reference_date, run.inputs)
    if selection.snapshot.hash != snapshot_hash:
        return None
    model = table.model(Stage.SCREEN)
    result = score(selection.snapshot, model, draws=0, version=run.engine_version)
    return Basis(table, model, run.engine_version, selection, result)
