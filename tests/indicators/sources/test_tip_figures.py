"""The form of the report's figures: its rows, blank values, and rows that are rejected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indicators.sources.base import Missing, Quality, ReadResult
from indicators.sources.documents import Document
from indicators.sources.registry import recognize
from indicators.sources.tip_figures import BY_KEY, COLUMNS, TIP_FIGURES
from tests.support.forms import problem_counts, write_csv

SENTENCE = "The government convicted 12 traffickers."
GHANA = ["2023", "GHA", "Ghana", "convictions", "12", SENTENCE, "page 3"]


def read_rows(tmp_path: Path, *rows: list[Any]) -> ReadResult:
    return TIP_FIGURES.read(Document(write_csv(tmp_path / "figures.csv", [list(COLUMNS), *rows])))


def changed(**cells: Any) -> list[Any]:
    return [cells.get(column, cell) for column, cell in zip(COLUMNS, GHANA, strict=True)]


def test_a_figure_has_its_number_its_cell_and_its_sentence(tmp_path: Path) -> None:
    result = read_rows(tmp_path, GHANA, changed(report_year="2024", value="0"))
    first, second = result.readings
    assert (first.indicator, first.value, first.period, first.edition_rank) == ("tip.convictions", 12, "2023", 20230000)
    assert (first.raw, first.note, first.quality) == (SENTENCE, "page 3", Quality.STATED)
    assert first.locator == "line 2, column 5"
    assert (second.value, second.missing) == (0, None)
    assert (result.edition, result.problems) == ("2024", [])
    assert recognize(Document(tmp_path / "figures.csv"))[0] is TIP_FIGURES


def test_a_blank_value_is_none_not_zero(tmp_path: Path) -> None:
    (reading,) = read_rows(tmp_path, changed(value="", sentence="")).readings
    assert (reading.value, reading.missing) == (None, Missing.NOT_COLLECTED)


@pytest.mark.parametrize(
    ("cells", "reason", "wanted"),
    [
        ({"value": "twelve"}, "unreadable_number", "not a whole number"),
        ({"value": "1.5"}, "out_of_range", "1.5"),
        ({"value": "-1"}, "out_of_range", "-1"),
        ({"figure": "raids"}, "unknown_label", ", ".join(BY_KEY)),
        ({"report_year": "23"}, "unreadable_year", "not the year"),
        ({"report_year": "2000"}, "out_of_range", "the first is from 2001"),
        ({"iso3": "", "country": ""}, "unknown_country", "country"),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_and_the_others_are_read(
    tmp_path: Path, cells: dict[str, str], reason: str, wanted: str
) -> None:
    result = read_rows(tmp_path, changed(**cells), changed(report_year="2001"))
    assert problem_counts(result) == {("rejected", reason): 1}
    assert wanted in result.problems[0].message
    assert [reading.period for reading in result.readings] == ["2001"]


def test_a_figure_has_one_row_a_country_and_year(tmp_path: Path) -> None:
    result = read_rows(tmp_path, GHANA, changed(value="13"), changed(figure="prosecutions"))
    assert problem_counts(result) == {("rejected", "duplicate_key"): 1}
    assert [reading.value for reading in result.readings] == [12, 12]
