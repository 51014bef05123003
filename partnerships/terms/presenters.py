"""Sections of the page of terms, one table per kind, with links to its forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import charts, formats
from cpc.web.badges import Badge
from cpc.web.charts import Chart
from cpc.web.markup import lines, link, small
from cpc.web.tables import Column, Table
from partnerships.closing import OVER
from partnerships.limit_position import headroom
from partnerships.limit_presenters import limit_label
from partnerships.models import (
    Activity,
    DataPlan,
    Government,
    Mechanism,
    Milestone,
    Objective,
    Participant,
    Partnership,
    Program,
    Progress,
    Responsibility,
)
from partnerships.terms.queries import Terms

PROGRESS_KINDS = {
    Progress.DONE: "good",
    Progress.DROPPED: "none",
    Progress.UNDER_WAY: "info",
    Progress.PLANNED: "info",
}
LEADS, TAKES_PART = Badge("good", "Leads"), Badge("none", "Takes part")


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of term.

    `slug` is that of `partnerships.terms.forms.KINDS`, and `letter` its element of the statute.
    """

    slug: str
    letter: str
    noun: str
    purpose: str
    rows: Sequence[Any]
    table: Table[Any]

    @property
    def article(self) -> str:
        return formats.with_article(self.noun)

    @property
    def empty(self) -> str:
        return f"No {self.noun} is on record yet"


RECORDED = ("participant", "responsibility", "activity", "milestone")
"""Kinds whose progress is also recorded after signature."""


@dataclass(frozen=True, slots=True)
class Writer:
    """The permissions of an account on the rows of the terms.

    It may edit and remove the rows of a draft, or record the progress of some.
    """

    partnership: Partnership
    drafts: bool
    edits: bool

    def columns(self, slug: str, name: Callable[[Any], str]) -> list[Column[Any]]:
        """Return the column of links to the forms of a row, or none without permission.

        `name` returns a row's name.
        """

        def url(form: str, row: Any) -> str:
            return reverse(form, args=[self.partnership.pk, slug, row[0].pk if isinstance(row, tuple) else row.pk])

        def change(row: Any) -> SafeString:
            edit = link(url("partnership-term", row), "Edit", f" {name(row)}")
            return format_html("{} · {}", edit, link(url("partnership-term-remove", row), "Remove", f" {name(row)}"))

        def record(row: Any) -> SafeString:
            return link(url("partnership-term", row), "Record", f" the course of {name(row)}")

        if self.drafts:
            return [Column("Change", change, hidden_label=True, css="u-nowrap")]
        if self.edits and slug in RECORDED:
            return [Column("Change", record, hidden_label=True, css="u-nowrap")]
        return []


def sections(terms: Terms, today: date, writer: Writer) -> list[Section]:
    """Return a section for every kind of term, in the order of the statute's elements."""
    return [
        Section(
            "participant", "", "participant",
            "The ministries and offices that take part. One leads for each government.",
            terms.participants, _participants(writer),
        ),
        Section(
            "objective", "A", "objective",
            "What both governments expect to achieve during the term, each with its intended outcome.",
            terms.objectives, _objectives(writer),
        ),
        Section(
            "responsibility", "B", "responsibility",
            "What each government takes on, by when, and what shows it.",
            terms.responsibilities, _responsibilities(today, writer),
        ),
        Section(
            "program", "C", "program",
            "Each program or initiative, with the amount that each government allocates to it.",
            terms.programs, _programs(writer),
        ),
        Section(
            "activity", "", "activity",
            "What is done for each objective, where and by whom, with planned and actual days.",
            terms.activities, _activities(today, writer),
        ),
        Section(
            "milestone", "", "milestone",
            "Points that an activity has to reach.",
            terms.milestones, _milestones(today, writer),
        ),
        Section(
            "mechanism", "E", "mechanism",
            "The body, its procedure and how often it acts: one for implementation, one for oversight.",
            terms.mechanisms, _mechanisms(writer),
        ),
        Section(
            "data-plan", "G", "data plan",
            "How data are collected, tracked and managed for cases and policy. Systems, never data of a child.",
            terms.data_plans, _data_plans(writer),
        ),
    ]  # fmt: skip


def _participants(writer: Writer) -> Table[Participant]:
    country = writer.partnership.country.name

    def side(row: Participant) -> str:
        return row.get_government_display() if row.government == Government.UNITED_STATES else country

    return Table(
        "Participants",
        [
            Column("Ministry or office", lambda row: row.name),
            Column("Government", side),
            Column("Role", lambda row: LEADS if row.is_lead else TAKES_PART, "badge"),
            Column("Contact office", lambda row: row.contact_office),
            *writer.columns("participant", lambda row: row.name),
        ],
    )


def _objectives(writer: Writer) -> Table[Objective]:
    return Table(
        "Objectives",
        [
            Column("Objective", str, detail=lambda row: row.text),
            Column("P", lambda row: row.get_paradigm_display()),
            Column("System", lambda row: row.get_system_display()),
            Column("Intended outcome", lambda row: row.outcome, css="is-wide"),
            *writer.columns("objective", str),
        ],
    )


def _responsibilities(today: date, writer: Writer) -> Table[Responsibility]:
    return Table(
        "Responsibilities",
        [
            Column(
                "Participant intends to",
                lambda row: row.text,
                detail=lambda row: f"For objective {row.objective}" if row.objective else "",
            ),
            Column("Participant", lambda row: row.participant.name),
            Column("By", lambda row: row.due_on, "day"),
            Column("State", lambda row: responsibility_badge(row, today), "badge"),
            Column("Evidence", lambda row: row.evidence, css="is-wide"),
            *writer.columns("responsibility", lambda row: row.text),
        ],
    )


def _programs(writer: Writer) -> Table[tuple[Program, Mapping[str, Decimal]]]:
    partnership = writer.partnership
    limit = f"{limit_label(partnership)}: {formats.dollars(partnership.funding_limit)}"
    if partnership.status not in OVER:
        limit += f"; {formats.dollars(headroom(partnership).planned)} is left to plan"
    total = lines("Planned by the United States", small(f"{limit}."))
    name = Government.UNITED_STATES.label

    def amount(row: tuple[Program, Mapping[str, Decimal]], side: Government) -> Decimal | str:
        return row[1].get(side, "Not stated")

    return Table(
        "Programs",
        [
            Column("Program", lambda row: row[0].title, detail=lambda row: row[0].description, total=total),
            Column(name, lambda row: amount(row, Government.UNITED_STATES), "dollars", total=partnership.planned_total),
            Column(partnership.country.name, lambda row: amount(row, Government.PARTNER), "dollars"),
            *writer.columns("program", lambda row: row[0].title),
        ],
    )


def _activities(today: date, writer: Writer) -> Table[Activity]:
    def about(row: Activity) -> str:
        return f"{row.objective} · {row.program.title}" if row.program else str(row.objective)

    return Table(
        "Activities",
        [
            Column("Activity", lambda row: row.title, detail=about),
            Column("Where and by whom", lambda row: ", ".join(part for part in (row.place, row.implementer) if part)),
            Column("Planned", lambda row: f"{formats.day(row.planned_start)} to {formats.day(row.planned_end)}"),
            Column("Actual", _actual),
            Column("State", lambda row: activity_mark(row, today), "badge"),
            *writer.columns("activity", lambda row: row.title),
        ],
    )


def _milestones(today: date, writer: Writer) -> Table[Milestone]:
    return Table(
        "Milestones",
        [
            Column("Milestone", lambda row: row.title, detail=lambda row: f"Of the activity {row.activity}"),
            Column("Planned for", lambda row: row.planned_on, "day"),
            Column("State", lambda row: milestone_badge(row, today), "badge"),
            *writer.columns("milestone", lambda row: row.title),
        ],
    )


def _mechanisms(writer: Writer) -> Table[Mechanism]:
    return Table(
        "Implementation and oversight",
        [
            Column("Body", lambda row: row.body),
            Column("For", lambda row: row.get_kind_display()),
            Column("Procedure", lambda row: row.procedure, css="is-wide"),
            Column("How often", lambda row: row.get_frequency_display()),
            *writer.columns("mechanism", lambda row: row.body),
        ],
    )


def _data_plans(writer: Writer) -> Table[DataPlan]:
    return Table(
        "Child protection data",
        [
            Column("Institution", lambda row: row.institution),
            Column("Data", lambda row: row.what, css="is-wide"),
            Column("System", lambda row: row.system),
            Column("Safeguards", lambda row: row.safeguards, css="is-wide"),
            Column("Use", lambda row: row.use, css="is-wide"),
            *writer.columns("data-plan", lambda row: row.institution),
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
    """Return whether the activity has begun, by its first day or its status."""
    return row.actual_start is not None or row.status in (Progress.UNDER_WAY, Progress.DONE)


def activity_mark(row: Activity, today: date) -> Badge:
    if row.status in (Progress.PLANNED, Progress.UNDER_WAY):
        if late := formats.late_by(row.planned_end, today):
            return Badge("warn", late)
        if not has_begun(row) and row.planned_start < today:
            days = formats.count_of((today - row.planned_start).days, "day")
            return Badge("warn", f"Should have begun {days} ago")
    return Badge(PROGRESS_KINDS[Progress(row.status)], row.get_status_display())


def milestone_badge(row: Milestone, today: date) -> Badge:
    if row.reached_on:
        return Badge("good", f"Reached {formats.day(row.reached_on)}")
    late = formats.late_by(row.planned_on, today)
    return Badge("warn", late) if late else Badge("info", "Ahead")


def activities_finding(activities: Iterable[Activity], today: date) -> str:
    """Return a sentence on the activities that have begun and those that are late.

    It counts late milestones if there are any.
    """
    rows = [row for row in activities if row.status != Progress.DROPPED]
    begun = sum(map(has_begun, rows))
    late = sum(activity_mark(row, today).kind == "warn" for row in rows)
    missed = sum(mark.reached_on is None and mark.planned_on < today for row in rows for mark in row.milestones.all())
    more = f"; {formats.count_of(missed, 'milestone')} late" if missed else ""
    have = formats.agree(begun, "has", "have")
    return f"{begun} of {len(rows)} activities {have} begun; {late or 'none'} late{more}."


def activity_chart(terms: Terms, today: date) -> Chart | None:
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


def responsibility_badge(row: Responsibility, today: date) -> Badge:
    is_unfinished = row.status in (Progress.PLANNED, Progress.UNDER_WAY)
    if is_unfinished and row.due_on and (late := formats.late_by(row.due_on, today)):
        return Badge("warn", late)
    return Badge(PROGRESS_KINDS[Progress(row.status)], row.get_status_display())
