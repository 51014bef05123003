"""World Development Indicators: the World Bank's own layout and the long one, of any series."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from indicators.sources import registry
from indicators.sources.base import Missing, ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.world_bank_wdi import SERIES, WDI
from tests.support.forms import problem_counts, unmatched

LONG = {
    "SE.ADT.LITR.ZS": ("wdi.literacy", 1100, "2024", 168),
    "SL.TLF.0714.ZS": ("wdi.child_employment", 280, "2016", 99),
    "SP.M18.2024.FE.ZS": ("wdi.child_marriage", 415, "2023", 140),
    "SP.REG.BRTH.ZS": ("wdi.birth_registration", 589, "2022", 179),
}


def wide(folder: Path, series: str, name: str, *rows: tuple[str, ...], updated: str = "2026-03-01") -> Document:
    """Write a file in the World Bank's own layout with the years 2020 and 2021."""
    path = folder / f"API_{series}_DS2_en_csv_v2_1.csv"
    head = ["Country Name", "Country Code", "Indicator Name", "Indicator Code", "2020", "2021", ""]
    lines = [[country, code, name, series, *cells, ""] for country, code, *cells in rows]
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        lead = [["Data Source", "World Development Indicators", ""], [], ["Last Updated Date", updated, ""], []]
        csv.writer(handle, quoting=csv.QUOTE_ALL).writerows([*lead, head, *lines])
    return Document(path)


def long(folder: Path, text: str) -> Document:
    path = folder / "series.csv"
    path.write_text(text, encoding="utf-8")
    return Document(path)


@pytest.fixture(scope="module")
def results(shared_data: Path) -> dict[str, ReadResult]:
    found = {}
    for series in LONG:
        document = Document(shared_data / "world_bank_wdi" / f"{series}.csv")
        adapter, recognition = registry.recognize(document)
        assert adapter is WDI
        assert series in recognition.because
        found[series] = adapter.read(document)
    return found


@pytest.mark.parametrize("series", LONG)
def test_a_long_file_is_read_whole(results: dict[str, ReadResult], series: str) -> None:
    code, lines, edition, areas = LONG[series]
    result = results[series]
    assert (result.rows_read, len(result.readings), result.edition, result.layout) == (lines, lines, edition, series)
    assert {reading.indicator for reading in result.readings} == {code}
    assert len({reading.code for reading in result.readings}) == areas
    assert problem_counts(result) == {}
    assert result.published_on is None


def test_the_row_code_geo_is_georgia_and_no_header(results: dict[str, ReadResult]) -> None:
    for series, count in {
        "SE.ADT.LITR.ZS": 10,
        "SL.TLF.0714.ZS": 1,
        "SP.M18.2024.FE.ZS": 1,
        "SP.REG.BRTH.ZS": 5,
    }.items():
        assert sum(reading.code == "GEO" for reading in results[series].readings) == count


def test_the_one_code_that_is_no_country_is_unmatched(results: dict[str, ReadResult]) -> None:
    for series, result in results.items():
        found = {code for _, code in unmatched(result.readings, "world_bank_wdi")}
        assert found == ({"GBM"} if series == "SP.REG.BRTH.ZS" else set())


@pytest.mark.parametrize(
    ("series", "country", "year", "line", "value"),
    [
        ("SP.REG.BRTH.ZS", "AFG", "2003", 2, 6),
        ("SP.REG.BRTH.ZS", "GHA", "2018", None, 70.6),
        ("SP.M18.2024.FE.ZS", "GHA", "2022", None, 16.1),
        ("SE.ADT.LITR.ZS", "GEO", "2024", 329, 99.68),
    ],
)
def test_values_with_their_lines(
    results: dict[str, ReadResult], series: str, country: str, year: str, line: int | None, value: float
) -> None:
    (reading,) = [r for r in results[series].readings if (r.code, r.period) == (country, year)]
    assert reading.value == value
    if line is not None:
        assert reading.locator == f"line {line}, column 3"


def test_a_header_below_the_first_line_is_a_row_and_rejected(tmp_path: Path) -> None:
    result = WDI.read(long(tmp_path, "geo,time,sp_reg_brth_zs\ngeo,time,sp_reg_brth_zs\ngeo,2018,98\n"))
    (problem,) = result.problems
    assert (problem.reason, problem.locator, problem.raw) == (Reason.UNREADABLE_YEAR, "line 2, column 2", "time")
    assert [(r.code, r.period, r.value) for r in result.readings] == [("GEO", "2018", 98)]


@pytest.mark.parametrize(
    ("line", "reason", "locator"),
    [
        ("gha,2018,many", Reason.UNREADABLE_NUMBER, "line 2, column 3"),
        ("gha,2018,101", Reason.OUT_OF_RANGE, "line 2, column 3"),
        ("gha,18,70", Reason.UNREADABLE_YEAR, "line 2, column 2"),
        ("gha,2018", Reason.TRUNCATED, "line 2, column 1"),
    ],
)
def test_a_faulty_line_names_its_cell(tmp_path: Path, line: str, reason: Reason, locator: str) -> None:
    result = WDI.read(long(tmp_path, f"geo,time,sp_reg_brth_zs\n{line}\ntgo,2017,82.9\n"))
    (problem,) = result.problems
    assert (problem.severity, problem.reason, problem.locator) == (Severity.REJECTED, reason, locator)
    assert [reading.code for reading in result.readings] == ["TGO"]


def test_long_file_of_an_unknown_series_asks_for_its_definition(tmp_path: Path) -> None:
    document = long(tmp_path, "geo,time,sp_pop_totl\ngha,2018,30000000\n")
    assert registry.recognize(document)[0] is WDI
    with pytest.raises(UnreadableFile, match=r"SP\.POP\.TOTL, which is not defined in CPC") as caught:
        WDI.read(document)
    assert "API_SP.POP.TOTL_DS2_en_csv_v2" in caught.value.remedy


def test_the_world_bank_s_own_layout_of_a_listed_series(tmp_path: Path) -> None:
    rows = (("Ghana", "GHA", "", "70.6"), ("World", "WLD", "76", "77"))
    document = wide(tmp_path, "SP.REG.BRTH.ZS", "Completeness of birth registration (%)", *rows)
    adapter, recognition = registry.recognize(document)
    result = adapter.read(document)
    assert (adapter, recognition.edition) == (WDI, "2026-03-01")
    assert (result.edition, result.edition_rank, result.rows_read) == ("2026-03-01", 20260301, 1)
    assert (result.published_on, result.dated_by) == (date(2026, 3, 1), "The file: Last Updated Date")
    assert [(r.indicator, r.period, r.value, r.missing) for r in result.readings] == [
        ("wdi.birth_registration", "2020", None, Missing.NOT_COLLECTED),
        ("wdi.birth_registration", "2021", 70.6, None),
    ]
    assert problem_counts(result) == {("note", "not_a_country"): 1}
    assert result.definitions == []


def test_another_series_is_defined_by_the_name_in_its_file(tmp_path: Path) -> None:
    name = "Life expectancy at birth, total (years)"
    result = WDI.read(wide(tmp_path, "SP.DYN.LE00.IN", name, ("Ghana", "GHA", "63.9", "64.1")))
    (spec,) = result.definitions
    assert (spec.code, spec.name, spec.unit) == ("wdi.sp_dyn_le00_in", "Life expectancy at birth, total", "years")
    assert name in spec.wording
    assert [(r.indicator, r.value) for r in result.readings] == [(spec.code, 63.9), (spec.code, 64.1)]


def test_no_edition_is_made_up(tmp_path: Path) -> None:
    document = wide(tmp_path, "SP.REG.BRTH.ZS", "x", ("Ghana", "GHA", "1", "2"), updated="soon")
    with pytest.raises(UnreadableFile, match="date of its last update"):
        WDI.read(document)
    named = WDI.read(document, "2026-04-02")
    assert (named.edition, named.edition_rank, named.published_on) == ("2026-04-02", 20260402, None)


def test_a_file_of_another_kind_is_not_claimed(tmp_path: Path) -> None:
    assert WDI.recognize(long(tmp_path, "geo,time,not a series\ngha,2018,1\n")) is None
    assert WDI.recognize(long(tmp_path, "country,year,value\nGhana,2018,1\n")) is None
    with pytest.raises(UnreadableFile, match="neither header row"):
        WDI.read(long(tmp_path, "country,year,value\nGhana,2018,1\n"))


def test_every_listed_series_has_a_code_of_its_own() -> None:
    assert len({spec.code for spec in SERIES.values()}) == len(SERIES)
