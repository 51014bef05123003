"""Notes beside the evidence: what a page about a candidate shows of them, and what the search finds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.web import search
from cpc.web.search import Hit, Provider
from selection import dossier as sections
from selection.dossier import Section
from selection.models import Candidate, NoteStatus
from selection.queries import notes as reads
from selection.tables import notes as said


def notes_context(candidate: Candidate, user: User) -> dict[str, Any] | None:
    """What `selection/notes/_section.html` and `_thread.html` are drawn with; None for who sees no notes."""
    if reads.round_with_notes(candidate.round_id, user) is None:
        return None
    found = reads.notes_on(candidate, user)
    may_write = candidate.round.is_open and candidate.in_pool and reads.writes_notes(user)
    base = f"{reverse('note-new', args=[candidate.round_id])}?candidate={candidate.country.code}"
    return {
        "lines": [said.line(thread) for thread in found],
        "beside": reads.beside(found),
        "open": sum(thread.note.status == NoteStatus.OPEN for thread in found),
        "add_url": base if may_write else "",
        "matrix_url": reverse("round-matrix", args=[candidate.round_id]),
        "round": candidate.round,
    }


def _section(request: HttpRequest, candidate: Candidate) -> dict[str, Any] | None:
    return notes_context(candidate, user_of(request))


def _found(query: str, user: User) -> list[Hit]:
    return [
        Hit(
            f"{note} on {note.subject}",
            reverse("note", args=[note.round_id, note.reference]),
            f"{note.agency or 'TIP Office'}, {note.round}",
        )
        for note in reads.notes_found(query, user)
    ]


def register() -> None:
    """Add the notes to the dossier and to the search."""
    sections.register(Section("notes", "Notes", "selection/notes/_section.html", _section, order=900))
    search.register(Provider("Notes", _found, order=60))
