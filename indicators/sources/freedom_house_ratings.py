"""Freedom in the World: the workbook of ratings and statuses since 1973, three columns for each edition.

The editions stand in the header's first row, the years under review in its second, the merged cells' text in the
first of three columns (PR, CL, Status). Until 1990 an edition covers more or less than a year; its period is the
year in which its review ends, and the words of the publisher are kept in the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from indicators.countries import TERRITORY
from indicators.sources.base import (
    IndicatorSpec,
    Missing,
    Problem,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
)
from indicators.sources.documents import Cell, Document, FileFault, Media, Row, UnreadableFile, cell_text
from indicators.sources.freedom_house import CL_RATING, PR_RATING, SOURCE, STATUS, STATUSES, edition_rank
from indicators.sources.grid import HEADER_WITHIN, Table, fold, is_blank, number

_EDITION, _REVIEW = "survey edition", "year(s) under review"
_COLUMNS: Final = {"pr": PR_RATING, "cl": CL_RATING, "status": STATUS}
_YEARS: Final = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_SPAN: Final = re.compile(r"(\d{4})\s*-\s*(\d{2}|\d{4})")
_SPLIT: Final = re.compile(r"\s*(\w+)\s*\(\s*(\w+)\s*\)\s*")


@dataclass(frozen=True, slots=True)
class Edition:
    """Three columns: the edition as the publisher names it, its year, and the year in which its review ends."""

    label: str
    number: int
    period: str
    note: str
    columns: dict[str, int]


class FreedomHouseRatings:
    """Reads the workbook of ratings, its sheet of countries and its sheet of territories."""

    key = "freedom_house_ratings"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (PR_RATING, CL_RATING, STATUS)

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a workbook with sheets of "Survey Edition" over "Year(s) Under Review" over PR, CL, Status."""
        found = _tables(document)
        if not found:
            return None
        latest = max((e.number for table in found for e in _editions(table)), default=0)
        sheets = " and ".join(f"{t.sheet.strip()!r} (header in row {t.header + 1})" for t in found)
        return Recognition(edition=str(latest or ""), because=f"sheets {sheets}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every row. Each column group states its own edition; `edition` only labels the whole file."""
        found = _tables(document)
        if not found:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no sheet with the header of Freedom in the World's ratings.",
                "Upload the workbook of ratings and statuses as Freedom House released it.",
            )
        result = ReadResult(edition=edition, edition_rank=0, layout="Freedom in the World, ratings and statuses")
        for table in found:
            _read_table(table, result)
        _join_sheets(result)
        result.edition_rank = max((reading.edition_rank for reading in result.readings), default=0)
        result.edition = edition or (str(result.edition_rank // 10_000) if result.edition_rank else "")
        return result


def _tables(document: Document) -> list[Table]:
    """Sheets with the three header rows; `Table.header` is the last of them, the one of PR, CL and Status."""
    found: list[Table] = []
    for sheet in document.sheet_names if document.media is Media.WORKBOOK else ():
        rows = document.sheet(sheet)
        for index, row in enumerate(rows[:HEADER_WITHIN]):
            if fold(row[0]) != _REVIEW or index == 0 or index + 1 >= len(rows):
                continue
            heads = [fold(cell) for cell in rows[index + 1]]
            if fold(rows[index - 1][0]) == _EDITION and {"pr", "cl", "status"} <= set(heads):
                found.append(Table(sheet, rows, index + 1, {"": 0}))
    return found


def _editions(table: Table) -> Iterator[Edition]:
    """The groups of columns. A group begins where the row of editions has text and ends before the next."""
    names, reviews, heads = (table.rows[table.header - back] for back in (2, 1, 0))
    starts = [column for column, cell in enumerate(names) if column and fold(cell)]
    for start, end in zip(starts, [*starts[1:], len(names)], strict=True):
        label, review = cell_text(names[start]).strip(), cell_text(reviews[start]).strip()
        years = [int(found) for found in _YEARS.findall(review)]
        edition = _edition_year(label)
        if edition is None or not years:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{table.locator(table.header - 2, start)} reads {label!r} over {review!r}: no edition and its years.",
                "Correct the two header cells, or upload the workbook as Freedom House released it.",
            )
        columns = {fold(heads[column]): column for column in range(start, end)}
        note = "" if review == str(years[-1]) else f"Covers {review}."
        yield Edition(label, edition, str(years[-1]), note, columns)


def _edition_year(label: str) -> int | None:
    """The year of an edition: 2024 of "2024", 1984 of "1983-84", 2000 of "1999-2000", 1973 of "Jan.-Feb. 1973"."""
    if span := _SPAN.fullmatch(label):
        first, last = span.groups()
        ends = int(last) if len(last) == 4 else int(first[:2] + last)
        return ends if ends > int(first) else ends + 100
    years = _YEARS.findall(label)
    return int(years[0]) if len(years) == 1 else None


def _read_table(table: Table, result: ReadResult) -> None:
    editions = list(_editions(table))
    code = TERRITORY if "territor" in table.sheet.casefold() else ""
    seen: dict[str, int] = {}
    for index, row in table.data():
        name = cell_text(row[0])
        if not name.strip() or all(cell == "" for cell in row[1:]):
            message = "A line without a country: left out."
            result.problems.append(table.problem(Severity.NOTE, Reason.NOT_A_COUNTRY, message, index, 0, name))
            continue
        result.rows_read += 1
        if name in seen:
            message = f"{name} already has a row: row {seen[name] + 1}."
            result.problems.append(table.problem(Severity.REJECTED, Reason.DUPLICATE_KEY, message, index, 0, name))
            continue
        seen[name] = index
        for edition in editions:
            _read_edition(table, index, row, edition, code, result)


def _join_sheets(result: ReadResult) -> None:
    """Keep one reading where a name stands on both sheets.

    Kosovo is rated as a territory up to the 2009 edition and as a country from then on; the other sheet has a dash.
    That dash says which sheet to look at, not that there is no rating, so it must not stand against the rating.
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
                    f"{key[0]} is rated both at {other.locator} and here; the first is kept.",
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
            f"{name} stands among the countries and among the territories; each edition's rating is read where it is.",
            locator=locator,
            country=name,
        )
        for name, locator in joined.items()
    ]


def _read_edition(table: Table, index: int, row: Row, edition: Edition, code: str, result: ReadResult) -> None:
    name = cell_text(row[0])
    for heading, spec in _COLUMNS.items():
        column = edition.columns[heading]
        cell = row[column]
        reading = Reading(
            spec.code,
            name,
            edition.period,
            table.locator(index, column),
            raw=cell_text(cell),
            code=code,
            note=edition.note,
            edition=edition.label,
            edition_rank=edition_rank(edition.number),
        )
        fault = _fill(reading, spec, cell)
        if fault is None:
            result.readings.append(reading)
        else:
            reason, message = fault
            result.problems.append(table.problem(Severity.REJECTED, reason, message, index, column, name))


def _fill(reading: Reading, spec: IndicatorSpec, cell: Cell) -> tuple[Reason, str] | None:
    """Put what the cell says into the reading, or return why it cannot be read."""
    if is_blank(cell):
        reading.missing = Missing.NOT_COLLECTED
        reading.note = f"Not rated in this edition. {reading.note}".strip()
        return None
    if isinstance(cell, str) and (split := _SPLIT.fullmatch(cell)):
        # In the 1973 edition South Africa has one rating for its white and one for its black population. Neither
        # is the country's and the publisher states no third, so there is no value here to compare with others.
        reading.missing = Missing.SPECIAL_CASE
        reading.note = (
            f"The publisher rates two parts of the population apart: {split[1]} and {split[2]}. "
            f"It gives the country no single rating. {reading.note}"
        ).strip()
        return None
    if spec.labels:
        label = fold(cell).upper()
        if label not in STATUSES:
            return Reason.UNKNOWN_LABEL, f"{cell_text(cell)!r} is no status; there are {', '.join(STATUSES)}."
        reading.label = label
        return None
    value = number(cell)
    if value is None:
        return Reason.UNREADABLE_NUMBER, f"{cell_text(cell)!r} is no rating."
    if not 1 <= value <= 7 or not value.is_integer():
        return Reason.OUT_OF_RANGE, f"{cell_text(cell)} is no rating from 1 to 7."
    reading.value = value
    return None


FREEDOM_HOUSE_RATINGS = FreedomHouseRatings()
