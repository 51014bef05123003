"""Lines of the inbox: notifications in sections, each with one sentence on what happened.

The stored text of a notification has only what an email may contain. Here, after sign-in, rooms may add more, such as a
position and its reason, for records that the reader may see now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from cpc.accounts.models import User
from cpc.grouping import grouped
from cpc.notifications.models import Notification
from cpc.registry import Registry
from cpc.web import formats

SECTIONS = {"selection": "Rounds", "partnerships": "Partnerships", "indicators": "Data"}
"""Sections of notifications without a more exact one, by the app of their object; the others are of the account."""
ACCOUNT = "Your account"


@dataclass(frozen=True, slots=True)
class Tally:
    """Number of answers that were asked for, and of those that are in; `stage` is where they stand in time."""

    answered: int
    asked: int
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """Facts of a room about a notification: its section, who did it, and one sentence.

    Notifications of one section, person, and day with the same `before` and `after` and without a reason are one line:
    "Labor clears" + "Kosovo and Peru" + "". The tallies are those of the section, and of the person in it.
    """

    section: str
    section_url: str = ""
    who: str = ""
    before: str = ""
    subject: str = ""
    after: str = ""
    reason: str = ""
    tally: Tally | None = None
    who_tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class DetailSource:
    """A source of details for notifications about one kind of object; it takes two queries, however many there are."""

    target_type: str
    details: Callable[[Sequence[str], User], Mapping[str, Detail]]
    only: frozenset[str] = frozenset()
    """Kinds of notification whose sentence it replaces; of the others it adds only section and person."""


sources: Registry[DetailSource] = Registry(key=lambda source: source.target_type)
register = sources.add


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what happened, its reason, and the notifications that it represents, the newest first."""

    text: str
    reason: str
    items: Sequence[Notification]

    @property
    def newest(self) -> Notification:
        return self.items[0]

    @property
    def is_new(self) -> bool:
        return self.newest.read_at is None

    @property
    def others(self) -> str:
        return ",".join(str(item.pk) for item in self.items[1:])


@dataclass(frozen=True, slots=True)
class InboxSection:
    """The lines of a round, of the partnerships, of the data, or of the account, by who did it."""

    title: str
    url: str
    lines: Mapping[str, Sequence[Line]]
    unread: Sequence[int] = field(default_factory=list)
    tally: Tally | None = None
    tallies: Mapping[str, Tally | None] = field(default_factory=dict)
    """How many answers are in of each who has lines."""

    @property
    def keys(self) -> str:
        return ",".join(str(key) for key in self.unread)

    @property
    def groups(self) -> list[tuple[str, Tally | None, Sequence[Line]]]:
        return [(who, self.tallies.get(who), lines) for who, lines in self.lines.items()]


def sections_of(items: Iterable[Notification], user: User) -> list[InboxSection]:
    """Return the sections of these notifications in the order of their newest one."""
    listed = list(items)
    details = _details(listed, user)
    found = []
    for (title, url), rows in grouped(listed, lambda item: _section(item, details)).items():
        by_who = grouped(rows, lambda item: details[item.pk].who if item.pk in details else "")
        lines = {who: _lines(own, details) for who, own in by_who.items()}
        tallies = {who: _first(details[item.pk].who_tally for item in own) for who, own in by_who.items() if who}
        whole = _first(details[item.pk].tally for item in rows if item.pk in details)
        unread = [item.pk for item in rows if item.read_at is None]
        found.append(InboxSection(title, url, lines, unread, whole, tallies))
    return found


def _first(tallies: Iterable[Tally | None]) -> Tally | None:
    return next((tally for tally in tallies if tally is not None), None)


def _details(items: Sequence[Notification], user: User) -> dict[int, Detail]:
    by_type = grouped(items, lambda item: item.target_type)
    found: dict[int, Detail] = {}
    for source in sources:
        own = by_type.get(source.target_type, ())
        details = source.details([item.target_id for item in own], user) if own else {}
        for item in own:
            if detail := details.get(item.target_id):
                is_shown = item.kind in source.only
                found[item.pk] = detail if is_shown else replace(detail, before="", subject="", after="", reason="")
    return found


def _section(item: Notification, details: Mapping[int, Detail]) -> tuple[str, str]:
    if detail := details.get(item.pk):
        return detail.section, detail.section_url
    return SECTIONS.get(item.target_type.partition(".")[0], ACCOUNT), ""


def _lines(items: Sequence[Notification], details: Mapping[int, Detail]) -> list[Line]:
    """Join the same news of one day, unread or read; a line with a reason stays alone."""

    def key(item: Notification) -> Any:
        detail = details.get(item.pk)
        if detail is None or not detail.before or detail.reason:
            return item.pk
        return detail.before, detail.after, timezone.localdate(item.created_at), item.read_at is None

    return [_line(rows, details) for rows in grouped(items, key).values()]


def _line(items: Sequence[Notification], details: Mapping[int, Detail]) -> Line:
    detail = details.get(items[0].pk)
    if detail is None or not detail.before:
        return Line(items[0].subject, items[0].text, items)
    subjects = formats.listing(sorted({details[item.pk].subject for item in items}))
    return Line(f"{detail.before} {subjects}{detail.after}", detail.reason, items)
