"""ForeignAssistance.gov: the file of totals by country, and extracts of the file of activities.

The file of totals has one row per country, kind of transaction, and fiscal year, over all agencies and sectors, in
whole current dollars; negative if more was taken back than given. The column of constant dollars is not read, since
the file does not give the year of the dollars.

The complete file of activities has one row per transaction and is larger than any import may be; an extract of it (the
site offers them by country) has the publisher's own headings. Obligations and disbursements are added up, to the cent,
for each country, fiscal year, managing agency, and U.S. sector; the series names agency and sector ("USAID: Maternal
and Child Health"), and the locator is the first of the added rows, with their number. These values are marked computed.

Neither file names an edition, so it is the newest fiscal year in it, or the one entered at the upload (a day or month
of publication orders two files of one year). Agencies report late: values of the two newest fiscal years are marked
unconfirmed. Context only: no criterion of the scoring model reads these values.

"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from cpc.web.formats import count_of
from indicators.sources.base import IndicatorSpec, Quality, Reading, ReadResult, Reason, SourceSpec
from indicators.sources.checks import Labels, Numbers, unknown_layout, written_as
from indicators.sources.dating import Dating
from indicators.sources.documents import Document
from indicators.sources.table_finder import TEXTS, Header, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of, warn_of_unknown_columns

SOURCE = SourceSpec(
    key="foreign_assistance",
    title="ForeignAssistance.gov",
    publisher="U.S. Department of State",
    license="U.S. Government work, public domain",
    attribution="U.S. Department of State, ForeignAssistance.gov",
    homepage="https://foreignassistance.gov/",
    note="Shown with programs for context; not scored. Reports for the two newest fiscal years are incomplete.",
    dating=Dating(
        "Amounts of a fiscal year count as published three months after its end, on December 31.",
        years_after=0,
        edition_years_after=0,
    ),
)

OBLIGATIONS = IndicatorSpec(
    code="fa.obligations",
    name="U.S. foreign assistance obligated",
    unit="U.S. dollars",
    wording="Amounts that U.S. agencies obligated in a fiscal year, less amounts they deobligated, in current dollars.",
)
DISBURSEMENTS = IndicatorSpec(
    code="fa.disbursements",
    name="U.S. foreign assistance disbursed",
    unit="U.S. dollars",
    wording="Amounts that U.S. agencies paid in a fiscal year, less amounts returned, in current dollars.",
)
PLANNED = IndicatorSpec(
    code="fa.planned",
    name="U.S. foreign assistance appropriated and planned",
    unit="U.S. dollars",
    wording="Amounts appropriated and allotted to the country for a fiscal year, in current dollars.",
)
REQUESTED = IndicatorSpec(
    code="fa.requested",
    name="U.S. foreign assistance in the President's budget request",
    unit="U.S. dollars",
    wording="Amounts that the President requested from Congress for a fiscal year, in current dollars.",
)

REGIONS: Final = {
    "Sub-Saharan Africa": "Africa",
    "Western Hemisphere": "Western Hemisphere",
    "Europe and Eurasia": "Europe and Eurasia",
    "South and Central Asia": "South and Central Asia",
    "East Asia and Oceania": "East Asia and Pacific",
    "Middle East and North Africa": "Near East",
}
"""Bureau names of the Department for the file's names of regions."""

REGION = IndicatorSpec(
    code="fa.region",
    name="State Department region",
    unit="region",
    wording="The region of the country in the files of ForeignAssistance.gov, by the name of the Department's bureau.",
    labels=tuple(REGIONS.values()),
)

KINDS: Final = {
    "Obligations": OBLIGATIONS,
    "Disbursements": DISBURSEMENTS,
    "Appropriated and Planned": PLANNED,
    "President's Budget Requests": REQUESTED,
}
PARTLY_REPORTED: Final = 2
PARTLY: Final = "Agencies had reported only a part of this fiscal year when the file was published."

AMOUNTS: Final = Numbers(unreadable="{text!r} is not a plain amount.", parse=written_as(r"-?\d+(?:\.\d+)?"), blanks=())
_COLUMNS: Final = ("country code", "country name", "transaction type name", "fiscal year", "current_amount")
_IGNORED: Final = frozenset(
    {"region id", "region name", "income group acronym", "income group name", "transaction type id", "constant_amount"}
)
_GROUP: Final = re.compile(r"(?:\bregion|^world|\bregional)$", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_QUARTER: Final = "1976tq"
_EDITION: Final = re.compile(r"((?:19|20)\d\d)(?:-(\d\d))?(?:-(\d\d))?")


class ForeignAssistanceFile(TableAdapter):
    source = SOURCE
    layout: str

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result with the given edition, else with the newest fiscal year.

        An edition is given as 2025, 2025-06, or 2025-06-30. Raises `UnreadableFile` for anything else.
        """
        newest = newest_year(tables[0])
        label = edition.strip() or (str(newest) if newest else "")
        match = _EDITION.fullmatch(label)
        if match is None:
            cause = f"does not show its edition, and {label!r} is not an edition"
            remedy = (
                "When you upload it, enter its date, month, or year of publication as the edition, such as 2025-06."
            )
            raise unknown_layout(document, cause, remedy)
        year, month, day = (int(part or 0) for part in match.groups())
        return ReadResult(label, year * 10_000 + month * 100 + day, layout=self.layout)


class ForeignAssistance(ForeignAssistanceFile):
    """Adapter of us_foreign_aid_country.csv, of any edition."""

    key = "foreign_assistance"
    indicators: Sequence[IndicatorSpec] = (OBLIGATIONS, DISBURSEMENTS, PLANNED, REQUESTED, REGION)
    header = Header(
        {
            "code": "country code",
            "country": "country name",
            "region": "region name",
            "kind": "transaction type name",
            "year": "fiscal year",
            "amount": "current amount",
        },
        required=("code", "country", "kind", "year", "amount"),
        media=TEXTS,
        by_position=True,
    )
    lacks = (
        f"has no columns {', '.join(_COLUMNS)}",
        "Upload the file of totals by country as ForeignAssistance.gov offers it.",
    )
    content = "amounts by country and fiscal year"
    layout = "totals by country and fiscal year"

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        newest = newest_year(table)
        warn_of_unknown_columns(table, result, lambda title: title in _COLUMNS or title in _IGNORED)
        for row in rows_of(table, result):
            result.rows_read += 1
            row.country, row.code = row.text("country"), code_of(row)
            if is_group(row.country):
                leave_out_group(row)
            else:
                _read_amount(row, newest)
                _read_region(row, newest)
        result.problems += table.groups.values()


FOREIGN_ASSISTANCE = ForeignAssistance()


def _read_amount(row: SourceRow, newest: int) -> None:
    spec = row.find("kind", KINDS.get, Reason.UNKNOWN_LABEL, f"{{text!r}} is not one of {', '.join(KINDS)}.")
    period = spec and row.find("year", fiscal_year, Reason.UNREADABLE_YEAR, "{text!r} is not a fiscal year.")
    if spec and period:
        quality, note = quality_and_note(period, newest)
        row.add_reading(spec, "amount", AMOUNTS, period=period, quality=quality, note=note)


def _read_region(row: SourceRow, newest: int) -> None:
    """Read the region from the first row of a country; warn if a later one differs."""
    if "region" not in row.table.columns:
        return
    region = row.text("region")
    first = row.table.seen.setdefault((row.code, row.country), row)
    if first is not row:
        if region != first.text("region"):
            message = f"{row.country} is in {first.text('region')} above and in {region} here; the first is used."
            row.warn(Reason.INCONSISTENT, message, "region").rows = 0
    elif region not in REGIONS:
        row.warn(Reason.UNKNOWN_LABEL, f"{region!r} is not one of {', '.join(REGIONS)}.", "region").rows = 0
    else:
        # A region measures no year: every row of a country repeats it, and the reading takes the file's newest year.
        row.add_reading(REGION, "region", Labels(REGIONS.get), period=f"FY{newest}")


# ---- shared with the file of activities ----------------------------------------------------------------------------


def code_of(row: SourceRow) -> str:
    """Return the code of the country; the file writes NULL for none."""
    code = row.text("code")
    return "" if code == "NULL" else code


def is_group(country: str) -> bool:
    return _GROUP.search(country) is not None


def leave_out_group(row: SourceRow) -> None:
    row.leave_out_group(row.country, f"{row.country} is not a country; its rows were left out.", "country")


def fiscal_year(text: str) -> str | None:
    """Return the period ("FY2022"), or None for other texts.

    The transition quarter of 1976 is "FY1976TQ".
    """
    if text.casefold() == _QUARTER:
        return "FY1976TQ"
    return f"FY{text}" if _YEAR.fullmatch(text) else None


def newest_year(table: SourceTable) -> int:
    years = (row.text("year") for row in rows_of(table))
    return max((int(year) for year in years if _YEAR.fullmatch(year)), default=0)


def quality_and_note(period: str, newest: int) -> tuple[Quality, str]:
    """Return the quality of a value of this fiscal year, and a note of the reason."""
    partly = int(period[2:6]) > newest - PARTLY_REPORTED
    return (Quality.UNCONFIRMED, PARTLY) if partly else (Quality.STATED, "")


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
ACTIVITY_KINDS: Final = {"Obligations": OBLIGATED_BY_SECTOR, "Disbursements": DISBURSED_BY_SECTOR}
NOT_STATED: Final = "not stated"
SERIES_LETTERS: Final = 120

ACTIVITY_COLUMNS: Final = {
    "code": "country code",
    "country": "country name",
    "acronym": "managing agency acronym",
    "agency": "managing agency name",
    "sector": "us sector name",
    "kind": "transaction type name",
    "year": "fiscal year",
    "amount": "current dollar amount",
}

SumKey = tuple[str, str, str, str, str]
"""Kind, country, code, period, and series."""


@dataclass(slots=True)
class _Sum:
    first: SourceRow
    amount: Decimal = field(default_factory=Decimal)
    rows: int = 0


class ForeignAssistanceActivities(ForeignAssistanceFile):
    """Adapter of extracts of us_foreign_aid_complete.csv."""

    key = "foreign_assistance_activities"
    indicators: Sequence[IndicatorSpec] = (OBLIGATED_BY_SECTOR, DISBURSED_BY_SECTOR)
    header = Header(ACTIVITY_COLUMNS, media=TEXTS, by_position=True)
    lacks = (
        f"has no columns {', '.join(ACTIVITY_COLUMNS.values())}",
        "Upload an extract of the complete file with the publisher's own column headings.",
    )
    content = "transactions by agency and sector"
    layout = "transactions, added up by agency and sector"

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        newest = newest_year(table)
        sums: dict[SumKey, _Sum] = {}
        for row in rows_of(table, result):
            result.rows_read += 1
            _add_to_sums(row, sums)
        result.problems += table.groups.values()
        result.readings = [_sum_reading(key, total, newest) for key, total in sums.items()]


FOREIGN_ASSISTANCE_ACTIVITIES = ForeignAssistanceActivities()


def _add_to_sums(row: SourceRow, sums: dict[SumKey, _Sum]) -> None:
    kind, sector = row.text("kind"), row.text("sector")
    row.country, row.code = row.text("country"), code_of(row)
    if is_group(row.country):
        leave_out_group(row)
        return
    if kind not in ACTIVITY_KINDS:
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


def _sum_reading(key: SumKey, total: _Sum, newest: int) -> Reading:
    kind, country, code, period, series = key
    quality, note = quality_and_note(period, newest)
    added = f"sum of {count_of(total.rows, 'row')}, the first in line {total.first.number}"
    return Reading(
        indicator=ACTIVITY_KINDS[kind].code,
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
