"""Badges of what is due: on its day, it is not late yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from cpc.web.badges import Badge
from partnerships.awards.presenters import closeout_badge, report_badge
from partnerships.dialogues.presenters import action_badge
from partnerships.models import (
    ActionItem,
    Activity,
    Award,
    CloseoutStep,
    Milestone,
    ReportDue,
    ReportingPeriod,
    Responsibility,
)
from partnerships.monitoring.presenters import period_badge
from partnerships.terms.presenters import activity_mark, milestone_badge, responsibility_badge

DUE = date(2026, 6, 30)
Show = Callable[[date], Badge]


def _report(today: date) -> Badge:
    return report_badge(ReportDue(award=Award(), due_on=DUE, period_start=DUE - timedelta(90)), today)


def _period(state: str) -> Show:
    return lambda today: period_badge(ReportingPeriod(due_on=DUE, state=state), today)


def _action(state: str) -> Show:
    return lambda today: action_badge(ActionItem(due_on=DUE, state=state), today)


def _activity(status: str, begun: date | None = None) -> Show:
    row = Activity(planned_start=DUE - timedelta(90), planned_end=DUE, actual_start=begun, status=status)
    return lambda today: activity_mark(row, today)


def _responsibility(status: str) -> Show:
    return lambda today: responsibility_badge(Responsibility(due_on=DUE, status=status), today)


UNFINISHED: dict[str, tuple[Show, str, str]] = {
    "a report": (_report, "Due today", "Late by 1 day"),
    "a period without data": (_period("no_data"), "No data", "No data, late by 1 day"),
    "a returned period": (_period("returned"), "Returned", "Returned, late by 1 day"),
    "an open action item": (_action("open"), "Open", "Late by 1 day"),
    "an activity under way": (_activity("under_way", DUE - timedelta(60)), "In progress", "Late by 1 day"),
    "a responsibility": (_responsibility("planned"), "Planned", "Late by 1 day"),
    "a responsibility under way": (_responsibility("under_way"), "In progress", "Late by 1 day"),
    "a milestone": (lambda today: milestone_badge(Milestone(planned_on=DUE), today), "Ahead", "Late by 1 day"),
    "a close-out step": (lambda today: closeout_badge(CloseoutStep(due_on=DUE), today), "Due today", "Overdue"),
}


@pytest.mark.parametrize(("show", "on_its_day", "after"), UNFINISHED.values(), ids=UNFINISHED.keys())
def test_it_is_late_on_the_day_after_its_due_day(show: Show, on_its_day: str, after: str) -> None:
    assert (show(DUE).text, show(DUE + timedelta(days=1)).text) == (on_its_day, after)
    assert show(DUE + timedelta(days=1)).kind == "warn"
    assert show(DUE).kind != "warn" or on_its_day == "Returned"


@pytest.mark.parametrize(
    "show",
    [
        *map(_period, ("submitted", "approved")),
        *map(_action, ("done", "dropped")),
        *map(_activity, ("done", "dropped")),
        *map(_responsibility, ("done", "dropped")),
    ],
)
def test_what_is_finished_is_never_late(show: Show) -> None:
    assert "ate by" not in show(DUE + timedelta(days=400)).text


@pytest.mark.parametrize(("days", "text"), [(0, "Planned"), (1, "Should have begun 1 day ago"), (2, "2 days ago")])
def test_an_activity_should_begin_by_its_planned_start(days: int, text: str) -> None:
    row = Activity(planned_start=DUE, planned_end=DUE + timedelta(90), status="planned")
    assert activity_mark(row, DUE + timedelta(days=days)).text.endswith(text)
