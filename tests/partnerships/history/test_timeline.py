"""The last day of a term on the timeline of its partnership, as a day to come and as one that has passed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from partnerships.history.timeline import Event, dated_rows, timeline
from partnerships.models import Partnership
from tests.worlds.partnerships.build import END, START, Active, Stage

DAY = timedelta(days=1)
PASSED = Event(END, "Jan 1, 2026", "Last day of the term")


def last_day_of(partnership: Partnership, today: date) -> list[Event]:
    """Return the events of the term's last day."""
    found = Partnership.objects.select_related("country").get(pk=partnership.pk)
    return [event for event in timeline(dated_rows(found), today) if event.day == END]


def coming(when: str, text: str = "Term ends") -> Event:
    return Event(END, f"Jan 1, 2026, {when}", text, is_next=True)


@pytest.mark.parametrize(
    ("today", "event"),
    [
        (END - 2 * DAY, coming("in 2 days")),
        (END - DAY, coming("tomorrow")),
        (END, coming("today")),
        (END + DAY, PASSED),
    ],
)
def test_the_last_day_is_to_come_until_it_is_over(active: Active, today: date, event: Event) -> None:
    assert last_day_of(active.partnership, today) == [event]


def test_a_completed_term_has_ended_on_its_last_day_too(active: Active) -> None:
    completed = active.stage.step(active.partnership, "complete", END)
    assert PASSED in last_day_of(completed, END)


@pytest.mark.parametrize(
    ("today", "events"),
    [
        (END, [coming("today", "Planned last day of the term")]),
        (END + DAY, [Event(END, "Jan 1, 2026", "Planned last day of the term")]),
    ],
)
def test_the_last_day_of_a_draft_is_planned(stage: Stage, today: date, events: list[Event]) -> None:
    assert last_day_of(stage.draft(), today) == events


def test_a_canceled_partnership_has_no_last_day(stage: Stage) -> None:
    draft = stage.draft()
    assert last_day_of(draft, START) != []
    assert last_day_of(stage.step(draft, "cancel", reason="Elections"), START) == []
