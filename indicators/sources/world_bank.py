"""World Bank classes of economies by income: the current list (CLASS) and the history (OGHIST).

A class holds for a fiscal year, which begins on 1 July of the year before: FY2026 began on 1 July 2025 and rests
on GNI per capita of 2024. Both workbooks are one source; the fiscal year they end with is their edition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from indicators.sources.documents import Cell, Document, FileFault, Media, UnreadableFile, cell_text
from indicators.sources.grid import HEADER_WITHIN, Table, fold, tables, year

SOURCE = SourceSpec(
    key="world_bank",
    title="World Bank country classification by income",
    publisher="World Bank",
    licence="CC BY 4.0",
    attribution="World Bank, country classification by income level, CC BY 4.0",
    homepage="https://datahelpdesk.worldbank.org/knowledgebase/articles/906519",
    note="A class holds for a World Bank fiscal year, 1 July to 30 June.",
    dating=Dating(
        "The classes of a fiscal year appear on July 1, on which it begins.",
        years_after=-1,
        month=7,
        day=1,
        edition_years_after=-1,
    ),
)
CLASSES: Final = {"L": "low income", "LM": "lower middle income", "UM": "upper middle income", "H": "high income"}
INCOME_CLASS = IndicatorSpec(
    code="wb.income_class",
    name="Income class",
    unit="class",
    wording="Low (L), lower middle (LM), upper middle (UM) or high (H) income, by GNI per capita (Atlas method) "
    "against the thresholds of the fiscal year.",
    direction=Direction.NEITHER,
    labels=tuple(CLASSES),
)

_ECONOMY, _CODE, _GROUP = "economy", "code", "income group"
_FISCAL_YEAR: Final = re.compile(r"FY ?(\d{4}|\d{2})")
# The notes word the fiscal year differently from year to year; the first that matches counts.
_STATED_YEARS: Final[Sequence[tuple[re.Pattern[str], int]]] = (
    (re.compile(r"\bFor FY ?\d{2,4} \(July 1, (\d{4})\b"), 1),
    (re.compile(r"\bset on (?:July 1,|1 July) (\d{4})"), 1),
    (re.compile(r"\b[Ff]iscal [Yy]ear (\d{4})\b"), 0),
    (re.compile(r"according to (\d{4}) gross national income"), 2),
    (re.compile(r"defined using (\d{4}) (?:GNI|gross national income)"), 2),
)
_AMOUNT: Final = r"\$\s*([\d,]+)"
_LIMITS: Final = (
    re.compile(
        rf"low income, {_AMOUNT} or less; lower middle income, {_AMOUNT}\s+to {_AMOUNT}; "
        rf"upper middle income, {_AMOUNT}\s+to {_AMOUNT}; and high income, more than {_AMOUNT}"
    ),
    re.compile(
        rf"low income(?: \(LIC\))? \({_AMOUNT} or less\); "
        rf"lower middle income(?: \(LMC\))? \({_AMOUNT}[-\u2013]{_AMOUNT}\); "
        rf"upper middle income(?: \(UMC\))? \({_AMOUNT}[-\u2013]{_AMOUNT}\); "
        rf"and high income(?: \(HIC\))? \(above {_AMOUNT}\)"
    ),
)
_BOUND: Final = re.compile(r"\s*(?:(?P<sign><=|>)\s*(?P<one>[\d,]+)|(?P<low>[\d,]+)\s*-\s*(?P<high>[\d,]+))\s*")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a class in US dollars of GNI per capita; None where it has no end. `note` says it in words."""

    low: float | None
    high: float | None
    note: str


def fiscal_year(text: str) -> int | None:
    """The fiscal year a label names: 2026 of "FY26" and "FY2026", 1989 of "FY89"; None for anything else."""
    match = _FISCAL_YEAR.fullmatch(text.strip().upper())
    if match is None:
        return None
    digits = int(match[1])
    return digits if digits > 99 else digits + (1900 if digits >= 70 else 2000)


def edition_rank(fiscal: int) -> int:
    """Order of an edition: classes of FY2026 are set on 1 July 2025, 20250701."""
    return (fiscal - 1) * 10_000 + 701


def bounds(fiscal: int, label: str, low: float | None, high: float | None) -> Bounds:
    """The limits of a class with the sentence that stands beside a reading."""
    if low is not None and high is not None:
        span = f"from {low:,.0f} to {high:,.0f}"
    else:
        span = f"up to {high:,.0f}" if high is not None else f"above {low:,.0f}"
    return Bounds(
        low, high, f"FY{fiscal}: {CLASSES[label]} is GNI per capita of {fiscal - 2} {span} US dollars (Atlas method)."
    )


class IncomeClasses:
    """Reads the current list of economies (CLASS)."""

    key = "world_bank_classes"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (INCOME_CLASS,)

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a workbook with a sheet of Economy, Code and Income group."""
        table = self._table(document)
        if table is None:
            return None
        fiscal = _stated_year(document)
        edition = f"FY{fiscal}" if fiscal else ""
        return Recognition(edition, f"sheet {table.sheet}, header in row {table.header + 1}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read the economies, up to the blank row that parts them from the groups of countries."""
        table = self._table(document)
        fiscal = fiscal_year(edition) if edition else _stated_year(document)
        if table is None or fiscal is None:
            what = "no sheet of Economy, Code and Income group" if table is None else "no fiscal year in its notes"
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has {what}.",
                "Upload the list of economies as the World Bank released it, or name the edition as FY and the year.",
            )
        result = ReadResult(f"FY{fiscal}", edition_rank(fiscal), layout=f"sheet {table.sheet}")
        limits = _stated_bounds(document, fiscal)
        labels = {words: label for label, words in CLASSES.items()}
        group = table.columns[_GROUP]
        seen: dict[str, int] = {}
        ended = False
        for index in range(table.header + 1, len(table.rows)):
            row = table.rows[index]
            name, code = cell_text(row[table.columns[_ECONOMY]]), cell_text(row[table.columns[_CODE]]).strip()
            if not name.strip() and not code:
                ended = True
                continue
            if ended or not code:
                message = "A group of countries or a line of notes: left out."
                _add(result, table, Severity.NOTE, Reason.NOT_A_COUNTRY, message, index, 0, name)
                continue
            result.rows_read += 1
            if code in seen:
                message = f"{code} already has a row: row {seen[code] + 1}."
                _add(result, table, Severity.REJECTED, Reason.DUPLICATE_KEY, message, index, group, name)
                continue
            seen[code] = index
            label = labels.get(fold(row[group]))
            if label is not None:
                reading = _reading(table, index, group, f"FY{fiscal}", (name, code), result)
                _classify(reading, label, limits)
                result.readings.append(reading)
            elif fold(row[group]) == "":
                # An economy may be blank here and classed in the history of the same date (Ethiopia in FY2026).
                # Of one fiscal year a stated class wins over a blank, and two readings of one edition have no
                # order between them; so a blank makes no reading at all that could stand against the class.
                message = f"{name} has no class in this list for FY{fiscal}; a class in the history stands."
                _add(result, table, Severity.NOTE, Reason.NO_VALUE, message, index, group, name)
            else:
                message = f"{cell_text(row[group])!r} is no class; there are {', '.join(CLASSES.values())}."
                _add(result, table, Severity.REJECTED, Reason.UNKNOWN_LABEL, message, index, group, name)
        return result

    def _table(self, document: Document) -> Table | None:
        return next(tables(document, {_ECONOMY, _CODE, _GROUP}.issubset), None)


class IncomeHistory:
    """Reads the history of classes (OGHIST) with the thresholds of each fiscal year."""

    key = "world_bank_class_history"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (INCOME_CLASS,)

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a workbook with a sheet whose header names fiscal years over the thresholds of four classes."""
        found = _history(document)
        if found is None:
            return None
        latest = max(found.fiscal.values())
        return Recognition(f"FY{latest}", f"sheet {found.table.sheet}, fiscal years in row {found.row + 1}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every economy of every fiscal year, former ones below the blank row included."""
        found = _history(document)
        latest = fiscal_year(edition) if edition else max(found.fiscal.values()) if found else None
        if found is None or latest is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no sheet of fiscal years over the thresholds of the classes, or no edition.",
                "Upload the history of classes as the World Bank released it, or name the edition as FY and the year.",
            )
        table = found.table
        result = ReadResult(f"FY{latest}", edition_rank(latest), layout=f"sheet {table.sheet}")
        limits = _thresholds(found, result)
        seen: dict[str, int] = {}
        for index, row in table.data():
            code, name = cell_text(row[0]).strip(), cell_text(row[1])
            if not code:
                message = "A line of notes: left out."
                _add(result, table, Severity.NOTE, Reason.NOT_A_COUNTRY, message, index, 1, name)
                continue
            result.rows_read += 1
            if code in seen:
                message = f"{code} already has a row: row {seen[code] + 1}."
                _add(result, table, Severity.REJECTED, Reason.DUPLICATE_KEY, message, index, 0, name)
                continue
            seen[code] = index
            for column, fiscal in found.fiscal.items():
                reading = _reading(table, index, column, f"FY{fiscal}", (name, code), result)
                if _fill(reading, row[column], limits[column], found.notes):
                    result.readings.append(reading)
                else:
                    message = f"{cell_text(row[column])!r} is no class; there are {', '.join(CLASSES)}."
                    _add(result, table, Severity.REJECTED, Reason.UNKNOWN_LABEL, message, index, column, name)
        return result


@dataclass(frozen=True, slots=True)
class _History:
    """Where things are in the history: the row of fiscal years, their columns, the rows of thresholds, footnotes."""

    table: Table
    row: int
    fiscal: Mapping[int, int]
    thresholds: Mapping[str, int]
    notes: str


def _history(document: Document) -> _History | None:
    if document.media is not Media.WORKBOOK:
        return None
    for sheet in document.sheet_names:
        rows = document.sheet(sheet)
        for index, row in enumerate(rows[:HEADER_WITHIN]):
            fiscal = {c: found for c, cell in enumerate(row) if (found := fiscal_year(cell_text(cell)))}
            words = {fold(below[1]): i for i, below in enumerate(rows[index : index + 8], index) if len(below) > 1}
            thresholds = {k: words[key] for k, v in CLASSES.items() if (key := f"{v} ({k.casefold()})") in words}
            if fiscal and len(thresholds) == len(CLASSES):
                notes = " ".join(cell_text(r[1]).strip().lstrip("* ") for r in rows if _is_footnote(r))
                table = Table(sheet, rows, max(thresholds.values()), {})
                return _History(table, index, fiscal, thresholds, notes)
    return None


def _is_footnote(row: Sequence[Cell]) -> bool:
    return cell_text(row[0]) == "" and cell_text(row[1]).lstrip().startswith("*")


def _thresholds(found: _History, result: ReadResult) -> dict[int, dict[str, Bounds]]:
    limits: dict[int, dict[str, Bounds]] = {}
    for column, fiscal in found.fiscal.items():
        limits[column] = {}
        for label, index in found.thresholds.items():
            cell = cell_text(found.table.rows[index][column])
            match = _BOUND.fullmatch(cell)
            if match is None:
                message = f"{cell!r} is no threshold of {CLASSES[label]}; classes of FY{fiscal} have none beside them."
                _add(result, found.table, Severity.WARNING, Reason.UNREADABLE_NUMBER, message, index, column, "")
                continue
            one, low, high = (_dollars(match[part]) for part in ("one", "low", "high"))
            if match["sign"]:
                low, high = (None, one) if match["sign"] == "<=" else (one, None)
            limits[column][label] = bounds(fiscal, label, low, high)
    return limits


def _dollars(text: str | None) -> float | None:
    return float(text.replace(",", "")) if text else None


def _fill(reading: Reading, cell: Cell, limits: Mapping[str, Bounds], notes: str) -> bool:
    """Put the class, or why there is none, into a reading; False where the cell holds neither."""
    text = cell_text(cell).strip()
    label = text.rstrip("*")
    if label in CLASSES:
        _classify(reading, label, limits)
        if text.endswith("*"):
            reading.note = f"{reading.note} Marked * by the publisher: {notes}".strip()
        return True
    if text in ("", ".."):
        reading.missing = Missing.NOT_COLLECTED if text or "(former)" not in reading.country else Missing.NOT_APPLICABLE
        reading.note = "Not classified in this fiscal year."
        return True
    return False


def _classify(reading: Reading, label: str, limits: Mapping[str, Bounds]) -> None:
    reading.label = label
    if label in limits:
        reading.low, reading.high, reading.note = limits[label].low, limits[label].high, limits[label].note


def _reading(
    table: Table, index: int, column: int, period: str, country: tuple[str, str], result: ReadResult
) -> Reading:
    return Reading(
        INCOME_CLASS.code,
        country[0],
        period,
        table.locator(index, column),
        raw=cell_text(table.rows[index][column]),
        code=country[1],
        edition=result.edition,
        edition_rank=result.edition_rank,
    )


def _add(
    result: ReadResult,
    table: Table,
    severity: Severity,
    reason: Reason,
    message: str,
    row: int,
    column: int,
    country: str,
) -> None:
    result.problems.append(table.problem(severity, reason, message, row, column, country))


def _notes(document: Document) -> str:
    return " ".join(
        cell
        for sheet in document.sheet_names
        for row in document.sheet(sheet)
        for cell in row
        if isinstance(cell, str) and len(cell) > 80
    )


def _stated_year(document: Document) -> int | None:
    """The fiscal year of the list, from the sentences of its notes."""
    text = _notes(document)
    for pattern, ahead in _STATED_YEARS:
        if (match := pattern.search(text)) and (found := year(match[1])):
            return found + ahead
    return None


def _stated_bounds(document: Document, fiscal: int) -> dict[str, Bounds]:
    """The thresholds in the notes of the list; empty where they are worded otherwise."""
    text = _notes(document)
    match = next((found for wording in _LIMITS if (found := wording.search(text))), None)
    if match is None:
        return {}
    low, lower_from, lower_to, upper_from, upper_to, high = (_dollars(text) for text in match.groups())
    ends = {"L": (None, low), "LM": (lower_from, lower_to), "UM": (upper_from, upper_to), "H": (high, None)}
    return {label: bounds(fiscal, label, *ends_) for label, ends_ in ends.items()}


INCOME_CLASSES = IncomeClasses()
INCOME_HISTORY = IncomeHistory()
