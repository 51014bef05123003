"""The timeline of one partnership, from plain rows: steps, statements, amendments, dialogues, and the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cpc.accounts.models import User
from partnerships.history.timeline import Event, timeline
from partnerships.models import Amendment, Dialogue, FigureKind, FigureStatement, Partnership, RecordKind, StatusChange
from tests.partnerships.unsaved import END, START, page_of, partnership

DAY = timedelta(days=1)
ENDED = date(2023, 3, 15)


def step(name: str, on: date, actor: User | None = None) -> StatusChange:
    return StatusChange(transition=name, effective_on=on, actor=actor)


def stated(kind: str, **when: Any) -> FigureStatement:
    return FigureStatement(kind=kind, text=f"A {kind}", **when)


def events(row: Partnership, today: date = END + DAY, **more: Any) -> list[Event]:
    return timeline(page_of(row, **more), today)


def test_steps_stand_on_their_effective_day_with_who_recorded_them() -> None:
    analyst = User(name="The analyst")
    steps: Sequence[StatusChange] = [step("start", START + DAY), step("sign", START, analyst)]
    assert events(partnership(ends_on=None), steps=steps) == [
        Event(START + DAY, "Jan 2, 2021", "Started"),
        Event(START, "Jan 1, 2021", "Signed, recorded by The analyst"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("invite", "Invited"),
        ("withdraw_invitation", "Invitation withdrawn"),
        ("open_negotiations", "Negotiations opened"),
        ("pause_negotiations", "Negotiations paused"),
        ("submit_for_clearance", "Submitted for clearance"),
        ("return_to_negotiation", "Returned to negotiation"),
        ("sign", "Signed"),
        ("start", "Started"),
        ("suspend", "Suspended"),
        ("reinstate", "Reinstated"),
        ("complete", "Completed"),
        ("terminate", "Terminated"),
        ("close", "Closed"),
        ("reopen", "Reopened"),
        ("cancel", "Canceled"),
    ],
)
def test_each_step_is_an_event_of_its_own(name: str, text: str) -> None:
    assert [one.text for one in events(partnership(ends_on=None), steps=[step(name, START)])] == [text]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (stated(FigureKind.STATUS, stated_on=ENDED), [Event(ENDED, "Mar 15, 2023", "A status")]),
        (stated(FigureKind.US_TOTAL, stated_in="March 2023"), [Event(date(2023, 3, 31), "March 2023", "A us_total")]),
        (stated(FigureKind.US_PLANNED, stated_on=ENDED), []),
        (stated(FigureKind.US_TOTAL), []),
        (stated(FigureKind.STATUS, stated_in="spring"), []),
    ],
)
def test_of_the_statements_a_dated_status_or_total_is_an_event(statement: FigureStatement, found: list[Event]) -> None:
    row = partnership(ends_on=None, kind=RecordKind.DOCUMENTED)
    assert events(row, statements=[statement]) == found


def test_documented_signature_appears_on_its_day_without_a_step() -> None:
    signed = date(2020, 12, 1)
    documented = partnership(ends_on=None, signed_on=signed, kind=RecordKind.DOCUMENTED)
    assert events(documented) == [Event(signed, "Dec 1, 2020", "Signed")]
    assert events(partnership(ends_on=None, signed_on=signed)) == []
    assert events(partnership(ends_on=None, kind=RecordKind.DOCUMENTED)) == []


def test_an_amendment_is_an_event_once_it_is_in_effect() -> None:
    applied = datetime(2022, 5, 1, 23, 0, tzinfo=UTC)
    rows = [Amendment(number=2, title="More", kind="top_up"), Amendment(number=1, title="Longer", applied_at=applied)]
    found = events(partnership(ends_on=None), amendments=rows)
    assert [(one.day, one.when, one.text) for one in found] == [
        (date(2022, 5, 1), "May 1, 2022", f"{rows[1]} in effect")
    ]


def test_a_dialogue_is_an_event_once_it_was_held_here() -> None:
    held, planned = Dialogue(number=1, held_from=ENDED), Dialogue(number=2, planned_on=ENDED)
    row = partnership(ends_on=None)
    assert events(row, dialogues=[planned, held]) == [Event(ENDED, "Mar 15, 2023", f"{held} held")]
    row.kind = RecordKind.DOCUMENTED
    assert events(row, dialogues=[held]) == []


@pytest.mark.parametrize(
    ("row", "today", "steps", "found"),
    [
        (partnership(), END - DAY, (), Event(END, "Jan 1, 2025, tomorrow", "Term ends", is_next=True)),
        (partnership(), END, (), Event(END, "Jan 1, 2025, today", "Term ends", is_next=True)),
        (partnership(), END + DAY, (), Event(END, "Jan 1, 2025", "Last day of the term")),
        (partnership("completed", ended_on=END), END, (), Event(END, "Jan 1, 2025", "Last day of the term")),
        (
            partnership("selected"),
            END - DAY,
            (),
            Event(END, "Jan 1, 2025, tomorrow", "Planned last day of the term", is_next=True),
        ),
        (partnership("selected"), END + DAY, (), Event(END, "Jan 1, 2025", "Planned last day of the term")),
        (
            partnership("terminated", ended_on=ENDED),
            END,
            (),
            Event(ENDED, "Mar 15, 2023", "End of the term, before its agreed last day, Jan 1, 2025"),
        ),
        (partnership("terminated", ended_on=ENDED), END, (step("invite", START),), None),
        (
            partnership("completed", ended_on=END),
            END,
            (step("invite", START),),
            Event(END, "Jan 1, 2025", "Last day of the term"),
        ),
        (partnership("canceled"), START, (), None),
        (partnership(ends_on=None), START, (), None),
    ],
)
def test_timeline_shows_the_end_of_the_term_unless_a_step_does(
    row: Partnership, today: date, steps: Sequence[StatusChange], found: Event | None
) -> None:
    shown = [event for event in events(row, today, steps=steps) if event.text != "Invited"]
    assert shown == ([] if found is None else [found])


def test_the_timeline_begins_with_the_newest() -> None:
    days = [START, ENDED, START + DAY]
    found = events(partnership(), steps=[step("invite", day) for day in days])
    assert [one.day for one in found] == [END, ENDED, START + DAY, START]
