"""Open duties of partnerships: which rows are open, and which are overdue, on either side of the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import models

from cpc.accounts.models import User
from partnerships.lookups import duties
from partnerships.lookups.late import with_overdue
from partnerships.models import (
    ActionItem,
    Award,
    CloseoutStep,
    Dialogue,
    Participant,
    Partnership,
    ReportDue,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    Risk,
    SustainabilityMeasure,
)
from tests.partnerships.forged import forge, plan_dialogue
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Stage

DAY = timedelta(days=1)
TODAY = date(2024, 6, 15)
OUT_OF_FORCE = ("selected", "in_clearance", "completed", "terminated", "closed", "canceled")


def made(model: type[models.Model], **values: Any) -> Any:
    """Write a row past the triggers and checks of a service."""
    with unguarded():
        return model._default_manager.bulk_create([model(**values)])[0]


def in_force(name: str) -> Partnership:
    """Return a partnership in force whose next dialogue is planned."""
    row = forge(name)
    plan_dialogue(row)
    return row


@pytest.fixture
def running(stage: Stage) -> Partnership:
    return in_force("Running")


def overdue(row: Partnership, today: date = TODAY) -> int:
    found: Any = with_overdue(Partnership.objects.filter(pk=row.pk), today).get()
    return int(found.overdue)


def office_of(row: Partnership) -> Participant:
    with unguarded():
        found: Participant = row.participants.get_or_create(government="us", name="An office")[0]
    return found


def responsibility(row: Partnership, **more: Any) -> Responsibility:
    office = office_of(row)
    found: Responsibility = made(
        Responsibility, **{"partnership": row, "participant": office, "text": "A", "due_on": TODAY - DAY} | more
    )
    return found


def test_a_responsibility_is_open_until_it_is_done_dropped_or_withdrawn(running: Partnership) -> None:
    open_rows = [responsibility(running), responsibility(running, status="under_way")]
    for more in (
        {"status": "done", "evidence": "A decree"},
        {"status": "dropped"},
        {"withdrawn": True},
        {"due_on": None},
    ):
        responsibility(running, **more)
    for status in OUT_OF_FORCE:
        responsibility(forge(status, status))
    assert list(duties.responsibilities_open().order_by("pk")) == open_rows
    assert overdue(running) == 2


def test_a_duty_is_overdue_from_the_day_after_it_is_due(running: Partnership) -> None:
    responsibility(running, due_on=TODAY)
    assert [overdue(running, day) for day in (TODAY - DAY, TODAY, TODAY + DAY)] == [0, 0, 1]


def test_duties_of_every_kind_are_counted_together_and_by_partnership(running: Partnership) -> None:
    other = in_force("Other")
    responsibility(running)
    made(Risk, partnership=running, text="A", review_on=TODAY - DAY, owner=office_of(running), likelihood=1, impact=1)
    responsibility(other)
    assert (overdue(running), overdue(other), overdue(in_force("Idle"))) == (2, 1, 0)


def period(row: Partnership, number: int, state: str) -> ReportingPeriod:
    starts_on = date(2021, 1, 1) + number * 100 * DAY
    found: ReportingPeriod = made(
        ReportingPeriod,
        partnership=row,
        starts_on=starts_on,
        ends_on=starts_on + 99 * DAY,
        due_on=TODAY - DAY,
        state=state,
    )
    return found


def test_a_period_is_open_until_it_is_submitted(running: Partnership) -> None:
    states = ("no_data", "in_progress", "returned", "submitted", "approved")
    rows = [period(running, number, state) for number, state in enumerate(states)]
    # The report of a term that is over is still owed, unless the period began after the end.
    ended = forge("Completed", "completed", ended_on=date(2021, 3, 1))
    owed = period(ended, 0, "no_data")
    period(ended, 1, "no_data")
    period(forge("Closed", "closed"), 0, "no_data")
    assert list(duties.periods_open().order_by("pk")) == [*rows[:3], owed]
    assert overdue(running) == 3


def test_a_dialogue_is_open_until_it_is_recorded_as_held_or_canceled(running: Partnership) -> None:
    def dialogue(number: int, state: str, row: Partnership = running, **more: Any) -> Dialogue:
        found: Dialogue = made(Dialogue, partnership=row, number=number, state=state, planned_on=TODAY - DAY, **more)
        return found

    rows = [dialogue(1, "planned"), dialogue(2, "ready")]
    dialogue(3, "held", held_from=TODAY - DAY, held_until=TODAY - DAY)
    dialogue(4, "concluded", held_from=TODAY - DAY, held_until=TODAY - DAY)
    dialogue(5, "canceled")
    rows.append(dialogue(6, "ready", held_from=TODAY - DAY, held_until=TODAY - DAY))
    dialogue(1, "planned", forge("Documented", documented=True))
    rows.append(dialogue(1, "planned", forge("Completed", "completed")))
    dialogue(1, "planned", forge("Closed", "closed"))
    assert list(duties.dialogues_open().exclude(number=99).order_by("pk")) == rows
    assert overdue(running) == 3


def test_an_action_item_is_open_in_any_status_of_its_partnership(running: Partnership) -> None:
    held = made(
        Dialogue, partnership=running, number=1, state="held", planned_on=TODAY, held_from=TODAY, held_until=TODAY
    )

    def item(state: str) -> ActionItem:
        closed = {"closed_on": TODAY, "outcome": "Done"} if state != "open" else {}
        found: ActionItem = made(
            ActionItem, dialogue=held, text="A", owner=office_of(running), due_on=TODAY - DAY, state=state, **closed
        )
        return found

    row = item("open")
    item("done")
    item("dropped")
    assert list(duties.actions_open()) == [row]
    assert overdue(running) == 1


def test_risks_and_measures_are_open_until_closed_or_done(running: Partnership) -> None:
    def risk(state: str, row: Partnership = running) -> Risk:
        found: Risk = made(
            Risk,
            partnership=row,
            text=state,
            state=state,
            closing_note="Over" if state == "closed" else "",
            review_on=TODAY - DAY,
            owner=office_of(row),
            likelihood=1,
            impact=1,
        )
        return found

    def measure(status: str, row: Partnership = running) -> SustainabilityMeasure:
        found: SustainabilityMeasure = made(
            SustainabilityMeasure,
            partnership=row,
            text=status,
            status=status,
            evidence="A law",
            review_on=TODAY - DAY,
            owner=office_of(row),
        )
        return found

    states = [state for state in Risk._meta.get_field("state").flatchoices if state[0] != "closed"]
    risks = [risk(state) for state, _ in states]
    risk("closed")
    measures = [measure("planned"), measure("under_way")]
    measure("done")
    measure("dropped")
    over = forge("Completed", "completed")
    risk(states[0][0], over)
    measure("planned", over)
    assert list(duties.risks_open().order_by("pk")) == risks
    assert list(duties.measures_open().order_by("pk")) == measures


# ---- awards --------------------------------------------------------------------------------------------------------


@pytest.fixture
def award(running: Partnership) -> Award:
    found: Award = made(
        Award,
        partnership=running,
        title="Courts",
        type="grant",
        recipient="An organization",
        recipient_type="civil_society",
        starts_on=date(2021, 1, 1),
        ends_on=date(2024, 12, 31),
        state="active",
    )
    return found


def report(award: Award, number: int, *events: str, period_start: date | None = None) -> ReportDue:
    starts_on = period_start or date(2021, 1, 1) + number * 30 * DAY
    row: ReportDue = made(
        ReportDue,
        award=award,
        kind="financial",
        period_start=starts_on,
        period_end=starts_on + 29 * DAY,
        due_on=TODAY - DAY,
    )
    for kind in events:
        made(ReportEvent, report=row, kind=kind, on=TODAY, note="Late", recorded_by=User.objects.earliest("pk"))
    return row


def test_a_report_is_open_until_its_newest_event_settles_it(running: Partnership, award: Award) -> None:
    rows = [report(award, 0), report(award, 1, "received", "returned")]
    for number, events in enumerate(
        (("received",), ("received", "accepted"), ("waived",), ("returned", "received")), 2
    ):
        report(award, number, *events)
    assert list(duties.reports_open().order_by("pk")) == list(duties.reports_open_of_all().order_by("pk")) == rows
    assert overdue(running) == 2


def test_no_report_is_due_for_a_period_after_the_award_end(award: Award) -> None:
    ended = date(2023, 3, 15)
    with unguarded():
        Award.objects.filter(pk=award.pk).update(ended_on=ended, state="ended")
    row = report(award, 0, period_start=ended)
    report(award, 0, period_start=ended + DAY)
    assert list(duties.reports_open()) == list(duties.reports_open_of_all()) == [row]


def test_closeout_step_is_open_until_done_or_not_applicable(award: Award) -> None:
    values = {"award": award, "due_on": TODAY - DAY}
    kinds = [kind for kind, _ in CloseoutStep._meta.get_field("kind").flatchoices]
    row = made(CloseoutStep, kind=kinds[0], **values)
    made(CloseoutStep, kind=kinds[1], done_on=TODAY, **values)
    made(CloseoutStep, kind=kinds[2], not_applicable_because="No property", **values)
    assert list(duties.closeout_open()) == [row]
