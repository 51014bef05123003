"""Tables and cards of lists of partnerships: all of them, and those with one country."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import charts, formats
from cpc.web.badges import Badge
from cpc.web.charts import Chart
from cpc.web.lists import ListPage, declare
from cpc.web.markup import badge, lines, link, small
from cpc.web.tables import Column, Table
from partnerships.limit_position import LimitPosition
from partnerships.limit_presenters import (
    NOT_FOUND,
    NOT_RECORDED,
    PartnershipSummary,
    as_of,
    lapsed_mark,
    month_count,
    months_text,
    stated_text,
    term_of,
    term_text,
    used_text,
)
from partnerships.models import Partnership, Status


def gantt(positions: Sequence[LimitPosition], today: date) -> Chart:
    terms = [term_of(position, today) for position in positions]
    return charts.gantt(
        "terms", "Terms of the listed partnerships and their limits", *_terms_text(positions, today), terms, today
    )


def _terms_text(positions: Sequence[LimitPosition], today: date) -> tuple[str, str]:
    """Return the chart's finding on terms past the limit, and its context.

    The context names the partnerships that cannot be extended without an exception.
    """
    past = [(row, months) for row in positions if (months := row.term(today).months_past_policy)]
    if not past:
        finding = "No listed term exceeds its limit."
    elif len(past) == 1:
        [(row, months)] = past
        finding = f"Only {row.partnership.country.name} exceeds the limit, by {month_count(months)}."
    else:
        finding = f"{formats.spell_out(len(past))} of {len(positions)} listed terms exceed the limit."
    full = [row.partnership.country.name for row in positions if row.term(today).is_full]
    if not full:
        return finding, ""
    if len(full) > 6:
        return finding, f"{len(full)} terms use all available months. To extend one, you need an exception first."
    use = formats.agree(len(full), "uses", "use")
    return finding, f"{formats.listing(full)} {use} all available months, so an extension needs an exception first."


def _sources(position: LimitPosition) -> str:
    stated = (position.disputed, position.stated)
    return "; ".join(statement.source for statement in stated if statement is not None)


PARTNERSHIPS = declare(
    ListPage(
        "partnerships", "Partnerships", "partnership", "partnerships", "partnerships",
        filters=("q", "group", "attention", "region", "kind", "sort"),
    )
)  # fmt: skip

FILE: tuple[Column[PartnershipSummary], ...] = (
    Column("Country", lambda row: row.name, width=24),
    Column("Code", lambda row: row.partnership.country.code, width=8),
    Column("Title", lambda row: row.partnership.title, width=40),
    Column("Record", lambda row: row.partnership.get_kind_display(), width=26),
    Column("Status", lambda row: row.status, width=16),
    Column("Status as of", lambda row: row.partnership.status_as_of, "day", width=14),
    Column("Starts", lambda row: row.partnership.starts_on, "day", width=12),
    Column("Planned end", lambda row: row.position.planned_end, "day", width=12),
    Column("Ends", lambda row: row.partnership.ends_on, "day", width=12, sort="end"),
    Column("Actual end", lambda row: row.partnership.ended_on, "day", width=12),
    Column("Policy allows until", lambda row: row.on_day.policy_end, "day", width=16),
    Column("Exception allows until", lambda row: row.exception_end, "day", width=16),
    Column("Months over the policy", lambda row: row.on_day.months_past_policy, "number", width=12),
    Column("Planned, USD", lambda row: row.position.planned, "dollars", width=16, name="planned"),
    Column(
        "Obligated, USD",
        lambda row: row.position.obligated,
        "dollars",
        width=16,
        sort="obligated",
        descending_first=True,
    ),
    Column("Disbursed, USD", lambda row: row.position.disbursed, "dollars", width=16),
    Column(
        "Latest stated total, USD",
        lambda row: row.position.stated.amount if row.position.stated else None,
        "dollars",
        width=16,
    ),
    Column("Highest stated total, USD", lambda row: row.position.highest_stated, "dollars", width=16),
    Column("Stated", lambda row: row.statement, width=24),
    Column("Source of the statement", lambda row: _sources(row.position), width=40),
    Column("Policy limit, USD", lambda row: row.position.policy_funding, "dollars", width=16),
    Column("Exception limit, USD", lambda row: row.position.exception_funding, "dollars", width=16),
    Column("Against the limits", lambda row: row.limits.text, width=40, name="limits"),
    Column("Partner's contribution as stated", lambda row: row.contribution, width=40),
    Column("Overdue", lambda row: row.position.overdue, "number", width=10),
    Column("Needs attention", lambda row: "; ".join(mark.text for mark in row.marks), width=40),
)


def _read(row: PartnershipSummary, name: str) -> Any:
    """Return what `queries.with_counts` read for a chosen column."""
    return getattr(row.partnership, f"{name}_shown", None)


def _over(row: PartnershipSummary) -> str:
    """Return money and term past the limits of the policy, "" for a partnership within both."""
    dollars, months = row.position.funding_over, row.on_day.months_past_policy
    return "; ".join([*([formats.money(dollars)] if dollars else []), *([month_count(months)] if months else [])])


MORE: tuple[Column[PartnershipSummary], ...] = (
    Column("Region", lambda row: row.partnership.country.region),
    Column("Over the limit by", _over),
    Column("Dialogues held", lambda row: _read(row, "dialogues_held"), "number"),
    Column("Objectives", lambda row: _read(row, "objectives"), "number"),
    Column("Ministries", lambda row: "; ".join(_read(row, "ministries") or ()), css="is-wide"),
    Column("Implementers", lambda row: "; ".join(_read(row, "implementers") or ()), css="is-wide"),
)
"""Columns that are shown only when a reader chooses them."""


def portfolio_table(top: Decimal) -> Table[PartnershipSummary]:
    """Return the table of partnerships. `top` is the end of its scale of money, in dollars."""
    scale = format_html('<span class="c-scale"><span>$0</span><span>{}</span></span>', formats.money(top))
    money = format_html("U.S. money against the limit{}", scale)
    return Table(
        "Partnerships",
        [
            Column("Country", name_link, sort="country"),
            Column("Status", lambda row: _status(row.position, row.on_day.today), sort="status"),
            Column("Term", _term, sort="start"),
            Column("Months", lambda row: row.months),
            Column("Planned", lambda row: row.position.planned, "money", sort="planned", descending_first=True),
            Column(money, lambda row: row.bar, phone="Money", css="c-port__bar", name="money",
                   text=lambda row: row.amounts),
            Column("Obligated, or as stated", _total, phone="Total"),
            Column("Limits", _limits, css="is-wide"),
        ],
        caption="Partnerships with term and money against their limits",
        css="usa-table--hover c-port",
        default_sort="start",
        file=FILE,
        more=MORE,
    )  # fmt: skip


def name_link(row: PartnershipSummary) -> SafeString:
    return link(reverse("partnership", args=[row.partnership.pk]), row.name)


def _term(row: PartnershipSummary) -> str:
    term = row.on_day
    if not term.starts_on:
        return "Not dated"
    return lines(
        format_html('<span class="u-nowrap">{}</span>', formats.day(term.starts_on)),
        format_html('<span class="u-small u-muted u-nowrap">to {}</span>', formats.day(term.last_day)),
        small(f"agreed to {formats.day(term.ends_on)}") if term.ended_early else "",
    )


def _total(row: PartnershipSummary) -> SafeString:
    if row.position.is_documented:
        return lines(row.statement, small("ledger: not recorded"))
    obligated, disbursed = formats.money(row.position.obligated), formats.money(row.position.disbursed)
    return lines(f"{obligated} obligated", small(f"{disbursed} disbursed"))


def _limits(row: PartnershipSummary) -> SafeString:
    overdue = row.position.overdue
    return lines(badge(row.limits), badge(Badge("warn", f"{overdue} overdue", "alarm")) if overdue else "")


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
        Column("Term", lambda row: _term_and_months(row, today)),
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


def _term_and_months(row: LimitPosition, today: date) -> SafeString:
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
