"""Money by fund: notified, obligated, and disbursed, for partnerships and for the office as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, F, Max, Sum, When

from partnerships.ledger_days import ZERO
from partnerships.models import (
    LEDGER_EFFECT,
    CongressionalNotification,
    Fund,
    LedgerEntry,
    Partnership,
)


@dataclass(frozen=True, slots=True)
class FundMoney:
    """The money of one fund in one partnership, or what names no fund, in U.S. dollars.

    `notified` is whole from the day it was sent, `notified_on` the last such day.
    """

    partnership: int
    fund: Fund | None
    notified: Decimal = ZERO
    obligated: Decimal = ZERO
    disbursed: Decimal = ZERO
    notified_on: date | None = None

    @property
    def not_obligated(self) -> Decimal:
        return self.notified - self.obligated

    @property
    def not_disbursed(self) -> Decimal:
        return self.obligated - self.disbursed

    @property
    def expires_on(self) -> date | None:
        return self.fund.expires_on if self.fund else None

    @property
    def canceled_on(self) -> date | None:
        return self.fund.canceled_on if self.fund else None

    def is_expired(self, today: date) -> bool:
        return self.expires_on is not None and today > self.expires_on

    def is_canceled(self, today: date) -> bool:
        return self.canceled_on is not None and today > self.canceled_on


def fund_money(partnerships: Iterable[Partnership] | None = None) -> list[FundMoney]:
    """Return the money of each partnership by fund, in the order of the funds, what names none last. Three queries.

    Of all partnerships if none are given. Amounts without a fund are in rows of their own, so that the columns add up
    to the totals of the partnership.
    """
    entries = LedgerEntry.objects.order_by()
    notices = CongressionalNotification.objects.filter(replaced_by__isnull=True).order_by()
    if partnerships is not None:
        entries = entries.filter(award__partnership__in=partnerships)
        notices = notices.filter(partnership__in=partnerships)
    sums: dict[tuple[int, int | None], dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    days: dict[tuple[int, int | None], date] = {}
    for row in entries.values("award__partnership", "fund").annotate(
        obligated=Sum(signed_amount("obligated")), disbursed=Sum(signed_amount("disbursed"))
    ):
        if row["obligated"] is not None or row["disbursed"] is not None:
            sums[row["award__partnership"], row["fund"]].update(
                obligated=row["obligated"] or ZERO, disbursed=row["disbursed"] or ZERO
            )
    for notice in notices.values("partnership", "fund").annotate(notified=Sum("amount"), last=Max("sent_on")):
        sums[notice["partnership"], notice["fund"]]["notified"] = notice["notified"]
        days[notice["partnership"], notice["fund"]] = notice["last"]
    funds = {fund.pk: fund for fund in Fund.objects.all()}
    order = {key: number for number, key in enumerate(funds)}
    return [
        FundMoney(partnership, funds[fund] if fund else None, **amounts, notified_on=days.get((partnership, fund)))
        for (partnership, fund), amounts in sorted(
            sums.items(), key=lambda each: (each[0][0], order.get(each[0][1], len(order)) if each[0][1] else len(order))
        )
    ]


def signed_amount(total: str) -> Case:
    """Return the signed amount of an entry that counts toward a total of the ledger, else null."""
    effects = [(kind, sign) for kind, (counted, sign) in LEDGER_EFFECT.items() if counted == total]
    return Case(*(When(kind=kind, then=F("amount") * sign) for kind, sign in effects))
