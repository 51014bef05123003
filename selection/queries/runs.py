"""Stored runs: the newest one, one by its number, and whether more is known since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from indicators.queries import current, publications_of
from selection.model_table import Stage, read
from selection.models import ScoreRun
from selection.scoring import ENGINE_VERSION


def runs(stage: Stage = Stage.SCREEN) -> QuerySet[ScoreRun]:
    """The runs of a stage, newest first, without their heavy parts (result and model), which are read on demand."""
    return ScoreRun.objects.filter(stage=stage.value).select_related("created_by").defer("result", "table")


def newest_run(stage: Stage = Stage.SCREEN) -> ScoreRun | None:
    """The run that stands today, or None before the first one."""
    return runs(stage).first()


def find_run(number: str, stage: Stage = Stage.SCREEN) -> ScoreRun | None:
    """The run of this number, or None where there is none; anything but digits is no number."""
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return runs(stage).filter(pk=int(number)).first()


def run_before(run: ScoreRun) -> ScoreRun | None:
    """The run stored just before this one."""
    return runs(Stage(run.stage)).filter(pk__lt=run.pk).first()


@dataclass(frozen=True, slots=True)
class Since:
    """What happened after a run, as far as a new run could tell.

    `publications` counts those that changed a value the model reads, `newest_at` is the moment of the newest one;
    `model` and `engine` are whether these are others now.
    """

    publications: int
    newest_at: dt.datetime | None
    model: bool
    engine: bool

    @property
    def anything(self) -> bool:
        """Whether a new run could give another result."""
        return bool(self.publications) or self.model or self.engine


def since(run: ScoreRun) -> Since:
    """What is different now from when `run` was computed."""
    table = read()
    counted = {row.indicator for row in table.rows(Stage(run.stage)) if row.indicator}
    after = list(publications_of({*counted, table.listing["indicator"]}, after=run.as_of))
    return Since(
        publications=len(after),
        newest_at=after[0].at if after else None,
        model=run.table_hash != table.hash,
        engine=run.engine_version != ENGINE_VERSION,
    )


def anything_published() -> bool:
    """Whether there are observations to score."""
    return current() > 0
