"""Corruption Perceptions Index: scores, ranks and numbers of sources since 2012.

The workbook of 2012 has one sheet with a header of two rows and names without codes; a 0 below one of its sources
marks a source that was not used, and those columns are not read. A later workbook holds a sheet of its own year,
and the years before either as a long sheet (one row for each country and year) or as a wide one (columns of each
year). Scores run from 0 to 100; before 2012 the scale was another and nothing earlier is read. All that a workbook
states carries the workbook's edition: a later edition may revise the years before it. Low and high are the ends of the
publisher's 90% interval.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from indicators.sources.base import (
    Direction,
    IndicatorSpec,
    Missing,
    Problem,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
)
from indicators.sources.dating import Dating
from indicators.sources.documents import Document, FileFault, Media, Row, UnreadableFile, cell_text
from indicators.sources.grid import Table, fold, is_blank, number, shown, tables, year

SOURCE = SourceSpec(
    key="cpi",
    title="Corruption Perceptions Index",
    publisher="Transparency International",
    licence="CC BY-ND 4.0",
    attribution="Transparency International, Corruption Perceptions Index, CC BY-ND 4.0",
    homepage="https://www.transparency.org/en/cpi",
    note="Scores can be compared from 2012 on.",
    dating=Dating(
        "The index of a year appears by January 31 of the next year.",
        years_after=1,
        month=1,
        day=31,
        edition_years_after=1,
    ),
)
SCORE = IndicatorSpec(
    "cpi.score",
    "Corruption Perceptions Index",
    "points",
    "How corrupt experts and business people see the public sector, from 0 (highly corrupt) to 100 (very clean).",
    Direction.HIGHER,
    0,
    100,
)
RANK = IndicatorSpec(
    "cpi.rank",
    "Corruption Perceptions Index rank",
    "rank",
    "Position among the countries of the same edition; equal scores share a rank.",
    Direction.LOWER,
    1,
    300,
)
SOURCES = IndicatorSpec(
    "cpi.sources",
    "Corruption Perceptions Index sources",
    "sources",
    "Number of surveys and assessments behind the score; a country needs three.",
    Direction.NEITHER,
    1,
    20,
)

FIRST_YEAR: Final = 2012

_SCORE_HEADING: Final = re.compile(r"cpi ?(?:score)? ?(?P<year>\d{4})(?: score)?")
_LONG_SCORE: Final = re.compile(r"cpi ?score")
_HEADINGS: Final = {
    "country": re.compile(r"country(?: ?/ ?territory)?|jurisdiction"),
    "code": re.compile(r"iso ?3|iso|country code"),
    "year": re.compile(r"year"),
    "rank": re.compile(r"(?:cpi |country )?rank ?(?P<year>\d{4})?"),
    "error": re.compile(r"(?:standard error|se) ?(?P<year>\d{4})?"),
    "sources": re.compile(r"(?:(?:number of )?sources|surveys used) ?(?P<year>\d{4})?"),
    "low": re.compile(r"lower(?: ci)? ?(?P<year>\d{4})?"),
    "high": re.compile(r"upper(?: ci)? ?(?P<year>\d{4})?"),
}
_OF_A_YEAR: Final = frozenset({"rank", "error"})  # what tells the sheet of one year from other tables of scores


@dataclass(slots=True)
class _Layout:
    """Where a sheet's columns are. `years` maps each year to its score, rank, error, sources, low and high."""

    country: int = -1
    code: int = -1
    year: int = -1
    years: dict[int, dict[str, int]] = field(default_factory=dict)


def _layout(columns: Mapping[str, int]) -> _Layout | None:
    """The columns of a sheet of scores, or None. A sheet without years in its headings has them under `year`, 0."""
    layout = _Layout()
    loose: dict[str, int] = {}
    for heading, column in columns.items():
        if match := _SCORE_HEADING.fullmatch(heading):
            layout.years.setdefault(int(match["year"]), {}).setdefault("score", column)
        elif _LONG_SCORE.fullmatch(heading):
            loose["score"] = column
        else:
            _place(layout, loose, heading, column)
    if layout.country < 0:
        return None
    if layout.year >= 0 and not layout.years and "score" in loose:
        layout.years = {0: loose}
    elif len(layout.years) == 1:
        only = next(iter(layout.years.values()))
        for name, column in loose.items():
            only.setdefault(name, column)
    layout.years = {year_: found for year_, found in layout.years.items() if "score" in found}
    return layout if layout.years and (layout.code >= 0 or _is_of_one_year(layout)) else None


def _is_of_one_year(layout: _Layout) -> bool:
    return len(layout.years) == 1 and set(*layout.years.values()) >= _OF_A_YEAR and layout.year < 0


def _place(layout: _Layout, loose: dict[str, int], heading: str, column: int) -> None:
    for name, pattern in _HEADINGS.items():
        match = pattern.fullmatch(heading)
        if match is None:
            continue
        if name in ("country", "code", "year"):
            setattr(layout, name, column)
        elif match["year"]:
            layout.years.setdefault(int(match["year"]), {}).setdefault(name, column)
        else:
            loose.setdefault(name, column)


def _is_table(columns: Mapping[str, int]) -> bool:
    return _layout(columns) is not None


def _with_second_header_row(table: Table) -> Table:
    """Return the table with the headings below merged cells, where the row under the header names no country yet."""
    layout = _layout(table.columns)
    below = table.rows[table.header + 1] if table.header + 1 < len(table.rows) else ()
    if layout is None or not below or cell_text(below[layout.country]).strip():
        return table
    columns = {fold(cell): column for column, cell in reversed(list(enumerate(below))) if fold(cell)}
    return replace(table, header=table.header + 1, columns={**columns, **table.columns}) if columns else table


@dataclass(frozen=True, slots=True)
class _Sheets:
    """The sheets that are read: the edition's own year, and the years before in the long or the wide form."""

    edition: int
    main: tuple[Table, _Layout]
    history: tuple[Table, _Layout] | None


def _sheets(document: Document) -> _Sheets | None:
    """Sort a workbook's sheets.

    The sheet of the year has one score, its rank and its standard error; regions have such sheets too, so that the
    longest of the latest year counts. Sheets of trends have scores of several years, but no standard errors.
    """
    whole = map(_with_second_header_row, tables(document, _is_table))
    found = [(table, layout) for table in whole if (layout := _layout(table.columns))]
    main = [
        (next(iter(layout.years)), len(table.rows), table, layout) for table, layout in found if _is_of_one_year(layout)
    ]
    if not main:
        return None
    edition, _, table, layout = max(main, key=lambda claim: claim[:2])
    long = [pair for pair in found if pair[1].year >= 0]
    wide = [
        pair
        for pair in found
        if len(pair[1].years) > 2 and all("error" in columns for columns in pair[1].years.values())
    ]
    return _Sheets(edition, (table, layout), next(iter([*long, *wide]), None))


class CorruptionPerceptions:
    """Reads a workbook of results of any edition from 2012 on."""

    key = "corruption_perceptions"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (SCORE, RANK, SOURCES)

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a workbook with a sheet of country, "CPI ... score" of one year, rank and standard error."""
        if document.media is not Media.WORKBOOK or (found := _sheets(document)) is None:
            return None
        table = found.main[0]
        return Recognition(str(found.edition), f"sheet {table.sheet}, header in row {table.header + 1}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read the sheet of the year and the sheet of the years before. Raises `UnreadableFile` before 2012."""
        found = _sheets(document)
        if found is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no sheet of one year's scores with ranks and standard errors.",
                "Upload the workbook of results as Transparency International released it.",
            )
        if found.edition < FIRST_YEAR:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} holds the index of {found.edition}, whose scale cannot be compared with today's.",
                f"Upload an edition from {FIRST_YEAR} on.",
            )
        label = edition or str(found.edition)
        result = ReadResult(label, found.edition * 10_000, layout=f"sheet {found.main[0].sheet}")
        reader = _Reader(result, found.edition)
        reader.table(*found.main)
        if found.history is not None:
            result.layout += f" and sheet {found.history[0].sheet}"
            reader.table(*found.history)
        return result


class _Reader:
    """Turns rows into readings; what a later sheet repeats is compared, not read again."""

    def __init__(self, result: ReadResult, edition: int) -> None:
        self.result = result
        self.edition = edition
        self._held: dict[tuple[str, int, str], Reading] = {}

    def table(self, table: Table, layout: _Layout) -> None:
        """Read one sheet. A row counts in `rows_read` unless it only repeats what another sheet gave."""
        for index, row in table.data():
            country = cell_text(row[layout.country])
            if not self._names_a_country(row, layout):
                message = "An average or a line of notes: left out."
                self._problem(table, Severity.NOTE, Reason.NOT_A_COUNTRY, message, index, layout.country, country)
                continue
            if layout.year < 0:
                fresh = [self._row(table, index, row, layout, y) for y in layout.years if y >= FIRST_YEAR]
            else:
                fresh = [self._long_row(table, index, row, layout)]
            self.result.rows_read += any(fresh)

    @staticmethod
    def _names_a_country(row: Row, layout: _Layout) -> bool:
        """Tell whether the row has a code or, in a workbook without codes, a name with a score or rank."""
        if layout.code >= 0:
            return bool(cell_text(row[layout.code]).strip())
        (columns,) = layout.years.values()
        given = any(not is_blank(row[columns[name]]) for name in ("score", "rank"))
        return given and bool(cell_text(row[layout.country]).strip())

    def _long_row(self, table: Table, index: int, row: Row, layout: _Layout) -> bool:
        stated = year(row[layout.year])
        country = cell_text(row[layout.country])
        if stated is None or not FIRST_YEAR <= stated <= self.edition:
            message = f"{cell_text(row[layout.year])!r} is no year from {FIRST_YEAR} to {self.edition}."
            self._problem(table, Severity.REJECTED, Reason.UNREADABLE_YEAR, message, index, layout.year, country)
            return True
        return self._row(table, index, row, layout, stated)

    def _row(self, table: Table, index: int, row: Row, layout: _Layout, stated: int) -> bool:
        """One country and year. False where another sheet already gave them all."""
        columns = layout.years.get(stated) or layout.years.get(0) or {}
        country = cell_text(row[layout.country])
        code = cell_text(row[layout.code]).strip() if layout.code >= 0 else ""
        key = (code or country, stated)
        first = self._held.get((*key, SCORE.code))
        if first is not None and first.locator.startswith(f"{table.sheet}!"):
            message = f"{country} already has a row for {stated}: {first.locator}."
            self._problem(table, Severity.REJECTED, Reason.DUPLICATE_KEY, message, index, columns["score"], country)
            return True
        fresh = False
        for spec, name in ((SCORE, "score"), (RANK, "rank"), (SOURCES, "sources")):
            if name not in columns:
                continue
            reading = self._reading(table, index, row, spec, columns[name], country, code, stated)
            if reading is None:
                fresh = True
                continue
            if spec is SCORE and reading.value is not None:
                self._uncertainty(table, index, row, columns, reading)
            held = self._held.get((*key, spec.code))
            if held is None:
                self._held[(*key, spec.code)] = reading
                self.result.readings.append(reading)
                fresh = True
            else:
                self._compare(table, held, reading, index, columns[name])
        return fresh

    def _reading(
        self, table: Table, index: int, row: Row, spec: IndicatorSpec, column: int, country: str, code: str, stated: int
    ) -> Reading | None:
        cell = row[column]
        value = number(cell)
        if value is None and not is_blank(cell):
            message = f"{cell_text(cell)!r} is no number."
            self._problem(table, Severity.REJECTED, Reason.UNREADABLE_NUMBER, message, index, column, country)
            return None
        if value is not None and not (spec.minimum or 0) <= value <= (spec.maximum or 0):
            message = f"{cell_text(cell)} is outside {shown(spec.minimum or 0)} to {shown(spec.maximum or 0)}."
            self._problem(table, Severity.REJECTED, Reason.OUT_OF_RANGE, message, index, column, country)
            return None
        return Reading(
            indicator=spec.code,
            country=country,
            code=code,
            period=str(stated),
            locator=table.locator(index, column),
            value=value,
            missing=None if value is not None else Missing.NOT_COLLECTED,
            raw=cell_text(cell),
            edition=self.result.edition,
            edition_rank=self.result.edition_rank,
        )

    def _uncertainty(self, table: Table, index: int, row: Row, columns: Mapping[str, int], reading: Reading) -> None:
        for name, attribute in (("error", "standard_error"), ("low", "low"), ("high", "high")):
            if name not in columns or is_blank(row[columns[name]]):
                continue
            value = number(row[columns[name]])
            if value is None:
                message = f"{cell_text(row[columns[name]])!r} is no number; the score is kept without it."
                column, country = columns[name], reading.country
                self._problem(table, Severity.WARNING, Reason.UNREADABLE_NUMBER, message, index, column, country)
                continue
            setattr(reading, attribute, value)

    def _compare(self, table: Table, held: Reading, again: Reading, index: int, column: int) -> None:
        """Two sheets of one workbook must state the same; the first read is kept."""
        pairs = [(held.value, again.value)]
        if again.standard_error is not None and held.standard_error is not None:
            pairs.append((held.standard_error, again.standard_error))
        if all(_same(one, other) for one, other in pairs):
            return
        message = (
            f"For {again.period} this sheet gives {again.raw or 'no value'} "
            f"(standard error {again.standard_error}), {held.locator} gives {held.raw or 'no value'} "
            f"({held.standard_error}); the latter is kept."
        )
        self._problem(table, Severity.WARNING, Reason.INCONSISTENT, message, index, column, again.country)

    def _problem(
        self, table: Table, severity: Severity, reason: Reason, message: str, row: int, column: int, country: str
    ) -> None:
        problem: Problem = table.problem(severity, reason, message, row, column, country)
        self.result.problems.append(problem)


def _same(one: float | None, other: float | None) -> bool:
    """Equal up to the single precision in which some editions store their numbers."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-6 * max(1.0, abs(one))


CORRUPTION_PERCEPTIONS = CorruptionPerceptions()
