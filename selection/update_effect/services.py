"""Services of the effect of an update: ask for it, and compute it."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.database.work_locks import is_worked_on, working_on
from cpc.queue import enqueue
from indicators.models import Country
from indicators.services import Asked, NotPublishable, PreviewOutdated
from selection.model_definition.criteria_table import Stage
from selection.models import EffectState, UpdateEffect
from selection.models.runs import ScreenGroup
from selection.runs.movements import moves_between
from selection.scoring import Model, ModelError, Result, SnapshotError, Status, score
from selection.scoring_inputs.cells import Selection
from selection.update_effect.found import Alone, Figures, Found, RankingFigures, Row
from selection.update_effect.movers import ranks_of
from selection.update_effect.naming import Naming
from selection.update_effect.queries import (
    EffectBasis,
    StagedInputs,
    basis_now,
    effect_for,
    imports_text,
    inputs_after,
    inputs_now,
)

LOCK = 7_103_002
"""Number of the locks of effects that are computed, among the advisory locks of the database."""
OUTDATED = "Something was published before the effect was computed. Compute it again."


def ask(asked: Asked, actor: User | None) -> UpdateEffect | None:
    """Compute the effect of publishing some imports in a worker, unless it is there or on its way.

    Without a broker it is computed at once. Return None before the first ranking, or if nothing is ticked.
    """
    basis = basis_now()
    if basis is None or not asked.imports:
        return None
    effect, _ = UpdateEffect.objects.get_or_create(
        update=asked.update,
        imports=imports_text(asked.imports),
        as_of=basis.number,
        reference_date=basis.on,
        table_hash=basis.table.hash,
        defaults={"created_by": actor},
    )
    if effect.state == EffectState.FAILED:
        _save(effect, state=EffectState.COMPUTING, error="")
    if effect.state != EffectState.DONE:
        key, ready = effect.pk, list(asked.ready)
        transaction.on_commit(partial(enqueue, "selection.update_effect", effect_id=key, ready=ready))
    return effect


def compute(effect_id: int, ready: Collection[int] = ()) -> UpdateEffect:
    """Compute an effect that was asked for, and what each import in `ready` would do alone.

    Safe to repeat: after a crash it begins again, and two workers never compute it at once. The ranks are stored first,
    then what moves them, then the draws.
    """
    with working_on(LOCK, effect_id) as is_ours:
        effect = UpdateEffect.objects.select_related("update").get(pk=effect_id)
        if not is_ours or effect.state in (EffectState.DONE, EffectState.FAILED):
            return effect
        basis = basis_now()
        if basis is None or effect_for(effect.update, _imports(effect), basis) != effect:
            return _save(effect, state=EffectState.FAILED, error=OUTDATED)
        try:
            return _compute(effect, basis, ready)
        except PreviewOutdated:
            return _save(effect, state=EffectState.FAILED, error=OUTDATED)
        except (NotPublishable, ValidationError, ModelError, SnapshotError) as fault:
            text = " ".join(fault.messages) if isinstance(fault, ValidationError) else str(fault)
            return _save(effect, state=EffectState.FAILED, error=f"The effect was not computed: {text}")


def is_being_computed(effect: UpdateEffect) -> bool:
    """Return whether a worker computes an effect now."""
    return is_worked_on(LOCK, effect.pk)


def _imports(effect: UpdateEffect) -> list[int]:
    return [int(pk) for pk in effect.imports.split(",")]


def _save(effect: UpdateEffect, **values: Any) -> UpdateEffect:
    for name, value in values.items():
        setattr(effect, name, value)
    effect.save(update_fields=tuple(values))
    return effect


@dataclass(frozen=True, slots=True)
class _Scored:
    inputs: StagedInputs
    result: Result

    @property
    def selection(self) -> Selection:
        return self.inputs.selection


def _scored(inputs: StagedInputs, model: Model, draws: int | None = 0) -> _Scored:
    return _Scored(inputs, score(inputs.selection.snapshot, model, draws=draws))


def _compute(effect: UpdateEffect, basis: EffectBasis, ready: Collection[int]) -> UpdateEffect:
    model, imports = basis.table.model(Stage.SCREEN), _imports(effect)
    before, after = _scored(inputs_now(basis), model), _scored(_after(basis, imports), model)
    names = dict(Country.objects.values_list("code", "name"))
    found = Found(
        run=basis.run.pk,
        first=basis.table.first,
        rows=_rows(before, after, names),
        snapshot_hash=after.result.snapshot_hash,
        is_as_shown=before.result.snapshot_hash == basis.run.snapshot_hash,
    )
    _save(effect, state=EffectState.RANKED, found=found.to_dict())
    naming = Naming(basis.table, before.inputs, after.inputs, before.result, after.result)
    rows = [row if row.before == row.after else replace(row, mover=naming.mover(row)) for row in found.rows]
    found = replace(found, rows=rows, is_named=True)
    _save(effect, found=found.to_dict())
    found = replace(found, alone=_alone(effect, basis, model, before, ready))
    _save(effect, found=found.to_dict())
    drawn = tuple(_scored(one.inputs, model, draws=None) for one in (before, after))
    return _save(effect, state=EffectState.DONE, found=_with_draws(found, *drawn).to_dict())


def _after(basis: EffectBasis, imports: Collection[int]) -> StagedInputs:
    """Return the inputs after publishing some imports. Raise `PreviewOutdated` if something was published meanwhile."""
    inputs = inputs_after(basis, imports)
    if inputs.number != basis.number:
        raise PreviewOutdated(OUTDATED)
    return inputs


def _rows(before: _Scored, after: _Scored, names: Mapping[str, str]) -> list[Row]:
    """Return every country with a rank before or after, by its later rank and then by its earlier one."""
    moves = moves_between(ranks_of(before.result), ranks_of(after.result))
    rows = [
        Row(
            move.code,
            names[move.code],
            move.before,
            move.after,
            _why(before if move.before is None else after, move.code),
        )
        for move in moves
    ]
    return sorted(rows, key=lambda row: (row.after or 1000, row.before or 1000, row.name))


def _why(scored: _Scored, code: str) -> str:
    """Return why a country has no rank; "" if it has one."""
    if code in scored.selection.left_out:
        return scored.selection.left_out[code][1]
    i = scored.result.snapshot.position.get(code)
    if i is None or scored.result.statuses[i] is Status.RANKED:
        return ""
    entry = scored.selection.pool.entries.get(code)
    return scored.result.reasons[i] or (entry.sentence if entry is not None else "")


def _alone(
    effect: UpdateEffect, basis: EffectBasis, model: Model, before: _Scored, ready: Collection[int]
) -> dict[int, Alone]:
    """Return what each import would do alone to the first N; what an earlier effect of the update found still holds."""
    known: dict[int, Alone] = {}
    same = UpdateEffect.objects.filter(
        update=effect.update, as_of=basis.number, reference_date=basis.on, table_hash=basis.table.hash
    )
    for earlier in same.exclude(pk=effect.pk).exclude(found={}):
        known |= Found.from_dict(earlier.found).alone
    first, old = basis.table.first, ranks_of(before.result)
    for pk in sorted(set(ready) - known.keys()):
        moves = moves_between(old, ranks_of(_scored(_after(basis, [pk]), model).result))
        known[pk] = Alone(
            tuple(move.code for move in moves if move.enters(first)),
            tuple(move.code for move in moves if move.leaves(first)),
        )
    return {pk: known[pk] for pk in sorted(known)}


def _with_draws(found: Found, before: _Scored, after: _Scored) -> Found:
    shares = [_shares(one.result) for one in (before, after)]
    rows = [replace(row, p20=(shares[0].get(row.code), shares[1].get(row.code))) for row in found.rows]
    figures = Figures(after.result.draws, *(_figures(one.result) for one in (before, after)))
    return replace(found, rows=rows, figures=figures)


def _shares(result: Result) -> dict[str, float | None]:
    return {code: placed.first_share for code, placed in _placed(result).items()}


def _placed(result: Result) -> dict[str, Any]:
    return {code: result.place(code) for code in ranks_of(result)}


def _figures(result: Result) -> RankingFigures:
    ranked = list(ranks_of(result))
    intervals = [result.country(code).interval for code in ranked]
    widths = [interval.high - interval.low for interval in intervals if interval is not None]
    firm = sum(placed.group == ScreenGroup.IN for placed in _placed(result).values())
    return RankingFigures(len(ranked), firm, statistics.median(widths) if widths else None)
