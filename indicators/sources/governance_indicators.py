"""Worldwide Governance Indicators: six estimates for each country and year, with their standard errors.

One sheet for each dimension. The row of years is above the row of Estimate, StdErr, NumSrc, Rank, Lower, and Upper;
the headings Country/Territory and Code are in the same row or, merged, a little above. An edition estimates all years
again, so every value has the edition of the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from indicators.sources.base import BetterDirection, IndicatorSpec, ReadResult, Reason, SourceSpec
from indicators.sources.checks import Numbers, fold, number, year
from indicators.sources.dating import Dating
from indicators.sources.documents import Cell, Document, FileFault, Media, UnreadableFile
from indicators.sources.table_finder import HEADER_WITHIN, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of

SOURCE = SourceSpec(
    key="wgi",
    title="Worldwide Governance Indicators",
    publisher="World Bank",
    license="CC BY 4.0",
    attribution="World Bank, Worldwide Governance Indicators, CC BY 4.0",
    homepage="https://www.worldbank.org/en/publication/worldwide-governance-indicators",
    note="Each edition re-estimates all of its years, so values from different editions don't form a time series.",
    dating=Dating(
        "Estimates of a year appear by the end of September of the next year.",
        years_after=1,
        month=9,
        day=30,
        edition_years_after=0,
    ),
)


def _estimate(code: str, name: str, wording: str) -> IndicatorSpec:
    # The scale is that of a standard normal variable: about -2.5 to 2.5 and in principle unlimited. Five is far
    # beyond every estimate, and well below the percentile ranks in the adjacent columns.
    return IndicatorSpec(f"wgi.{code}", name, "estimate", wording, BetterDirection.HIGHER, -5, 5, decimals=2)


DIMENSIONS: Final = {
    "voiceandaccountability": _estimate(
        "voice_and_accountability", "Voice and accountability", "Participation in choosing the government; free speech."
    ),
    "politicalstability": _estimate(
        "political_stability", "Political stability", "Absence of political violence and terrorism."
    ),
    "governmenteffectiveness": _estimate(
        "government_effectiveness", "Government effectiveness", "Quality of public services and policymaking."
    ),
    "regulatoryquality": _estimate(
        "regulatory_quality", "Regulatory quality", "Ability to make sound rules for private business."
    ),
    "ruleoflaw": _estimate(
        "rule_of_law", "Rule of law", "Contracts, property, police, and courts; likelihood of crime."
    ),
    "controlofcorruption": _estimate(
        "control_of_corruption", "Control of corruption", "How far public power is used for private gain."
    ),
}
"""Dimensions by the letters at the start of their sheets' names."""

_NAME, _CODE, _VALUE, _ERROR = "country/territory", "code", "estimate", "stderr"
_LETTERS: Final = re.compile(r"[^a-z]")
_UPDATE: Final = re.compile(r"worldwide governance indicators\W+(\d{4}) update")


ESTIMATES: Final = Numbers(outside="{raw} is not an estimate; estimates are between about -2.5 and 2.5.")


class GovernanceIndicators(TableAdapter):
    key = "governance_indicators"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = tuple(DIMENSIONS.values())
    lacks = (
        "has no sheet of a governance dimension with years over Estimate and StdErr",
        "Upload the workbook of the Worldwide Governance Indicators as the World Bank released it.",
    )

    def tables(self, document: Document) -> list[SourceTable]:
        if document.media is not Media.WORKBOOK:
            return []
        tables = (_table(document, sheet) for sheet in document.sheet_names if _dimension(sheet) is not None)
        return [table for table in tables if table is not None]

    def because(self, tables: Sequence[SourceTable]) -> str:
        return "sheets " + ", ".join(f"{table.sheet} (header in row {table.header + 1})" for table in tables)

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        """Return the year of the update, else the year after the last one estimated."""
        for sheet in document.sheet_names:
            for row in document.sheet(sheet)[:HEADER_WITHIN]:
                for cell in row:
                    if isinstance(cell, str) and (match := _UPDATE.search(fold(cell))):
                        return match[1]
        return str(max(years[0] for table in tables for years in _years(table.rows, table.header)) + 1)

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result, and warn of each dimension without a sheet.

        Raises `UnreadableFile` if the edition is no year of four digits.
        """
        label = edition or self.edition_of(document, tables)
        if not re.fullmatch(r"\d{4}", label):
            remedy = "Enter the year of the update as four digits."
            raise UnreadableFile(FileFault.UNKNOWN_LAYOUT, f"{label!r} is not an edition.", remedy)
        result = ReadResult(label, int(label) * 10_000, layout=f"{len(tables)} sheets of dimensions")
        present = [_dimension(table.sheet) for table in tables]
        for spec in self.indicators:
            if spec not in present:
                head = SourceRow(tables[0], tables[0].header, result)
                head.warn(Reason.NO_VALUE, f"The workbook has no sheet for {spec.name}.", 0).rows = 0
        return result

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        spec, years = _dimension(table.sheet), _years(table.rows, table.header)
        assert spec is not None
        for row in rows_of(table, result):
            row.country, row.code = row.raw(_NAME), row.text(_CODE)
            if not row.code:
                row.leave_out("This row has no country code and was left out.", _NAME)
                continue
            result.rows_read += 1
            if not row.repeats((table.sheet, row.code), f"{row.code} already has a row", _CODE):
                for period, column, error_column in years:
                    _read_estimate(row, spec, str(period), column, error_column)


def _read_estimate(row: SourceRow, spec: IndicatorSpec, period: str, column: int, error_column: int) -> None:
    edition = {"edition": row.result.edition, "edition_rank": row.result.edition_rank}
    reading = row.add_reading(spec, column, ESTIMATES, period=period, **edition)
    if reading is not None and reading.value is not None:
        reading.standard_error = number(row.cell(error_column))
        if reading.standard_error is None:
            message = f"The estimate has no standard error: {row.raw(error_column)!r}."
            row.warn(Reason.UNREADABLE_NUMBER, message, error_column)


def _dimension(sheet: str) -> IndicatorSpec | None:
    letters = _LETTERS.sub("", sheet.casefold())
    return next((spec for start, spec in DIMENSIONS.items() if letters.startswith(start)), None)


def _table(document: Document, sheet: str) -> SourceTable | None:
    rows = document.sheet(sheet)
    names: dict[str, int] = {}
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        heads = [fold(cell) for cell in row]
        names |= {heading: heads.index(heading) for heading in (_NAME, _CODE) if heading in heads}
        if _VALUE in heads and _ERROR in heads and len(names) == 2 and _years(rows, index):
            return SourceTable(document, sheet, rows, index, names)
    return None


def _years(rows: Sequence[Sequence[Cell]], header: int) -> list[tuple[int, int, int]]:
    if header == 0:
        return []
    errors = {
        stated: c for c, cell in enumerate(rows[header]) if fold(cell) == _ERROR and (stated := _year(rows, header, c))
    }
    return [
        (stated, column, errors[stated])
        for column, cell in enumerate(rows[header])
        if fold(cell) == _VALUE and (stated := _year(rows, header, column)) in errors
    ]


def _year(rows: Sequence[Sequence[Cell]], header: int, column: int) -> int:
    """Return the year above a heading; merged cells have it in their first column."""
    above = rows[header - 1]
    while column > 0 and above[column] == "":
        column -= 1
    return year(above[column]) or 0


GOVERNANCE_INDICATORS = GovernanceIndicators()
