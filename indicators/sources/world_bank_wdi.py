"""World Development Indicators: one file for each series, in one of two layouts.

The World Bank's own CSV (API_<series>_DS2_en_csv_v2_*.csv) has an encoding mark, lead lines with the day of its
last update, and one row for each economy or group of economies with a column for each year. It names its series, so
any series can be read: one that is not listed here is defined by its code and name. The long layout
(`geo,time,<series>`) holds one line for each value and no name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from indicators.sources.base import BetterDirection, IndicatorSpec, ReadResult, Reason, Severity, SourceSpec, rank_of
from indicators.sources.checks import Numbers, fold, unknown_layout, year
from indicators.sources.dating import SURVEYS
from indicators.sources.documents import Document, Media
from indicators.sources.table_finder import HEADER_WITHIN, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of

SOURCE = SourceSpec(
    key="world_bank_wdi",
    title="World Development Indicators",
    publisher="World Bank",
    license="CC BY 4.0",
    attribution="World Bank, World Development Indicators, CC BY 4.0",
    homepage="https://databank.worldbank.org/source/world-development-indicators",
    note="Each series has its own file, which gives past years as revised when the file was released.",
    dating=SURVEYS,
)


def _percent(code: str, name: str, unit: str, wording: str, direction: BetterDirection) -> IndicatorSpec:
    return IndicatorSpec(f"wdi.{code}", name, unit, wording, direction, minimum=0, maximum=100, decimals=1)


GNI_PER_CAPITA = IndicatorSpec(
    code="wb.gni_per_capita",
    name="GNI per capita",
    unit="US dollars",
    wording="Gross national income per person in current US dollars, Atlas method.",
    minimum=0,
)
CHILD_MARRIAGE = _percent(
    "child_marriage",
    "Child marriage",
    "percent of women aged 20 to 24",
    "Women aged 20 to 24 who were first married or in union before they turned 18, from household surveys.",
    BetterDirection.LOWER,
)
BIRTH_REGISTRATION = _percent(
    "birth_registration",
    "Birth registration",
    "percent of children under 5",
    "Children under 5 whose birth was registered at the time of the survey, from surveys and registers.",
    BetterDirection.HIGHER,
)
CHILD_EMPLOYMENT = _percent(
    "child_employment",
    "Children in employment",
    "percent of children aged 7 to 14",
    "Children aged 7 to 14 in economic activity for at least one hour in the week of the survey.",
    BetterDirection.LOWER,
)
LITERACY = _percent(
    "literacy",
    "Adult literacy",
    "percent of people aged 15 and over",
    "People aged 15 and over who can read and write a short statement about their everyday life.",
    BetterDirection.HIGHER,
)
SERIES: Final[Mapping[str, IndicatorSpec]] = {
    "NY.GNP.PCAP.CD": GNI_PER_CAPITA,
    "SP.M18.2024.FE.ZS": CHILD_MARRIAGE,
    "SP.REG.BRTH.ZS": BIRTH_REGISTRATION,
    "SL.TLF.0714.ZS": CHILD_EMPLOYMENT,
    "SE.ADT.LITR.ZS": LITERACY,
}
"""Series by the World Bank's code, with this project's definition."""

_GROUPS: Final = (
    "AFE AFR AFW ARB CEA CEB CEU CLA CME CSA CSS DEA DEC DLA DMN DNS DSA DSF DSS EAP EAR EAS ECA ECS EMU EUU FCS FXS "
    "HIC HPC IBB IBD IBT IDA IDB IDX INX LAC LCN LCR LDC LIC LMC LMY LTE MDE MEA MIC MNA NAC NAF NRS NXS OED OSS PRE "
    "PSS PST RRS SAS SSA SSF SST SXZ TEA TEC TLA TMN TSA TSS UMC WLD XZN"
)
AGGREGATES: Final = frozenset(_GROUPS.split())
"""Codes of the groups of economies among the rows; none is the code of a country."""

_HEAD: Final = ("country name", "country code", "indicator name", "indicator code")
_LONG_HEAD: Final = ("geo", "time")
_CODE: Final = re.compile(r"[A-Z][A-Z0-9]*(?:\.[A-Z0-9]+)+")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNIT: Final = re.compile(r"(.+?)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*")
_NAME_FITS, _UNIT_FITS = 150, 80
_NO_VALUE: Final = "{text!r} is not a value of {spec.name} ({spec.unit})."
VALUES: Final = Numbers(_NO_VALUE, _NO_VALUE, blanks=("",))


@dataclass(frozen=True, slots=True)
class _WdiLayout:
    """Header of a file, its series, and the columns of years (none if long)."""

    header: int
    series: str
    name: str = ""
    updated: str = ""
    years: Mapping[int, int] = field(default_factory=dict)


class WorldDevelopmentIndicators(TableAdapter):
    key = "world_bank_wdi"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = tuple(SERIES.values())
    lacks = (
        "has neither header row of the World Development Indicators",
        "Upload the CSV of one series as the World Bank released it.",
    )

    def tables(self, document: Document) -> list[SourceTable]:
        """Return the table below the header of either layout."""
        layout = _layout(document.csv_rows) if document.media is Media.CSV else None
        if layout is None:
            return []
        lines = [line for line, _ in document.csv_records]
        return [SourceTable(document, "", document.csv_rows, layout.header, lines=lines)]

    def because(self, tables: Sequence[SourceTable]) -> str:
        return f"{tables[0].place}, series {_layout_of(tables[0]).series}"

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        """Return the day of the last update, which the long layout does not give."""
        return _layout_of(tables[0]).updated

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result, and define a series that is not listed here.

        Raises `UnreadableFile` if such a series has no name in the file.
        """
        layout = _layout_of(tables[0])
        result = ReadResult(edition or layout.updated, 0, layout=layout.series)
        spec = _definition(document, layout)
        if layout.series not in SERIES:
            result.definitions.append(spec)
        return result

    def read_tables(self, tables: Sequence[SourceTable], result: ReadResult) -> None:
        """Read every economy. Raises `UnreadableFile` if no edition is known."""
        table, layout = tables[0], _layout_of(tables[0])
        spec = _definition(table.document, layout)
        if layout.years:
            _read_wide(table, layout, spec, result)
        else:
            _read_long(table, layout, spec, result)
            newest = max((int(reading.period) for reading in result.readings), default=0)
            result.edition = result.edition or str(newest or "")
        result.edition_rank = rank_of(result.edition)
        if not result.edition_rank:
            cause = f"does not give the date of its last update, and {result.edition!r} is not an edition"
            remedy = "Enter the date of its last update as the edition, for example 2024-06-28."
            raise unknown_layout(table.document, cause, remedy)
        if _DAY.fullmatch(layout.updated) and result.edition == layout.updated:
            result.published_on = date.fromisoformat(layout.updated)
            result.dated_by = "The file: Last Updated Date"


def _layout_of(table: SourceTable) -> _WdiLayout:
    layout = _layout(table.rows)
    assert layout is not None
    return layout


def _layout(rows: Sequence[Sequence[str]]) -> _WdiLayout | None:
    updated = ""
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        if index == 0 and len(row) == 3 and tuple(fold(cell) for cell in row[:2]) == _LONG_HEAD:
            # Only the first line is a header: `geo` is also the code of Georgia.
            code = row[2].strip().upper().replace("_", ".")
            return _WdiLayout(index, code) if _CODE.fullmatch(code) else None
        if len(row) > 1 and fold(row[0]) == "last updated date":
            updated = row[1].strip()
        if tuple(fold(cell) for cell in row[:4]) != _HEAD:
            continue
        first = next((r for r in rows[index + 1 :] if len(r) > 3), None)
        years = {column: stated for column, cell in enumerate(row) if (stated := year(cell))}
        if first is None or not years or not _CODE.fullmatch(first[3].strip()):
            return None
        return _WdiLayout(index, first[3].strip(), first[2].strip(), updated, years)
    return None


def _definition(document: Document, layout: _WdiLayout) -> IndicatorSpec:
    """Return the indicator of a series.

    Raises `UnreadableFile` if it is not listed here and the file does not name it.
    """
    known = SERIES.get(layout.series)
    if known is not None:
        return known
    if not layout.name:
        raise unknown_layout(
            document,
            f"contains the series {layout.series}, which is not defined in CPC, and does not give its name",
            f"Upload the World Bank's own CSV of {layout.series} (API_{layout.series}_DS2_en_csv_v2_...csv), "
            "which gives the name and unit.",
        )
    parts = _UNIT.fullmatch(layout.name)
    name, unit = (parts[1], parts[2]) if parts else (layout.name, "")
    code = f"wdi.{layout.series.lower().replace('.', '_')}"
    wording = f"Series {layout.series} of the World Development Indicators: {layout.name}."
    return IndicatorSpec(code, name[:_NAME_FITS], unit[:_UNIT_FITS], wording, decimals=1)


# ---- the World Bank's own layout ---------------------------------------------------------------------------------


def _read_wide(table: SourceTable, layout: _WdiLayout, spec: IndicatorSpec, result: ReadResult) -> None:
    for row in rows_of(table, result):
        row.country = row.raw(0)
        fault = _wide_fault(row, layout)
        if fault is not None:
            severity, reason, text, column = fault
            row.problem(severity, reason, text, column).column = _HEAD[column]
            result.rows_read += severity is Severity.REJECTED
            continue
        result.rows_read += 1
        row.code = row.raw(1)
        table.seen[row.code] = row
        for column, period in layout.years.items():
            _read_value(row, spec, column, str(period))


_LeftOut = tuple[Severity, Reason, str, int]
"""Severity, reason, message, and column."""


def _wide_fault(row: SourceRow, layout: _WdiLayout) -> _LeftOut | None:
    code = row.raw(1)
    if code in AGGREGATES:
        return Severity.NOTE, Reason.NOT_A_COUNTRY, f"{row.country} is a group of economies and was left out.", 0
    if len(row.cells) <= max(layout.years):
        text = f"The row is truncated: it has {len(row.cells)} fields, and the years need {max(layout.years) + 1}."
        return Severity.REJECTED, Reason.TRUNCATED, text, 0
    if row.text(3) != layout.series:
        return Severity.REJECTED, Reason.UNKNOWN_LABEL, f"{row.raw(3)!r} is not the series {layout.series}.", 3
    if code in row.table.seen:
        text = f"{code} already has a row: line {row.table.seen[code].number}."
        return Severity.REJECTED, Reason.DUPLICATE_KEY, text, 1
    return None


# ---- the long layout ---------------------------------------------------------------------------------------------


def _read_long(table: SourceTable, layout: _WdiLayout, spec: IndicatorSpec, result: ReadResult) -> None:
    for row in rows_of(table, result):
        row.code = row.text(0)
        fault = _long_fault(row)
        if fault is not None:
            severity, reason, text, column = fault
            row.problem(severity, reason, text, column).column = (*_LONG_HEAD, layout.series)[column]
            result.rows_read += severity is Severity.REJECTED
            continue
        result.rows_read += 1
        row.code = row.code.upper()
        _read_value(row, spec, 2, str(year(row.text(1))))


def _long_fault(row: SourceRow) -> _LeftOut | None:
    if row.code.upper() in AGGREGATES:
        return Severity.NOTE, Reason.NOT_A_COUNTRY, f"{row.code} is a group of economies and was left out.", 0
    if len(row.cells) != len(_LONG_HEAD) + 1:
        text = f"The line has {len(row.cells)} fields, not {len(_LONG_HEAD) + 1}."
        return Severity.REJECTED, Reason.TRUNCATED, text, 0
    if year(row.text(1)) is None:
        return Severity.REJECTED, Reason.UNREADABLE_YEAR, f"{row.text(1)!r} is not a year.", 1
    return None


def _read_value(row: SourceRow, spec: IndicatorSpec, column: int, period: str) -> None:
    """Read one cell; if it is empty, the publisher has no value for the year."""
    if row.add_reading(spec, column, VALUES, period=period) is None:
        row.result.problems[-1].column = period


WDI = WorldDevelopmentIndicators()
