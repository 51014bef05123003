"""The page of one partnership: its steps, elements, tables, and timeline, and what leads out of a suspension."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.lifecycle import Transition
from cpc.web import formats
from cpc.web.badges import Badge
from partnerships.closing import CANCELED
from partnerships.completeness import NOT_HELD
from partnerships.limit_presenters import (
    NOT_FOUND,
    NOT_RECORDED,
    as_of,
    contribution_text,
    stated_text,
)
from partnerships.models import (
    Determination,
    Government,
    Partnership,
    RecordKind,
    Status,
)
from partnerships.portfolio.overview import Element, Overview
from partnerships.states import BY_DETERMINATION, PARTNERSHIP
from partnerships.status.presenters import GroundLine, ground_lines
from partnerships.term_position import Phase

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
    status: str, *, was_terminated: bool = False, canceled_from: str = Status.IN_CLEARANCE, is_lapsed: bool = False
) -> tuple[list[str], int]:
    """Return the labels of the lifecycle steps and the index of the current one.

    An exceptional status, such as suspended or terminated, replaces the step at its position. A partnership that was
    terminated before it was closed was never completed, and one that was canceled shows only the steps that it took.
    `is_lapsed` is true if the term is over and no later status is known.
    """
    names = [step.label for step in ROAD]
    if is_lapsed:
        names[ROAD.index(Status.COMPLETED)] = "Ended, status not known"
        return names, ROAD.index(Status.COMPLETED)
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


def step_url(partnership: Partnership, step: Transition) -> str:
    """Return the form of a step; one that follows a determination is taken by recording it."""
    if kind := BY_DETERMINATION.get(step.name):
        return reverse("partnership-determination-new", args=[partnership.pk, kind])
    return reverse("partnership-step", args=[partnership.pk, step.name])


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
    if phase is Phase.PLANNED and gaps == len(page.elements):
        return "All seven must be complete before signature; none is yet."
    if phase is Phase.PLANNED:
        return f"All seven must be complete before signature. {have}."
    return f"Signature needed all seven. {have} now."


# ---- who, and what is known -----------------------------------------------------------------------------------------


def offices_by_government(page: Overview) -> list[tuple[str, str]]:
    rows = []
    for government in Government:
        offices = [row for row in page.participants if row.government == government]
        names = ", ".join(f"{row.name} (leads)" if row.is_lead else row.name for row in offices)
        name = government.label if government == Government.UNITED_STATES else page.partnership.country.name
        rows.append((name, names or (NOT_FOUND if page.is_documented else "Not named yet")))
    return rows


def known_facts(page: Overview) -> list[tuple[str, str, bool]]:
    """Return what public statements say of a documented partnership: label, text, and whether it is known."""
    position, row = page.position, page.partnership
    held = [dialogue for dialogue in page.dialogues if dialogue.held_from]
    term = f"{formats.day(row.starts_on)} to {formats.day(row.ends_on)}" if row.starts_on and row.ends_on else ""
    facts = [
        ("Signed", formats.day(row.signed_on) if row.signed_on else ""),
        ("Term", term),
        ("Planned by the United States", formats.dollars(position.planned) if position.planned is not None else ""),
        ("Later total", stated_text(position) if position.stated else ""),
        ("Given by the partner", contribution_text(position)),
        ("Dialogues with a known day", formats.number(len(held)) if held else ""),
        ("Status last documented", f"{row.get_status_display()}, {as_of(position)}" if row.status_as_of else ""),
    ]
    return [(label, text or NOT_FOUND, bool(text) and text != NOT_FOUND) for label, text in facts]


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
