"""Money of a partnership by participant and currency. Currencies are never added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from cpc.currency_codes import US_DOLLAR
from cpc.grouping import grouped
from cpc.web import formats
from partnerships.models import Contribution, ContributionStage, Government
from partnerships.portfolio.overview import Overview
from partnerships.valuation import stated_amount, stated_unit
from partnerships.yearly_plan import NOT_VALUED, STAFF_YEARS

NOT_KNOWN = "Not known"
UNITS = {US_DOLLAR: "U.S. dollars", STAFF_YEARS: "years of work", NOT_VALUED: "without a stated value"}
"""Names of units that are not the three letters of a currency."""


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """Money or work of one side in one currency or unit.

    `promised` is obligated or pledged, `given` disbursed or reported; `in_dollars` is what is promised, or else given.
    `unknown` names what is not known; `remedy` is the URL of the form that would complete it.
    """

    who: str
    unit: str
    planned: str
    promised: str
    given: str
    in_dollars: str
    unknown: str
    remedy: str = ""


def money_rows(page: Overview) -> list[MoneyRow]:
    country = page.partnership.country.name
    rows = [_project_funds(page)]
    for government, name in ((Government.UNITED_STATES, "United States"), (Government.PARTNER, country)):
        own = [row for row in page.contributions if row.government == government]
        by_unit = grouped(own, stated_unit)
        planned = _planned_by_partner(page) if government is Government.PARTNER else None
        if planned is not None and US_DOLLAR not in by_unit:
            amount, none = formats.dollars(planned), formats.DASH
            unknown = "None is recorded in dollars" if own else "No contribution is on record"
            rows.append(MoneyRow(name, UNITS[US_DOLLAR], amount, none, none, amount, unknown))
        rows += [
            _contributions(name, unit, by_unit[unit], planned if unit == US_DOLLAR else None)
            for unit in sorted(by_unit, key=lambda unit: (unit != US_DOLLAR, unit))
        ]
    if not any(row.who == country for row in rows):
        dash = formats.DASH
        rows.append(MoneyRow(country, "", dash, dash, dash, NOT_KNOWN, "No contribution is on record"))
    return rows


def _project_funds(page: Overview) -> MoneyRow:
    row, awards = page.partnership, len(page.awards)
    unit = f"{UNITS[US_DOLLAR]}, {formats.count_of(awards, 'award')}"
    obligated, disbursed = formats.dollars(row.obligated_total), formats.dollars(row.disbursed_total)
    unknown = "Nothing" if awards else "No award is on record"
    return MoneyRow("United States", unit, formats.dollars(row.planned_total), obligated, disbursed, obligated, unknown)


def _planned_by_partner(page: Overview) -> Decimal | None:
    amounts = [line.partner_amount for line in page.programs if line.partner_amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def _contributions(name: str, unit: str, rows: Sequence[Contribution], planned: Decimal | None) -> MoneyRow:
    pledged = [row for row in rows if row.stage == ContributionStage.PLEDGED]
    reported = [row for row in rows if row.stage != ContributionStage.PLEDGED]
    without_dollars = [row for row in rows if not _has_rate(row)]
    remedy = next((_replace_url(row) for row in without_dollars if row.original_amount is not None), "")
    return MoneyRow(
        name,
        _unit_label(unit, rows),
        formats.dollars(planned) if planned is not None else formats.DASH,
        _amount(unit, pledged),
        _amount(unit, reported),
        NOT_KNOWN if without_dollars else formats.dollars(_sum(row.amount_usd for row in pledged or reported)),
        _unknown(unit, rows, without_dollars),
        remedy,
    )


def _has_rate(row: Contribution) -> bool:
    """Return whether the value in dollars is stated as such, or follows from a rate with its source."""
    if row.amount_usd is None:
        return False
    return row.original_amount is None or (row.rate is not None and row.rate_source != "")


def _unit_label(unit: str, rows: Sequence[Contribution]) -> str:
    kinds = sorted({row.get_kind_display().lower() for row in rows})
    label = f"{UNITS.get(unit, unit)}, {formats.listing(kinds)}"
    return f"{label}; not counted toward the limit" if rows[0].government == Government.UNITED_STATES else label


def _amount(unit: str, rows: Sequence[Contribution]) -> str:
    if not rows:
        return formats.DASH
    if unit == NOT_VALUED:
        return formats.count_of(len(rows), "contribution")
    amount = _sum(map(stated_amount, rows))
    if unit == US_DOLLAR:
        return formats.dollars(amount)
    if unit == STAFF_YEARS:
        return f"{formats.number(amount.normalize(), None)} {UNITS[unit]}"
    return f"{unit} {formats.number(amount, 2)}"


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _unknown(unit: str, rows: Sequence[Contribution], without_dollars: Sequence[Contribution]) -> str:
    """Return what is not known of these contributions, or "Nothing"."""
    parts = []
    if without_dollars and unit not in UNITS:
        number = len(without_dollars)
        parts.append(f"{formats.count_of(number, 'amount')} {formats.agree(number, 'has', 'have')} no rate")
    elif without_dollars:
        parts.append("No value in dollars is agreed")
    unverified = sum(row.stage == ContributionStage.REPORTED for row in rows)
    if unverified:
        verb = formats.agree(unverified, "is", "are")
        parts.append(f"{formats.count_of(unverified, 'report')} {verb} not verified")
    return "; ".join(parts) or "Nothing"


def _replace_url(row: Contribution) -> str:
    return reverse("partnership-contribution-replace", args=[row.partnership_id, row.pk])
