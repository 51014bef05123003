"""ForeignAssistance.gov, the file of activities: sums by country, fiscal year, managing agency and U.S. sector.

The publisher's complete file has one row a transaction of an activity and is larger than any import may be; what is
read here is an extract of it (the site offers them by country) with the publisher's own headings. Obligations and
disbursements are added up, to the cent, for each country, fiscal year, agency and sector; the series names agency and
sector ("USAID: Maternal and Child Health"), and the place is the first of the rows that were added, with their number.
The values are marked computed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
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
)
from indicators.sources.documents import Document, FileFault, UnreadableFile, line_locator
from indicators.sources.foreign_assistance import (
    DISBURSEMENTS,
    OBLIGATIONS,
    SOURCE,
    cell_at,
    edition_of,
    firmness,
    fiscal_year,
    folded,
    header,
    is_group,
    newest_year,
    noted,
    problem,
)

OBLIGATED_BY_SECTOR = IndicatorSpec(
    code="fa.obligations_by_sector",
    name="U.S. foreign assistance obligated, by agency and sector",
    unit=OBLIGATIONS.unit,
    wording="Obligations of a fiscal year added up for one managing agency and one U.S. sector, in current dollars.",
)
DISBURSED_BY_SECTOR = IndicatorSpec(
    code="fa.disbursements_by_sector",
    name="U.S. foreign assistance disbursed, by agency and sector",
    unit=DISBURSEMENTS.unit,
    wording="Disbursements of a fiscal year added up for one managing agency and one U.S. sector, in current dollars.",
)
KINDS: Final = {"Obligations": OBLIGATED_BY_SECTOR, "Disbursements": DISBURSED_BY_SECTOR}
NOT_STATED: Final = "not stated"
SERIES_LETTERS: Final = 120

_COLUMNS: Final = (
    "country code",
    "country name",
    "managing agency acronym",
    "managing agency name",
    "us sector name",
    "transaction type name",
    "fiscal year",
    "current dollar amount",
)
_AMOUNT: Final = re.compile(r"-?\d+(?:\.\d+)?")

Key = tuple[str, str, str, str, str]
"""Kind, country, code, period, series."""


@dataclass(slots=True)
class _Sum:
    """The rows of one key so far."""

    line: int
    amount: Decimal = field(default_factory=Decimal)
    rows: int = 0


class ForeignAssistanceActivities:
    """Reads extracts of us_foreign_aid_complete.csv."""

    key = "foreign_assistance_activities"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (OBLIGATED_BY_SECTOR, DISBURSED_BY_SECTOR)

    def recognise(self, document: Document) -> Recognition | None:
        """A delimited text with the publisher's columns of agency, sector, kind of transaction and amount."""
        head = header(document, _COLUMNS)
        if head is None:
            return None
        return Recognition("", f"header in line {document.csv_records[head][0]}, transactions by agency and sector")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """All rows, added up. Raises `UnreadableFile` where the header is not found or the edition is none."""
        head = header(document, _COLUMNS)
        if head is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no columns {', '.join(_COLUMNS)}.",
                "Upload an extract of the complete file with the publisher's own headings.",
            )
        names = [folded(title) for title in document.csv_records[head][1]]
        columns = [names.index(name) for name in _COLUMNS]
        newest = newest_year(document, head, columns[6])
        label, rank = edition_of(document, edition, newest)
        result = ReadResult(label, rank, layout="transactions, added up by agency and sector")
        sums: dict[Key, _Sum] = {}
        left_out: dict[str, Problem] = {}
        for line, row in document.csv_records[head + 1 :]:
            if any(cell.strip() for cell in row):
                result.rows_read += 1
                _add(result, sums, left_out, line, [cell_at(row, at) for at in columns], columns)
        result.problems += left_out.values()
        result.readings = [_reading(key, total, columns[7], newest) for key, total in sums.items()]
        return result


FOREIGN_ASSISTANCE_ACTIVITIES = ForeignAssistanceActivities()


def _add(
    result: ReadResult,
    sums: dict[Key, _Sum],
    left_out: dict[str, Problem],
    line: int,
    cells: list[str],
    columns: list[int],
) -> None:
    code, country, acronym, agency, sector, kind, year, raw = cells
    if is_group(country):
        noted(left_out, country, line, columns[1])
        return
    if kind not in KINDS:
        _other_kind(left_out, kind, line, columns[5])
        return
    period = fiscal_year(year)
    series = f"{acronym or agency or NOT_STATED}: {sector or NOT_STATED}"
    for wrong, at, reason, message in (
        (not period, 6, Reason.UNREADABLE_YEAR, f"{year!r} is no fiscal year."),
        (not _AMOUNT.fullmatch(raw), 7, Reason.UNREADABLE_NUMBER, f"{raw!r} is no plain amount."),
        (len(series) > SERIES_LETTERS, 4, Reason.TOO_LONG, f"Agency and sector have over {SERIES_LETTERS} letters."),
    ):
        if wrong:
            result.problems.append(problem(Severity.REJECTED, reason, message, line, columns[at], cells[at], country))
            return
    total = sums.setdefault((kind, country, code, period, series), _Sum(line))
    total.amount += Decimal(raw)
    total.rows += 1


def _other_kind(left_out: dict[str, Problem], kind: str, line: int, column: int) -> None:
    if kind in left_out:
        left_out[kind].rows += 1
        return
    message = f"Transactions of the kind {kind!r} are neither obligations nor disbursements and are left out."
    left_out[kind] = problem(Severity.NOTE, Reason.NO_VALUE, message, line, column, kind)


def _reading(key: Key, total: _Sum, column: int, newest: int) -> Reading:
    kind, country, code, period, series = key
    quality, note = firmness(period, newest)
    added = f"sum of {total.rows:,} row{'s' * (total.rows != 1)}, the first in line {total.line}"
    return Reading(
        indicator=KINDS[kind].code,
        country=country,
        code="" if code == "NULL" else code,
        period=period,
        locator=line_locator(total.line, column + 1),
        value=float(total.amount),
        raw=f"{total.amount:f}",
        series=series,
        quality=quality if quality is Quality.UNCONFIRMED else Quality.COMPUTED,
        note="; ".join(part for part in (added, note) if part),
    )
