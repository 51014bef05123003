"""Rules of the two limits of a partnership, one function each. Pure.

The statute (22 U.S.C. 7103a(d)) requires a multi-year plan and sets neither a longest term nor a ceiling. Both are
policy of the office, so the numbers are arguments. PostgreSQL enforces the same rules as CHECK constraints.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta
from decimal import Decimal

from cpc.findings import Finding, Severity

HIGHEST_FUNDING = 100_000_000
"""The funding, in U.S. dollars, that no policy exceeds: ten times the largest known. More is a mistake of typing."""
LONGEST_MONTHS = 120
"""The hard limit: no policy permits a longer term, and an award ends at most this long after its partnership begins."""
ABOVE_ZERO = "Both limits must be greater than zero."
BEYOND_EXCEPTION = (
    f"An exception can't go beyond {LONGEST_MONTHS} months or USD {HIGHEST_FUNDING:,}, as no policy does. Request a "
    "smaller limit; for work beyond it, open another partnership."
)
BEYOND_POLICY = f"Limits cannot exceed {LONGEST_MONTHS} months or USD {HIGHEST_FUNDING:,}."

COLUMNS = ("planned", "notified", "awarded", "obligated", "disbursed")
TOTAL_LABELS = {
    "planned": "planned",
    "notified": "notified to Congress",
    "awarded": "awarded",
    "obligated": "obligated, net",
    "disbursed": "disbursed",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one partnership on one day, in months and U.S. dollars, with their citation."""

    term_months: int
    funding: Decimal
    citation: str


@dataclass(frozen=True, slots=True)
class Totals:
    """TIP Office project funds of one partnership in U.S. dollars, each exact to the cent."""

    planned: Decimal
    notified: Decimal
    awarded: Decimal
    obligated: Decimal
    disbursed: Decimal


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a month without that day.

    29 February 2024 plus 60 months is 28 February 2029. PostgreSQL adds an interval of months in the same way. Past
    the end of the calendar the result is its last day; no day that may be stored comes near it.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years > MAXYEAR:
        return date.max
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def counted_from(starts_on: date | None, in_force_on: date | None) -> date | None:
    """Return the day from which the limit of the term counts.

    It is the earlier of entry into force and the first day, whichever of the two is corrected later.
    """
    return min((day for day in (starts_on, in_force_on) if day is not None), default=None)


def latest_lawful_end(first: date, limits: Limits) -> date:
    """Return the last day on which a partnership may end.

    With 60 months, it is the fifth anniversary of `first`.
    """
    return add_months(first, limits.term_months)


def months_needed(starts_on: date, ends_on: date) -> int:
    """Return the smallest limit in months that allows a term to end on `ends_on`."""
    months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    return max(months + (add_months(starts_on, months) < ends_on), 0)


def months_used(first: date, on: date) -> int:
    """Return the whole months from `first` to a day; zero before it."""
    months = (on.year - first.year) * 12 + on.month - first.month
    return max(months - (add_months(first, months) > on), 0)


def months_of_limit_used(
    first: date, on: date, *, is_in_force: bool, ended_on: date | None = None, ends_on: date | None = None
) -> int:
    """Return the whole months of the limit that are used on a day.

    They run from `first` until the term ends. Nothing is used before signature.
    """
    return months_used(first, min(day for day in (on, ended_on, ends_on) if day)) if is_in_force else 0


def term_within_limit(first: date | None, ends_on: date | None, limits: Limits, *, used: int) -> list[Finding]:
    """Check that a term ends on or before its last lawful day.

    `first` is the day from which the limit counts, and `used` the months of it that are used (`months_of_limit_used`).
    """
    if first is None or ends_on is None:
        return []
    latest = latest_lawful_end(first, limits)
    if ends_on <= latest:
        return []
    days = (ends_on - latest).days
    return [
        Finding(
            code="term_limit",
            severity=Severity.ERROR,
            message=(
                f"The term can last up to {limits.term_months} months. From {first.isoformat()}, it can end on "
                f"{latest.isoformat()} at the latest; {ends_on.isoformat()} is {days} day{'s' * (days != 1)} later. "
                f"{min(used, limits.term_months)} of {limits.term_months} months are used."
            ),
            field="ends_on",
            citation=limits.citation,
            limit=latest.isoformat(),
            would_be=ends_on.isoformat(),
        )
    ]


def first_lawful_signing(ends_on: date, months: int) -> date:
    """Return the first day of signature from which a term may end on `ends_on`."""
    day = add_months(ends_on, -months)
    while add_months(day, months) < ends_on:  # a month before had fewer days
        day += timedelta(days=1)
    return day


def term_within_limit_once_signed(
    starts_on: date | None, ends_on: date | None, limits: Limits, *, signed_on: date
) -> list[Finding]:
    """Check that a term would end on or before its last lawful day if it were signed on a day.

    If only a signature before the first day shortens it, the finding names the ways out.
    """
    found = term_within_limit(counted_from(starts_on, signed_on), ends_on, limits, used=0)
    if not found or starts_on is None or ends_on is None or term_within_limit(starts_on, ends_on, limits, used=0):
        return found
    latest = latest_lawful_end(signed_on, limits)
    days = (ends_on - latest).days
    message = (
        f"If both sign on {signed_on.isoformat()}, the {limits.term_months} months count from that day and end on "
        f"{latest.isoformat()}. The last day of the term, {ends_on.isoformat()}, is {days} day{'s' * (days != 1)} "
        "later. Move the last day, "
        f"sign on {first_lawful_signing(ends_on, limits.term_months).isoformat()} or later, or request an exception."
    )
    return [replace(found[0], code="term_limit_if_signed", message=message)]


def notified_within_limit(totals: Totals, limits: Limits) -> list[Finding]:
    """Check that the total notified to Congress stays within the limit."""
    return _within("notified", totals.notified, limits)


def funding_within_limits(totals: Totals, limits: Limits) -> list[Finding]:
    """Check all rules of funding. Each total has at most one finding, the tightest.

    Plans and notifications stay within the limit, awards within plans, net obligations within awards, and
    disbursements within obligations.
    """
    return [
        *_within("planned", totals.planned, limits),
        *notified_within_limit(totals, limits),
        *_ordered("awarded", totals.awarded, "planned", totals.planned, limits),
        *_ordered("obligated", totals.obligated, "awarded", totals.awarded, limits),
        *_ordered("disbursed", totals.disbursed, "obligated", totals.obligated, limits),
    ]


def award_obligated_within_award(obligated: Decimal, awarded: Decimal) -> list[Finding]:
    if obligated <= awarded:
        return []
    return [
        _excess("award_obligated_over_awarded", "obligated", f"The award is {usd(awarded)}", obligated, awarded, "")
    ]


def award_disbursed_within_obligated(disbursed: Decimal, obligated: Decimal) -> list[Finding]:
    if disbursed <= obligated:
        return []
    rule = f"{usd(obligated)} is obligated under the award"
    return [_excess("award_disbursed_over_obligated", "disbursed", rule, disbursed, obligated, "")]


def obligated_within_notification(obligated: Decimal, may_obligate: Decimal, on: date) -> list[Finding]:
    """Check obligations against the amount notified 15 days ago or exempt: 22 U.S.C. 2394-1.

    No obligation is allowed before the fifteenth day after a notification, or above the amount notified or exempt.
    """
    if obligated <= may_obligate:
        return []
    rule = f"By {on}, {usd(may_obligate)} was notified to Congress at least 15 days before or is exempt"
    return [_excess("not_notified", "obligated", rule, obligated, may_obligate, "22 U.S.C. 2394-1")]


def tightest(findings: Iterable[Finding]) -> list[Finding]:
    """Return the finding with the least headroom, the first of equals.

    The bounds of one amount are nested, those of an award inside those of its partnership. An amount within the
    tightest bound is within all, so the other findings would add nothing.
    """
    return sorted(findings, key=lambda finding: Decimal(finding.limit) - Decimal(finding.would_be))[:1]


def usd(amount: Decimal) -> str:
    return f"USD {amount:,.2f}"


def _within(name: str, amount: Decimal, limits: Limits) -> list[Finding]:
    if amount <= limits.funding:
        return []
    return [
        _excess(
            f"{name}_limit",
            name,
            f"The limit of a partnership is {usd(limits.funding)}",
            amount,
            limits.funding,
            limits.citation,
        )
    ]


def _ordered(name: str, amount: Decimal, above_name: str, above: Decimal, limits: Limits) -> list[Finding]:
    if amount > above:
        return [
            _excess(
                f"{name}_over_{above_name}",
                name,
                f"The most allowed is the amount {TOTAL_LABELS[above_name]}, {usd(above)}",
                amount,
                above,
                limits.citation,
            )
        ]
    return _within(name, amount, limits)


def _excess(code: str, name: str, rule: str, amount: Decimal, most: Decimal, citation: str) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=(
            f"{rule}. With this, {usd(amount)} would be {TOTAL_LABELS[name]}, {usd(amount - most)} too much; "
            f"the largest lawful total is {usd(most)}."
        ),
        field="amount",
        citation=citation,
        limit=str(most),
        would_be=str(amount),
    )
