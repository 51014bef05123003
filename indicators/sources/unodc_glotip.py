"""UNODC's data on trafficking in persons (GLOTIP): the workbook of counts that States report.

One row for each country, indicator, dimension, category, sex, age and year. Only the count of detected victims under
18 is read, over all categories and both sexes. Detection measures the response as much as the crime, so that the count
is shown and not scored. A count below five is suppressed by the publisher and stays unknown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Final

from indicators.sources.base import (
    IndicatorSpec,
    Missing,
    Problem,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
    rank_of,
)
from indicators.sources.dating import Dating
from indicators.sources.documents import Cell, Document, FileFault, UnreadableFile, cell_text
from indicators.sources.grid import Table, fold, tables, year

SOURCE = SourceSpec(
    key="unodc_glotip",
    title="Detected victims of trafficking (GLOTIP)",
    publisher="United Nations Office on Drugs and Crime",
    licence="Use with attribution",
    attribution="UNODC, Global Report on Trafficking in Persons, data portal",
    homepage="https://dataunodc.un.org/dp-trafficking-persons",
    note="Shown, not scored: a country that looks for victims finds more of them.",
    dating=Dating(
        "A count is treated as published from the second year after its own.",
        years_after=2,
        month=1,
        day=1,
    ),
)
CHILD_VICTIMS = IndicatorSpec(
    code="glotip.child_victims",
    name="Detected child victims of trafficking",
    unit="persons",
    wording="Victims of trafficking under 18 whom the authorities detected in the year, as the State reported to "
    "UNODC. It counts detection, not how common trafficking is.",
    minimum=0,
)

COLUMNS: Final = (
    *("iso3_code", "country", "indicator", "dimension", "category", "sex", "age", "year"),
    *("unit of measurement", "txtvalue"),
)
_WANTED: Final[Mapping[str, str]] = {
    "indicator": "detected trafficking victims",
    "dimension": "total",
    "category": "total",
    "sex": "total",
    "age": "0 to 17 years",
    "unit of measurement": "counts",
}
_COUNT: Final = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
_BELOW: Final = re.compile(r"< ?(\d+)")
_WRITTEN: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


class Glotip:
    """Reads the workbook, whichever edition."""

    key = "unodc_glotip"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (CHILD_VICTIMS,)

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a workbook with a sheet that has all columns of the data."""
        table = _table(document)
        if table is None:
            return None
        day, _ = _day(table)
        because = f"sheet {table.sheet}, header in row {table.header + 1}"
        return Recognition(day.isoformat() if day else "", because)

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read the counts of detected victims under 18. Raises `UnreadableFile` if the edition is not known."""
        table = _table(document)
        if table is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no sheet with the columns {', '.join(COLUMNS)}.",
                "Upload the workbook of trafficking in persons as UNODC's data portal offers it.",
            )
        day, place = _day(table)
        label = edition or (day.isoformat() if day else "")
        if not rank_of(label):
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} gives no day above its header, and {label!r} is no edition.",
                "Name the edition by the day of the download, for example 2023-05-30.",
            )
        result = ReadResult(label, rank_of(label), layout=f"sheet {table.sheet}")
        if day is not None and label == day.isoformat():
            result.published_on, result.dated_by = day, f"The file: cell {place}"
        others, groups = 0, dict[str, Problem]()
        for index, row in table.data():
            if all(fold(_cell(table, row, name)) == value for name, value in _WANTED.items()):
                _read_row(table, index, row, result, groups)
            else:
                others += 1
        if others:
            message = f"{others:,} rows of other indicators, categories, sexes and ages are not read."
            note = table.problem(Severity.NOTE, Reason.NO_VALUE, message, table.header, table.columns["indicator"])
            note.rows = 0
            result.problems.append(note)
        result.problems += groups.values()
        return result


def _table(document: Document) -> Table | None:
    return next(tables(document, lambda columns: columns.keys() >= set(COLUMNS)), None)


def _day(table: Table) -> tuple[dt.date | None, str]:
    """Return the day above the header with its place, a day as 30/05/2023 or as a date of the workbook."""
    for index, row in enumerate(table.rows[: table.header]):
        for column, cell in enumerate(row):
            found = _WRITTEN.fullmatch(cell.strip()) if isinstance(cell, str) else None
            try:
                if isinstance(cell, dt.datetime):
                    return cell.date(), table.locator(index, column)
                if isinstance(cell, dt.date):
                    return cell, table.locator(index, column)
                if found:
                    return dt.date(int(found[3]), int(found[2]), int(found[1])), table.locator(index, column)
            except ValueError:
                continue
    return None, ""


def _cell(table: Table, row: Sequence[Cell], name: str) -> Cell:
    column = table.columns[name]
    return row[column] if column < len(row) else ""


def _read_row(table: Table, index: int, row: Sequence[Cell], result: ReadResult, groups: dict[str, Problem]) -> None:
    code, country, when = (cell_text(_cell(table, row, name)).strip() for name in ("iso3_code", "country", "year"))
    if not country:
        # Subregions have a code that looks like a country's, and no name.
        if code in groups:
            groups[code].rows += 1
            return
        message = f"{code or 'A row'} has no name of a country: rows of subregions are left out."
        column = table.columns["country"]
        groups[code] = table.problem(Severity.NOTE, Reason.NOT_A_COUNTRY, message, index, column)
        return
    result.rows_read += 1
    raw = cell_text(_cell(table, row, "txtvalue")).strip()
    at = table.columns["txtvalue"]
    below = _BELOW.fullmatch(raw)
    value = float(raw.replace(",", "")) if _COUNT.fullmatch(raw) else None
    problem: Problem | None = None
    if year(when) is None:
        message = f"{when!r} is no year."
        problem = table.problem(
            Severity.REJECTED, Reason.UNREADABLE_YEAR, message, index, table.columns["year"], country
        )
    elif raw and below is None and value is None:
        message = f"{raw!r} is no count."
        problem = table.problem(Severity.REJECTED, Reason.UNREADABLE_NUMBER, message, index, at, country)
    if problem is not None:
        result.problems.append(problem)
        return
    missing = Missing.SUPPRESSED if below else Missing.NOT_COLLECTED if value is None else None
    note = f"The publisher gives no number, only that it is below {below[1]}." if below else ""
    place = table.locator(index, at)
    result.readings.append(
        Reading(CHILD_VICTIMS.code, country, when, place, value, missing=missing, raw=raw, code=code, note=note)
    )


GLOTIP = Glotip()
