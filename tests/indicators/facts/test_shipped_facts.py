"""The facts shipped with the project, and that older installations end up with the same ones."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

from indicators.imports.publishing import retract
from indicators.models import Observation, Publication
from indicators.observations.as_of import current
from tests.support.rankings import publish_values, value

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


correction = import_module("indicators.migrations.0006_year_of_slavery_estimates")


def correct() -> None:
    with connection.schema_editor() as editor:
        correction.correct(None, editor)


OLD = [
    value("gsi.prevalence", "GHA", "2023", "2.9", series="GSI 2023", quality="estimated"),
    value("gsi.prevalence", "KEN", "2023", "5", series="GSI 2023", quality="estimated"),
    value("gsi.prevalence", "GHA", "2016", "4.8", series="GSI 2018", quality="estimated"),
    value("cpi.score", "GHA", "2023", "43"),
]


def known(seq: int) -> set[tuple[str, str, str]]:
    rows = Observation.objects.as_of(seq)
    return {(f"{row.value:g}", row.period, row.series) for row in rows}


def test_an_older_installation_states_the_estimates_anew_and_keeps_what_was_known(tmp_path: Path) -> None:
    publish_values(tmp_path, OLD, edition="2023")
    before = current()
    correct()
    publication = Publication.objects.get(seq=before + 1)
    assert "refer to 2021" in publication.reason
    others = {("4.8", "2016", "GSI 2018"), ("43", "2023", "")}
    assert known(before) == others | {("2.9", "2023", "GSI 2023"), ("5", "2023", "GSI 2023")}
    assert known(current()) == others | {("2.9", "2021", "GSI 2023"), ("5", "2021", "GSI 2023")}
    ghana = Observation.objects.live().get(country__code="GHA", period="2021")
    old = Observation.objects.get(country__code="GHA", period="2023", series="GSI 2023")
    for column in ("locator", "file_id", "batch_id", "edition", "quality", "precedence", "raw_text"):
        assert getattr(ghana, column) == getattr(old, column)
    assert old.superseded_at == publication.at
    correct()
    assert current() == before + 1


def test_what_was_stated_anew_is_taken_back_with_its_import(tmp_path: Path) -> None:
    publish_values(tmp_path, OLD[:1], edition="2023")
    correct()
    retract(batch_id=Observation.objects.live().get().batch_id, actor=None, reason="Test")
    assert not Observation.objects.live().exists()


def test_a_new_installation_needs_no_correction() -> None:
    correct()
    assert current() == 0
