"""Form for the office's own indicators, CSV or workbook: values with their definition.

One row for each value. The definition (name, unit, direction, publisher, day of publication) is part of the table: it
is filled in the first row of an indicator, and later rows repeat it or leave it empty. See docs/forms.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cpc.plausible import MESSAGE, is_plausible
from indicators.sources.base import (
    BetterDirection,
    IndicatorSpec,
    Problem,
    Reading,
    ReadResult,
    Reason,
    Severity,
    SourceSpec,
    rank_of,
)
from indicators.sources.checks import Absent, Fault, Numbers
from indicators.sources.documents import cell_locator, line_locator
from indicators.sources.form_reader import (
    BLANKS,
    FormAdapter,
    Formulas,
    form_header,
    is_blank,
    iso_day,
    reject_unknown_columns,
)
from indicators.sources.table_finder import SourceTable
from indicators.sources.table_reader import SourceRow, rows_of

SOURCE = SourceSpec(
    key="own",
    title="Indicators of the office's own",
    publisher="As each indicator states",
    license="As the publisher of each indicator states",
    attribution="Compiled by the TIP Office",
    note="Values come through CPC's own form, which defines each indicator and names its publisher.",
)

TITLE: Final = "form of indicators of the office's own"
DEFINITION: Final = ("name", "unit", "direction", "publisher", "published_on", "definition")
NEEDED: Final = DEFINITION[:-1]
VALUES: Final = ("country", "iso3", "year", "value", "standard_error", "note")
COLUMNS: Final = ("indicator", *DEFINITION, *VALUES)
NUMBERS: Final = Numbers(unreadable="{text!r} is not a plain number.", blanks=BLANKS)
DIRECTIONS: Final[Mapping[str, BetterDirection]] = {
    "higher is better": BetterDirection.HIGHER,
    "lower is better": BetterDirection.LOWER,
    "neither": BetterDirection.NEITHER,
}
LIMITS: Final = {"name": 150, "unit": 80, "publisher": 120, "definition": 1000, "note": 500}

_CellFault = tuple[Reason, str, str]
"""Reason, message, and column of a problem."""

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


class OwnIndicators(FormAdapter):
    key = "own_indicators"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = ()
    title = TITLE
    columns = ", ".join(COLUMNS)
    header = form_header(*COLUMNS, required=("indicator", "year", "value"), one_of=(("iso3", "country"),))
    confidence = 0.9

    def read_tables(self, tables: Sequence[SourceTable], result: ReadResult) -> None:
        """Read every table, then the definitions, which several tables may state."""
        # A value may be published today in the easternmost time zone.
        reader = _Reader(result, (dt.datetime.now(dt.UTC) + dt.timedelta(hours=14)).date())
        for table in tables:
            unknown, absent = reject_unknown_columns(table, result), _reject_absent_columns(table, result)
            rows = list(rows_of(table, result, self.row_class))
            result.rows_read += len(rows)
            if not (unknown or absent):
                reader.take(rows, Formulas(table))
        reader.finish()


def _reject_absent_columns(table: SourceTable, result: ReadResult) -> bool:
    """Reject each column of the definition that the header leaves out; return True if there are any."""
    line = table.lines[table.header] if table.lines else 0
    locator = cell_locator(table.sheet, table.header, 0) if table.sheet else line_locator(line)
    absent = [name for name in NEEDED if name not in table.columns]
    for index, name in enumerate(absent):
        message = f"The header row has no column {name}, so no row of the table was read."
        at = locator, table.sheet, table.header + 1, name
        rows = 0 if index else sum(1 for _ in rows_of(table))
        result.problems.append(Problem(Severity.REJECTED, Reason.UNKNOWN_COLUMN, message, *at, rows=rows))
    return bool(absent)


@dataclass(slots=True)
class _Stated:
    first: SourceRow
    texts: dict[str, str] = field(default_factory=dict)
    locators: dict[str, str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)


class _Reader:
    """Reader of rows that checks each definition once all of its rows are known."""

    def __init__(self, result: ReadResult, newest: dt.date) -> None:
        self.result = result
        self.newest = newest
        self.stated: dict[str, _Stated] = {}
        self.day: tuple[dt.date, str] | None = None

    def take(self, rows: Sequence[SourceRow], formulas: Formulas) -> None:
        for row in rows:
            row.country = row.text("country") or row.text("iso3")
            fault = self._row(row, formulas)
            if fault is not None:
                row.reject(*fault)

    def finish(self) -> None:
        """Take the readings of fully defined indicators; date the file."""
        result = self.result
        for key, stated in self.stated.items():
            empty = [name for name in NEEDED if name not in stated.texts]
            if empty:
                for index, name in enumerate(empty):
                    message = f"No row of {key} gives its {name}, so its values were not read."
                    problem = stated.first.reject(Reason.EMPTY_CELL, message, name)
                    problem.country, problem.rows = "", 0 if index else len(stated.readings)
                continue
            spec = _spec(key, stated.texts)
            result.definitions.append(spec)
            result.defined_at.update({(spec.code, name): locator for name, locator in stated.locators.items()})
            result.readings += stated.readings
        result.layout = ", ".join(self.stated) or TITLE
        if self.day is not None:
            result.published_on, result.dated_by = self.day[0], f"The form: {self.day[1]}"
        result.edition = result.edition or (self.day[0].isoformat() if self.day else "")
        result.edition_rank = rank_of(result.edition)

    def _row(self, row: SourceRow, formulas: Formulas) -> _CellFault | None:
        for name in COLUMNS:
            text = row.text(name)
            if formulas.at(row, name):
                return Reason.FORMULA, f"The cell contains the formula {text[:60]!r}.", name
            if len(text) > LIMITS.get(name, len(text)):
                return Reason.TOO_LONG, f"{name} has {len(text):,} characters; the limit is {LIMITS[name]}.", name
        key = row.text("indicator")
        if not _KEY.fullmatch(key):
            message = f"{key!r} is not a key: use 2 to 40 lowercase letters, digits, and _, starting with a letter."
            return Reason.UNKNOWN_LABEL, message, "indicator"
        stated = self.stated.setdefault(key, _Stated(row))
        return self._definition(row, stated) or self._value(row, key, stated)

    def _definition(self, row: SourceRow, stated: _Stated) -> _CellFault | None:
        for name in DEFINITION:
            text = " ".join(row.text(name).split())
            if is_blank(text):
                continue
            if name == "direction":
                text = text.casefold()
                if text not in DIRECTIONS:
                    return Reason.UNKNOWN_LABEL, f"{text!r} is not one of {', '.join(DIRECTIONS)}.", name
            if name == "published_on":
                day = iso_day(text)
                if day is None or not is_plausible(day):
                    return Reason.UNREADABLE_DATE, f"{text!r} is not a date. Enter it as 2026-09-30. {MESSAGE}", name
                if day > self.newest:
                    return Reason.UNREADABLE_DATE, f"{text} is in the future.", name
                text = day.isoformat()
                if self.day is not None and self.day[0] != day:
                    message = (
                        f"{text} differs from {self.day[0]} at {self.day[1]}; a file can contain only one edition."
                    )
                    return Reason.INCONSISTENT, message, name
                self.day = self.day or (day, row.locator(name))
            before = stated.texts.setdefault(name, text)
            locator = stated.locators.setdefault(name, row.locator(name))
            if before != text:
                message = (
                    f"{name} is {text!r} here and {before!r} at {locator}; an indicator can have only one definition."
                )
                return Reason.INCONSISTENT, message, name
        return None

    def _value(self, row: SourceRow, key: str, stated: _Stated) -> _CellFault | None:
        country, code, when = row.text("country"), row.text("iso3").upper(), row.text("year")
        if not (country or code):
            return Reason.UNKNOWN_COUNTRY, "The row does not name a country.", "iso3"
        if not _YEAR.fullmatch(when):
            return Reason.UNREADABLE_YEAR, f"{when!r} is not a year of four digits.", "year"
        if self.day is not None and int(when) > self.day[0].year:
            message = f"The value describes {when}, but was published earlier, on {self.day[0]}."
            return Reason.OUT_OF_RANGE, message, "year"
        value, error = NUMBERS.check(row.text("value")), NUMBERS.check(row.text("standard_error"))
        for name, checked in (("value", value), ("standard_error", error)):
            if isinstance(checked, Fault):
                return *checked, name
        if isinstance(error, float) and (error < 0 or isinstance(value, Absent)):
            message = f"A standard error of {error:g} " + ("is negative." if error < 0 else "has no value beside it.")
            return Reason.OUT_OF_RANGE, message, "standard_error"
        stated.readings.append(
            Reading(
                indicator=f"own.{key}",
                country=country or code,
                period=when,
                locator=row.locator("value"),
                value=value if isinstance(value, float) else None,
                missing=value.missing if isinstance(value, Absent) else None,
                raw=row.raw("value"),
                code=code,
                standard_error=error if isinstance(error, float) else None,
                note=row.text("note"),
            )
        )
        return None


def _spec(key: str, texts: Mapping[str, str]) -> IndicatorSpec:
    return IndicatorSpec(
        code=f"own.{key}",
        name=texts["name"],
        unit=texts["unit"],
        wording=texts.get("definition", "") or f"{texts['name']}, as {texts['publisher']} publishes it.",
        direction=DIRECTIONS[texts["direction"]],
        decimals=2,
        publisher=texts["publisher"],
    )


OWN_INDICATORS = OwnIndicators()
