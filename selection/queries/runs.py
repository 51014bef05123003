"""Stored runs: the newest one, one by its number, and whether more is known since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.db.models import QuerySet

from indicators.models import Publication
from indicators.queries import current, publications_of
from selection.model_table import ModelTable, Stage
from selection.models import CountryScore, ScoreRun, ScoringModel
from selection.queries.models import default_table, published_default
from selection.scoring import ENGINE_VERSION
from selection.snapshots import Cell, select


def runs(stage: Stage = Stage.SCREEN) -> QuerySet[ScoreRun]:
    """The runs of a stage, newest first, without their heavy parts (result and model), which are read on demand."""
    return ScoreRun.objects.filter(stage=stage.value).select_related("created_by").defer("result", "table")


def newest_run(stage: Stage = Stage.SCREEN) -> ScoreRun | None:
    """The run that stands today, or None before the first one."""
    return runs(stage).first()


def find_run(number: str, stage: Stage | None = Stage.SCREEN) -> ScoreRun | None:
    """The run of this number and stage (None: of any), or None where there is none; only digits are a number."""
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    rows = ScoreRun.objects.select_related("created_by").defer("result", "table")
    return rows.filter(pk=int(number), **({} if stage is None else {"stage": stage.value})).first()


def run_before(run: ScoreRun) -> ScoreRun | None:
    """The run stored just before this one."""
    return runs(Stage(run.stage)).filter(pk__lt=run.pk).first()


@dataclass(frozen=True, slots=True)
class Since:
    """What happened after a run, as far as a new run could tell.

    `publications` counts those that touched an indicator the model reads, where the run would take another value
    from them; `newest_at` is the moment of the newest one. `model` and `engine` are whether these are others now;
    `published` is the version of the model that is published now, where it is another one.
    """

    publications: int
    newest_at: dt.datetime | None
    model: bool
    engine: bool
    published: ScoringModel | None = None

    @property
    def anything(self) -> bool:
        """Whether a new run could give another result."""
        return bool(self.publications) or self.model or self.engine


class Known(NamedTuple):
    """What is known at a publication: its number, and its moment, as that of one rolled back is given again."""

    number: int
    at: dt.datetime


def since(run: ScoreRun) -> Since:
    """What is different now from when `run` was computed."""
    table, newest, published = default_table(), current(), published_default()
    read_by_it = {row.indicator for row in table.rows(Stage(run.stage)) if row.indicator}
    after: list[Publication] = []
    if newest > run.as_of and _reads_otherwise(run.pk, Known(newest, Publication.objects.get(pk=newest).at)):
        after = list(publications_of({*read_by_it, table.listing["indicator"]}, after=run.as_of))
    return Since(
        publications=len(after),
        newest_at=after[0].at if after else None,
        model=run.table_hash != table.hash,
        engine=run.engine_version != ENGINE_VERSION,
        published=published if published and published.table_hash != run.table_hash else None,
    )


@lru_cache(maxsize=32)
def _reads_otherwise(run_id: int, known: Known) -> bool:
    """Whether the same model takes other observations of what is known than a run took. Neither changes; it is kept.

    A narrative that states a tier of an old report again, or a source that no criterion reads, leaves all as it was.
    """
    run = ScoreRun.objects.get(pk=run_id)
    selection = select(ModelTable.from_dict(run.table), Stage(run.stage), as_of=known.number, on=run.reference_date)
    now: dict[str | tuple[str, str], object] = {code: status for code, (status, _) in selection.left_out.items()}
    now |= {(code, key): _taken(cell) for key, column in selection.cells.items() for code, cell in column.items()}
    then: dict[str | tuple[str, str], object] = {}
    scores = CountryScore.objects.filter(run=run).select_related("country")
    for score in scores:
        code = score.country.code
        if not score.lines:
            then[code] = score.status
        then |= {(code, line["key"]): (line["observation"], line["shown"]) for line in score.lines}
    return now != then


def _taken(cell: Cell) -> tuple[int | None, int | None]:
    """The observations that a cell takes and shows, by number."""
    return (cell.used.observation_id if cell.used else None, cell.shown.observation_id if cell.shown else None)


def anything_published() -> bool:
    """Whether there are observations to score."""
    return current() > 0
