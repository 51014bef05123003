from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indicators.sources.base import Missing, Quality, ReadResult
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.tip_report import TIERS, TIP_TIERS, flag_quality, tier_label
from tests.support.forms import problem_counts, unmatched, write_csv, write_workbook

HEADER = ["report_year", "iso3", "country", "tier", "source", "flag"]
GHANA = ["2023", "GHA", "Ghana", "2", "the report", ""]


@pytest.fixture(scope="module")
def compiled(shared_data: Path) -> ReadResult:
    return TIP_TIERS.read(Document(shared_data / "tip" / "tip_tiers_compiled.csv"))


def read_rows(tmp_path: Path, *rows: list[Any]) -> ReadResult:
    return TIP_TIERS.read(Document(write_csv(tmp_path / "tiers.csv", rows)))


def test_every_compiled_row_is_read(compiled: ReadResult) -> None:
    assert (compiled.rows_read, len(compiled.readings), compiled.problems) == (4130, 4130, [])
    assert (compiled.edition, compiled.edition_rank) == ("2025", 20250000)
    assert Counter(reading.label for reading in compiled.readings) == {
        "Tier 1": 720,
        "Tier 2": 2035,
        "Tier 2 Watch List": 868,
        "Tier 3": 473,
        "Special Case": 34,
    }
    assert not any(reading.missing for reading in compiled.readings)
    assert len({(reading.code, reading.period) for reading in compiled.readings}) == 4130


def test_inferred_and_unconfirmed_years(compiled: ReadResult) -> None:
    by_quality = {
        quality: Counter(r.period for r in compiled.readings if r.quality is quality)
        for quality in (Quality.INFERRED, Quality.UNCONFIRMED)
    }
    assert by_quality[Quality.INFERRED] == {
        "2016": 151,
        "2019": 131,
        "2020": 3,
        "2022": 114,
        "2023": 3,
        "2024": 86,
    }
    assert by_quality[Quality.UNCONFIRMED] == {"2025": 115}


@pytest.mark.parametrize(
    ("line", "year", "code", "written", "label", "quality"),
    [
        (2693, "2018", "GHA", "2", "Tier 2", Quality.STATED),
        (4127, "2025", "XKX", "2", "Tier 2", Quality.UNCONFIRMED),
        (3603, "2023", "COD", "2", "Tier 2", Quality.STATED),
        (3604, "2023", "COG", "2WL", "Tier 2 Watch List", Quality.STATED),
        (3705, "2023", "PRK", "3", "Tier 3", Quality.STATED),
        (2721, "2018", "KOR", "1", "Tier 1", Quality.STATED),
        (2347, "2016", "KOR", "1", "Tier 1", Quality.INFERRED),
        (2378, "2016", "NER", "2WL", "Tier 2 Watch List", Quality.INFERRED),
        (4067, "2025", "NGA", "2", "Tier 2", Quality.UNCONFIRMED),
    ],
)
def test_values_at_named_lines(
    shared_data: Path, compiled: ReadResult, line: int, year: str, code: str, written: str, label: str, quality: Quality
) -> None:
    text = (shared_data / "tip" / "tip_tiers_compiled.csv").read_text().splitlines()[line - 1]
    fields = next(csv.reader([text]))
    assert (fields[0], fields[1], fields[3]) == (year, code, written)
    reading = next(r for r in compiled.readings if r.locator == f"line {line}, column 4")
    assert (reading.period, reading.code, reading.raw, reading.label) == (year, code, written, label)
    assert (reading.quality, reading.edition, reading.edition_rank) == (quality, year, int(year) * 10_000)
    assert fields[4] in reading.note
    assert fields[5] in reading.note


def test_every_compiled_row_matches_a_country(compiled: ReadResult) -> None:
    assert unmatched(compiled.readings, "tip") == {}


def test_the_academic_series_is_not_taken_for_the_form(shared_data: Path) -> None:
    assert TIP_TIERS.recognize(Document(shared_data / "tip" / "heiss_kelley_tip_tiers_1999_2015.csv")) is None


def test_a_workbook_with_a_title_and_moved_columns(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "tiers.xlsx",
        {
            "Read me": [["How to fill in this form"]],
            "Tiers": [
                ["Tiers of the report"],
                [],
                ["Tier", "Report Year", "Country", "ISO3"],
                ["Tier 2 Watch List", 2024, "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire", "CIV"],
                ["SPECIAL CASE", 2024, "Libya", "LBY"],
                ["-", 2024, "Kosovo", "XKX"],
            ],
        },
    )
    document = Document(path)
    recognition = TIP_TIERS.recognize(document)
    assert recognition is not None
    assert recognition.edition == "2024"
    assert "sheet Tiers, row 3" in recognition.because
    result = TIP_TIERS.read(document)
    assert [(r.country, r.label, r.missing, r.locator) for r in result.readings] == [
        ("Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire", "Tier 2 Watch List", None, "Tiers!A4"),
        ("Libya", "Special Case", None, "Tiers!A5"),
        ("Kosovo", "", Missing.NOT_COLLECTED, "Tiers!A6"),
    ]
    assert problem_counts(result) == {("note", "no_value"): 1}


@pytest.mark.parametrize(
    ("row", "reason", "locator", "raw"),
    [
        (["23", "TGO", "Togo", "2", "", ""], "unreadable_year", "line 3, column 1", "23"),
        (["1999", "TGO", "Togo", "2", "", ""], "out_of_range", "line 3, column 1", "1999"),
        (["2023", "TGO", "Togo", "4", "", ""], "unknown_label", "line 3, column 4", "4"),
        (["2023", "", " ", "2", "", ""], "unknown_country", "line 3, column 2", ""),
        (["2023", "GHA", "Ghana", "3", "", ""], "duplicate_key", "line 3, column 4", "3"),
    ],
)
def test_a_bad_row_is_rejected_with_its_locator(
    tmp_path: Path, row: list[str], reason: str, locator: str, raw: str
) -> None:
    result = read_rows(tmp_path, HEADER, GHANA, row)
    assert result.rows_read == 2
    assert [r.country for r in result.readings] == ["Ghana"]
    assert problem_counts(result) == {("rejected", reason): 1}
    assert (result.problems[0].locator, result.problems[0].raw) == (locator, raw)


@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ([*HEADER[:5], "flags"], GHANA, "flags"),
        (HEADER, [*GHANA, "a remark without a heading"], "G"),
        ([*HEADER, "tier"], [*GHANA, "3"], "tier"),
    ],
)
def test_an_unknown_column_keeps_the_whole_table_out(
    tmp_path: Path, header: list[str], row: list[str], column: str
) -> None:
    result = read_rows(tmp_path, header, row)
    assert result.readings == []
    assert problem_counts(result) == {("rejected", "unknown_column"): 1}
    assert (result.problems[0].column, result.problems[0].rows) == (column, 1)


def test_a_cell_of_several_lines_moves_the_later_line_numbers(tmp_path: Path) -> None:
    result = read_rows(tmp_path, HEADER, [*GHANA[:5], "first\nsecond"], ["2023", "TGO", "Togo", "2", "", ""])
    assert [r.locator for r in result.readings] == ["line 2, column 4", "line 4, column 4"]


def test_a_table_without_tiers_is_not_the_form(tmp_path: Path) -> None:
    document = Document(write_csv(tmp_path / "other.csv", [["report_year", "iso3", "score"], ["2023", "GHA", "2"]]))
    assert TIP_TIERS.recognize(document) is None
    with pytest.raises(UnreadableFile, match="no header row of the TIP tier form"):
        TIP_TIERS.read(document)


def test_spellings_of_tiers_and_flags() -> None:
    assert [tier_label(t) for t in ("1", "tier 2", "2WL", "TIER 3", "Special case")] == list(TIERS)
    assert [tier_label(t) for t in ("", "4", "Tier", "2 or 3")] == [None] * 4
    assert flag_quality("Inferred: by elimination") is Quality.INFERRED
    assert flag_quality("unconfirmed, press only") is Quality.UNCONFIRMED
    assert flag_quality("iso3 KOS in the source") is Quality.STATED
