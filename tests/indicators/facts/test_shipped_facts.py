"""The facts shipped with the project."""

from __future__ import annotations

import pytest

from indicators.models import Observation

pytestmark = pytest.mark.django_db

CHANGED = {
    **dict.fromkeys(("JOR", "FSM", "PHL", "LKA", "VNM"), ("LM", "UM")),
    "TGO": ("L", "LM"),
    "VEN": ("", "LM"),
}


@pytest.mark.world("facts")
def test_the_income_classes_in_force_are_those_of_fy2027() -> None:
    def classes(period: str) -> dict[str, str]:
        rows = Observation.objects.live().filter(indicator__code="wb.income_class", period=period)
        return dict(rows.values_list("country__code", "label"))

    before, now = classes("FY2026"), classes("FY2027")
    assert len(now) == 218
    assert {code: (before.get(code, ""), now[code]) for code in now if before.get(code, "") != now[code]} == CHANGED
    files = Observation.objects.live().filter(indicator__code="wb.income_class", period="FY2027")
    assert set(files.values_list("file__name", "edition")) == {("CLASS_2026_07_15.xlsx", "FY2027")}


@pytest.mark.world("facts")
def test_estimates_of_slavery_stand_under_the_year_they_refer_to() -> None:
    rows = Observation.objects.live().filter(indicator__code__startswith="gsi.")
    assert set(rows.values_list("edition", "period", "year", "series")) == {
        ("2018", "2016", 2016, "GSI 2018"),
        ("2023", "2021", 2021, "GSI 2023"),
    }
    assert rows.count() == 558 + 540


@pytest.mark.world("facts")
def test_the_shipped_values_are_those_of_the_newest_edition_that_states_them() -> None:
    """Check that no older edition hides a newer one with the same value: a package has no confirmations."""
    score = Observation.objects.live().filter(indicator__code="cpi.score", value__isnull=False)
    assert set(score.values_list("edition", flat=True)) == {"2025"}
