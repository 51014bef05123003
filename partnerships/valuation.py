"""Labels for the value of contributions: dollars, other currency, work, or in kind. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Protocol

from cpc.currency_codes import US_DOLLAR
from cpc.findings import Finding
from cpc.web import formats
from partnerships.yearly_plan import NOT_VALUED, STAFF_YEARS


class ValuedContribution(Protocol):
    """Fields of a contribution that state its value."""

    @property
    def amount_usd(self) -> Decimal | None:
        """Return the U.S. dollars, if stated."""

    @property
    def original_amount(self) -> Decimal | None:
        """Return the amount in the currency in which it was stated."""

    @property
    def original_currency(self) -> str:
        """Return the currency's three letters, or "" without an original amount."""

    @property
    def staff_years(self) -> Decimal | None:
        """Return the years of work of staff."""


CENT_ROUNDING, DOLLAR_ROUNDING = Decimal("0.005"), Decimal("0.5")
RATE_ROUNDING = Decimal("0.000000005")
"""Half of the last decimal of a stored rate, which is rounded to eight."""


def dollars_agree(row: ValuedContribution, rate: Decimal | None) -> list[Finding]:
    """Check that the value in U.S. dollars is the original amount times its rate.

    It may be rounded to a cent or to whole dollars. The database has the same rule as a constraint.
    """
    if row.amount_usd is None or row.original_amount is None or rate is None:
        return []
    is_whole = row.amount_usd == row.amount_usd.to_integral_value()
    rounding = DOLLAR_ROUNDING if is_whole else CENT_ROUNDING
    product = row.original_amount * rate
    if abs(row.amount_usd - product) <= row.original_amount * RATE_ROUNDING + rounding:
        return []
    message = (
        f"{row.original_currency} {row.original_amount:,.2f} at {rate.normalize():f} is USD {product:,.2f}, but the "
        f"value in U.S. dollars is USD {row.amount_usd:,.2f}. Correct the amount, the rate, or the value."
    )
    return [Finding.error("rate", message, "rate")]


def stated_value(row: ValuedContribution, dollars: Callable[[Decimal], str] = formats.dollars) -> str:
    """Return every stated value of one contribution: "$5,000.00; MDL 90,000.00; 2 years of work"."""
    parts = [] if row.amount_usd is None else [dollars(row.amount_usd)]
    if row.original_amount is not None:
        parts.append(f"{row.original_currency} {formats.number(row.original_amount, 2)}")
    if row.staff_years is not None:
        parts.append(_years(row.staff_years))
    return "; ".join(parts) or NOT_VALUED


def stated_unit(row: ValuedContribution) -> str:
    """Return the unit in which a contribution is stated: a currency, `STAFF_YEARS`, or `NOT_VALUED`.

    Work counts as work, and another currency as itself, whatever either is worth in dollars.
    """
    if row.original_amount is not None:
        return row.original_currency
    if row.staff_years is not None:
        return STAFF_YEARS
    return US_DOLLAR if row.amount_usd is not None else NOT_VALUED


def stated_amount(row: ValuedContribution) -> Decimal | None:
    """Return the amount of a contribution in its `stated_unit`; None if no value is stated."""
    if row.original_amount is not None:
        return row.original_amount
    return row.amount_usd if row.staff_years is None else row.staff_years


def total_text(rows: Iterable[ValuedContribution]) -> str:
    """Return the sum of contributions, each counted once.

    Example: "$1.5M, MDL 4,000,000, and 12 years of work". A contribution counts in dollars, else in its own currency,
    else in years of work. Returns "" without contributions.
    """
    dollars: list[Decimal] = []
    currencies: dict[str, Decimal] = {}
    years: list[Decimal] = []
    unvalued = 0
    for row in rows:
        if row.amount_usd is not None:
            dollars.append(row.amount_usd)
        elif row.original_amount is not None:
            known = currencies.get(row.original_currency, Decimal(0))
            currencies[row.original_currency] = known + row.original_amount
        elif row.staff_years is not None:
            years.append(row.staff_years)
        else:
            unvalued += 1
    parts = [formats.money(sum(dollars, Decimal(0)))] if dollars else []
    parts += [f"{currency} {formats.number(amount)}" for currency, amount in sorted(currencies.items())]
    parts += [_years(sum(years, Decimal(0)))] if years else []
    if unvalued:
        parts.append(f"{formats.count_of(unvalued, 'contribution')} without a stated value")
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"


def contributions_sentence(
    country: str, partner: Iterable[ValuedContribution], us: Iterable[ValuedContribution]
) -> str:
    """Return a sentence on both governments' contributions, or that none is recorded.

    It never claims that a government gives nothing.
    """
    theirs, ours = contribution_sentence(country, partner), contribution_sentence("The United States", us)
    return f"{theirs.removesuffix('.')}; {_lower_first_word(ours)}"


def contribution_sentence(name: str, rows: Iterable[ValuedContribution]) -> str:
    """Return a sentence on one government's contributions, or that none is recorded."""
    value = total_text(rows)
    return f"{name} gives {value}." if value else f"No contribution of {_lower_first_word(name)} is recorded."


def _lower_first_word(text: str) -> str:
    """Return a sentence or name in lower case for use inside another.

    Only "The" and "No" change; a country's name does not.
    """
    first, _, rest = text.partition(" ")
    return f"{first.lower()} {rest}" if first in ("The", "No") else text


def _years(value: Decimal) -> str:
    return f"{formats.count_of(value.normalize(), 'year')} of work"
