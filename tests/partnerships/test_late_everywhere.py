"""Late work is the same number in every place, the day before, on, and after the day of each kind of work."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import User
from cpc.site.mailed_queue import agenda_of
from cpc.site.queue import Desk, DueGroup, queue_of
from partnerships.deadlines.queries import late_and_upcoming, overdue
from partnerships.lookups.late import DUTIES, late_counts, with_overdue
from partnerships.lookups.partnerships import find
from partnerships.models import (
    ActionItem,
    Activity,
    Award,
    CloseoutStep,
    Dialogue,
    Evaluation,
    FieldCheck,
    FieldFinding,
    Milestone,
    Participant,
    Partnership,
    ReportDue,
    ReportingPeriod,
    Responsibility,
    Risk,
    SustainabilityMeasure,
)
from partnerships.portfolio.due import due_of
from partnerships.portfolio.queries import filter_partnerships, partnerships
from partnerships.queue.awards import awards
from partnerships.queue.duties import duties
from partnerships.queue.office import office_work
from tests.partnerships.forged import forge, plan_dialogue
from tests.partnerships.sending import client_of
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Stage

DAY = timedelta(days=1)
DUE = timezone.now().date() - DAY
FAR = DUE + 900 * DAY
BRANCHES = {
    "report": ("report-log",),
    "award-start": ("award-activate",),
    "award-end": ("award-end",),
    "award-closeout": ("award-closeout",),
    "notification": ("notification",),
    "responsibility": ("responsibility",),
    "period": ("period-report", "period-revise"),
    "dialogue": ("dialogue-indicators", "dialogue-ready", "dialogue-hold"),
    "dialogue-due": ("dialogue-due",),
    "action": ("action",),
    "measure": ("measure",),
    "risk": ("risk",),
    "activity": ("activity",),
    "milestone": ("milestone",),
    "finding": ("finding",),
    "evaluation": ("evaluation",),
    "term-start": ("partnership-start",),
    "term-end": ("partnership-complete",),
    "publication": ("instrument-publish",),
}
"""Branches of the queue that show what is late of each kind of work."""
NEVER_LATE = {
    "term-ends": "It leaves on the last day of the term; `partnership-complete` follows.",
    "exception-expires": "It leaves on its last day.",
    "partner-restrictions": "A review is of a country, not of a partnership.",
}


def test_each_dated_branch_of_the_queue_is_a_kind_of_work() -> None:
    dated = {branch.key for branch in (*office_work(), *duties(), *awards()) if branch.due is not None}
    assert {duty.key for duty in DUTIES} == BRANCHES.keys()
    assert dated == {key for keys in BRANCHES.values() for key in keys} | NEVER_LATE.keys()


def make(model: type[models.Model], **values: Any) -> Any:
    with unguarded():
        return model._default_manager.bulk_create([model(**values)])[0]


def running(name: str = "Running", **more: Any) -> Partnership:
    """Return a partnership in force of which nothing is late."""
    row = forge(name, **{"starts_on": DUE - 300 * DAY, "ends_on": FAR, "signed_on": DUE - 300 * DAY, **more})
    if row.status == "active":
        plan_dialogue(row)
    return row


def office_of(row: Partnership) -> Participant:
    with unguarded():
        found: Participant = row.participants.get_or_create(government="us", name="An office")[0]
    return found


def award_of(row: Partnership, **more: Any) -> Award:
    values = {"title": "A", "type": "grant", "recipient": "An organization", "recipient_type": "expert"}
    days = {"state": "active", "starts_on": DUE - 90 * DAY, "ends_on": FAR}
    found: Award = make(Award, partnership=row, **values | days | more)
    return found


def report(row: Partnership) -> None:
    days = {"period_start": DUE - 80 * DAY, "period_end": DUE - 30 * DAY, "due_on": DUE}
    make(ReportDue, award=award_of(row), kind="financial", frequency="annual", **days)


def closeout(row: Partnership) -> None:
    """Let two steps of one award be late: its close-out is one piece of work."""
    award = award_of(row, state="ended", ends_on=DUE - 30 * DAY, ended_on=DUE - 30 * DAY)
    for kind in ("property", "final_report"):
        make(CloseoutStep, award=award, kind=kind, due_on=DUE)


def notification(row: Partnership) -> None:
    award_of(row, state="planned", starts_on=DUE + 15 * DAY, awarded_total=Decimal(100))
    with unguarded():
        Partnership.objects.filter(pk=row.pk).update(planned_total=100, awarded_total=100)


def dialogue_due(row: Partnership) -> None:
    """Let the year since the last dialogue end on the day, with none planned."""
    with unguarded():
        row.dialogues.update(state="canceled")
    last = date(DUE.year - 1, DUE.month, DUE.day)
    make(Dialogue, partnership=row, number=1, state="concluded", planned_on=last, held_from=last, held_until=last)


def action(row: Partnership) -> None:
    held = {"state": "concluded", "planned_on": DUE - 9 * DAY, "held_from": DUE - 9 * DAY, "held_until": DUE - 9 * DAY}
    made = make(Dialogue, partnership=row, number=2, **held)
    make(ActionItem, dialogue=made, text="Send the register", owner=office_of(row), due_on=DUE)


def activity(row: Partnership, **more: Any) -> Activity:
    objective = make(
        row.objectives.model, partnership=row, number=1, title="A", paradigm="protection", system="justice",
        outcome="B",
    )  # fmt: skip
    days = {"planned_start": DUE - 30 * DAY, "planned_end": DUE}
    found: Activity = make(Activity, partnership=row, objective=objective, title="Train judges", **days | more)
    return found


def check_of(row: Partnership) -> FieldCheck:
    found: FieldCheck = make(
        FieldCheck, partnership=row, kind="desk_review", first_on=DUE, last_on=DUE, took_part="An office",
        recorded_by=User.objects.earliest("pk"),
    )  # fmt: skip
    return found


LATE: dict[str, Callable[[Partnership], object]] = {
    "report": report,
    "award-start": lambda row: award_of(row, state="planned", starts_on=DUE),
    "award-end": lambda row: award_of(row, ends_on=DUE),
    "award-closeout": closeout,
    "notification": notification,
    "responsibility": lambda row: make(
        Responsibility, partnership=row, participant=office_of(row), text="Fund the courts", due_on=DUE
    ),
    "period": lambda row: make(
        ReportingPeriod, partnership=row, starts_on=DUE - 120 * DAY, ends_on=DUE - 30 * DAY, due_on=DUE
    ),
    "dialogue": lambda row: make(Dialogue, partnership=row, number=1, planned_on=DUE),
    "dialogue-due": dialogue_due,
    "action": action,
    "measure": lambda row: make(
        SustainabilityMeasure, partnership=row, kind="budget", text="A line", owner=office_of(row), review_on=DUE
    ),
    "risk": lambda row: make(
        Risk, partnership=row, text="Elections", likelihood=2, impact=2, mitigation="Talks", owner=office_of(row),
        review_on=DUE,
    ),
    "activity": activity,
    "milestone": lambda row: make(
        Milestone, activity=activity(row, planned_end=FAR), title="First class", planned_on=DUE
    ),
    "finding": lambda row: make(
        FieldFinding, partnership=row, field_check=check_of(row), text="Registers are late", weight="minor",
        action="Another register", due_on=DUE, participant=office_of(row), recorded_by=User.objects.earliest("pk"),
    ),
    "evaluation": lambda row: make(Evaluation, partnership=row, kind="midline", title="Midline", planned_on=DUE),
}  # fmt: skip
"""One record of each kind of work of a partnership in force, due on the day."""
STATES: dict[str, dict[str, Any]] = {
    "term-start": {"status": "signed", "starts_on": DUE},
    "term-end": {"ends_on": DUE},
    "publication": {"legal_review": "qualifying", "signed_on": DUE - 120 * DAY, "reported_to_congress_on": DUE},
}
"""Partnerships of which one day of their own is late."""


def everywhere(row: Partnership, office: User, approver: User, today: date) -> dict[str, int]:
    """Return the number of late items of the only partnership with any, as each place counts it."""
    found = find(row.pk, overdue_on=today)
    assert found is not None
    mail = {part.label: part.count for part in agenda_of(office, today).parts}
    listed = partnerships(today)
    return {
        "page head": int(vars(found)["overdue"]),
        "overview, as the office reads it": due_of(found, office, today).late,
        "overview, as an approver reads it": due_of(found, approver, today).late,
        "its rows without forms": sum(one.day < today for one in late_and_upcoming(today, found, 99)),
        "all partnerships": late_counts(today).counted,
        "the panel of all": len(overdue(today, limit=99)),
        "the list": sum(vars(one)["overdue"] for one in listed),
        "queue": queue_of(Desk(office, today, 5)).counts.late,
        "queue of the partnership": queue_of(Desk(office, today, 5, row.pk)).counts.late,
        "mail": mail.get(DueGroup.LATE.label, 0),
    }


@pytest.mark.parametrize("kind", LATE)
def test_one_late_item_of_each_kind_counts_the_same_everywhere(stage: Stage, kind: str) -> None:
    row = running()
    LATE[kind](row)
    for days, number in ((-1, 0), (0, 0), (1, 1)):
        counts = everywhere(row, stage.analyst, stage.approver, DUE + days * DAY)
        assert counts == dict.fromkeys(counts, number), days


@pytest.mark.parametrize("kind", STATES)
def test_a_day_of_the_partnership_itself_counts_the_same_everywhere(stage: Stage, kind: str) -> None:
    row = running(**STATES[kind])
    for days, number in ((-1, 0), (0, 0), (1, 1)):
        counts = everywhere(row, stage.analyst, stage.approver, DUE + days * DAY)
        assert counts == dict.fromkeys(counts, number), days


def test_every_kind_has_its_case() -> None:
    assert {*LATE, *STATES} == BRANCHES.keys()


def all_late() -> list[Partnership]:
    """Return a partnership with one late item of each kind that one can have at once, and others with the rest."""
    rows = [running("All"), *(running(kind) for kind in ("dialogue-due", "milestone"))]
    for kind, add in LATE.items():
        add(next((row for row in rows if row.title == kind), rows[0]))
    return [*rows, *(running(kind, **state) for kind, state in STATES.items())]


def test_pages_home_and_rest_show_what_is_counted(stage: Stage) -> None:
    rows, today = all_late(), DUE + DAY
    analyst, total = client_of(stage.analyst), len(DUTIES)
    counted = {row.pk: row for row in with_overdue(Partnership.objects.filter(pk__in=[row.pk for row in rows]), today)}
    assert [vars(counted[row.pk])["overdue"] for row in rows] == [total - 5, 1, 1, 1, 1, 1]
    head = analyst.get(reverse("partnership", args=[rows[0].pk])).text
    assert f"{total - 5} items are late" in re.sub(r"\s+", " ", head)
    assert f"{total - 5} late, " in head
    panel = analyst.get(reverse("partnerships")).text
    assert f'<h2 id="h-late">Overdue</h2><p>{total} items</p>' in panel
    assert analyst.get("/api/v1/queue/").json()["counts"]["late"] == total
    assert queue_of(Desk(stage.analyst, today, 5)).counts.late == total
    assert queue_of(Desk(stage.analyst, today, 5)).counts.late == late_counts(today).counted
    assert set(filter_partnerships(partnerships(today), today, attention="overdue")) == set(rows)


def test_what_is_late_takes_one_query_however_much_it_is(stage: Stage) -> None:
    today = DUE + DAY

    def queries() -> list[int]:
        found = []
        for read in (lambda: late_counts(today), lambda: overdue(today), lambda: list(partnerships(today))):
            with CaptureQueriesContext(connection) as captured:
                read()
            found.append(len(captured))
        return found

    none = queries()
    all_late()
    assert none == queries() == [1, 1, 1]


def test_samples_are_in_no_total_and_documented_records_are_never_late(stage: Stage, client: Client) -> None:
    for more in ({"kind": "sample"}, {"documented": True}):
        row = running(str(more), **more)
        make(Evaluation, partnership=row, kind="midline", title="Midline", planned_on=DUE)
    found = late_counts(DUE + DAY)
    assert (found.counted, found.of_samples) == (0, 1)
