"""Mentions of people in notes: each is notified, and only readers of the note can be named."""

from __future__ import annotations

import re

from cpc.accounts.models import User
from cpc.validation import field_error
from selection.models import Note, NoteMention, NoteReply
from selection.notes import notifications

MOST_MENTIONS = 20
_NAMED = re.compile(r"(?<![\w.@+-])@([A-Za-z0-9_](?:[\w.@+-]{0,58}[A-Za-z0-9_])?)", re.ASCII)


def named_in(text: str) -> list[str]:
    """Return the user names after an @, each once, in order.

    Email addresses such as a@b.example don't count.
    """
    return list(dict.fromkeys(_NAMED.findall(text)))


def mention(*, note: Note, reply: NoteReply | None, text: str, actor: User) -> list[NoteMention]:
    """Record and notify the people named in a note or a reply.

    Raises `ValidationError` `mention` for a name that matches no reader of the note. The message does not reveal if
    such an account exists.
    """
    names = named_in(text)
    if len(names) > MOST_MENTIONS:
        message = f"You mentioned {len(names)} people; the limit is {MOST_MENTIONS} per note."
        raise field_error("text", message, "mention")
    people = {user.username: user for user in User.objects.filter(username__in=names).select_related("agency")}
    for name in names:
        user = people.get(name)
        if user is None or not Note.objects.visible_to(user).filter(pk=note.pk).exists():
            message = f"@{name} can't see this note. Remove the @, or show the note to more people first."
            raise field_error("text", message, "mention")
    mentions = [NoteMention.objects.create(note=note, reply=reply, user=people[name]) for name in names]
    if recipients := [people[name] for name in names if people[name] != actor]:
        once = f"{note.pk} {reply.pk if reply else 0}"
        notifications.notify_about_note(
            notifications.MENTION, note, once=once, recipients=recipients, actor=actor, who=str(actor)
        )
    return mentions
