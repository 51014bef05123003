"""Notifications about notes.

They never quote a note; the link leads to it behind the sign-in.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from cpc.accounts.models import User
from cpc.notifications.kinds import Kind, register
from cpc.notifications.services import notify
from selection.models import Adjudication, Note, NoteReply

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


def _about(note: Note) -> dict[str, object]:
    return {"reference": note.reference, "what": note.subject, "round": str(note.round)}


def _link(note: Note) -> str:
    return reverse("note", args=[note.round_id, note.reference])


def notify_mentioned(*, note: Note, reply: NoteReply | None, recipients: Iterable[User], actor: User) -> None:
    notify(
        recipients=recipients,
        kind=MENTION,
        values=_about(note) | {"who": str(actor)},
        link=_link(note),
        target=note,
        dedupe=f"{MENTION} {note.pk} {reply.pk if reply else 0}",
        actor=actor,
    )


def notify_agency_of_answer(*, adjudication: Adjudication, recipients: Iterable[User], actor: User) -> None:
    note = adjudication.note
    notify(
        recipients=recipients,
        kind=ANSWER,
        values=_about(note),
        link=_link(note),
        target=note,
        dedupe=f"{ANSWER} {adjudication.pk}",
        actor=actor,
    )
