"""Ranking after a change of the data: is it there, is it being computed, or does the change not concern it?

One answer for every page where data changes: an import, a statement that an edition is not published, the home page,
and the ranking. A page never shows an earlier ranking as the result.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from django.db.models import QuerySet

from selection.models import ScoreRun
from selection.runs.queries import computing
from selection.runs.queries.stored_runs import counts_publication, runs, since
from selection.scoring_inputs.question import BESIDE


class RunProgress(enum.StrEnum):
    """State of the ranking after a change."""

    UNTOUCHED = "untouched"
    """The ranking reads nothing that changed."""
    COMPUTING = "computing"
    WAITING = "waiting"
    """No ranking counts the change, and none is on its way: a person computes it."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Ranking that pages showed first before a change, and the one that counts it, which only DONE has."""

    progress: RunProgress
    before: ScoreRun
    after: ScoreRun | None = None


def after_publication(number: int) -> Aftermath | None:
    """Return the ranking after a publication; None if no ranking came before it."""
    before = _defaults().filter(as_of__lt=number).order_by("-as_of", "-pk").first()
    if before is None:
        return None
    after = _defaults().filter(as_of__gte=number).order_by("as_of", "pk").first()
    if not counts_publication(after or before, number):
        return Aftermath(RunProgress.UNTOUCHED, before)
    return Aftermath(_under_way(), before) if after is None else Aftermath(RunProgress.DONE, before, after)


def after_statement(moment: dt.datetime) -> Aftermath | None:
    """Return the ranking after a statement was recorded or withdrawn; None if no ranking came before it."""
    before = _defaults().filter(created_at__lt=moment).first()
    if before is None:
        return None
    after = _defaults().filter(created_at__gte=moment).order_by("pk").first()
    if after is not None:
        return Aftermath(RunProgress.DONE, before, after)
    return Aftermath(_under_way() if since(before).statements else RunProgress.UNTOUCHED, before)


def _under_way() -> RunProgress:
    return RunProgress.COMPUTING if computing.is_under_way() else RunProgress.WAITING


def _defaults() -> QuerySet[ScoreRun]:
    return runs().exclude(inputs__has_key=BESIDE)
