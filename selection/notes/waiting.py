"""Notes that wait for an account: those to answer, and answers to judge."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from cpc.accounts.models import User
from selection.models import Note, NoteStatus, SelectionRound
from selection.models.notes import own_agencies


def notes_to_answer(user: User) -> list[tuple[SelectionRound, int, int]]:
    """Return each open round with the notes that the account may answer, all but its own, and how many of them block.

    A note that blocks is one without whose answer the round can't be decided (`NoteQuerySet.blocking`).
    """
    rows = Note.objects.visible_to(user).live().filter(status=NoteStatus.OPEN)
    rows = rows.exclude(agency__isnull=True, author=user)
    blocking = dict(_by_round(rows.blocking(), user))
    return [
        (selection_round, count, blocking.get(selection_round, 0)) for selection_round, count in _by_round(rows, user)
    ]


def answers_to_judge(user: User) -> list[tuple[SelectionRound, int]]:
    """Return each open round with the number of answers that await the agency's concurrence."""
    rows = Note.objects.live().filter(status=NoteStatus.ADJUDICATED, agency__in=own_agencies(user))
    return _by_round(rows if user.is_contact else rows.filter(author=user), user)


def _by_round(rows: QuerySet[Note], user: User) -> list[tuple[SelectionRound, int]]:
    counts = dict(rows.order_by().values_list("round").annotate(count=Count("pk")))
    rounds = SelectionRound.objects.visible_to(user).in_bulk(counts)
    return [(rounds[key], counts[key]) for key in sorted(rounds) if rounds[key].is_open]
