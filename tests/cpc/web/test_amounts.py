"""Amounts as people type them, accepted by every money field on a page."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.apps import apps
from django.db import models

from cpc.amounts import read_amount
from cpc.web.fields import AmountField, MoneyField, form_field_for, is_money
from partnerships.form_parts.base import dollars, row_form
from partnerships.models import FigureStatement


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("$3,000,000", "3000000"),
        ("2,000,000.00", "2000000"),
        (" US$ 1,234.5 ", "1234.5"),
        ("usd 12", "12"),
        ("0", "0"),
        ("-$5", "-5"),
        ("2000000", "2000000"),
        ("007.10", "7.1"),
        ("1,000.0000", "1000"),
        ("1.25", "1.25"),
    ],
)
def test_what_is_clear_is_read(typed: str, amount: str) -> None:
    assert read_amount(typed) == Decimal(amount)
    assert MoneyField(max_digits=14, decimal_places=2).clean(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    ["3.000.000", "3,00", "1.000,50", "3.000", "3 000 000", "1,0000", "12,34,567", "5,", ",5", ".", "1e6", "NaN",
     "five", "$", "3,000,00", "€5", "1.005", "٣", "--5"],
)  # fmt: skip
def test_what_may_mean_something_else_is_refused_with_the_remedy(typed: str) -> None:
    assert read_amount(typed) is None
    with pytest.raises(forms.ValidationError) as caught:
        MoneyField(max_digits=14, decimal_places=2).clean(typed)
    assert caught.value.code == "amount"
    [message] = caught.value.messages
    assert typed.strip() in message
    assert "3,000,000.00" in message


def test_a_percent_sign_is_repeated_as_it_was_typed() -> None:
    with pytest.raises(forms.ValidationError, match="5%s"):
        MoneyField(max_digits=14, decimal_places=2).clean("5%s")


def test_limits_of_the_column_still_hold() -> None:
    with pytest.raises(forms.ValidationError):
        dollars("Amount").clean("$1,000,000,000,000.00")
    assert dollars("Amount", required=False).clean("") is None


def test_a_number_that_is_no_money_takes_commas_and_no_dollar_sign() -> None:
    field = AmountField(max_digits=18, decimal_places=4)
    assert field.clean("12,500.125") == Decimal("12500.125")
    with pytest.raises(forms.ValidationError):
        field.clean("$5")


@pytest.mark.parametrize(
    ("typed", "decimals", "amount"),
    [
        ("3.125", 2, None),
        ("3.125", 3, "3.125"),
        ("3.125", 4, "3.125"),
        ("3.1250", 3, "3.125"),
        ("3.1255", 3, None),
        ("3.5", 0, None),
        ("3.0", 0, "3"),
    ],
)
def test_three_digits_after_a_period_may_be_thousands_of_what_has_cents(
    typed: str, decimals: int, amount: str | None
) -> None:
    assert read_amount(typed, decimal_places=decimals) == (amount and Decimal(amount))


def money_columns() -> Iterator[models.DecimalField]:  # type: ignore[type-arg]  # a field for any value
    for model in apps.get_models():
        for column in model._meta.fields:
            if is_money(column):
                assert isinstance(column, models.DecimalField)
                yield column


def test_every_column_of_money_gets_the_one_field() -> None:
    columns = list(money_columns())
    assert {"amount", "amount_usd", "original_amount", "funding"} <= {column.name for column in columns}
    for column in columns:
        assert isinstance(form_field_for(column), MoneyField), column
    assert isinstance(row_form(FigureStatement, ("amount",)).base_fields["amount"], MoneyField)


def test_no_form_of_the_project_has_another_field_for_numbers_with_decimals() -> None:
    found = []
    for app in ("cpc", "indicators", "selection", "partnerships"):
        for info in walk_packages(import_module(app).__path__, f"{app}."):
            if not any(part.startswith("form") for part in info.name.split(".")):
                continue
            for form in vars(import_module(info.name)).values():
                if isinstance(form, type) and issubclass(form, forms.BaseForm):
                    fields = getattr(form, "base_fields", {}).items()
                    found += [(form, name, field) for name, field in fields if isinstance(field, forms.DecimalField)]
    assert len(found) > 8
    assert [(form, name) for form, name, field in found if not isinstance(field, AmountField)] == []
