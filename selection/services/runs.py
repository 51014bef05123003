"""What may be done with rankings: compute one, and replay one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.services import record
from indicators.models import Publication
from indicators.queries import current
from selection.model_table import ModelTable, Stage
from selection.models import CountryScore, Rating, ScoreRun
from selection.pool import PoolInputs
from selection.queries.models import default_table
from selection.queries.pool import pool_inputs
from selection.scoring import (
    ENGINE_VERSION,
    VERSIONS,
    ModelError,
    SnapshotError,
    first_difference,
    score,
    sha256_of,
)
from selection.screening import select_by_method
from selection.services.run_rows import country_scores
from selection.snapshots import Rated, Ratings, Selection, select


def compute_screen(
    *, actor: User | None, as_of: int | None = None, on: dt.date | None = None, table: ModelTable | None = None
) -> ScoreRun:
    """Score the desk screen on what is known (at publication number `as_of`; None is now) and store the run.

    `on` is the day to which ages are counted, today if None. The same question asked again (a double click)
    returns the run there is. Raises `ValidationError` of code `not_computable`.
    """
    return compute(Stage.SCREEN, actor, as_of, on, table or default_table())


@transaction.atomic
def compute(
    stage: Stage,
    actor: User | None,
    as_of: int | None,
    on: dt.date | None,
    table: ModelTable,
    inputs: Mapping[str, Any] | None = None,
) -> ScoreRun:
    """Score a stage and store the run, or give the run that answers the same question. See `ScoreRun.inputs`.

    Raises `ValidationError` of code `not_computable` where the engine refuses a value or the model.
    """
    as_of = current() if as_of is None else as_of
    on = on or timezone.now().date()
    inputs = dict(inputs or {})
    if table.method is not None:
        inputs["pool"] = pool_inputs(on).to_dict()
    question = {
        "stage": stage.value,
        "table_hash": table.hash,
        "as_of": as_of,
        "reference_date": on,
        "engine_version": ENGINE_VERSION,
        "inputs_hash": sha256_of(inputs) if inputs else "",
    }
    known = ScoreRun.objects.filter(**question).first()
    if known is not None:
        return known
    selection = _selection(table, stage, as_of, on, inputs)
    try:
        result = score(selection.snapshot, table.model(stage))
    except (ModelError, SnapshotError) as fault:
        message = f"Nothing was computed: {fault}. Correct the value or the model, then compute again."
        raise ValidationError(message, code="not_computable") from fault
    publication = Publication.objects.filter(seq=as_of).first()
    run = ScoreRun.objects.create(
        **question,
        model_key=table.key,
        model_version=table.version,
        table=table.to_dict(),
        model_hash=result.model_hash,
        as_of_at=publication.at if publication else None,
        inputs=inputs,
        snapshot_hash=result.snapshot_hash,
        seed=str(result.seed),
        draws=result.draws,
        periods=dict(selection.periods),
        ranked=len(result.ranking()),
        result=result.to_dict(),
        created_by=actor,
    )
    CountryScore.objects.bulk_create(country_scores(run, selection, result))
    record(
        actor=actor,
        action="computed",
        target=run,
        after={"as_of": as_of, "model": result.model_hash, "snapshot": result.snapshot_hash, "ranked": run.ranked},
    )
    return run


def _selection(table: ModelTable, stage: Stage, as_of: int, on: dt.date, inputs: Mapping[str, Any]) -> Selection:
    candidates = frozenset(inputs["candidates"]) if "candidates" in inputs else None
    ratings = rated_by_key(inputs["ratings"]) if "ratings" in inputs else None
    if table.method is None:
        return select(table, stage, as_of=as_of, on=on, pool=candidates, ratings=ratings)
    pool = PoolInputs.from_dict(inputs["pool"])
    return select_by_method(table, stage, as_of=as_of, on=on, inputs=pool, candidates=candidates, ratings=ratings)


def rated_by_key(keys: Mapping[str, Mapping[str, list[int]]]) -> Ratings:
    """The ratings of these keys, by criterion and country. A rating is never edited, so a key says what was said then.

    Raises `ValidationError` where a key is not there any more.
    """
    wanted = {key for countries in keys.values() for rows in countries.values() for key in rows}
    rows = Rating.objects.filter(pk__in=wanted).values_list("pk", "step")
    steps = {key: step for key, step in rows if step is not None}
    if lost := wanted - steps.keys():
        raise ValidationError(f"Ratings {sorted(lost)} of the run are not there.", code="ratings_lost")
    return {
        criterion: {code: Rated({key: steps[key] for key in rows}) for code, rows in countries.items()}
        for criterion, countries in keys.items()
    }


def replay(*, run_id: int) -> str | None:
    """Compute a stored run again from the observations as known then, by the engine's rules of that version.

    None where the result is identical bit for bit, else the first difference in words: the country, the place in
    the model and both values. Raises `ScoreRun.DoesNotExist`.
    """
    run = ScoreRun.objects.get(pk=run_id)
    if run.engine_version not in VERSIONS:
        return f"the run was made by engine {run.engine_version}; this one computes {', '.join(VERSIONS)}"
    table = ModelTable.from_dict(run.table)
    stage = Stage(run.stage)
    selection = _selection(table, stage, run.as_of, run.reference_date, run.inputs)
    model, version = table.model(stage), run.engine_version
    again = score(selection.snapshot, model, draws=run.draws, seed=int(run.seed), version=version)
    # Through JSON once, as the stored result went: exact for floats, and tuples become lists on both sides.
    difference = first_difference(run.result, json.loads(json.dumps(again.to_dict())))
    if difference is None and run.table_hash != table.hash:
        return "the stored model no longer has the hash it was stored under"
    return difference
