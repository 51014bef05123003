"""Value of contributions in words: in dollars, in another currency, in years of work, or in kind. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Protocol

from cpc.web import formats


class Given(Protocol):
    """Fields of a contribution that state its value."""

    @property
    def amount_usd(self) -> Decimal | None:
        """U.S. dollars."""

    @property
    def original_amount(self) -> Decimal | None:
        """Amount in the currency in which it was stated."""

    @property
    def original_currency(self) -> str:
        """Three letters, empty without an original amount."""

    @property
    def staff_years(self) -> Decimal | None:
        """Years of work of staff."""


NOT_VALUED = "not valued"


def stated_value(row: Given, dollars: Callable[[Decimal], str] = formats.dollars) -> str:
    """Return all that one contribution states of its value: "$5,000.00; MDL 90,000.00; 2 years of work"."""
    said = [] if row.amount_usd is None else [dollars(row.amount_usd)]
    if row.original_amount is not None:
        said.append(f"{row.original_currency} {formats.number(row.original_amount, 2)}")
    if row.staff_years is not None:
        said.append(_years(row.staff_years))
    return "; ".join(said) or NOT_VALUED


def given(rows: Iterable[Given]) -> str:
    """Sum contributions up, each counted once: "$1.5M, MDL 4,000,000, and 12 years of work".

    A contribution counts in dollars, else in its own currency, else in years of work. Empty for no contribution.
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
    said = [formats.money(sum(dollars, Decimal(0)))] if dollars else []
    said += [f"{currency} {formats.number(amount)}" for currency, amount in sorted(currencies.items())]
    said += [_years(sum(years, Decimal(0)))] if years else []
    if unvalued:
        said.append(f"{unvalued} contribution{'' if unvalued == 1 else 's'} without a stated value")
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}" if said else ""


def both_give(country: str, partner: Iterable[Given], us: Iterable[Given]) -> str:
    """Say what both governments give, or that nothing is on record: never that a government gives nothing."""
    return f"{gives(country, partner)[:-1]}; {_lowered(gives('The United States', us))}"


def gives(name: str, rows: Iterable[Given]) -> str:
    """Say what one government gives, or that nothing is on record of it."""
    value = given(rows)
    return f"{name} gives {value}." if value else f"No contribution of {_lowered(name)} is on record."


def _lowered(text: str) -> str:
    """Return a sentence or name as written inside another: with a small "the" or "no", a country's name unchanged."""
    first, _, rest = text.partition(" ")
    return f"{first.lower()} {rest}" if first in ("The", "No") else text


def _years(value: Decimal) -> str:
    number = formats.number(value.normalize(), None)
    return f"{number} year{'' if value == 1 else 's'} of work"
