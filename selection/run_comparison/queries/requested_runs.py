"""The runs that two choices ask for: a stored run by its number, or the one that answers a date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, IntegerField, QuerySet, Value, When

from selection.lookups.model_versions import default_table
from selection.model_definition.criteria_table import Stage
from selection.models import ScoreRun
from selection.runs.queries.stored_runs import runs
from selection.scoring import ENGINE_VERSION


@dataclass(frozen=True, slots=True)
class Computed:
    """A date for which a ranking is stored, with the newest run that answers it."""

    on: dt.date
    run: ScoreRun


def runs_to_compare() -> QuerySet[ScoreRun]:
    """Return every stored run, of both stages, the newest first, without their heavy parts."""
    rows = ScoreRun.objects.select_related("created_by").prefetch_related("rounds__round")
    return rows.defer("result", "table").order_by("-pk")


def run_of_day(on: dt.date) -> ScoreRun | None:
    """Return the desk screen that answers how the published model ranks countries as known on a day, or None.

    Of several it is the one on the newest data, by the present engine if there is one.
    """
    return _answers().filter(reference_date=on).first()


def computed_days() -> list[Computed]:
    """Return the days for which a desk screen by the published model is stored, the newest first."""
    found: dict[dt.date, ScoreRun] = {}
    for run in _answers():
        found.setdefault(run.reference_date, run)
    return [Computed(on, found[on]) for on in sorted(found, reverse=True)]


def _answers() -> QuerySet[ScoreRun]:
    present = Case(When(engine_version=ENGINE_VERSION, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = runs(Stage.SCREEN).filter(table_hash=default_table().hash, inputs__has_key="pool")
    return rows.order_by("-as_of", present.desc(), "-pk")
