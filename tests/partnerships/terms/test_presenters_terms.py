"""Sections, tables, badges, and the calendar of terms, from plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cpc.web.badges import Badge
from partnerships.models import (
    Activity,
    DataPlan,
    Mechanism,
    Milestone,
    Objective,
    Participant,
    Program,
    Responsibility,
)
from partnerships.terms.presenters import (
    Section,
    Writer,
    activities_finding,
    activity_chart,
    activity_mark,
    has_begun,
    milestone_badge,
    responsibility_badge,
    sections,
)
from partnerships.terms.queries import Terms
from tests.partnerships.unsaved import cells, labels, partnership, prefetched, totals

DAY = timedelta(days=1)
TODAY = date(2023, 6, 15)


def terms(**rows: Sequence[Any]) -> Terms:
    return Terms(**dict.fromkeys(Terms.__dataclass_fields__, ()) | rows)


def shown(writer: Writer | None = None, /, *, row: Any = None, **rows: Any) -> dict[str, Section]:
    writer = writer or Writer(row or partnership(), drafts=False, edits=False)
    return {section.slug: section for section in sections(terms(**rows), TODAY, writer)}


# ---- sections ------------------------------------------------------------------------------------------------------


def test_sections_follow_the_order_of_the_elements_with_their_rows() -> None:
    rows = {name: [object()] for name in Terms.__dataclass_fields__}
    found = shown(**rows)
    assert [(section.slug, section.letter, section.table.title) for section in found.values()] == [
        ("participant", "", "Participants"),
        ("objective", "A", "Objectives"),
        ("responsibility", "B", "Responsibilities"),
        ("program", "C", "Programs"),
        ("activity", "", "Activities"),
        ("milestone", "", "Milestones"),
        ("mechanism", "E", "Implementation and oversight"),
        ("data-plan", "G", "Child protection data"),
    ]
    kept = ("participants", "objectives", "responsibilities", "programs", "activities", "milestones", "mechanisms")
    assert [section.rows for section in found.values()] == [*(rows[name] for name in kept), rows["data_plans"]]


@pytest.mark.parametrize(
    ("slug", "article", "empty"),
    [
        ("objective", "an objective", "No objective is on record yet"),
        ("activity", "an activity", "No activity is on record yet"),
        ("program", "a program", "No program is on record yet"),
        ("data-plan", "a data plan", "No data plan is on record yet"),
    ],
)
def test_a_section_names_its_kind(slug: str, article: str, empty: str) -> None:
    assert (shown()[slug].article, shown()[slug].empty) == (article, empty)


@pytest.mark.parametrize("slug", list(shown()))
@pytest.mark.parametrize(("drafts", "edits"), [(True, True), (False, True), (False, False)])
def test_draft_rows_can_change_and_some_signed_rows_record_progress(slug: str, *, drafts: bool, edits: bool) -> None:
    recorded = {"participant", "responsibility", "activity", "milestone"}
    table = shown(Writer(partnership(), drafts=drafts, edits=edits))[slug].table
    assert ("Change" in labels(table)) is (drafts or (edits and slug in recorded))


def test_the_links_of_a_row_lead_to_its_forms() -> None:
    row, program = Participant(pk=3, name="Ministry"), Program(pk=4, title="Justice")
    draft = shown(Writer(partnership(), drafts=True, edits=True))
    assert cells(draft["participant"].table, row)["Change"] == (
        '<a href="/partnerships/7/terms/participant/3/">Edit<span class="u-sr"> Ministry</span></a> · '
        '<a href="/partnerships/7/terms/participant/3/remove/">Remove<span class="u-sr"> Ministry</span></a>'
    )
    assert '<a href="/partnerships/7/terms/program/4/">' in cells(draft["program"].table, (program, {}))["Change"]
    signed = shown(Writer(partnership(), drafts=False, edits=True))
    assert cells(signed["participant"].table, row)["Change"] == (
        '<a href="/partnerships/7/terms/participant/3/">Record<span class="u-sr"> the course of Ministry</span></a>'
    )


# ---- tables --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("government", "side"), [("us", "United States"), ("partner", "Kenya")])
@pytest.mark.parametrize(("leads", "role"), [(True, "Leads"), (False, "Takes part")])
def test_participants(government: str, side: str, role: str, *, leads: bool) -> None:
    row = Participant(name="An office", government=government, is_lead=leads, contact_office="A desk")
    assert cells(shown()["participant"].table, row) == {
        "Ministry or office": "An office",
        "Government": side,
        "Role": role,
        "Contact office": "A desk",
    }


def detail(section: Section, row: Any) -> str | None:
    found = section.table.columns[0].detail
    return found(row) if found else None


OBJECTIVE = Objective(
    number=2, title="Courts", text="More judges", paradigm="prosecution", system="justice", outcome="More cases"
)


def test_objectives() -> None:
    section = shown()["objective"]
    assert cells(section.table, OBJECTIVE) == {
        "Objective": str(OBJECTIVE),
        "P": "Prosecution",
        "System": "Justice",
        "Intended outcome": "More cases",
    }
    assert detail(section, OBJECTIVE) == "More judges"


def test_responsibilities() -> None:
    section = shown()["responsibility"]
    row = Responsibility(
        text="Open a shelter",
        participant=Participant(name="Ministry"),
        objective=OBJECTIVE,
        due_on=TODAY - DAY,
        status="under_way",
        evidence="A decree",
    )
    assert cells(section.table, row) == {
        "Participant intends to": "Open a shelter",
        "Participant": "Ministry",
        "By": TODAY - DAY,
        "State": "Late by 1 day",
        "Evidence": "A decree",
    }
    assert detail(section, row) == f"For objective {OBJECTIVE}"
    row.objective = None
    assert detail(section, row) == ""


AMOUNTS = {"us": Decimal(1), "partner": Decimal(2)}


def test_programs() -> None:
    row = partnership(planned_total=Decimal(4_000_000), awarded_total=Decimal(3_000_000))
    section = shown(row=row)["program"]
    program = Program(pk=4, title="Justice", description="Courts")
    assert cells(section.table, (program, AMOUNTS)) == {
        "Program": "Justice", "United States": Decimal(1), "Kenya": Decimal(2),
    }  # fmt: skip
    assert cells(section.table, (program, {"us": Decimal(0)})) == {
        "Program": "Justice", "United States": Decimal(0), "Kenya": "Not stated",
    }  # fmt: skip
    assert detail(section, (program, AMOUNTS)) == "Courts"
    assert totals(section.table)["United States"] == Decimal(4_000_000)
    assert "Kenya" not in totals(section.table)


LEFT = "The limit of a partnership: $5,000,000.00; $1,000,000.00 is left to plan."


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("in_clearance", LEFT),
        ("active", LEFT),
        ("completed", "The limit of a partnership: $5,000,000.00."),
        ("terminated", "The limit of a partnership: $5,000,000.00."),
        ("closed", "The limit of a partnership: $5,000,000.00."),
        ("canceled", "The limit of a partnership: $5,000,000.00."),
    ],
)
def test_programs_footer_shows_headroom(status: str, text: str) -> None:
    table = shown(row=partnership(status, planned_total=Decimal(4_000_000)))["program"].table
    footer = f'Planned by the United States<br><span class="u-small u-muted">{text}</span>'
    assert totals(table)["Program"] == footer


@pytest.mark.parametrize(
    ("begun", "ended", "actual"),
    [
        (None, None, ""),
        (TODAY, None, "since Jun 15, 2023"),
        (TODAY, TODAY + DAY, "Jun 15, 2023 to Jun 16, 2023"),
    ],
)
def test_activities(begun: date | None, ended: date | None, actual: str) -> None:
    section = shown()["activity"]
    row = activity(TODAY, TODAY + 9 * DAY, actual_start=begun, actual_end=ended)
    assert cells(section.table, row) == {
        "Activity": "Train",
        "Where and by whom": "Nairobi, Courts",
        "Planned": "Jun 15, 2023 to Jun 24, 2023",
        "Actual": actual,
        "State": "Planned",
    }
    assert detail(section, row) == str(OBJECTIVE)
    row.program, row.place = Program(title="Justice"), ""
    assert detail(section, row) == f"{OBJECTIVE} · Justice"
    assert cells(section.table, row)["Where and by whom"] == "Courts"


def test_milestones() -> None:
    section = shown()["milestone"]
    row = Milestone(title="A course", planned_on=TODAY, activity=activity(TODAY, TODAY))
    assert cells(section.table, row) == {"Milestone": "A course", "Planned for": TODAY, "State": "Ahead"}
    assert detail(section, row) == f"Of the activity {row.activity}"


def test_mechanisms_and_data_plans() -> None:
    body = Mechanism(kind="oversight", body="Committee", procedure="It visits", frequency="annual")
    assert cells(shown()["mechanism"].table, body) == {
        "Body": "Committee",
        "For": "Oversight",
        "Procedure": "It visits",
        "How often": body.get_frequency_display(),
    }
    plan = DataPlan(what="Totals", institution="Ministry", system="Register", safeguards="Roles", use="Planning")
    assert cells(shown()["data-plan"].table, plan) == {
        "Institution": "Ministry",
        "Data": "Totals",
        "System": "Register",
        "Safeguards": "Roles",
        "Use": "Planning",
    }


# ---- activities ----------------------------------------------------------------------------------------------------


def activity(start: date, end: date, *milestones: Milestone, **more: Any) -> Activity:
    row = Activity(
        pk=1, title="Train", objective=OBJECTIVE, place="Nairobi", implementer="Courts", planned_start=start,
        planned_end=end, **more,
    )  # fmt: skip
    prefetched(row, milestones=milestones)
    return row


@pytest.mark.parametrize(
    ("status", "actual_start", "begun"),
    [
        ("planned", None, False),
        ("planned", TODAY, True),
        ("under_way", None, True),
        ("done", None, True),
        ("dropped", None, False),
    ],
)
def test_an_activity_has_begun_by_its_day_or_its_status(status: str, actual_start: date | None, *, begun: bool) -> None:
    assert has_begun(activity(TODAY, TODAY, status=status, actual_start=actual_start)) is begun


@pytest.mark.parametrize(
    ("start", "end", "more", "badge"),
    [
        (0, 9, {}, Badge("info", "Planned")),
        (-1, 9, {}, Badge("warn", "Should have begun 1 day ago")),
        (-2, 9, {}, Badge("warn", "Should have begun 2 days ago")),
        (-2, 9, {"actual_start": TODAY - DAY}, Badge("info", "Planned")),
        (-2, 9, {"status": "under_way"}, Badge("info", "In progress")),
        (-2, 0, {"status": "under_way"}, Badge("info", "In progress")),
        (-2, -1, {"status": "under_way"}, Badge("warn", "Late by 1 day")),
        (-3, -1, {}, Badge("warn", "Late by 1 day")),
        (-3, -1, {"status": "done"}, Badge("good", "Done")),
        (-3, -1, {"status": "dropped"}, Badge("none", "Dropped")),
    ],
)
def test_an_activity_is_late_after_its_last_or_first_day(
    start: int, end: int, more: dict[str, Any], badge: Badge
) -> None:
    row = activity(TODAY + start * DAY, TODAY + end * DAY, **more)
    assert activity_mark(row, TODAY) == badge


@pytest.mark.parametrize(
    ("planned_on", "reached_on", "badge"),
    [
        (TODAY, None, Badge("info", "Ahead")),
        (TODAY - DAY, None, Badge("warn", "Late by 1 day")),
        (TODAY - DAY, TODAY + DAY, Badge("good", "Reached Jun 16, 2023")),
    ],
)
def test_a_milestone_is_late_after_its_planned_day(planned_on: date, reached_on: date | None, badge: Badge) -> None:
    assert milestone_badge(Milestone(planned_on=planned_on, reached_on=reached_on), TODAY) == badge


@pytest.mark.parametrize(
    ("due_on", "status", "badge"),
    [
        (TODAY, "planned", Badge("info", "Planned")),
        (TODAY - DAY, "planned", Badge("warn", "Late by 1 day")),
        (TODAY - DAY, "under_way", Badge("warn", "Late by 1 day")),
        (None, "under_way", Badge("info", "In progress")),
        (TODAY - DAY, "done", Badge("good", "Done")),
        (TODAY - DAY, "dropped", Badge("none", "Dropped")),
    ],
)
def test_a_responsibility_is_late_after_its_due_day(due_on: date | None, status: str, badge: Badge) -> None:
    assert responsibility_badge(Responsibility(due_on=due_on, status=status), TODAY) == badge


def mark(planned_on: date, reached_on: date | None = None) -> Milestone:
    return Milestone(planned_on=planned_on, reached_on=reached_on)


BEGUN = activity(TODAY, TODAY, status="under_way")
AHEAD = activity(TODAY + DAY, TODAY + DAY)
LATE = activity(TODAY - 9 * DAY, TODAY - DAY)


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([], "0 of 0 activities have begun; none late."),
        ([AHEAD], "0 of 1 activities have begun; none late."),
        ([BEGUN, AHEAD], "1 of 2 activities has begun; none late."),
        ([BEGUN, BEGUN, LATE], "2 of 3 activities have begun; 1 late."),
        ([BEGUN, activity(TODAY, TODAY, status="dropped")], "1 of 1 activities has begun; none late."),
        (
            [activity(TODAY + DAY, TODAY + DAY, mark(TODAY - DAY), mark(TODAY), mark(TODAY - DAY, TODAY))],
            "0 of 1 activities have begun; none late; 1 milestone late.",
        ),
        (
            [activity(TODAY + DAY, TODAY + DAY, mark(TODAY - DAY), mark(TODAY - 2 * DAY))],
            "0 of 1 activities have begun; none late; 2 milestones late.",
        ),
        (
            [activity(TODAY, TODAY, mark(TODAY - DAY), status="dropped"), AHEAD],
            "0 of 1 activities have begun; none late.",
        ),
    ],
)
def test_the_finding_counts_what_has_begun_and_what_is_late(rows: list[Activity], finding: str) -> None:
    assert activities_finding(rows, TODAY) == finding


def test_the_calendar_leaves_dropped_activities_out() -> None:
    dropped = activity(TODAY, TODAY, status="dropped")
    assert activity_chart(terms(), TODAY) is None
    assert activity_chart(terms(activities=[dropped]), TODAY) is None
    row = activity(
        TODAY - 9 * DAY,
        TODAY - DAY,
        mark(TODAY, TODAY + DAY),
        mark(TODAY + 2 * DAY),
        actual_start=TODAY - 8 * DAY,
        actual_end=TODAY,
        status="done",
    )
    chart = activity_chart(terms(activities=[dropped, row]), TODAY)
    assert chart is not None
    assert chart.finding == "1 of 1 activities has begun; none late."
    assert chart.table is not None
    assert chart.table.rows == (
        (
            "Train",
            "Jun 6, 2023",
            "Jun 14, 2023",
            "Jun 7, 2023",
            "Jun 15, 2023",
            "Done",
            "Jun 15, 2023, reached Jun 16, 2023; Jun 17, 2023, not reached",
        ),
    )
