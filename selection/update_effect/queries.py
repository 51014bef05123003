"""StagedInputs of the ranking as they would be after publishing some imports, and the effects on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from indicators.models import Observation, Update
from indicators.queries import current
from indicators.services import publish_together
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import ScoreRun, UpdateEffect
from selection.runs.queries.stored_runs import newest_run
from selection.runs.services import with_decisions
from selection.scoring_inputs.cells import Selection
from selection.scoring_inputs.question import selection_of


@dataclass(frozen=True, slots=True)
class StagedInputs:
    """Selection of cells of a ranking; `batches` gives the import of each observation that some imports would add."""

    number: int
    selection: Selection
    batches: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class EffectBasis:
    """Default ranking whose model an effect uses, the newest publication, and the day."""

    run: ScoreRun
    table: ModelTable
    number: int
    on: dt.date


def basis_now() -> EffectBasis | None:
    """Return what an effect computed now would rest on; None before the first ranking."""
    run = newest_run()
    if run is None:
        return None
    return EffectBasis(run, ModelTable.from_dict(run.table), current(), timezone.now().date())


def inputs_now(basis: EffectBasis) -> StagedInputs:
    """Return the inputs of a ranking computed today on the data published by the basis."""
    return StagedInputs(basis.number, _select(basis, basis.number), {})


def inputs_after(basis: EffectBasis, imports: Collection[int]) -> StagedInputs:
    """Return the inputs of the ranking that would be computed today after publishing some imports together.

    They are published as they would be, read as a run reads them, and then rolled back: nothing of it stays, and
    no one is notified. Publications wait meanwhile, for about a second a file. `StagedInputs.number` is the newest
    publication before.
    """
    with transaction.atomic():
        made = publish_together(batch_ids=imports, actor=None)
        number = current()
        selection = _select(basis, number)
        used = {
            known.observation_id
            for cells in selection.cells.values()
            for cell in cells.values()
            for known in (cell.used, cell.shown, *cell.series.values())
            if known is not None
        }
        rows = Observation.objects.filter(pk__in=used, batch__in=imports).values_list("pk", "batch")
        batches = dict(rows)
        transaction.set_rollback(True)
    return StagedInputs(number - len(made), selection, batches)


def _select(basis: EffectBasis, number: int) -> Selection:
    table, stage = basis.table, Stage.SCREEN
    return selection_of(table, stage, number, basis.on, with_decisions({}, table, number, basis.on))


def imports_text(imports: Collection[int]) -> str:
    """Return the key of some imports in `UpdateEffect.imports`."""
    return ",".join(str(pk) for pk in sorted(imports))


def effect_for(update: Update, imports: Collection[int], basis: EffectBasis) -> UpdateEffect | None:
    """Return the effect of publishing some imports on the data, the model, and the day of a basis, if it is there."""
    return UpdateEffect.objects.filter(
        update=update,
        imports=imports_text(imports),
        as_of=basis.number,
        reference_date=basis.on,
        table_hash=basis.table.hash,
    ).first()


def latest_effect(update: Update) -> UpdateEffect | None:
    return UpdateEffect.objects.filter(update=update).first()
