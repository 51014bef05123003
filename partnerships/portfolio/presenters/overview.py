"""What the page of one partnership says and draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cpc.accounts.permissions import Permission
from cpc.lifecycle import Transition
from cpc.web import formats
from partnerships.limit_position import stated_by
from partnerships.limit_presenters import (
    NOT_FOUND,
    NOT_RECORDED,
    Mark,
    when_stated,
)
from partnerships.models import (
    FigureKind,
    Government,
    Status,
    StatusChange,
)
from partnerships.portfolio.overview import Element, Overview
from partnerships.states import BY_DETERMINATION, PARTNERSHIP

ROAD = (
    Status.SELECTED,
    Status.INVITED,
    Status.NEGOTIATING,
    Status.IN_CLEARANCE,
    Status.SIGNED,
    Status.ACTIVE,
    Status.COMPLETED,
    Status.CLOSED,
)


def road(status: str) -> tuple[list[str], int]:
    """The steps of the lifecycle in words, and which of them is now; an ending off the road takes its place."""
    names = [step.label for step in ROAD]
    if status == Status.SUSPENDED:
        names[ROAD.index(Status.ACTIVE)] = Status.SUSPENDED.label
        return names, ROAD.index(Status.ACTIVE)
    if status == Status.TERMINATED:
        names[ROAD.index(Status.COMPLETED)] = Status.TERMINATED.label
        return names, ROAD.index(Status.COMPLETED)
    if status == Status.CANCELLED:
        return [*names[:4], Status.CANCELLED.label], 4
    return names, ROAD.index(Status(status)) if status != Status.CLOSED else len(ROAD)


def next_steps(status: str, allows: Callable[[Permission], bool]) -> list[Transition]:
    """The steps that an account may take from a status, without those that follow a determination by statute."""
    return [
        step
        for step in PARTNERSHIP.transitions_from(status)
        if allows(Permission(step.permission)) and step.name not in BY_DETERMINATION
    ]


def element_line(element: Element, *, documented: bool) -> tuple[Element, Mark, str]:
    """An element, whether it is complete, and what it lacks; a record of the past is silent, not incomplete."""
    if element.lacks is None:
        return element, Mark("good", "Complete"), ""
    if documented:
        return element, Mark("unknown", NOT_RECORDED), ""
    lacks = element.lacks.message.partition(": ")[2]
    return element, Mark("bad", "Gap"), f"{lacks[:1].upper()}{lacks[1:]}"


# ---- responsibilities, dialogues, exceptions -----------------------------------------------------------------------


# ---- money ---------------------------------------------------------------------------------------------------------


# ---- statements, timeline ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """One point of the timeline; `day` orders it and `when` is how it is written."""

    day: date
    when: str
    text: str
    is_next: bool = False


def timeline(page: Overview, today: date) -> list[Event]:
    """What happened and what comes next, newest first."""
    standing, row = page.standing, page.standing.partnership
    found = [Event(step.effective_on, formats.day(step.effective_on), _step_words(step)) for step in page.steps]
    for statement in standing.statements:
        day = stated_by(statement)
        if day and statement.kind in (FigureKind.STATUS, FigureKind.US_TOTAL):
            found.append(Event(day, when_stated(statement), statement.text))
    if standing.is_documented and row.signed_on:
        found.append(Event(row.signed_on, formats.day(row.signed_on), "Signed"))
    for amendment in page.amendments:
        if amendment.applied_at:
            day = amendment.applied_at.date()
            found.append(Event(day, formats.day(day), f"{amendment} in effect"))
    for held in page.dialogues:
        if held.held_from and not standing.is_documented:
            found.append(Event(held.held_from, formats.day(held.held_from), f"{held} held"))
    if row.ends_on:
        coming = row.ends_on >= today
        words = "Term ends" if coming else "Last day of the term"
        when = f"{formats.day(row.ends_on)}, {formats.relative_day(row.ends_on, today)}" if coming else ""
        found.append(Event(row.ends_on, when or formats.day(row.ends_on), words, is_next=coming))
    return sorted(found, key=lambda event: event.day, reverse=True)


def _step_words(step: StatusChange) -> str:
    target = step.get_to_status_display()
    return f"{target}, recorded by {step.actor}" if step.actor else target


def participants_words(page: Overview) -> list[tuple[str, str]]:
    """Each government and its offices, the one that leads first."""
    found = []
    for government in Government:
        offices = [row for row in page.participants if row.government == government]
        said = ", ".join(f"{row.name} (leads)" if row.is_lead else row.name for row in offices)
        name = government.label if government == Government.UNITED_STATES else page.standing.partnership.country.name
        found.append((name, said or (NOT_FOUND if page.standing.is_documented else "Not named yet")))
    return found
