"""Runs requested by two choices: a stored run by number, or the run that answers a date."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, IntegerField, QuerySet, Value, When

from selection.lookups.model_versions import default_table
from selection.model_definition.criteria_table import Stage
from selection.models import ScoreRun
from selection.runs.queries.stored_runs import runs
from selection.scoring import ENGINE_VERSION


def runs_to_compare() -> QuerySet[ScoreRun]:
    rows = ScoreRun.objects.select_related("created_by").prefetch_related("rounds__round")
    return rows.defer("result", "table").order_by("-pk")


def run_of_day(on: dt.date) -> ScoreRun | None:
    """Return the desk screen that ranks countries as known on a day by the published model, or None.

    If there are several, it is the one on the newest data, by the current engine if possible.
    """
    return _answers().filter(reference_date=on).first()


def computed_days() -> list[tuple[dt.date, ScoreRun]]:
    """Return the days with a stored desk screen by the published model, each with the run that answers it.

    The newest day is first.
    """
    found: dict[dt.date, ScoreRun] = {}
    for run in _answers():
        found.setdefault(run.reference_date, run)
    return sorted(found.items(), reverse=True)


def _answers() -> QuerySet[ScoreRun]:
    present = Case(When(engine_version=ENGINE_VERSION, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = runs(Stage.SCREEN).filter(table_hash=default_table().hash, inputs__has_key="pool")
    return rows.order_by("-as_of", present.desc(), "-pk")
