"""Money by participant and currency: currencies are never added, and a dollar value needs a rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cpc.web import formats
from partnerships.completeness import ProgramLine
from partnerships.models import Contribution
from partnerships.portfolio.presenters.money import MoneyRow, money_rows
from tests.partnerships.unsaved import page_of, partnership

D = Decimal
NONE = formats.DASH


def given(stage: str = "reported", *, government: str = "partner", kind: str = "cash", **values: Any) -> Contribution:
    return Contribution(pk=5, partnership_id=7, government=government, kind=kind, stage=stage, **values)


def rows(*contributions: Contribution, programs: tuple[ProgramLine, ...] = ()) -> list[MoneyRow]:
    """Return the rows below that of the project funds."""
    page = page_of(partnership(), contributions=contributions, programs=programs)
    first, *others = money_rows(page)
    assert (first.who, first.unit, first.unknown) == (
        "United States", "U.S. dollars, 0 awards", "No award is on record",
    )  # fmt: skip
    return others


def lei(amount: str, dollars: str | None, rate: str | None, **more: Any) -> Contribution:
    source = "The central bank" if rate else ""
    return given(
        original_amount=D(amount),
        original_currency="MDL",
        amount_usd=None if dollars is None else D(dollars),
        rate=None if rate is None else D(rate),
        rate_source=source,
        **more,
    )


def test_a_partner_without_contributions_gives_an_unknown_amount_and_not_zero() -> None:
    assert rows() == [MoneyRow("Kenya", "", NONE, NONE, NONE, "Not known", "No contribution is on record")]
    planned = (ProgramLine("Justice", "", D(1), D(2)), ProgramLine("Health", "", D(1), None))
    dollars = "U.S. dollars"
    assert rows(programs=planned) == [
        MoneyRow("Kenya", dollars, "$2.00", NONE, NONE, "$2.00", "No contribution is on record")
    ]


def test_each_currency_and_unit_has_a_row_of_its_own() -> None:
    found = rows(
        given("pledged", amount_usd=D(100)),
        given("verified", amount_usd=D(40)),
        lei("6200000", None, None),
        given(kind="staff", staff_years=D("12.00")),
        given("verified", amount_usd=D(7), government="us"),
    )
    assert [(row.who, row.unit, row.promised, row.given, row.in_dollars) for row in found] == [
        ("United States", "U.S. dollars, cash; not counted toward the limit", NONE, "$7.00", "$7.00"),
        ("Kenya", "U.S. dollars, cash", "$100.00", "$40.00", "$100.00"),
        ("Kenya", "MDL, cash", NONE, "MDL 6,200,000.00", "Not known"),
        ("Kenya", "years of work, staff", NONE, "12 years of work", "Not known"),
    ]


@pytest.mark.parametrize(
    ("row", "in_dollars", "unknown", "remedy"),
    [
        (lei("100", "5.50", "0.055", stage="verified"), "$5.50", "Nothing", ""),
        (lei("100", "5.50", "0.055"), "$5.50", "1 report is not verified", ""),
        # A value without a rate is somebody's estimate: no one can check it.
        (lei("100", "5.50", None, stage="verified"), "Not known", "1 amount has no rate", "replace"),
        (lei("100", None, None), "Not known", "1 amount has no rate; 1 report is not verified", "replace"),
        (given("verified", kind="staff", staff_years=D(1)), "Not known", "No value in dollars is agreed", ""),
        (given("pledged", kind="in_kind"), "Not known", "No value in dollars is agreed", ""),
    ],
)
def test_a_dollar_value_needs_a_rate_with_its_source(
    row: Contribution, in_dollars: str, unknown: str, remedy: str
) -> None:
    (found,) = rows(row)
    assert (found.in_dollars, found.unknown) == (in_dollars, unknown)
    assert found.remedy == (f"/partnerships/7/money/contributions/5/{remedy}/" if remedy else "")


def test_one_amount_without_a_rate_leaves_the_sum_unknown() -> None:
    (found,) = rows(lei("100", "5.50", "0.055", stage="verified"), lei("50", None, None), lei("50", None, None))
    assert (found.given, found.in_dollars) == ("MDL 200.00", "Not known")
    assert found.unknown == "2 amounts have no rate; 2 reports are not verified"


def test_a_planned_amount_beside_other_currencies_lacks_only_contributions_in_dollars() -> None:
    planned = (ProgramLine("Justice", "", D(1), D(2)),)
    found = rows(lei("100", None, None), programs=planned)
    assert [(row.unit.partition(",")[0], row.unknown.partition(";")[0]) for row in found] == [
        ("U.S. dollars", "None is recorded in dollars"),
        ("MDL", "1 amount has no rate"),
    ]
