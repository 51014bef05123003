"""World Bank classes of economies by income: the current list (CLASS) and the history (OGHIST).

A class applies to a fiscal year, which begins on July 1 of the year before: FY2026 began on July 1, 2025, and uses
GNI per capita of 2024. Both workbooks are one source; their last fiscal year is their edition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from indicators.sources.base import (
    BetterDirection,
    IndicatorSpec,
    Missing,
    Reading,
    ReadResult,
    Reason,
    Severity,
    SourceSpec,
)
from indicators.sources.checks import Absent, Labels, fold, unknown_layout, year
from indicators.sources.dating import Dating
from indicators.sources.documents import Cell, Document, Media, cell_text
from indicators.sources.table_finder import HEADER_WITHIN, Header, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of

SOURCE = SourceSpec(
    key="world_bank",
    title="World Bank country classification by income",
    publisher="World Bank",
    license="CC BY 4.0",
    attribution="World Bank, country classification by income level, CC BY 4.0",
    homepage="https://datahelpdesk.worldbank.org/knowledgebase/articles/906519",
    note="A class applies to one World Bank fiscal year, July 1 to June 30.",
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
    direction=BetterDirection.NEITHER,
    labels=tuple(CLASSES),
)

_LABELS: Final = {text: label for label, text in CLASSES.items()}
LISTED: Final = Labels(
    lambda text: _LABELS.get(fold(text)),
    f"{{raw!r}} is not a class; the classes are {', '.join(CLASSES.values())}.",
    blanks=("",),
)
PAST: Final = Labels(
    lambda text: label if (label := text.rstrip("*")) in CLASSES else None,
    f"{{raw!r}} is not a class; the classes are {', '.join(CLASSES)}.",
    blanks=("", ".."),
)
_FISCAL_YEAR: Final = re.compile(r"FY ?(\d{4}|\d{2})")
# The notes word the fiscal year differently from year to year; the first match counts. The number is added to the
# year found: a fiscal year begins on July 1 of the year before, and its classes use GNI per capita of two years before.
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
    """Limits of a class in US dollars of GNI per capita; None means no limit. `note` is the sentence about them."""

    low: float | None
    high: float | None
    note: str


def fiscal_year(text: str) -> int | None:
    """Return the fiscal year of a label: 2026 of "FY26" and "FY2026", 1989 of "FY89"; None for other texts."""
    match = _FISCAL_YEAR.fullmatch(text.strip().upper())
    if match is None:
        return None
    digits = int(match[1])
    return digits if digits > 99 else digits + (1900 if digits >= 70 else 2000)


def edition_rank(fiscal: int) -> int:
    """Return the order of an edition: FY2026 is set on July 1, 2025, 20250701."""
    return (fiscal - 1) * 10_000 + 701


def bounds(fiscal: int, label: str, low: float | None, high: float | None) -> Bounds:
    if low is not None and high is not None:
        span = f"from {low:,.0f} to {high:,.0f}"
    else:
        span = f"up to {high:,.0f}" if high is not None else f"above {low:,.0f}"
    return Bounds(
        low, high, f"FY{fiscal}: {CLASSES[label]} is GNI per capita of {fiscal - 2} {span} US dollars (Atlas method)."
    )


class IncomeClasses(TableAdapter):
    key = "world_bank_classes"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (INCOME_CLASS,)
    header = Header({"economy": "economy", "code": "code", "group": "income group"})
    remedy = "Upload the list of economies as the World Bank released it, or enter the edition as FY and the year."
    lacks = "has no sheet with Economy, Code, and Income group", remedy

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        fiscal = _stated_year(document)
        return f"FY{fiscal}" if fiscal else ""

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        fiscal = fiscal_year(edition or self.edition_of(document, tables))
        if fiscal is None:
            raise unknown_layout(document, "has no fiscal year in its notes", self.remedy)
        return ReadResult(f"FY{fiscal}", edition_rank(fiscal), layout=f"sheet {tables[0].sheet}")

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        """Read the economies, up to the blank row before the groups of countries."""
        limits = _stated_bounds(table.document, result.edition_rank // 10_000 + 1)
        before, ended = table.header, False
        for row in rows_of(table, result):
            row.country, row.code = row.raw("economy"), row.text("code")
            is_blank = not row.country.strip() and not row.code
            ended = ended or is_blank or row.index > before + 1
            before = row.index
            if is_blank:
                continue
            if ended or not row.code:
                row.leave_out("This row is a group of countries or a line of notes and was left out.", 0)
                continue
            result.rows_read += 1
            if not row.repeats(row.code, f"{row.code} already has a row", "group"):
                _read_class(row, limits)


def _read_class(row: SourceRow, limits: Mapping[str, Bounds]) -> None:
    label = row.check("group", LISTED)
    if isinstance(label, str):
        reading = row.add(row.reading(INCOME_CLASS, "group", label, **_edition(row.result), period=row.result.edition))
        _set_limits(reading, limits)
    elif isinstance(label, Absent):
        # An economy may be blank here and have a class in the history of the same date (Ethiopia in FY2026).
        # For one fiscal year a stated class takes precedence over a blank, and two readings of one edition have no
        # order between them; so a blank makes no reading that could compete with the class.
        message = (
            f"{row.country} has no class in this list for {row.result.edition}; a class from the history stays in use."
        )
        row.problem(Severity.NOTE, Reason.NO_VALUE, message, "group")


def _edition(result: ReadResult) -> dict[str, Any]:
    return {"edition": result.edition, "edition_rank": result.edition_rank}


class IncomeHistory(TableAdapter):
    key = "world_bank_class_history"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (INCOME_CLASS,)
    lacks = (
        "has no sheet with fiscal years above the thresholds of the classes, or no edition",
        "Upload the history of classes as the World Bank released it, or enter the edition as FY and the year.",
    )

    def tables(self, document: Document) -> list[SourceTable]:
        for sheet in document.sheet_names if document.media is Media.WORKBOOK else ():
            rows = document.sheet(sheet)
            history = _history(rows)
            if history is not None:
                return [SourceTable(document, sheet, rows, max(history.thresholds.values()))]
        return []

    def because(self, tables: Sequence[SourceTable]) -> str:
        history = _history(tables[0].rows)
        assert history is not None
        return f"sheet {tables[0].sheet}, fiscal years in row {history.row + 1}"

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        history = _history(tables[0].rows)
        assert history is not None
        return f"FY{max(history.fiscal.values())}"

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result.

        Raises `UnreadableFile` if the given edition is no fiscal year.
        """
        latest = fiscal_year(edition or self.edition_of(document, tables))
        if latest is None:
            raise unknown_layout(document, *self.lacks)
        return ReadResult(f"FY{latest}", edition_rank(latest), layout=f"sheet {tables[0].sheet}")

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        """Read every economy of every fiscal year, including former ones below a blank row."""
        history = _history(table.rows)
        assert history is not None
        limits = _thresholds(table, history, result)
        for row in rows_of(table, result):
            row.country, row.code = row.raw(1), row.text(0)
            if not row.code:
                row.leave_out("This row is a line of notes and was left out.", 1)
                continue
            result.rows_read += 1
            if not row.repeats(row.code, f"{row.code} already has a row", 0):
                for column, fiscal in history.fiscal.items():
                    _read_past_class(row, column, fiscal, limits[column], history.notes)


@dataclass(frozen=True, slots=True)
class _History:
    """Fiscal years with their row and columns, threshold rows, and footnotes."""

    row: int
    fiscal: Mapping[int, int]
    thresholds: Mapping[str, int]
    notes: str


def _history(rows: Sequence[Sequence[Cell]]) -> _History | None:
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        fiscal = {c: stated for c, cell in enumerate(row) if (stated := fiscal_year(cell_text(cell)))}
        rows_by_label = {fold(below[1]): i for i, below in enumerate(rows[index : index + 8], index) if len(below) > 1}
        thresholds = {
            k: rows_by_label[key] for k, v in CLASSES.items() if (key := f"{v} ({k.casefold()})") in rows_by_label
        }
        if fiscal and len(thresholds) == len(CLASSES):
            notes = " ".join(cell_text(r[1]).strip().lstrip("* ") for r in rows if _is_footnote(r))
            return _History(index, fiscal, thresholds, notes)
    return None


def _is_footnote(row: Sequence[Cell]) -> bool:
    return cell_text(row[0]) == "" and cell_text(row[1]).lstrip().startswith("*")


def _thresholds(table: SourceTable, history: _History, result: ReadResult) -> dict[int, dict[str, Bounds]]:
    limits: dict[int, dict[str, Bounds]] = {}
    for column, fiscal in history.fiscal.items():
        limits[column] = {}
        for label, index in history.thresholds.items():
            row = SourceRow(table, index, result)
            match = _BOUND.fullmatch(row.raw(column))
            if match is None:
                cell = row.raw(column)
                message = f"{cell!r} is not a threshold of {CLASSES[label]}; FY{fiscal} classes are shown without it."
                row.warn(Reason.UNREADABLE_NUMBER, message, column)
                continue
            one, low, high = (_dollars(match[part]) for part in ("one", "low", "high"))
            if match["sign"]:
                low, high = (None, one) if match["sign"] == "<=" else (one, None)
            limits[column][label] = bounds(fiscal, label, low, high)
    return limits


def _dollars(text: str | None) -> float | None:
    return float(text.replace(",", "")) if text else None


def _read_past_class(row: SourceRow, column: int, fiscal: int, limits: Mapping[str, Bounds], notes: str) -> None:
    reading = row.add_reading(INCOME_CLASS, column, PAST, period=f"FY{fiscal}", **_edition(row.result))
    if reading is None:
        return
    text = row.text(column)
    if reading.missing is not None:
        reading.note = "Not classified in this fiscal year."
        if not text and "(former)" in row.country:
            reading.missing = Missing.NOT_APPLICABLE
        return
    _set_limits(reading, limits)
    if text.endswith("*"):
        reading.note = f"{reading.note} Marked * by the publisher: {notes}".strip()


def _set_limits(reading: Reading, limits: Mapping[str, Bounds]) -> None:
    if reading.label in limits:
        limit = limits[reading.label]
        reading.low, reading.high, reading.note = limit.low, limit.high, limit.note


def _notes(document: Document) -> str:
    return " ".join(
        cell
        for sheet in document.sheet_names
        for row in document.sheet(sheet)
        for cell in row
        if isinstance(cell, str) and len(cell) > 80
    )


def _stated_year(document: Document) -> int | None:
    """Return the fiscal year of the list, from the sentences of its notes."""
    text = _notes(document)
    for pattern, ahead in _STATED_YEARS:
        if (match := pattern.search(text)) and (stated := year(match[1])):
            return stated + ahead
    return None


def _stated_bounds(document: Document, fiscal: int) -> dict[str, Bounds]:
    """Return the thresholds in the notes of the list; none if worded otherwise."""
    text = _notes(document)
    match = next((hit for wording in _LIMITS if (hit := wording.search(text))), None)
    if match is None:
        return {}
    low, lower_from, lower_to, upper_from, upper_to, high = (_dollars(text) for text in match.groups())
    ends = {"L": (None, low), "LM": (lower_from, lower_to), "UM": (upper_from, upper_to), "H": (high, None)}
    return {label: bounds(fiscal, label, *ends_) for label, ends_ in ends.items()}


INCOME_CLASSES = IncomeClasses()
INCOME_HISTORY = IncomeHistory()
