"""Facts that define a pool, from values written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.models import Country
from indicators.queries import Known
from selection.scoring_inputs.cells import newest_complete
from selection.scoring_inputs.screening import facts_of
from tests.selection.countries.screens import TABLE


def known(country: str, year: int, label: str = "Tier 2", quality: str = "stated", **values: Any) -> Known:
    fields: dict[str, Any] = {
        "observation_id": 1, "indicator": "tip.tier", "period": str(year), "series": "", "value": None, "missing": "",
        "standard_error": None, "edition": str(year),
    }  # fmt: skip
    return Known(**{**fields, "country": country, "year": year, "label": label, "quality": quality, **values})


@pytest.mark.parametrize(
    ("gaps", "stated", "period"),
    [
        (0, 1.0, "2025"),
        (1, 1.0, "2024"),
        (1, 0.74, "2025"),
        (1, 0.75, "2025"),
        (1, 0.76, "2024"),
        (2, 0.75, "2024"),
    ],
)
def test_edition_is_complete_from_its_required_share_of_values(gaps: int, stated: float, period: str) -> None:
    codes = ("A", "B", "C", "D")
    older = [known(code, 2024) for code in codes]
    newer = [known(code, 2025, quality="inferred" if n < gaps else "stated") for n, code in enumerate(codes)]
    assert newest_complete([*older, *newer], codes, stated) == period
    absent = [value for value in newer if value.quality == "stated"]
    assert newest_complete([*older, *absent], codes, stated) == period


def test_uncovered_country_owes_nothing_and_the_fullest_edition_counts() -> None:
    assert newest_complete([known("A", 2024), known("A", 2025)], ["A", "B"]) == "2025"
    assert newest_complete([known("A", 2024), known("A", 2025), known("B", 2025)], ["A", "B"]) == "2025"
    gaps = [known(code, year, quality="inferred") for year in (2024, 2025) for code in "AB"]
    assert newest_complete(gaps, ["A", "B"]) == "2025"
    assert newest_complete([*gaps[1:], known("A", 2024)], ["A", "B"]) == "2024"
    assert newest_complete([], ["A"]) == ""


def test_a_pool_has_the_tiers_of_its_edition_and_the_last_stated_class() -> None:
    countries = [Country(code=code, kind="state") for code in ("GHA", "CIV", "NPL")] + [
        Country(code="HKG", kind="territory")
    ]
    tiers = [
        known("GHA", 2024, "Tier 3"),
        known("CIV", 2024),
        known("GHA", 2025, "Tier 1"),
        known("CIV", 2025, "Tier 2"),
        known("HKG", 2025, "Tier 2"),
        known("NPL", 2025, "", missing="not_collected"),
    ]
    income = [
        known("GHA", 2026, "LM"),
        known("GHA", 2025, "L"),
        known("CIV", 2025, "UM"),
        known("CIV", 2026, "H", "inferred"),
        known("CIV", 2027, ""),
        known("NPL", 2020, "L"),
        known("NPL", 2021, "LM"),
    ]
    found = facts_of(tiers, income, countries, TABLE, stated=1.0)
    assert found.edition == "2025"
    assert found.tiers == {"GHA": "Tier 1", "CIV": "Tier 2", "HKG": "Tier 2"}
    assert found.income == {"GHA": "LM", "CIV": "UM", "NPL": "LM"}
    assert found.not_states == {"HKG"}
