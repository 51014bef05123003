"""Funds of ledger entries and notifications, checked by the rules of `partnerships.fund_days`."""

from __future__ import annotations

from datetime import date

from cpc.findings import Finding
from partnerships.fund_days import (
    FundDays,
    Left,
    largest_fund_overage,
    left_to_obligate,
    notified_from_obligated,
    obligated_from_notified,
    paid_from_obligated,
    within_days,
)
from partnerships.ledger_days import Overage
from partnerships.lookups.ledger import Position, movement, movements_of, position_with
from partnerships.models import CongressionalNotification, Fund, LedgerEntry, LedgerKind, Partnership

_OBLIGATES = frozenset({LedgerKind.OBLIGATION, LedgerKind.ADJUSTMENT})


def days_of(fund: Fund) -> FundDays:
    return FundDays(str(fund), fund.expires_on, fund.canceled_on)


def funds_left(position: Position, on: date) -> list[Left]:
    """Return the funds from which Congress was notified and money can be obligated on a day.

    The one that expires first comes first.
    """
    _, notices, _ = position
    named = {notice.fund for notice in notices}
    funds = Fund.objects.filter(pk__in=[key for key in named if key]).order_by("expires_on", "pk")
    left = [Left(days_of(fund), left_to_obligate(fund.pk, *position, on)) for fund in funds]
    return [each for each in left if each.amount > 0 and each.fund.is_open(on)]


def entry_fits_fund(partnership: Partnership, entry: LedgerEntry) -> list[Finding]:
    """Check a new entry against its fund: the days, what was notified from it, and what is obligated in the award.

    An entry without a fund is left to the other rules.
    """
    if entry.fund is None:
        return []
    # Read again: the days may have been entered since the page was opened. The database locks them for the entry.
    fund = days_of(Fund.objects.get(pk=entry.fund.pk))
    if within_days(fund, entry.kind, entry.on, ()):
        return within_days(fund, entry.kind, entry.on, funds_left(position_with(partnership), entry.on))
    own = [moved for moved in movements_of(entry.award) if moved.fund == entry.fund_id]
    findings = paid_from_obligated(fund, own, movement(entry))
    if entry.kind in _OBLIGATES:
        found = _overage(position_with(partnership, entry=entry), entry.on, entry.fund_id)
        findings += obligated_from_notified(fund, found, entry.amount)
    return findings


def _overage(position: Position, since: date, fund: int | None) -> Overage | None:
    """Return the largest overage of one fund."""
    ledger, notices, exempt = position
    found = largest_fund_overage([moved for moved in ledger if moved.fund == fund], notices, exempt, since)
    return found[1] if found else None


def replacement_covers_funds(partnership: Partnership, notification: CongressionalNotification) -> list[Finding]:
    """Check that a replaced notification leaves enough for what is obligated from each fund."""
    position = position_with(partnership, notification=notification)
    found = largest_fund_overage(*position, notification.sent_on)
    if found is None:
        return []
    fund, overage = found
    return [notified_from_obligated(str(Fund.objects.get(pk=fund)), overage)]
