"""Tables of funds: of the office, of one fund by partnership, and of one partnership by fund."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.markup import badge, link
from cpc.web.tables import Column, Table
from partnerships.funds.queries import FundMoney
from partnerships.models import Fund, Partnership

NOT_ENTERED = "Not entered"
NO_FUND = "No fund stated"


def fund_badge(row: FundMoney, today: date) -> Badge | None:
    """Return what a fund still allows, and what of its money is lost or about to be."""
    if row.is_canceled(today):
        if row.not_disbursed > 0:
            return Badge("warn", f"Canceled; {formats.dollars(row.not_disbursed)} was never paid")
        return Badge("none", "Canceled")
    if row.is_expired(today):
        if row.not_obligated > 0:
            return Badge("warn", f"Expired; {formats.dollars(row.not_obligated)} was never obligated")
        return Badge("info", "Expired; pays bills until it is canceled")
    if row.expires_on is not None:
        days = (row.expires_on - today).days
        return (
            Badge("info", f"{formats.count_of(days, 'day')} left to obligate", "event")
            if days
            else Badge("warn", "Last day to obligate", "alarm")
        )
    return None


def _state(row: FundMoney, today: date) -> SafeString:
    shown = fund_badge(row, today)
    return format_html('<span class="u-small">{}</span>', badge(shown)) if shown else SafeString("")


def _day(day: date | None, row: FundMoney) -> str:
    if row.fund is None:
        return formats.DASH
    return formats.day(day) if day else NOT_ENTERED


def _money_columns(rows: Sequence[FundMoney]) -> list[Column[FundMoney]]:
    def total(name: str) -> Decimal:
        return sum((getattr(row, name) for row in rows), Decimal("0.00"))

    return [
        Column(
            "Notified", lambda row: row.notified, "dollars", total=total("notified"),
            detail=lambda row: formats.day(row.notified_on) if row.notified_on else None,
        ),
        Column("Obligated", lambda row: row.obligated, "dollars", total=total("obligated")),
        Column("Not obligated", lambda row: row.not_obligated, "dollars", total=total("not_obligated")),
        Column("Disbursed", lambda row: row.disbursed, "dollars", total=total("disbursed")),
        Column("Not disbursed", lambda row: row.not_disbursed, "dollars", total=total("not_disbursed")),
    ]  # fmt: skip


def _day_columns() -> list[Column[FundMoney]]:
    return [
        Column("Expires", lambda row: _day(row.expires_on, row)),
        Column("Canceled", lambda row: _day(row.canceled_on, row)),
    ]


def _named(row: FundMoney, today: date) -> SafeString:
    name = link(reverse("fund", args=[row.fund.pk]), str(row.fund)) if row.fund else NO_FUND
    return format_html("{}<br>{}", name, _state(row, today))


def funds_table(rows: Sequence[FundMoney], today: date) -> Table[FundMoney]:
    """Return the table of the funds of one partnership, or of the office, with totals."""
    return Table(
        "Funds",
        [
            Column("Fund", lambda row: _named(row, today), total="Total"),
            *_money_columns(rows),
            *_day_columns(),
        ],
        caption="Money by fund, in U.S. dollars",
    )


@dataclass(frozen=True, slots=True)
class FundOfPartnership:
    """The money of a fund in one partnership."""

    money: FundMoney
    partnership: Partnership


def partnerships_table() -> Table[FundOfPartnership]:
    """Return the table of one fund by partnership."""

    def named(row: FundOfPartnership) -> SafeString:
        url = reverse("partnership-money", args=[row.partnership.pk])
        sample = " (sample; no total counts it)" if row.partnership.is_sample else ""
        return format_html("{}{}", link(url, row.partnership.country.name), sample)

    return Table(
        "Partnerships",
        [
            Column("Partnership", named),
            Column("Notified", lambda row: row.money.notified, "dollars"),
            Column("Obligated", lambda row: row.money.obligated, "dollars"),
            Column("Not obligated", lambda row: row.money.not_obligated, "dollars"),
            Column("Disbursed", lambda row: row.money.disbursed, "dollars"),
            Column("Not disbursed", lambda row: row.money.not_disbursed, "dollars"),
        ],
        caption="Money of the fund by partnership, in U.S. dollars",
    )


def of_office(funds: Sequence[Fund], money: Sequence[FundMoney]) -> list[FundMoney]:
    """Return one row for each fund of the office, the sum over partnerships, and one for what names no fund."""
    sums: Mapping[int | None, FundMoney] = {fund.pk: FundMoney(0, fund) for fund in funds}
    found = dict(sums)
    for row in money:
        key = row.fund.pk if row.fund else None
        before = found.get(key, FundMoney(0, row.fund))
        found[key] = replace(
            before,
            notified=before.notified + row.notified,
            obligated=before.obligated + row.obligated,
            disbursed=before.disbursed + row.disbursed,
            notified_on=max(filter(None, (before.notified_on, row.notified_on)), default=None),
        )
    return list(found.values())


def facts(fund: Fund) -> list[tuple[str, str]]:
    return [
        ("Account", fund.account_name or fund.get_account_display()),
        ("Fiscal years of availability", fund.years),
        ("Last day for new obligations", formats.day(fund.expires_on) if fund.expires_on else NOT_ENTERED),
        ("Canceled on", formats.day(fund.canceled_on) if fund.canceled_on else NOT_ENTERED),
        ("Stated in", fund.days_from or formats.DASH),
    ]
