"""What the page of one partnership says and draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from cpc.accounts.permissions import Permission
from cpc.lifecycle import Transition
from cpc.web import formats
from cpc.web.markup import lines, link, small
from cpc.web.tables import Column, Table
from partnerships.limit_position import Standing, stated_by
from partnerships.limit_presenters import (
    NOT_FOUND,
    NOT_RECORDED,
    Mark,
    stated_amount,
    when_stated,
)
from partnerships.models import (
    Award,
    Contribution,
    Dialogue,
    DialogueState,
    FigureKind,
    FigureStatement,
    Government,
    LimitException,
    Partnership,
    Programme,
    Progress,
    Responsibility,
    Status,
    StatusChange,
)
from partnerships.portfolio.overview import Element, Overview
from partnerships.states import BY_DETERMINATION, LIFECYCLE

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


def next_steps(status: str, allows: Callable[[Permission], bool]) -> list[Transition[Partnership]]:
    """The steps that an account may take from a status, without those that follow a determination by statute."""
    return [
        step
        for step in LIFECYCLE.leaving(status)
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


def responsibilities_table(today: date) -> Table[Responsibility]:
    """Return what each participant intends to do, and by when."""
    return Table(
        "Responsibilities",
        [
            Column("Participant intends to", _intention),
            Column("By", lambda row: row.due_on, "day"),
            Column("State", lambda row: responsibility_mark(row, today), "badge"),
        ],
        caption="Responsibilities of each participant",
    )


def _intention(row: Responsibility) -> SafeString:
    return lines(small(row.participant.name), format_html('<span class="c-ind">{}</span>', row.text))


# ---- responsibilities, dialogues, exceptions -----------------------------------------------------------------------


def responsibility_mark(row: Responsibility, today: date) -> Mark:
    """How far it has come; late where its day has passed."""
    if row.status in (Progress.PLANNED, Progress.UNDER_WAY) and row.due_on and row.due_on < today:
        days = (today - row.due_on).days
        return Mark("warn", f"Late by {days:,} day{'' if days == 1 else 's'}")
    kinds = {Progress.DONE: "good", Progress.DROPPED: "none", Progress.UNDER_WAY: "info", Progress.PLANNED: "info"}
    return Mark(kinds[Progress(row.status)], row.get_status_display())


def dialogue_mark(row: Dialogue, today: date, *, documented: bool) -> Mark:
    """Whether it was held, and what it waits for."""
    if documented:
        return Mark("good", "Held")
    if row.state == DialogueState.PLANNED and row.planned_on < today:
        return Mark("warn", "Planned day has passed")
    kinds = {
        DialogueState.PLANNED: "info",
        DialogueState.READY: "info",
        DialogueState.HELD: "warn",
        DialogueState.CONCLUDED: "good",
        DialogueState.CANCELLED: "none",
    }
    return Mark(kinds[DialogueState(row.state)], row.get_state_display())


def dialogue_note(row: Dialogue, *, documented: bool) -> str:
    """Key indicators and open actions in a sentence."""
    if documented:
        return "Key indicators and minutes: not found."
    keys, actions = len(row.key_indicators.all()), list(row.actions.all())
    still = sum(action.state == "open" for action in actions)
    if row.state == DialogueState.PLANNED and not keys:
        return "Cannot be set ready: no key indicator is named for it."
    said = f"{keys} key indicator{'' if keys == 1 else 's'}."
    return f"{said} {still} of {len(actions)} action items open." if actions else said


def exception_words(row: LimitException, standing: Standing) -> str:
    """What the exception allows instead of what."""
    policy = standing.partnership.limit_policy
    if row.term_months:
        return (
            f"Term up to {row.term_months} months instead of {policy.term_months if policy else 'those of the policy'}."
        )
    return f"Funding up to {formats.dollars(row.funding)} instead of {formats.dollars(standing.policy_funding)}."


def exception_mark(row: LimitException, today: date) -> Mark:
    """Whether it binds."""
    if row.kind == "documented_practice":
        return Mark("warn", "Documented practice")
    if hasattr(row, "refusal"):
        return Mark("none", f"Refused {formats.day(row.refusal.at)}")
    if not hasattr(row, "grant"):
        return Mark("info", "Asked for, not granted")
    if row.expires_on and row.expires_on < today:
        return Mark("none", f"Expired {formats.day(row.expires_on)}")
    return Mark("good", f"Granted, usable until {formats.day(row.expires_on)}")


# ---- money ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YearOfMoney:
    """What each government gives in one fiscal year; `unvalued` counts what has no amount in dollars."""

    year: int
    us: Decimal | None
    partner: Decimal | None
    unvalued: int


def by_year(contributions: Sequence[Contribution]) -> list[YearOfMoney]:
    """Contributions by fiscal year and government, in dollars where they are valued."""
    years = sorted({row.fiscal_year for row in contributions})
    return [
        YearOfMoney(
            year=year,
            us=_sum(contributions, year, Government.UNITED_STATES),
            partner=_sum(contributions, year, Government.PARTNER),
            unvalued=sum(row.fiscal_year == year and row.amount_usd is None for row in contributions),
        )
        for year in years
    ]


def _sum(rows: Sequence[Contribution], year: int, government: str) -> Decimal | None:
    known = [
        row.amount_usd
        for row in rows
        if row.fiscal_year == year and row.government == government and row.amount_usd is not None
    ]
    return sum(known, Decimal(0)) if known else None


def programs_table(partnership: Partnership) -> Table[Programme]:
    """Return what each government allocates to each program."""
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


def awards_table(partnership: Partnership) -> Table[Award]:
    """Return the awards of a partnership in short, with their sums."""
    return Table(
        "Awards",
        [
            Column(
                "Recipient",
                lambda row: link(reverse("award", args=[partnership.pk, row.pk]), row.recipient, f", award {row.pk}"),
                detail=lambda row: f"{row.get_type_display()}: {row.title}",
                total="Together",
            ),
            Column("State", lambda row: row.get_state_display()),
            Column("Awarded", lambda row: row.awarded_total, "dollars", total=partnership.awarded_total),
            Column("Obligated", lambda row: row.obligated_total, "dollars", total=partnership.obligated_total),
            Column("Disbursed", lambda row: row.disbursed_total, "dollars", total=partnership.disbursed_total),
        ],
        show_caption=True,
    )


def years_table(partnership: Partnership) -> Table[YearOfMoney]:
    """Return what each government gives by fiscal year."""
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
class StatementLine:
    """One public statement as a row."""

    statement: FigureStatement
    when: str
    amount: str


def statement_lines(statements: Sequence[FigureStatement]) -> list[StatementLine]:
    """Statements by what they are about and by time, those without a day first."""
    order = list(FigureKind.values)
    rows = sorted(statements, key=lambda row: (order.index(row.kind), stated_by(row) or date.min, row.pk))
    return [StatementLine(row, when_stated(row), stated_amount(row) if row.amount is not None else "") for row in rows]


STATEMENTS: Table[StatementLine] = Table(
    "Public statements",
    [
        Column("Stated", lambda row: row.when, css="u-nowrap"),
        Column("What was said, in our words", lambda row: _statement(row.statement), phone="Said", css="is-wide"),
        Column("Amount", lambda row: row.amount, "money"),
    ],
    caption="What public sources said, with date and source",
    group=lambda row: row.statement.get_kind_display(),
    css="c-statements",
)


def _statement(row: FigureStatement) -> SafeString:
    source = Truncator(row.source).chars(70)
    return format_html(
        '{}<span class="c-source"><a href="{}" rel="noreferrer">{}</a></span>', row.text, row.source, source
    )


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
