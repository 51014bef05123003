"""U.S. fiscal years at their first and last days."""

from __future__ import annotations

from datetime import date

import pytest

from cpc.fiscal_years import fiscal_year


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 9, 30), 2025),
        (date(2025, 10, 1), 2026),
        (date(2025, 10, 31), 2026),
        (date(2025, 12, 31), 2026),
        (date(2026, 1, 1), 2026),
        (date(2026, 9, 30), 2026),
        (date(2026, 10, 1), 2027),
    ],
)
def test_a_fiscal_year_begins_on_october_1(day: date, expected: int) -> None:
    assert fiscal_year(day) == expected
