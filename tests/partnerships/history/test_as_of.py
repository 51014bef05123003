"""The page and the query of a past record: the rows at the end of a day in UTC, with what changed since."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from partnerships.history.queries import as_of, first_day
from partnerships.models import History, Partnership, Program
from partnerships.terms import services as terms_services
from tests.partnerships.sending import client_of, page_text
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Stage

OPENED = datetime(2024, 3, 1, 12, tzinfo=UTC)
PROGRAM = "partnerships_program"


def record(stage: Stage) -> Partnership:
    """Return a draft opened on March 1, 2024, with a program renamed at midnight of March 5 and removed on March 9."""
    draft = stage.draft()
    program = terms_services.add_term(term=Program(partnership=draft, title="Justice"), actor=stage.analyst)
    key = program.pk
    terms_services.edit_term(term=program, values={"title": "Renamed"}, actor=stage.analyst)
    terms_services.remove_term(term=program, actor=stage.analyst)
    with unguarded():
        History.objects.filter(partnership_id=draft.pk).update(at=OPENED)
        rows = History.objects.filter(row_table=PROGRAM, row_id=key)
        for operation, at in (
            ("update", datetime(2024, 3, 5, tzinfo=UTC)),
            ("delete", datetime(2024, 3, 9, 23, 59, tzinfo=UTC)),
        ):
            assert rows.filter(operation=operation).update(at=at), operation
    return draft


def titles(draft: Partnership, day: date) -> list[str]:
    return [row["title"] for row in as_of(draft, day).get(PROGRAM, [])]


def test_a_record_has_the_rows_at_the_end_of_the_day(stage: Stage) -> None:
    draft, other = record(stage), stage.draft("KEN")
    by_day = {date(2024, 3, day): titles(draft, date(2024, 3, day)) for day in (1, 4, 5, 8, 9)}
    assert list(by_day.values()) == [["Justice"], ["Justice"], ["Renamed"], ["Renamed"], []]
    assert as_of(draft, date(2024, 2, 29)) == {}
    assert first_day(draft) == date(2024, 3, 1)
    assert first_day(Partnership(pk=0)) is None
    now = as_of(draft, timezone.now().date())
    assert [row["id"] for row in now["partnerships_partnership"]] == [draft.pk]
    assert [row["government"] for row in now["partnerships_participant"]] == ["us", "partner"]
    assert as_of(other, timezone.now().date())["partnerships_partnership"][0]["id"] == other.pk


@pytest.mark.parametrize(
    ("query", "shown", "missing"),
    [
        ("?date=2024-02-29", ("There is no record of that day.", "was opened on Mar 1, 2024. Choose that date",
                              "Show Mar 1, 2024"), ("Changed since", "The record at the end")),
        ("?date=2024-03-01", ("Record on Mar 1, 2024", "Changed since", "Program: Justice", "Removed",
                              "The record was opened on Mar 1, 2024."), ("Not recorded yet", "Renamed")),
        ("?date=2024-03-08", ("Program: Renamed", "Removed"), ("Program: Justice",)),
        ("?date=2024-03-09", ("Nothing has changed since.",), ("Program:",)),
        ("", ("Participants",), ("Changed since", "Nothing has changed")),
        ("?date=2099-12-31", ("Participants",), ("Changed since", "2099")),
    ],
)  # fmt: skip
def test_the_page_shows_the_day_and_what_changed_since(
    stage: Stage, query: str, shown: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    text = page_text(client_of(stage.analyst).get(f"/partnerships/{record(stage).pk}/as-of/{query}"))
    assert [part for part in shown if part not in text] == []
    assert [part for part in missing if part in text] == []


def test_the_record_of_yesterday_has_changes_and_that_of_today_has_none(stage: Stage) -> None:
    draft, today = record(stage), timezone.now().date()
    client = client_of(stage.analyst)
    for day, is_past in ((today - timedelta(days=1), True), (today, False)):
        text = page_text(client.get(f"/partnerships/{draft.pk}/as-of/?date={day}"))
        assert ("Changed since" in text) is is_past


@pytest.mark.parametrize("asked", ["yesterday", "2024-02-30", "1"])
def test_a_day_that_is_none_is_refused(stage: Stage, asked: str) -> None:
    response = client_of(stage.analyst).get(f"/partnerships/{stage.draft().pk}/as-of/?date={asked}")
    assert response.status_code == 400
    assert "Enter the date as year, month, and day, such as 2026-11-24." in page_text(response)
