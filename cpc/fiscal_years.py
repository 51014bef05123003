"""U.S. fiscal years. Pure."""

from __future__ import annotations

from datetime import date

FIRST_MONTH = 10


def fiscal_year(day: date) -> int:
    """Return the U.S. fiscal year of a day: it begins on October 1 of the year before (31 U.S.C. 1102)."""
    return day.year + (day.month >= FIRST_MONTH)


def last_day_of_year(year: int) -> date:
    """Return September 30 of a U.S. fiscal year, its last day."""
    return date(year, FIRST_MONTH - 1, 30)


def last_closed_year(today: date) -> int:
    """Return the last U.S. fiscal year that is over on a day."""
    return fiscal_year(today) - 1


def fiscal_years_text(first: int, last: int) -> str:
    """Return consecutive fiscal years as funds are named: FY 2025/2026, or FY 2026 for one."""
    return f"FY {first}" if first == last else f"FY {first}/{last}"
