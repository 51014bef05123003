"""ForeignAssistance.gov: the real file of totals by country, and extracts of the file of activities in its layout."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from indicators.sources import registry
from indicators.sources.base import Quality, Reading, ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.foreign_assistance import FOREIGN_ASSISTANCE, FOREIGN_ASSISTANCE_ACTIVITIES
from tests.support.forms import problem_counts, unmatched, write_csv

FILE = "foreign_assistance/us_foreign_aid_country.csv"
COUNTRY_HEADER = (
    "Country Code",
    "Country Name",
    "Region ID",
    "Region Name",
    "Income Group Acronym",
    "Income Group Name",
    "Transaction Type ID",
    "Transaction Type Name",
    "Fiscal Year",
    "current_amount",
    "constant_amount",
)
ACTIVITY_HEADER = (
    "Country ID",
    "Country Code",
    "Country Name",
    "Managing Agency Acronym",
    "Managing Agency Name",
    "US Sector Name",
    "Activity Name",
    "Transaction Type Name",
    "Fiscal Year",
    "Current Dollar Amount",
)


@pytest.fixture(scope="module")
def totals(shared_data: Path) -> ReadResult:
    return FOREIGN_ASSISTANCE.read(Document(shared_data / FILE))


def at(result: ReadResult, line: int) -> Reading:
    (reading,) = [r for r in result.readings if r.locator == f"line {line}, column 10"]
    return reading


@pytest.mark.parametrize(
    ("line", "code", "country", "kind", "amount"),
    [
        (7302, "GHA", "Ghana", "fa.obligations", 211_104_701),
        (7327, "GHA", "Ghana", "fa.disbursements", 211_002_006),
        (4565, "CS-KM", "Kosovo", "fa.obligations", 97_830_378),
        (4590, "CS-KM", "Kosovo", "fa.disbursements", 84_443_815),
        (3753, "COD", "Congo (Kinshasa)", "fa.obligations", 907_530_822),
        (3875, "COG", "Congo (Brazzaville)", "fa.obligations", 10_116_263),
        (10595, "KOR", "Korea, Republic of", "fa.obligations", 119_950),
        (16083, "PRK", "Korea, Democratic Republic of", "fa.obligations", 264),
        (14321, "NER", "Niger", "fa.obligations", 262_293_450),
        (14446, "NGA", "Nigeria", "fa.obligations", 1_155_039_024),
    ],
)
def test_values(
    shared_data: Path, totals: ReadResult, line: int, code: str, country: str, kind: str, amount: int
) -> None:
    with (shared_data / FILE).open(encoding="utf-8-sig", newline="") as handle:
        cells = list(csv.reader(handle))[line - 1]
    assert (cells[0], cells[1], cells[8], int(cells[9])) == (code, country, "2022", amount)
    reading = at(totals, line)
    assert (reading.code, reading.country, reading.indicator, reading.period) == (code, country, kind, "FY2022")
    assert (reading.value, reading.raw, reading.quality) == (amount, cells[9], Quality.STATED)


def test_every_row_goes_in_or_is_a_region(totals: ReadResult) -> None:
    assert (totals.edition, totals.edition_rank, totals.rows_read) == ("2025", 20250000, 22_356)
    assert Counter(r.indicator for r in totals.readings) == {
        "fa.obligations": 10_519,
        "fa.disbursements": 4_584,
        "fa.planned": 2_637,
        "fa.requested": 2_468,
        "fa.region": 220,
    }
    assert problem_counts(totals) == {("note", "not_a_country"): 34}
    amounts = sum(reading.value is not None for reading in totals.readings)
    assert amounts + sum(problem.rows for problem in totals.problems) == totals.rows_read


def test_every_country_is_listed(totals: ReadResult) -> None:
    assert unmatched(totals.readings, "foreign_assistance") == {}


def test_more_taken_back_than_given_is_a_negative_amount(totals: ReadResult) -> None:
    ghana = [r for r in totals.readings if r.code == "GHA" and r.period == "FY2020" and r.indicator == "fa.obligations"]
    assert [r.value for r in ghana] == [-63_732_070]


def test_the_transition_quarter_is_a_period_of_its_own(totals: ReadResult) -> None:
    periods = {r.period for r in totals.readings if r.code == "GHA"}
    assert {"FY1976", "FY1976TQ"} <= periods


def test_the_two_newest_fiscal_years_are_marked(totals: ReadResult) -> None:
    weak = {r.period for r in totals.readings if r.quality is Quality.UNCONFIRMED}
    assert weak == {"FY2024", "FY2025"}
    assert all("only a part" in r.note for r in totals.readings if r.period in weak and r.value is not None)


def test_each_country_has_the_region_of_its_first_row(shared_data: Path, totals: ReadResult) -> None:
    with (shared_data / FILE).open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    regions = {r.country: r for r in totals.readings if r.indicator == "fa.region"}
    for country, name, code in (
        ("Ghana", "Africa", "GHA"),
        ("Kosovo", "Europe and Eurasia", "CS-KM"),
        ("Jordan", "Near East", "JOR"),
        ("Philippines", "East Asia and Pacific", "PHL"),
    ):
        reading = regions[country]
        assert (reading.label, reading.code, reading.period) == (name, code, "FY2025")
        line = int(reading.locator.split(",")[0].removeprefix("line "))
        assert (rows[line - 1][1], rows[line - 1][3]) == (country, reading.raw)
        assert reading.locator == f"line {line}, column 4"
    assert set(FOREIGN_ASSISTANCE.indicators[-1].labels) == {r.label for r in regions.values()}


def test_country_in_two_regions_keeps_the_first(tmp_path: Path) -> None:
    moved = country_row()
    moved[3] = "Western Hemisphere"
    odd = country_row(country="Togo")
    odd[0], odd[3] = "TGO", "Atlantis"
    path = write_csv(tmp_path / "x.csv", [COUNTRY_HEADER, country_row(), moved, odd])
    result = FOREIGN_ASSISTANCE.read(Document(path))
    assert [(r.country, r.label) for r in result.readings if r.label] == [("Ghana", "Africa")]
    assert [(p.severity, p.reason, p.locator) for p in result.problems] == [
        (Severity.WARNING, Reason.INCONSISTENT, "line 3, column 4"),
        (Severity.WARNING, Reason.UNKNOWN_LABEL, "line 4, column 4"),
    ]


def country_row(country: str = "Ghana", kind: str = "Obligations", year: str = "2022", amount: str = "5") -> list[str]:
    return ["GHA", country, "5", "Sub-Saharan Africa", "LMIC", "x", "2", kind, year, amount, "6"]


@pytest.mark.parametrize(
    ("changes", "reason", "column"),
    [
        ({"kind": "Pledges"}, Reason.UNKNOWN_LABEL, 8),
        ({"year": "22"}, Reason.UNREADABLE_YEAR, 9),
        ({"amount": "5M"}, Reason.UNREADABLE_NUMBER, 10),
        ({"amount": ""}, Reason.UNREADABLE_NUMBER, 10),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(
    tmp_path: Path, changes: dict[str, str], reason: Reason, column: int
) -> None:
    path = write_csv(tmp_path / "x.csv", [COUNTRY_HEADER, country_row(), country_row(**changes)])
    result = FOREIGN_ASSISTANCE.read(Document(path))
    (problem,) = result.problems
    assert (problem.severity, problem.reason, problem.locator) == (
        Severity.REJECTED,
        reason,
        f"line 3, column {column}",
    )
    assert [r.value for r in result.readings if r.value is not None] == [5]


@pytest.mark.parametrize(
    ("given", "label", "rank"),
    [("", "2022", 20220000), ("2025-06", "2025-06", 20250600), ("2025-06-30",) * 2 + (20250630,)],
)
def test_the_edition_is_given_or_the_newest_year(tmp_path: Path, given: str, label: str, rank: int) -> None:
    path = write_csv(tmp_path / "x.csv", [COUNTRY_HEADER, country_row()])
    result = FOREIGN_ASSISTANCE.read(Document(path), given)
    assert (result.edition, result.edition_rank) == (label, rank)


def test_an_edition_that_is_none_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [COUNTRY_HEADER, country_row()])
    with pytest.raises(UnreadableFile, match="'June' is not an edition"):
        FOREIGN_ASSISTANCE.read(Document(path), "June")


def test_a_new_column_is_reported(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [(*COUNTRY_HEADER, "note"), [*country_row(), "x"]])
    assert problem_counts(FOREIGN_ASSISTANCE.read(Document(path))) == {("warning", "unknown_column"): 1}


def activity(
    country: str = "Ghana",
    agency: str = "DOL",
    sector: str = "Labor Rights",
    kind: str = "Obligations",
    year: str = "2022",
    amount: str = "0.10",
) -> list[str]:
    return ["1", "GHA", country, agency, "Department of Labor", sector, "Sample", kind, year, amount]


def test_transactions_are_added_up_by_agency_and_sector(tmp_path: Path) -> None:
    rows = [
        activity(),
        activity(amount="0.20"),
        activity(amount="-0.05"),
        activity(kind="Disbursements", amount="7"),
        activity(sector="", agency=""),
        activity(kind="President's Budget Requests"),
        activity(country="Africa Region"),
        activity(year="2024"),
    ]
    path = write_csv(tmp_path / "x.csv", [ACTIVITY_HEADER, *rows])
    adapter, _ = registry.recognize(Document(path))
    assert adapter is FOREIGN_ASSISTANCE_ACTIVITIES
    result = adapter.read(Document(path))
    found = {(r.indicator, r.period, r.series): r for r in result.readings}
    summed = found["fa.obligations_by_sector", "FY2022", "DOL: Labor Rights"]
    assert (summed.value, summed.raw, summed.quality) == (0.25, "0.25", Quality.COMPUTED)
    assert (summed.locator, summed.note) == ("line 2, column 10", "sum of 3 rows, the first in line 2")
    assert found["fa.disbursements_by_sector", "FY2022", "DOL: Labor Rights"].value == 7
    assert found["fa.obligations_by_sector", "FY2022", "Department of Labor: not stated"].value == 0.1
    assert found["fa.obligations_by_sector", "FY2024", "DOL: Labor Rights"].quality is Quality.UNCONFIRMED
    assert problem_counts(result) == {("note", "not_a_country"): 1, ("note", "no_value"): 1}
    assert result.rows_read == 8


def test_a_series_that_is_too_long_is_refused_not_cut(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [ACTIVITY_HEADER, activity(sector="S" * 130)])
    assert problem_counts(FOREIGN_ASSISTANCE_ACTIVITIES.read(Document(path))) == {("rejected", "too_long"): 1}
