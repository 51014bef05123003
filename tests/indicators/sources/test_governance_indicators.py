from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from indicators.sources.base import Missing, Reading, ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.governance_indicators import GOVERNANCE_INDICATORS
from tests.support.forms import problem_counts, unmatched, write_workbook

NAME = "wgidataset_2023update_1996-2022.xlsx"


@pytest.fixture(scope="module")
def result(shared_data: Path) -> ReadResult:
    return GOVERNANCE_INDICATORS.read(Document(shared_data / "mcc" / NAME))


@pytest.fixture(scope="module")
def book(shared_data: Path) -> Workbook:
    return load_workbook(shared_data / "mcc" / NAME)


def at(result: ReadResult, locator: str) -> Reading:
    (reading,) = [r for r in result.readings if r.locator == locator]
    return reading


def test_counts(result: ReadResult) -> None:
    assert (result.edition, result.edition_rank, result.rows_read) == ("2023", 20230000, 6 * 214)
    assert problem_counts(result) == {}
    assert len(result.readings) == 6 * 214 * 24
    missing = Counter(r.indicator.removeprefix("wgi.") for r in result.readings if r.missing is Missing.NOT_COLLECTED)
    # A sixth of the cells with #N/A of each sheet: one of six columns of a year is read.
    assert missing == {
        "voice_and_accountability": 161,
        "political_stability": 170,
        "government_effectiveness": 230,
        "regulatory_quality": 228,
        "rule_of_law": 116,
        "control_of_corruption": 206,
    }
    assert {r.period for r in result.readings} == {"1996", "1998", "2000", *(str(y) for y in range(2002, 2023))}
    assert all((r.standard_error is None) == (r.missing is not None) for r in result.readings)


def test_every_row_is_a_listed_country(result: ReadResult) -> None:
    assert unmatched(result.readings, "wgi") == {}


@pytest.mark.parametrize(
    ("sheet", "row", "code", "value", "error"),
    [
        ("RuleofLaw", 86, "GHA", -0.076320, 0.145414),
        ("RuleofLaw", 133, "KSV", -0.366031, 0.153796),
        ("RuleofLaw", 57, "COG", -1.089523, 0.162520),
        ("RuleofLaw", 227, "ZAR", -1.672434, 0.146909),
        ("RuleofLaw", 173, "PRK", -1.661087, 0.195107),
        ("RuleofLaw", 120, "KOR", 1.159703, 0.164239),
        ("Political StabilityNoViolence", 155, "NER", -1.472179, 0.233040),
        ("Political StabilityNoViolence", 156, "NGA", -1.798141, 0.233040),
        ("Political StabilityNoViolence", 204, "TMP", 0.273400, 0.248592),
        ("Political StabilityNoViolence", 222, "WBG", -1.817886, 0.248592),
        ("ControlofCorruption", 86, "GHA", -0.045995, 0.147000),
        ("RuleofLaw", 22, "ANT", None, None),
    ],
)
def test_estimates_of_2022_at_named_cells(
    result: ReadResult, book: Workbook, sheet: str, row: int, code: str, value: float | None, error: float | None
) -> None:
    cells = book[sheet][f"EK{row}"].value, book[sheet][f"EL{row}"].value
    assert book[sheet][f"B{row}"].value == code
    reading = at(result, f"{sheet}!EK{row}")
    assert (reading.code, reading.period) == (code, "2022")
    if value is None:
        assert cells == ("#N/A", "#N/A")
        assert (reading.value, reading.missing, reading.raw) == (None, Missing.NOT_COLLECTED, "#N/A")
    else:
        assert (reading.value, reading.standard_error) == cells
        assert cells == pytest.approx((value, error), abs=1e-6)
        assert reading.raw == repr(cells[0])


YEARS = ["", "", 2024, "", "", 2025, "", ""]
HEAD = ["Country/Territory", "Code", "Estimate", "StdErr", "Rank", "Estimate", "StdErr", "Rank"]


def read_sheets(tmp_path: Path, sheets: dict[str, Iterable[Sequence[Any]]], edition: str = "") -> ReadResult:
    document = Document(write_workbook(tmp_path / "wgi.xlsx", sheets))
    assert GOVERNANCE_INDICATORS.recognize(document)
    return GOVERNANCE_INDICATORS.read(document, edition)


def test_moved_headers_merged_years_and_absent_dimensions(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Rule of Law"],
        [],
        HEAD[:2],
        YEARS,
        ["", "", *HEAD[2:]],
        ["Ghana", "GHA", 0.1, 0.2, 50, "#N/A", "#N/A", "#N/A"],
    ]
    result = read_sheets(tmp_path, {"RuleofLaw": rows})
    assert (result.edition, result.rows_read) == ("2026", 1)
    assert (at(result, "RuleofLaw!C6").value, at(result, "RuleofLaw!C6").period) == (0.1, "2024")
    assert at(result, "RuleofLaw!F6").missing is Missing.NOT_COLLECTED
    assert problem_counts(result) == {("warning", "no_value"): 5}


@pytest.mark.parametrize(
    ("cells", "severity", "reason", "locator"),
    [
        (["Ghana", "GHA", "x", 0.2, 50, 0.1, 0.2, 50], Severity.REJECTED, Reason.UNREADABLE_NUMBER, "RuleofLaw!C3"),
        (["Ghana", "GHA", 98.5, 0.2, 50, 0.1, 0.2, 50], Severity.REJECTED, Reason.OUT_OF_RANGE, "RuleofLaw!C3"),
        (["Ghana", "GHA", 0.1, "", 50, 0.1, 0.2, 50], Severity.WARNING, Reason.UNREADABLE_NUMBER, "RuleofLaw!D3"),
        (["Source: the authors"], Severity.NOTE, Reason.NOT_A_COUNTRY, "RuleofLaw!A3"),
    ],
)
def test_a_bad_row_is_reported_with_its_cell(
    tmp_path: Path, cells: list[Any], severity: Severity, reason: Reason, locator: str
) -> None:
    result = read_sheets(tmp_path, {"RuleofLaw": [YEARS, HEAD, cells]}, "2026")
    found = [(p.severity, p.reason, p.locator) for p in result.problems if p.reason is not Reason.NO_VALUE]
    assert found == [(severity, reason, locator)]


def test_the_same_country_twice_and_a_wrong_edition(tmp_path: Path) -> None:
    ghana = ["Ghana", "GHA", 0.1, 0.2, 50, 0.1, 0.2, 50]
    sheets: dict[str, Iterable[Sequence[Any]]] = {"RuleofLaw": [YEARS, HEAD, ghana, ghana]}
    result = read_sheets(tmp_path, sheets)
    assert problem_counts(result)["rejected", "duplicate_key"] == 1
    with pytest.raises(UnreadableFile, match="'newest' is not an edition"):
        read_sheets(tmp_path, sheets, "newest")
