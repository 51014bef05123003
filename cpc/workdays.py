"""Workdays of the federal government: Monday to Friday, without the holidays of 5 U.S.C. 6103. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

SATURDAY, SUNDAY = 5, 6
DAY = timedelta(days=1)
MONDAY, THURSDAY = 0, 3


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """Return the holidays observed in a year: one on a Saturday is observed the day before, one on a Sunday after."""
    fixed = [date(year, month, day) for month, day in ((1, 1), (7, 4), (11, 11), (12, 25))]
    if year >= 2021:
        fixed.append(date(year, 6, 19))
    # The New Year's Day of the next year is observed in this one if it is a Saturday.
    observed = [_observed(day) for day in [*fixed, date(year + 1, 1, 1)]]
    moving = [
        _nth(year, 1, MONDAY, 3),
        _nth(year, 2, MONDAY, 3),
        _last_monday_of_may(year),
        _nth(year, 9, MONDAY, 1),
        _nth(year, 10, MONDAY, 2),
        _nth(year, 11, THURSDAY, 4),
    ]
    return frozenset(day for day in [*observed, *moving] if day.year == year)


def is_workday(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in federal_holidays(day.year)


def workdays_before(day: date, count: int) -> date:
    """Return the day that is `count` workdays before another."""
    while count:
        day -= DAY
        count -= is_workday(day)
    return day


def _observed(day: date) -> date:
    if day.weekday() == SATURDAY:
        return day - DAY
    return day + DAY if day.weekday() == SUNDAY else day


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + DAY * ((weekday - first.weekday()) % 7 + 7 * (number - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - DAY * last.weekday()
