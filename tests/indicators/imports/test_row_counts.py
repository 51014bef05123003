"""Rows of a file that an unknown or mapped name costs, each counted once however many of its cells are read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from indicators.imports.matching import Matcher
from indicators.models import Source
from indicators.sources.base import Reading

pytestmark = [pytest.mark.django_db, pytest.mark.world("empty")]


def rows_counted(locators: Sequence[str], names: Sequence[str] = ("Atlantis",)) -> list[int]:
    """Return the rows that each unknown name costs, with a reading of each name at every locator."""
    matcher = Matcher(Source.objects.get(key="cpi").key)
    for name in names:
        for locator in locators:
            found = matcher.country_id(Reading(indicator="cpi.score", country=name, period="2024", locator=locator))
            assert found is None
    return [problem.rows for problem in matcher.unmatched.values()]


@pytest.mark.parametrize(
    ("locators", "rows"),
    [
        (["CPI 2024!D5"], 1),
        (["CPI 2024!D5", "CPI 2024!E5", "CPI 2024!AR5"], 1),
        (["CPI 2024!D5", "CPI 2024!D6", "CPI 2024!AR6"], 2),
        (["CPI 2024!D5", "CPI 2024!D55", "CPI 2024!D555"], 3),
        (["CPI 2024!D5", "CPI 2023!D5"], 2),
        (["Scores!2024!D5", "Scores!2024!E5", "Scores!2024!D6"], 2),
        (["Scores!2024!D5", "Scores!2023!D5"], 2),
        (["line 2, column 3"], 1),
        (["line 2, column 3", "line 2, column 4", "line 2, column 13"], 1),
        (["line 2, column 3", "line 3, column 3", "line 22, column 3"], 3),
        (["line 2", "line 2, column 3"], 1),
        (["countries > GHA > tier", "countries > GHA > tier"], 1),
        (["countries > GHA > tier", "countries > GHA > score"], 2),
    ],
)
def test_rows_of_an_unknown_name(locators: list[str], rows: int) -> None:
    assert rows_counted(locators) == [rows]
    assert rows_counted(locators, ("Atlantis", "Lemuria")) == [rows, rows]
