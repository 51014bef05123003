"""Days of an award: how far it may outlast the term, and when close-out is due. Pure.

Three clocks run beside each other, and none follows from another. The partnership's term decides until when the office
makes new obligations; that is its policy. An award's period of performance may outlast the term, and its close-out
follows (2 CFR 200.344). The availability of the funds is the account's (31 U.S.C. 1502, 1552, 1553); the ledger states
only the fiscal year of the funds.
"""

from __future__ import annotations

from datetime import date, timedelta

from cpc.findings import Finding, Severity
from partnerships.limits import LONGEST_MONTHS, add_months
from partnerships.schedules import CLOSEOUT_MONTHS, CLOSEOUT_REPORT_DAYS

NOT_STARTED = "Nothing can be disbursed before the first day of the award."

HARD_END = "An award must end within ten years of the first day of its partnership."


def award_in_bounds(starts_on: date | None, ends_on: date | None, first: date) -> list[Finding]:
    """Return a finding if an award runs past `LONGEST_MONTHS` after its partnership's `first` day."""
    latest = add_months(first, LONGEST_MONTHS)
    findings = []
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day is not None and day > latest:
            message = f"{HARD_END} The latest date is {latest.isoformat()}; {day.isoformat()} is later."
            findings.append(
                Finding("award_hard_end", Severity.ERROR, message, name, "", latest.isoformat(), day.isoformat())
            )
    return findings[-1:]


def award_past_term(
    ends_on: date | None, term_ends_on: date | None, allowed_months: int, citation: str
) -> list[Finding]:
    """Warn if an award outlasts the term by more months than the policy allows.

    Such an award may still be correct.
    """
    if ends_on is None or term_ends_on is None:
        return []
    latest = add_months(term_ends_on, allowed_months)
    if ends_on <= latest:
        return []
    message = (
        f"The award ends on {ends_on.isoformat()}. It can outlast the term, which ends on {term_ends_on.isoformat()}, "
        f"by {allowed_months} months, until {latest.isoformat()}. Shorten the award, or extend the term by amendment."
    )
    return [
        Finding(
            "award_past_term",
            Severity.WARNING,
            message,
            "ends_on",
            citation,
            latest.isoformat(),
            ends_on.isoformat(),
        )
    ]


def closeout_due_on(ended_on: date, *, by_recipient: bool) -> date:
    """Return the day a step of the close-out is due (2 CFR 200.344).

    It counts from the last day of the award.
    """
    if by_recipient:
        return ended_on + timedelta(days=CLOSEOUT_REPORT_DAYS)
    return add_months(ended_on, CLOSEOUT_MONTHS)
