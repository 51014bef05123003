"""Stated values of contributions, their totals, and sentences about both governments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from partnerships.models import Contribution
from partnerships.valuation import (
    contribution_sentence,
    contributions_sentence,
    dollars_agree,
    stated_value,
    total_text,
)

D = Decimal
DOLLARS, ZERO = {"amount_usd": D(5000)}, {"amount_usd": D(0)}
LEI, SHILLINGS = ({"original_amount": D(90), "original_currency": code} for code in ("MDL", "KES"))
YEARS, YEAR = {"staff_years": D("2.50")}, {"staff_years": D("1.00")}


def given(*rows: dict[str, Any]) -> list[Contribution]:
    return [Contribution(**row) for row in rows]


@pytest.mark.parametrize(
    ("usd", "amount", "rate", "agrees"),
    [
        ("0.255", "5", "0.05", True),
        ("0.2551", "5", "0.05", False),
        ("0.245", "5", "0.05", True),
        ("101", "2000", "0.05025", True),
        ("100", "2000", "0.05025", True),
        ("101", "2000", "0.0502", False),
        ("100.51", "2000", "0.0502", False),
        (None, "5", "0.05", True),
        ("9", None, "0.05", True),
        ("9", "5", None, True),
        ("0", "5", "0.05", True),
        ("1", "5", "0.05", False),
        # Half a cent, and half of a rate's last decimal a million times.
        ("50000.01", "1000000", "0.05", True),
        ("50000.02", "1000000", "0.05", False),
    ],
)
def test_dollars_are_amount_times_rate_within_rounding(
    usd: str | None, amount: str | None, rate: str | None, agrees: bool
) -> None:
    values = [None if value is None else D(value) for value in (usd, amount, rate)]
    row = Contribution(amount_usd=values[0], original_amount=values[1], original_currency="MDL")
    found = dollars_agree(row, values[2])
    assert [(finding.code, finding.field) for finding in found] == ([] if agrees else [("rate", "rate")])


def test_dollars_that_disagree_with_the_rate_are_named_with_the_product() -> None:
    row = Contribution(amount_usd=D("100.51"), original_amount=D(2000), original_currency="MDL")
    assert [finding.message for finding in dollars_agree(row, D("0.05020"))] == [
        "MDL 2,000.00 at 0.0502 is USD 100.40, but the value in U.S. dollars is USD 100.51. Correct the amount, the "
        "rate, or the value."
    ]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({}, "not valued"),
        (ZERO, "$0.00"),
        (LEI, "MDL 90.00"),
        (YEAR, "1 year of work"),
        (YEARS, "2.5 years of work"),
        ({"staff_years": D(0)}, "0 years of work"),
        (DOLLARS | LEI | YEARS, "$5,000.00; MDL 90.00; 2.5 years of work"),
    ],
)
def test_every_stated_value_is_shown(row: dict[str, Any], text: str) -> None:
    assert stated_value(Contribution(**row)) == text


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ((), ""),
        ((ZERO,), "$0"),
        ((DOLLARS, DOLLARS), "$10,000"),
        ((DOLLARS | LEI | YEARS,), "$5,000"),
        ((LEI | YEARS,), "MDL 90"),
        ((LEI, SHILLINGS, LEI), "KES 90 and MDL 180"),
        ((YEARS, YEAR), "3.5 years of work"),
        ((DOLLARS, LEI, YEARS), "$5,000, MDL 90, and 2.5 years of work"),
        (({},), "1 contribution without a stated value"),
        (({}, {}), "2 contributions without a stated value"),
        ((DOLLARS, LEI, YEAR, {}), "$5,000, MDL 90, 1 year of work, and 1 contribution without a stated value"),
    ],
)
def test_each_contribution_counts_once(rows: tuple[dict[str, Any], ...], text: str) -> None:
    assert total_text(given(*rows)) == text


def test_no_sentence_states_that_a_government_gives_nothing() -> None:
    assert contribution_sentence("Ghana", given(DOLLARS)) == "Ghana gives $5,000."
    assert contribution_sentence("Ghana", []) == "No contribution of Ghana is recorded."
    assert contribution_sentence("The Gambia", []) == "No contribution of the Gambia is recorded."
    assert contributions_sentence("Ghana", given(DOLLARS), given(YEARS)) == (
        "Ghana gives $5,000; the United States gives 2.5 years of work."
    )
    assert contributions_sentence("Ghana", [], []) == (
        "No contribution of Ghana is recorded; no contribution of the United States is recorded."
    )
