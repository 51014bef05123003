"""Amounts in other currencies: codes of ISO 4217 in any case, and dollars that agree with amount and rate."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.currency_codes import CURRENCIES, OTHER_CURRENCIES, normalized
from partnerships.models import Contribution, FigureStatement, Partnership
from partnerships.money import services as money_services
from tests.api.test_partnerships import as_program, post, problem
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, send
from tests.worlds.partnerships.build import Active, Stage

GIFT: Mapping[str, Any] = {
    "government": "partner", "kind": "cash", "stage": "pledged", "fiscal_year": 2026, "description": "Shelter staff",
    "source": "Letter of the ministry",
}  # fmt: skip


def exchanged(usd: str | None, amount: str, rate: str | None, currency: str = "MDL") -> dict[str, Any]:
    values = {"amount_usd": usd, "original_amount": amount, "original_currency": currency, "rate": rate}
    return {name: value for name, value in values.items() if value is not None} | (
        {"rate_source": "Central bank"} if rate is not None else {}
    )


def unsaved(partnership: Partnership, values: Mapping[str, Any]) -> Contribution:
    decimals = ("amount_usd", "original_amount", "rate")
    return Contribution(
        partnership=partnership,
        **GIFT,
        **{name: Decimal(value) if name in decimals else value for name, value in values.items()},
    )


def codes_on_every_route(active: Active, values: Mapping[str, Any]) -> set[str]:
    """Return the error codes of a refused contribution: on the page, in REST, in the service, and in the database."""
    partnership, analyst = active.partnership, active.stage.analyst
    page = send(client_of(analyst), f"/partnerships/{partnership.pk}/money/contributions/new/", **GIFT, **values)
    assert page.status_code == 422
    on_page = [error.code for errors in page.context["form"].errors.as_data().values() for error in errors]
    answer = problem(post(as_program(analyst), partnership, "contributions/", {**GIFT, **values}), 422, "refused")
    in_rest = [error["code"] for error in answer["errors"]]
    row = unsaved(partnership, values)
    in_service = error_codes(lambda: money_services.record_contribution(contribution=row, actor=analyst))
    in_sql = db_error_code(lambda: Contribution.objects.bulk_create([unsaved(partnership, values)]))
    assert on_page == in_rest == in_service, "one message on each route"
    return {*on_page, in_sql}


@pytest.mark.parametrize("currency", ["ZZZ", "XXX", "XTS", "XAU", "USD", "ABC"])
def test_a_code_that_is_no_other_currency_is_refused(active: Active, currency: str) -> None:
    values = exchanged(None, "100.00", None, currency)
    assert codes_on_every_route(active, values) == {"original_currency"}


@pytest.mark.parametrize("typed", ["mdl", "Mdl", "MDL", " mdl "])
def test_a_code_is_taken_in_any_case(active: Active, typed: str) -> None:
    partnership, analyst = active.partnership, active.stage.analyst
    values = exchanged(None, "100.00", None, typed)
    url = f"/partnerships/{partnership.pk}/money/contributions/new/"
    assert send(client_of(analyst), url, **GIFT, **values).status_code == 302
    made = post(as_program(analyst), partnership, "contributions/", {**GIFT, **values})
    assert made.json()["original_currency"] == "MDL"
    row = unsaved(partnership, values | {"original_currency": typed.strip()})
    money_services.record_contribution(contribution=row, actor=analyst)
    gifts = partnership.contributions.filter(description=GIFT["description"])
    assert list(gifts.values_list("original_currency", flat=True)) == ["MDL"] * 3


def test_the_database_stores_no_code_in_small_letters(active: Active) -> None:
    insert = (
        "INSERT INTO partnerships_contribution (partnership_id, government, kind, stage, fiscal_year, description, "
        "original_amount, original_currency, rate_source, valuation_method, account, authority, source) "
        "VALUES (%s, 'partner', 'cash', 'pledged', 2026, 'Shelters', 5, %s, '', '', '', '', 'A letter')"
    )
    assert db_error_code(lambda: raw(insert, active.partnership.pk, "mdl")) == "original_currency"
    raw(insert, active.partnership.pk, "MDL")


@pytest.mark.parametrize(
    ("usd", "amount", "rate"),
    [
        ("1000000.00", "5.00", "0.05"),
        ("0.24", "5.00", "0.05"),
        ("0.26", "5.00", "0.05"),
        ("101.00", "2000.00", "0.05020000"),  # the product is 100.40
        ("298499.00", "38500000.00", "0.00775325"),
        ("298500.40", "38500000.00", "0.00775325"),
    ],
)
def test_dollars_that_are_not_amount_times_rate_are_refused(active: Active, usd: str, amount: str, rate: str) -> None:
    assert codes_on_every_route(active, exchanged(usd, amount, rate)) == {"rate"}


@pytest.mark.parametrize(
    ("usd", "amount", "rate"),
    [
        ("0.25", "5.00", "0.05"),
        ("100.40", "2000.00", "0.05020000"),
        ("100.00", "2000.00", "0.05020000"),  # rounded to whole dollars
        ("298500.13", "38500000.00", "0.00775325"),
        ("298500.00", "38500000.00", "0.00775325"),
        ("1960784.31", "50000000000.00", "0.00003922"),  # the rate has eight decimals; 1/25,500 has more
        (None, "5.00", "0.05"),
        ("1000000.00", "5.00", None),
    ],
)
def test_dollars_within_rounding_are_taken(active: Active, usd: str | None, amount: str, rate: str | None) -> None:
    row = unsaved(active.partnership, exchanged(usd, amount, rate))
    made = money_services.record_contribution(contribution=row, actor=active.stage.analyst)
    assert made.pk


def test_error_shows_the_product(active: Active) -> None:
    row = unsaved(active.partnership, exchanged("1000000.00", "5.00", "0.05"))
    with pytest.raises(ValidationError, match=r"MDL 5\.00 at 0\.05 is USD 0\.25, but the value"), transaction.atomic():
        money_services.record_contribution(contribution=row, actor=active.stage.analyst)


@pytest.mark.parametrize("rate", ["0", "-0.05"])
def test_a_rate_is_greater_than_zero(active: Active, rate: str) -> None:
    assert codes_on_every_route(active, exchanged(None, "5.00", rate)) == {"rate"}


def test_a_public_statement_names_a_currency_too(stage: Stage) -> None:
    draft = stage.draft()
    url = f"/partnerships/{draft.pk}/statements/new/"
    client = client_of(stage.analyst)
    typed = {"kind": "us_total", "text": "Up to ten", "amount": "10", "source": "https://example.org/1"}
    assert send(client, url, **typed, currency="usd").status_code == 302
    assert draft.statements.get().currency == "USD"
    refused = send(client, url, **typed, currency="zzz")
    assert [error.code for error in refused.context["form"].errors.as_data()["currency"]] == ["currency"]
    row = FigureStatement(partnership=draft, kind="us_total", text="Ten", amount=10, currency="ZZZ", source="A letter")
    assert db_error_code(row.save) == "currency"


def test_the_list_holds_currencies_alone() -> None:
    assert {"USD", "EUR", "GHS", "PHP", "JMD", "PEN", "MNT", "COP", "RON", "BZD", "PYG", "MDL", "KES"} <= CURRENCIES
    assert CURRENCIES.isdisjoint({"XXX", "XTS", "XAU", "XDR", "USN", "ZZZ"})
    assert all(len(code) == 3 and code == normalized(code) for code in CURRENCIES)
    assert "USD" not in OTHER_CURRENCIES
