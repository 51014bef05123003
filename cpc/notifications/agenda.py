"""Work that waits for the reader of an email: counts, and titles of what is late or due today.

An email leaves the product. Of an item it names only the title, which holds names, days, and counts like the fields of
a kind of notification, and never the line of why, which may quote what a person wrote. The room that has the queue
registers the function; without it, an email has notifications only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from cpc.accounts.models import User
from cpc.registry import Registry


@dataclass(frozen=True, slots=True)
class Part:
    """Items of one group: its label, its true count, and the first titles with their paths."""

    label: str
    count: int
    lines: Sequence[tuple[str, str]]

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True, slots=True)
class Agenda:
    """Everything that waits, `title` as the home page counts it."""

    count: int
    title: str
    url: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class AgendaSource:
    key: str
    agenda: Callable[[User, date], Agenda]


sources: Registry[AgendaSource] = Registry(key=lambda source: source.key)
register = sources.add


def agenda_of(user: User, today: date) -> Agenda | None:
    """Return what waits for an account; None if nothing does."""
    found = [source.agenda(user, today) for source in sources]
    return next((agenda for agenda in found if agenda.count), None)
