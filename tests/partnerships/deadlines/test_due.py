"""Announcements of due and overdue items: one per item and due date, and a new one after the date changes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from partnerships.deadlines import queries as deadlines_queries
from partnerships.deadlines import services as deadlines_services
from partnerships.lookups.late import with_overdue
from partnerships.models import (
    ActionItem,
    Dialogue,
    Notice,
    Partnership,
    ReportDue,
    ReportingPeriod,
    Responsibility,
    Risk,
    SustainabilityMeasure,
)
from partnerships.monitoring.services.results import schedule_periods
from partnerships.schedules import ReportFrequency
from partnerships.sustainability.services import edit_entry
from partnerships.terms.services import add_term
from tests.worlds.partnerships.build import END, FOUR_YEARS, START, Active, Stage

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


DUE = dt.date(2022, 3, 1)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(("today", "number"), [(DUE - DAY, 0), (DUE, 0), (DUE + DAY, 1)])
def test_nothing_is_late_on_its_own_day(stage: Stage, today: dt.date, number: int) -> None:
    """Announce each kind of duty, and list it as late, from the day after it was due."""
    partnership = stage.draft()
    stage.complete(partnership)
    office = partnership.participants.get(government="partner")
    add_term(
        term=Responsibility(partnership=partnership, participant=office, text="Fund the courts", due_on=DUE),
        actor=stage.analyst,
    )
    partnership = stage.step(stage.sign(partnership), "start")
    ReportingPeriod.objects.create(partnership=partnership, starts_on=START, ends_on=DUE - 60 * DAY, due_on=DUE)
    dialogue = Dialogue.objects.create(partnership=partnership, number=1, planned_on=END)
    ActionItem.objects.create(dialogue=dialogue, text="Send the register", owner=office, due_on=DUE)
    shared: dict[str, Any] = {"partnership": partnership, "owner": office, "review_on": DUE}
    SustainabilityMeasure.objects.create(**shared, kind="budget", text="A budget line")
    Risk.objects.create(**shared, text="Elections", likelihood=2, impact=2, mitigation="Brief both parties")
    days = {"period_start": START, "period_end": DUE - 60 * DAY, "due_on": DUE}
    ReportDue.objects.create(award=stage.award(partnership), kind="financial", frequency="annual", **days)

    deadlines_services.run_due(today=today)
    assert Counter(Notice.objects.values_list("kind", flat=True)) == {
        kind: number * (2 if kind == "review_overdue" else 1)
        for kind in (
            "report_overdue",
            "responsibility_overdue",
            "period_overdue",
            "action_overdue",
            "review_overdue",
        )
        if number
    }
    late = deadlines_queries.overdue(today, partnership=partnership, limit=99)
    assert Counter(row.day for row in late)[DUE] == 6 * number
    coming = deadlines_queries.upcoming(today, partnership=partnership, limit=99)
    assert Counter(row.day for row in coming)[DUE] == 6 * (1 - number)
    assert vars(with_overdue(Partnership.objects.filter(pk=partnership.pk), today).get())["overdue"] == 6 * number


@pytest.mark.parametrize(
    ("before_the_end", "warnings", "is_over"),
    [
        (181, 0, False), (180, 1, False), (91, 1, False), (90, 2, False), (31, 2, False), (30, 3, False),
        (1, 3, False), (0, 3, False), (-1, 0, True),
    ],
)  # fmt: skip
def test_term_notices_warn_until_the_last_day_and_announce_the_end_after_it(
    active: Active, before_the_end: int, warnings: int, is_over: bool
) -> None:
    deadlines_services.run_due(today=END - before_the_end * DAY)
    of_the_term = Notice.objects.filter(partnership=active.partnership, kind__in=("expiry", "expired"))
    assert Counter(of_the_term.values_list("kind", flat=True)) == Counter(expiry=warnings) + Counter(expired=is_over)
    assert set(of_the_term.values_list("due_on", flat=True)) <= {END}


@pytest.mark.parametrize(("today", "started"), [(START - DAY, 0), (START, 1), (START + DAY, 1)])
def test_a_signed_partnership_starts_on_its_first_day(stage: Stage, today: dt.date, started: int) -> None:
    partnership = stage.sign(stage.draft(ends_on=FOUR_YEARS), START - DAY)
    assert deadlines_services.run_due(today=today).started == started
    partnership.refresh_from_db()
    assert partnership.status == ("active" if started else "signed")


def test_review_notice_repeats_for_a_new_day_but_not_for_a_closed_risk(stage: Stage, running: Partnership) -> None:
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
