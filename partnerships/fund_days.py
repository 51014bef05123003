"""Rules of funds on each day of a ledger: expiry, cancellation, notification, and payment. Pure.

PostgreSQL has the same rules: `cpc_notified_funds`, `cpc_over_notified_fund`, `cpc_fund_breach`, and the triggers of
`partnerships.database.funds`. A fund is a key here. Entries and notifications without one are counted by the rules of
`partnerships.ledger_days` alone, except that a notification without a fund counts for each fund.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.findings import Finding, Severity
from partnerships.ledger_days import ZERO, Exempt, Moved, Notified, Overage, day_ends
from partnerships.limits import usd
from partnerships.schedules import may_obligate_from as first_day_to_obligate

EXPIRY = "31 U.S.C. 1502, 1553"
CANCELLATION = "31 U.S.C. 1552"
NOTIFICATION = "22 U.S.C. 2394-1"


@dataclass(frozen=True, slots=True)
class FundDays:
    """A fund by name, with its days as far as they were entered."""

    name: str
    expires_on: date | None = None
    canceled_on: date | None = None

    def is_open(self, on: date) -> bool:
        """Return whether new obligations are possible on a day. Both days belong to the time before."""
        return not any(day is not None and on > day for day in (self.expires_on, self.canceled_on))


@dataclass(frozen=True, slots=True)
class Left:
    """A fund with the amount that can still be obligated from it in a partnership from a day on."""

    fund: FundDays
    amount: Decimal


# ---- days -----------------------------------------------------------------------------------------------------------


def within_days(fund: FundDays, kind: str, on: date, others: Sequence[Left]) -> list[Finding]:
    """Check an entry against the days of its fund. `others` are the funds with money left, the nearest one first."""
    if kind in ("obligation", "adjustment", "disbursement") and fund.canceled_on and on > fund.canceled_on:
        remedy = _instead(others) if kind == "obligation" else "Only refunds and de-obligations can be recorded."
        message = (
            f"{fund.name} was canceled on {fund.canceled_on}; nothing is obligated or paid from it on {on}. {remedy}"
        )
        return [_at_fund("fund_canceled", message, CANCELLATION, fund.canceled_on, on)]
    if kind == "obligation" and fund.expires_on and on > fund.expires_on:
        message = (
            f"{fund.name} expired on {fund.expires_on}; a new obligation on {on} needs another fund. {_instead(others)}"
        )
        return [_at_fund("fund_expired", message, EXPIRY, fund.expires_on, on)]
    return []


def _at_fund(code: str, message: str, citation: str, last: date, on: date) -> Finding:
    return Finding(code, Severity.ERROR, message, "fund", citation, last.isoformat(), on.isoformat())


def _instead(others: Sequence[Left]) -> str:
    if not others:
        return "No other fund that Congress was notified of has money left on that day."
    return f"{others[0].fund.name} has {usd(others[0].amount)} left."


# ---- notified -------------------------------------------------------------------------------------------------------


def counted_funds(notices: Iterable[Notified], on: date) -> dict[int, tuple[int | None, Decimal]]:
    """Return the fund and amount that each notification in effect counts at the end of a day.

    As `partnerships.ledger_days.counted_amounts`; a replacement that names another fund adds nothing while it waits.
    """
    counts: dict[int, tuple[int | None, Decimal]] = {}
    replaced = set()
    for notice in sorted(notices, key=lambda each: each.key):
        fund, before = counts.get(notice.replaces, (None, ZERO)) if notice.replaces is not None else (None, ZERO)
        replaced.add(notice.replaces)
        if first_day_to_obligate(notice.sent_on) <= on:
            counts[notice.key] = notice.fund, notice.amount
        elif notice.sent_on > on:
            counts[notice.key] = fund, before
        else:
            waits = ZERO if fund not in (None, notice.fund) else min(notice.amount, before)
            counts[notice.key] = notice.fund, waits
    return {key: counted for key, counted in counts.items() if key not in replaced}


def may_obligate_from(fund: int, notices: Iterable[Notified], exempt: Iterable[Exempt], on: date) -> Decimal:
    """Return what may be obligated from a fund at the end of a day: notified in time, or exempt.

    A notification that names no fund counts for each.
    """
    freed = sum((each.amount for each in exempt if each.from_on <= on), ZERO)
    return sum((amount for of, amount in counted_funds(notices, on).values() if of in (None, fund)), freed)


def _overages(
    fund: int, ledger: Iterable[Moved], notices: Sequence[Notified], exempt: Sequence[Exempt], since: date
) -> list[Overage]:
    """Return what is obligated from a fund, and what may be, at each day from `since` on on which either changes."""
    ends = day_ends(moved for moved in ledger if moved.fund == fund)
    days = {end.on for end in ends} | {notice.sent_on for notice in notices} | {since}
    return [
        Overage(
            day,
            next((end.obligated for end in reversed(ends) if end.on <= day), ZERO),
            may_obligate_from(fund, notices, exempt, day),
        )
        for day in sorted(each for each in days if each >= since)
    ]


def left_to_obligate(
    fund: int, ledger: Iterable[Moved], notices: Sequence[Notified], exempt: Sequence[Exempt], on: date
) -> Decimal:
    """Return the largest amount that can be obligated from a fund on a day, so that it holds on each later day."""
    return max(-max(each.excess for each in _overages(fund, ledger, notices, exempt, on)), ZERO)


def largest_fund_overage(
    ledger: Sequence[Moved], notices: Sequence[Notified], exempt: Sequence[Exempt], since: date
) -> tuple[int, Overage] | None:
    """Return the fund, and the day from `since` on, with the most obligated above what may be, or None."""
    funds = sorted({moved.fund for moved in ledger if moved.fund is not None})
    overages = [(fund, each) for fund in funds for each in _overages(fund, ledger, notices, exempt, since)]
    largest = max(overages, key=lambda each: each[1].excess, default=None)
    return largest if largest is not None and largest[1].excess > 0 else None


def obligated_from_notified(fund: FundDays, overage: Overage | None, amount: Decimal) -> list[Finding]:
    """Check a new obligation against what was notified from its fund."""
    if overage is None:
        return []
    fits = amount - overage.excess
    largest = f"At most {usd(fits)} fits." if fits > 0 else "No amount fits."
    message = (
        f"{usd(overage.excess)} more than Congress was notified of from {fund.name} in time by {overage.on}: "
        f"{usd(overage.may_obligate)}, of which {usd(overage.obligated - amount)} is obligated. {largest}"
    )
    return [_of_amount("fund_not_notified", message, overage.may_obligate, overage.obligated, NOTIFICATION)]


def notified_from_obligated(name: str, overage: Overage) -> Finding:
    """Return the finding of a replaced notification below what is obligated from a fund."""
    message = (
        f"{usd(overage.obligated)} is obligated from {name} at the end of {overage.on}. With this replacement, only "
        f"{usd(overage.may_obligate)} would be notified from it in time or exempt. De-obligate {usd(overage.excess)} "
        "first, or keep its fund and enter a larger amount."
    )
    return _of_amount("fund_not_notified", message, overage.may_obligate, overage.obligated, NOTIFICATION)


# ---- paid -----------------------------------------------------------------------------------------------------------


def paid_from_obligated(fund: FundDays, ledger: Iterable[Moved], new: Moved) -> list[Finding]:
    """Check that no more is disbursed than is obligated from a fund in one award, on the day of `new` and after it.

    `ledger` are the entries of the award that name the fund.
    """
    ends = [end for end in day_ends([*ledger, new]) if end.on >= new.on]
    worst = max(ends, key=lambda end: max(end.disbursed - end.obligated, -end.disbursed))
    excess = max(worst.disbursed - worst.obligated, -worst.disbursed)
    if excess <= 0:
        return []
    size = abs(new.amount)
    fits = f"at most {usd(size - excess)} fits" if size > excess else "no amount fits"
    if new.total == "disbursed" and new.amount > 0:
        message = (
            f"{usd(excess)} more than is obligated from {fund.name} in this award. {usd(worst.disbursed - size)} of "
            f"{usd(worst.obligated)} is disbursed, so {fits}."
        )
    elif new.total == "disbursed":
        message = f"{usd(excess)} more than was disbursed from {fund.name} in this award by {worst.on}, so {fits}."
    else:
        message = (
            f"{usd(worst.disbursed)} is disbursed from {fund.name} in this award by {worst.on}; only "
            f"{usd(worst.obligated)} would be obligated from it, so {fits}."
        )
    return [_of_amount("fund_disbursed_over_obligated", message, size - excess, size)]


def _of_amount(code: str, message: str, limit: Decimal, would_be: Decimal, citation: str = "") -> Finding:
    return Finding(code, Severity.ERROR, message, "amount", citation, str(limit), str(would_be))
