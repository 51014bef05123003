from __future__ import annotations

import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from indicators.countries import reference_index
from indicators.sources import registry
from indicators.sources.base import Missing, Reading, ReadResult, Reason, Severity
from indicators.sources.corruption_perceptions import CORRUPTION_PERCEPTIONS
from indicators.sources.documents import Document, UnreadableFile
from tests.support.forms import problem_counts, unmatched, write_workbook


@pytest.fixture(scope="module")
def latest(shared_data: Path) -> ReadResult:
    return CORRUPTION_PERCEPTIONS.read(Document(shared_data / "cpi" / "CPI2025_Results.xlsx"))


@pytest.fixture(scope="module")
def older(shared_data: Path) -> ReadResult:
    return CORRUPTION_PERCEPTIONS.read(Document(shared_data / "cpi" / "CPI2017.xlsx"))


@pytest.fixture(scope="module")
def older_book(shared_data: Path) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of formats that openpyxl would not write again
        return load_workbook(shared_data / "cpi" / "CPI2017.xlsx", data_only=True)


def at(result: ReadResult, locator: str) -> Reading:
    (reading,) = [r for r in result.readings if r.locator == locator]
    return reading


def test_counts(latest: ReadResult, older: ReadResult) -> None:
    assert (latest.edition, latest.edition_rank, latest.rows_read) == ("2025", 20250000, 2494)
    assert Counter(r.indicator for r in latest.readings) == {"cpi.score": 2494, "cpi.rank": 2494, "cpi.sources": 2494}
    assert (problem_counts(latest), {r.missing for r in latest.readings}) == ({}, {None})
    assert Counter(r.period for r in latest.readings if r.indicator == "cpi.score")["2025"] == 182
    assert (older.edition, older.edition_rank, older.rows_read) == ("2017", 20170000, 180 + 181)
    assert problem_counts(older) == {("note", "not_a_country"): 1}
    found = Counter((r.indicator, r.missing) for r in older.readings)
    assert found["cpi.score", None] == found["cpi.sources", None] == 1052
    assert (found["cpi.score", Missing.NOT_COLLECTED], found["cpi.rank", None]) == (34, 180)


def test_every_row_is_a_listed_country(latest: ReadResult, older: ReadResult) -> None:
    assert unmatched([*latest.readings, *older.readings], "cpi") == {}


def test_all_of_a_workbook_carries_its_edition(latest: ReadResult, older: ReadResult) -> None:
    assert {(r.edition, r.edition_rank) for r in latest.readings} == {("2025", 20250000)}
    assert {(r.edition, r.edition_rank) for r in older.readings} == {("2017", 20170000)}
    assert {r.period for r in latest.readings} == {str(y) for y in range(2012, 2026)}


@pytest.mark.parametrize(
    ("part", "sheet", "cell", "code", "period", "score", "error"),
    [
        ("sheet1", "CPI2025", "D82 F82", "GHA", "2025", 43, 1.540763),
        ("sheet1", "CPI2025", "D83 F83", "KSV", "2025", 43, 2.234082),
        ("sheet1", "CPI2025", "D157 F157", "COG", "2025", 23, 1.687413),
        ("sheet1", "CPI2025", "D169 F169", "COD", "2025", 20, 1.214099),
        ("sheet1", "CPI2025", "D177 F177", "PRK", "2025", 15, 4.133144),
        ("sheet1", "CPI2025", "D37 F37", "KOR", "2025", 63, 1.515392),
        ("sheet1", "CPI2025", "D131 F131", "NER", "2025", 31, 1.945508),
        ("sheet1", "CPI2025", "D150 F150", "NGA", "2025", 26, 1.471689),
        ("sheet6", "CPI Historical", "E856 G856", "GHA", "2017", 40, 2.56),
        ("sheet6", "CPI Historical", "E1188 G1188", "KSV", "2017", 39, 2.13),
    ],
)
def test_scores_of_2025_at_named_cells(
    latest: ReadResult,
    shared_data: Path,
    part: str,
    sheet: str,
    cell: str,
    code: str,
    period: str,
    score: int,
    error: float,
) -> None:
    with zipfile.ZipFile(shared_data / "cpi" / "CPI2025_Results.xlsx") as archive:
        xml = archive.read(f"xl/worksheets/{part}.xml").decode()
    score_cell, error_cell = cell.split()
    assert [_number(xml, address) for address in (score_cell, error_cell)] == [score, pytest.approx(error, abs=1e-9)]
    reading = at(latest, f"{sheet}!{score_cell}")
    assert (reading.indicator, reading.code, reading.period, reading.value) == ("cpi.score", code, period, score)
    assert reading.standard_error == pytest.approx(error, abs=1e-9)


def test_ghana_in_2025_and_its_series(latest: ReadResult) -> None:
    ghana = [r for r in latest.readings if r.code == "GHA"]
    series = {r.period: r.value for r in ghana if r.indicator == "cpi.score"}
    assert [series[str(y)] for y in range(2012, 2026)] == [45, 46, 48, 47, 43, 40, 41, 41, 43, 43, 43, 43, 42, 43]
    now = {r.indicator: r for r in ghana if r.period == "2025"}
    assert (now["cpi.rank"].value, now["cpi.sources"].value) == (76, 10)
    assert (now["cpi.score"].low, now["cpi.score"].high) == (40.47315, 45.52685)


@pytest.mark.parametrize(
    ("sheet", "cell", "code", "period", "score", "error"),
    [
        ("CPI 2017", "D84 F84", "GHA", "2017", 40, 2.56),
        ("CPI 2017", "D90 F90", "KSV", "2017", 39, 2.13),
        ("CPI 2017", "D165 F165", "COG", "2017", 21, 1.08),
        ("CPI 2017", "D166 F166", "COD", "2017", 21, 1.96),
        ("CPI 2017", "D174 F174", "PRK", "2017", 17, 4.18),
        ("CPI 2017", "D54 F54", "KOR", "2017", 54, 2.24),
        ("CPI 2017", "D119 F119", "NER", "2017", 33, 3.27),
        ("CPI 2017", "D153 F153", "NGA", "2017", 27, 1.97),
        ("CPI historical data 2012-2017", "S84 T84", "GHA", "2012", 45, 3.8),
    ],
)
def test_scores_of_2017_at_named_cells(
    older: ReadResult, older_book: Workbook, sheet: str, cell: str, code: str, period: str, score: int, error: float
) -> None:
    score_cell, error_cell = cell.split()
    assert (older_book[sheet][score_cell].value, older_book[sheet][error_cell].value) == (score, error)
    reading = at(older, f"{sheet}!{score_cell}")
    assert (reading.code, reading.period, reading.value, reading.standard_error) == (code, period, score, error)


def _number(xml: str, address: str) -> float:
    match = re.search(rf'<c r="{address}"[^>]*><v>([^<]*)</v>', xml)
    assert match is not None, address
    return float(match[1])


MAIN = ["Country / Territory", "ISO3", "Region", "CPI 2026 score", "Rank", "Standard error 2026", "Number of sources"]
LONG = ["Country / Territory", "ISO3", "Year", "Region", "CPI score", "Rank", "Standard error", "Number of sources"]
GHANA = ["Ghana", "GHA", "SSA", 44, 70, 1.5, 9]


@pytest.fixture(scope="module")
def first(shared_data: Path) -> ReadResult:
    return CORRUPTION_PERCEPTIONS.read(Document(shared_data / "cpi" / "CPI2012.xlsx"))


def test_the_workbook_of_2012_is_read_whole(first: ReadResult) -> None:
    assert (first.edition, first.edition_rank, first.rows_read) == ("2012", 20120000, 176)
    assert Counter(r.indicator for r in first.readings) == {"cpi.score": 176, "cpi.rank": 176, "cpi.sources": 176}
    assert (first.problems, {r.period for r in first.readings}, {r.missing for r in first.readings}) == (
        [],
        {"2012"},
        {None},
    )
    assert unmatched(first.readings, "cpi") == {}
    found = {r.locator: r for r in first.readings if r.country == "Ghana"}
    score = found["CPI 2012!D66"]
    assert (score.value, score.standard_error, score.low, score.high) == (45, 3.8, 39, 51)
    assert (found["CPI 2012!A66"].value, found["CPI 2012!F66"].value) == (64, 9)


def test_the_edition_of_2012_and_a_later_one_agree_on_2012(first: ReadResult, older: ReadResult) -> None:
    index = reference_index()

    def scores(result: ReadResult) -> dict[str, float | None]:
        return {
            index.match(r.country, r.code, "cpi").code: r.value
            for r in result.readings
            if (r.indicator, r.period) == ("cpi.score", "2012") and r.value is not None
        }

    one, other = scores(first), scores(older)
    assert len(one) == 176
    assert {code: (one[code], other[code]) for code in one if other.get(code, one[code]) != one[code]} == {}


def read_sheets(tmp_path: Path, sheets: dict[str, Iterable[Sequence[Any]]]) -> ReadResult:
    document = Document(write_workbook(tmp_path / "cpi.xlsx", sheets))
    assert CORRUPTION_PERCEPTIONS.recognize(document)
    return CORRUPTION_PERCEPTIONS.read(document)


def test_a_moved_header_two_sheets_and_their_disagreement(tmp_path: Path) -> None:
    long = [
        ["Ghana", "GHA", 2026, "SSA", 44, 70, 1.5, 9],
        ["Togo", "TGO", 2026, "SSA", 31, 120, 2.0, 7],
        ["Togo", "TGO", 2025, "SSA", 32, 119, 2.1, 7],
        ["Togo", "TGO", 2025, "SSA", 32, 119, 2.1, 7],
        ["Togo", "TGO", 2011, "SSA", 2.4, 143, 0.1, 5],
    ]
    result = read_sheets(
        tmp_path,
        {
            "CPI2026": [[], ["A title of 2025"], [], [], [], MAIN, GHANA, ["Togo", "TGO", "SSA", 30, 120, 2.0, 7]],
            "CPI Historical": [["Historical"], LONG, *long],
        },
    )
    assert (result.edition, result.rows_read) == ("2026", 5)
    assert at(result, "CPI2026!D7").value == 44
    assert at(result, "CPI2026!D8").value == 30
    assert at(result, "CPI Historical!E5").period == "2025"
    found = [(p.severity, p.reason, p.locator) for p in result.problems]
    assert found == [
        (Severity.WARNING, Reason.INCONSISTENT, "CPI Historical!E4"),
        (Severity.REJECTED, Reason.DUPLICATE_KEY, "CPI Historical!E6"),
        (Severity.REJECTED, Reason.UNREADABLE_YEAR, "CPI Historical!C7"),
    ]


@pytest.mark.parametrize(
    ("cells", "severity", "reason", "locator"),
    [
        (["Ghana", "GHA", "SSA", "n.d.", 70, 1.5, 9], Severity.REJECTED, Reason.UNREADABLE_NUMBER, "S!D2"),
        (["Ghana", "GHA", "SSA", 4400, 70, 1.5, 9], Severity.REJECTED, Reason.OUT_OF_RANGE, "S!D2"),
        (["Ghana", "GHA", "SSA", 44, 0, 1.5, 9], Severity.REJECTED, Reason.OUT_OF_RANGE, "S!E2"),
        (["Ghana", "GHA", "SSA", 44, 70, "?", 9], Severity.WARNING, Reason.UNREADABLE_NUMBER, "S!F2"),
        (["GLOBAL AVERAGE", "", "", 43.1], Severity.NOTE, Reason.NOT_A_COUNTRY, "S!A2"),
    ],
)
def test_a_bad_row_is_reported_with_its_cell(
    tmp_path: Path, cells: list[Any], severity: Severity, reason: Reason, locator: str
) -> None:
    result = read_sheets(tmp_path, {"S": [MAIN, cells]})
    assert [(p.severity, p.reason, p.locator) for p in result.problems] == [(severity, reason, locator)]
    assert locator not in {r.locator for r in result.readings}


def test_a_blank_score_is_a_reading_without_a_value(tmp_path: Path) -> None:
    result = read_sheets(tmp_path, {"S": [MAIN, ["Tonga", "TON", "AP", "", "", "", ""]]})
    assert {(r.indicator, r.value, r.missing) for r in result.readings} == {
        (code, None, Missing.NOT_COLLECTED) for code in ("cpi.score", "cpi.rank", "cpi.sources")
    }


def test_the_scale_before_2012_is_refused(tmp_path: Path) -> None:
    head = [heading.replace("2026", "2010") for heading in MAIN]
    document = Document(write_workbook(tmp_path / "cpi.xlsx", {"S": [head, ["Ghana", "GHA", "SSA", 4.1, 62, 0.5, 7]]}))
    with pytest.raises(UnreadableFile, match="2010"):
        CORRUPTION_PERCEPTIONS.read(document)


def test_another_workbook_is_not_claimed(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "o.xlsx", {"S": [["Country", "ISO3", "CPI 2026 score"], ["Ghana", "GHA", 44]]})
    assert CORRUPTION_PERCEPTIONS.recognize(Document(path)) is None


TOP = ["Country Rank", "Country / Territory", "", "CPI 2012 Score", "", "Surveys Used", "Standard Error", "90% CI", ""]


def test_a_header_of_two_rows_and_names_without_codes(tmp_path: Path) -> None:
    below = ["", "", "", "", "", "", "", "Lower", "Upper", "MIN", "AFDB"]
    rows: list[list[Any]] = [
        [*TOP, "Scores range", "Data sources"],
        below,
        [64, "Ghana", "AF", 45, "", 9, 3.8, 39, 51, 30, 0],
        [64, "Ghana", "AF", 46, "", 9, 3.8, 39, 51, 30, 0],
        ["", "Scores of all sources were rescaled.", "", "", "", "", "", "", "", "", ""],
    ]
    path = write_workbook(tmp_path / "cpi.xlsx", {"CPI 2012": rows})
    adapter, recognition = registry.recognize(Document(path))
    assert (adapter.key, recognition.edition) == ("corruption_perceptions", "2012")
    result = CORRUPTION_PERCEPTIONS.read(Document(path))
    assert [(r.indicator, r.country, r.code, r.period, r.value, r.locator) for r in result.readings] == [
        ("cpi.score", "Ghana", "", "2012", 45, "CPI 2012!D3"),
        ("cpi.rank", "Ghana", "", "2012", 64, "CPI 2012!A3"),
        ("cpi.sources", "Ghana", "", "2012", 9, "CPI 2012!F3"),
    ]
    score = result.readings[0]
    assert (score.standard_error, score.low, score.high) == (3.8, 39, 51)
    assert [(p.severity, p.reason, p.locator) for p in result.problems] == [
        (Severity.REJECTED, Reason.DUPLICATE_KEY, "CPI 2012!D4"),
        (Severity.NOTE, Reason.NOT_A_COUNTRY, "CPI 2012!B5"),
    ]
