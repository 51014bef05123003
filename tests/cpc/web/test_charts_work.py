"""Charts of activities on a calendar, and of both governments' contributions by year, with their tables."""

from __future__ import annotations

import datetime as dt

import pytest

from cpc.web.charts import Activity, Svg, activity_gantt
from tests.cpc.web.test_charts import EVIL, marks, texts_of

TODAY = dt.date(2026, 7, 1)
DONE = Activity(
    "Train judges",
    planned=(dt.date(2024, 1, 1), dt.date(2025, 1, 1)),
    actual=(dt.date(2024, 7, 1), dt.date(2025, 7, 1)),
    state="Done",
    milestones=((dt.date(2024, 6, 1), dt.date(2024, 9, 1)),),
)
GOING = Activity(
    "Open units", (dt.date(2025, 1, 1), dt.date(2026, 1, 1)), (dt.date(2025, 1, 1), None), "Late by 181 days",
    milestones=((dt.date(2025, 6, 1), None),),
)  # fmt: skip
AHEAD = Activity("Referral", (dt.date(2027, 1, 1), dt.date(2027, 6, 1)), state="Planned")


def drawn(*activities: Activity) -> tuple[Svg, Svg]:
    chart = activity_gantt("work", "Activities", "A finding.", "", activities, TODAY)
    assert chart.narrow is not None
    return chart.wide, chart.narrow


def test_planned_days_are_outlined_and_actual_days_filled_within_their_row() -> None:
    for drawing in drawn(DONE):
        (planned,), (actual,) = marks(drawing, "k-plan"), marks(drawing, "k-term")
        assert planned["width"] == pytest.approx(actual["width"], rel=0.02)
        assert actual["x"] == pytest.approx(planned["x"] + planned["width"] / 2, rel=0.02)
        assert planned["y"] < actual["y"]
        assert actual["y"] + actual["height"] < planned["y"] + planned["height"]


def test_an_activity_that_goes_on_is_filled_up_to_today() -> None:
    for drawing in drawn(GOING):
        (actual,) = marks(drawing, "k-term")
        today = float(marks(drawing, "k-today")[0]["d"].removeprefix("M").split()[0])
        assert actual["x"] + actual["width"] == pytest.approx(today, abs=0.2)


def test_future_activity_has_no_filled_bar_and_legend_lists_drawn_marks_only() -> None:
    chart = activity_gantt("work", "Activities", "", "", [AHEAD], TODAY)
    assert not marks(chart.wide, "k-term")
    assert [item.label for item in chart.legend] == ["Planned"]
    whole = activity_gantt("work", "Activities", "", "", [DONE, GOING], TODAY)
    assert len(whole.legend) == 4


def test_milestone_is_filled_where_reached_and_hollow_where_not() -> None:
    (wide, _) = drawn(DONE, GOING)
    assert len(marks(wide, "k-dot")) == len(marks(wide, "k-lone")) == 1
    chart = activity_gantt("work", "Activities", "", "", [DONE, GOING], TODAY)
    assert chart.table is not None
    assert [row[-1] for row in chart.table.rows] == [
        "Jun 1, 2024, reached Sep 1, 2024",
        "Jun 1, 2025, not reached",
    ]


def test_long_name_is_cut_in_the_chart_and_whole_in_the_table() -> None:
    long = Activity("A very long name of an activity " * 3, DONE.planned, state="Late by 488 days")
    (_, narrow) = drawn(long)
    assert any(str(text).endswith("…") for text in texts_of(narrow))
    chart = activity_gantt("work", "Activities", "", "", [long], TODAY)
    assert chart.table is not None
    assert chart.table.rows[0][0] == long.name


def test_names_are_escaped() -> None:
    for drawing in drawn(Activity(EVIL, DONE.planned, state=EVIL)):
        assert EVIL not in drawing
