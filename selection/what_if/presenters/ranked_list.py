"""The ranked list of the What if page: ranks now and before, movements, and chances as text."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of the list: ranks now and before, movement, and chances as text."""

    code: str
    name: str
    href: str
    rank: int
    before: str
    move: Move
    interval: str
    chance: str
    group: str
    is_cut: bool


def list_rows(listing: QuestionListing) -> list[ListRow]:
    """Return the rows of the list, the first ones or all."""
    asked = listing.asked
    ranked = asked.shown.ranked if listing.everything else asked.shown.ranked[: rows_at_first(asked)]
    return [_row(listing, row, asked) for row in ranked]


def rows_at_first(asked: AnsweredQuestion) -> int:
    """Return how many rows the list has until a reader opens all: half again the first N."""
    return asked.first + asked.first // 2


def _row(listing: QuestionListing, row: Answered, asked: AnsweredQuestion) -> ListRow:
    assert row.rank is not None  # the row is one of the ranked
    before = asked.base.ranks.get(row.code)
    interval, share = _chances(asked, row)
    return ListRow(
        row.code,
        asked.name(row.code),
        country_address(listing, row.code),
        row.rank,
        formats.DASH if before is None else str(before),
        Move(row.code, before, row.rank),
        interval,
        share,
        _group(asked, row),
        row.rank == asked.first,
    )


def country_address(listing: QuestionListing, code: str) -> str:
    """Return the URL of a country's page as it is in the run."""
    query = {"run": listing.parameters["run"]} if "run" in listing.parameters else None
    return reverse("country", args=[code], query=query)


def _chances(asked: AnsweredQuestion, row: Answered) -> tuple[str, str]:
    """Return a country's interval and share of draws: for the question if it was drawn, else for the run."""
    if row.chances is not None:
        return f"{row.chances.low}{formats.DASH}{row.chances.high}", chance(row.chances.p20, asked.ranking.table)
    of_run = asked.rows.get(row.code)
    if asked.is_drawn or of_run is None or of_run.rank is None or of_run.low is None:
        return formats.DASH, formats.DASH
    return f"{of_run.low}{formats.DASH}{of_run.high}", chance(of_run.p20, asked.ranking.table)


def _group(asked: AnsweredQuestion, row: Answered) -> str:
    """Return a country's group: by the draws of the question if they were made, else as in the run."""
    if asked.is_drawn:
        return labels.SCREEN_GROUPS.get(asked.group_of(row), formats.DASH)
    of_run = asked.rows.get(row.code)
    return labels.SCREEN_GROUPS.get(of_run.group, formats.DASH) if of_run else formats.DASH


def counts_text(asked: AnsweredQuestion) -> str:
    """Return how many countries have no rank, and why."""
    provisional, outside = (asked.shown.count(status) for status in (Status.PROVISIONAL, Status.OUTSIDE_POOL))
    return say("counts", {"provisional": provisional, "outside": outside})
