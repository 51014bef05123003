"""Form for indicators of the office's own, CSV or workbook: values with the definition of what they measure.

One row for each value. The definition (name, unit, direction, publisher, day of publication) is part of the table: it
is filled in the first row of an indicator, and later rows repeat it or leave it empty. See docs/forms.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cpc.plausible import MESSAGE, is_plausible
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
from indicators.sources.documents import Document, cell_locator, line_locator
from indicators.sources.form_table import Form, FormRow, FormTable, is_blank, opened, tables
from indicators.sources.formulas import Formulas
from indicators.sources.grid import number

SOURCE = SourceSpec(
    key="own",
    title="Indicators of the office's own",
    publisher="As each indicator states",
    licence="As the publisher of each indicator states",
    attribution="Compiled by the TIP Office",
    note="Values come through the product's own form, which defines each indicator and names its publisher.",
)

TITLE: Final = "form of indicators of the office's own"
DEFINITION: Final = ("name", "unit", "direction", "publisher", "published_on", "definition")
NEEDED: Final = DEFINITION[:-1]
VALUES: Final = ("country", "iso3", "year", "value", "standard_error", "note")
COLUMNS: Final = ("indicator", *DEFINITION, *VALUES)
FORM: Final = Form(
    columns={name: (name,) for name in COLUMNS},
    required=("indicator", "year", "value"),
    one_of=(("iso3", "country"),),
)
DIRECTIONS: Final[Mapping[str, Direction]] = {
    "higher is better": Direction.HIGHER,
    "lower is better": Direction.LOWER,
    "neither": Direction.NEITHER,
}
LIMITS: Final = {"name": 150, "unit": 80, "publisher": 120, "definition": 1000, "note": 500}

_Refused = Callable[[Reason, str, str], Problem]
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


class OwnIndicators:
    """Reads the form, one indicator or several."""

    key = "own_indicators"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = ()

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a table with the columns indicator, year, value and a country."""
        found = tables(document, FORM)
        if not found:
            return None
        where = ", ".join(f"sheet {t.sheet}, row {t.header + 1}" if t.sheet else f"line {_line(t)}" for t in found)
        return Recognition("", f"the header of the {TITLE} at {where}", confidence=0.9)

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every table with the form's header. Raises `UnreadableFile` if there is none."""
        found, result = opened(document, FORM, title=TITLE, columns=", ".join(COLUMNS), edition=edition)
        reader = _Reader(result, _newest_day())
        for table in found:
            problems = [*table.unknown_columns(), *_absent_columns(table)]
            result.problems += problems
            result.rows_read += sum(1 for _ in table.rows())
            if not problems:
                reader.take(table, Formulas(document, table.sheet))
        reader.finish(edition)
        return result


def _line(table: FormTable) -> int:
    return table.lines[table.header]


def _newest_day() -> dt.date:
    """Return the newest day on which anything can have been published: today, wherever on earth."""
    return (dt.datetime.now(dt.UTC) + dt.timedelta(hours=14)).date()


def _absent_columns(table: FormTable) -> list[Problem]:
    """Return a rejection for each column of the definition that the header leaves out."""
    place = cell_locator(table.sheet, table.header, 0) if table.sheet else line_locator(_line(table))
    rows = sum(1 for _ in table.rows())
    return [
        Problem(
            Severity.REJECTED,
            Reason.UNKNOWN_COLUMN,
            f"The header has no column {name}; no row of the table is read.",
            place,
            table.sheet,
            table.header + 1,
            name,
            rows=rows if index == 0 else 0,
        )
        for index, name in enumerate(name for name in NEEDED if name not in table.positions)
    ]


@dataclass(slots=True)
class _Stated:
    """The definition of one indicator as the rows give it: each text with its cell; and the readings of its values."""

    first: FormRow
    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)


class _Reader:
    """Reads rows, and checks each definition once all of its rows are known."""

    def __init__(self, result: ReadResult, newest: dt.date) -> None:
        self.result = result
        self.newest = newest
        self.stated: dict[str, _Stated] = {}
        self.day: tuple[dt.date, str] | None = None

    def take(self, table: FormTable, formulas: Formulas) -> None:
        for row in table.rows():
            problem = self._row(row, formulas)
            if problem is not None:
                self.result.problems.append(problem)

    def finish(self, edition: str) -> None:
        """Keep the readings of the indicators that are defined in full, and date the file."""
        result = self.result
        for key, stated in self.stated.items():
            empty = [name for name in NEEDED if name not in stated.texts]
            if empty:
                for index, name in enumerate(empty):
                    message = f"No row of {key} gives its {name}, so its values cannot be read."
                    rows = len(stated.readings) if index == 0 else 0
                    problem = stated.first.problem(Severity.REJECTED, Reason.EMPTY_CELL, message, name, rows=rows)
                    result.problems.append(problem)
                continue
            spec = _spec(key, stated.texts)
            result.definitions.append(spec)
            result.defined_at.update({(spec.code, name): place for name, place in stated.places.items()})
            result.readings += stated.readings
        result.layout = ", ".join(self.stated) or TITLE
        if self.day is not None:
            result.published_on, result.dated_by = self.day[0], f"The form: {self.day[1]}"
        result.edition = edition or (self.day[0].isoformat() if self.day else "")
        result.edition_rank = rank_of(result.edition)

    def _row(self, row: FormRow, formulas: Formulas) -> Problem | None:
        def refused(reason: Reason, message: str, column: str) -> Problem:
            country = row.text("country") or row.text("iso3")
            return row.problem(Severity.REJECTED, reason, message, column, country)

        for name in COLUMNS:
            text = row.text(name)
            if formulas.at(row.index, row.table.positions.get(name), "" if is_blank(text) else text):
                return refused(Reason.FORMULA, f"The cell holds the formula {text[:60]!r}.", name)
            if len(text) > LIMITS.get(name, len(text)):
                return refused(Reason.TOO_LONG, f"{name} has {len(text):,} letters; {LIMITS[name]} fit.", name)
        key = row.text("indicator")
        if not _KEY.fullmatch(key):
            message = f"{key!r} is no key: write 2 to 40 small letters, digits and _, the first a letter."
            return refused(Reason.UNKNOWN_LABEL, message, "indicator")
        stated = self.stated.setdefault(key, _Stated(row))
        return self._definition(row, stated, refused) or self._value(row, key, stated, refused)

    def _definition(self, row: FormRow, stated: _Stated, refused: _Refused) -> Problem | None:
        for name in DEFINITION:
            text = " ".join(row.text(name).split())
            if is_blank(text):
                continue
            if name == "direction":
                text = text.casefold()
                if text not in DIRECTIONS:
                    return refused(Reason.UNKNOWN_LABEL, f"{text!r} is none of {', '.join(DIRECTIONS)}.", name)
            if name == "published_on":
                day = _day(text)
                if day is None or not is_plausible(day):
                    return refused(Reason.UNREADABLE_DATE, f"{text!r} is no day. Write 2026-09-30. {MESSAGE}", name)
                if day > self.newest:
                    return refused(Reason.UNREADABLE_DATE, f"{text} is still to come.", name)
                text = day.isoformat()
                if self.day is not None and self.day[0] != day:
                    message = f"{text} differs from {self.day[0]} at {self.day[1]}; one file is one edition."
                    return refused(Reason.INCONSISTENT, message, name)
                self.day = self.day or (day, row.locator(name))
            before = stated.texts.setdefault(name, text)
            place = stated.places.setdefault(name, row.locator(name))
            if before != text:
                message = f"{name} is {text!r} here and {before!r} at {place}: one indicator has one definition."
                return refused(Reason.INCONSISTENT, message, name)
        return None

    def _value(self, row: FormRow, key: str, stated: _Stated, refused: _Refused) -> Problem | None:
        country, code, when = row.text("country"), row.text("iso3").upper(), row.text("year")
        if not (country or code):
            return refused(Reason.UNKNOWN_COUNTRY, "The row names no country.", "iso3")
        if not _YEAR.fullmatch(when):
            return refused(Reason.UNREADABLE_YEAR, f"{when!r} is no year of four digits.", "year")
        if self.day is not None and int(when) > self.day[0].year:
            message = f"The value describes {when}, after its publication on {self.day[0]}."
            return refused(Reason.OUT_OF_RANGE, message, "year")
        numbers: dict[str, float | None] = {}
        for name in ("value", "standard_error"):
            text = row.text(name)
            numbers[name] = None if is_blank(text) else number(text)
            if numbers[name] is None and not is_blank(text):
                return refused(Reason.UNREADABLE_NUMBER, f"{text!r} is no plain number.", name)
        value, error = numbers["value"], numbers["standard_error"]
        if error is not None and (error < 0 or value is None):
            message = f"A standard error of {error:g} " + ("is negative." if error < 0 else "has no value beside it.")
            return refused(Reason.OUT_OF_RANGE, message, "standard_error")
        stated.readings.append(
            Reading(
                indicator=f"own.{key}",
                country=country or code,
                period=when,
                locator=row.locator("value"),
                value=value,
                missing=Missing.NOT_COLLECTED if value is None else None,
                raw=row.raw("value"),
                code=code,
                standard_error=error,
                note=row.text("note"),
            )
        )
        return None


def _day(text: str) -> dt.date | None:
    """Return a day written as ISO text; a day of a workbook comes with its midnight."""
    try:
        return dt.date.fromisoformat(text.removesuffix("T00:00:00").removesuffix(" 00:00:00"))
    except ValueError:
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
