"""Freedom in the World, workbook of ratings and statuses since 1973: three columns for each edition.

The header's first row has the editions, its second the years under review, with merged cells' text in the first of
three columns (PR, CL, Status). Until 1990 an edition covers more or less than a year; its period is the
year in which its review ends, and the publisher's text is stored in the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from indicators.countries import TERRITORY
from indicators.sources.base import (
    IndicatorSpec,
    Missing,
    Problem,
    Reading,
    ReadResult,
    Reason,
    Severity,
    take_newest_edition,
)
from indicators.sources.checks import Absent, Numbers, fold
from indicators.sources.documents import Document, FileFault, Media, UnreadableFile, cell_text
from indicators.sources.freedom_house import CL_RATING, PR_RATING, SOURCE, STATUS, STATUS_LABELS, edition_rank
from indicators.sources.table_finder import HEADER_WITHIN, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of

RATINGS: Final = Numbers("{raw!r} is not a rating.", "{raw} is not a rating from 1 to 7.", whole=True)
_EDITION, _REVIEW = "survey edition", "year(s) under review"
_COLUMNS: Final = {"pr": PR_RATING, "cl": CL_RATING, "status": STATUS}
_YEARS: Final = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_SPAN: Final = re.compile(r"(\d{4})\s*-\s*(\d{2}|\d{4})")
_SPLIT: Final = re.compile(r"\s*(\w+)\s*\(\s*(\w+)\s*\)\s*")


@dataclass(frozen=True, slots=True)
class Edition:
    """Columns of one edition; `period` is the year in which its review ends."""

    label: str
    number: int
    period: str
    note: str
    columns: dict[str, int]


class FreedomHouseRatings(TableAdapter):
    key = "freedom_house_ratings"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (PR_RATING, CL_RATING, STATUS)
    lacks = (
        "has no sheet with the header of Freedom in the World's ratings",
        "Upload the workbook of ratings and statuses as Freedom House released it.",
    )

    def tables(self, document: Document) -> list[SourceTable]:
        """Return the sheets with three header rows; the last has PR, CL, and Status."""
        tables: list[SourceTable] = []
        for sheet in document.sheet_names if document.media is Media.WORKBOOK else ():
            rows = document.sheet(sheet)
            for index, row in enumerate(rows[:HEADER_WITHIN]):
                if fold(row[0]) != _REVIEW or index == 0 or index + 1 >= len(rows):
                    continue
                heads = {fold(cell) for cell in rows[index + 1]}
                if fold(rows[index - 1][0]) == _EDITION and _COLUMNS.keys() <= heads:
                    tables.append(SourceTable(document, sheet, rows, index + 1))
        return tables

    def because(self, tables: Sequence[SourceTable]) -> str:
        return "sheets " + " and ".join(f"{t.sheet.strip()!r} (header in row {t.header + 1})" for t in tables)

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        return str(max((e.number for table in tables for e in _editions(table)), default="") or "")

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result with the given edition; each group of columns states its own."""
        return ReadResult(edition, 0, layout="Freedom in the World, ratings and statuses")

    def read_tables(self, tables: Sequence[SourceTable], result: ReadResult) -> None:
        """Read both sheets, and take one reading if a name is on both."""
        super().read_tables(tables, result)
        _join_sheets(result)
        take_newest_edition(result)

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        editions = list(_editions(table))
        for row in rows_of(table, result):
            row.country = row.raw(0)
            if not row.country.strip() or all(cell == "" for cell in row.cells[1:]):
                row.leave_out("This row has no country and was left out.", 0)
                continue
            result.rows_read += 1
            row.code = TERRITORY if "territor" in table.sheet.casefold() else ""
            if not row.repeats((table.sheet, row.country), f"{row.country} already has a row", 0):
                for edition in editions:
                    _read_edition(row, edition)


def _read_edition(row: SourceRow, edition: Edition) -> None:
    for heading, spec in _COLUMNS.items():
        column = edition.columns[heading]
        rank = edition_rank(edition.number)
        more: dict[str, Any] = {"period": edition.period, "edition": edition.label, "edition_rank": rank}
        split = _SPLIT.fullmatch(row.raw(column))
        if split:
            # In the 1973 edition South Africa has one rating for its white and one for its black population. Neither
            # is the country's and the publisher states no third, so there is no value to compare with others.
            note = (
                f"The publisher rates two parts of the population apart: {split[1]} and {split[2]}. "
                f"It gives the country no single rating. {edition.note}"
            )
            row.add(row.reading(spec, column, Absent(Missing.SPECIAL_CASE, note.strip()), **more))
            continue
        rule = STATUS_LABELS if spec.labels else RATINGS
        reading = row.add_reading(spec, column, rule, note=edition.note, **more)
        if reading is not None and reading.missing is not None:
            reading.note = f"Not rated in this edition. {edition.note}".strip()


def _editions(table: SourceTable) -> Iterator[Edition]:
    """Yield the groups of columns; each begins where the row of editions has text.

    Raises `UnreadableFile` for a group without an edition or its years.
    """
    names, reviews, heads = (table.rows[table.header - back] for back in (2, 1, 0))
    starts = [column for column, cell in enumerate(names) if column and fold(cell)]
    for start, end in zip(starts, [*starts[1:], len(names)], strict=True):
        label, review = cell_text(names[start]).strip(), cell_text(reviews[start]).strip()
        years = [int(digits) for digits in _YEARS.findall(review)]
        edition = _edition_year(label)
        if edition is None or not years:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{table.locator(table.header - 2, start)} reads {label!r} above {review!r}, not an edition and years.",
                "Correct the two header cells, or upload the workbook as Freedom House released it.",
            )
        columns = {fold(heads[column]): column for column in range(start, end)}
        if not _COLUMNS.keys() <= columns.keys():
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{table.locator(table.header - 2, start)} reads {label!r} without the columns PR, CL, and Status.",
                "Correct the header cells, or upload the workbook as Freedom House released it.",
            )
        note = "" if review == str(years[-1]) else f"Covers {review}."
        yield Edition(label, edition, str(years[-1]), note, columns)


def _edition_year(label: str) -> int | None:
    """Return the year of an edition: 1984 of "1983-84", 2000 of "1999-2000", 1973 of "Jan.-Feb. 1973"."""
    if span := _SPAN.fullmatch(label):
        first, last = span.groups()
        ends = int(last) if len(last) == 4 else int(first[:2] + last)
        return ends if ends > int(first) else ends + 100
    years = _YEARS.findall(label)
    return int(years[0]) if len(years) == 1 else None


def _join_sheets(result: ReadResult) -> None:
    """Take one reading if a name is on both sheets.

    Kosovo is rated as a territory up to the 2009 edition and as a country from then on; the other sheet has a dash.
    The dash refers to the other sheet and does not mean that there is no rating, so the rating takes precedence.
    """
    held: dict[tuple[str, str, str], Reading] = {}
    joined: dict[str, str] = {}
    for reading in result.readings:
        key = (reading.country.strip(), reading.indicator, reading.edition)
        other = held.get(key)
        if other is not None:
            joined.setdefault(key[0], reading.locator)
        if other is None or (other.missing and not reading.missing):
            held[key] = reading
        elif not other.missing and not reading.missing:
            result.problems.append(
                Problem(
                    Severity.REJECTED,
                    Reason.DUPLICATE_KEY,
                    f"{key[0]} is rated both at {other.locator} and here; the first rating is used.",
                    locator=reading.locator,
                    raw=reading.raw,
                    country=key[0],
                )
            )
    result.readings = list(held.values())
    result.problems += [
        Problem(
            Severity.NOTE,
            Reason.NO_VALUE,
            f"{name} is listed as a country and as a territory; each edition's rating is read from the list it is in.",
            locator=locator,
            country=name,
        )
        for name, locator in joined.items()
    ]


FREEDOM_HOUSE_RATINGS = FreedomHouseRatings()
