"""Money over a term: planned, obligated, and expended, and the day on which obligated money runs out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.web import formats
from cpc.web.charts.calendars import Calendar, calendar, today_line, year_ends, year_starts
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, Drawing, LegendItem, at_both_widths, legend_of
from cpc.web.charts.labels import within
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, between, linear, round_ends
from cpc.web.charts.svg import Svg, circle, line, mark, path, stroke, text

DayAmount = tuple[dt.date, Decimal]
WIDE, NARROW = 762.0, 324.0
HEIGHT, TOP, BOTTOM = 288.0, 22.0, 30.0


@dataclass(frozen=True, slots=True)
class Course:
    """Amounts of one partnership by day, each line in the order of its days.

    `obligated` changes on its days. `expected` is what would be expended by `last_day` at today's pace, and `runs_out`
    the last day that obligated money covers; either is None if the pace is not known.
    """

    first_day: dt.date
    last_day: dt.date
    today: dt.date
    limit: Decimal | None
    planned: Sequence[DayAmount]
    obligated: Sequence[DayAmount]
    expended: Sequence[DayAmount]
    expected: Decimal | None = None
    runs_out: dt.date | None = None

    @property
    def days(self) -> list[dt.date]:
        lines = (*self.planned, *self.obligated, *self.expended)
        return [self.first_day, self.last_day, *(day for day, _ in lines)]

    @property
    def most(self) -> float:
        lines = (*self.planned, *self.obligated, *self.expended)
        return max(float(amount) for amount in (self.limit or 0, self.expected or 0, *(of for _, of in lines)))

    def obligated_on(self, day: dt.date) -> Decimal:
        return next((amount for on, amount in reversed(self.obligated) if on <= day), Decimal(0))


def spending_chart(key: str, title: str, finding: str, context: str, course: Course) -> Chart:
    """Draw what was expended as a thick line, and what it becomes at today's pace as a dotted one."""
    wide, narrow = at_both_widths(
        lambda width: _drawing(course, width), WIDE, NARROW, key=key, title=title, desc=_description(course)
    )
    return Chart(finding, context, wide, _table(title, course), narrow=narrow, legend=_legend(course))


def _drawing(course: Course, width: float) -> Drawing:
    low, high = round_ends([max(course.most * 1.02, 1.0)], from_zero=True)
    left, right = text_width(formats.money(high), 12) + 10, width - 8
    first, last = year_ends(course.days)
    x = calendar(first, last, left, right)
    y = linear(low, high, HEIGHT - BOTTOM, TOP)
    body = _axes(first, last, x, y, high, left, right)
    if course.limit is not None:
        at = y(float(course.limit))
        body += [line(left, at, right, at, "k-limit"), text(left + 4, at - 5, f"Limit {formats.money(course.limit)}")]
    body.append(path([[(x(day), y(float(amount))) for day, amount in course.planned]], "k-planline"))
    body.append(_steps(course, x, y))
    if course.first_day <= course.today <= dt.date(last, 1, 1):
        body += [today_line(x(course.today), TOP - 6, HEIGHT - BOTTOM)]
        body.append(text(within(x(course.today), 34, left, right), 12, "Today", "k-lb k-lb--on", "middle"))
    return width, HEIGHT, [*body, *_expended(course, x, y, left, right)]


def _axes(first: int, last: int, x: Calendar, y: Scale, high: float, left: float, right: float) -> list[Svg]:
    body: list[Svg] = []
    for amount in between(0, high, high / 5):
        at = y(amount)
        body.append(line(left, at, right, at, "k-axis" if amount == 0 else "k-grid"))
        body.append(text(left - 6, at + 4, formats.money(amount), "k-ax", "end"))
    for year, at in year_starts(first, last, x):
        body.append(line(at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 5, "k-axis"))
        body.append(text(within(at, text_width(str(year), 12), left, right), HEIGHT - 8, str(year), "k-ax", "middle"))
    return body


def _steps(course: Course, x: Calendar, y: Scale) -> Svg:
    """Draw what is obligated as steps, from nothing to the last day of the term."""
    points: list[tuple[float, float]] = []
    before = 0.0
    for day, amount in course.obligated:
        points += [(x(day), y(before)), (x(day), y(float(amount)))]
        before = float(amount)
    if points:
        points.append((x(max(course.last_day, course.obligated[-1][0])), y(before)))
    return path([points], "k-oblline")


def _expended(course: Course, x: Calendar, y: Scale, left: float, right: float) -> list[Svg]:
    if not course.expended:
        return []
    points = [(x(day), y(float(amount))) for day, amount in course.expended]
    on, amount = course.expended[-1]
    body = []
    if course.expected is not None and course.last_day > on:
        body.append(line(*points[-1], x(course.last_day), y(float(course.expected)), "k-rate"))
    body += [path([points], "k-expline"), circle(*points[-1], 4, "k-dot")]
    label = f"Expended {formats.money(amount)}"
    middle = within(points[-1][0], text_width(label, 13, strong=True), left, right)
    body.append(text(middle, points[-1][1] + 20, label, "k-v k-halo", "middle"))
    if course.runs_out is not None and on <= course.runs_out <= course.last_day:
        at, height = x(course.runs_out), y(float(course.obligated_on(course.runs_out)))
        label = f"Runs out {course.runs_out:%b %Y}"
        middle = within(at, text_width(label, 13, strong=True), left, right)
        body += [circle(at, height, 4.5, "k-hollow"), text(middle, height + 20, label, "k-v k-halo", "middle")]
    return body


def _legend(course: Course) -> tuple[LegendItem, ...]:
    ring = mark(12, 12, circle(6, 6, 4, "k-hollow"))
    return legend_of(
        [
            (course.expended, stroke("k-expline"), "Expended"),
            (course.expected is not None, stroke("k-rate"), "At today's pace"),
            (course.planned, stroke("k-planline"), "Plan, even within each year"),
            (course.obligated, stroke("k-oblline"), "Obligated"),
            (course.runs_out is not None and course.runs_out <= course.last_day, ring, "Obligated money runs out"),
        ]
    )


def _table(title: str, course: Course) -> ChartTable:
    columns = (ChartColumn("Day"), ChartColumn("Expended", True), ChartColumn("Obligated", True))
    rows = [
        (formats.day(day), formats.dollars(amount), formats.dollars(course.obligated_on(day)))
        for day, amount in course.expended
    ]
    planned = [
        (f"{formats.day(day)}, planned", formats.dollars(amount), formats.DASH) for day, amount in course.planned
    ]
    return ChartTable(title, columns, (*rows, *planned[1:]))


def _description(course: Course) -> str:
    named = (("Planned", course.planned), ("obligated", course.obligated), ("expended", course.expended))
    parts = [f"{name} {formats.money(of[-1][1])} by {formats.day(of[-1][0])}" for name, of in named if of]
    if course.runs_out is not None:
        parts.append(f"obligated money runs out on {formats.day(course.runs_out)} at today's pace")
    return f"{'; '.join(parts)}." if parts else "No amounts."
