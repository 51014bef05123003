"""Question of a run, as stored in its `inputs`, and the selection of cells that it defines."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import Rating
from selection.pool_rules.pools import PoolInputs
from selection.scoring_inputs.cells import Rated, Ratings, Selection
from selection.scoring_inputs.screening import select

BESIDE = "beside"
"""Key of `ScoreRun.inputs` for the reason that a run is not the default one."""

UNPUBLISHED = "unpublished"
"""Key of `ScoreRun.inputs` for the statements, in force at the run, that an overdue edition is not published."""


class Beside(enum.StrEnum):
    """Reason that a run is stored in addition to the default one."""

    DAY = "day"
    """Only the day differs: the system computed the changes that result from the date alone."""
    LOOK_BACK = "look_back"
    """The run is the ranking as it was known on a past day."""


def selection_of(table: ModelTable, stage: Stage, as_of: int, on: dt.date, inputs: Mapping[str, Any]) -> Selection:
    """Choose the cells of a run from its question and its stored inputs. A replay chooses the same ones."""
    candidates = frozenset(inputs["candidates"]) if "candidates" in inputs else None
    ratings = rated_by_key(inputs["ratings"]) if "ratings" in inputs else None
    return select(
        table,
        stage,
        as_of=as_of,
        on=on,
        inputs=PoolInputs.from_dict(inputs["pool"]),
        candidates=candidates,
        ratings=ratings,
        listed_regions=inputs.get("regions"),
        unpublished={(stated["indicator"], stated["edition"]) for stated in inputs.get(UNPUBLISHED, ())},
    )


def rated_by_key(keys: Mapping[str, Mapping[str, list[int]]]) -> Ratings:
    """Return the ratings with these keys, by criterion and country. A rating is never edited, so its step is final.

    Raise `ValidationError` if a key no longer exists.
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
