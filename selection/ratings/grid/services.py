"""Saving of the rating grid: complete cells become ratings, the others are stored for their rater."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.database.revisions import EditConflict
from cpc.web.models import SheetDraft
from selection.evidence.evidence_options import CandidateEvidence
from selection.models import RatingEvidence, RatingHandIn, SelectionRound
from selection.ratings.grid.entries import CellKey, Entry, fault_of
from selection.ratings.grid.queries import SHEET, RaterGrid, subject_of
from selection.ratings.services import NewRating, save_ratings

GONE = "evidence that you cited is no longer on record. Choose it again."


@dataclass(slots=True)
class SavedGrid:
    """Outcome of saving the grid: numbers of ratings and withdrawals, and the refused entries."""

    saved: int = 0
    withdrawn: int = 0
    refused: list[Entry] = field(default_factory=list)
    hand_in: RatingHandIn | None = None


@transaction.atomic
def save_grid(*, grid: RaterGrid, entries: Iterable[Entry], actor: User, hands_in: bool = False) -> SavedGrid:
    """Save the complete entries as ratings, and return those that are refused, each with the reason.

    Raises `ValidationError` with `round_closed`.
    """
    outcome = SavedGrid()
    given: list[NewRating] = []
    by_cell: dict[CellKey, Entry] = {}
    evidence = {code: CandidateEvidence(candidate) for code, candidate in grid.candidates.items()}
    for entry in entries:
        fresh = replace(entry, refused="")
        links = _links(fresh, grid, evidence[entry.key.code])
        if fault_of(fresh, grid.own(entry.key)) is not None:
            outcome.refused.append(fresh)
        elif links is None:
            outcome.refused.append(replace(fresh, refused=GONE))
        else:
            by_cell[entry.key] = fresh
            given.append(
                NewRating(
                    candidate=grid.candidates[entry.key.code],
                    criterion=entry.key.criterion,
                    step=fresh.step,
                    rationale=fresh.reason,
                    evidence=links,
                    expected_revision=fresh.seen,
                    withdraws=not fresh.text,
                )
            )
    written = save_ratings(selection_round=grid.round, given=given, actor=actor, hands_in=hands_in)
    for one, error in written.refused:
        entry = by_cell[CellKey(one.candidate.country.code, one.criterion)]
        # A conflict shows in the revision, which is no longer that of the record.
        reason = "" if isinstance(error, EditConflict) else _text(error)
        outcome.refused.append(replace(entry, refused=reason))
    outcome.saved, outcome.withdrawn, outcome.hand_in = len(written.saved), written.withdrawn, written.hand_in
    return outcome


def _links(entry: Entry, grid: RaterGrid, evidence: CandidateEvidence) -> list[RatingEvidence] | None:
    """Return the evidence of an entry, to be saved; None if a part of it is no longer on record."""
    found = [evidence.find(key, grid.own(entry.key)) for key in entry.evidence]
    links = [link for link in found if link is not None]
    if len(links) < len(found):
        return None
    return [*links, *([RatingEvidence(document=entry.document)] if entry.document else [])]


def _text(error: ValidationError) -> str:
    text = " ".join(error.messages)
    return text[:1].lower() + text[1:]


def store_unsaved(*, selection_round: SelectionRound, rater: User, entries: Mapping[CellKey, Entry]) -> None:
    """Store the entries that are not saved for their rater, replacing those stored before."""
    subject = subject_of(selection_round)
    if entries:
        values = {"rows": [entry.as_json() for entry in entries.values()], "stored_at": timezone.now()}
        SheetDraft.objects.update_or_create(account=rater, sheet=SHEET, subject=subject, defaults=values)
    else:
        SheetDraft.objects.filter(account=rater, sheet=SHEET, subject=subject).delete()
