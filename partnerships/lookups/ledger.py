"""Ledgers, notifications, and exemptions as the plain values of `partnerships.ledger_days`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from partnerships.ledger_days import Exempt, Moved, Notified, Overage, largest_overage
from partnerships.models import (
    LEDGER_EFFECT,
    Award,
    CongressionalNotification,
    LedgerEntry,
    NotificationExemption,
    Partnership,
)


def effect(kind: str, amount: Decimal) -> tuple[str, Decimal]:
    """Return the total that an entry of this kind counts in, and its signed amount."""
    total, sign = LEDGER_EFFECT[kind]
    return total, sign * amount


def movement(entry: LedgerEntry) -> Moved:
    return Moved(entry.on, *effect(entry.kind, entry.amount), fund=entry.fund_id)


def movements_of(award: Award) -> list[Moved]:
    return [movement(entry) for entry in award.ledger.only("on", "kind", "amount", "fund")]


def notice_of(row: CongressionalNotification) -> Notified:
    """Return a notification; one that is not saved yet comes after all others."""
    return Notified(row.pk or 2**63, row.sent_on, row.amount, row.replaces_id, row.fund_id)


def overage_with(
    partnership: Partnership,
    since: date,
    *,
    entry: LedgerEntry | None = None,
    notification: CongressionalNotification | None = None,
) -> Overage | None:
    return largest_overage(*position_with(partnership, entry=entry, notification=notification), since)


Position = tuple[list[Moved], list[Notified], list[Exempt]]
"""The ledger, the notifications, and the exemptions of a partnership."""


def position_with(
    partnership: Partnership,
    *,
    entry: LedgerEntry | None = None,
    notification: CongressionalNotification | None = None,
) -> Position:
    """Return what the rules of notification compare, with an unsaved entry or notification."""
    entries = list(LedgerEntry.objects.filter(award__partnership=partnership).only("on", "kind", "amount", "fund"))
    notices = list(CongressionalNotification.objects.filter(partnership=partnership))
    exempt = NotificationExemption.objects.filter(partnership=partnership).values_list("from_on", "amount")
    return (
        [movement(row) for row in (*entries, *([entry] if entry else []))],
        [notice_of(row) for row in (*notices, *([notification] if notification else []))],
        [Exempt(from_on, amount) for from_on, amount in exempt],
    )
