"""The terms as the page writes them: one section a kind, each a table whose rows lead to their forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cpc.web import charts, formats
from cpc.web.charts import Chart
from partnerships.limit_presenters import Mark
from partnerships.models import Activity, Government, Milestone, Participant, Partnership, Progress, Responsibility
from partnerships.terms.queries import Terms


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell says; `style` is a class of it. A cell with a mark says that."""

    label: str
    text: str = ""
    style: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its key, what it is, a line about that, and its cells."""

    pk: int
    head: str
    note: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of term. `slug` is that of `partnerships.terms.forms.KINDS`, `letter` its element of the statute."""

    slug: str
    title: str
    letter: str
    noun: str
    purpose: str
    rows: Sequence[Row]
    first: str
    is_recorded: bool = False

    @property
    def article(self) -> str:
        """The noun with its article."""
        return f"an {self.noun}" if self.noun[0] in "aeiou" else f"a {self.noun}"

    @property
    def empty(self) -> str:
        """What is said where there is none."""
        return f"No {self.noun} is on record yet"

    @property
    def columns(self) -> list[Cell]:
        """The headings after the first."""
        return list(self.rows[0].cells) if self.rows else []


def sections(terms: Terms, partnership: Partnership, today: date) -> list[Section]:
    """Every kind of term, in the order of the statute's elements."""
    country = partnership.country.name
    return [*_understood(terms, country, today), *_carried_out(terms, today), *_kept_up(terms)]


def _understood(terms: Terms, country: str, today: date) -> list[Section]:
    """Who takes part, what both expect, and what each takes on and allocates."""
    return [
        Section(
            "participant", "Participants", "", "participant",
            "The ministries and offices that take part. One leads for each government.",
            [_participant(row, country) for row in terms.participants], "Ministry or office", is_recorded=True,
        ),
        Section(
            "objective", "Objectives", "A", "objective",
            "What both governments expect to achieve during the term, each with the outcome wanted.",
            _rows(terms.objectives, str, "text", lambda row: [
                Cell("P", row.get_paradigm_display()),
                Cell("System", row.get_system_display()),
                Cell("Outcome wanted", row.outcome, "is-wide"),
            ]), "Objective",
        ),
        Section(
            "responsibility", "Responsibilities", "B", "responsibility",
            "What each government takes on, by when, and what shows it.",
            [_responsibility(row, today) for row in terms.responsibilities], "Participant intends to",
            is_recorded=True,
        ),
        Section(
            "program", "Programs", "C", "program",
            "Each program or initiative, with the amount that each government allocates to it.",
            [
                Row(row.pk, row.title, row.description, [
                    _amount(Government.UNITED_STATES.label, amounts.get(Government.UNITED_STATES)),
                    _amount(country, amounts.get(Government.PARTNER)),
                ])
                for row, amounts in terms.programmes
            ], "Program",
        ),
    ]  # fmt: skip


def _carried_out(terms: Terms, today: date) -> list[Section]:
    """What is done, and by which days."""
    return [
        Section(
            "activity", "Activities", "", "activity",
            "What is done for each objective, where and by whom, with planned and actual days.",
            [_activity(row, today) for row in terms.activities], "Activity", is_recorded=True,
        ),
        Section(
            "milestone", "Milestones", "", "milestone",
            "Points that an activity has to reach.",
            [_milestone(row, today) for row in terms.milestones], "Milestone", is_recorded=True,
        ),
    ]  # fmt: skip


def _kept_up(terms: Terms) -> list[Section]:
    """How it is run and watched over, and how data are managed."""
    return [
        Section(
            "mechanism", "Implementation and oversight", "E", "mechanism",
            "The body, its procedure and how often it acts: one for implementation, one for oversight.",
            _rows(terms.mechanisms, lambda row: row.body, "", lambda row: [
                Cell("For", row.get_kind_display()),
                Cell("Procedure", row.procedure, "is-wide"),
                Cell("How often", row.get_frequency_display()),
            ]), "Body",
        ),
        Section(
            "data-plan", "Child protection data", "G", "data plan",
            "How data are collected, tracked and managed for cases and policy. Systems, never data of a child.",
            _rows(terms.data_plans, lambda row: row.institution, "", lambda row: [
                Cell("Data", row.what, "is-wide"),
                Cell("System", row.system),
                Cell("Safeguards", row.safeguards, "is-wide"),
                Cell("Use", row.use, "is-wide"),
            ]), "Institution",
        ),
    ]  # fmt: skip


def _rows(rows: Iterable[Any], head: Callable[[Any], str], note: str, cells: Callable[[Any], list[Cell]]) -> list[Row]:
    return [Row(row.pk, head(row), getattr(row, note) if note else "", cells(row)) for row in rows]


def _participant(row: Participant, country: str) -> Row:
    side = row.get_government_display() if row.government == Government.UNITED_STATES else country
    leads = Mark("good", "Leads") if row.is_lead else Mark("none", "Takes part")
    cells = [Cell("Government", side), Cell("Role", mark=leads), Cell("Contact office", row.contact_office)]
    return Row(row.pk, row.name, "", cells)


def _responsibility(row: Responsibility, today: date) -> Row:
    return Row(
        row.pk,
        row.text,
        f"For objective {row.objective}" if row.objective else "",
        [
            Cell("Participant", row.participant.name),
            Cell("By", formats.day(row.due_on), "u-nowrap"),
            Cell("State", mark=responsibility_mark(row, today)),
            Cell("Evidence", row.evidence, "is-wide"),
        ],
    )


def _activity(row: Activity, today: date) -> Row:
    about = [str(row.objective), row.programme.title if row.programme else ""]
    who = ", ".join(part for part in (row.place, row.implementer) if part)
    return Row(
        row.pk,
        row.title,
        " · ".join(part for part in about if part),
        [
            Cell("Where and by whom", who),
            Cell("Planned", f"{formats.day(row.planned_start)} to {formats.day(row.planned_end)}"),
            Cell("Actual", _actual(row)),
            Cell("State", mark=activity_mark(row, today)),
        ],
    )


def _actual(row: Activity) -> str:
    if row.actual_start is None:
        return ""
    return (
        f"{formats.day(row.actual_start)} to {formats.day(row.actual_end)}"
        if row.actual_end
        else (f"since {formats.day(row.actual_start)}")
    )


def has_begun(row: Activity) -> bool:
    """Tell whether it began, by its first day or by its status."""
    return row.actual_start is not None or row.status in (Progress.UNDER_WAY, Progress.DONE)


def activity_mark(row: Activity, today: date) -> Mark:
    """Return the mark of its progress: late if it should have begun, or ended, by now."""
    if row.status in (Progress.PLANNED, Progress.UNDER_WAY):
        if row.planned_end < today:
            return _late((today - row.planned_end).days)
        if not has_begun(row) and row.planned_start < today:
            days = (today - row.planned_start).days
            return Mark("warn", f"Should have begun {days:,} day{'' if days == 1 else 's'} ago")
    kinds = {Progress.DONE: "good", Progress.DROPPED: "none", Progress.UNDER_WAY: "info", Progress.PLANNED: "info"}
    return Mark(kinds[Progress(row.status)], row.get_status_display())


def _milestone(row: Milestone, today: date) -> Row:
    if row.reached_on:
        mark = Mark("good", f"Reached {formats.day(row.reached_on)}")
    elif row.planned_on < today:
        mark = _late((today - row.planned_on).days)
    else:
        mark = Mark("info", "Ahead")
    cells = [Cell("Planned for", formats.day(row.planned_on), "u-nowrap"), Cell("State", mark=mark)]
    return Row(row.pk, row.title, f"Of the activity {row.activity}", cells)


def _late(days: int) -> Mark:
    return Mark("warn", f"Late by {days:,} day{'' if days == 1 else 's'}")


def _amount(label: str, amount: Decimal | None) -> Cell:
    return Cell(label, "Not stated" if amount is None else formats.dollars(amount), "num")


def activities_finding(activities: Iterable[Activity], today: date) -> str:
    """Say how many activities have begun and how many are late, and count late milestones where there are any."""
    rows = [row for row in activities if row.status != Progress.DROPPED]
    begun = sum(map(has_begun, rows))
    late = sum(activity_mark(row, today).kind == "warn" for row in rows)
    missed = sum(mark.reached_on is None and mark.planned_on < today for row in rows for mark in row.milestones.all())
    more = f"; {missed} milestone{'' if missed == 1 else 's'} late" if missed else ""
    return f"{begun} of {len(rows)} activities {'has' if begun == 1 else 'have'} begun; {late or 'none'} late{more}."


def activity_chart(terms: Terms, today: date) -> Chart | None:
    """The activities on a calendar; None where there is none."""
    if not terms.activities:
        return None
    bars = [
        charts.Activity(
            name=row.title,
            planned=(row.planned_start, row.planned_end),
            actual=(row.actual_start, row.actual_end) if row.actual_start else None,
            state=activity_mark(row, today).text,
            milestones=tuple((mark.planned_on, mark.reached_on) for mark in row.milestones.all()),
        )
        for row in terms.activities
        if row.status != Progress.DROPPED
    ]
    if not bars:
        return None
    finding = activities_finding(terms.activities, today)
    return charts.activity_gantt(
        "activities", "Activities on a calendar", finding, "Planned and actual days.", bars, today
    )


def responsibility_mark(row: Responsibility, today: date) -> Mark:
    """How far it has come; late where its day has passed."""
    if row.status in (Progress.PLANNED, Progress.UNDER_WAY) and row.due_on and row.due_on < today:
        days = (today - row.due_on).days
        return Mark("warn", f"Late by {days:,} day{'' if days == 1 else 's'}")
    kinds = {Progress.DONE: "good", Progress.DROPPED: "none", Progress.UNDER_WAY: "info", Progress.PLANNED: "info"}
    return Mark(kinds[Progress(row.status)], row.get_status_display())
