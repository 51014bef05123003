from __future__ import annotations

import datetime as dt

import pytest

from cpc.workdays import federal_holidays, is_workday, workdays_before


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-20", 2, "2026-11-18"),  # Friday
        ("2026-11-23", 2, "2026-11-19"),  # Monday: over a weekend
        ("2026-11-22", 2, "2026-11-19"),  # Sunday
        ("2026-11-30", 2, "2026-11-25"),  # Monday after Thanksgiving, which is on Thursday, November 26
        ("2026-07-06", 2, "2026-07-01"),  # July 4 is a Saturday, so that Friday, July 3 is off
        ("2027-01-04", 2, "2026-12-30"),  # January 1, 2027, is a Friday
        ("2026-11-20", 0, "2026-11-20"),
    ],
)
def test_workdays_before(day: str, count: int, expected: str) -> None:
    assert workdays_before(dt.date.fromisoformat(day), count) == dt.date.fromisoformat(expected)


def test_federal_holidays_of_2026() -> None:
    assert sorted(day.isoformat() for day in federal_holidays(2026)) == [
        "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07",
        "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
    ]  # fmt: skip


def test_a_new_years_day_on_saturday_is_observed_in_the_year_before() -> None:
    assert dt.date(2021, 12, 31) in federal_holidays(2021)
    assert not is_workday(dt.date(2021, 12, 31))
    assert dt.date(2022, 1, 1) not in federal_holidays(2022)


def test_juneteenth_is_a_holiday_since_2021() -> None:
    assert is_workday(dt.date(2020, 6, 19))
    assert not is_workday(dt.date(2021, 6, 18))
