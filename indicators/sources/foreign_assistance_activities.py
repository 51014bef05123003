"""ForeignAssistance.gov, file of activities: sums by country, year, agency, and sector.

The publisher's complete file has one row per transaction of an activity and is larger than any import may be; this
adapter reads an extract of it (the site offers them by country) with the publisher's own headings. Obligations and
disbursements are added up, to the cent, for each country, fiscal year, managing agency, and U.S. sector; the series
names agency and sector ("USAID: Maternal and Child Health"), and the locator is the first of the added rows, with
their number. The values are marked computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from cpc.web.formats import count_of
from indicators.sources.base import IndicatorSpec, Quality, Reading, ReadResult, Reason
from indicators.sources.foreign_assistance import (
    AMOUNTS,
    DISBURSEMENTS,
    OBLIGATIONS,
    ForeignAssistanceFile,
    code_of,
    fiscal_year,
    is_group,
    leave_out_group,
    newest_year,
    quality_and_note,
)
from indicators.sources.table_finder import TEXTS, Header, SourceTable
from indicators.sources.table_reader import SourceRow, rows_of

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

COLUMNS: Final = {
    "code": "country code",
    "country": "country name",
    "acronym": "managing agency acronym",
    "agency": "managing agency name",
    "sector": "us sector name",
    "kind": "transaction type name",
    "year": "fiscal year",
    "amount": "current dollar amount",
}

Key = tuple[str, str, str, str, str]
"""Kind, country, code, period, and series."""


@dataclass(slots=True)
class _Sum:
    """Running sum of the rows of one key."""

    first: SourceRow
    amount: Decimal = field(default_factory=Decimal)
    rows: int = 0


class ForeignAssistanceActivities(ForeignAssistanceFile):
    """Adapter of extracts of us_foreign_aid_complete.csv."""

    key = "foreign_assistance_activities"
    indicators: Sequence[IndicatorSpec] = (OBLIGATED_BY_SECTOR, DISBURSED_BY_SECTOR)
    header = Header(COLUMNS, media=TEXTS, by_position=True)
    lacks = (
        f"has no columns {', '.join(COLUMNS.values())}",
        "Upload an extract of the complete file with the publisher's own column headings.",
    )
    content = "transactions by agency and sector"
    layout = "transactions, added up by agency and sector"

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        newest = newest_year(table)
        sums: dict[Key, _Sum] = {}
        for row in rows_of(table, result):
            result.rows_read += 1
            _add(row, sums)
        result.problems += table.groups.values()
        result.readings = [_reading(key, total, newest) for key, total in sums.items()]


FOREIGN_ASSISTANCE_ACTIVITIES = ForeignAssistanceActivities()


def _add(row: SourceRow, sums: dict[Key, _Sum]) -> None:
    kind, sector = row.text("kind"), row.text("sector")
    row.country, row.code = row.text("country"), code_of(row)
    if is_group(row.country):
        leave_out_group(row)
        return
    if kind not in KINDS:
        message = f"Transactions of type {kind!r} are neither obligations nor disbursements and were left out."
        row.country = row.code = ""  # one note covers all countries
        row.leave_out_group(kind, message, "kind", Reason.NO_VALUE)
        return
    period = row.find("year", fiscal_year, Reason.UNREADABLE_YEAR, "{text!r} is not a fiscal year.")
    if period is None or row.check("amount", AMOUNTS) is None:
        return
    series = f"{row.text('acronym') or row.text('agency') or NOT_STATED}: {sector or NOT_STATED}"
    if len(series) > SERIES_LETTERS:
        row.reject(Reason.TOO_LONG, f"Agency and sector have more than {SERIES_LETTERS} characters.", "sector")
        return
    total = sums.setdefault((kind, row.country, row.code, period, series), _Sum(row))
    total.amount += Decimal(row.text("amount"))
    total.rows += 1


def _reading(key: Key, total: _Sum, newest: int) -> Reading:
    kind, country, code, period, series = key
    quality, note = quality_and_note(period, newest)
    added = f"sum of {count_of(total.rows, 'row')}, the first in line {total.first.number}"
    return Reading(
        indicator=KINDS[kind].code,
        country=country,
        code=code,
        period=period,
        locator=total.first.locator("amount"),
        value=float(total.amount),
        raw=f"{total.amount:f}",
        series=series,
        quality=quality if quality is Quality.UNCONFIRMED else Quality.COMPUTED,
        note="; ".join(part for part in (added, note) if part),
    )
