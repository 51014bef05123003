"""The Global Slavery Index: the real table, and small ones in its layout."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indicators.sources import registry
from indicators.sources.base import Missing, Quality, Reading, ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.walk_free import GLOBAL_SLAVERY_INDEX, PEOPLE
from tests.support.forms import problem_counts, unmatched, write_csv, write_workbook

FILE = "walk_free/Global_Slavery_Index_2023.csv"


@pytest.fixture(scope="module")
def index_2023(shared_data: Path) -> ReadResult:
    return GLOBAL_SLAVERY_INDEX.read(Document(shared_data / FILE))


def at(result: ReadResult, line: int, column: int) -> Reading:
    (reading,) = [r for r in result.readings if r.locator == f"line {line}, column {column}"]
    return reading


@pytest.mark.parametrize(
    ("line", "country", "prevalence", "people"),
    [
        (62, "Ghana", 2.9, 91_000),
        (85, "Kosovo", 8.0, 14_000),
        (43, "Democratic Republic of the Congo", 4.5, 407_000),
        (133, "Republic of the Congo", 8.0, 44_000),
        (119, "North Korea", 104.6, 2_696_000),
        (150, "South Korea", 3.5, 180_000),
        (117, "Niger", 4.6, 112_000),
        (118, "Nigeria", 7.8, 1_611_000),
        (38, "Côte d'Ivoire", 7.3, 193_000),
    ],
)
def test_values(
    shared_data: Path, index_2023: ReadResult, line: int, country: str, prevalence: float, people: float
) -> None:
    with (shared_data / FILE).open(encoding="utf-8", newline="") as handle:
        cells = list(csv.reader(handle))[line - 1]
    assert (cells[0], float(cells[3]), int(cells[4].replace(",", ""))) == (country, prevalence, people)
    reading, number = at(index_2023, line, 4), at(index_2023, line, 5)
    assert (reading.indicator, reading.country, reading.value) == ("gsi.prevalence", country, prevalence)
    assert (number.indicator, number.value, number.raw) == ("gsi.people_in_modern_slavery", people, cells[4])
    assert (reading.series, reading.period, reading.quality) == ("GSI 2023", "2021", Quality.ESTIMATED)


def test_an_empty_cell_and_a_dash_are_missing(index_2023: ReadResult) -> None:
    palau = at(index_2023, 124, 4)
    assert (palau.country, palau.value, palau.missing, palau.raw) == ("Palau", None, Missing.NOT_COLLECTED, "")
    kosovo = at(index_2023, 85, 2)
    assert (kosovo.indicator, kosovo.missing, kosovo.raw) == ("gsi.population", Missing.NOT_COLLECTED, "  -   ")


def test_counts(index_2023: ReadResult) -> None:
    assert (index_2023.edition, index_2023.edition_rank, index_2023.rows_read) == ("2023", 20230000, 180)
    assert problem_counts(index_2023) == {}
    assert Counter((r.indicator, r.missing is None) for r in index_2023.readings) == {
        ("gsi.prevalence", True): 160,
        ("gsi.prevalence", False): 20,
        ("gsi.people_in_modern_slavery", True): 160,
        ("gsi.people_in_modern_slavery", False): 20,
        ("gsi.population", True): 176,
        ("gsi.population", False): 4,
    }
    assert unmatched(index_2023.readings, GLOBAL_SLAVERY_INDEX.source.key) == {}


def test_the_table_is_recognized_and_by_this_reader_alone(shared_data: Path) -> None:
    adapter, recognition = registry.recognize(Document(shared_data / FILE))
    assert (adapter.key, recognition.edition) == ("global_slavery_index", "2023")


@pytest.fixture(scope="module")
def index_2018(shared_data: Path) -> ReadResult:
    return GLOBAL_SLAVERY_INDEX.read(Document(shared_data / "walk_free/GSI2018.xlsx"))


def test_workbook_of_2018_has_estimates_of_2016(index_2018: ReadResult) -> None:
    assert (index_2018.edition, index_2018.edition_rank, index_2018.rows_read) == ("2018", 20180000, 186)
    assert {(r.period, r.series) for r in index_2018.readings} == {("2016", "GSI 2018")}
    assert problem_counts(index_2018) == {("note", "unknown_column"): 1}
    assert Counter((r.indicator, r.missing) for r in index_2018.readings) == {
        ("gsi.prevalence", None): 167,
        ("gsi.prevalence", Missing.NOT_COLLECTED): 19,
        ("gsi.people_in_modern_slavery", None): 164,
        ("gsi.people_in_modern_slavery", Missing.NOT_COLLECTED): 19,
        ("gsi.people_in_modern_slavery", Missing.SUPPRESSED): 3,
        ("gsi.population", None): 181,
        ("gsi.population", Missing.NOT_COLLECTED): 5,
    }
    assert unmatched(index_2018.readings, "walk_free") == {}


@pytest.mark.parametrize(
    ("row", "country", "prevalence", "people", "population"),
    [
        (4, "Korea, Democratic People's Republic of", 104.56105246982418, 2_640_000, 25_244_000),
        (74, "Ghana", 4.835881869121891, 133_000, 27_583_000),
        (15, "Congo, Democratic Republic of the", 13.708564167224347, None, None),
        (29, "Congo", 8.026860052118156, None, None),
    ],
)
def test_values_of_2018_at_named_cells(
    index_2018: ReadResult, row: int, country: str, prevalence: float, people: float | None, population: float | None
) -> None:
    sheet = "Global prev, vuln, govt table!"
    found = {r.locator.removeprefix(sheet): r for r in index_2018.readings}
    assert found[f"D{row}"].country == country
    assert found[f"D{row}"].value == pytest.approx(prevalence)
    if people is not None:
        assert (found[f"E{row}"].value, found[f"B{row}"].value) == (people, population)


def test_a_number_that_is_only_bounded_is_suppressed_and_no_zero(index_2018: ReadResult) -> None:
    (iceland,) = [r for r in index_2018.readings if (r.country, r.indicator) == ("Iceland", PEOPLE.code)]
    assert (iceland.value, iceland.missing, iceland.raw) == (None, Missing.SUPPRESSED, "<1,000")
    assert "below 1,000" in iceland.note


# --- small tables ------------------------------------------------------------------------------------------------

HEADER = ["  Country ", "Region", "Estimated prevalence of modern slavery per 1,000 population"]


def test_moved_columns_below_a_lead_line_are_found(tmp_path: Path) -> None:
    rows = [["Global Slavery Index"], [], HEADER[::-1], ["4.25", "Africa", "Ghana"], [], ["", "Africa", "Kenya"]]
    result = GLOBAL_SLAVERY_INDEX.read(Document(write_csv(tmp_path / "index_2018.csv", rows)))
    assert result.rows_read == 2
    assert [(r.country, r.value, r.series, r.locator) for r in result.readings] == [
        ("Ghana", 4.25, "GSI 2018", "line 4, column 1"),
        ("Kenya", None, "GSI 2018", "line 6, column 1"),
    ]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("4,25", Reason.UNREADABLE_NUMBER),
        ("n/a", Reason.UNREADABLE_NUMBER),
        ("-3", Reason.UNREADABLE_NUMBER),
        ("1,001", Reason.OUT_OF_RANGE),
    ],
)
def test_each_fault_is_named_at_its_locator(tmp_path: Path, cell: str, reason: Reason) -> None:
    path = write_csv(tmp_path / "index_2018.csv", [HEADER, ["Ghana", "Africa", cell]])
    result = GLOBAL_SLAVERY_INDEX.read(Document(path))
    assert result.readings == []
    (problem,) = result.problems
    assert (problem.severity, problem.reason, problem.raw) == (Severity.REJECTED, reason, cell)
    assert (problem.locator, problem.country) == ("line 2, column 3", "Ghana")


def test_a_column_without_a_meaning_is_reported(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "index_2018.csv", [[*HEADER, "Vulnerability"], ["Ghana", "Africa", "2.9", "60"]])
    result = GLOBAL_SLAVERY_INDEX.read(Document(path))
    assert [(p.severity, p.reason, p.locator) for p in result.problems] == [
        (Severity.WARNING, Reason.UNKNOWN_COLUMN, "line 1, column 4")
    ]
    assert len(result.readings) == 1


def test_a_table_without_a_year_asks_for_the_edition(tmp_path: Path) -> None:
    document = Document(write_csv(tmp_path / "index.csv", [HEADER, ["Ghana", "Africa", "2.9"]]))
    recognition = GLOBAL_SLAVERY_INDEX.recognize(document)
    assert recognition is not None
    assert recognition.edition == ""
    with pytest.raises(UnreadableFile, match="does not show its edition"):
        GLOBAL_SLAVERY_INDEX.read(document)
    assert GLOBAL_SLAVERY_INDEX.read(document, "2016").readings[0].series == "GSI 2016"


def test_another_table_is_not_claimed(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "other_2018.csv", [["Country", "Share of people in modern slavery"], ["Ghana", "0.3"]])
    assert GLOBAL_SLAVERY_INDEX.recognize(Document(path)) is None


BANDS = ["", "", "REGION", "PREVALENCE", "", "VULNERABILITY", "", "GOVERNMENT RESPONSE"]
TITLES = [
    "Country",
    "Population \n(from a yearbook)",
    "Region",
    "Est. prevalence of population in modern slavery (victims per 1,000 population)",
    "Est. number of people in modern slavery",
    "Factor One",
    "Total",
    "Support survivors",
]


@pytest.mark.parametrize(
    ("file", "sheet", "edition", "period"),
    [
        ("GSI2018.xlsx", "Global prev, vuln, govt table", "2018", "2016"),
        ("GSI-data.xlsx", "GSI 2023 summary data", "2023", "2021"),
        ("downloaded in 2026.xlsx", "GSI 2023 summary data", "2023", "2021"),
    ],
)
def test_a_workbook_of_either_edition_has_its_header_in_row_3(
    tmp_path: Path, file: str, sheet: str, edition: str, period: str
) -> None:
    rows: list[list[Any]] = [
        [],
        BANDS,
        TITLES,
        ["Ghana", 27583000, "Africa", 4.25, "1,000", 40, 50, 2],
        ["Kenya", "", "Africa", "", "-"],
    ]
    path = write_workbook(tmp_path / file, {"Codebook": [["Factor", "Variable"]], sheet: rows})
    adapter, recognition = registry.recognize(Document(path))
    assert (adapter.key, recognition.edition) == ("global_slavery_index", edition)
    result = GLOBAL_SLAVERY_INDEX.read(Document(path))
    assert (result.edition, result.rows_read) == (edition, 2)
    assert {(r.period, r.series) for r in result.readings} == {(period, f"GSI {edition}")}
    assert [(r.indicator.removeprefix("gsi."), r.value, r.locator) for r in result.readings] == [
        ("population", 27583000, f"{sheet}!B4"),
        ("prevalence", 4.25, f"{sheet}!D4"),
        ("people_in_modern_slavery", 1000, f"{sheet}!E4"),
        ("population", None, f"{sheet}!B5"),
        ("prevalence", None, f"{sheet}!D5"),
        ("people_in_modern_slavery", None, f"{sheet}!E5"),
    ]
    (note,) = result.problems
    assert (note.severity, note.locator) == (Severity.NOTE, f"{sheet}!F3")
    assert "F to H" in note.message


def test_edition_with_unknown_reference_year_is_reported(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "index_2028.csv", [HEADER, ["Ghana", "Africa", "2.9"]])
    result = GLOBAL_SLAVERY_INDEX.read(Document(path))
    assert [(p.severity, p.reason, p.raw) for p in result.problems] == [
        (Severity.WARNING, Reason.UNREADABLE_YEAR, "2028")
    ]
    assert (result.readings[0].period, result.readings[0].value) == ("2028", 2.9)
