"""Stored runs: the default one that pages show first, one by its number, and whether newer data exists.

The default run is the last one computed on the newest data (publication number). A run with `beside` is never the
default: one that shows an earlier day, or one of today that the system computed because only the date changes ranks.
So ranks do not change because a year begins; to use today's ages, a person computes the ranking again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import QuerySet
from django.utils import timezone

from cpc.parameters import whole_number
from indicators.models import Publication, Source
from indicators.queries import current, publications_of
from selection.lookups.model_versions import default_table, published_default
from selection.lookups.pool import pool_inputs
from selection.lookups.unpublished import statements_in_force
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import ScoreRun, ScoringModel
from selection.pool_rules.pools import PoolInputs
from selection.runs.queries.run_reads import DataChange, ReadChange, read_changes, reading_on
from selection.scoring import ENGINE_VERSION
from selection.scoring_inputs.question import BESIDE, UNPUBLISHED, Beside
from selection.scoring_inputs.screening import indicators_of, listed_regions


def runs(stage: Stage = Stage.SCREEN) -> QuerySet[ScoreRun]:
    """Return the runs of a stage, newest first, with their large fields (result and table) deferred."""
    return ScoreRun.objects.filter(stage=stage.value).select_related("created_by").defer("result", "table")


def shown_first(stage: Stage = Stage.SCREEN) -> QuerySet[ScoreRun]:
    """Return the runs that can be the default, the default first: none with `beside`."""
    return runs(stage).exclude(inputs__has_key=BESIDE).order_by("-as_of", "-pk")


def newest_run(stage: Stage = Stage.SCREEN) -> ScoreRun | None:
    """Return the run that pages show first; None before there is one."""
    return shown_first(stage).first()


def latest_by_day(run: ScoreRun) -> ScoreRun:
    """Return the newest run of a later day that the system computed on the same data, else the run itself."""
    of_later_days = runs(Stage(run.stage)).filter(
        table_hash=run.table_hash,
        as_of=run.as_of,
        engine_version=run.engine_version,
        reference_date__gt=run.reference_date,
        **{f"inputs__{BESIDE}": Beside.DAY.value},
    )
    return of_later_days.order_by("-reference_date").first() or run


def beside_by_day(run: ScoreRun) -> ScoreRun | None:
    """Return the run of a later day that the system computed in addition to a run, or None."""
    latest = latest_by_day(run)
    return None if latest.pk == run.pk else latest


def find_run(number: str, stage: Stage | None = Stage.SCREEN) -> ScoreRun | None:
    """Return the run of this number and stage (None: of any), or None if there is none; only digits are a number."""
    key = whole_number(number)
    if key is None:
        return None
    rows = ScoreRun.objects.select_related("created_by").defer("result", "table")
    return rows.filter(pk=key, **({} if stage is None else {"stage": stage.value})).first()


def run_before(run: ScoreRun) -> ScoreRun | None:
    """Return the run that pages showed first when this one was stored; None for the first."""
    return runs(Stage(run.stage)).exclude(inputs__has_key=BESIDE).filter(pk__lt=run.pk).first()


@dataclass(frozen=True, slots=True)
class Since:
    """Changes after a run to anything that it reads, so that a new run could differ. See `run_reads.Reading`.

    `changes` are the values that a run of today would read differently, whether in value, quality, or edition, and
    `publications` counts those that touched an indicator the model reads; `newest_at` is the time of the newest one.
    `model` and `engine` are true if these have changed; `published` is the version of the model that is published now,
    if it is another one. `pool` is true if a rule, admission, or partnership changed, `regions` if the list of
    countries gives another region, `statements` if someone recorded or withdrew that an edition is not published, and
    `time` if the date alone changes values or the pool.
    """

    publications: int
    newest_at: dt.datetime | None
    model: bool
    engine: bool
    published: ScoringModel | None = None
    pool: bool = False
    regions: bool = False
    statements: bool = False
    time: bool = False
    changes: tuple[ReadChange, ...] = ()

    @property
    def anything(self) -> bool:
        """Return whether a new run could differ for a reason other than the day."""
        decided = self.pool or self.regions or self.statements
        return bool(self.publications) or self.model or self.engine or decided

    @property
    def is_of_data(self) -> bool:
        """Return whether something was published, or a statement recorded or withdrawn, that a new run would count."""
        return bool(self.publications) or self.statements

    def count(self, kind: DataChange) -> int:
        return sum(change.kind is kind for change in self.changes)


def since(run: ScoreRun, today: dt.date | None = None) -> Since:
    today = today or timezone.now().date()
    return replace(_decided_since(run, data_since(run, today), today), time=time_moved(run, today))


def first_since(run: ScoreRun) -> Since:
    """Return what `since` finds apart from `time`, and only the publications if there are any: fewer queries."""
    today = timezone.now().date()
    of_data = data_since(run, today)
    return of_data if of_data.publications else _decided_since(run, of_data, today)


def _decided_since(run: ScoreRun, of_data: Since, today: dt.date) -> Since:
    published = published_default()
    return replace(
        of_data,
        model=run.table_hash != (published.table_hash if published else default_table().hash),
        engine=run.engine_version != ENGINE_VERSION,
        published=published if published and published.table_hash != run.table_hash else None,
        pool=_pool_decided(run, today),
        regions=run.inputs["regions"] != listed_regions(run.as_of),
        statements=_stated_otherwise(run),
    )


def data_since(run: ScoreRun, today: dt.date | None = None) -> Since:
    """Return only what was published since `run` was computed, in one query if nothing was."""
    today, newest = today or timezone.now().date(), current()
    later = _published_since(run) if newest > run.as_of else []
    found = _reads_otherwise(run, newest, later[0].at, today) if later else None
    after = later if found is not None else []
    return Since(
        publications=len(after),
        newest_at=after[0].at if after else None,
        model=False,
        engine=False,
        changes=found or (),
    )


def counts_publication(run: ScoreRun, number: int) -> bool:
    """Return whether a run reads anything differently after a publication, or one of today would."""
    at = dict(Publication.objects.filter(seq__in=(number - 1, number)).values_list("seq", "at"))
    day = max(timezone.now().date(), run.reference_date) if number > run.as_of else run.reference_date
    then, now = (reading_on(run.pk, day, seq, at.get(seq, run.created_at)) for seq in (number - 1, number))
    return then != now


def _published_since(run: ScoreRun) -> list[Publication]:
    """Return the publications after a run that touched an indicator of its model or of today's, the newest first."""
    tables = (default_table(), ModelTable.from_dict(ScoreRun.objects.values_list("table", flat=True).get(pk=run.pk)))
    codes = {
        code
        for table in tables
        for code in (*indicators_of(table, Stage(run.stage)), *table.groupings.values(), table.listing["indicator"])
    }
    return list(publications_of(codes, after=run.as_of))


def time_moved(run: ScoreRun, today: dt.date) -> bool:
    """Return whether the same data, model and decisions give other values or another pool on another day."""
    if today <= run.reference_date:
        return False
    return reading_on(run.pk, today, run.as_of, run.created_at).values != run.snapshot_hash


def _pool_decided(run: ScoreRun, today: dt.date) -> bool:
    """Return whether rules, admissions or partnerships of today are not those of the run, carried to today."""
    then, now = replace(PoolInputs.from_dict(run.inputs["pool"]), on=today), pool_inputs(today)
    carried = PoolInputs.of_day(today, then.policies, then.admissions, then.partnerships)
    return replace(carried, stated=then.stated).to_dict() != now.to_dict()


def _stated_otherwise(run: ScoreRun) -> bool:
    """Return whether the statements that an edition is not published are no longer those of the run."""
    return UNPUBLISHED in run.inputs and run.inputs[UNPUBLISHED] != statements_in_force(_table(run.table_hash))


@lru_cache(maxsize=8)
def _table(table_hash: str) -> ModelTable:
    """Return the table of this hash from a run that stored it; neither ever changes."""
    return ModelTable.from_dict(
        ScoreRun.objects.filter(table_hash=table_hash).values_list("table", flat=True)[:1].get()
    )


def _reads_otherwise(run: ScoreRun, newest: int, at: dt.datetime, today: dt.date) -> tuple[ReadChange, ...] | None:
    """Return the values that a run of today takes differently from what is known now than from what was known then.

    None means that it takes the same. The list is empty if only a grouping differs, such as the region of a country.
    A narrative that repeats a tier of an old report, or a source that no criterion reads, changes nothing.
    """
    day = max(today, run.reference_date)
    then, now = (run.as_of, run.created_at), (newest, at)
    if reading_on(run.pk, day, *then) == reading_on(run.pk, day, *now):
        return None
    return read_changes(run.pk, day, then, now)


def sources_read(table: ModelTable) -> list[tuple[str, str]]:
    """Return key and title of each source that the desk screen of a model reads, by title."""
    codes = {code for row in table.rows(Stage.SCREEN) for code in row.indicators} | {table.listing["indicator"]}
    rows = Source.objects.filter(indicators__code__in=codes).distinct().order_by("title")
    return list(rows.values_list("key", "title"))


def anything_published() -> bool:
    return current() > 0
