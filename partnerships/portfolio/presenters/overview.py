"""The page of one partnership: its steps, elements, tables, and timeline, and what leads out of a suspension."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html

from cpc.accounts.permissions import Permission
from cpc.lifecycle import Transition
from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.markup import lines, small
from cpc.web.tables import Column, Table
from partnerships.closing import CANCELED
from partnerships.completeness import NOT_HELD
from partnerships.limit_position import stated_by
from partnerships.limit_presenters import (
    NOT_FOUND,
    NOT_RECORDED,
    when_stated,
)
from partnerships.models import (
    Determination,
    FigureKind,
    Government,
    Partnership,
    Program,
    RecordKind,
    Responsibility,
    Status,
)
from partnerships.money.presenters import YearOfMoney
from partnerships.portfolio.overview import Element, Overview
from partnerships.states import BY_DETERMINATION, PARTNERSHIP
from partnerships.status.presenters import GroundLine, ground_lines
from partnerships.term_position import Phase, TermPosition
from partnerships.terms.presenters import responsibility_badge

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


def road(
    status: str, *, was_terminated: bool = False, canceled_from: str = Status.IN_CLEARANCE
) -> tuple[list[str], int]:
    """Return the labels of the lifecycle steps and the index of the current one.

    An exceptional status, such as suspended or terminated, replaces the step at its position. A partnership that was
    terminated before it was closed was never completed, and one that was canceled shows only the steps that it took.
    """
    names = [step.label for step in ROAD]
    if status == Status.SUSPENDED:
        names[ROAD.index(Status.ACTIVE)] = Status.SUSPENDED.label
        return names, ROAD.index(Status.ACTIVE)
    if status == Status.TERMINATED or was_terminated:
        names[ROAD.index(Status.COMPLETED)] = Status.TERMINATED.label
    if status == Status.TERMINATED:
        return names, ROAD.index(Status.COMPLETED)
    if status == Status.CANCELED:
        taken = ROAD.index(Status(canceled_from)) + 1
        return [*names[:taken], Status.CANCELED.label], taken
    return names, ROAD.index(Status(status)) if status != Status.CLOSED else len(ROAD)


def next_steps(status: str, allows: Callable[[Permission], bool]) -> list[Transition]:
    """Return the steps that an account may take, without those that follow a determination."""
    return [
        step
        for step in PARTNERSHIP.transitions_from(status)
        if allows(Permission(step.permission)) and step.name not in BY_DETERMINATION
    ]


def element_line(element: Element, partnership: Partnership) -> tuple[Element, Badge, str]:
    """Return an element with its badge and its gap.

    A gap in a documented partnership is marked as not recorded, not as incomplete. In a canceled partnership, it no
    longer needs to be filled.
    """
    if element.lacks is None:
        return element, Badge("good", "Complete"), ""
    if partnership.kind == RecordKind.DOCUMENTED:
        return element, Badge("unknown", NOT_RECORDED), ""
    if partnership.status in CANCELED:
        return element, Badge("none", "Not completed"), ""
    lacks = element.lacks.message.partition(": ")[2]
    return element, Badge("bad", "Gap"), f"{lacks[:1].upper()}{lacks[1:]}"


def elements_note(page: Overview, today: date) -> str:
    if page.is_documented:
        return NOT_HELD
    gaps, phase = sum(row.lacks is not None for row in page.elements), page.position.term(today).phase
    have = f"{formats.spell_out(gaps)} {formats.agree(gaps, 'has', 'have')} a gap"
    if phase is Phase.CANCELED:
        return "The partnership was canceled before signature, which needs all seven."
    if not gaps:
        return "All seven are complete."
    if phase is Phase.PLANNED:
        return f"All seven must be complete before signature. {have}."
    return f"Signature needed all seven. {have} now."


def responsibilities_table(today: date) -> Table[Responsibility]:
    return Table(
        "Responsibilities",
        [
            Column(
                "Participant intends to",
                lambda row: lines(small(row.participant.name), format_html('<span class="c-ind">{}</span>', row.text)),
            ),
            Column("By", lambda row: row.due_on, "day"),
            Column("State", lambda row: responsibility_badge(row, today), "badge"),
        ],
        caption="Responsibilities of each participant",
    )


# ---- money ---------------------------------------------------------------------------------------------------------


def programs_table(partnership: Partnership) -> Table[Program]:
    return Table(
        "Programs",
        [
            Column("Program", lambda row: row.title, total="Planned, United States"),
            Column("United States", lambda row: row.us_amount, "dollars", total=partnership.planned_total),
            Column(partnership.country.name, lambda row: row.partner_amount, "dollars", phone="Partner"),
        ],
        caption="Programs, and what each government allocates",
        show_caption=True,
    )


def years_table(partnership: Partnership) -> Table[YearOfMoney]:
    return Table(
        "Contributions by fiscal year",
        [
            Column("Fiscal year", lambda row: formats.fiscal_year(row.year)),
            Column("United States", lambda row: row.us, "dollars"),
            Column(partnership.country.name, lambda row: row.partner, "dollars", phone="Partner"),
            Column("Without a value", lambda row: row.unvalued, "number"),
        ],
        caption="Contributions by fiscal year and participant",
        show_caption=True,
    )


# ---- statements, timeline ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """One point of the timeline. `day` orders it and `when` is its text."""

    day: date
    when: str
    text: str
    is_next: bool = False


def timeline(page: Overview, today: date) -> list[Event]:
    position, row = page.position, page.partnership
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


def offices_by_government(page: Overview) -> list[tuple[str, str]]:
    rows = []
    for government in Government:
        offices = [row for row in page.participants if row.government == government]
        names = ", ".join(f"{row.name} (leads)" if row.is_lead else row.name for row in offices)
        name = government.label if government == Government.UNITED_STATES else page.partnership.country.name
        rows.append((name, names or (NOT_FOUND if page.is_documented else "Not named yet")))
    return rows


@dataclass(frozen=True, slots=True)
class Suspension:
    """The suspension in force of a partnership, ground by ground.

    `last_corrected` is the day on which the newest correction was closed, None without one. `is_barred` is true once no
    day is left for a reinstatement, `is_lapsed` once the term is over.
    """

    row: Determination
    grounds: Sequence[GroundLine]
    missing: Sequence[str]
    last_corrected: date | None
    term_ends_on: date | None
    is_barred: bool
    is_lapsed: bool

    @property
    def earliest(self) -> date | None:
        """Return the first day that a reinstatement may bear, or None while a ground is open."""
        return None if self.missing else self.last_corrected

    @property
    def unopened(self) -> bool:
        """Return True if a ground has no correction on record."""
        return any(line.correction is None for line in self.grounds)


def suspension(page: Overview, today: date) -> Suspension | None:
    """Return the suspension in force, or None if the partnership is not suspended by a determination."""
    row = page.suspension
    if row is None:
        return None
    term, grounds = page.position.term(today), ground_lines(row)
    closed = [line.correction.closed_on for line in grounds if line.correction and line.correction.closed_on]
    last = max(closed, default=None)
    return Suspension(
        row=row,
        grounds=grounds,
        missing=page.grounds_open,
        last_corrected=last,
        term_ends_on=term.ends_on,
        is_barred=bool(last and term.ends_on and last > term.ends_on),
        is_lapsed=term.phase is Phase.LAPSED,
    )
