"""World Development Indicators: GNI per capita (Atlas method), from the CSV of one indicator.

The file has a mark of its encoding, lead lines with the day of its last update, and one row for each economy or
group of economies with a column for each year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from indicators.sources.base import (
    IndicatorSpec,
    Missing,
    Problem,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
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
    homepage="https://data.worldbank.org/indicator/NY.GNP.PCAP.CD",
    dating=SURVEYS,
)
GNI_PER_CAPITA = IndicatorSpec(
    code="wb.gni_per_capita",
    name="GNI per capita",
    unit="US dollars",
    wording="Gross national income per person in current US dollars, Atlas method.",
    minimum=0,
)
SERIES: Final = "NY.GNP.PCAP.CD"

_GROUPS: Final = (
    "AFE AFR AFW ARB CEA CEB CEU CLA CME CSA CSS DEA DEC DLA DMN DNS DSA DSF DSS EAP EAR EAS ECA ECS EMU EUU FCS FXS "
    "HIC HPC IBB IBD IBT IDA IDB IDX INX LAC LCN LCR LDC LIC LMC LMY LTE MDE MEA MIC MNA NAC NAF NRS NXS OED OSS PRE "
    "PSS PST RRS SAS SSA SSF SST SXZ TEA TEC TLA TMN TSA TSS UMC WLD XZN"
)
AGGREGATES: Final = frozenset(_GROUPS.split())
"""Codes of the groups of economies that stand among the rows; none is the code of a country."""

_HEAD: Final = ("country name", "country code", "indicator name", "indicator code")
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class _Header:
    """The record of the header, the columns of the years, and the day of the last update."""

    record: int
    years: dict[int, int]
    updated: str


class GniPerCapita:
    """Reads the CSV of GNI per capita."""

    key = "world_bank_gni"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (GNI_PER_CAPITA,)

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a CSV with the header of the World Development Indicators and this series in its first row."""
        header = _header(document)
        if header is None:
            return None
        line = document.csv_records[header.record][0]
        return Recognition(header.updated, f"header in {line_locator(line)}, series {SERIES}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every economy; a year without a value is a reading without one."""
        header = _header(document)
        label = edition or (header.updated if header else "")
        day = _DAY.fullmatch(label)
        if header is None or day is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no header of {SERIES} or no day of its last update ({label!r}).",
                "Upload the CSV of GNI per capita as the World Bank released it; name the edition as 2024-06-28.",
            )
        rank = int(day[1]) * 10_000 + int(day[2]) * 100 + int(day[3])
        result = ReadResult(label, rank, layout=f"CSV of {SERIES}")
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
            _read_row(line, row, header, result)
        return result


def _header(document: Document) -> _Header | None:
    if document.media is not Media.CSV:
        return None
    records = document.csv_records
    updated = ""
    for index, (_, row) in enumerate(records[:20]):
        if len(row) > 1 and fold(row[0]) == "last updated date":
            updated = row[1].strip()
        if tuple(fold(cell) for cell in row[:4]) != _HEAD:
            continue
        first = next((r for _, r in records[index + 1 :] if len(r) > 3), None)
        if first is None or first[3] != SERIES:
            return None
        return _Header(index, {c: found for c, cell in enumerate(row) if (found := year(cell))}, updated)
    return None


def _row_problem(line: int, row: list[str], seen: dict[str, int], header: _Header) -> Problem | None:
    """Why a row is left out, or None for the row of an economy."""
    name, code = row[0], row[1] if len(row) > 1 else ""

    def problem(severity: Severity, reason: Reason, message: str, column: int) -> Problem:
        place = line_locator(line, column + 1)
        return Problem(severity, reason, message, place, "", line, _HEAD[column], row[column], name)

    if code in AGGREGATES:
        return problem(Severity.NOTE, Reason.NOT_A_COUNTRY, f"{name} is a group of economies: left out.", 0)
    if len(row) <= max(header.years):
        message = f"The row has {len(row)} fields where the years need {max(header.years) + 1}: it was cut."
        return problem(Severity.REJECTED, Reason.TRUNCATED, message, 0)
    if row[3] != SERIES:
        return problem(Severity.REJECTED, Reason.UNKNOWN_LABEL, f"{row[3]!r} is not the series {SERIES}.", 3)
    if code in seen:
        return problem(Severity.REJECTED, Reason.DUPLICATE_KEY, f"{code} already has a row: line {seen[code]}.", 1)
    return None


def _read_row(line: int, row: list[str], header: _Header, result: ReadResult) -> None:
    for column, period in header.years.items():
        raw = row[column]
        value = number(raw) if raw.strip() else None
        place = line_locator(line, column + 1)
        if raw.strip() and (value is None or value < 0):
            reason = Reason.UNREADABLE_NUMBER if value is None else Reason.OUT_OF_RANGE
            message = f"{raw!r} is no income per person."
            result.problems.append(
                Problem(Severity.REJECTED, reason, message, place, "", line, str(period), raw, row[0])
            )
            continue
        result.readings.append(
            Reading(
                GNI_PER_CAPITA.code,
                row[0],
                str(period),
                place,
                value,
                missing=Missing.NOT_COLLECTED if value is None else None,
                raw=raw,
                code=row[1],
                edition=result.edition,
                edition_rank=result.edition_rank,
            )
        )


GNI = GniPerCapita()
