"""Due days of reports, notifications, and expiry warnings. Pure.

Sources: 4 FAM 642 and 631.2 (30 days after a quarter or half-year, 90 after a year, 120 for the final report) and 2
CFR 200.344 (recipients report within 120 days of the end, the agency is done within a year).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import date, timedelta

from cpc.findings import Finding, Severity
from partnerships.limits import add_months, months_used

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


_MONTHS = {ReportFrequency.QUARTERLY: 3, ReportFrequency.SEMIANNUAL: 6, ReportFrequency.ANNUAL: 12}
_DAYS = {
    ReportFrequency.QUARTERLY: 30,
    ReportFrequency.SEMIANNUAL: 30,
    ReportFrequency.ANNUAL: 90,
    ReportFrequency.FINAL: CLOSEOUT_REPORT_DAYS,
}


def report_due_on(period_end: date, frequency: ReportFrequency) -> date:
    return period_end + timedelta(days=_DAYS[frequency])


def periods(starts_on: date, ends_on: date, frequency: ReportFrequency) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each period from `starts_on` to `ends_on`, without gaps.

    The last period may be short. The final report covers the whole time.
    """
    if frequency is ReportFrequency.FINAL:
        yield starts_on, ends_on
        return
    number, first = 0, starts_on
    while first <= ends_on:
        number += 1
        following = add_months(starts_on, number * _MONTHS[frequency])
        yield first, min(following - timedelta(days=1), ends_on)
        first = following


def schedule_in_bounds(starts_on: date, ends_on: date, frequency: ReportFrequency) -> list[Finding]:
    """Check that a schedule has at most `MOST_ROWS` rows. More rows come from a mistyped day."""
    if frequency is ReportFrequency.FINAL:
        return []
    rows = months_used(starts_on, ends_on) // _MONTHS[frequency] + 1
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
