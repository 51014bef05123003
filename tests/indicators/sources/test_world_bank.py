from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from indicators.countries import countries
from indicators.sources.base import Missing, Reading, ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.world_bank import INCOME_CLASSES, INCOME_HISTORY, fiscal_year
from indicators.sources.world_bank_wdi import AGGREGATES, WDI
from tests.support.forms import problem_counts, unmatched, write_workbook

CLASSES, HISTORY = "List of economies", "Country Analytical History"
GNI_NAME = "API_NY.GNP.PCAP.CD_DS2_en_csv_v2_1519779.csv"


@pytest.fixture(scope="module")
def results(shared_data: Path) -> dict[str, ReadResult]:
    folder = shared_data / "world_bank"
    return {
        CLASSES: INCOME_CLASSES.read(Document(folder / "CLASS_2025_10_07.xlsx")),
        HISTORY: INCOME_HISTORY.read(Document(folder / "OGHIST_2025_10_07.xlsx")),
        GNI_NAME: WDI.read(Document(folder / GNI_NAME)),
    }


@pytest.fixture(scope="module")
def books(shared_data: Path) -> dict[str, Workbook]:
    names = {CLASSES: "CLASS_2025_10_07.xlsx", HISTORY: "OGHIST_2025_10_07.xlsx"}
    return {sheet: load_workbook(shared_data / "world_bank" / name) for sheet, name in names.items()}


def at(result: ReadResult, locator: str) -> Reading:
    (reading,) = [r for r in result.readings if r.locator == locator]
    return reading


def test_counts(results: dict[str, ReadResult]) -> None:
    listed, history, gni = results.values()
    assert (listed.edition, listed.edition_rank, listed.rows_read) == ("FY2026", 20250701, 218)
    assert Counter(r.label for r in listed.readings) == {"H": 87, "UM": 54, "LM": 50, "L": 25}
    assert problem_counts(listed) == {("note", "not_a_country"): 48, ("note", "no_value"): 2}
    assert {p.country for p in listed.problems if p.reason is Reason.NO_VALUE} == {"Ethiopia", "Venezuela, RB"}
    assert (history.edition, history.edition_rank, history.rows_read) == ("FY2026", 20250701, 224)
    assert len(history.readings) == 224 * 38
    assert problem_counts(history) == {("note", "not_a_country"): 2}
    found = Counter(r.missing for r in history.readings)
    assert found == {None: 7878, Missing.NOT_COLLECTED: 500, Missing.NOT_APPLICABLE: 134}
    assert (gni.edition, gni.edition_rank, gni.rows_read) == ("2024-06-28", 20240628, 217)
    assert Counter(r.missing for r in gni.readings) == {None: 10028, Missing.NOT_COLLECTED: 3860}
    assert problem_counts(gni) == {("note", "not_a_country"): 49}


def test_every_row_is_a_listed_country(results: dict[str, ReadResult]) -> None:
    assert unmatched([*results[CLASSES].readings, *results[HISTORY].readings], "world_bank") == {}
    assert unmatched(results[GNI_NAME].readings, "world_bank_wdi") == {}


def test_no_group_of_economies_has_the_code_of_a_country() -> None:
    assert AGGREGATES & {row.code for row in countries()} == set()


@pytest.mark.parametrize(
    ("sheet", "cell", "code", "period", "written", "label"),
    [
        (CLASSES, "D76", "GHA", "FY2026", "Lower middle income", "LM"),
        (CLASSES, "D107", "XKX", "FY2026", "Upper middle income", "UM"),
        (CLASSES, "D47", "COG", "FY2026", "Lower middle income", "LM"),
        (CLASSES, "D46", "COD", "FY2026", "Low income", "L"),
        (CLASSES, "D105", "PRK", "FY2026", "Low income", "L"),
        (CLASSES, "D106", "KOR", "FY2026", "High income", "H"),
        (CLASSES, "D145", "NER", "FY2026", "Low income", "L"),
        (CLASSES, "D146", "NGA", "FY2026", "Lower middle income", "LM"),
        (CLASSES, "D49", "CIV", "FY2026", "Lower middle income", "LM"),
        (HISTORY, "AN86", "GHA", "FY2026", "LM", "LM"),
        (HISTORY, "C86", "GHA", "FY1989", "L", "L"),
        (HISTORY, "AN117", "XKX", "FY2026", "UM", "UM"),
        (HISTORY, "C117", "XKX", "FY1989", "..", ""),
        (HISTORY, "AN57", "COG", "FY2026", "LM", "LM"),
        (HISTORY, "AN56", "COD", "FY2026", "L", "L"),
        (HISTORY, "AN115", "PRK", "FY2026", "L", "L"),
        (HISTORY, "AN116", "KOR", "FY2026", "H", "H"),
        (HISTORY, "AN155", "NER", "FY2026", "L", "L"),
        (HISTORY, "AN156", "NGA", "FY2026", "LM", "LM"),
        (HISTORY, "AN76", "ETH", "FY2026", "L", "L"),
        (HISTORY, "AN223", "VEN", "FY2026", None, ""),
        (HISTORY, "C227", "YEM", "FY1989", "LM*", "LM"),
    ],
)
def test_classes_at_named_cells(
    results: dict[str, ReadResult],
    books: dict[str, Workbook],
    sheet: str,
    cell: str,
    code: str,
    period: str,
    written: str | None,
    label: str,
) -> None:
    assert books[sheet][sheet][cell].value == written
    reading = at(results[sheet], f"{sheet}!{cell}")
    assert (reading.code, reading.period, reading.label, reading.raw) == (code, period, label, written or "")
    assert (reading.missing is Missing.NOT_COLLECTED) == (label == "")


def test_both_workbooks_state_the_same_classes_and_thresholds(results: dict[str, ReadResult]) -> None:
    history = {r.code: r for r in results[HISTORY].readings if r.period == "FY2026"}
    for reading in results[CLASSES].readings:
        other = history[reading.code]
        assert (other.label, other.low, other.high) == (reading.label, reading.low, reading.high)


@pytest.mark.parametrize(
    ("cell", "low", "high", "expected"),
    [
        ("C86", None, 480, "FY1989: low income is GNI per capita of 1987 up to 480 US dollars"),
        ("AN86", 1136, 4495, "FY2026: lower middle income is GNI per capita of 2024 from 1,136 to 4,495 US dollars"),
        ("AN116", 13935, None, "FY2026: high income is GNI per capita of 2024 above 13,935 US dollars"),
        ("C227", 481, 1940, "Marked * by the publisher"),
    ],
)
def test_a_class_carries_the_thresholds_of_its_fiscal_year(
    results: dict[str, ReadResult], cell: str, low: float | None, high: float | None, expected: str
) -> None:
    reading = at(results[HISTORY], f"{HISTORY}!{cell}")
    assert (reading.low, reading.high) == (low, high)
    assert expected in reading.note


@pytest.mark.parametrize(
    ("line", "code", "value"),
    [
        (89, "GHA", 2340),
        (267, "XKX", 5980),
        (50, "COG", 2470),
        (49, "COD", 660),
        (199, "PRK", None),
        (132, "KOR", 35490),
        (179, "NER", 600),
        (180, "NGA", 1930),
        (47, "CIV", 2670),
    ],
)
def test_incomes_of_2023_at_named_lines(
    results: dict[str, ReadResult], shared_data: Path, line: int, code: str, value: int | None
) -> None:
    text = (shared_data / "world_bank" / GNI_NAME).read_text(encoding="utf-8-sig").splitlines()[line - 1]
    assert f'"{code}"' in text
    assert text.endswith(f'"{value or ""}",')
    reading = at(results[GNI_NAME], f"line {line}, column 68")
    assert (reading.code, reading.period, reading.value) == (code, "2023", value)
    assert (reading.missing is Missing.NOT_COLLECTED) == (value is None)


def test_a_country_without_any_income_is_listed_without_a_value(results: dict[str, ReadResult]) -> None:
    north = [r for r in results[GNI_NAME].readings if r.code == "PRK"]
    assert len(north) == 64
    assert all(r.missing is Missing.NOT_COLLECTED and r.value is None and r.raw == "" for r in north)


@pytest.mark.parametrize(
    ("text", "found"),
    [("FY26", 2026), ("fy2026", 2026), ("FY89", 1989), ("FY 00", 2000), ("2026", None), ("FY226", None)],
)
def test_fiscal_years(text: str, found: int | None) -> None:
    assert fiscal_year(text) == found


LIST_HEAD = ["Economy", "Code", "Region", "Income group", "Lending category"]
SET_ON = "These classes were set on July 1, 2026 and they hold for all economies of the list up to July 1 of 2027."


def write_list(tmp_path: Path, rows: Iterable[Sequence[Any]], note: str = SET_ON) -> Document:
    return Document(write_workbook(tmp_path / "class.xlsx", {"List": [[], LIST_HEAD, *rows], "notes": [[note]]}))


def test_a_small_list(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Ghana", "GHA", "Africa", "Lower middle income", "IDA"],
        ["Ghana", "GHA", "Africa", "Low income", "IDA"],
        ["Togo", "TGO", "Africa", "Lowish income", "IDA"],
        ["Ethiopia", "ETH", "Africa", "", "IDA"],
        [],
        ["World", "WLD", "", "", ""],
    ]
    document = write_list(tmp_path, rows)
    recognition = INCOME_CLASSES.recognize(document)
    assert recognition is not None
    assert recognition.edition == "FY2027"
    result = INCOME_CLASSES.read(document)
    assert [(r.code, r.period, r.label, r.locator) for r in result.readings] == [("GHA", "FY2027", "LM", "List!D3")]
    assert [(p.severity, p.reason, p.locator) for p in result.problems] == [
        (Severity.REJECTED, Reason.DUPLICATE_KEY, "List!D4"),
        (Severity.REJECTED, Reason.UNKNOWN_LABEL, "List!D5"),
        (Severity.NOTE, Reason.NO_VALUE, "List!D6"),
        (Severity.NOTE, Reason.NOT_A_COUNTRY, "List!A8"),
    ]


BY_DATES = (
    "For FY27 (July 1, 2026\u2013June 30, 2027), groups follow GNI per capita of 2025: low income (LIC) ($1,175 "
    "or less); lower middle income (LMC) ($1,176\u2013$4,635); upper middle income (UMC) ($4,636\u2013$14,375); and "
    "high income (HIC) (above $14,375)."
)
AS_FISCAL_YEAR = (
    "The classes of fiscal year 2026 are: low income, $1,135 or less; lower middle income, $1,136 to $4,495; "
    "upper middle income, $4,496 to $13,935; and high income, more than $13,935."
)


@pytest.mark.parametrize(
    ("note", "edition", "low", "high"), [(BY_DATES, "FY2027", 1176, 4635), (AS_FISCAL_YEAR, "FY2026", 1136, 4495)]
)
def test_both_wordings_of_the_fiscal_year_and_of_the_thresholds_are_read(
    tmp_path: Path, note: str, edition: str, low: float, high: float
) -> None:
    document = write_list(tmp_path, [["Ghana", "GHA", "Africa", "Lower middle income", "IDA"]], note)
    result = INCOME_CLASSES.read(document)
    (reading,) = result.readings
    assert (result.edition, reading.period, reading.low, reading.high) == (edition, edition, low, high)


def test_the_list_of_fy2027_differs_from_the_one_before_in_seven_classes(
    results: dict[str, ReadResult], shared_data: Path
) -> None:
    newest = INCOME_CLASSES.read(Document(shared_data / "world_bank" / "CLASS_2026_07_15.xlsx"))
    assert (newest.edition, newest.edition_rank, newest.rows_read) == ("FY2027", 20260701, 218)
    assert unmatched(newest.readings, "world_bank") == {}
    assert [r.country for r in newest.readings if r.code == "NRU"] == ["Naoero"]
    assert {r.code: (r.low, r.high) for r in newest.readings}["GHA"] == (1176, 4635)
    before = {r.code: r.label for r in results[HISTORY].readings if r.period == "FY2026"}
    assert {r.code: (before[r.code], r.label) for r in newest.readings if before[r.code] != r.label} == {
        **dict.fromkeys(("JOR", "FSM", "PHL", "LKA", "VNM"), ("LM", "UM")),
        "TGO": ("L", "LM"),
        "VEN": ("", "LM"),
    }


def test_a_list_without_its_year_needs_an_edition(tmp_path: Path) -> None:
    document = write_list(tmp_path, [["Ghana", "GHA", "Africa", "Low income", "IDA"]], "none")
    for wrong in ("", "2027"):
        with pytest.raises(UnreadableFile, match="no fiscal year") as caught:
            INCOME_CLASSES.read(document, wrong)
        assert "FY and the year" in caught.value.remedy
    assert INCOME_CLASSES.read(document, "FY27").readings[0].period == "FY2027"


def test_a_small_history(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["", "Bank's fiscal year:", "FY99", "FY00"],
        ["", "Low income (L)", "<= 785", "<= 760"],
        ["", "Lower middle income (LM)", "786-3,125", "no limit"],
        ["", "Upper middle income (UM)", "3,126- 9,655", "3,031-9,360"],
        ["", "High income (H)", "> 9,655 ", "> 9,360"],
        ["GHA", "Ghana", "L", "LM"],
        ["TGO", "Togo", "X", ".."],
        [],
        ["SUN", "USSR (former)", "..", ""],
    ]
    document = Document(write_workbook(tmp_path / "oghist.xlsx", {"History": [[], ["", "Title"], *rows]}))
    result = INCOME_HISTORY.read(document)
    assert (result.edition, result.edition_rank, result.rows_read) == ("FY2000", 19990701, 3)
    found = {r.locator: (r.label, r.low, r.high, r.missing) for r in result.readings}
    assert found == {
        "History!C8": ("L", None, 785, None),
        "History!D8": ("LM", None, None, None),
        "History!D9": ("", None, None, Missing.NOT_COLLECTED),
        "History!C11": ("", None, None, Missing.NOT_COLLECTED),
        "History!D11": ("", None, None, Missing.NOT_APPLICABLE),
    }
    assert [(p.severity, p.reason, p.locator) for p in result.problems] == [
        (Severity.WARNING, Reason.UNREADABLE_NUMBER, "History!D5"),
        (Severity.REJECTED, Reason.UNKNOWN_LABEL, "History!C9"),
    ]


def write_gni(tmp_path: Path, *rows: str, series: str = "NY.GNP.PCAP.CD", day: str = "2026-01-05") -> Document:
    path = tmp_path / "gni.csv"
    head = ['"Data Source","WDI",', "", f'"Last Updated Date","{day}",', ""]
    names = '"Country Name","Country Code","Indicator Name","Indicator Code","2024","2025",'
    lines = [*head, names, *(row.replace("SERIES", f'"GNI","{series}"') for row in rows)]
    path.write_text("\r\n".join(lines), encoding="utf-8-sig", newline="")
    return Document(path)


def test_a_small_csv_of_incomes(tmp_path: Path) -> None:
    document = write_gni(
        tmp_path,
        '"World","WLD",SERIES,"1","2",',
        '"Ghana","GHA",SERIES,"2350.5","",',
        '"Ghana","GHA",SERIES,"2350.5","",',
        '"Togo","TGO",SERIES,"n/s","-5",',
        '"Niger","NER",SERIES,"600"',
    )
    assert WDI.recognize(document) is not None
    result = WDI.read(document)
    assert (result.edition, result.edition_rank, result.rows_read) == ("2026-01-05", 20260105, 4)
    assert [(r.country, r.period, r.value, r.missing, r.locator) for r in result.readings] == [
        ("Ghana", "2024", 2350.5, None, "line 7, column 5"),
        ("Ghana", "2025", None, Missing.NOT_COLLECTED, "line 7, column 6"),
    ]
    assert [(p.severity, p.reason, p.locator) for p in result.problems] == [
        (Severity.NOTE, Reason.NOT_A_COUNTRY, "line 6, column 1"),
        (Severity.REJECTED, Reason.DUPLICATE_KEY, "line 8, column 2"),
        (Severity.REJECTED, Reason.UNREADABLE_NUMBER, "line 9, column 5"),
        (Severity.REJECTED, Reason.OUT_OF_RANGE, "line 9, column 6"),
        (Severity.REJECTED, Reason.TRUNCATED, "line 10, column 1"),
    ]


def test_a_day_is_needed(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="the date of its last update"):
        WDI.read(write_gni(tmp_path, '"Ghana","GHA",SERIES,"1","2",', day="soon"))
