"""The partnerships with one country, together: their table and the money of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.markup import badge, lines, link, small
from cpc.web.tables import Column, Table
from partnerships.limit_position import LimitPosition
from partnerships.limit_presenters import (
    NOT_FOUND,
    NOT_RECORDED,
    as_of,
    lapsed_mark,
    months_text,
    stated_text,
    term_text,
    used_text,
)
from partnerships.models import Partnership, Status


@dataclass(frozen=True, slots=True)
class MoneyOfAll:
    """The money of a country's partnerships. Sums of ledgers and of statements stay apart, because they count apart.

    The sums are None without a ledger. `stated` is None unless every documented partnership has a total.
    """

    ledgers: int
    planned: Decimal | None
    obligated: Decimal | None
    disbursed: Decimal | None
    canceled: int
    canceled_planned: Decimal
    statements: Sequence[str]
    stated: Decimal | None
    not_found: int


def money_of_all(positions: Sequence[LimitPosition]) -> MoneyOfAll:
    here = [row.partnership for row in positions if not row.is_documented]
    documented = [row for row in positions if row.is_documented]
    totals = [row.stated for row in documented if row.stated is not None]
    canceled = [row.planned_total for row in here if row.status == Status.CANCELED and row.planned_total]
    is_whole = bool(documented) and len(totals) == len(documented)
    return MoneyOfAll(
        ledgers=len(here),
        planned=_sum(row.planned_total for row in here) if here else None,
        obligated=_sum(row.obligated_total for row in here) if here else None,
        disbursed=_sum(row.disbursed_total for row in here) if here else None,
        canceled=len(canceled),
        canceled_planned=_sum(canceled),
        statements=[stated_text(row) for row in documented if row.stated is not None],
        stated=_sum(row.amount or Decimal(0) for row in totals) if is_whole else None,
        not_found=len(documented) - len(totals),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def country_table(positions: Sequence[LimitPosition], this: Partnership, today: date) -> Table[LimitPosition]:
    """Return the table of a country's partnerships; `this` is the one whose page shows it."""
    money = money_of_all(positions)
    columns: list[Column[LimitPosition]] = [
        Column(
            "Partnership", lambda row: _name(row, this, today),
            total="Total of the ledgers here" if money.ledgers else None,
        ),
        Column("Status", lambda row: _status(row, today)),
        Column("Term", lambda row: _term(row, today)),
        Column("Planned", lambda row: row.planned, "dollars", html=_planned_cell, total=money.planned),
        Column(
            "Obligated", lambda row: row.obligated, "dollars", html=lambda row: _ledger_cell(row.obligated),
            total=money.obligated,
        ),
        Column(
            "Disbursed", lambda row: row.disbursed, "dollars", html=lambda row: _ledger_cell(row.disbursed),
            total=money.disbursed,
        ),
    ]  # fmt: skip
    if any(row.is_documented for row in positions):
        columns.append(
            Column("Stated in public", lambda row: stated_text(row) if row.is_documented else "", css="u-small")
        )
    return Table(
        "Partnerships with the country",
        columns,
        caption=f"Partnerships with {this.country.name} and their money",
    )


def _name(row: LimitPosition, this: Partnership, today: date) -> SafeString:
    """Return a link to a partnership. As several often have one title, readers of links alone also hear its term."""
    known = small("known from public statements") if row.is_documented else ""
    if row.partnership.pk == this.pk:
        return lines(format_html("<b>{}</b>", row.partnership.title), small("this page"), known)
    url, hidden = reverse("partnership", args=[row.partnership.pk]), f", {term_text(row.term(today))}"
    return lines(link(url, row.partnership.title, hidden), known)


def _status(row: LimitPosition, today: date) -> SafeString:
    lapsed = lapsed_mark(row, today)
    return lines(row.partnership.get_status_display(), small(as_of(row)), badge(lapsed) if lapsed else "")


def _term(row: LimitPosition, today: date) -> SafeString:
    term = row.term(today)
    if term.starts_on is None or term.ends_on is None:
        return lines("Not dated")
    return lines(
        format_html('<span class="u-nowrap">{} to</span>', formats.day(term.starts_on)),
        format_html('<span class="u-nowrap">{}</span>', formats.day(term.last_day)),
        small(f"agreed to {formats.day(term.ends_on)}") if term.ended_early else "",
        small(used_text(term) or months_text(term)),
    )


def _planned_cell(row: LimitPosition) -> SafeString:
    if not row.is_documented:
        return _ledger_cell(row.planned)
    return lines(formats.dollars(row.planned), small("stated")) if row.planned is not None else lines(NOT_FOUND)


def _ledger_cell(amount: Decimal | None) -> SafeString:
    return lines(NOT_RECORDED if amount is None else formats.dollars(amount))
