"""ForeignAssistance.gov, the file of totals by country: what the United States planned, obligated and disbursed.

One row a country, kind of transaction and fiscal year, over all agencies and sectors, in whole current dollars;
negative where more was taken back than given. The file names no edition, so it is the newest fiscal year in it, or
what is said at the upload (a day or month of publication orders two files of one year). Agencies report late: values of
the two newest fiscal years are marked unconfirmed. The column of constant dollars is not read, as the file does not
say of which year the dollars are.

Context only: no criterion of the scoring model reads these values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from indicators.sources.base import (
    IndicatorSpec,
    Problem,
    Quality,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
)
from indicators.sources.dating import Dating
from indicators.sources.documents import Document, FileFault, Media, UnreadableFile, line_locator

SOURCE = SourceSpec(
    key="foreign_assistance",
    title="ForeignAssistance.gov",
    publisher="U.S. Department of State",
    licence="U.S. Government work, public domain",
    attribution="U.S. Department of State, ForeignAssistance.gov",
    homepage="https://foreignassistance.gov/",
    note="Shown beside programs as context; it weighs nothing. The two newest fiscal years are reported in part.",
    dating=Dating(
        "Amounts of a fiscal year count as published three months after its end, on December 31.",
        years_after=0,
        edition_years_after=0,
    ),
)

OBLIGATIONS = IndicatorSpec(
    code="fa.obligations",
    name="U.S. foreign assistance obligated",
    unit="U.S. dollars",
    wording="What U.S. agencies bound themselves to pay in a fiscal year, less what they released, in current dollars.",
)
DISBURSEMENTS = IndicatorSpec(
    code="fa.disbursements",
    name="U.S. foreign assistance disbursed",
    unit="U.S. dollars",
    wording="What U.S. agencies paid out in a fiscal year, less what came back, in current dollars.",
)
PLANNED = IndicatorSpec(
    code="fa.planned",
    name="U.S. foreign assistance appropriated and planned",
    unit="U.S. dollars",
    wording="What was appropriated and allotted to the country for a fiscal year, in current dollars.",
)
REQUESTED = IndicatorSpec(
    code="fa.requested",
    name="U.S. foreign assistance in the President's budget request",
    unit="U.S. dollars",
    wording="What the President asked the Congress for, for a fiscal year, in current dollars.",
)

REGIONS: Final = {
    "Sub-Saharan Africa": "Africa",
    "Western Hemisphere": "Western Hemisphere",
    "Europe and Eurasia": "Europe and Eurasia",
    "South and Central Asia": "South and Central Asia",
    "East Asia and Oceania": "East Asia and Pacific",
    "Middle East and North Africa": "Near East",
}
"""The file's names of the regions, and the names of the Department's regional bureaus."""

REGION = IndicatorSpec(
    code="fa.region",
    name="State Department region",
    unit="region",
    wording="The region of the country in the files of ForeignAssistance.gov, by the name of the Department's bureau.",
    labels=tuple(REGIONS.values()),
)

KINDS: Final = {
    "Obligations": OBLIGATIONS,
    "Disbursements": DISBURSEMENTS,
    "Appropriated and Planned": PLANNED,
    "President's Budget Requests": REQUESTED,
}
PARTLY_REPORTED: Final = 2
PARTLY: Final = "Agencies had reported only a part of this fiscal year when the file was published."

_COLUMNS: Final = ("country code", "country name", "transaction type name", "fiscal year", "current_amount")
REGION_COLUMN: Final = "region name"
_IGNORED: Final = frozenset(
    {
        "region id",
        REGION_COLUMN,
        "income group acronym",
        "income group name",
        "transaction type id",
        "constant_amount",
        "",
    }
)
_GROUP: Final = re.compile(r"(?:\bregion|^world|\bregional)$", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"-?\d+(?:\.\d+)?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_QUARTER: Final = "1976tq"
_EDITION: Final = re.compile(r"((?:19|20)\d\d)(?:-(\d\d))?(?:-(\d\d))?")
_HEADER_WITHIN: Final = 10


class ForeignAssistance:
    """Reads us_foreign_aid_country.csv, whichever edition."""

    key = "foreign_assistance"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (OBLIGATIONS, DISBURSEMENTS, PLANNED, REQUESTED, REGION)

    def recognise(self, document: Document) -> Recognition | None:
        """A delimited text whose header has the columns of the file of countries."""
        head = header(document, _COLUMNS)
        if head is None:
            return None
        return Recognition("", f"header in line {document.csv_records[head][0]}, amounts by country and fiscal year")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """All rows. Raises `UnreadableFile` where the header is not found or the edition is no year, month or day."""
        head = header(document, _COLUMNS)
        if head is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no columns {', '.join(_COLUMNS)}.",
                "Upload the file of totals by country as ForeignAssistance.gov offers it.",
            )
        line, titles = document.csv_records[head]
        names = [folded(title) for title in titles]
        columns = [names.index(name) for name in _COLUMNS]
        newest = newest_year(document, head, columns[3])
        label, rank = edition_of(document, edition, newest)
        result = ReadResult(label, rank, layout="totals by country and fiscal year")
        result.problems += unknown_columns(titles, line, frozenset(_COLUMNS) | _IGNORED)
        groups: dict[str, Problem] = {}
        regions = _Regions(names.index(REGION_COLUMN) if REGION_COLUMN in names else None, f"FY{newest}")
        for line, row in document.csv_records[head + 1 :]:
            if any(cell.strip() for cell in row):
                _read_row(result, line, [cell_at(row, at) for at in columns], columns, newest, groups)
                regions.read(result, line, row, cell_at(row, columns[0]), cell_at(row, columns[1]))
        result.problems += groups.values()
        return result


FOREIGN_ASSISTANCE = ForeignAssistance()


@dataclass(slots=True)
class _Regions:
    """The region of each country, which every row of the country repeats."""

    column: int | None
    period: str
    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, result: ReadResult, line: int, row: Sequence[str], code: str, country: str) -> None:
        """Take the region from the first row of a country, and warn of a later row that gives another."""
        column = self.column
        if column is None or is_group(country):
            return
        raw = cell_at(row, column)
        first = self.seen.get((code, country))
        if first is not None:
            if first != raw:
                message = f"{country} is in {first} above and in {raw} here; the first is kept."
                self._tell(result, Severity.WARNING, Reason.INCONSISTENT, message, line, raw, country)
            return
        self.seen[code, country] = raw
        if raw not in REGIONS:
            message = f"{raw!r} is none of {', '.join(REGIONS)}."
            self._tell(result, Severity.WARNING, Reason.UNKNOWN_LABEL, message, line, raw, country)
            return
        result.readings.append(
            Reading(
                indicator=REGION.code,
                country=country,
                code="" if code == "NULL" else code,
                period=self.period,
                locator=line_locator(line, column + 1),
                label=REGIONS[raw],
                raw=raw,
            )
        )

    def _tell(
        self, result: ReadResult, severity: Severity, reason: Reason, message: str, line: int, raw: str, country: str
    ) -> None:
        assert self.column is not None
        result.problems.append(problem(severity, reason, message, line, self.column, raw, country, rows=0))


def _read_row(
    result: ReadResult, line: int, cells: list[str], columns: list[int], newest: int, groups: dict[str, Problem]
) -> None:
    result.rows_read += 1
    code, country, kind, year, raw = cells
    if is_group(country):
        noted(groups, country, line, columns[1])
        return
    spec, period = KINDS.get(kind), fiscal_year(year)
    for wrong, at, reason, message in (
        (spec is None, 2, Reason.UNKNOWN_LABEL, f"{kind!r} is none of {', '.join(KINDS)}."),
        (not period, 3, Reason.UNREADABLE_YEAR, f"{year!r} is no fiscal year."),
        (not _AMOUNT.fullmatch(raw), 4, Reason.UNREADABLE_NUMBER, f"{raw!r} is no plain amount."),
    ):
        if wrong:
            result.problems.append(problem(Severity.REJECTED, reason, message, line, columns[at], cells[at], country))
            return
    assert spec is not None
    quality, note = firmness(period, newest)
    result.readings.append(
        Reading(
            indicator=spec.code,
            country=country,
            code="" if code == "NULL" else code,
            period=period,
            locator=line_locator(line, columns[4] + 1),
            value=float(raw),
            raw=raw,
            quality=quality,
            note=note,
        )
    )


# ---- shared with the file of activities ----------------------------------------------------------------------------


def header(document: Document, wanted: Sequence[str]) -> int | None:
    """Index in `csv_records` of the row that has all these headings, or None."""
    if document.media not in (Media.CSV, Media.TEXT):
        return None
    for index, (_, row) in enumerate(document.csv_records[:_HEADER_WITHIN]):
        if {folded(cell) for cell in row} >= set(wanted):
            return index
    return None


def folded(cell: str) -> str:
    """A heading as compared."""
    return " ".join(cell.split()).casefold()


def cell_at(row: Sequence[str], at: int) -> str:
    """A trimmed cell; "" where the row is too short."""
    return row[at].strip() if at < len(row) else ""


def is_group(country: str) -> bool:
    """Whether the name is that of a region or of the world."""
    return _GROUP.search(country.strip()) is not None


def noted(groups: dict[str, Problem], country: str, line: int, column: int) -> None:
    """Note once that the rows of a region are left out, and count them."""
    if country in groups:
        groups[country].rows += 1
        return
    message = f"{country} is no country; its rows are left out."
    groups[country] = problem(Severity.NOTE, Reason.NOT_A_COUNTRY, message, line, column, country, country)


def fiscal_year(text: str) -> str:
    """The period: "FY2022" for 2022, "FY1976TQ" for the transition quarter of 1976, "" for anything else."""
    if text.casefold() == _QUARTER:
        return "FY1976TQ"
    return f"FY{text}" if _YEAR.fullmatch(text) else ""


def newest_year(document: Document, head: int, column: int) -> int:
    """The newest fiscal year in the file, 0 where there is none."""
    years = (cell_at(row, column) for _, row in document.csv_records[head + 1 :])
    return max((int(year) for year in years if _YEAR.fullmatch(year)), default=0)


def firmness(period: str, newest: int) -> tuple[Quality, str]:
    """How firmly a value of this fiscal year stands, and the note that says so."""
    partly = int(period[2:6]) > newest - PARTLY_REPORTED
    return (Quality.UNCONFIRMED, PARTLY) if partly else (Quality.STATED, "")


def edition_of(document: Document, given: str, newest: int) -> tuple[str, int]:
    """Label and rank of the edition: as given (2025, 2025-06 or 2025-06-30), else the newest fiscal year.

    Raises `UnreadableFile` for anything else.
    """
    text = given.strip() or (str(newest) if newest else "")
    found = _EDITION.fullmatch(text)
    if found is None:
        raise UnreadableFile(
            FileFault.UNKNOWN_LAYOUT,
            f"{document.name} does not say of which edition it is, and {text!r} is none.",
            "Name the day, month or year of its publication when uploading, for example 2025-06.",
        )
    year, month, day = (int(part or 0) for part in found.groups())
    return text, year * 10_000 + month * 100 + day


def unknown_columns(titles: Sequence[str], line: int, known: frozenset[str]) -> list[Problem]:
    """A warning for each heading that the publisher did not use when this reader was written."""
    return [
        problem(
            Severity.WARNING,
            Reason.UNKNOWN_COLUMN,
            f"The heading {title!r} is not known; its column is not read.",
            line,
            column,
            title,
            rows=0,
        )
        for column, title in enumerate(titles)
        if folded(title) not in known
    ]


def problem(
    severity: Severity, reason: Reason, message: str, line: int, column: int, raw: str, country: str = "", rows: int = 1
) -> Problem:
    """A problem with one cell: its line, and its column counted from 0."""
    locator = line_locator(line, column + 1)
    return Problem(
        severity, reason, message, locator, row=line, column=str(column + 1), raw=raw, country=country, rows=rows
    )
