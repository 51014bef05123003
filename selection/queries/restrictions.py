"""Which restrictions bar a country on a day, from the reviews on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cpc.findings import Finding, Severity
from indicators.models import Country

Bars = Callable[[dt.date], Mapping[str, str]]
_bars: list[Bars] = []

PASSES = ("not_applicable", "clear", "triggered_exception", "waived")


def register_bars(tell: Bars) -> None:
    """Register who knows of restrictions in force: code of the country to the words that the page shows."""
    if tell not in _bars:
        _bars.append(tell)


def barred(on: dt.date) -> dict[str, str]:
    """The countries that a restriction bars on a day, each with the words for it."""
    return {code: words for tell in _bars for code, words in tell(on).items()}


def findings_of(country: Country, on: dt.date) -> list[Finding]:
    """What the reviews of a country's restrictions say on a day: the newest of each restriction counts."""
    rows = getattr(country, "restriction_findings").filter(reviewed_on__lte=on).order_by("id")  # noqa: B009
    return restriction_findings(rows, on)


def restriction_findings(rows: Iterable[Any], on: dt.date) -> list[Finding]:
    """The findings of restrictions that bar a step on a day, from all reviews in the order they were recorded.

    An expired review counts as none.
    """
    newest = {row.code: row for row in rows}
    if not newest:
        message = "No restriction was reviewed for this country; record a review."
        return [Finding("restrictions_not_reviewed", Severity.ERROR, message)]
    found = []
    for code, row in sorted(newest.items()):
        if row.expires_on < on:
            message = f"The review of {code} expired on {row.expires_on}; review it again."
            found.append(Finding("restriction_expired", Severity.ERROR, message))
        elif row.status not in PASSES:
            message = f"{code} is {row.get_status_display().lower()} ({row.reviewer}, {row.reviewed_on}): {row.basis}"
            found.append(Finding("restriction_bars", Severity.ERROR, message, citation=code))
    return found


def newest_of(country: Country) -> list[Any]:
    """The newest review of each restriction on a country, by its code."""
    rows = getattr(country, "restriction_findings").order_by("id")  # noqa: B009
    newest = {row.code: row for row in rows}
    return [newest[code] for code in sorted(newest)]
