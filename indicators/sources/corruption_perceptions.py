"""Corruption Perceptions Index: scores, ranks, and numbers of sources since 2012.

The workbook of 2012 has one sheet with a header of two rows and names without codes; a 0 below one of its sources
marks a source that was not used, and those columns are not read. A later workbook holds a sheet of its own year,
and the years before either as a long sheet (one row for each country and year) or as a wide one (columns of each
year). Scores run from 0 to 100; before 2012 the scale was different, and nothing earlier is read. All values of a
workbook have its edition: a later edition may revise the years before it. Low and high are the ends of the
publisher's 90% interval.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from indicators.sources.base import BetterDirection, IndicatorSpec, Reading, ReadResult, Reason, SourceSpec
from indicators.sources.checks import Numbers, fold, is_blank, number, unknown_layout, year
from indicators.sources.dating import Dating
from indicators.sources.documents import Cell, Document, cell_text
from indicators.sources.table_finder import Header, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of

SOURCE = SourceSpec(
    key="cpi",
    title="Corruption Perceptions Index",
    publisher="Transparency International",
    license="CC BY-ND 4.0",
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
    "How corrupt experts and business people consider the public sector, from 0 (highly corrupt) to 100 (very clean).",
    BetterDirection.HIGHER,
    0,
    100,
)
RANK = IndicatorSpec(
    "cpi.rank",
    "Corruption Perceptions Index rank",
    "rank",
    "Position among the countries of the same edition; equal scores share a rank.",
    BetterDirection.LOWER,
    1,
    300,
)
SOURCES = IndicatorSpec(
    "cpi.sources",
    "Corruption Perceptions Index sources",
    "sources",
    "Number of surveys and assessments behind the score; a country needs three.",
    BetterDirection.NEITHER,
    1,
    20,
)

FIRST_YEAR: Final = 2012
NUMBERS: Final = Numbers()

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
_OF_A_YEAR: Final = frozenset({"rank", "error"})  # headings that only the sheet of one year has


@dataclass(slots=True)
class _Layout:
    """Columns of a sheet, -1 without one. `years` gives for each year the columns of its score, rank, error, and so on.

    A sheet without years in its headings has the year 0.
    """

    country: int = -1
    code: int = -1
    year: int = -1
    years: dict[int, dict[str, int]] = field(default_factory=dict)


def _layout(columns: Mapping[str, int]) -> _Layout | None:
    layout = _Layout()
    loose: dict[str, int] = {}
    for heading, column in columns.items():
        if match := _SCORE_HEADING.fullmatch(heading):
            layout.years.setdefault(int(match["year"]), {}).setdefault("score", column)
        elif _LONG_SCORE.fullmatch(heading):
            loose["score"] = column
        else:
            _assign_column(layout, loose, heading, column)
    if layout.country < 0:
        return None
    if layout.year >= 0 and not layout.years and "score" in loose:
        layout.years = {0: loose}
    elif len(layout.years) == 1:
        only = next(iter(layout.years.values()))
        for name, column in loose.items():
            only.setdefault(name, column)
    layout.years = {year_: columns for year_, columns in layout.years.items() if "score" in columns}
    return layout if layout.years and (layout.code >= 0 or _is_of_one_year(layout)) else None


def _is_of_one_year(layout: _Layout) -> bool:
    return len(layout.years) == 1 and set(*layout.years.values()) >= _OF_A_YEAR and layout.year < 0


def _assign_column(layout: _Layout, loose: dict[str, int], heading: str, column: int) -> None:
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


class ScoreHeader(Header):
    """A header with a score; columns go by their headings, many for each year."""

    def match(self, cells: Sequence[Cell]) -> dict[str, int] | None:
        columns: dict[str, int] = {}
        for position, cell in enumerate(cells):
            columns.setdefault(fold(cell), position)
        return columns if _layout(columns) else None


def _with_second_header_row(table: SourceTable) -> SourceTable:
    """Return the table with the headings of the row below merged cells too.

    The row below is one of headings only if it names no country.
    """
    layout = _layout(table.columns)
    below = table.rows[table.header + 1] if table.header + 1 < len(table.rows) else ()
    if layout is None or not below or cell_text(below[layout.country]).strip():
        return table
    columns = {fold(cell): column for column, cell in reversed(list(enumerate(below))) if fold(cell)}
    return replace(table, header=table.header + 1, columns={**columns, **table.columns}) if columns else table


class CorruptionPerceptions(TableAdapter):
    key = "corruption_perceptions"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (SCORE, RANK, SOURCES)
    header = ScoreHeader({})
    lacks = (
        "has no sheet of one year's scores with ranks and standard errors",
        "Upload the workbook of results as Transparency International released it.",
    )

    def tables(self, document: Document) -> list[SourceTable]:
        """Return the sheet of the edition's own year, and that of the years before.

        The sheet of the year has one score, its rank, and its standard error; regions have such sheets too, so the
        longest of the latest year counts. Sheets of trends have scores of several years, but no standard errors.
        """
        whole = map(_with_second_header_row, self.header.find(document))
        sheets = [(table, layout) for table in whole if (layout := _layout(table.columns))]
        of_one_year = [pair for pair in sheets if _is_of_one_year(pair[1])]
        if not of_one_year:
            return []
        main, _ = max(of_one_year, key=lambda pair: (next(iter(pair[1].years)), len(pair[0].rows)))
        long = [table for table, layout in sheets if layout.year >= 0]
        wide = [
            table
            for table, layout in sheets
            if len(layout.years) > 2 and all("error" in columns for columns in layout.years.values())
        ]
        return [main, *[*long, *wide][:1]]

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        layout = _layout(tables[0].columns)
        return str(next(iter(layout.years))) if layout else ""

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result. Raises `UnreadableFile` before 2012."""
        stated = int(self.edition_of(document, tables))
        if stated < FIRST_YEAR:
            cause = f"contains the {stated} index, whose scale cannot be compared with today's"
            raise unknown_layout(document, cause, f"Upload an edition from {FIRST_YEAR} on.")
        layout = " and ".join(f"sheet {table.sheet}" for table in tables)
        return ReadResult(edition or str(stated), stated * 10_000, layout=layout)

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        """Read one sheet. A row counts unless it only repeats values of another sheet."""
        layout = _layout(table.columns)
        assert layout is not None
        for row in rows_of(table, result):
            row.country, row.code = row.raw(layout.country), row.text(layout.code) if layout.code >= 0 else ""
            if _names_a_country(row, layout):
                fresh = [_read_year(row, layout, stated) for stated in _years(row, layout)]
                result.rows_read += any(fresh) or not fresh
            else:
                row.leave_out("This row is an average or a line of notes and was left out.", layout.country)


def _names_a_country(row: SourceRow, layout: _Layout) -> bool:
    """Return True if the row has a code or, in a sheet without codes, a name with a score or a rank."""
    if layout.code >= 0:
        return bool(row.code)
    (columns,) = layout.years.values()
    given = any(not is_blank(row.cell(columns[name])) for name in ("score", "rank"))
    return given and bool(row.country.strip())


def _years(row: SourceRow, layout: _Layout) -> list[int]:
    """Return the years of a row: the one it states, else all that have columns."""
    if layout.year < 0:
        return [stated for stated in layout.years if stated >= FIRST_YEAR]
    stated, newest = year(row.cell(layout.year)), row.result.edition_rank // 10_000
    if stated is not None and FIRST_YEAR <= stated <= newest:
        return [stated]
    message = f"{row.raw(layout.year)!r} is not a year from {FIRST_YEAR} to {newest}."
    row.reject(Reason.UNREADABLE_YEAR, message, layout.year)
    return []


def _read_year(row: SourceRow, layout: _Layout, stated: int) -> bool:
    """Read one country and year; return False if another sheet gave all of it."""
    columns = layout.years.get(stated) or layout.years[0]
    held: dict[tuple[str, int, str], Reading] = row.table.seen
    first = held.get((row.code or row.country, stated, SCORE.code))
    if first is not None and first.locator.startswith(f"{row.table.sheet}!"):
        message = f"{row.country} already has a row for {stated}: {first.locator}."
        row.reject(Reason.DUPLICATE_KEY, message, columns["score"])
        return True
    fresh = False
    for spec, name in ((SCORE, "score"), (RANK, "rank"), (SOURCES, "sources")):
        checked = row.check(columns[name], NUMBERS, spec) if name in columns else None
        if checked is None:
            fresh = fresh or name in columns  # a rejected cell counts
            continue
        edition = {"edition": row.result.edition, "edition_rank": row.result.edition_rank}
        reading = row.reading(spec, columns[name], checked, period=str(stated), **edition)
        if spec is SCORE and reading.value is not None:
            _add_uncertainty(row, columns, reading)
        earlier = held.setdefault((row.code or row.country, stated, spec.code), reading)
        if earlier is reading:
            row.add(reading)
            fresh = True
        else:
            _compare(row, earlier, reading, columns[name])
    return fresh


def _add_uncertainty(row: SourceRow, columns: Mapping[str, int], reading: Reading) -> None:
    for name, attribute in (("error", "standard_error"), ("low", "low"), ("high", "high")):
        if name not in columns or is_blank(row.cell(columns[name])):
            continue
        value = number(row.cell(columns[name]))
        if value is None:
            message = f"{row.raw(columns[name])!r} is not a number; the score is read without it."
            row.warn(Reason.UNREADABLE_NUMBER, message, columns[name])
            continue
        setattr(reading, attribute, value)


def _compare(row: SourceRow, held: Reading, again: Reading, column: int) -> None:
    """Warn if two sheets disagree; the first value stays."""
    pairs = [(held.value, again.value)]
    if again.standard_error is not None and held.standard_error is not None:
        pairs.append((held.standard_error, again.standard_error))
    if all(_same(first, other) for first, other in pairs):
        return
    message = (
        f"For {again.period} this sheet gives {again.raw or 'no value'} "
        f"(standard error {again.standard_error}), {held.locator} gives {held.raw or 'no value'} "
        f"({held.standard_error}); the latter is used."
    )
    row.warn(Reason.INCONSISTENT, message, column)


def _same(value: float | None, other: float | None) -> bool:
    """Return True if numbers agree in the single precision that some editions store."""
    if value is None or other is None:
        return value is other
    return abs(value - other) <= 1e-6 * max(1.0, abs(value))


CORRUPTION_PERCEPTIONS = CorruptionPerceptions()
