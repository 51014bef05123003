"""Form of the office's own indicators: the definition, the values, and faults by cell."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from indicators.sources import registry
from indicators.sources.base import BetterDirection, Missing, ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.own_indicators import COLUMNS, OWN_INDICATORS
from tests.support.forms import write_csv, write_workbook

FIRST = {
    "indicator": "school_meals",
    "name": "Children with school meals",
    "unit": "percent of pupils",
    "direction": "Higher is better",
    "publisher": "Sample agency",
    "published_on": "2026-05-01",
    "definition": "Sample row",
    "country": "Ghana",
    "iso3": "GHA",
    "year": "2024",
    "value": "41.5",
    "standard_error": "1.2",
}
LATER = {"indicator": "school_meals", "country": "Togo", "year": "2024", "value": "38"}


def cells(row: dict[str, str]) -> list[str]:
    return [row.get(name, "") for name in COLUMNS]


def read(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> ReadResult:
    lines = [[row.get(name, "") for name in columns] for row in rows]
    document = Document(write_csv(folder / "own.csv", [columns, *lines]))
    assert registry.recognize(document)[0] is OWN_INDICATORS
    return OWN_INDICATORS.read(document)


def test_a_definition_is_given_once_for_all_its_values(tmp_path: Path) -> None:
    result = read(tmp_path, FIRST, LATER, {**LATER, "country": "Benin", "value": ""})
    (spec,) = result.definitions
    assert (spec.code, spec.name, spec.unit) == ("own.school_meals", "Children with school meals", "percent of pupils")
    assert (spec.direction, spec.publisher, spec.wording) == (BetterDirection.HIGHER, "Sample agency", "Sample row")
    assert [(r.country, r.period, r.value, r.standard_error, r.missing) for r in result.readings] == [
        ("Ghana", "2024", 41.5, 1.2, None),
        ("Togo", "2024", 38, None, None),
        ("Benin", "2024", None, None, Missing.NOT_COLLECTED),
    ]
    assert (result.edition, result.edition_rank) == ("2026-05-01", 20260501)
    assert (result.published_on, result.dated_by) == (date(2026, 5, 1), "The form: line 2, column 6")
    assert result.problems == []


def test_two_indicators_in_a_workbook(tmp_path: Path) -> None:
    other = {**FIRST, "indicator": "shelters", "name": "Shelters", "unit": "places", "direction": "neither"}
    path = write_workbook(
        tmp_path / "own.xlsx", {"Notes": [["x"]], "Values": [[], COLUMNS, cells(FIRST), cells(other)]}
    )
    result = OWN_INDICATORS.read(Document(path))
    assert [spec.code for spec in result.definitions] == ["own.school_meals", "own.shelters"]
    assert [r.locator for r in result.readings] == ["Values!K3", "Values!K4"]
    assert result.defined_at["own.shelters", "unit"] == "Values!C4"


@pytest.mark.parametrize(
    ("change", "reason", "column"),
    [
        ({"indicator": "School meals"}, Reason.UNKNOWN_LABEL, 1),
        ({"name": "x" * 151}, Reason.TOO_LONG, 2),
        ({"direction": "up"}, Reason.UNKNOWN_LABEL, 4),
        ({"published_on": "May 2026"}, Reason.UNREADABLE_DATE, 6),
        ({"published_on": (date.today() + timedelta(days=3)).isoformat()}, Reason.UNREADABLE_DATE, 6),
        ({"country": "", "iso3": ""}, Reason.UNKNOWN_COUNTRY, 9),
        ({"year": "24"}, Reason.UNREADABLE_YEAR, 10),
        ({"year": "2027"}, Reason.OUT_OF_RANGE, 10),
        ({"value": "about 40"}, Reason.UNREADABLE_NUMBER, 11),
        ({"value": "=41.5"}, Reason.FORMULA, 11),
        ({"standard_error": "-1"}, Reason.OUT_OF_RANGE, 12),
        ({"value": ""}, Reason.OUT_OF_RANGE, 12),
    ],
)
def test_a_fault_names_its_cell(tmp_path: Path, change: dict[str, str], reason: Reason, column: int) -> None:
    result = read(tmp_path, {**FIRST, **change})
    problem = result.problems[0]
    assert (problem.severity, problem.reason) == (Severity.REJECTED, reason)
    assert problem.locator == f"line 2, column {column}"
    assert result.readings == []


@pytest.mark.parametrize(("column", "text"), [("unit", "places"), ("publisher", "Another agency")])
def test_one_indicator_has_one_definition(tmp_path: Path, column: str, text: str) -> None:
    result = read(tmp_path, FIRST, {**LATER, column: text})
    (problem,) = result.problems
    assert problem.reason is Reason.INCONSISTENT
    assert problem.locator == f"line 3, column {COLUMNS.index(column) + 1}"
    assert f"at line 2, column {COLUMNS.index(column) + 1}" in problem.message
    assert [r.country for r in result.readings] == ["Ghana"]


def test_one_file_is_one_edition(tmp_path: Path) -> None:
    result = read(tmp_path, FIRST, {**FIRST, "indicator": "shelters", "published_on": "2026-06-01"})
    first = result.problems[0]
    assert (first.reason, first.locator) == (Reason.INCONSISTENT, "line 3, column 6")
    assert result.published_on == date(2026, 5, 1)


def test_an_incomplete_definition_keeps_all_values_of_its_indicator_out(tmp_path: Path) -> None:
    result = read(tmp_path, {**FIRST, "unit": "", "publisher": ""}, LATER)
    assert [(p.reason, p.column, p.locator, p.rows) for p in result.problems] == [
        (Reason.EMPTY_CELL, "unit", "line 2, column 3", 2),
        (Reason.EMPTY_CELL, "publisher", "line 2, column 5", 0),
    ]
    assert (result.readings, result.definitions) == ([], [])


def test_a_column_that_is_missing_or_unknown_keeps_the_table_out(tmp_path: Path) -> None:
    short = tuple(name for name in COLUMNS if name != "publisher")
    result = read(tmp_path, FIRST, LATER, columns=short)
    assert [(p.reason, p.column, p.rows) for p in result.problems] == [(Reason.UNKNOWN_COLUMN, "publisher", 2)]
    misspelled = tuple("pubisher" if name == "publisher" else name for name in COLUMNS)
    result = read(tmp_path, FIRST, columns=misspelled)
    assert {p.column for p in result.problems} == {"pubisher", "publisher"}
    assert result.readings == []


def test_optional_columns_may_be_absent(tmp_path: Path) -> None:
    columns = tuple(name for name in COLUMNS if name not in ("definition", "standard_error", "note", "iso3"))
    result = read(tmp_path, FIRST, columns=columns)
    assert result.problems == []
    assert result.definitions[0].wording == "Children with school meals, as Sample agency publishes it."


def test_a_formula_of_a_workbook_is_refused_by_its_cell(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "own.xlsx", {"Values": [COLUMNS, cells(FIRST)]})
    book = load_workbook(path)
    book["Values"]["K2"] = "=40+1"
    book.save(path)
    problem = OWN_INDICATORS.read(Document(path)).problems[0]
    assert (problem.reason, problem.locator) == (Reason.FORMULA, "Values!K2")


def test_another_table_is_not_claimed(tmp_path: Path) -> None:
    document = Document(write_csv(tmp_path / "x.csv", [["country", "value"], ["Ghana", "1"]]))
    assert OWN_INDICATORS.recognize(document) is None
    with pytest.raises(UnreadableFile, match="no header row of the form of indicators"):
        OWN_INDICATORS.read(document)
