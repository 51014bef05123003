"""Reads of the rating grid of one rater: cells on record, entries that are not saved, and the last saving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch

from cpc.accounts.models import User
from cpc.web.models import SheetDraft
from selection.model_definition.criteria_table import CriterionRow
from selection.models import Candidate, Rating, RatingEvidence, SelectionRound
from selection.ratings.grid.entries import CellKey, Entry
from selection.ratings.queries import LINKED, RatedCandidate, RatedCriterion, rated_rows, ratings_of_round

SHEET = "ratings"
"""The name of the drafts of rating grids."""


def subject_of(selection_round: SelectionRound) -> str:
    return f"round {selection_round.pk}"


@dataclass(frozen=True)
class RaterGrid:
    """All cells of a round for one rater, with the ratings that this rater sees."""

    round: SelectionRound
    rater: User
    rows: tuple[RatedCandidate, ...]
    criteria: tuple[CriterionRow, ...]

    @cached_property
    def cells(self) -> Mapping[CellKey, RatedCriterion]:
        return {CellKey(row.candidate.country.code, cell.row.key): cell for row in self.rows for cell in row.criteria}

    @cached_property
    def candidates(self) -> Mapping[str, Candidate]:
        return {row.candidate.country.code: row.candidate for row in self.rows}

    def own(self, key: CellKey) -> Rating | None:
        return self.cells[key].own

    @property
    def done(self) -> int:
        return sum(cell.own is not None for cell in self.cells.values())

    @property
    def last_saved(self) -> dt.datetime | None:
        return max((cell.own.at for cell in self.cells.values() if cell.own), default=None)


def grid_of(selection_round: SelectionRound, rater: User) -> RaterGrid:
    """Load the grid in a fixed number of queries. Every candidate shares the round, with its model."""
    rows = ratings_of_round(selection_round, rater, with_evidence=True)
    for row in rows:
        row.candidate.round = selection_round
    return RaterGrid(selection_round, rater, tuple(rows), rated_rows(selection_round))


def ratings_seen(grid: RaterGrid, pks: Iterable[str]) -> dict[str, Rating]:
    """Return ratings of the rater by their keys as text, also superseded ones; a text that is no key is left out."""
    wanted = {int(pk) for pk in pks if pk.isascii() and pk.isdigit() and len(pk) < 19}
    if not wanted:
        return {}
    rows = Rating.objects.filter(pk__in=wanted, rater=grid.rater, candidate__round=grid.round)
    evidence = Prefetch("evidence", RatingEvidence.objects.select_related(*LINKED))
    return {str(row.pk): row for row in rows.prefetch_related(evidence)}


def unsaved_entries(grid: RaterGrid) -> dict[CellKey, Entry]:
    """Return the entries that the rater left unsaved, of cells that the grid still has."""
    draft = SheetDraft.objects.filter(account=grid.rater, sheet=SHEET, subject=subject_of(grid.round)).first()
    entries = [Entry.from_json(row) for row in (draft.rows if draft else ())]
    return {entry.key: entry for entry in entries if entry.key in grid.cells}
