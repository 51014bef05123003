"""The day of publication of an edition, and the words for its source."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from indicators.imports import dating
from indicators.imports.dating import Dated
from indicators.imports.reading import Choice
from indicators.models import Import
from indicators.sources.base import ReadResult, Severity
from indicators.sources.dating import Dating

DAY = date(2026, 1, 31)
RULE = SimpleNamespace(edition_day=lambda _edition, _rank: (DAY, "The rule." + 400 * "x"))
NO_RULE: Any = SimpleNamespace(dating=Dating())


@pytest.mark.parametrize(
    ("in_file", "entered", "received", "dated"),
    [
        (date(2025, 5, 1), date(2025, 6, 1), None, (date(2025, 5, 1), "The file")),
        (None, date(2025, 6, 1), None, (date(2025, 6, 1), "Entered by Ana")),
        (None, None, None, (DAY, "The rule." + 291 * "x")),
        (None, None, date(2026, 1, 30), (date(2026, 1, 30), dating.RECEIPT)),
        (None, None, DAY, (DAY, "The rule." + 291 * "x")),
        (None, None, date(2026, 2, 1), (DAY, "The rule." + 291 * "x")),
        (None, date(2025, 6, 1), date(2024, 1, 1), (date(2025, 6, 1), "Entered by Ana")),
    ],
)
def test_the_file_goes_before_a_person_and_a_person_before_the_rule(
    in_file: date | None, entered: date | None, received: date | None, dated: tuple[date, str]
) -> None:
    spec: Any = SimpleNamespace(dating=RULE)
    result = ReadResult("2025", 20250000)
    result.published_on, result.dated_by = in_file, "The file" if in_file else ""
    by_person = dating.entered_day(entered, by="Ana", remark="")
    found = dating.date_edition(spec, result, entered=by_person, received=received)
    assert (found.published_on, found.dated_by) == dated
    if in_file is None and entered is None:
        assert dating.date_edition(NO_RULE, result, received=received) == Dated()


def test_text_for_a_day_entered_by_a_person() -> None:
    assert dating.entered_day(DAY, by="Ana", remark="") == Dated(DAY, "Entered by Ana")
    assert dating.entered_day(DAY, by="Ana", remark="release note") == Dated(DAY, "Entered by Ana: release note")
    assert dating.entered_day(None, by="Ana", remark="release note") == Dated()
    assert len(dating.entered_day(DAY, by="Ana", remark=400 * "x").dated_by) == 300
    assert dating.stored_entry(Import(published_on=DAY, dated_by="Entered by Ana")) == Dated(DAY, "Entered by Ana")
    assert dating.stored_entry(Import(published_on=DAY, dated_by="The file")) == Dated()


@pytest.mark.parametrize(
    ("in_file", "entered", "message"),
    [
        (None, DAY, None),
        (DAY, None, None),
        (DAY, DAY, None),
        (
            date(2025, 5, 1),
            DAY,
            "The file gives May 1, 2025 as its publication date; Jan 31, 2026 was entered. The file's date is used.",
        ),
    ],
)
def test_warning_of_two_days_names_the_one_used(
    in_file: date | None, entered: date | None, message: str | None
) -> None:
    result = ReadResult("2025", 20250000)
    result.published_on = in_file
    found = dating.contradiction(result, Dated(entered, "Entered by Ana" if entered else ""))
    assert [(problem.message, problem.severity, problem.rows) for problem in found] == (
        [] if message is None else [(message, Severity.WARNING, 0)]
    )


def test_the_choice_of_a_sender_as_arguments_of_the_task() -> None:
    assert Choice("cpi", "2025", DAY, "note").as_arguments() == {
        "source": "cpi",
        "edition": "2025",
        "published_on": "2026-01-31",
        "remark": "note",
    }
    assert Choice().as_arguments()["published_on"] == ""
