"""Shared parts of charts over days: the scale, the years, and today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from cpc.web import formats
from cpc.web.charts.labels import within
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import linear
from cpc.web.charts.svg import Svg, line, text

Calendar = Callable[[dt.date], float]


def calendar(first: int, last: int, left: float, right: float) -> Calendar:
    """Return the scale of days, from the first day of year `first` to that of `last`."""
    scale = linear(dt.date(first, 1, 1).toordinal(), dt.date(last, 1, 1).toordinal(), left, right)
    return lambda day: scale(day.toordinal())


def year_ends(days: Iterable[dt.date]) -> tuple[int, int]:
    """Return the year of the first day, and the one after the last."""
    known = list(days)
    return min(known).year, max(known).year + 1


def year_starts(first: int, last: int, x: Calendar) -> list[tuple[int, float]]:
    return [(year, x(dt.date(year, 1, 1))) for year in range(first, last + 1)]


def today_line(at: float, top: float, bottom: float) -> Svg:
    return line(at, top, at, bottom, "k-today")


def today_label(today: dt.date, at: float, base: float, left: float, right: float) -> Svg:
    label = f"Today, {formats.day(today)}"
    return text(within(at, text_width(label, 12), left, right), base, label, "k-lb", "middle")
