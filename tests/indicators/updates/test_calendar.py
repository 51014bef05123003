"""Calendar of editions: what is late, what is next, and the calendar file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from indicators.models import Source
from indicators.observations.services import record_unpublished
from indicators.updates.calendar import Due, DueState, calendar_file, due_text, editions_due, state_text
from tests.support.accounts import make_account
from tests.support.facts import publish_facts

pytestmark = pytest.mark.django_db
CPI = [("cpi.score", "GHA", "2023", "43")]
DUE = dt.date(2025, 1, 31)
"""Day on which the index of 2024 is due: by January 31 of the next year."""


@pytest.fixture
def loaded(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="CPI2023.xlsx", edition="2023", facts=CPI, rank=20230000)


def index_on(day: dt.date) -> Due:
    return next(row for row in editions_due(day) if row.source.key == "cpi")


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("day", "state", "text"),
    [
        (DUE - dt.timedelta(days=90), DueState.NEXT, "In January 2025"),
        (DUE - dt.timedelta(days=89), DueState.NEXT, "In 89 days"),
        (DUE - dt.timedelta(days=1), DueState.NEXT, "Tomorrow"),
        (DUE, DueState.LATE, "Due now"),
        (dt.date(2025, 2, 27), DueState.LATE, "Due now"),
        (dt.date(2025, 2, 28), DueState.LATE, "1 month late"),
        (dt.date(2026, 7, 30), DueState.LATE, "17 months late"),
        (dt.date(2026, 7, 31), DueState.LATE, "18 months late"),
    ],
)
def test_an_edition_is_late_by_months_and_ahead_by_days(day: dt.date, state: DueState, text: str) -> None:
    row = index_on(day)
    assert (row.title, row.on, row.state, state_text(row)) == ("Corruption Perceptions Index 2024", DUE, state, text)
    assert due_text(row) == "Jan 31, 2025"
    assert row.host == "transparency.org"


def test_no_date_is_invented() -> None:
    rows = {row.source.key: row for row in editions_due(DUE)}
    assert state_text(rows["unicef"]) == due_text(rows["unicef"]) == "No date announced"
    assert (rows["world_factbook"].state, due_text(rows["world_factbook"])) == (DueState.ENDED, "Ended")
    assert "own" not in rows


@pytest.mark.usefixtures("loaded")
def test_a_recorded_statement_moves_a_row_out_of_late() -> None:
    day = dt.date(2026, 5, 1)
    record_unpublished(
        source=Source.objects.get(key="cpi"),
        edition="2024",
        as_of=day,
        evidence="Looked",
        actor=make_account(Role.ANALYST),
    )
    row = index_on(day)
    assert (row.state, state_text(row)) == (DueState.UNPUBLISHED, "Said not to be out (May 1, 2026)")


@pytest.mark.usefixtures("loaded")
def test_the_calendar_file_has_each_future_edition_once() -> None:
    ahead = editions_due(DUE - dt.timedelta(days=1))
    text = calendar_file(ahead, dt.datetime(2025, 1, 30, 12, tzinfo=dt.UTC))
    assert text.count("BEGIN:VEVENT") == sum(row.state is DueState.NEXT for row in ahead)
    assert "DTSTART;VALUE=DATE:20250131\r\n" in text
    assert "SUMMARY:Corruption Perceptions Index 2024\\, Transparency International\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    late = calendar_file([index_on(DUE)], dt.datetime(2025, 1, 31, 12, tzinfo=dt.UTC))
    assert "BEGIN:VEVENT" not in late


@pytest.mark.usefixtures("loaded")
def test_the_page_counts_the_late_ones_first(client: Client) -> None:
    client.force_login(make_account(Role.VIEWER))
    page = client.get(reverse("calendar")).content.decode()
    assert "One edition is late" in page
    assert 'href="https://www.transparency.org/en/cpi"' in page
    assert client.get(reverse("calendar-file"))["Content-Type"].startswith("text/calendar")
