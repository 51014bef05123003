"""UNICEF's database of child labour: the share of children of 5 to 17 who work, one row for each country.

Two different measures are side by side and are never merged: economic activity alone, and economic activity and/or
household chores. Each has a total and two sexes, every column followed by a column of flags.
The year of a value is the one in the text of its data source, for a span the year in which it ends. A country without
a survey has `-`; its reading belongs to the year of the edition. Hidden sheets are working copies and are not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indicators.sources.base import BetterDirection, IndicatorSpec, ReadResult, Reason, Severity, SourceSpec, rank_of
from indicators.sources.checks import Absent, Numbers, fold, typed_number
from indicators.sources.dating import SURVEYS
from indicators.sources.documents import Cell, Document
from indicators.sources.table_finder import HEADER_WITHIN, SourceTable
from indicators.sources.table_reader import UNKNOWN_HEADING, SourceRow, TableAdapter, rows_of

SOURCE = SourceSpec(
    key="unicef",
    title="Child labour database",
    publisher="UNICEF",
    license="Use with attribution",
    attribution="UNICEF, Division of Data, Analytics, Planning and Monitoring, child labour database",
    homepage="https://data.unicef.org/topic/child-protection/child-labour/",
    dating=SURVEYS,
)


def _spec(code: str, name: str, wording: str) -> IndicatorSpec:
    return IndicatorSpec(
        f"unicef.{code}",
        name,
        "percent of children",
        wording,
        BetterDirection.LOWER,
        minimum=0,
        maximum=100,
        decimals=1,
    )


ACTIVITY = _spec(
    "child_labour_activity",
    "Child labor, economic activity",
    "Children aged 5 to 17 whose economic activity exceeds the hours set for their age.",
)
ACTIVITY_OR_CHORES = _spec(
    "child_labour_activity_or_chores",
    "Child labor, economic activity and/or household chores",
    "Children aged 5 to 17 whose economic activity or household chores exceed the hours set for their age.",
)

_FLAGS = {
    "x": "other years than the column names (x)",
    "y": "differs from the standard definition or covers part of the country (y)",
}
_SERIES = {"total": "", "male": "male", "female": "female"}
_UPDATED = re.compile(r"last update:? (?P<month>[a-z]{3})[a-z]* (?P<year>20\d\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-(\d\d(?:\d\d)?))?(?!\d)")
SHARES = Numbers("{cell!r} is not a number.", "{cell} is not a percentage.", parse=typed_number, blanks=("", "-"))


@dataclass(frozen=True, slots=True)
class _Group:
    """Columns of one measure: its values by series, and its data source."""

    indicator: IndicatorSpec
    values: dict[str, int]
    source: int


@dataclass(frozen=True, slots=True)
class _UnicefLayout:
    """First row of countries (0-based), columns of both measures, year and month of the edition, unknown headings."""

    first: int
    groups: tuple[_Group, ...]
    year: int
    month: int
    unknown: tuple[tuple[int, int, str], ...]


class UnicefChildLabour(TableAdapter):
    key = "unicef_child_labour"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (ACTIVITY, ACTIVITY_OR_CHORES)
    lacks = "has no sheet with both measures of child labor", "Upload the workbook as UNICEF released it."

    def tables(self, document: Document) -> list[SourceTable]:
        """Return the table; its header ends with the row before the first country."""
        for name in document.sheet_names:
            if "child labour" in name.casefold() and name not in document.hidden_sheets:
                rows = document.sheet(name)
                layout = _layout(rows)
                if layout is not None:
                    return [SourceTable(document, name, rows, layout.first - 1, by_position=True)]
        return []

    def because(self, tables: Sequence[SourceTable]) -> str:
        return f"sheet {tables[0].sheet}, countries from row {tables[0].header + 2}"

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        layout = _layout(tables[0].rows)
        return f"{layout.year}-{layout.month:02}" if layout else ""

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result; the month of the last update orders the edition, whatever its label."""
        month = self.edition_of(document, tables)
        return ReadResult(edition or month, rank_of(month), layout="two measures, three series")

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        """Read all countries, and note what is below them."""
        layout = _layout(table.rows)
        assert layout is not None
        for index, column, text in layout.unknown:
            head = SourceRow(table, index, result)
            head.warn(Reason.UNKNOWN_COLUMN, UNKNOWN_HEADING.format(raw=text), column).raw = text
        below = range(layout.first, len(table.rows))
        end = next((index for index in below if _ends(table.rows[index])), len(table.rows))
        lines = 0
        for row in rows_of(table, result):
            row.country = row.text(0)
            if row.index < end:
                result.rows_read += 1
                for group in layout.groups:
                    _read_group(row, group, str(layout.year))
            elif _is_region(row):
                row.leave_out(f"{row.country} is a group of countries and was left out.", 0).raw = ""
            else:
                lines += 1
        if lines:
            message = "Lines of explanation below the table were left out."
            note = SourceRow(table, end, result).problem(Severity.NOTE, Reason.NOT_A_COUNTRY, message, 0)
            note.raw, note.rows = "", lines


UNICEF_CHILD_LABOUR = UnicefChildLabour()


def _layout(rows: Sequence[Sequence[Cell]]) -> _UnicefLayout | None:
    top = [[fold(cell) for cell in row] for row in rows[:HEADER_WITHIN]]
    head = next((i for i, row in enumerate(top) if row and row[0] == "countries and areas"), None)
    updated = next((match for row in top for text in row if (match := _UPDATED.search(text))), None)
    if head is None or updated is None or updated["month"] not in _MONTHS:
        return None
    first = next((i for i in range(head + 1, len(rows)) if fold(rows[i][0])), len(rows))
    columns = _groups(top[head:first], head)
    if columns is None:
        return None
    return _UnicefLayout(first, columns[0], int(updated["year"]), _MONTHS.index(updated["month"]) + 1, columns[1])


def _groups(
    header: Sequence[Sequence[str]], head: int
) -> tuple[tuple[_Group, ...], tuple[tuple[int, int, str], ...]] | None:
    """Return the columns of both measures and the unknown headings; None unless both measures have all columns."""
    starts: dict[int, IndicatorSpec] = {}
    labels: dict[int, str] = {}
    unknown = []
    for offset, row in enumerate(header):
        for column, text in enumerate(row):
            if text.startswith("economic activity and/or household chores"):
                starts[column] = ACTIVITY_OR_CHORES
            elif text.startswith("economic activity"):
                starts[column] = ACTIVITY
            elif text in _SERIES or text == "data source":
                labels[column] = text
            elif text and not text.isdigit() and text not in ("countries and areas", "child labour", "sex"):
                unknown.append((head + offset, column, text))
    if not starts:
        return None
    groups = []
    borders = sorted(starts)
    for start, stop in zip(borders, [*borders[1:], max(labels, default=0) + 1], strict=True):
        own = {text: column for column, text in labels.items() if start <= column < stop}
        if own.keys() != {*_SERIES, "data source"}:
            return None
        groups.append(_Group(starts[start], {s: own[s] for s in _SERIES}, own["data source"]))
    complete = {g.indicator.code for g in groups} == {ACTIVITY.code, ACTIVITY_OR_CHORES.code}
    return (tuple(groups), tuple(unknown)) if complete and len(groups) == 2 else None


def _read_group(row: SourceRow, group: _Group, year: str) -> None:
    origin = row.text(group.source)
    period = _period(origin)
    for label, column in group.values.items():
        checked, flag = row.check(column, SHARES, group.indicator), row.text(column + 1)
        if checked is None:
            continue
        if not period and not isinstance(checked, Absent):
            message = f"The data source {origin!r} does not name one year."
            row.reject(Reason.UNREADABLE_YEAR, message, column).raw = origin
            continue
        if flag and flag not in _FLAGS:
            message = f"The flag {flag!r} has no known meaning; the value is read and the flag is shown with it."
            row.warn(Reason.UNKNOWN_LABEL, message, column + 1)
        remark = "" if isinstance(checked, Absent) else _FLAGS.get(flag, flag)
        note = "; ".join(filter(None, [_short(origin), remark]))
        more = {"period": period or year, "series": _SERIES[label], "note": note}
        row.add(row.reading(group.indicator, column, checked, **more))


def _period(origin: str) -> str:
    """Return the one year that a data source names, the last year of a span, or ""."""
    years = {first[:2] + last if len(last) == 2 else last or first for first, last in _YEAR.findall(origin)}
    return years.pop() if len(years) == 1 else ""


def _short(origin: str) -> str:
    """Return only the survey: "MICS 2017-18" of "MICS 2017-18, UNICEF and ILO"."""
    return origin.split(",")[0].strip()


def _ends(row: Sequence[Cell]) -> bool:
    """Return True if a row ends the countries: it is blank, or heads the regions."""
    return fold(row[0]) in ("", "summary")


def _is_region(row: SourceRow) -> bool:
    figure = row.cell(1)
    return bool(row.country) and not row.country.isdigit() and (figure == "-" or isinstance(figure, int | float))
