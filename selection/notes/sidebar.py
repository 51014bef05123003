"""Notes on pages about a candidate, and private ones out of the audit trail."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.accounts.agencies import own_agencies
from cpc.accounts.models import User
from cpc.audit.queries import HiddenEntries, hidden_entries
from selection import dossier_sections
from selection.dossier_sections import Section
from selection.models import (
    Candidate,
    MatrixUpload,
    Note,
    NoteAttachment,
    NoteReply,
    NoteStatus,
    NoteVisibility,
)
from selection.notes import queries
from selection.notes.presenters import notes as notes_presenters


def notes_context(candidate: Candidate, user: User) -> dict[str, Any] | None:
    """Return the template context of the notes on a candidate, or None without access to notes.

    The templates are `selection/notes/_section.html` and `_thread.html`.
    """
    if queries.round_with_notes(candidate.round_id, user) is None:
        return None
    threads = queries.notes_on(candidate, user)
    may_write = candidate.round.is_open and candidate.in_pool and queries.writes_notes(user)
    base = f"{reverse('note-new', args=[candidate.round_id])}?candidate={candidate.country.code}"
    return {
        "lines": [notes_presenters.line(thread) for thread in threads],
        "beside": queries.beside(threads),
        "open": sum(thread.note.status == NoteStatus.OPEN for thread in threads),
        "add_url": base if may_write else "",
        "matrix_url": reverse("round-matrix", args=[candidate.round_id]),
        "round": candidate.round,
    }


def _section(request: HttpRequest, candidate: Candidate) -> dict[str, Any] | None:
    return notes_context(candidate, user_of(request))


def _hidden_from(user: User) -> Q:
    """Return the condition of audit entries about notes that only their agency sees, for everyone else."""
    private = Note.objects.filter(visibility=NoteVisibility.AGENCY).exclude(agency__in=own_agencies(user))
    of_notes = {
        "selection.note": private,
        "selection.notereply": NoteReply.objects.filter(note__in=private),
        "selection.noteattachment": NoteAttachment.objects.filter(note__in=private),
        "selection.matrixupload": MatrixUpload.objects.filter(visibility=NoteVisibility.AGENCY),
    }
    condition = Q(pk__in=())
    for kind, rows in of_notes.items():
        keys = rows.annotate(key=Cast("pk", CharField())).values("key")
        condition |= Q(object_type=kind, object_id__in=keys)
    return condition


def register() -> None:
    hidden_entries.add(HiddenEntries("private notes", _hidden_from))
    dossier_sections.register(Section("notes", "Notes", "selection/notes/_section.html", _section, order=900))
