"""MCC scorecards in the product's own form; the numbers are made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indicators.sources.base import Missing, Quality, Reading, ReadResult
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.mcc import MCC_SCORECARDS
from indicators.sources.mcc_rules import indicators, year_rule
from tests.support.forms import problem_counts, unmatched, write_csv, write_workbook

HEADER = ["fiscal_year", "iso3", "country", "indicator", "category", "score", "percentile", "median", "pass"]
CATEGORY = {"ruling_justly": "Ruling Justly", "investing_in_people": "Investing in People"}


def row(slug: str, passes: bool, stated: str = "", year: str = "FY2025") -> list[Any]:
    """Return a row that passes or fails by the rule."""
    rule = indicators()[slug]
    score, median = (1.0, 0.0) if passes else (0.0, 1.0)
    if slug in ("political_rights", "civil_liberties"):
        score, median = (40, 20) if passes else (3, 20)
    if slug == "inflation":
        score, median = (2.5, 4.0) if passes else (28.0, 4.0)
    category = CATEGORY.get(rule.category, "Economic Freedom")
    return [year, "GHA", "Ghana", rule.name, category, score, 60 if passes else 20, median, stated]


def card(passing: set[str], year: int = 2025, stated: bool = True) -> list[list[Any]]:
    """Return the 20 rows of a scorecard."""
    return [
        row(slot[0], slot[0] in passing, ("Pass" if slot[0] in passing else "Fail") if stated else "", f"FY{year}")
        for slot in year_rule(year).slots
    ]


def some(count: int) -> set[str]:
    """Return the hurdles and further indicators, `count` in all."""
    first = ["control_of_corruption", "political_rights"]
    rest = [slot[0] for slot in year_rule(2025).slots if slot[0] not in first]
    return set([*first, *rest][:count])


def read(tmp_path: Path, rows: list[list[Any]], header: list[str] | None = None) -> ReadResult:
    return MCC_SCORECARDS.read(Document(write_csv(tmp_path / "cards.csv", [header or HEADER, *rows])))


def of(result: ReadResult, indicator: str, period: str = "FY2025") -> Reading:
    (reading,) = [r for r in result.readings if r.indicator == indicator and r.period == period]
    return reading


def test_a_whole_card(tmp_path: Path) -> None:
    result = read(tmp_path, [*card(some(10)), ["FY2025", "GHA", "Ghana", "Scorecard", "", 10, "", "", "Pass"]])
    assert (result.rows_read, result.problems, result.edition, result.edition_rank) == (21, [], "FY2025", 20250000)
    assert len(result.readings) == 20 * 4 + 5
    scorecard = of(result, "mcc.scorecard")
    assert (scorecard.label, scorecard.quality, scorecard.locator) == ("Pass", Quality.STATED, "line 22, column 9")
    passed = of(result, "mcc.passed")
    assert (passed.value, passed.quality, passed.raw, passed.locator) == (
        10.0,
        Quality.STATED,
        "10",
        "line 22, column 6",
    )
    shares = [of(result, f"mcc.{c}") for c in ("ruling_justly", "investing_in_people", "economic_freedom")]
    assert [share.value for share in shares] == [100.0, pytest.approx(400 / 6), 0.0]
    assert {share.quality for share in shares} == {Quality.COMPUTED}
    assert unmatched(result.readings, "mcc") == {}


def test_the_cells_of_a_row(tmp_path: Path) -> None:
    result = read(tmp_path, [["FY25", "GHA", "Ghana", "Inflation", "", "28.04", 4, "-", "Fail"]])
    inflation = of(result, "mcc.inflation")
    assert (inflation.value, inflation.raw, inflation.locator) == (28.04, "28.04", "line 2, column 6")
    assert (inflation.edition, inflation.edition_rank) == ("FY2025", 20250000)
    assert of(result, "mcc.inflation.percentile").value == 4
    assert of(result, "mcc.inflation.median").missing is Missing.NOT_COLLECTED
    verdict = of(result, "mcc.inflation.pass")
    assert (verdict.label, verdict.quality, verdict.locator) == ("Fail", Quality.STATED, "line 2, column 9")


@pytest.mark.parametrize(
    ("passing", "label", "count"),
    [
        (some(10), "Pass", 10),
        (some(9), "Fail", 9),
        (some(20) - {"control_of_corruption"}, "Fail", 19),
        (some(20) - {"political_rights", "civil_liberties"}, "Fail", 18),
        (some(20) - {"political_rights"}, "Pass", 19),
    ],
)
@pytest.mark.parametrize("stated", [True, False])
def test_the_result_is_computed_where_the_card_has_none(
    tmp_path: Path, passing: set[str], label: str, count: int, stated: bool
) -> None:
    result = read(tmp_path, card(passing, stated=stated))
    scorecard, passed = of(result, "mcc.scorecard"), of(result, "mcc.passed")
    assert (scorecard.label, passed.value, scorecard.quality) == (label, count, Quality.COMPUTED)
    assert scorecard.note == f"{count} of 20 passed, by the rule of FY2025"
    assert scorecard.locator == "line 2, column 4 to line 21, column 4"
    qualities = {r.quality for r in result.readings if r.indicator.endswith(".pass")}
    assert qualities == {Quality.STATED if stated else Quality.COMPUTED}


def test_a_tie_with_the_median_does_not_pass(tmp_path: Path) -> None:
    tie = ["FY2025", "GHA", "Ghana", "Rule of Law", "", 0.5, 50, 0.5, "Pass"]
    result = read(tmp_path, [tie])
    assert problem_counts(result) == {("warning", "inconsistent"): 1}
    (problem,) = result.problems
    assert (problem.locator, problem.column, problem.raw, problem.country) == (
        "line 2, column 9",
        "pass",
        "Pass",
        "Ghana",
    )
    assert "gives Fail (score 0.5, median 0.5); the card is used" in problem.message
    assert of(result, "mcc.rule_of_law.pass").label == "Pass"


def test_a_stated_result_of_the_card_is_compared(tmp_path: Path) -> None:
    result = read(tmp_path, [*card(some(9)), ["FY2025", "GHA", "Ghana", "Overall result", "", 11, "", "", "Pass"]])
    assert [(p.reason, p.column) for p in result.problems] == [("inconsistent", "pass"), ("inconsistent", "score")]
    assert (of(result, "mcc.scorecard").label, of(result, "mcc.passed").value) == ("Pass", 11.0)


def test_what_is_not_known_is_not_failed(tmp_path: Path) -> None:
    rows = card(some(9), stated=False)
    rows = [r for r in rows if r[3] != "Access to Credit"]  # no row: unknown
    rows = [[*r[:5], "", "", "", ""] if r[3] == "Trade Policy" else r for r in rows]  # no score: not passed
    rows = [[*r[:7], "", ""] if r[3] == "Fiscal Policy" else r for r in rows]  # no median: unknown
    result = read(tmp_path, rows)
    assert of(result, "mcc.scorecard").label == "Unknown"
    assert of(result, "mcc.passed").missing is Missing.NOT_COLLECTED
    assert of(result, "mcc.passed").note == "9 of 20 passed, 2 unknown, by the rule of FY2025"
    assert of(result, "mcc.trade_policy").missing is Missing.NOT_COLLECTED
    assert of(result, "mcc.trade_policy.pass").label == "Fail"
    assert of(result, "mcc.fiscal_policy.pass").missing is Missing.NOT_COLLECTED
    assert of(result, "mcc.economic_freedom").missing is Missing.NOT_COLLECTED
    assert of(result, "mcc.ruling_justly").value == 100.0


@pytest.mark.parametrize("year", [2026, 2029])
def test_a_year_that_is_not_fully_known_reads_not_recomputed(tmp_path: Path, year: int) -> None:
    rows: list[list[Any]] = [
        [f"FY{year}", "SLE", "Sierra Leone", "Control of Corruption", "", 0.2, 60, 0, "Fail"],
        [f"FY{year}", "SLE", "Sierra Leone", "Personal Freedom", "", 0.2, 60, 0, ""],
        [f"FY{year}", "SLE", "Sierra Leone", "Scorecard", "", 9, "", "", "Fail"],
    ]
    result = read(tmp_path, rows)
    assert result.problems == []
    assert of(result, "mcc.control_of_corruption.pass", f"FY{year}").label == "Fail"
    assert of(result, "mcc.personal_freedom.pass", f"FY{year}").missing is Missing.NOT_COLLECTED
    scorecard = of(result, "mcc.scorecard", f"FY{year}")
    assert (scorecard.label, scorecard.quality) == ("Fail", Quality.STATED)
    assert scorecard.note.startswith("not recomputed: ")
    assert of(result, "mcc.passed", f"FY{year}").value == 9
    assert of(result, "mcc.ruling_justly", f"FY{year}").missing is Missing.NOT_COLLECTED
    without = read(tmp_path, rows[:2])
    assert of(without, "mcc.scorecard", f"FY{year}").label == "Unknown"


@pytest.mark.parametrize(
    ("changed", "reason", "column"),
    [
        ({0: "next year"}, "unreadable_year", "fiscal_year"),
        ({0: "FY2011"}, "out_of_range", "fiscal_year"),
        ({1: "", 2: ""}, "unknown_country", "iso3"),
        ({3: "Happiness"}, "unknown_label", "indicator"),
        ({3: "Business Start-Up"}, "unknown_label", "indicator"),
        ({5: "0.5%"}, "unreadable_number", "score"),
        ({6: 101}, "out_of_range", "percentile"),
        ({8: "maybe"}, "unknown_label", "pass"),
    ],
)
def test_a_bad_cell_is_rejected_with_its_locator(
    tmp_path: Path, changed: dict[int, Any], reason: str, column: str
) -> None:
    cells = [*row("rule_of_law", True, "Pass")]
    for index, value in changed.items():
        cells[index] = value
    result = read(tmp_path, [cells])
    assert problem_counts(result) == {("rejected", reason): 1}
    (problem,) = result.problems
    assert (problem.column, problem.locator) == (column, f"line 2, column {HEADER.index(column) + 1}")


def test_rows_that_disagree_with_the_rules(tmp_path: Path) -> None:
    girls = [
        "FY2025",
        "GHA",
        "Ghana",
        "Girls' Secondary Education Enrollment Ratio",
        "Ruling Justly",
        60,
        50,
        50,
        "Pass",
    ]
    other = ["FY2025", "GHA", "Ghana", "Girls' Primary Completion Rate", "", 60, 50, 50, "Pass"]
    result = read(tmp_path, [girls, other])
    assert problem_counts(result) == {("warning", "inconsistent"): 1, ("rejected", "duplicate_key"): 1}
    assert "Investing in People" in result.problems[0].message
    assert "line 2, column 4" in result.problems[1].message


def test_a_workbook_of_two_years(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Scorecards"], [], ["Country", "Fiscal Year", "Indicator", "Score", "Median", "Pass"]]
    rows += [["Kosovo", year, "Rule of Law", 0.25, 0, "Pass"] for year in (2022, 2023)]
    document = Document(write_workbook(tmp_path / "cards.xlsx", {"Cards": rows}))
    recognition = MCC_SCORECARDS.recognize(document)
    assert recognition is not None
    assert recognition.edition == "FY2023"
    result = MCC_SCORECARDS.read(document)
    assert [(r.period, r.locator) for r in result.readings if r.indicator == "mcc.rule_of_law"] == [
        ("FY2022", "Cards!D4"),
        ("FY2023", "Cards!D5"),
    ]
    assert not [r for r in result.readings if r.indicator.endswith(".percentile")]


def test_an_unknown_column_keeps_the_table_out(tmp_path: Path) -> None:
    result = read(tmp_path, [[*row("inflation", True), "x"]], [*HEADER, "remark"])
    assert (result.readings, result.rows_read) == ([], 1)
    assert problem_counts(result) == {("rejected", "unknown_column"): 1}


def test_another_table_is_not_claimed(tmp_path: Path) -> None:
    document = Document(
        write_csv(tmp_path / "other.csv", [["fiscal_year", "country", "amount"], ["2025", "Ghana", "1"]])
    )
    assert MCC_SCORECARDS.recognize(document) is None
    with pytest.raises(UnreadableFile, match="no header row of the MCC scorecard form"):
        MCC_SCORECARDS.read(document)


def test_every_reading_has_its_indicator() -> None:
    codes = [spec.code for spec in MCC_SCORECARDS.indicators]
    assert len(codes) == len(set(codes)) == 5 + 4 * len(indicators())
