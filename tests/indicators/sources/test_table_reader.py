"""`TableReader`, tested with its worked example: a CSV file or workbook of invented school meals."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from indicators.sources.base import IndicatorSpec, Missing, ReadResult, Reason, Severity, SourceSpec
from indicators.sources.checks import Absent, Fault, Labels, Numbers, year
from indicators.sources.documents import Document, Media, UnreadableFile
from indicators.sources.table_finder import TEXTS, Header, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of, warn_of_unknown_columns
from tests.support.forms import write_csv, write_workbook

SOURCE = SourceSpec("school_meals", "School meals", "World Meals Office", "CC BY 4.0", "World Meals Office")
PUPILS = IndicatorSpec("meals.pupils", "School meals", "percent of pupils", "Sample", minimum=0, maximum=100)
HEADING = "Pupils_with  Meals"


class SchoolMeals(TableAdapter):
    key = "school_meals"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (PUPILS,)
    header = Header(
        {"country": "country", "year": "year", "pupils": "(?:share of )?pupils with meals", "note": "note"},
        required=("country", "year", "pupils"),
        media=(Media.WORKBOOK, *TEXTS),
    )
    lacks = "has no columns country, year, and pupils with meals", "Upload the file as the publisher released it."
    content = "pupils by country and year"

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        years = (year(row.cell("year")) for row in rows_of(tables[0]))
        return str(max((found for found in years if found is not None), default=""))

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        warn_of_unknown_columns(table, result, lambda title: title in ("country", "year", "pupils with meals", "note"))
        super().read_table(table, result)

    def read_row(self, row: SourceRow) -> None:
        row.country = row.text("country")
        if row.country == "World":
            row.leave_out("A group of countries: left out.", "country")
            return
        period = row.find("year", year, Reason.UNREADABLE_YEAR, "{text!r} is no year.")
        if period is not None and not row.repeats((row.country, period), f"{row.country} already has {period}", "year"):
            row.add_reading(PUPILS, "pupils", Numbers(), period=str(period), note=row.text("note"))


ADAPTER = SchoolMeals()
ROWS: list[list[Any]] = [
    ["School meals, all countries", "", ""],
    ["Country ", "YEAR", HEADING],
    ["Ghana", 2024, 41.5],
    ["", "", " "],
    ["Togo", 2024, "n/a"],
    ["World", 2024, 50],
    ["Peru", "24", 7],
    ["Chad", 2024, "many"],
    ["Mali", 2024, 140],
    ["Ghana", 2024, 42],
]


def document(folder: Path, kind: str, rows: list[list[Any]] = ROWS) -> Document:
    if kind == "csv":
        return Document(write_csv(folder / "meals.csv", rows))
    return Document(write_workbook(folder / "meals.xlsx", {"Notes": [["x"]], "Data": rows}))


@pytest.mark.parametrize(
    ("kind", "places", "place"),
    [
        ("csv", "line {row}, column {column}", "header in line 2"),
        ("workbook", "Data!{letter}{row}", "sheet Data, header in row 2"),
    ],
)
def test_cells_know_their_address(tmp_path: Path, kind: str, places: str, place: str) -> None:
    opened = document(tmp_path, kind)
    claim = ADAPTER.recognize(opened)
    assert claim is not None
    assert (claim.edition, claim.because) == ("2024", f"{place}, pupils by country and year")
    result = ADAPTER.read(opened, "2024")
    assert (result.edition, result.edition_rank, result.rows_read, result.layout) == ("2024", 20240000, 6, place)

    def at(row: int, column: int) -> str:
        return places.format(row=row, column=column, letter="ABC"[column - 1])

    assert [(r.country, r.period, r.value, r.missing, r.raw, r.locator) for r in result.readings] == [
        ("Ghana", "2024", 41.5, None, "41.5", at(3, 3)),
        ("Togo", "2024", None, Missing.NOT_COLLECTED, "n/a", at(5, 3)),
    ]
    assert [(p.severity, p.reason, p.message, p.locator, p.row, p.column, p.country) for p in result.problems] == [
        (Severity.WARNING, *_unknown(HEADING), at(2, 3), 2, HEADING, ""),
        (Severity.NOTE, Reason.NOT_A_COUNTRY, "A group of countries: left out.", at(6, 1), 6, "Country", "World"),
        (Severity.REJECTED, Reason.UNREADABLE_YEAR, "'24' is no year.", at(7, 2), 7, "YEAR", "Peru"),
        (Severity.REJECTED, Reason.UNREADABLE_NUMBER, "'many' is not a number.", at(8, 3), 8, HEADING, "Chad"),
        (Severity.REJECTED, Reason.OUT_OF_RANGE, "140 is outside 0 to 100.", at(9, 3), 9, HEADING, "Mali"),
        (Severity.REJECTED, Reason.DUPLICATE_KEY, "Ghana already has 2024: row 3.", at(10, 2), 10, "YEAR", "Ghana"),
    ]


def test_a_read_file_is_freed_without_the_collector(tmp_path: Path) -> None:
    opened = document(tmp_path, "workbook")
    alive = weakref.ref(opened)
    gc.disable()  # as an import does
    try:
        assert ADAPTER.read(opened, "2024").readings
        del opened
        assert alive() is None
    finally:
        gc.enable()


def _unknown(heading: str) -> tuple[Reason, str]:
    return Reason.UNKNOWN_COLUMN, f"The heading {heading!r} is not known; its column is not read."


def test_a_file_without_the_header_or_without_an_edition_is_unreadable(tmp_path: Path) -> None:
    other = document(tmp_path, "csv", [["Country", "Year"], ["Ghana", 2024]])
    assert ADAPTER.recognize(other) is None
    with pytest.raises(UnreadableFile, match="has no columns country, year, and pupils with meals"):
        ADAPTER.read(other)
    undated = document(tmp_path, "csv", [["Country", "Year", "Pupils with meals"], ["Ghana", "latest", 1]])
    with pytest.raises(UnreadableFile, match=r"does not say of which edition it is, and '' is none\."):
        ADAPTER.read(undated)


def test_a_column_may_be_absent_and_a_row_short(tmp_path: Path) -> None:
    rows = [["Note", "Country", "Year", "Share of pupils with meals"], ["Sample", "Ghana", "2024"]]
    (reading,) = ADAPTER.read(document(tmp_path, "csv", rows)).readings
    assert (reading.missing, reading.raw, reading.note) == (Missing.NOT_COLLECTED, "", "Sample")
    assert reading.locator == "line 2, column 4"


def test_a_hidden_sheet_is_not_read_unless_asked_for(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "hidden.xlsx", {"Working copy": ROWS, "Shown": [["x"]]})
    book = load_workbook(path)
    book["Working copy"].sheet_state = "hidden"
    book.save(path)
    opened = Document(path)
    assert list(ADAPTER.header.find(opened)) == []
    assert [table.sheet for table in ADAPTER.header.find(opened, hidden=True)] == ["Working copy"]


@pytest.mark.parametrize(
    ("cell", "checked"),
    [
        (5, 5.0),
        ("5.5", 5.5),
        ("-", Absent(Missing.NOT_COLLECTED)),
        ("<5", Absent(Missing.SUPPRESSED, "The publisher gives no number, only that it is below 5.")),
        (True, Fault(Reason.UNREADABLE_NUMBER, "'True' is not a number.")),
        ("nan", Fault(Reason.UNREADABLE_NUMBER, "'nan' is not a number.")),
        (-1, Fault(Reason.OUT_OF_RANGE, "-1 is outside 0 to 100.")),
        (0.0, 0.0),
    ],
)
def test_a_number_is_checked(cell: Any, checked: float | Absent | Fault) -> None:
    assert Numbers(may_be_withheld=True).check(cell, PUPILS) == checked


def test_a_label_is_checked() -> None:
    labels = Labels({"free": "F"}.get, "{text!r} is no status.")
    assert labels.check(" free ") == "F"
    assert labels.check("..") == Absent(Missing.NOT_COLLECTED)
    assert labels.check("fre") == Fault(Reason.UNKNOWN_LABEL, "'fre' is no status.")
