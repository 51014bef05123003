"""U.S. fiscal years. Pure."""

from __future__ import annotations

from datetime import date

FIRST_MONTH = 10


def fiscal_year(day: date) -> int:
    """Return the U.S. fiscal year of a day: it begins on October 1 of the year before (31 U.S.C. 1102)."""
    return day.year + (day.month >= FIRST_MONTH)
