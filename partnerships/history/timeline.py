"""Timeline of a partnership: steps, statements, amendments, dialogues, and the end of the term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from cpc.web import formats
from partnerships.limit_position import LimitPosition, limit_positions, stated_by
from partnerships.limit_presenters import when_stated
from partnerships.models import Amendment, Dialogue, EventConcern, FigureKind, Partnership, StatusChange
from partnerships.states import PARTNERSHIP
from partnerships.term_position import Phase, TermPosition


class Dated(Protocol):
    """Rows of a partnership that have a day. Steps and amendments are newest first."""

    @property
    def position(self) -> LimitPosition: ...

    @property
    def steps(self) -> Sequence[StatusChange]: ...

    @property
    def amendments(self) -> Sequence[Amendment]: ...

    @property
    def dialogues(self) -> Sequence[Dialogue]: ...

    @property
    def concerns(self) -> Sequence[EventConcern]: ...


@dataclass(frozen=True, slots=True)
class DatedRows:
    position: LimitPosition
    steps: Sequence[StatusChange]
    amendments: Sequence[Amendment]
    dialogues: Sequence[Dialogue]
    concerns: Sequence[EventConcern]


def dated_rows(partnership: Partnership) -> DatedRows:
    (position,) = limit_positions([partnership])
    return DatedRows(
        position,
        steps=list(partnership.status_changes.select_related("actor").order_by("-pk")),
        amendments=list(partnership.amendments.order_by("-number")),
        dialogues=list(partnership.dialogues.order_by("-number")),
        concerns=list(partnership.event_concerns.select_related("event").order_by("event__happened_on", "pk")),
    )


@dataclass(frozen=True, slots=True)
class Event:
    """One point of the timeline. `day` orders it and `when` is its text."""

    day: date
    when: str
    text: str
    is_next: bool = False


def timeline(page: Dated, today: date) -> list[Event]:
    position, row = page.position, page.position.partnership
    events = [
        Event(
            step.effective_on,
            formats.day(step.effective_on),
            f"{PARTNERSHIP.transition(step.transition).past}{f', recorded by {step.actor}' if step.actor else ''}",
        )
        for step in page.steps
    ]
    for statement in position.statements:
        day = stated_by(statement)
        if day and statement.kind in (FigureKind.STATUS, FigureKind.US_TOTAL):
            events.append(Event(day, when_stated(statement), statement.text))
    for concern in page.concerns:
        happened_on = concern.event.happened_on
        events.append(Event(happened_on, formats.day(happened_on), concern.event.title))
    if position.is_documented and row.signed_on:
        events.append(Event(row.signed_on, formats.day(row.signed_on), "Signed"))
    for amendment in page.amendments:
        if amendment.applied_at:
            day = amendment.applied_at.date()
            events.append(Event(day, formats.day(day), f"{amendment} in effect"))
    for held in page.dialogues:
        if held.held_from and not position.is_documented:
            events.append(Event(held.held_from, formats.day(held.held_from), f"{held} held"))
    return sorted(
        [*events, *_end(position.term(today), has_steps=bool(page.steps))], key=lambda event: event.day, reverse=True
    )


def _end(term: TermPosition, *, has_steps: bool) -> list[Event]:
    """Return the event of the term's last day, which a canceled partnership never had.

    The step that ended a term early has its own event; without steps, the actual end is known from statements.
    """
    day = term.last_day
    if day is None or term.phase is Phase.CANCELED or (term.ended_early and has_steps):
        return []
    coming = day >= term.today and term.phase is not Phase.ENDED
    if term.phase is Phase.PLANNED:
        label = "Planned last day of the term"
    elif term.ended_early:
        label = f"End of the term, before its agreed last day, {formats.day(term.ends_on)}"
    else:
        label = "Term ends" if coming else "Last day of the term"
    when = f"{formats.day(day)}, {formats.relative_day(day, term.today)}" if coming else formats.day(day)
    return [Event(day, when, label, is_next=coming)]
