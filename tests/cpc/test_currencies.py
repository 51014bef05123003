"""Codes of currencies, typed in any case."""

from __future__ import annotations

import pytest

from cpc.currencies import CurrencyField, CurrencyFormField
from cpc.currency_codes import CURRENCIES, OTHER_CURRENCIES, normalized


@pytest.mark.parametrize("typed", ["PEN", "pen", " Pen "])
def test_a_code_is_stored_in_capital_letters(typed: str) -> None:
    assert normalized(typed) == "PEN"
    assert CurrencyFormField().clean(typed) == "PEN"
    field: CurrencyField[str, str] = CurrencyField(blank=True)
    assert field.to_python(typed) == "PEN"
    assert field.to_python(None) is None
    assert isinstance(field.formfield(), CurrencyFormField)
    assert field.max_length == 3


def test_withdrawn_codes_are_known_and_the_dollar_is_no_other_currency() -> None:
    assert {"USD", "EUR", "HRK", "XCG"} <= CURRENCIES
    assert "XXX" not in CURRENCIES
    assert set(OTHER_CURRENCIES) == CURRENCIES - {"USD"}
    assert OTHER_CURRENCIES[:2] == ("AED", "AFN")
    assert list(OTHER_CURRENCIES) == sorted(OTHER_CURRENCIES)
