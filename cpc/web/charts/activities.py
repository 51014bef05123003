"""Activities on a calendar: planned days as an outline, actual days filled, milestones as diamonds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts.calendars import Calendar, calendar, today_label, today_line, year_ends, year_starts
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, LegendItem, at_both_widths, legend_of
from cpc.web.charts.labels import STRONG_SIZE, cut_to_fit
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.svg import Svg, diamond, line, mark, rect, swatch, text

Span = tuple[dt.date, dt.date]

WIDE, NARROW = 1172.0, 322.0
ROW, TOP, FOOT = 46.0, 26.0, 24.0
BAR = 12.0


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity: first and last planned day, first and last actual day (None: ongoing), and its state as text.

    `milestones` are pairs of the planned day and the day it was reached, None if it was not.
    """

    name: str
    planned: Span
    actual: tuple[dt.date, dt.date | None] | None = None
    state: str = ""
    milestones: Sequence[tuple[dt.date, dt.date | None]] = ()

    @property
    def days(self) -> list[dt.date]:
        known = [*self.planned, *(self.actual or ()), *(day for pair in self.milestones for day in pair)]
        return [day for day in known if day is not None]


def activity_gantt(
    key: str, title: str, finding: str, context: str, activities: Sequence[Activity], today: dt.date
) -> Chart:
    """Draw activities one below the other, each with name and state above its bars, and today as a dashed line."""
    height = TOP + ROW * len(activities) + FOOT
    wide, narrow = at_both_widths(
        lambda width: (width, height, _body(activities, today, width)),
        WIDE,
        NARROW,
        key=key,
        title=title,
        desc=_description(activities),
    )
    return Chart(finding, context, wide, _table(title, activities), narrow=narrow, legend=_legend(activities))


def _body(activities: Sequence[Activity], today: dt.date, width: float) -> list[Svg]:
    left, right = 4.0, width - 8
    bottom = TOP + ROW * len(activities)
    first, last = year_ends([today, *(day for activity in activities for day in activity.days)])
    x = calendar(first, last, left, right)
    body = _years(first, last, x, left, right, bottom)
    body.append(today_line(x(today), TOP - 8, bottom))
    for index, activity in enumerate(activities):
        body += _row(activity, today, x, TOP + index * ROW, left, right)
    return [*body, today_label(today, x(today), bottom + 16, left, right)]


def _years(first: int, last: int, x: Calendar, left: float, right: float, bottom: float) -> list[Svg]:
    body: list[Svg] = []
    room = x(dt.date(first + 1, 1, 1)) - x(dt.date(first, 1, 1))
    every = 1 if room >= 44 else 2 if room >= 22 else 5
    for year, at in year_starts(first, last, x):
        body.append(line(at, TOP - 6, at, bottom, "k-grid"))
        if (year - first) % every == 0:
            anchor = "start" if at - left < 16 else "end" if right - at < 16 else "middle"
            body.append(text(at, 14, str(year), "k-ax", anchor))
    return body


def _row(activity: Activity, today: dt.date, x: Calendar, top: float, left: float, right: float) -> list[Svg]:
    y = top + 22
    start, end = map(x, activity.planned)
    room = right - left - text_width(activity.state, 12) - 16
    body = [
        text(left, top + 14, cut_to_fit(activity.name, room, STRONG_SIZE, strong=True), "k-lb k-lb--on"),
        text(right, top + 14, activity.state, "k-ax k-halo", "end"),
        rect(start, y, max(end - start, 2), BAR, "k-plan", rx=2),
    ]
    if activity.actual:
        begun, ended = activity.actual
        start, end = x(begun), x(ended or max(today, begun))
        body.append(rect(start, y + 3, max(end - start, 2), BAR - 6, "k-term", rx=1))
    for planned, reached in activity.milestones:
        body.append(diamond(x(reached or planned), y + BAR / 2, 6, "k-dot" if reached else "k-lone"))
    return [*body, line(left, top + ROW - 2, right, top + ROW - 2, "k-grid")]


def _legend(activities: Sequence[Activity]) -> tuple[LegendItem, ...]:
    marks = [pair for activity in activities for pair in activity.milestones]
    return legend_of(
        [
            (True, swatch("k-plan"), "Planned"),
            (any(activity.actual for activity in activities), swatch("k-term"), "Actual"),
            (any(reached for _, reached in marks), _milestone("k-dot"), "Milestone reached"),
            (any(reached is None for _, reached in marks), _milestone("k-lone"), "Milestone ahead or missed"),
        ]
    )


def _milestone(style: str) -> Svg:
    return mark(14, 14, diamond(7, 7, 6, style))


def _table(caption: str, activities: Sequence[Activity]) -> ChartTable:
    columns = ("Activity", "Planned start", "Planned end", "Actual start", "Actual end", "State", "Milestones")
    return ChartTable(caption, tuple(ChartColumn(label) for label in columns), tuple(_cells(row) for row in activities))


def _cells(row: Activity) -> tuple[str, ...]:
    actual = row.actual or (None, None)
    marks = "; ".join(
        f"{formats.day(planned)}, {f'reached {formats.day(reached)}' if reached else 'not reached'}"
        for planned, reached in row.milestones
    )
    return (row.name, *(formats.day(day) for day in (*row.planned, *actual)), row.state, marks or formats.DASH)


def _description(activities: Sequence[Activity]) -> str:
    return " ".join(
        f"{row.name}: planned {formats.day(row.planned[0])} to {formats.day(row.planned[1])}, {row.state.lower()}."
        for row in activities
    )
