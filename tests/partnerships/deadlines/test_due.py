"""Announcements of due and overdue items: one per item and due date, and a new one after the date changes."""

from __future__ import annotations

import datetime as dt

import pytest

from partnerships.deadlines import queries as deadlines_queries
from partnerships.deadlines import services as deadlines_services
from partnerships.lookups.duties import with_overdue
from partnerships.models import ActionItem, Dialogue, Notice, Partnership, Risk, SustainabilityMeasure
from partnerships.monitoring.services.results import schedule_periods
from partnerships.schedules import ReportFrequency
from partnerships.sustainability.services import edit_entry
from tests.worlds.partnerships.build import START, Stage

LATE = dt.date(2022, 6, 1)


def announced(partnership: Partnership) -> list[tuple[str, dt.date]]:
    kinds = ("period_overdue", "action_overdue", "review_overdue")
    rows = Notice.objects.filter(partnership=partnership, kind__in=kinds).order_by("due_on", "kind")
    return [(row.kind, row.due_on) for row in rows]


@pytest.fixture
def running(stage: Stage) -> Partnership:
    """Return a partnership with an annual report, an open action item, a measure, and a risk, each due in 2022."""
    partnership = stage.active()
    schedule_periods(partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=stage.analyst)
    office = partnership.participants.get(government="partner")
    dialogue = Dialogue.objects.create(partnership=partnership, number=1, planned_on=START)
    ActionItem.objects.create(dialogue=dialogue, text="Send the register", owner=office, due_on=dt.date(2022, 3, 1))
    SustainabilityMeasure.objects.create(
        partnership=partnership, kind="budget", text="A budget line", owner=office, review_on=dt.date(2022, 4, 1)
    )
    Risk.objects.create(
        partnership=partnership,
        text="Elections",
        likelihood=2,
        impact=2,
        mitigation="Brief both parties",
        owner=office,
        review_on=dt.date(2022, 5, 1),
    )
    return partnership


def test_what_is_late_is_announced_once(running: Partnership) -> None:
    due_on = running.reporting_periods.order_by("starts_on")[0].due_on
    expected = sorted(
        [
            ("period_overdue", due_on),
            ("action_overdue", dt.date(2022, 3, 1)),
            ("review_overdue", dt.date(2022, 4, 1)),
            ("review_overdue", dt.date(2022, 5, 1)),
        ],
        key=lambda pair: pair[1],
    )
    deadlines_services.run_due(today=dt.date(2021, 6, 1))
    assert announced(running) == []
    deadlines_services.run_due(today=LATE)
    assert announced(running) == expected
    assert deadlines_services.run_due(today=LATE).notices == 0
    assert announced(running) == expected


def test_a_new_day_of_review_is_announced_again_and_a_closed_risk_is_not(stage: Stage, running: Partnership) -> None:
    deadlines_services.run_due(today=LATE)
    before = len(announced(running))
    risk, measure = Risk.objects.get(), SustainabilityMeasure.objects.get()
    edit_entry(entry=measure, values={"review_on": dt.date(2022, 7, 1)}, actor=stage.analyst)
    values = {"review_on": dt.date(2022, 7, 1), "state": "closed", "closing_note": "They are over"}
    edit_entry(entry=risk, values=values, actor=stage.analyst)
    deadlines_services.run_due(today=dt.date(2022, 8, 1))
    assert announced(running)[before:] == [("review_overdue", dt.date(2022, 7, 1))]


def test_what_is_late_is_listed_and_counted_as_it_is_announced(stage: Stage, running: Partnership) -> None:
    deadlines_services.run_due(today=LATE)
    kinds = ("period_overdue", "action_overdue", "review_overdue", "responsibility_overdue")
    notified = sorted(Notice.objects.filter(partnership=running, kind__in=kinds).values_list("due_on", flat=True))
    late = [
        row for row in deadlines_queries.overdue(LATE, partnership=running, limit=99) if row.text != "Hold dialogue 1"
    ]
    assert [row.day for row in late] == notified
    assert {row.anchor for row in late} >= {"objectives", "dialogues", "elements"}
    counted = with_overdue(Partnership.objects.filter(pk=running.pk), LATE).get()
    assert vars(counted)["overdue"] == len(notified) + 1, "the dialogue that was not held is no notice"
    assert [row.text for row in deadlines_queries.upcoming(dt.date(2022, 1, 15), partnership=running)] != []
