"""UNICEF's child labour: the real workbook, and small ones in its layout."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from indicators.sources import registry
from indicators.sources.base import Missing, Reading, ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.unicef import UNICEF_CHILD_LABOUR
from tests.support.forms import problem_counts, unmatched, write_workbook

FILE = "unicef/XLS_Child-labour-database_Jun-2025.xlsx"
ACTIVITY, EITHER = "unicef.child_labour_activity", "unicef.child_labour_activity_or_chores"


@pytest.fixture(scope="module")
def newest(shared_data: Path) -> ReadResult:
    return UNICEF_CHILD_LABOUR.read(Document(shared_data / FILE))


def at(result: ReadResult, cell: str) -> Reading:
    (reading,) = [r for r in result.readings if r.locator.endswith(f"!{cell}")]
    return reading


@pytest.mark.parametrize(
    ("cell", "country", "indicator", "series", "period", "value"),
    [
        ("I82", "Ghana", EITHER, "", "2018", 20.1),
        ("B82", "Ghana", ACTIVITY, "", "2022", 5.5),
        ("M82", "Ghana", EITHER, "female", "2018", 21.7),
        ("I107", "Kosovo under UNSC res. 1244", EITHER, "", "2020", 5.3),
        ("I53", "Congo", EITHER, "", "2015", 14.1),
        ("I62", "Democratic Republic of the Congo", EITHER, "", "2018", 14.7),
        ("B62", "Democratic Republic of the Congo", ACTIVITY, "", "2020", 14.7),
        ("K61", "Democratic People's Republic of Korea", EITHER, "male", "2017", 4.5),
        ("I143", "Niger", EITHER, "", "2022", 42.7),
        ("D144", "Nigeria", ACTIVITY, "male", "2022", 28.7),
        ("I56", "Côte d'Ivoire", EITHER, "", "2022", 13.0),
        ("I49", "Chile", EITHER, "", "2012", 5.9),
    ],
)
def test_values(
    shared_data: Path,
    newest: ReadResult,
    cell: str,
    country: str,
    indicator: str,
    series: str,
    period: str,
    value: float,
) -> None:
    sheet = openpyxl.load_workbook(shared_data / FILE, read_only=False)["Child labour"]
    assert (sheet[f"A{cell[1:]}"].value, sheet[cell].value) == (country, value)
    reading = at(newest, cell)
    assert (reading.country, reading.indicator, reading.series) == (country, indicator, series)
    assert (reading.period, reading.value, reading.locator) == (period, value, f"Child labour!{cell}")


def test_a_flag_and_the_survey_stand_in_the_note(newest: ReadResult) -> None:
    assert at(newest, "B144").note == "NCFLS 2022"
    assert at(newest, "I144").note.startswith("MICS 2021; differs from the standard definition")
    assert Counter(r.series for r in newest.readings if r.note.endswith("(y)")) == {"": 44, "male": 44, "female": 44}


def test_a_dash_is_missing(newest: ReadResult) -> None:
    south_korea = at(newest, "I159")
    assert (south_korea.country, south_korea.missing, south_korea.raw) == (
        "Republic of Korea",
        Missing.NOT_COLLECTED,
        "-",
    )
    assert (south_korea.value, south_korea.period) == (None, "2025")
    assert (at(newest, "D95").missing, at(newest, "B95").value) == (Missing.NOT_COLLECTED, 1.7)


def test_counts(newest: ReadResult) -> None:
    assert (newest.edition, newest.edition_rank, newest.rows_read) == ("2025-06", 20250600, 203)
    assert Counter((r.indicator, r.series) for r in newest.readings if r.value is not None) == {
        (ACTIVITY, ""): 110,
        (ACTIVITY, "male"): 109,
        (ACTIVITY, "female"): 109,
        (EITHER, ""): 103,
        (EITHER, "male"): 103,
        (EITHER, "female"): 103,
    }
    assert len(newest.readings) == 203 * 6
    assert problem_counts(newest) == {("note", "not_a_country"): 14}
    assert [p.locator for p in newest.problems if p.country] == [f"Child labour!A{row}" for row in range(218, 231)]
    assert {r.locator.split("!")[0] for r in newest.readings} == {"Child labour"}
    assert unmatched(newest.readings, UNICEF_CHILD_LABOUR.source.key) == {}


def test_the_workbook_is_recognized_and_by_this_reader_alone(shared_data: Path) -> None:
    adapter, recognition = registry.recognize(Document(shared_data / FILE))
    assert (adapter.key, recognition.edition) == ("unicef_child_labour", "2025-06")


# --- small workbooks ---------------------------------------------------------------------------------------------

SOURCE = "MICS 2018-19, calculations"
GOOD = ["Ghana", 5, "", 6, "", 4, "", SOURCE, 20.5, "y", 21, "y", 20, "y", "DHS 2014"]


def book(
    tmp_path: Path, *countries: list[Any], lead: int = 0, header: dict[int, str] | None = None, **sheets: Any
) -> Path:
    groups = ["", "Economic activity (%)+ \n(2020-2024)*", *[""] * 6, "Economic activity and/or household chores (%)+"]
    labels = ["", "Total ", "", "Sex ", "", "", "", "Data Source", "Total ", "", "Sex ", "", "", "", "Data Source"]
    sexes = ["", "", "", "Male", "", "Female", "", "", "", "", "Male", "", "Female", "", ""]
    for column, text in (header or {}).items():
        labels[column : column + 1] = [text]
    rows = [
        *[[""]] * lead,
        ["Child labour"],
        ["Last update: May 2019"],
        ["Countries and areas", "Child labour"],
        groups,
        labels,
        sexes,
        *countries,
        [""],
        ["SUMMARY"],
        ["World", 9.5],
        ["", "Notes:"],
    ]
    return write_workbook(tmp_path / "small.xlsx", {"Child labour": rows, **sheets})


def test_a_moved_header_is_found(tmp_path: Path) -> None:
    result = UNICEF_CHILD_LABOUR.read(Document(book(tmp_path, GOOD, lead=7)))
    assert (result.edition, result.edition_rank, result.rows_read) == ("2019-05", 20190500, 1)
    assert [(r.locator, r.indicator, r.series, r.period, r.value) for r in result.readings] == [
        ("Child labour!B14", ACTIVITY, "", "2019", 5),
        ("Child labour!D14", ACTIVITY, "male", "2019", 6),
        ("Child labour!F14", ACTIVITY, "female", "2019", 4),
        ("Child labour!I14", EITHER, "", "2014", 20.5),
        ("Child labour!K14", EITHER, "male", "2014", 21),
        ("Child labour!M14", EITHER, "female", "2014", 20),
    ]
    assert [p.message for p in result.problems] == [
        "World is a group of countries and was left out.",
        "Lines of explanation below the table were left out.",
    ]


@pytest.mark.parametrize(
    ("column", "value", "severity", "reason", "cell"),
    [
        (1, "many", Severity.REJECTED, Reason.UNREADABLE_NUMBER, "B7"),
        (1, 101, Severity.REJECTED, Reason.OUT_OF_RANGE, "B7"),
        (2, "z", Severity.WARNING, Reason.UNKNOWN_LABEL, "C7"),
        (7, "household survey", Severity.REJECTED, Reason.UNREADABLE_YEAR, "B7"),
        (7, "DHS 2010 and MICS 2014", Severity.REJECTED, Reason.UNREADABLE_YEAR, "B7"),
    ],
)
def test_each_fault_is_named_at_its_cell(
    tmp_path: Path, column: int, value: object, severity: Severity, reason: Reason, cell: str
) -> None:
    row: list[Any] = list(GOOD)
    row[column] = value
    problem = UNICEF_CHILD_LABOUR.read(Document(book(tmp_path, row))).problems[0]
    assert (problem.severity, problem.reason, problem.locator) == (severity, reason, f"Child labour!{cell}")
    assert (problem.country, problem.row, problem.column) == ("Ghana", 7, cell[0])


def test_a_heading_without_a_meaning_is_reported(tmp_path: Path) -> None:
    result = UNICEF_CHILD_LABOUR.read(Document(book(tmp_path, GOOD, header={15: "Wealth quintile"})))
    problem = result.problems[0]
    assert (problem.severity, problem.reason, problem.locator) == (
        Severity.WARNING,
        Reason.UNKNOWN_COLUMN,
        "Child labour!P5",
    )
    assert len(result.readings) == 6


def test_half_a_table_is_not_claimed(tmp_path: Path) -> None:
    document = Document(book(tmp_path, GOOD, header={14: "Origin"}))
    assert UNICEF_CHILD_LABOUR.recognize(document) is None
    with pytest.raises(UnreadableFile, match="both measures"):
        UNICEF_CHILD_LABOUR.read(document)


def test_a_hidden_copy_is_not_read(tmp_path: Path) -> None:
    path = book(tmp_path, GOOD)
    workbook = openpyxl.load_workbook(path)
    workbook["Child labour"].sheet_state = "hidden"
    workbook.create_sheet("Contents")
    workbook.active = 1
    workbook.save(path)
    assert UNICEF_CHILD_LABOUR.recognize(Document(path)) is None
