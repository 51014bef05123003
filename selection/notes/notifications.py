"""Notifications about notes.

They never quote a note; the link leads to it behind the sign-in.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from cpc.accounts.models import User
from cpc.notifications.kinds import Kind, register
from cpc.notifications.services import notify
from selection.models import Note

MENTION = "selection.mention"
ANSWER = "selection.note_answered"


def register_kinds() -> None:
    register(
        Kind(
            key=MENTION,
            label="Notes that mention you",
            subject="{who} mentions you in note {reference} on {what}",
            text="{who} mentions you in note {reference} on {what}, {round}. Follow the link to read it and reply.",
            example={"who": "Analyst, TIP Office", "reference": "DOL-7", "what": "Ghana", "round": "Round 1, FY 2027"},
        )
    )
    register(
        Kind(
            key=ANSWER,
            label="The office's answers to your notes",
            subject="The office answered note {reference} on {what}",
            text="The office answered note {reference} on {what}, {round}. Record whether your agency agrees.",
            example={"reference": "DOL-7", "what": "Ghana", "round": "Round 1, FY 2027"},
        )
    )


def notify_about_note(
    kind: str, note: Note, *, once: str, recipients: Iterable[User], actor: User, **values: object
) -> None:
    """Notify people of a note; `once` identifies the news, so that each gets it once."""
    notify(
        recipients=recipients,
        kind=kind,
        values={"reference": note.reference, "what": note.subject, "round": str(note.round), **values},
        link=reverse("note", args=[note.round_id, note.reference]),
        target=note,
        dedupe=f"{kind} {once}",
        actor=actor,
    )
