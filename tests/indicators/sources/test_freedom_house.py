from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from indicators.countries import reference_index
from indicators.sources.base import Missing, Reading, ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.freedom_house import FREEDOM_HOUSE_SCORES
from indicators.sources.freedom_house_ratings import FREEDOM_HOUSE_RATINGS
from tests.support.forms import problem_counts, unmatched, write_workbook

SCORES = "All_data_FIW_2013-2025.xlsx"
RATINGS = "Country_and_Territory_Ratings_and_Statuses_FIW_1973-2024.xlsx"
COUNTRIES, TERRITORIES = "Country Ratings, Statuses ", "Territory Ratings, Statuses"


@pytest.fixture(scope="module")
def scores(shared_data: Path) -> ReadResult:
    return FREEDOM_HOUSE_SCORES.read(Document(shared_data / "freedom_house" / SCORES))


@pytest.fixture(scope="module")
def ratings(shared_data: Path) -> ReadResult:
    return FREEDOM_HOUSE_RATINGS.read(Document(shared_data / "freedom_house" / RATINGS))


@pytest.fixture(scope="module")
def scores_sheet(shared_data: Path) -> list[tuple[Any, ...]]:
    """Return the first rows of the sheet of scores, read by another library."""
    book = load_workbook(shared_data / "freedom_house" / SCORES, read_only=True)
    return list(book["FIW13-25"].iter_rows(max_row=220, values_only=True))


@pytest.fixture(scope="module")
def ratings_book(shared_data: Path) -> Workbook:
    return load_workbook(shared_data / "freedom_house" / RATINGS)


def at(result: ReadResult, locator: str) -> Reading:
    (reading,) = [r for r in result.readings if r.locator == locator]
    return reading


def test_counts_of_the_workbook_of_scores(scores: ReadResult) -> None:
    assert (scores.edition, scores.edition_rank, scores.rows_read) == ("2025", 20250000, 2723)
    assert len(scores.readings) == 2723 * 13
    assert problem_counts(scores) == {("warning", "out_of_range"): 77, ("warning", "large_change"): 76}
    assert Counter(r.code for r in scores.readings if r.indicator == "fh.total") == {"": 2535, "territory": 188}
    assert not any(r.missing for r in scores.readings)
    assert all(
        int(r.period) == int(r.edition) - 1 and r.edition_rank == int(r.edition) * 10_000 for r in scores.readings
    )


def test_counts_of_the_workbook_of_ratings(ratings: ReadResult) -> None:
    assert (ratings.edition, ratings.edition_rank, ratings.rows_read) == ("2024", 20240000, 230)
    assert problem_counts(ratings) == {("note", "no_value"): 1}
    # Kosovo is on both sheets and counts once in each of the 51 editions.
    assert len(ratings.readings) == 229 * 51 * 3
    assert Counter(r.missing for r in ratings.readings) == {
        None: 29268,
        Missing.NOT_COLLECTED: 5766,
        Missing.SPECIAL_CASE: 3,
    }


@pytest.mark.parametrize("name", ["scores", "ratings"])
def test_every_row_is_a_listed_country_and_no_two_share_one(name: str, request: pytest.FixtureRequest) -> None:
    result: ReadResult = request.getfixturevalue(name)
    assert unmatched(result.readings, "freedom_house") == {}
    index = reference_index()
    codes = {(r.country, r.code): index.match(r.country, r.code, "freedom_house").code for r in result.readings}
    keys = Counter((codes[r.country, r.code], r.indicator, r.period) for r in result.readings)
    assert keys.most_common(1)[0][1] == 1


def test_both_workbooks_agree_on_the_editions_they_share(scores: ReadResult, ratings: ReadResult) -> None:
    stated = {(r.country, r.indicator, r.edition): (r.value, r.label) for r in scores.readings}
    shared = [r for r in ratings.readings if (r.country, r.indicator, r.edition) in stated and not r.missing]
    assert len(shared) == 2515 * 3  # all rows of editions 2013 to 2024
    assert [r for r in shared if (r.value, r.label) != stated[r.country, r.indicator, r.edition]] == []


@pytest.mark.parametrize(
    ("row", "country", "status", "rights", "liberties", "total"),
    [
        (69, "Ghana", "F", 35, 45, 80),
        (95, "Kosovo", "PF", 28, 32, 60),
        (42, "Congo (Brazzaville)", "NF", 2, 15, 17),
        (43, "Congo (Kinshasa)", "NF", 4, 14, 18),
        (133, "North Korea", "NF", 0, 3, 3),
        (168, "South Korea", "F", 32, 49, 81),
        (131, "Niger", "NF", 5, 25, 30),
        (132, "Nigeria", "PF", 20, 24, 44),
        (180, "Syria", "NF", -3, 8, 5),
        (78, "Hong Kong", "PF", 9, 31, 40),
    ],
)
def test_scores_at_named_cells(
    scores: ReadResult,
    scores_sheet: list[tuple[Any, ...]],
    row: int,
    country: str,
    status: str,
    rights: int,
    liberties: int,
    total: int,
) -> None:
    cells = [scores_sheet[row - 1][column] for column in (0, 4, 22, 42, 43)]  # A, E, W, AQ, AR
    assert cells == [country, status, rights, liberties, total]
    read = [at(scores, f"FIW13-25!{letters}{row}") for letters in ("E", "W", "AQ", "AR")]
    assert [r.indicator for r in read] == ["fh.status", "fh.political_rights", "fh.civil_liberties", "fh.total"]
    assert [read[0].label, *(r.value for r in read[1:])] == [status, rights, liberties, total]
    assert {(r.country, r.period, r.edition) for r in read} == {(country, "2024", "2025")}
    assert [r.raw for r in read] == [status, str(rights), str(liberties), str(total)]


@pytest.mark.parametrize(
    ("sheet", "row", "column", "country", "period", "edition", "value"),
    [
        (COUNTRIES, 71, "DC", "Ghana", "2008", "2009", 1),
        (COUNTRIES, 71, "B", "Ghana", "1972", "Jan.-Feb. 1973", 6),
        (COUNTRIES, 42, "DC", "Congo (Brazzaville)", "2008", "2009", 6),
        (COUNTRIES, 43, "DC", "Congo (Kinshasa)", "2008", "2009", 6),
        (COUNTRIES, 133, "DC", "North Korea", "2008", "2009", 7),
        (COUNTRIES, 165, "DC", "South Korea", "2008", "2009", 1),
        (COUNTRIES, 131, "DC", "Niger", "2008", "2009", 3),
        (COUNTRIES, 132, "DC", "Nigeria", "2008", "2009", 5),
        (COUNTRIES, 131, "EX", "Niger", "2023", "2024", "PF"),
        (COUNTRIES, 95, "EX", "Kosovo", "2023", "2024", "PF"),
        (TERRITORIES, 12, "DC", "Kosovo", "2008", "2009", 6),
        (COUNTRIES, 196, "DC", "USSR", "2008", "2009", None),
    ],
)
def test_ratings_at_named_cells(
    ratings: ReadResult,
    ratings_book: Workbook,
    sheet: str,
    row: int,
    column: str,
    country: str,
    period: str,
    edition: str,
    value: int | str | None,
) -> None:
    cell = ratings_book[sheet][f"{column}{row}"].value
    assert cell == ("-" if value is None else value)
    reading = at(ratings, f"{sheet}!{column}{row}")
    assert (reading.country, reading.period, reading.edition) == (country, period, edition)
    assert (reading.label or reading.value) == value
    assert reading.raw == str(cell)
    assert (reading.missing is Missing.NOT_COLLECTED) == (value is None)


@pytest.mark.parametrize(
    ("edition", "period", "rank", "covers"),
    [
        ("1981", "1980", 19810000, ""),
        ("1982", "1982", 19820000, "Jan.1981-Aug. 1982"),
        ("1984-85", "1984", 19850000, "Nov.1983-Nov.1984"),
        ("1999-2000", "1999", 20000000, ""),
        ("2001-02", "2001", 20020000, ""),
        ("2003", "2002", 20030000, ""),
    ],
)
def test_an_edition_that_spans_years(ratings: ReadResult, edition: str, period: str, rank: int, covers: str) -> None:
    found = {(r.period, r.edition_rank, r.note) for r in ratings.readings if r.edition == edition and not r.missing}
    assert found == {(period, rank, f"Covers {covers}." if covers else "")}


def test_ratings_by_race_are_no_rating_of_the_country(ratings: ReadResult) -> None:
    split = [at(ratings, f"{COUNTRIES}!{letter}164") for letter in "BCD"]
    assert [(r.country, r.raw, r.missing) for r in split] == [
        ("South Africa", raw, Missing.SPECIAL_CASE) for raw in ("2(5)", "3(6)", "F (NF)")
    ]
    assert "2 and 5" in split[0].note


def test_negative_rights_and_jumps_are_warnings(scores: ReadResult) -> None:
    found = {(p.reason, p.locator) for p in scores.problems if p.country in ("China", "Kuwait")}
    assert (Reason.OUT_OF_RANGE, "FIW13-25!W39") in found
    jump = next(p for p in scores.problems if p.country == "Kuwait" and p.reason is Reason.LARGE_CHANGE)
    assert "from 38 in edition 2024" in jump.message
    assert "to 31 in edition 2025" in jump.message


HEAD = ["Country/Territory", "Region", "C/T", "Edition", "Status", "PR rating", "CL rating", "A", "PR", "CL", "Total"]


def row(name: str, *cells: Any, kind: str = "c", edition: Any = 2026) -> list[Any]:
    return [name, "Africa", kind, edition, *cells]


def read_rows(tmp_path: Path, rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> ReadResult:
    path = write_workbook(tmp_path / "fiw.xlsx", {"Index": [["Key"]], "FIW26": [[], ["Title"], [], [], head, *rows]})
    document = Document(path)
    assert FREEDOM_HOUSE_SCORES.recognize(document)
    return FREEDOM_HOUSE_SCORES.read(document)


def test_a_moved_header_and_another_order_are_read(tmp_path: Path) -> None:
    head = ["Edition", *(heading for heading in reversed(HEAD) if heading != "Edition")]
    result = read_rows(tmp_path, [[2026, 80, 45, 35, 11, 2, 2, "F", "c", "Africa", "Ghana"]], head)
    found = {r.indicator: (r.label or r.value, r.locator) for r in result.readings}
    assert found["fh.total"] == (80, "FIW26!B6")
    assert found["fh.status"] == ("F", "FIW26!H6")
    assert (result.edition, result.rows_read, result.problems) == ("2026", 1, [])


@pytest.mark.parametrize(
    ("cells", "severity", "reason", "column"),
    [
        (row("Ghana", "F", 2, 2, 11, "35?", 45, 80), Severity.REJECTED, Reason.UNREADABLE_NUMBER, "PR"),
        (row("Ghana", "F", 2, 8, 11, 35, 45, 80), Severity.REJECTED, Reason.OUT_OF_RANGE, "CL rating"),
        (row("Ghana", "Free", 2, 2, 11, 35, 45, 80), Severity.REJECTED, Reason.UNKNOWN_LABEL, "Status"),
        (row("Ghana", "F", 2, 2, 11, 35, 45, 80, kind="x"), Severity.REJECTED, Reason.UNKNOWN_LABEL, "C/T"),
        (row("Ghana", "F", 2, 2, 11, 35, 45, 80, edition="26"), Severity.REJECTED, Reason.UNREADABLE_YEAR, "Edition"),
        (row("Ghana", "F", 2, 2, 11, 35, 45, 81), Severity.WARNING, Reason.INCONSISTENT, "Total"),
        (row("Ghana", "NF", 7, 7, 0, -4, 45, 41), Severity.WARNING, Reason.OUT_OF_RANGE, "PR"),
        (["* See the methodology"], Severity.NOTE, Reason.NOT_A_COUNTRY, "Country/Territory"),
    ],
)
def test_a_bad_row_is_reported_with_its_cell(
    tmp_path: Path, cells: list[Any], severity: Severity, reason: Reason, column: str
) -> None:
    (problem,) = read_rows(tmp_path, [cells]).problems
    assert (problem.severity, problem.reason, problem.column) == (severity, reason, column)
    assert problem.locator == f"FIW26!{'ABCDEFGHIJK'[HEAD.index(column)]}6"
    assert problem.raw == str(cells[HEAD.index(column)])


def test_blank_duplicate_jump_and_unknown_column(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        [*row("Ghana", "F", 2, 2, "", 35, 45, 80), 1],
        [*row("Ghana", "F", 2, 2, 11, 35, 45, 80), 1],
        [*row("Ghana", "F", 2, 2, 11, 29, 45, 74, edition=2025), 1],
        [*row("Ghana", "NF", 7, 7, 1, 1, 1, 2, kind="t"), 1],
    ]
    result = read_rows(tmp_path, rows, [*HEAD, "Corrected"])
    assert problem_counts(result) == {
        ("warning", "unknown_column"): 1,
        ("rejected", "duplicate_key"): 1,
        ("warning", "large_change"): 1,
    }
    assert result.rows_read == 4
    blank = at(result, "FIW26!H6")
    assert (blank.indicator, blank.value, blank.missing) == ("fh.a", None, Missing.NOT_COLLECTED)


def test_small_ratings_workbook(tmp_path: Path) -> None:
    head = [
        ["Survey Edition", "1989-90", "", "", 2025, "", ""],
        ["Year(s) Under Review", "Nov.1988-Dec.1989", "", "", 2024],
    ]
    sheets: dict[str, Iterable[Sequence[Any]]] = {
        "Country Ratings": [
            ["moved"],
            *head,
            ["", "PR", "CL ", "Status", "PR", "CL", "Status"],
            ["Ghana", 6, "8", "NF", 2, 2, "Free"],
            ["Kosovo", "-", "-", "-", 4, 4, "PF"],
            [],
            ["Note"],
        ],
        "Territory Ratings": [
            *head,
            ["", "PR", "CL", "Status", "PR", "CL", "Status"],
            ["Kosovo", 5, 5, "NF", "-", "-", "-"],
        ],
    }
    result = FREEDOM_HOUSE_RATINGS.read(Document(write_workbook(tmp_path / "r.xlsx", sheets)))
    assert problem_counts(result) == {
        ("rejected", "out_of_range"): 1,
        ("rejected", "unknown_label"): 1,
        ("note", "not_a_country"): 1,
        ("note", "no_value"): 1,
    }
    kosovo = {
        (r.edition, r.code): r.value for r in result.readings if (r.country, r.indicator) == ("Kosovo", "fh.pr_rating")
    }
    assert kosovo == {("1989-90", "territory"): 5, ("2025", ""): 4}


def test_an_unreadable_edition_in_the_header_is_named(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Survey Edition", "latest"],
        ["Year(s) Under Review", 2024],
        ["", "PR", "CL", "Status"],
        ["Ghana", 2, 2, "F"],
    ]
    with pytest.raises(UnreadableFile, match="S!B1 reads 'latest'"):
        FREEDOM_HOUSE_RATINGS.read(Document(write_workbook(tmp_path / "r.xlsx", {"S": rows})))


def test_other_workbooks_are_not_claimed(tmp_path: Path) -> None:
    document = Document(
        write_workbook(tmp_path / "o.xlsx", {"S": [["Country", "Edition", "Status"], ["Ghana", 2025, "F"]]})
    )
    assert FREEDOM_HOUSE_SCORES.recognize(document) is None
    assert FREEDOM_HOUSE_RATINGS.recognize(document) is None
