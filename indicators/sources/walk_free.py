"""Walk Free's Global Slavery Index: the publisher's workbook, or its table of countries as a CSV.

Both hold the population used by the index, the estimated prevalence of modern slavery per 1,000 people, and the
estimated number of people. Edition and period differ: the estimates refer to a year that the table does not name
(`REFERENCE_YEARS`). The edition is the year in the name of the sheet or file, or the one given at the upload. Methods
differ between editions, so every reading has the edition as its series ("GSI 2023"), and editions are no time
series.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from indicators.sources.base import (
    BetterDirection,
    IndicatorSpec,
    Quality,
    ReadResult,
    Reason,
    Severity,
    SourceSpec,
)
from indicators.sources.checks import Numbers, fold, unknown_layout, written_as
from indicators.sources.dating import Dating
from indicators.sources.documents import Document, Media, column_letters
from indicators.sources.table_finder import TEXTS, Header, SourceTable
from indicators.sources.table_reader import UNKNOWN_HEADING, SourceRow, TableAdapter

SOURCE = SourceSpec(
    key="walk_free",
    title="Global Slavery Index",
    publisher="Walk Free",
    license="Use with attribution",
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
"""Reference year of the estimates of an edition, from the methodology of each edition."""

PREVALENCE = IndicatorSpec(
    code="gsi.prevalence",
    name="Prevalence of modern slavery",
    unit="per 1,000 people",
    wording="Estimated number of people in forced labor or forced marriage for each 1,000 inhabitants.",
    direction=BetterDirection.LOWER,
    minimum=0,
    maximum=1000,
    decimals=1,
)
PEOPLE = IndicatorSpec(
    code="gsi.people_in_modern_slavery",
    name="People in modern slavery",
    unit="persons",
    wording="Estimated number of people in forced labor or forced marriage.",
    direction=BetterDirection.LOWER,
    minimum=0,
)
POPULATION = IndicatorSpec(
    code="gsi.population",
    name="Population used for the estimates",
    unit="persons",
    wording="The number of inhabitants on which the estimates are based.",
    minimum=0,
)

COLUMNS: Final = {"prevalence": PREVALENCE, "people": PEOPLE, "population": POPULATION}
COUNTS: Final = Numbers(
    unreadable="{text!r} is not a number.",
    outside="{text} is more than {high:g} {spec.unit}.",
    parse=written_as(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"),
    blanks=("", "-"),
    may_be_withheld=True,
)
_IGNORED = frozenset({"", "country", "region"})
_OTHER_PARTS = frozenset({"vulnerability", "government response"})  # of the workbook, named above the header
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_LOOK_AT = 8192  # characters of a text in which the header names what is measured


class GlobalSlaveryIndex(TableAdapter):
    key = "global_slavery_index"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (PREVALENCE, PEOPLE, POPULATION)
    header = Header(
        {
            "country": "country",
            "prevalence": r".*prevalence of .*modern slavery\b.*\bper 1,?000\b.*",
            "people": ".*number of people in modern slavery",
            "population": r"population\b.*|.*population",
        },
        required=("country", "prevalence"),
        media=(Media.WORKBOOK, *TEXTS),
        by_position=True,
    )
    lacks = (
        "has no column of prevalence of modern slavery per 1,000",
        "Upload the workbook or the country table of the Global Slavery Index.",
    )
    content = "prevalence per 1,000"

    def tables(self, document: Document) -> list[SourceTable]:
        """Return the table of countries, or none if the beginning of a text does not speak of modern slavery."""
        if document.media in TEXTS and "modern slavery" not in document.text[:_LOOK_AT].casefold():
            return []
        return super().tables(document)

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        return _year_in(tables[0].sheet) or _year_in(document.name)

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        year = _year_in(edition) if edition else self.edition_of(document, tables)
        if not year:
            remedy = "When you upload it, enter the edition, for example 2023, or put the year in the file's name."
            raise unknown_layout(document, "does not show its edition", remedy)
        layout = f"sheet {tables[0].sheet}" if tables[0].sheet else "table of countries"
        return ReadResult(year, int(year) * 10_000, layout=layout)

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        """Read the columns of this part of the index, and report the others.

        Warn if the year that the estimates refer to is not known; the edition's year is used instead.
        """
        head = SourceRow(table, table.header, result)
        if result.edition not in REFERENCE_YEARS:
            message = (
                f"This reader does not know the year that the estimates of the {result.edition} edition describe; "
                f"they are recorded under {result.edition}."
            )
            problem = head.warn(Reason.UNREADABLE_YEAR, message, 0)
            problem.raw, problem.rows = result.edition, 0
        _note_unread_columns(table, head)
        super().read_table(table, result)

    def read_row(self, row: SourceRow) -> None:
        edition = row.result.edition
        row.country = row.text("country")
        for name in row.table.columns:
            if name != "country":
                period = REFERENCE_YEARS.get(edition, edition)
                reading = row.add_reading(COLUMNS[name], name, COUNTS, period=period, series=f"GSI {edition}")
                if reading is not None and reading.missing is None:
                    reading.quality = Quality.ESTIMATED


GLOBAL_SLAVERY_INDEX = GlobalSlaveryIndex()


def _year_in(name: str) -> str:
    match = _YEAR.search(name.replace("_", " "))
    return match[0] if match else ""


def _note_unread_columns(table: SourceTable, head: SourceRow) -> None:
    """Note the columns of the index's other parts, and warn of unknown ones."""
    others: list[int] = []
    for position, cell in enumerate(table.titles):
        if position in table.columns.values():
            continue
        if _part(table, position) in _OTHER_PARTS:
            others.append(position)
        elif fold(cell) not in _IGNORED:
            head.warn(Reason.UNKNOWN_COLUMN, UNKNOWN_HEADING.format(raw=fold(cell)), position)
    if others:
        span = f"{column_letters(others[0])} to {column_letters(others[-1])}"
        message = f"Columns {span} contain vulnerability and government response and were not read."
        note = head.problem(Severity.NOTE, Reason.UNKNOWN_COLUMN, message, others[0])
        note.raw, note.rows = "", 0


def _part(table: SourceTable, position: int) -> str:
    """Return the name above a heading; a merged cell names all columns below it."""
    above = table.rows[table.header - 1] if table.sheet and table.header else ()
    named = [text for cell in above[: position + 1] if (text := fold(cell))]
    return named[-1] if named else ""
