"""Services for rankings: compute one, and replay one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.queue import enqueue
from cpc.web import formats
from indicators.models import Publication
from indicators.queries import current, known_values
from selection.lookups.model_versions import default_table
from selection.lookups.pool import pool_inputs
from selection.lookups.unpublished import WITHDRAWN, expected, statements_in_force, withdrawn_statements
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import CountryScore, ScoreRun
from selection.runs.queries import computing
from selection.runs.queries.stored_runs import latest_by_day, newest_run, since, time_moved
from selection.runs.score_rows import country_scores
from selection.scoring import (
    ENGINE_VERSION,
    VERSIONS,
    Model,
    ModelError,
    Result,
    Snapshot,
    SnapshotError,
    first_difference,
    score,
    sha256_of,
)
from selection.scoring_inputs.question import BESIDE, UNPUBLISHED, Beside, selection_of
from selection.scoring_inputs.screening import listed_regions


def compute_screen(
    *,
    actor: User | None,
    as_of: int | None = None,
    on: dt.date | None = None,
    table: ModelTable | None = None,
    beside: Beside | None = None,
) -> ScoreRun:
    """Score the desk screen on the data known (at publication number `as_of`; None is now) and store the run.

    `on` is the day to which ages are counted and by which values were published, today if None. A run with `beside` is
    never the default. The same question asked again (a double click) returns the existing run. Raise `ValidationError`
    of code `not_computable`.
    """
    inputs = {BESIDE: beside.value} if beside else None
    return compute(Stage.SCREEN, actor, as_of, on, table or default_table(), inputs)


def look_back(*, actor: User | None, on: dt.date, as_of: int | None = None) -> ScoreRun:
    """Score the desk screen as it was known on a past day, as a run in addition to the default one.

    Raise `ValidationError` of code `future`, `as_of` (a number after the newest publication), `too_early` (no country
    was listed by that day), or `not_computable`.
    """
    if on > timezone.now().date():
        raise ValidationError(
            {"on": ValidationError("The date is in the future. Enter today or an earlier date.", code="future")}
        )
    table = default_table()
    newest = current()
    number = newest if as_of is None else as_of
    if number > newest:
        message = f"The newest publication is no. {newest}."
        raise ValidationError({"as_of": ValidationError(message, code="as_of")})
    if not known_values({table.listing["indicator"]}, as_of=number, published_by=on):
        message = f"None of the loaded TIP Reports was published by {formats.day(on)}, so no country was listed."
        raise ValidationError({"on": ValidationError(message, code="too_early")})
    return compute_screen(actor=actor, as_of=number, on=on, table=table, beside=Beside.LOOK_BACK)


def follow_the_day(*, today: dt.date) -> ScoreRun | None:
    """Compute today's ranking in addition to the default one, if only the date changes values or the pool.

    Ages, days of publication, and partnerships that end change with the date; the default run does not. Return None if
    nothing changed since the newest run of its data.
    """
    current_run = newest_run()
    if current_run is None or not time_moved(latest_by_day(current_run), today):
        return None
    table = ModelTable.from_dict(current_run.table)
    return compute_screen(actor=None, as_of=current_run.as_of, on=today, table=table, beside=Beside.DAY)


def follow_the_data() -> ScoreRun | None:
    """Compute the default ranking again, by its own model, if it does not count what was published since.

    So is a statement that an edition is not published, recorded or withdrawn. Return None if nothing changed, there is
    no ranking yet, or the settings leave it to people.
    """
    current_run = newest_run() if settings.RANKING_FOLLOWS_DATA else None
    if current_run is None or not since(current_run).is_of_data:
        return None
    return compute_screen(actor=None, table=ModelTable.from_dict(current_run.table))


def ask_for_the_newest() -> bool:
    """Queue `follow_the_data`; until it is done, pages show that a ranking is being computed.

    Return False if it was not queued: the task runs each hour as well, and pages offer to compute the ranking.
    """
    if not settings.RANKING_FOLLOWS_DATA or newest_run() is None:
        return False
    computing.begin()
    if enqueue("selection.follow_the_data"):
        return True
    computing.end()
    return False


def _question(stage: Stage, table: ModelTable, as_of: int, on: dt.date, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "stage": stage.value,
        "table_hash": table.hash,
        "as_of": as_of,
        "reference_date": on,
        "engine_version": ENGINE_VERSION,
        "inputs_hash": sha256_of(inputs),
    }


@transaction.atomic
def compute(
    stage: Stage,
    actor: User | None,
    as_of: int | None,
    on: dt.date | None,
    table: ModelTable,
    inputs: Mapping[str, Any] | None = None,
) -> ScoreRun:
    """Score a stage and store the run, or return the run that answers the same question. See `ScoreRun.inputs`.

    Raise `ValidationError` of code `not_computable` if the engine rejects a value or the model.
    """
    _wait_for_another()
    as_of = current() if as_of is None else as_of
    on = on or timezone.now().date()
    inputs = with_decisions(inputs or {}, table, as_of, on)
    question = _question(stage, table, as_of, on, inputs)
    known = ScoreRun.objects.filter(**question).first()
    if known is not None:
        return known
    selection = selection_of(table, stage, as_of, on, inputs)
    result = _score(selection.snapshot, table.model(stage))
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


def with_decisions(inputs: Mapping[str, Any], table: ModelTable, as_of: int, on: dt.date) -> dict[str, Any]:
    """Return the inputs of a run with the pool, the regions, and the statements that its model reads."""
    found = {**inputs, "pool": pool_inputs(on).to_dict(), "regions": listed_regions(as_of)}
    if expected(table):
        found[UNPUBLISHED] = statements_in_force(table)
        if withdrawn := withdrawn_statements(table):
            found[WITHDRAWN] = withdrawn
    return found


def _wait_for_another() -> None:
    """Wait until no other transaction computes a run, so that the second of two presses finds the run of the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('score run', 0))")


def _score(snapshot: Snapshot, model: Model) -> Result:
    """Score a model. Raise `ValidationError` of code `not_computable` if the engine rejects a value or the model."""
    try:
        return score(snapshot, model)
    except (ModelError, SnapshotError) as fault:
        message = f"The ranking was not computed: {fault}. Correct the value or the model, then compute again."
        raise ValidationError(message, code="not_computable") from fault


def replay(*, run_id: int) -> str | None:
    """Compute a stored run again from the observations as known then, by the engine's rules of that version.

    Return None if the result is identical bit for bit, else the first difference as text: the country, the position in
    the model, and both values. Also return a text if this code no longer has the run's engine version. Raise
    `ScoreRun.DoesNotExist`.
    """
    run = ScoreRun.objects.get(pk=run_id)
    if run.engine_version not in VERSIONS:
        return f"the run was made by engine {run.engine_version}; this one computes {', '.join(VERSIONS)}"
    table = ModelTable.from_dict(run.table)
    stage = Stage(run.stage)
    selection = selection_of(table, stage, run.as_of, run.reference_date, run.inputs)
    model, version = table.model(stage), run.engine_version
    again = score(selection.snapshot, model, draws=run.draws, seed=int(run.seed), version=version)
    # Convert through JSON once, as the stored result was: exact for floats, and tuples become lists on both sides.
    difference = first_difference(run.result, json.loads(json.dumps(again.to_dict())))
    if difference is None and run.table_hash != table.hash:
        return "the stored model no longer has the hash it was stored under"
    return difference


def replay_of_the_newest() -> list[str]:
    """Replay the newest run; return a sentence if it differs, as after a restore that lost something."""
    newest = ScoreRun.objects.order_by("-pk").first()
    difference = replay(run_id=newest.pk) if newest else None
    return [f"Run {newest.pk} is not computed again as it is stored: {difference}."] if newest and difference else []
