"""Walk Free's Global Slavery Index: the publisher's workbook, or the table of countries taken from it as a CSV.

Both hold the population the index reckons with, the estimated prevalence of modern slavery per 1,000 people and the
estimated number of people. Edition and period differ: the estimates refer to a year that the table does not name
(`REFERENCE_YEARS`). The edition is the year in the name of the sheet or file, or the one given at the upload. Methods
differ between editions, so every reading carries the edition as its series ("GSI 2023"), and editions are no time
series.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from indicators.sources.base import (
    Direction,
    IndicatorSpec,
    Missing,
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
from indicators.sources.documents import (
    Cell,
    Document,
    FileFault,
    Media,
    UnreadableFile,
    cell_locator,
    cell_text,
    column_letters,
    line_locator,
)
from indicators.sources.grid import fold, tables

SOURCE = SourceSpec(
    key="walk_free",
    title="Global Slavery Index",
    publisher="Walk Free",
    licence="Use with attribution",
    attribution="Walk Free, Global Slavery Index",
    homepage="https://www.walkfree.org/global-slavery-index/",
    cadence_months=60,
    note="Editions appear at irregular intervals and with different methods: they are not a time series. Estimates of "
    "the 2018 edition refer to 2016, those of the 2023 edition to 2021.",
    dating=Dating(
        "The 2018 edition appeared in July 2018, the 2023 edition in May 2023.",
        editions={"2018": date(2018, 7, 31), "2023": date(2023, 5, 31)},
    ),
)

REFERENCE_YEARS: Final[Mapping[str, str]] = {"2018": "2016", "2023": "2021"}
"""The year that the estimates of an edition refer to, from the methodology of each edition."""

PREVALENCE = IndicatorSpec(
    code="gsi.prevalence",
    name="Prevalence of modern slavery",
    unit="per 1,000 people",
    wording="Estimated number of people in forced labor or forced marriage for each 1,000 inhabitants.",
    direction=Direction.LOWER,
    minimum=0,
    maximum=1000,
    decimals=1,
)
PEOPLE = IndicatorSpec(
    code="gsi.people_in_modern_slavery",
    name="People in modern slavery",
    unit="persons",
    wording="Estimated number of people in forced labor or forced marriage.",
    direction=Direction.LOWER,
    minimum=0,
)
POPULATION = IndicatorSpec(
    code="gsi.population",
    name="Population reckoned with",
    unit="persons",
    wording="The number of inhabitants the estimates are based on.",
    minimum=0,
)

_COLUMNS: Sequence[tuple[re.Pattern[str], IndicatorSpec]] = (
    (re.compile(r"prevalence of .*modern slavery\b.*\bper 1,?000\b"), PREVALENCE),
    (re.compile(r"number of people in modern slavery$"), PEOPLE),
    (re.compile(r"^population\b|population$"), POPULATION),
)
_IGNORED = frozenset({"", "country", "region"})
_OTHER_PARTS = frozenset({"vulnerability", "government response"})  # of the workbook, named above the header
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_BELOW = re.compile(r"< ?(\d{1,3}(?:,\d{3})*)")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_LOOK = 20  # the header stands within so many lines
_LOOK_AT = 8192  # and within so many characters


@dataclass(frozen=True, slots=True)
class _Table:
    """The table of countries: its headings, and its rows by line or row number. `sheet` is empty for a CSV."""

    sheet: str
    header: int
    titles: Sequence[Cell]
    above: Sequence[Cell]
    rows: Sequence[tuple[int, Sequence[Cell]]]

    def locator(self, row: int, column: int) -> str:
        return cell_locator(self.sheet, row - 1, column) if self.sheet else line_locator(row, column + 1)

    def problem(
        self, severity: Severity, reason: Reason, message: str, row: int, column: int, raw: str, country: str = ""
    ) -> Problem:
        name = column_letters(column) if self.sheet else str(column + 1)
        place = self.locator(row, column)
        return Problem(severity, reason, message, place, self.sheet, row, name, raw, country)

    def part(self, column: int) -> str:
        """Return the name above the heading of a column; a merged cell names the columns to its right as well."""
        named = [text for cell in self.above[: column + 1] if (text := fold(cell))]
        return named[-1] if named else ""


class GlobalSlaveryIndex:
    """Reader of the table, whichever edition."""

    key = "global_slavery_index"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (PREVALENCE, PEOPLE, POPULATION)

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a workbook or delimited text with a column of countries and one of prevalence per 1,000."""
        table = _table(document)
        if table is None:
            return None
        place = f"sheet {table.sheet}, header in row" if table.sheet else "header in line"
        return Recognition(_edition(document, table, ""), f"{place} {table.header}, prevalence per 1,000")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """All rows. Raises `UnreadableFile` where the header is not found or nothing tells the edition."""
        table = _table(document)
        if table is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no column of prevalence of modern slavery per 1,000.",
                "Upload the workbook or the table of countries of the Global Slavery Index.",
            )
        edition = _edition(document, table, edition)
        if not edition:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} does not say of which edition it is.",
                "Name the edition when uploading, for example 2023, or put the year into the file's name.",
            )
        layout = f"sheet {table.sheet}" if table.sheet else "table of countries"
        result = ReadResult(edition, int(edition) * 10_000, layout=layout)
        period = _period(result, table)
        columns = _columns(result, table)
        name = [fold(title) for title in table.titles].index("country")
        for row, cells in table.rows:
            if any(cell_text(cell).strip() for cell in cells):
                _read_row(result, table, row, cells, name, columns, period)
        return result


GLOBAL_SLAVERY_INDEX = GlobalSlaveryIndex()


def _table(document: Document) -> _Table | None:
    if document.media is Media.WORKBOOK:
        found = next(tables(document, lambda columns: _is_header(list(columns))), None)
        if found is None:
            return None
        above = found.rows[found.header - 1] if found.header else ()
        rows = [(index + 1, row) for index, row in found.data()]
        return _Table(found.sheet, found.header + 1, found.rows[found.header], above, rows)
    if document.media not in (Media.CSV, Media.TEXT) or "modern slavery" not in document.text[:_LOOK_AT].casefold():
        return None
    for index, (line, record) in enumerate(document.csv_records[:_LOOK]):
        if _is_header([fold(cell) for cell in record]):
            return _Table("", line, record, (), document.csv_records[index + 1 :])
    return None


def _is_header(titles: Sequence[str]) -> bool:
    return "country" in titles and any(_COLUMNS[0][0].search(title) for title in titles)


def _edition(document: Document, table: _Table, wanted: str) -> str:
    """Return the year of the edition as given, else in the name of the sheet or of the file, else ""."""
    names = (wanted,) if wanted else (table.sheet, document.name)
    return next((found[0] for name in names if (found := _YEAR.search(name.replace("_", " ")))), "")


def _period(result: ReadResult, table: _Table) -> str:
    """Return the year that the estimates refer to. If it is not known, warn and use the edition's year."""
    known = REFERENCE_YEARS.get(result.edition)
    if known is None:
        message = (
            f"The year that the estimates of the {result.edition} edition refer to is not known to this reader; "
            f"they are recorded under {result.edition}."
        )
        problem = table.problem(Severity.WARNING, Reason.UNREADABLE_YEAR, message, table.header, 0, result.edition)
        problem.rows = 0
        result.problems.append(problem)
    return known or result.edition


def _columns(result: ReadResult, table: _Table) -> dict[int, IndicatorSpec]:
    """Return the columns to read. List those of the index's other parts in a note, and unknown ones in warnings."""
    columns: dict[int, IndicatorSpec] = {}
    others: list[int] = []
    for column, title in enumerate(map(fold, table.titles)):
        spec = next((spec for pattern, spec in _COLUMNS if pattern.search(title)), None)
        if spec is not None and spec not in columns.values():
            columns[column] = spec
        elif table.part(column) in _OTHER_PARTS:
            others.append(column)
        elif title not in _IGNORED:
            message = f"The heading {title!r} is not known; its column is not read."
            raw = cell_text(table.titles[column])
            result.problems.append(
                table.problem(Severity.WARNING, Reason.UNKNOWN_COLUMN, message, table.header, column, raw)
            )
    if others:
        span = f"{column_letters(others[0])} to {column_letters(others[-1])}"
        message = f"Columns {span} hold vulnerability and government response, which are not read."
        problem = table.problem(Severity.NOTE, Reason.UNKNOWN_COLUMN, message, table.header, others[0], "")
        problem.rows = 0
        result.problems.append(problem)
    return columns


def _read_row(
    result: ReadResult,
    table: _Table,
    row: int,
    cells: Sequence[Cell],
    name: int,
    columns: Mapping[int, IndicatorSpec],
    period: str,
) -> None:
    result.rows_read += 1
    country = cell_text(cells[name]).strip() if name < len(cells) else ""
    for column, spec in columns.items():
        raw = cell_text(cells[column]) if column < len(cells) else ""
        text = raw.strip()
        value = None
        missing: Missing | None = Missing.NOT_COLLECTED
        note = ""
        if below := _BELOW.fullmatch(text):
            missing, note = Missing.SUPPRESSED, f"The publisher gives no number, only that it is below {below[1]}."
        elif text not in ("", "-"):
            if not _NUMBER.fullmatch(text):
                message = f"{text!r} is not a number."
                result.problems.append(
                    table.problem(Severity.REJECTED, Reason.UNREADABLE_NUMBER, message, row, column, raw, country)
                )
                continue
            value = float(text.replace(",", ""))
            if spec.maximum is not None and value > spec.maximum:
                message = f"{text} is more than {spec.maximum:g} {spec.unit}."
                result.problems.append(
                    table.problem(Severity.REJECTED, Reason.OUT_OF_RANGE, message, row, column, raw, country)
                )
                continue
        result.readings.append(
            Reading(
                indicator=spec.code,
                country=country,
                period=period,
                locator=table.locator(row, column),
                value=value,
                missing=missing if value is None else None,
                raw=raw,
                series=f"GSI {result.edition}",
                quality=Quality.STATED if value is None else Quality.ESTIMATED,
                note=note,
            )
        )
