"""UNICEF's database of child labour: the share of children of 5 to 17 at work, one row for each country.

Two measures that are not alike stand side by side and are never merged: economic activity alone, and economic
activity and/or household chores. Each has a total and two sexes, every column followed by a column of flags.
The year of a value is the one in the text of its data source, for a span the year in which it ends. A country without
a survey has `-`; its reading belongs to the year of the edition. Hidden sheets are working copies and are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
)
from indicators.sources.dating import SURVEYS
from indicators.sources.documents import (
    Document,
    FileFault,
    Row,
    UnreadableFile,
    cell_locator,
    cell_text,
    column_letters,
)

SOURCE = SourceSpec(
    key="unicef",
    title="Child labour database",
    publisher="UNICEF",
    licence="Use with attribution",
    attribution="UNICEF, Division of Data, Analytics, Planning and Monitoring, child labour database",
    homepage="https://data.unicef.org/topic/child-protection/child-labour/",
    dating=SURVEYS,
)


def _spec(code: str, name: str, wording: str) -> IndicatorSpec:
    return IndicatorSpec(
        f"unicef.{code}", name, "percent of children", wording, Direction.LOWER, minimum=0, maximum=100, decimals=1
    )


ACTIVITY = _spec(
    "child_labour_activity",
    "Child labor, economic activity",
    "Children of 5 to 17 whose economic activity passes the hours set for their age.",
)
ACTIVITY_OR_CHORES = _spec(
    "child_labour_activity_or_chores",
    "Child labor, economic activity and/or household chores",
    "Children of 5 to 17 whose economic activity or household chores pass the hours set for their age.",
)

_FLAGS = {
    "x": "other years than the column names (x)",
    "y": "differs from the standard definition or covers part of the country (y)",
}
_SERIES = {"total": "", "male": "male", "female": "female"}
_UPDATED = re.compile(r"last update:? (?P<month>[a-z]{3})[a-z]* (?P<year>20\d\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-(\d\d(?:\d\d)?))?(?!\d)")
_LOOK = 40  # header and date stand within so many rows


@dataclass(frozen=True, slots=True)
class _Group:
    """Columns of one measure, 0-based: `values` by series, the text of the data source."""

    indicator: IndicatorSpec
    values: dict[str, int]
    source: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the table stands: its sheet, the first row of countries, its groups, the edition's year and month."""

    sheet: str
    first: int
    groups: tuple[_Group, ...]
    year: int
    month: int
    unknown: tuple[tuple[int, int, str], ...]

    @property
    def edition(self) -> str:
        return f"{self.year}-{self.month:02}"


class UnicefChildLabour:
    """Reader of the workbook, whichever edition."""

    key = "unicef_child_labour"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (ACTIVITY, ACTIVITY_OR_CHORES)

    def recognise(self, document: Document) -> Recognition | None:
        """A visible sheet with both measures of child labour in its header."""
        layout = _find(document)
        if layout is None:
            return None
        return Recognition(layout.edition, f"sheet {layout.sheet}, countries from row {layout.first + 1}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """All countries. Raises `UnreadableFile` where the table is not found."""
        layout = _find(document)
        if layout is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no sheet with both measures of child labour.",
                "Upload the workbook as UNICEF released it.",
            )
        result = ReadResult(
            edition or layout.edition, layout.year * 10_000 + layout.month * 100, layout="two measures, three series"
        )
        for row, column, text in layout.unknown:
            result.problems.append(_unknown_column(layout.sheet, row, column, text))
        rows = document.sheet(layout.sheet)
        end = next((i for i in range(layout.first, len(rows)) if _ends(rows[i])), len(rows))
        for index in range(layout.first, end):
            result.rows_read += 1
            for group in layout.groups:
                _read_group(result, layout, rows[index], index, group)
        result.problems += _below(layout.sheet, rows, end)
        return result


UNICEF_CHILD_LABOUR = UnicefChildLabour()


def _find(document: Document) -> _Layout | None:
    for name in document.sheet_names:
        if "child labour" not in name.casefold() or name in document.hidden_sheets:
            continue
        rows = document.sheet(name)
        top = [[_words(cell) for cell in row] for row in rows[:_LOOK]]
        head = next((i for i, row in enumerate(top) if row and row[0] == "countries and areas"), None)
        updated = next((found for row in top for text in row if (found := _UPDATED.search(text))), None)
        if head is None or updated is None or updated["month"] not in _MONTHS:
            continue
        first = next((i for i in range(head + 1, len(rows)) if _words(rows[i][0])), len(rows))
        columns = _groups(top[head:first], head)
        if columns is not None:
            groups, unknown = columns
            return _Layout(name, first, groups, int(updated["year"]), _MONTHS.index(updated["month"]) + 1, unknown)
    return None


def _groups(
    header: Sequence[Sequence[str]], head: int
) -> tuple[tuple[_Group, ...], tuple[tuple[int, int, str], ...]] | None:
    """The two measures' columns, and the headings that belong to neither; None unless both are complete."""
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
    groups = []
    borders = sorted(starts)
    for start, stop in zip(borders, [*borders[1:], max(labels, default=0) + 1], strict=True):
        own = {text: column for column, text in labels.items() if start <= column < stop}
        if own.keys() != {*_SERIES, "data source"}:
            return None
        groups.append(_Group(starts[start], {s: own[s] for s in _SERIES}, own["data source"]))
    complete = {g.indicator.code for g in groups} == {ACTIVITY.code, ACTIVITY_OR_CHORES.code}
    return (tuple(groups), tuple(unknown)) if complete and len(groups) == 2 else None


def _read_group(result: ReadResult, layout: _Layout, row: Row, index: int, group: _Group) -> None:
    """The three cells of one measure."""
    country, origin = cell_text(row[0]).strip(), cell_text(row[group.source]).strip()
    period = _period(origin)
    for label, column in group.values.items():
        cell, flag = row[column], cell_text(row[column + 1]).strip()
        locator = cell_locator(layout.sheet, index, column)
        reading = Reading(
            indicator=group.indicator.code,
            country=country,
            period=period or str(layout.year),
            locator=locator,
            raw=cell_text(cell),
            series=_SERIES[label],
        )
        place = (layout.sheet, index, column, country)
        if cell_text(cell).strip() in ("", "-"):
            reading.missing = Missing.NOT_COLLECTED
            reading.note = _short(origin)
        elif isinstance(cell, bool) or not isinstance(cell, int | float):
            result.problems.append(
                _rejected(Reason.UNREADABLE_NUMBER, f"{cell!r} is not a number.", *place, cell_text(cell))
            )
            continue
        elif not 0 <= cell <= 100:
            result.problems.append(_rejected(Reason.OUT_OF_RANGE, f"{cell} is no percentage.", *place, cell_text(cell)))
            continue
        elif not period:
            message = f"The data source {origin!r} does not name one year."
            result.problems.append(_rejected(Reason.UNREADABLE_YEAR, message, *place, origin))
            continue
        else:
            reading.value = float(cell)
            reading.note = "; ".join(filter(None, [_short(origin), _FLAGS.get(flag, flag)]))
        if flag and flag not in _FLAGS:
            message = f"The flag {flag!r} has no known meaning; the value is kept and the flag shown."
            problem = _rejected(Reason.UNKNOWN_LABEL, message, layout.sheet, index, column + 1, country, flag)
            problem.severity = Severity.WARNING
            result.problems.append(problem)
        result.readings.append(reading)


def _period(origin: str) -> str:
    """The one year a data source names, for a span its last one; "" where there is none or more than one."""
    years = {first[:2] + last if len(last) == 2 else last or first for first, last in _YEAR.findall(origin)}
    return years.pop() if len(years) == 1 else ""


def _short(origin: str) -> str:
    """The survey alone: "MICS 2017-18" of "MICS 2017-18, UNICEF and ILO calculations"."""
    return origin.split(",")[0].strip()


def _ends(row: Row) -> bool:
    """True at the first row behind the countries: a blank one, or the heading of the regional summary."""
    return _words(row[0]) in ("", "summary")


def _below(sheet: str, rows: Sequence[Row], end: int) -> Iterator[Problem]:
    """A note for each region, and one for all lines of explanation below them."""
    lines = 0
    for index in range(end, len(rows)):
        name = cell_text(rows[index][0]).strip()
        figure = rows[index][1]
        if name and not name.isdigit() and (figure == "-" or isinstance(figure, int | float)):
            message = f"{name} is a group of countries and is left out."
            yield _note(message, sheet, index, name)
        elif any(cell_text(cell).strip() for cell in rows[index]):
            lines += 1
    if lines:
        yield _note("Lines of explanation below the table are left out.", sheet, end, "", rows=lines)


def _note(message: str, sheet: str, index: int, country: str, rows: int = 1) -> Problem:
    return Problem(
        Severity.NOTE,
        Reason.NOT_A_COUNTRY,
        message,
        cell_locator(sheet, index, 0),
        sheet,
        index + 1,
        "A",
        country=country,
        rows=rows,
    )


def _rejected(reason: Reason, message: str, sheet: str, index: int, column: int, country: str, raw: str) -> Problem:
    locator = cell_locator(sheet, index, column)
    return Problem(Severity.REJECTED, reason, message, locator, sheet, index + 1, column_letters(column), raw, country)


def _unknown_column(sheet: str, row: int, column: int, text: str) -> Problem:
    message = f"The heading {text!r} is not known; its column is not read."
    problem = _rejected(Reason.UNKNOWN_COLUMN, message, sheet, row, column, "", text)
    problem.severity = Severity.WARNING
    return problem


def _words(cell: object) -> str:
    return " ".join(str(cell).split()).casefold()
