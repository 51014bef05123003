"""The ranked list of the What if page: ranks now and before, movements, and chances as text."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cpc.web import formats
from selection.ranking.presenters.sentences import chance
from selection.runs import labels
from selection.runs.movements import Move
from selection.scoring import Status
from selection.what_if.answer import Answered
from selection.what_if.listing import QuestionListing
from selection.what_if.presenters.sentences import say
from selection.what_if.queries.answers import AnsweredQuestion


def list_rows(listing: QuestionListing) -> list[dict[str, Any]]:
    answered = listing.answered
    ranked = answered.shown.ranked if listing.everything else answered.shown.ranked[: rows_at_first(answered)]
    return [_row(listing, row, answered) for row in ranked]


def rows_at_first(answered: AnsweredQuestion) -> int:
    """Return how many rows the list has until a reader opens all: half again the first N."""
    return answered.first + answered.first // 2


def _row(listing: QuestionListing, row: Answered, answered: AnsweredQuestion) -> dict[str, Any]:
    before = answered.base.ranks.get(row.code)
    interval, share = _chances(answered, row)
    return {
        "name": answered.name(row.code),
        "href": country_address(listing, row.code),
        "rank": row.rank,
        "before": formats.DASH if before is None else before,
        "move": Move(row.code, before, row.rank),
        "interval": interval,
        "chance": share,
        "group": _group(answered, row),
        "is_cut": row.rank == answered.first,
    }


def country_address(listing: QuestionListing, code: str) -> str:
    query = {"run": listing.parameters["run"]} if "run" in listing.parameters else None
    return reverse("country", args=[code], query=query)


def _chances(answered: AnsweredQuestion, row: Answered) -> tuple[str, str]:
    """Return a country's interval and share of draws: for the question if it was drawn, else for the run."""
    if row.chances is not None:
        return f"{row.chances.low}{formats.DASH}{row.chances.high}", chance(row.chances.p20, answered.ranking.table)
    of_run = answered.rows.get(row.code)
    if answered.is_drawn or of_run is None or of_run.rank is None or of_run.low is None:
        return formats.DASH, formats.DASH
    return f"{of_run.low}{formats.DASH}{of_run.high}", chance(of_run.p20, answered.ranking.table)


def _group(answered: AnsweredQuestion, row: Answered) -> str:
    """Return a country's group: by the draws of the question if they were made, else as in the run."""
    if answered.is_drawn:
        return labels.SCREEN_GROUPS.get(answered.group_of(row), formats.DASH)
    of_run = answered.rows.get(row.code)
    return labels.SCREEN_GROUPS.get(of_run.group, formats.DASH) if of_run else formats.DASH


def counts_text(answered: AnsweredQuestion) -> str:
    provisional, outside = (answered.shown.count(status) for status in (Status.PROVISIONAL, Status.OUTSIDE_POOL))
    return say("counts", {"provisional": provisional, "outside": outside})
