"""Form of U.S. programs: accepted and rejected rows with their cells, and formulas."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from indicators.sources import registry
from indicators.sources.base import ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.usg_programs import COLUMNS, USG_PROGRAMS
from tests.support.forms import problem_counts, write_csv, write_workbook

GOOD = {
    "country": "Ghana",
    "iso3": "GHA",
    "agency": "Department of Labor",
    "agency_code": "DOL",
    "title": "Sample program",
    "sector": "Child labor",
    "implementer": "",
    "starts_on": "2023-10-01",
    "ends_on": "",
    "amount_usd": "1250000.5",
    "source": "A sample",
    "source_url": "https://example.gov/x",
    "assessment": "First line.\nSecond line.",
}


def row(**changes: Any) -> list[Any]:
    return [{**GOOD, **changes}[name] for name in COLUMNS]


def read(folder: Path, *rows: list[Any], header: tuple[str, ...] = COLUMNS) -> ReadResult:
    return USG_PROGRAMS.read(Document(write_csv(folder / "programs.csv", [header, *rows])))


def test_a_row_in_the_terms_of_the_form(tmp_path: Path) -> None:
    result = read(tmp_path, row())
    (program,) = result.programs
    assert (result.rows_read, result.problems) == (1, [])
    assert (program.country, program.code, program.agency, program.title) == (
        "Ghana",
        "GHA",
        "Department of Labor",
        "Sample program",
    )
    assert (program.sector, program.locator) == ("child_labor", "line 2, column 5")
    assert program.values == {
        "agency_code": "DOL",
        "implementer": "",
        "starts_on": "2023-10-01",
        "ends_on": "",
        "amount_usd": "1250000.50",
        "source": "A sample",
        "source_url": "https://example.gov/x",
        "assessment": "First line.\nSecond line.",
    }


@pytest.mark.parametrize("text", ["$1,250,000.50", "1,250,000.5", "USD 1250000.50"])
def test_an_amount_as_people_type_it(tmp_path: Path, text: str) -> None:
    [program] = read(tmp_path, row(amount_usd=text)).programs
    assert program.values["amount_usd"] == "1250000.50"


@pytest.mark.parametrize("sector", ["child_labor", "CHILD LABOUR", "Child  labor", "child-labor"])
def test_sector_is_read_by_key_or_label(tmp_path: Path, sector: str) -> None:
    assert [p.sector for p in read(tmp_path, row(sector=sector)).programs] == ["child_labor"]


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("title", "=cmd|' /C calc'!A0", Reason.FORMULA),
        ("assessment", "@SUM(A1)", Reason.FORMULA),
        ("agency", "+1+1", Reason.FORMULA),
        ("source", "-2+3", Reason.FORMULA),
        ("implementer", "\t=1", Reason.FORMULA),
        ("amount_usd", "=1+1", Reason.FORMULA),
        ("amount_usd", "1.250.000", Reason.UNREADABLE_NUMBER),
        ("amount_usd", "12,50", Reason.UNREADABLE_NUMBER),
        ("amount_usd", "1.005", Reason.UNREADABLE_NUMBER),
        ("amount_usd", "NaN", Reason.UNREADABLE_NUMBER),
        ("amount_usd", "-5", Reason.OUT_OF_RANGE),
        ("amount_usd", "10000000000000", Reason.OUT_OF_RANGE),
        ("starts_on", "10/01/2023", Reason.UNREADABLE_DATE),
        ("ends_on", "2025-02-30", Reason.UNREADABLE_DATE),
        ("ends_on", "2023-09-30", Reason.INCONSISTENT),
        ("sector", "Health", Reason.UNKNOWN_LABEL),
        ("source_url", "javascript:alert(1)", Reason.UNKNOWN_LABEL),
        ("source_url", "example.gov", Reason.UNKNOWN_LABEL),
        ("title", "-", Reason.EMPTY_CELL),
        ("source", "", Reason.EMPTY_CELL),
        ("agency_code", "A" * 21, Reason.TOO_LONG),
    ],
)
def test_a_cell_that_is_refused_is_named(tmp_path: Path, column: str, text: str, reason: Reason) -> None:
    result = read(tmp_path, row(), row(**{"title": "Another", column: text}))
    assert len(result.programs) == 1
    (problem,) = result.problems
    assert (problem.severity, problem.reason, problem.column, problem.row) == (Severity.REJECTED, reason, column, 3)
    assert problem.locator == f"line 4, column {COLUMNS.index(column) + 1}"


def test_all_faults_of_a_row_are_reported_and_it_counts_once(tmp_path: Path) -> None:
    result = read(tmp_path, row(source="", amount_usd="x", starts_on="soon"))
    assert {problem.reason for problem in result.problems} == {
        Reason.EMPTY_CELL,
        Reason.UNREADABLE_NUMBER,
        Reason.UNREADABLE_DATE,
    }
    assert sum(problem.rows for problem in result.problems) == 1


def test_a_row_without_a_country(tmp_path: Path) -> None:
    result = read(tmp_path, row(country="", iso3=""))
    assert problem_counts(result) == {("rejected", "unknown_country"): 1}


def test_text_escaped_by_an_export_is_read_back_unchanged(tmp_path: Path) -> None:
    (program,) = read(tmp_path, row(assessment="'- two districts")).programs
    assert program.values["assessment"] == "- two districts"


def test_workbook_formulas_are_rejected_whatever_they_show(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["About this table"])
    sheet.append(list(COLUMNS))
    sheet.append(row(title="Plain"))
    sheet.append(row(title="Computed", amount_usd="=2*3"))
    sheet.append(row(title="A text", implementer="=1+1"))
    sheet["G5"].data_type = "s"
    book.save(tmp_path / "programs.xlsx")
    result = USG_PROGRAMS.read(Document(tmp_path / "programs.xlsx"))
    assert [p.title for p in result.programs] == ["Plain", "A text"]
    (problem,) = result.problems
    assert (problem.reason, problem.locator) == (Reason.FORMULA, "Sheet!J4")


def test_days_and_amounts_of_a_workbook(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "programs.xlsx",
        {"Programs": [COLUMNS, row(starts_on=dt.date(2024, 1, 15), ends_on=dt.date(2025, 1, 14), amount_usd=1500000)]},
    )
    (program,) = USG_PROGRAMS.read(Document(path)).programs
    assert [program.values[name] for name in ("starts_on", "ends_on", "amount_usd")] == [
        "2024-01-15",
        "2025-01-14",
        "1500000.00",
    ]


def test_a_misspelled_column_keeps_the_table_out(tmp_path: Path) -> None:
    result = read(tmp_path, [*row(), "x"], header=(*COLUMNS, "ammount"))
    assert (result.programs, result.rows_read) == ([], 1)
    assert problem_counts(result) == {("rejected", "unknown_column"): 1}


@pytest.mark.parametrize("missing", ["amount_usd", "assessment", "ends_on"])
def test_a_table_that_lacks_a_column_is_no_form(tmp_path: Path, missing: str) -> None:
    header = tuple(name for name in COLUMNS if name != missing)
    document = Document(write_csv(tmp_path / "programs.csv", [header]))
    assert USG_PROGRAMS.recognize(document) is None
    with pytest.raises(UnreadableFile, match=r"no header row of the form of U\.S\. programs") as caught:
        USG_PROGRAMS.read(document)
    assert "docs/forms.md" in caught.value.remedy


def test_the_form_is_recognized_among_all_readers(tmp_path: Path) -> None:
    adapter, found = registry.recognize(Document(write_csv(tmp_path / "x.csv", [COLUMNS, row()])))
    assert (adapter.key, found.because) == ("usg_programs", "the header row of the form of U.S. programs at line 1")
