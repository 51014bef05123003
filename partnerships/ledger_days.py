"""Sums at the end of each day of a ledger, the rules that hold on every day, and the last days of an award. Pure.

Entries may be recorded late, in any order. A rule therefore looks at the day of a new entry and at every day after it,
not at today's totals alone. PostgreSQL has the same rules: `cpc_ledger_breach`, `cpc_may_obligate`, and
`cpc_over_notified`.

Three clocks run beside each other, and none follows from another. The partnership's term decides until when the office
makes new obligations; that is its policy. An award's period of performance may outlast the term, and its close-out
follows (2 CFR 200.344). The availability of the funds is the account's (31 U.S.C. 1502, 1552, 1553):
`partnerships.fund_days`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from cpc.findings import Finding, Severity
from partnerships.limits import LONGEST_MONTHS, add_months, obligated_within_notification, usd
from partnerships.schedules import CLOSEOUT_MONTHS, CLOSEOUT_REPORT_DAYS, may_obligate_from

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


ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Moved:
    """The effect of one ledger entry: its day, the total that it counts in, its signed amount, and the key of its fund.

    The fund is None if the entry names none.
    """

    on: date
    total: str
    amount: Decimal
    fund: int | None = None


@dataclass(frozen=True, slots=True)
class DayEnd:
    on: date
    awarded: Decimal = ZERO
    obligated: Decimal = ZERO
    disbursed: Decimal = ZERO

    @property
    def is_possible(self) -> bool:
        """Return whether no more is obligated than awarded, or disbursed than obligated, and nothing is negative."""
        return self.awarded >= self.obligated >= self.disbursed >= 0


def day_ends(movements: Iterable[Moved]) -> list[DayEnd]:
    """Return the sums at the end of each day that has a movement, in order."""
    sums = {"awarded": ZERO, "obligated": ZERO, "disbursed": ZERO}
    ends = []
    for on, of_day in groupby(sorted(movements, key=lambda each: each.on), key=lambda each: each.on):
        for movement in of_day:
            sums[movement.total] += movement.amount
        ends.append(DayEnd(on, **sums))
    return ends


def possible_every_day(ledger: Iterable[Moved], new: Moved) -> list[Finding]:
    """Check a new movement of an award on its day and on each later day.

    The totals at the end have rules of their own (`partnerships.limits`), which name the largest lawful amount; a
    breach of those is left to them.
    """
    ends = day_ends([*ledger, new])
    broken = [end for end in ends if not end.is_possible]
    if not broken or broken[-1] == ends[-1]:
        return []
    first, later = broken[0], next(end.on for end in ends if end.on > broken[-1].on)
    if new.amount > 0:
        remedy = "If another entry has the wrong date, first reverse it on that same date and record it again."
    else:
        remedy = (
            "If this entry reverses a wrong one, first reverse what rests on that one: refund, then de-obligate, each "
            "on the date of the entry that it reverses."
        )
    message = (
        f"At the end of {first.on}, {usd(first.awarded)} would be awarded, {usd(first.obligated)} obligated, and "
        f"{usd(first.disbursed)} disbursed; each can be at most the one before it. "
        f"Date this entry {later} or later. {remedy}"
    )
    return [Finding.error("ledger_by_day", message, "on")]


def largest_every_day(ledger: Iterable[Moved], new: Moved) -> Decimal:
    """Return the largest amount, without sign, with which a new movement is possible on its day and each later one."""
    ends = [end for end in day_ends([*ledger, new]) if end.on >= new.on]
    excess = max(max(end.obligated - end.awarded, end.disbursed - end.obligated, -end.disbursed, ZERO) for end in ends)
    return max(abs(new.amount) - excess, ZERO)


# ---- notified to Congress ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notified:
    """A congressional notification; `replaces` is the key of the one that it replaces, `fund` that of its fund."""

    key: int
    sent_on: date
    amount: Decimal
    replaces: int | None = None
    fund: int | None = None


@dataclass(frozen=True, slots=True)
class Exempt:
    """An amount that is exempt from notification from a day on."""

    from_on: date
    amount: Decimal


def counted_amounts(notices: Iterable[Notified], on: date) -> dict[int, Decimal]:
    """Return the amount that each notification in effect counts toward obligations at the end of a day.

    It counts whole from its fifteenth day. While it waits, it counts at most what the one before it counted: a raise
    adds nothing yet, and a reduction applies at once. Before it was sent, the one before it counted.
    """
    counts: dict[int, Decimal] = {}
    replaced = set()
    for notice in sorted(notices, key=lambda each: each.key):  # a replacement is recorded later
        # The notification of another partnership is not among them; the service or the database rejects that one.
        before = ZERO if notice.replaces is None else counts.get(notice.replaces, ZERO)
        replaced.add(notice.replaces)
        if may_obligate_from(notice.sent_on) <= on:
            counts[notice.key] = notice.amount
        elif notice.sent_on > on:
            counts[notice.key] = before
        else:
            counts[notice.key] = min(notice.amount, before)
    return {key: amount for key, amount in counts.items() if key not in replaced}


def may_obligate(notices: Sequence[Notified], exempt: Sequence[Exempt], on: date) -> Decimal:
    """Return the total that may be obligated at the end of a day: notified in time, or exempt."""
    freed = sum((each.amount for each in exempt if each.from_on <= on), ZERO)
    return sum(counted_amounts(notices, on).values(), freed)


@dataclass(frozen=True, slots=True)
class Overage:
    """A day on which more is obligated than may be."""

    on: date
    obligated: Decimal
    may_obligate: Decimal

    @property
    def excess(self) -> Decimal:
        return self.obligated - self.may_obligate


def largest_overage(
    ledger: Iterable[Moved], notices: Sequence[Notified], exempt: Sequence[Exempt], since: date
) -> Overage | None:
    """Return the day from `since` on with the most obligated above what may be, the first of equals, or None."""
    ends = day_ends(ledger)
    days = {end.on for end in ends} | {notice.sent_on for notice in notices} | {since}
    overages = []
    for day in sorted(each for each in days if each >= since):
        obligated = next((end.obligated for end in reversed(ends) if end.on <= day), ZERO)
        overages.append(Overage(day, obligated, may_obligate(notices, exempt, day)))
    largest = max(overages, key=lambda each: each.excess)
    return largest if largest.excess > 0 else None


def obligated_as_notified(overage: Overage | None) -> list[Finding]:
    if overage is None:
        return []
    return obligated_within_notification(overage.obligated, overage.may_obligate, overage.on)


def notified_as_obligated(overage: Overage | None, amount: Decimal) -> list[Finding]:
    if overage is None:
        return []
    least = amount + overage.excess
    message = (
        f"{usd(overage.obligated)} is obligated at the end of {overage.on}. With this replacement, only "
        f"{usd(overage.may_obligate)} would be notified to Congress in time or exempt. De-obligate "
        f"{usd(overage.excess)} first, or enter {usd(least)} or more."
    )
    return [Finding("not_notified", Severity.ERROR, message, "amount", "22 U.S.C. 2394-1", str(least), str(amount))]
