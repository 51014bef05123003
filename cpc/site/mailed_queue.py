"""The queue in the daily email: all counts, and the titles of what is late or due today.

Which texts may leave the product: a title names countries, agencies, rounds, days, and counts, which emails of every
kind name as well (`cpc.notifications.kinds.FIELDS`). A reason (`why`), who asked, and a position or note in it stay
behind the sign-in. What is due later is only counted: the shorter an email, the more of it is read.
"""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.notifications.agenda import Agenda, Part
from cpc.site import queue
from cpc.site.queue import Category, Desk, DueGroup, Queue
from cpc.web import formats

LISTED = 10
"""The most titles of a group that an email lists."""
NAMED = (DueGroup.LATE, DueGroup.TODAY)


def agenda_of(user: User, today: date) -> Agenda:
    """Return what waits for an account, as its email names it."""
    found = queue.queue_of(Desk(user, today, LISTED))
    parts = [
        Part(
            section.group.label,
            section.count,
            [(item.title, _path(item.url)) for item in section.items] if section.group in NAMED else (),
        )
        for section in found.sections(LISTED)
    ]
    return Agenda(found.total, title_of(user, found), reverse("queue"), parts)


def _path(url: str) -> str:
    """Return the path of a row; that of the queue for one that is answered by email."""
    return url if url.startswith("/") else reverse("queue")


def title_of(user: User, found: Queue) -> str:
    """Return the title of home: "11 items wait for you"."""
    return f"{formats.spell_out(found.total, 'item waits', 'items wait')} for {whom(user, found)}"


def whom(user: User, found: Queue) -> str:
    """Return whom the items wait for."""
    if user.agency is not None and user.allows(Permission.CONSULT):
        return user.agency.short
    return "your decision" if set(found.by_category) == {Category.APPROVALS} else "you"
