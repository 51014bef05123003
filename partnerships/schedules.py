"""Periods and due days of reports, days of notifications, and expiry warnings. Pure.

Due days: 2 CFR 200.328 and 200.329, 4 FAM 642 and 631.2 (30 days after a quarter or half-year, 90 after a year, 120 for
the final report) and 2 CFR 200.344 (recipients report within 120 days of the end, the agency is done within a year).

Periods: an interim federal financial report ends on March 31, June 30, September 30, or December 31, whether it is
quarterly, semi-annual, or annual, and whatever day the award starts; the final one ends with the award (instructions
of the SF-425, line 9). The instructions leave open which of these days end a half-year or a year: here those of the
fiscal year, March 31 and September 30 (31 U.S.C. 1102). No rule gives the periods of performance reports, but due days
of both kinds are aligned where practicable (2 CFR 200.329(b)), so that they share one calendar.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import date, timedelta

from cpc.findings import Finding, Severity

NOTIFICATION_DAYS = 15
"""Days between a congressional notification and the first obligation: 22 U.S.C. 2394-1(a)."""

PUBLISHED_WITHIN = 120
"""Days after signature within which a qualifying instrument is published: 1 U.S.C. 112b."""

CLOSEOUT_REPORT_DAYS = 120
CLOSEOUT_MONTHS = 12
MOST_ROWS = 60
"""The most rows of one schedule: the quarters of 15 years, longer than any award or term."""

WARNING_DAYS = (180, 90, 30)
"""Days before the end of a term on which its expiry is announced."""


class ReportKind(enum.StrEnum):
    PERFORMANCE = "performance"
    FINANCIAL = "financial"


class ReportFrequency(enum.StrEnum):
    """Frequencies of a report. The final report is due once."""

    QUARTERLY = "quarterly"
    SEMIANNUAL = "semiannual"
    ANNUAL = "annual"
    FINAL = "final"


QUARTER_MONTHS = (3, 6, 9, 12)
_LAST_MONTHS = {
    ReportFrequency.QUARTERLY: QUARTER_MONTHS,
    ReportFrequency.SEMIANNUAL: (3, 9),
    ReportFrequency.ANNUAL: (9,),
}
_DAYS = {
    ReportFrequency.QUARTERLY: 30,
    ReportFrequency.SEMIANNUAL: 30,
    ReportFrequency.ANNUAL: 90,
    ReportFrequency.FINAL: CLOSEOUT_REPORT_DAYS,
}


def report_due_on(period_end: date, frequency: ReportFrequency) -> date:
    return period_end + timedelta(days=_DAYS[frequency])


def end_of_period(day: date, frequency: ReportFrequency) -> date:
    """Return the last day of the calendar period of an interim report in which a day is."""
    month = next((month for month in _LAST_MONTHS[frequency] if month >= day.month), 0)
    year, month = (day.year, month) if month else (day.year + 1, _LAST_MONTHS[frequency][0])
    return date(year, month, 31 if month in (3, 12) else 30)


def ends_quarter(day: date) -> bool:
    """Return whether an interim financial report can end on a day: on the last day of a calendar quarter."""
    return day == end_of_period(day, ReportFrequency.QUARTERLY)


def nearest_quarter_end(day: date) -> date:
    """Return the end of a calendar quarter that is nearest to a day, the earlier one of two."""
    following = end_of_period(day, ReportFrequency.QUARTERLY)
    before = date(day.year, following.month - 2, 1) - timedelta(days=1)
    return before if day - before <= following - day else following


def periods(starts_on: date, ends_on: date, frequency: ReportFrequency) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each period from `starts_on` to `ends_on`, without gaps.

    The first and the last period may be short, even one day: the instructions of the form name no least length. The
    last one ends with the award. The final report covers the whole time.
    """
    if frequency is ReportFrequency.FINAL:
        yield starts_on, ends_on
        return
    first = starts_on
    while first <= ends_on:
        last = min(end_of_period(first, frequency), ends_on)
        yield first, last
        first = last + timedelta(days=1)


def schedule_in_bounds(starts_on: date, ends_on: date, frequency: ReportFrequency) -> list[Finding]:
    """Check that a schedule has at most `MOST_ROWS` rows. More rows come from a mistyped day."""
    if frequency is ReportFrequency.FINAL:
        return []
    rows = sum(1 for _ in periods(starts_on, ends_on, frequency))
    if rows <= MOST_ROWS:
        return []
    message = (
        f"From {starts_on.isoformat()} to {ends_on.isoformat()} the schedule would have {rows} rows; the "
        f"maximum is {MOST_ROWS}. Nothing was added. Check the first and last day, or report less often."
    )
    return [Finding("schedule_too_long", Severity.ERROR, message, "frequency", "", str(MOST_ROWS), str(rows))]


def may_obligate_from(sent_on: date) -> date:
    return sent_on + timedelta(days=NOTIFICATION_DAYS)


def passed_warnings(ends_on: date, today: date) -> list[int]:
    """Return the expiry warnings that are due by `today`, in days before the end.

    Return none once the end is past.
    """
    return [days for days in WARNING_DAYS if ends_on - timedelta(days=days) <= today <= ends_on]
