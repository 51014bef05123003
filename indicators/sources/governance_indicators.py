"""Worldwide Governance Indicators: six estimates for each country and year, with their standard errors.

One sheet for each dimension. Above the row of Estimate, StdErr, NumSrc, Rank, Lower and Upper stands the row of
years; the headings Country/Territory and Code stand in the same row or, merged, a little above. An edition
estimates all years anew, so every value carries the edition of the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from indicators.sources.base import (
    Direction,
    IndicatorSpec,
    Missing,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
)
from indicators.sources.dating import Dating
from indicators.sources.documents import Document, FileFault, Media, Row, UnreadableFile, cell_text
from indicators.sources.grid import HEADER_WITHIN, Table, fold, is_blank, number, year

SOURCE = SourceSpec(
    key="wgi",
    title="Worldwide Governance Indicators",
    publisher="World Bank",
    licence="CC BY 4.0",
    attribution="World Bank, Worldwide Governance Indicators, CC BY 4.0",
    homepage="https://www.worldbank.org/en/publication/worldwide-governance-indicators",
    note="An edition estimates all its years anew: values of two editions make no time series.",
    dating=Dating(
        "Estimates of a year appear by the end of September of the next year.",
        years_after=1,
        month=9,
        day=30,
        edition_years_after=0,
    ),
)


def _estimate(code: str, name: str, wording: str) -> IndicatorSpec:
    # The scale is that of a standard normal variable: about -2.5 to 2.5 and in principle without ends. Five is far
    # beyond every estimate, and well below the percentile ranks that stand in the columns beside.
    return IndicatorSpec(f"wgi.{code}", name, "estimate", wording, Direction.HIGHER, -5, 5, decimals=2)


DIMENSIONS: Final = {
    "voiceandaccountability": _estimate(
        "voice_and_accountability", "Voice and accountability", "Taking part in choosing the government; free speech."
    ),
    "politicalstability": _estimate(
        "political_stability", "Political stability", "Absence of political violence and terrorism."
    ),
    "governmenteffectiveness": _estimate(
        "government_effectiveness", "Government effectiveness", "Quality of public services and of making policy."
    ),
    "regulatoryquality": _estimate(
        "regulatory_quality", "Regulatory quality", "Ability to make sound rules for private business."
    ),
    "ruleoflaw": _estimate(
        "rule_of_law", "Rule of law", "Contracts, property, police and courts; likelihood of crime."
    ),
    "controlofcorruption": _estimate(
        "control_of_corruption", "Control of corruption", "How far public power serves private gain."
    ),
}
"""The dimensions by the letters with which their sheets' names begin."""

_NAME, _CODE, _VALUE, _ERROR = "country/territory", "code", "estimate", "stderr"
_LETTERS: Final = re.compile(r"[^a-z]")
_UPDATE: Final = re.compile(r"worldwide governance indicators\W+(\d{4}) update")


class GovernanceIndicators:
    """Reads the workbook of the aggregate indicators of any edition."""

    key = "governance_indicators"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = tuple(DIMENSIONS.values())

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a workbook with at least one sheet of a dimension, its years over Estimate and StdErr."""
        found = _tables(document)
        if not found:
            return None
        sheets = ", ".join(f"{table.sheet} (header in row {table.header + 1})" for _, table in found)
        return Recognition(_edition(document, found), f"sheets {sheets}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every sheet of a dimension; a dimension without a sheet is told as a warning."""
        found = _tables(document)
        if not found:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no sheet of a governance dimension with years over Estimate and StdErr.",
                "Upload the workbook of the Worldwide Governance Indicators as the World Bank released it.",
            )
        label = edition or _edition(document, found)
        if not re.fullmatch(r"\d{4}", label):
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT, f"{label!r} is no edition.", "Give the year of the update as four digits."
            )
        result = ReadResult(label, int(label) * 10_000, layout=f"{len(found)} sheets of dimensions")
        present = {spec.code for spec, _ in found}
        for spec in self.indicators:
            if spec.code not in present:
                table = found[0][1]
                message = f"The workbook has no sheet of {spec.name}."
                result.problems.append(
                    table.problem(Severity.WARNING, Reason.NO_VALUE, message, table.header, 0, rows=0)
                )
        for spec, table in found:
            _read_table(spec, table, result)
        return result


def _tables(document: Document) -> list[tuple[IndicatorSpec, Table]]:
    if document.media is not Media.WORKBOOK:
        return []
    found: list[tuple[IndicatorSpec, Table]] = []
    for sheet in document.sheet_names:
        letters = _LETTERS.sub("", sheet.casefold())
        spec = next((s for start, s in DIMENSIONS.items() if letters.startswith(start)), None)
        table = _table(document, sheet) if spec is not None else None
        if spec is not None and table is not None:
            found.append((spec, table))
    return found


def _table(document: Document, sheet: str) -> Table | None:
    rows = document.sheet(sheet)
    names: dict[str, int] = {}
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        heads = [fold(cell) for cell in row]
        names |= {heading: heads.index(heading) for heading in (_NAME, _CODE) if heading in heads}
        if _VALUE in heads and _ERROR in heads and len(names) == 2 and _years(rows, index):
            return Table(sheet, rows, index, names)
    return None


def _years(rows: Sequence[Row], header: int) -> list[tuple[int, int, int]]:
    """Year, column of the estimate and column of its standard error, from the two rows of headings."""
    if header == 0:
        return []
    errors = {
        found: c for c, cell in enumerate(rows[header]) if fold(cell) == _ERROR and (found := _year(rows, header, c))
    }
    return [
        (found, column, errors[found])
        for column, cell in enumerate(rows[header])
        if fold(cell) == _VALUE and (found := _year(rows, header, column)) in errors
    ]


def _year(rows: Sequence[Row], header: int, column: int) -> int:
    """The year above a heading; in merged cells it stands above the first of the columns it spans."""
    above = rows[header - 1]
    while column > 0 and above[column] == "":
        column -= 1
    return year(above[column]) or 0


def _edition(document: Document, found: list[tuple[IndicatorSpec, Table]]) -> str:
    """The year of the update from the title sheet, else the year after the last one estimated."""
    for sheet in document.sheet_names:
        for row in document.sheet(sheet)[:HEADER_WITHIN]:
            for cell in row:
                if isinstance(cell, str) and (match := _UPDATE.search(fold(cell))):
                    return match[1]
    return str(max(years[0] for _, table in found for years in _years(table.rows, table.header)) + 1)


def _read_table(spec: IndicatorSpec, table: Table, result: ReadResult) -> None:
    years = _years(table.rows, table.header)
    name_column, code_column = table.columns[_NAME], table.columns[_CODE]
    seen: dict[str, int] = {}
    for index, row in table.data():
        name, code = cell_text(row[name_column]), cell_text(row[code_column]).strip()
        if not code:
            message = "A line without a country's code: left out."
            result.problems.append(
                table.problem(Severity.NOTE, Reason.NOT_A_COUNTRY, message, index, name_column, name)
            )
            continue
        result.rows_read += 1
        if code in seen:
            message = f"{code} already has a row: row {seen[code] + 1}."
            result.problems.append(
                table.problem(Severity.REJECTED, Reason.DUPLICATE_KEY, message, index, code_column, name)
            )
            continue
        seen[code] = index
        for period, value_column, error_column in years:
            _read_cell(spec, table, index, (period, value_column, error_column), (name, code), result)


def _read_cell(
    spec: IndicatorSpec,
    table: Table,
    index: int,
    place: tuple[int, int, int],
    country: tuple[str, str],
    result: ReadResult,
) -> None:
    period, column, error_column = place
    cell, error_cell = table.rows[index][column], table.rows[index][error_column]
    value, error = number(cell), number(error_cell)
    if value is None and not is_blank(cell):
        message = f"{cell_text(cell)!r} is no number."
        problem = table.problem(Severity.REJECTED, Reason.UNREADABLE_NUMBER, message, index, column, country[0])
        result.problems.append(problem)
        return
    if value is not None and not -5 <= value <= 5:
        message = f"{cell_text(cell)} is no estimate: they lie between about -2.5 and 2.5."
        problem = table.problem(Severity.REJECTED, Reason.OUT_OF_RANGE, message, index, column, country[0])
        result.problems.append(problem)
        return
    if value is not None and error is None:
        message = f"The estimate has no standard error: {cell_text(error_cell)!r}."
        problem = table.problem(Severity.WARNING, Reason.UNREADABLE_NUMBER, message, index, error_column, country[0])
        result.problems.append(problem)
    result.readings.append(
        Reading(
            spec.code,
            country[0],
            str(period),
            table.locator(index, column),
            value,
            missing=Missing.NOT_COLLECTED if value is None else None,
            raw=cell_text(cell),
            code=country[1],
            standard_error=error if value is not None else None,
            edition=result.edition,
            edition_rank=result.edition_rank,
        )
    )


GOVERNANCE_INDICATORS = GovernanceIndicators()
