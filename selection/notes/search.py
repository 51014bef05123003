"""Search of notes: by text, and the open ones about given countries."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from cpc.accounts.models import User
from selection.models import (
    Note,
    NoteStatus,
    RoundState,
)
from selection.notes.queries import called_by


def notes_found(query: str, user: User, most: int = 10) -> list[Note]:
    """Return visible notes whose text contains `query` or whose reference it is, newest first."""
    text_filter = Q(text__icontains=query) | Q(proposed_text__icontains=query)
    rows = Note.objects.visible_to(user).live().filter(text_filter | called_by(query.strip().upper()))
    return list(rows.select_related("round", "candidate__country", "agency").order_by("-pk")[:most])


def open_notes_about(codes: Iterable[str], user: User) -> list[Note]:
    """Return the visible open notes on these countries in open rounds, newest first."""
    ended = (RoundState.DECIDED, RoundState.ARCHIVED)
    rows = Note.objects.visible_to(user).live().filter(status=NoteStatus.OPEN, candidate__country__code__in=list(codes))
    rows = rows.exclude(round__state__in=ended)
    return list(rows.select_related("round", "candidate__country", "agency").order_by("-pk"))
