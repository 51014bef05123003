"""UNODC's workbook of detected victims."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from indicators.sources import registry
from indicators.sources.base import Missing, Reading, ReadResult, Reason
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.unodc_glotip import GLOTIP
from tests.support.forms import problem_counts, unmatched, write_workbook

FILE = "unodc/data_glotip_2023-05-30.xlsx"
HEAD = (
    *("Iso3_code", "Country", "Region", "Subregion", "Indicator", "Dimension", "Category", "Sex", "Age", "Year"),
    *("Unit of measurement", "txtVALUE", "Source"),
)


def row(country: str, code: str, year: object, value: object, age: str = "0 to 17 years") -> tuple[object, ...]:
    where = (code, country, "Africa", "Western Africa")
    return (*where, "Detected trafficking victims", "Total", "Total", "Total", age, year, "Counts", value, "GLOTIP")


def document(folder: Path, *rows: tuple[object, ...], day: object = "30/05/2023") -> Document:
    lead: list[tuple[object, ...]] = [("UNODC", "x@un.org"), (day,)]
    return Document(write_workbook(folder / "glotip.xlsx", {"data": [*lead, HEAD, *rows]}))


@pytest.fixture(scope="module")
def result(shared_data: Path) -> ReadResult:
    opened = Document(shared_data / FILE)
    adapter, recognition = registry.recognize(opened)
    assert (adapter, recognition.edition) == (GLOTIP, "2023-05-30")
    return adapter.read(opened)


def of(result: ReadResult, code: str, year: str) -> Reading:
    (reading,) = [r for r in result.readings if (r.code, r.period) == (code, year)]
    return reading


def test_the_publisher_s_file(result: ReadResult) -> None:
    assert (result.edition, result.edition_rank, result.rows_read) == ("2023-05-30", 20230530, 1456)
    assert (result.published_on, result.dated_by) == (date(2023, 5, 30), "The file: cell data_glotip_1!A2")
    missing = Counter(reading.missing for reading in result.readings)
    assert missing == {None: 795, Missing.SUPPRESSED: 661}
    assert problem_counts(result) == {("note", "not_a_country"): 3, ("note", "no_value"): 1}
    assert unmatched(result.readings, "unodc_glotip") == {}


def test_a_count_below_five_is_withheld_and_no_number(result: ReadResult) -> None:
    withheld = [r for r in result.readings if r.missing]
    assert {r.raw for r in withheld} == {"<5"}
    assert all(r.value is None and "below 5" in r.note for r in withheld)
    assert sum(r.value or 0 for r in result.readings if r.code == "GHA") > 600


def test_a_count_with_a_comma_is_a_number(result: ReadResult) -> None:
    (reading,) = [r for r in result.readings if r.locator == "data_glotip_1!L3234"]
    assert (reading.raw, reading.value) == ("1,282", 1282)


def test_only_children_of_all_categories_are_read(tmp_path: Path) -> None:
    adults = row("Ghana", "GHA", 2018, 90, age="18 years or over")
    read = GLOTIP.read(document(tmp_path, row("Ghana", "GHA", 2018, 192), adults))
    assert [(r.value, r.locator) for r in read.readings] == [(192, "data!L4")]
    assert "1 rows for other" in read.problems[0].message


def test_a_subregion_without_a_name_is_left_out_once(tmp_path: Path) -> None:
    rows = [row("", "SAF", 2018, 9), row("", "SAF", 2019, 9), row("Ghana", "GHA", 2018, 9)]
    read = GLOTIP.read(document(tmp_path, *rows))
    assert [(p.reason, p.rows) for p in read.problems] == [(Reason.NOT_A_COUNTRY, 2)]
    assert [r.code for r in read.readings] == ["GHA"]


@pytest.mark.parametrize(
    ("year", "value", "reason", "locator"),
    [("2018/19", 9, Reason.UNREADABLE_YEAR, "data!J4"), (2018, "few", Reason.UNREADABLE_NUMBER, "data!L4")],
)
def test_a_faulty_row_names_its_cell(tmp_path: Path, year: object, value: object, reason: Reason, locator: str) -> None:
    read = GLOTIP.read(document(tmp_path, row("Ghana", "GHA", year, value)))
    assert [(p.reason, p.locator) for p in read.problems] == [(reason, locator)]
    assert read.readings == []


def test_the_day_may_be_named_where_the_file_has_none(tmp_path: Path) -> None:
    undated = document(tmp_path, row("Ghana", "GHA", 2018, 9), day="no day")
    with pytest.raises(UnreadableFile, match="no date above its header row"):
        GLOTIP.read(undated)
    named = GLOTIP.read(undated, "2023-05-30")
    assert (named.edition, named.published_on) == ("2023-05-30", None)


def test_another_workbook_is_not_claimed(tmp_path: Path) -> None:
    other = Document(write_workbook(tmp_path / "other.xlsx", {"data": [["Country", "Year"], ["Ghana", 2018]]}))
    assert GLOTIP.recognize(other) is None
    with pytest.raises(UnreadableFile, match="no sheet with the columns"):
        GLOTIP.read(other)
