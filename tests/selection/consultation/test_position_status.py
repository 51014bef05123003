"""Pure rules of a position: its status on a day, reminders, and changes of the evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from selection.consultation.position_status import AnswerChange, changed_since, position_status, reminder_due

TODAY = dt.date(2026, 11, 25)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, "waiting"),
        ({"due_on": TODAY}, "waiting"),
        ({"due_on": TODAY - DAY}, "no_response"),
        ({"due_on": None}, "informed"),
        ({"owes": False}, "informed"),
        ({"value": "extension", "extension_open": True}, "extension"),
        ({"value": "extension", "extension_open": True, "due_on": TODAY - DAY}, "extension"),
        ({"value": "extension"}, "waiting"),
        ({"value": "extension", "extension_open": True, "proceeded": True}, "proceeded"),
        ({"proceeded": True}, "proceeded"),
        ({"value": "clear", "proceeded": True}, "clear"),
        ({"value": "no_equities", "owes": False}, "no_equities"),
    ],
)
def test_the_status_of_an_agency(given: Mapping[str, Any], status: str) -> None:
    usual: dict[str, Any] = {
        "owes": True, "due_on": TODAY + DAY, "value": "", "extension_open": False, "proceeded": False, "today": TODAY
    }  # fmt: skip
    assert position_status(**{**usual, **given}) == status


@pytest.mark.parametrize(
    ("days_left", "known_before", "reminder"),
    [
        (8, 30, None),
        (7, 30, 7),
        (3, 30, 7),
        (2, 30, 2),
        (1, 30, 2),
        (0, 30, 0),
        (-1, 30, -1),
        (7, 7, None),
        (7, 8, 7),
        (0, 0, None),
        (0, 1, 0),
        (-1, 0, -1),
    ],
)
def test_the_reminder_that_is_due(days_left: int, known_before: int, reminder: int | None) -> None:
    due_on = TODAY + days_left * DAY
    assert reminder_due(due_on=due_on, known_since=due_on - known_before * DAY, today=TODAY) == reminder


def change(key: str, before: str, after: str, label: str = "CPI") -> dict[str, str]:
    return {"key": key, "label": label, "before": before, "after": after}


def test_changes_over_several_versions_go_from_the_first_value_to_the_last() -> None:
    found = changed_since(
        [
            [change("cpi", "40", "41"), change("tier", "2", "3"), change("courts", "rated 2", "rated 3", "Courts")],
            [change("cpi", "41", "44", "Corruption"), change("tier", "3", "2"), change("forms", "none", "rated 1")],
        ]
    )
    assert found == [
        AnswerChange("cpi", "Corruption", "40", "44", False),
        AnswerChange("courts", "Courts", "rated 2", "rated 3", True),
        AnswerChange("forms", "CPI", "none", "rated 1", True),
    ]
    assert [one.description for one in found[:2]] == [
        "Corruption changed from 40 to 44",
        "Courts: the office's rating changed",
    ]
