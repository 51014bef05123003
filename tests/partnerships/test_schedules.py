"""Due days of reports, the periods of a schedule and its bound, and days of notification, counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from cpc.findings import Severity
from partnerships.schedules import (
    CLOSEOUT_MONTHS,
    MOST_ROWS,
    ReportFrequency,
    ends_quarter,
    may_obligate_from,
    nearest_quarter_end,
    passed_warnings,
    periods,
    report_due_on,
    schedule_in_bounds,
)

QUARTERLY, SEMIANNUAL = ReportFrequency.QUARTERLY, ReportFrequency.SEMIANNUAL
ANNUAL, FINAL = ReportFrequency.ANNUAL, ReportFrequency.FINAL


@pytest.mark.parametrize(
    ("frequency", "due_on"),
    [
        (QUARTERLY, date(2024, 1, 30)),
        (SEMIANNUAL, date(2024, 1, 30)),
        (ANNUAL, date(2024, 3, 30)),
        (FINAL, date(2024, 4, 29)),
    ],
)
def test_a_report_is_due_30_90_or_120_days_after_its_period(frequency: ReportFrequency, due_on: date) -> None:
    assert report_due_on(date(2023, 12, 31), frequency) == due_on


JAN, END = date(2024, 1, 15), date(2024, 12, 31)


@pytest.mark.parametrize(
    ("frequency", "starts_on", "ends_on", "expected"),
    [
        # Ends before its first quarter does, on it, and a day after.
        (QUARTERLY, JAN, JAN, [(JAN, JAN)]),
        (QUARTERLY, JAN, date(2024, 3, 30), [(JAN, date(2024, 3, 30))]),
        (QUARTERLY, JAN, date(2024, 3, 31), [(JAN, date(2024, 3, 31))]),
        (QUARTERLY, JAN, date(2024, 4, 1), [(JAN, date(2024, 3, 31)), (date(2024, 4, 1),) * 2]),
        # Starts on the last day of a quarter, and on the first day of one.
        (QUARTERLY, date(2024, 9, 30), END, [(date(2024, 9, 30),) * 2, (date(2024, 10, 1), END)]),
        (QUARTERLY, date(2024, 10, 1), END, [(date(2024, 10, 1), END)]),
        (SEMIANNUAL, JAN, date(2024, 10, 1), [
            (JAN, date(2024, 3, 31)), (date(2024, 4, 1), date(2024, 9, 30)), (date(2024, 10, 1),) * 2,
        ]),
        (SEMIANNUAL, date(2024, 10, 1), date(2025, 3, 31), [(date(2024, 10, 1), date(2025, 3, 31))]),
        (ANNUAL, JAN, date(2025, 9, 30), [(JAN, date(2024, 9, 30)), (date(2024, 10, 1), date(2025, 9, 30))]),
        (ANNUAL, date(2023, 12, 31), date(2024, 10, 1), [
            (date(2023, 12, 31), date(2024, 9, 30)), (date(2024, 10, 1),) * 2,
        ]),
        (FINAL, JAN, date(2029, 1, 14), [(JAN, date(2029, 1, 14))]),
        (QUARTERLY, JAN, date(2024, 1, 14), []),
    ],
)  # fmt: skip
def test_periods_end_with_calendar_quarters_and_the_last_with_the_award(
    frequency: ReportFrequency, starts_on: date, ends_on: date, expected: list[tuple[date, date]]
) -> None:
    assert list(periods(starts_on, ends_on, frequency)) == expected


@pytest.mark.parametrize(
    ("day", "ends", "nearest"),
    [
        (date(2026, 9, 29), False, date(2026, 9, 30)),
        (date(2026, 9, 30), True, date(2026, 9, 30)),
        (date(2026, 10, 1), False, date(2026, 9, 30)),
        (date(2026, 10, 31), False, date(2026, 9, 30)),
        (date(2026, 11, 15), False, date(2026, 9, 30)),
        (date(2026, 11, 16), False, date(2026, 12, 31)),
        (date(2024, 2, 29), False, date(2024, 3, 31)),
        (date(2026, 1, 1), False, date(2025, 12, 31)),
    ],
)
def test_interim_financial_reports_end_with_a_calendar_quarter(day: date, nearest: date, *, ends: bool) -> None:
    assert (ends_quarter(day), nearest_quarter_end(day)) == (ends, nearest)


@pytest.mark.parametrize(
    ("frequency", "ends_on", "rows"),
    [
        (QUARTERLY, date(2038, 12, 31), None),
        (QUARTERLY, date(2039, 1, 1), 61),
        (SEMIANNUAL, date(2053, 9, 30), None),
        (SEMIANNUAL, date(2053, 10, 1), 61),
        (ANNUAL, date(2083, 9, 30), None),
        (ANNUAL, date(2083, 10, 1), 61),
        (FINAL, date(2099, 1, 1), None),
    ],
)
def test_a_schedule_has_sixty_rows_at_most(frequency: ReportFrequency, ends_on: date, rows: int | None) -> None:
    found = schedule_in_bounds(date(2024, 1, 1), ends_on, frequency)
    assert [(row.code, row.severity, row.field, row.citation, row.limit, row.would_be) for row in found] == (
        [("schedule_too_long", Severity.ERROR, "frequency", "", "60", str(rows))] if rows else []
    )
    if rows:
        assert found[0].message == (
            f"From 2024-01-01 to {ends_on} the schedule would have 61 rows; the maximum is 60. Nothing was added. "
            "Check the first and last day, or report less often."
        )


def test_money_is_free_on_the_fifteenth_day_after_a_notification() -> None:
    assert may_obligate_from(date(2024, 2, 20)) == date(2024, 3, 6)


@pytest.mark.parametrize(
    ("today", "warnings"),
    [
        (date(2026, 7, 3), []),
        (date(2026, 7, 4), [180]),
        (date(2026, 10, 1), [180]),
        (date(2026, 10, 2), [180, 90]),
        (date(2026, 11, 30), [180, 90]),
        (date(2026, 12, 1), [180, 90, 30]),
        (date(2026, 12, 31), [180, 90, 30]),
        (date(2027, 1, 1), []),
    ],
)
def test_an_expiry_is_announced_180_90_and_30_days_before(today: date, warnings: list[int]) -> None:
    assert passed_warnings(date(2026, 12, 31), today) == warnings


def test_the_bounds_are_those_of_the_rules() -> None:
    assert (MOST_ROWS, CLOSEOUT_MONTHS) == (60, 12)
