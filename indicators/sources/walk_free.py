"""Walk Free's Global Slavery Index, as the table of countries taken from it: a delimited text file.

The table holds the population the index reckons with, the estimated prevalence of modern slavery per 1,000 people and
the estimated number of people. It names neither the edition nor the year of the estimates: the edition is the year in
the file's name (or given at the upload), and the period of a reading is that year. Methods differ between editions, so
every reading carries the edition as its series ("GSI 2023") and editions never form a series in time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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
from indicators.sources.documents import Document, FileFault, Media, UnreadableFile, line_locator

SOURCE = SourceSpec(
    key="walk_free",
    title="Global Slavery Index",
    publisher="Walk Free",
    licence="Use with attribution",
    attribution="Walk Free, Global Slavery Index",
    homepage="https://www.walkfree.org/global-slavery-index/",
    cadence_months=60,
    note="Editions appear at irregular intervals and with different methods; they form no series in time.",
)

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
    (re.compile(r"prevalence of modern slavery per 1,?000\b"), PREVALENCE),
    (re.compile(r"number of people in modern slavery$"), PEOPLE),
    (re.compile(r"population$"), POPULATION),
)
_IGNORED = frozenset({"", "country", "region"})
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_LOOK = 20  # the header stands within so many lines
_LOOK_AT = 8192  # and within so many characters


class GlobalSlaveryIndex:
    """Reader of the table, whichever edition."""

    key = "global_slavery_index"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (PREVALENCE, PEOPLE, POPULATION)

    def recognise(self, document: Document) -> Recognition | None:
        """A delimited text with a column of countries and one of prevalence per 1,000."""
        head = _header(document)
        if head is None:
            return None
        edition = _edition(document, "")
        return Recognition(edition, f"header in line {document.csv_records[head][0]}, prevalence per 1,000")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """All rows. Raises `UnreadableFile` where the header is not found or nothing tells the edition."""
        head = _header(document)
        if head is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no column of prevalence of modern slavery per 1,000.",
                "Upload the table of countries of the Global Slavery Index.",
            )
        edition = _edition(document, edition)
        if not edition:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} does not say of which edition it is.",
                "Name the edition when uploading, for example 2023, or put the year into the file's name.",
            )
        line, titles = document.csv_records[head]
        result = ReadResult(edition, int(edition) * 10_000, layout="table of countries")
        columns = {}
        for column, title in enumerate(map(_words, titles)):
            spec = next((spec for pattern, spec in _COLUMNS if pattern.search(title)), None)
            if spec is not None:
                columns[column] = spec
            elif title not in _IGNORED:
                message = f"The heading {title!r} is not known; its column is not read."
                result.problems.append(
                    _problem(Severity.WARNING, Reason.UNKNOWN_COLUMN, message, line, column, titles[column])
                )
        name = [_words(t) for t in titles].index("country")
        for line, row in document.csv_records[head + 1 :]:
            if any(cell.strip() for cell in row):
                _read_row(result, line, row, name, columns)
        return result


GLOBAL_SLAVERY_INDEX = GlobalSlaveryIndex()


def _header(document: Document) -> int | None:
    """Index of the header in `csv_records`, or None."""
    if document.media not in (Media.CSV, Media.TEXT) or "modern slavery" not in document.text[:_LOOK_AT].casefold():
        return None
    for index, (_, row) in enumerate(document.csv_records[:_LOOK]):
        titles = [_words(cell) for cell in row]
        if "country" in titles and any(_COLUMNS[0][0].search(title) for title in titles):
            return index
    return None


def _edition(document: Document, wanted: str) -> str:
    """The year of the edition as given, else in the file's name, else ""."""
    found = _YEAR.search(wanted or document.name.replace("_", " "))
    return found[0] if found else ""


def _read_row(result: ReadResult, line: int, row: Sequence[str], name: int, columns: dict[int, IndicatorSpec]) -> None:
    result.rows_read += 1
    country = row[name].strip() if name < len(row) else ""
    for column, spec in columns.items():
        raw = row[column] if column < len(row) else ""
        text = raw.strip()
        value = None
        if text not in ("", "-"):
            if not _NUMBER.fullmatch(text):
                message = f"{text!r} is not a number."
                result.problems.append(
                    _problem(Severity.REJECTED, Reason.UNREADABLE_NUMBER, message, line, column, raw, country)
                )
                continue
            value = float(text.replace(",", ""))
            if spec.maximum is not None and value > spec.maximum:
                message = f"{text} is more than {spec.maximum:g} {spec.unit}."
                result.problems.append(
                    _problem(Severity.REJECTED, Reason.OUT_OF_RANGE, message, line, column, raw, country)
                )
                continue
        result.readings.append(
            Reading(
                indicator=spec.code,
                country=country,
                period=result.edition,
                locator=line_locator(line, column + 1),
                value=value,
                missing=Missing.NOT_COLLECTED if value is None else None,
                raw=raw,
                series=f"GSI {result.edition}",
                quality=Quality.STATED if value is None else Quality.ESTIMATED,
            )
        )


def _problem(
    severity: Severity, reason: Reason, message: str, line: int, column: int, raw: str, country: str = ""
) -> Problem:
    locator = line_locator(line, column + 1)
    return Problem(severity, reason, message, locator, row=line, column=str(column + 1), raw=raw, country=country)


def _words(cell: str) -> str:
    return " ".join(cell.split()).casefold()
