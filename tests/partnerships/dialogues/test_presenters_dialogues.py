"""Badges, notes, and rows for the pages of dialogues, from plain rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cpc.web.badges import Badge
from partnerships.dialogues import presenters
from partnerships.models import (
    ActionItem,
    Contribution,
    Dialogue,
    IndicatorMinute,
    KeyIndicator,
    OutcomeIndicator,
    ReportingPeriod,
    Result,
)
from partnerships.monitoring.presenters import result_line
from tests.partnerships.monitoring.plain import indicator, measured

D = Decimal
TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


def dialogue(state: str, *, keys: int = 0, actions: tuple[str, ...] = (), planned_on: date = TODAY) -> Dialogue:
    row = Dialogue(pk=1, number=1, planned_on=planned_on, state=state)
    row._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "key_indicators": [KeyIndicator(pk=n) for n in range(keys)],
        "actions": [ActionItem(state=state) for state in actions],
    }
    return row


@pytest.mark.parametrize(
    ("state", "days", "badge"),
    [
        ("open", -1, Badge("warn", "Late by 1 day")),
        ("open", 0, Badge("info", "Open")),
        ("open", 1, Badge("info", "Open")),
        ("done", -1, Badge("good", "Done")),
        ("dropped", -1, Badge("none", "Dropped")),
    ],
)
def test_action_item_is_late_the_day_after_it_was_due(state: str, days: int, badge: Badge) -> None:
    row = ActionItem(state=state, due_on=TODAY + days * DAY)
    assert presenters.action_badge(row, TODAY) == badge


@pytest.mark.parametrize(
    ("state", "days", "badge"),
    [
        ("planned", -1, Badge("warn", "Planned date has passed")),
        ("planned", 0, Badge("info", "Planned")),
        ("planned", 1, Badge("info", "Planned")),
        ("ready", -1, Badge("info", "Ready")),
        ("held", -1, Badge("warn", "Held, minutes open")),
        ("concluded", -1, Badge("good", "Concluded")),
        ("canceled", -1, Badge("none", "Canceled")),
    ],
)
def test_a_dialogue_shows_its_state_and_a_planned_day_that_has_passed(state: str, days: int, badge: Badge) -> None:
    row = dialogue(state, planned_on=TODAY + days * DAY)
    assert presenters.dialogue_mark(row, TODAY, documented=False) == badge
    assert presenters.dialogue_mark(row, TODAY, documented=True) == Badge("good", "Held")


@pytest.mark.parametrize(
    ("state", "keys", "actions", "note"),
    [
        ("planned", 0, (), "Can't be marked ready: no key indicator is selected."),
        ("planned", 0, ("open",), "Can't be marked ready: no key indicator is selected."),
        ("planned", 1, (), "1 key indicator."),
        ("ready", 2, (), "2 key indicators."),
        ("canceled", 0, (), "0 key indicators."),
        ("held", 1, ("open",), "1 key indicator. 1 of 1 action item open."),
        ("held", 1, ("done",), "1 key indicator. 0 of 1 action item open."),
        ("concluded", 3, ("open", "done", "dropped", "open"), "3 key indicators. 2 of 4 action items open."),
    ],
)
def test_the_note_counts_key_indicators_and_open_action_items(
    state: str, keys: int, actions: tuple[str, ...], note: str
) -> None:
    row = dialogue(state, keys=keys, actions=actions)
    assert presenters.dialogue_note(row, documented=False) == note
    assert presenters.dialogue_note(row, documented=True) == "Key indicators and minutes: not found."


PERIOD = ReportingPeriod(starts_on=date(2025, 10, 1), ends_on=date(2025, 12, 31), due_on=date(2026, 1, 30))


@pytest.mark.parametrize(
    ("measure", "values", "shown"),
    [
        ("things", {"value_shown": D(48), "target_shown": D(100)}, "48; target 100"),
        ("things", {"value_shown": D(0), "target_shown": D(0)}, "0; target 0"),
        ("percent", {"value_shown": D("9.5"), "target_shown": None}, "9.5%; no target"),
        (
            "things",
            {"value_shown": D(48), "target_shown": D(100), "result": Result(period=PERIOD)},
            "48; target 100, period to Dec 31, 2025",
        ),
        ("things", {"no_data_reason": "The register was closed"}, "No value: The register was closed"),
    ],
)
def test_minutes_show_the_value_with_its_target_and_period(measure: str, values: dict[str, Any], shown: str) -> None:
    key = KeyIndicator(pk=1, indicator=OutcomeIndicator(code="CV-1", title="Victims", measure=measure))
    IndicatorMinute(key_indicator=key, discussion="Registers are late", **values)
    line = presenters.key_line(key)
    assert (line.key, line.shown, line.discussion) == (key, shown, "Registers are late")


def test_a_key_indicator_without_minutes_shows_nothing() -> None:
    key = KeyIndicator(pk=1)
    key._state.fields_cache["minute"] = None
    line = presenters.key_line(key)
    assert (line.shown, line.discussion) == ("", "")


def test_contributions_of_the_partner_are_shown_with_every_stated_value() -> None:
    row = Contribution(
        description="Posts", fiscal_year=2025, kind="staff", stage="reported", original_amount=D(900),
        original_currency="GHS", staff_years=D(2),
    )  # fmt: skip
    assert [column.value(row) for column in presenters.CONTRIBUTIONS.columns] == [
        "Posts", "FY 2025", "Staff", "Reported", "GHS 900.00; 2 years of work",
    ]  # fmt: skip


def test_another_result_is_shown_with_its_target_to_date_and_its_trend() -> None:
    line = result_line(measured(indicator=indicator(title="Cases")))
    assert [column.value(line) for column in presenters.OTHER_RESULTS.columns] == [
        "Cases", "50", "48", Badge("warn", "Behind by 4%"),
    ]  # fmt: skip
    detail = presenters.OTHER_RESULTS.columns[3].detail
    assert detail is not None
    assert detail(line) == "Better than the period before"
