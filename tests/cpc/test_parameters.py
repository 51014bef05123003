"""Numbers in query parameters."""

from __future__ import annotations

import pytest

from cpc.parameters import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("007", 7), ("9" * 9, 999_999_999), ("9" * 10, None), ("9" * 5000, None)],
)
def test_ascii_digits_are_a_number_up_to_nine(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", " 7", "-1", "+1", "1.0", "1e3", "\u0661", "\u00b2", "seven"])
def test_other_text_is_no_number(text: str) -> None:
    assert whole_number(text) is None
