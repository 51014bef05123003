"""Activities on a calendar: planned days as an outline, actual days filled, milestones as diamonds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, LegendItem
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, linear
from cpc.web.charts.series import swatch, within
from cpc.web.charts.svg import Svg, decoration, diamond, line, picture, rect, text

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
        """Return every day that the chart must show."""
        known = [*self.planned, *(self.actual or ()), *(day for pair in self.milestones for day in pair)]
        return [day for day in known if day is not None]


def activity_gantt(
    key: str, title: str, finding: str, context: str, activities: Sequence[Activity], today: dt.date
) -> Chart:
    """Draw activities one below the other, each with name and state above its bars, and today as a dashed line."""
    height = TOP + ROW * len(activities) + FOOT
    wide, narrow = (
        picture(
            width,
            height,
            _body(activities, today, width),
            key=f"{key}-{size}",
            title=title,
            desc=_description(activities),
        )
        for size, width in (("wide", WIDE), ("narrow", NARROW))
    )
    return Chart(finding, context, wide, _table(title, activities), narrow=narrow, legend=_legend(activities))


def _body(activities: Sequence[Activity], today: dt.date, width: float) -> list[Svg]:
    left, right = 4.0, width - 8
    bottom = TOP + ROW * len(activities)
    days = [today, *(day for activity in activities for day in activity.days)]
    first, last = min(days).year, max(days).year + 1
    x = linear(dt.date(first, 1, 1).toordinal(), dt.date(last, 1, 1).toordinal(), left, right)
    body = _years(first, last, x, left, right, bottom)
    at = x(today.toordinal())
    label = f"Today, {formats.day(today)}"
    body.append(line(at, TOP - 8, at, bottom, "k-today"))
    for index, activity in enumerate(activities):
        body += _row(activity, today, x, TOP + index * ROW, left, right)
    body.append(text(within(at, text_width(label, 12), left, right), bottom + 16, label, "k-lb", "middle"))
    return body


def _years(first: int, last: int, x: Scale, left: float, right: float, bottom: float) -> list[Svg]:
    body: list[Svg] = []
    room = x(dt.date(first + 1, 1, 1).toordinal()) - x(dt.date(first, 1, 1).toordinal())
    every = 1 if room >= 44 else 2 if room >= 22 else 5
    for year in range(first, last + 1):
        at = x(dt.date(year, 1, 1).toordinal())
        body.append(line(at, TOP - 6, at, bottom, "k-grid"))
        if (year - first) % every == 0:
            anchor = "start" if at - left < 16 else "end" if right - at < 16 else "middle"
            body.append(text(at, 14, str(year), "k-ax", anchor))
    return body


def _row(activity: Activity, today: dt.date, x: Scale, top: float, left: float, right: float) -> list[Svg]:
    y = top + 22
    start, end = (x(day.toordinal()) for day in activity.planned)
    state = activity.state
    room = right - left - text_width(state, 12) - 16
    body = [
        text(left, top + 14, _cut(activity.name, room), "k-lb k-lb--on"),
        text(right, top + 14, state, "k-ax k-halo", "end"),
        rect(start, y, max(end - start, 2), BAR, "k-plan", rx=2),
    ]
    if activity.actual:
        begun, ended = activity.actual
        stop = ended or max(today, begun)
        body.append(
            rect(
                x(begun.toordinal()), y + 3, max(x(stop.toordinal()) - x(begun.toordinal()), 2), BAR - 6, "k-term", rx=1
            )
        )
    for planned, reached in activity.milestones:
        at = x((reached or planned).toordinal())
        body.append(diamond(at, y + BAR / 2, 6, "k-dot" if reached else "k-lone"))
    return [*body, line(left, top + ROW - 2, right, top + ROW - 2, "k-grid")]


def _cut(label: str, room: float) -> str:
    """Return as many letters of `label` as fit, with an ellipsis if any are left out."""
    if text_width(label, 12.5, strong=True) <= room:
        return label
    while label and text_width(f"{label}…", 12.5, strong=True) > room:
        label = label[:-1]
    return f"{label.rstrip()}…"


def _legend(activities: Sequence[Activity]) -> tuple[LegendItem, ...]:
    marks = [pair for activity in activities for pair in activity.milestones]
    shown = [
        (True, swatch("k-plan"), "Planned"),
        (any(activity.actual for activity in activities), swatch("k-term"), "Actual"),
        (any(reached for _, reached in marks), _mark("k-dot"), "Milestone reached"),
        (any(reached is None for _, reached in marks), _mark("k-lone"), "Milestone ahead or missed"),
    ]
    return tuple(LegendItem(mark, label) for wanted, mark, label in shown if wanted)


def _mark(style: str) -> Svg:
    return decoration(14, 14, [diamond(7, 7, 6, style)], fit=False)


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
