"""World Development Indicators: one file for each series, in one of two layouts.

The World Bank's own CSV (API_<series>_DS2_en_csv_v2_*.csv) has a mark of its encoding, lead lines with the day of its
last update, and one row for each economy or group of economies with a column for each year. It names its series, so
that any series can be read: one that is not listed here is defined by its code and name. The long layout
(`geo,time,<series>`) holds one line for each value and no name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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
    rank_of,
)
from indicators.sources.dating import SURVEYS
from indicators.sources.documents import Document, FileFault, Media, UnreadableFile, line_locator
from indicators.sources.grid import fold, number, year

SOURCE = SourceSpec(
    key="world_bank_wdi",
    title="World Development Indicators",
    publisher="World Bank",
    licence="CC BY 4.0",
    attribution="World Bank, World Development Indicators, CC BY 4.0",
    homepage="https://databank.worldbank.org/source/world-development-indicators",
    note="Each series is a file of its own. A file gives past years as they are known when it appears.",
    dating=SURVEYS,
)


def _percent(code: str, name: str, unit: str, wording: str, direction: Direction) -> IndicatorSpec:
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
    Direction.LOWER,
)
BIRTH_REGISTRATION = _percent(
    "birth_registration",
    "Birth registration",
    "percent of children under 5",
    "Children under 5 whose birth was registered when the survey was made, from surveys and registers.",
    Direction.HIGHER,
)
CHILD_EMPLOYMENT = _percent(
    "child_employment",
    "Children in employment",
    "percent of children aged 7 to 14",
    "Children aged 7 to 14 in economic activity for at least one hour in the week of the survey.",
    Direction.LOWER,
)
LITERACY = _percent(
    "literacy",
    "Adult literacy",
    "percent of people aged 15 and over",
    "People aged 15 and over who can read and write a short statement about their everyday life.",
    Direction.HIGHER,
)
SERIES: Final[Mapping[str, IndicatorSpec]] = {
    "NY.GNP.PCAP.CD": GNI_PER_CAPITA,
    "SP.M18.2024.FE.ZS": CHILD_MARRIAGE,
    "SP.REG.BRTH.ZS": BIRTH_REGISTRATION,
    "SL.TLF.0714.ZS": CHILD_EMPLOYMENT,
    "SE.ADT.LITR.ZS": LITERACY,
}
"""Series by the World Bank's code with the definition that is used here."""

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


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a file: its record, its series, and the columns of the years (none in the long layout)."""

    record: int
    series: str
    name: str = ""
    updated: str = ""
    years: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_long(self) -> bool:
        return not self.years


class WorldDevelopmentIndicators:
    """Reads the file of one series, whichever."""

    key = "world_bank_wdi"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = tuple(SERIES.values())

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a CSV with the header of either layout."""
        header = _header(document)
        if header is None:
            return None
        line = document.csv_records[header.record][0]
        return Recognition(header.updated, f"header in {line_locator(line)}, series {header.series}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read the values of every economy. Raises `UnreadableFile` if series or edition are not known."""
        header = _header(document)
        if header is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has neither header of the World Development Indicators.",
                "Upload the CSV of one series as the World Bank released it.",
            )
        spec = _definition(document, header)
        result = ReadResult("", 0, layout=header.series)
        if header.series not in SERIES:
            result.definitions.append(spec)
        if header.is_long:
            _read_long(document, header, spec, result)
            newest = max((int(reading.period) for reading in result.readings), default=0)
            result.edition = edition or str(newest or "")
        else:
            result.edition = edition or header.updated
        result.edition_rank = rank_of(result.edition)
        if not result.edition_rank:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} does not give the day of its last update, and {result.edition!r} is no edition.",
                "Name the edition by the day of its last update, for example 2024-06-28.",
            )
        if _DAY.fullmatch(header.updated) and result.edition == header.updated:
            result.published_on = date.fromisoformat(header.updated)
            result.dated_by = "The file: Last Updated Date"
        if not header.is_long:
            _read_wide(document, header, spec, result)
        return result


def _header(document: Document) -> _Header | None:
    if document.media is not Media.CSV:
        return None
    records = document.csv_records
    updated = ""
    for index, (_, row) in enumerate(records[:20]):
        if index == 0 and len(row) == 3 and tuple(fold(cell) for cell in row[:2]) == _LONG_HEAD:
            # Only the first line is a header: `geo` is also the code of Georgia.
            code = row[2].strip().upper().replace("_", ".")
            return _Header(index, code) if _CODE.fullmatch(code) else None
        if len(row) > 1 and fold(row[0]) == "last updated date":
            updated = row[1].strip()
        if tuple(fold(cell) for cell in row[:4]) != _HEAD:
            continue
        first = next((r for _, r in records[index + 1 :] if len(r) > 3), None)
        years = {column: found for column, cell in enumerate(row) if (found := year(cell))}
        if first is None or not years or not _CODE.fullmatch(first[3].strip()):
            return None
        return _Header(index, first[3].strip(), first[2].strip(), updated, years)
    return None


def _definition(document: Document, header: _Header) -> IndicatorSpec:
    """Return the indicator of the file's series. Raises `UnreadableFile` for one that nothing names."""
    known = SERIES.get(header.series)
    if known is not None:
        return known
    if not header.name:
        raise UnreadableFile(
            FileFault.UNKNOWN_LAYOUT,
            f"{document.name} holds the series {header.series}, which is not defined here, and does not name it.",
            f"Upload the World Bank's own CSV of {header.series} (API_{header.series}_DS2_en_csv_v2_...csv), "
            "which gives its name and unit.",
        )
    parts = _UNIT.fullmatch(header.name)
    name, unit = (parts[1], parts[2]) if parts else (header.name, "")
    code = f"wdi.{header.series.lower().replace('.', '_')}"
    wording = f"Series {header.series} of the World Development Indicators: {header.name}."
    return IndicatorSpec(code, name[:_NAME_FITS], unit[:_UNIT_FITS], wording, decimals=1)


# ---- the World Bank's own layout ---------------------------------------------------------------------------------


def _read_wide(document: Document, header: _Header, spec: IndicatorSpec, result: ReadResult) -> None:
    seen: dict[str, int] = {}
    for line, row in document.csv_records[header.record + 1 :]:
        if not any(cell.strip() for cell in row):
            continue
        problem = _row_problem(line, row, seen, header)
        if problem is not None:
            result.rows_read += problem.severity is Severity.REJECTED
            result.problems.append(problem)
            continue
        result.rows_read += 1
        seen[row[1]] = line
        for column, period in header.years.items():
            place = line_locator(line, column + 1)
            _take(result, spec, (row[0], row[1]), str(period), row[column], place, line)


def _row_problem(line: int, row: list[str], seen: dict[str, int], header: _Header) -> Problem | None:
    """Return the reason for leaving a row out, or None for the row of an economy."""
    name, code = row[0], row[1] if len(row) > 1 else ""

    def problem(severity: Severity, reason: Reason, message: str, column: int) -> Problem:
        place = line_locator(line, column + 1)
        return Problem(severity, reason, message, place, "", line, _HEAD[column], row[column], name)

    if code in AGGREGATES:
        return problem(Severity.NOTE, Reason.NOT_A_COUNTRY, f"{name} is a group of economies: left out.", 0)
    if len(row) <= max(header.years):
        message = f"The row has {len(row)} fields where the years need {max(header.years) + 1}: it was cut."
        return problem(Severity.REJECTED, Reason.TRUNCATED, message, 0)
    if row[3].strip() != header.series:
        message = f"{row[3]!r} is not the series {header.series}."
        return problem(Severity.REJECTED, Reason.UNKNOWN_LABEL, message, 3)
    if code in seen:
        return problem(Severity.REJECTED, Reason.DUPLICATE_KEY, f"{code} already has a row: line {seen[code]}.", 1)
    return None


# ---- the long layout ---------------------------------------------------------------------------------------------


def _read_long(document: Document, header: _Header, spec: IndicatorSpec, result: ReadResult) -> None:
    for line, row in document.csv_records[header.record + 1 :]:
        if not any(cell.strip() for cell in row):
            continue
        result.rows_read += 1
        code, when, raw = ([cell.strip() for cell in row] + ["", "", ""])[:3]
        if code.upper() in AGGREGATES:
            result.rows_read -= 1
            message = f"{code} is a group of economies: left out."
            problem = (Severity.NOTE, Reason.NOT_A_COUNTRY, message, 0, code)
        elif len(row) != len(_LONG_HEAD) + 1:
            message = f"The line has {len(row)} fields, not {len(_LONG_HEAD) + 1}."
            problem = (Severity.REJECTED, Reason.TRUNCATED, message, 0, code)
        elif (period := year(when)) is None:
            problem = (Severity.REJECTED, Reason.UNREADABLE_YEAR, f"{when!r} is no year.", 1, when)
        else:
            _take(result, spec, ("", code.upper()), str(period), raw, line_locator(line, 3), line)
            continue
        severity, reason, text, column, cell = problem
        place = line_locator(line, column + 1)
        title = (*_LONG_HEAD, header.series)[column]
        result.problems.append(Problem(severity, reason, text, place, "", line, title, cell, code))


def _take(
    result: ReadResult,
    spec: IndicatorSpec,
    country: tuple[str, str],
    period: str,
    raw: str,
    place: str,
    line: int,
) -> None:
    """Keep one cell; an empty one means that the publisher has no value for that year."""
    name, code = country
    value = number(raw) if raw.strip() else None
    low = float("-inf") if spec.minimum is None else spec.minimum
    high = float("inf") if spec.maximum is None else spec.maximum
    if raw.strip() and (value is None or not low <= value <= high):
        reason = Reason.UNREADABLE_NUMBER if value is None else Reason.OUT_OF_RANGE
        message = f"{raw!r} is no value of {spec.name} ({spec.unit})."
        problem = Problem(Severity.REJECTED, reason, message, place, "", line, period, raw, name or code)
        result.problems.append(problem)
        return
    missing = Missing.NOT_COLLECTED if value is None else None
    result.readings.append(Reading(spec.code, name, period, place, value, missing=missing, raw=raw, code=code))


WDI = WorldDevelopmentIndicators()
