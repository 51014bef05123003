"""Programs of U.S. agencies in a country, from this project's own form.

No publisher lists them in one file, so this project defines a table (docs/forms.md): one row per program, filled in
by an agency or by the office. The template holds every column; a cell may stay empty if its value is unknown, but a
column may not be missing, since a row replaces everything on record about its program.

The file has many authors, so a cell with a formula is rejected, whatever it shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from cpc.amounts import HOW_TO_WRITE, read_amount
from cpc.plausible import MESSAGE, is_plausible
from indicators.sources.base import (
    IndicatorSpec,
    ProgramReading,
    ReadResult,
    Reason,
    SourceSpec,
)
from indicators.sources.form_reader import FormAdapter, Formulas, form_header, is_blank, iso_day, unquoted
from indicators.sources.table_finder import SourceTable
from indicators.sources.table_reader import SourceRow, rows_of

SOURCE = SourceSpec(
    key="usg_programs",
    title="U.S. Government programs",
    publisher="Agencies of the U.S. Government",
    license="U.S. Government work, public domain",
    attribution="As stated by the agencies, compiled by the TIP Office",
    note="No agency publishes a list, so programs come through CPC's own form or are recorded by hand.",
)

SECTORS: Final[Mapping[str, str]] = {
    "child_health": "Child health and development",
    "child_protection": "Child protection",
    "rule_of_law": "Rule of law",
    "anti_trafficking": "Anti-trafficking",
    "child_labor": "Child labor",
    "other": "Other",
}
_SPELLINGS: Final = {
    "".join(c for c in spelling.casefold() if c.isalpha()): key
    for key, label in SECTORS.items()
    for spelling in (key, label)
} | {"childlabour": "child_labor"}

COLUMNS: Final = (
    "country",
    "iso3",
    "agency",
    "agency_code",
    "title",
    "sector",
    "implementer",
    "starts_on",
    "ends_on",
    "amount_usd",
    "source",
    "source_url",
    "assessment",
)
"""Headings of the form, in the order of the template."""

IGNORED: Final = ("recorded_on",)
"""Headings that the export adds; the reader ignores them."""

LIMITS: Final[Mapping[str, int]] = {
    "agency": 120,
    "agency_code": 20,
    "title": 200,
    "implementer": 200,
    "source": 500,
    "source_url": 500,
    "assessment": 10_000,
}
"""Most characters of a text."""

REQUIRED: Final = ("agency", "title", "sector", "source")
_HIGHEST: Final = Decimal(10) ** 13
_CENT: Final = Decimal("0.01")
_LONGEST: Final = 30


class UsgPrograms(FormAdapter):
    key = "usg_programs"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = ()
    title = "form of U.S. programs"
    columns = ", ".join(COLUMNS)
    header = form_header(
        *COLUMNS,
        *IGNORED,
        required=[name for name in COLUMNS if name not in ("country", "iso3")],
        one_of=(("iso3", "country"),),
    )

    def read_rows(self, table: SourceTable, result: ReadResult) -> None:
        """Read the programs; a row is rejected with all of its faults."""
        formulas = Formulas(table)
        for row in rows_of(table, result, self.row_class):
            result.rows_read += 1
            read = _Program(row, formulas)
            if read.faults == 0:
                result.programs.append(read.reading())


class _Program:
    """Row of the form: all of its faults, or the program."""

    def __init__(self, row: SourceRow, formulas: Formulas) -> None:
        self._row = row
        row.country = row.text("country") or row.text("iso3")
        self.faults = 0
        self._texts = {name: self._text(name, formulas) for name in COLUMNS}
        if not self.faults:
            self._check()

    def reading(self) -> ProgramReading:
        texts = self._texts
        named = ("country", "iso3", "agency", "title", "sector")
        return ProgramReading(
            country=texts["country"],
            code=texts["iso3"].upper(),
            locator=self._row.locator("title"),
            row=self._row.number,
            sheet=self._row.table.sheet,
            agency=texts["agency"],
            title=texts["title"],
            sector=_SPELLINGS[_letters(texts["sector"])],
            values={name: texts[name] for name in COLUMNS if name not in named},
        )

    def _text(self, name: str, formulas: Formulas) -> str:
        text = self._row.text(name)
        if formulas.at(self._row, name):
            self._reject(Reason.FORMULA, name, f"The cell contains the formula {text[:60]!r}, not text or a number.")
            return ""
        text = " ".join(unquoted(text).split()) if name != "assessment" else unquoted(text)
        return "" if is_blank(text) else text

    def _check(self) -> None:
        texts = self._texts
        if not (texts["country"] or texts["iso3"]):
            self._reject(Reason.UNKNOWN_COUNTRY, "iso3", "The row does not name a country.")
        for name in REQUIRED:
            if not texts[name]:
                self._reject(Reason.EMPTY_CELL, name, f"The row gives no {name}.")
        for name, limit in LIMITS.items():
            if len(texts[name]) > limit:
                message = f"{name} has {len(texts[name]):,} characters; the limit is {limit:,}."
                self._reject(Reason.TOO_LONG, name, message)
        if texts["sector"] and _letters(texts["sector"]) not in _SPELLINGS:
            message = f"{texts['sector']!r} is not a sector. Enter one of {', '.join(SECTORS.values())}."
            self._reject(Reason.UNKNOWN_LABEL, "sector", message)
        if texts["source_url"] and not _is_address(texts["source_url"]):
            message = f"{texts['source_url']!r} is not an address that begins with http:// or https://."
            self._reject(Reason.UNKNOWN_LABEL, "source_url", message)
        self._amount()
        self._days()

    def _amount(self) -> None:
        text = self._texts["amount_usd"]
        if not text:
            return
        amount = _dollars(text)
        if amount is None:
            message = f"{text!r} is not a clear amount of dollars. {HOW_TO_WRITE}"
            self._reject(Reason.UNREADABLE_NUMBER, "amount_usd", message)
        elif not 0 <= amount < _HIGHEST:
            self._reject(Reason.OUT_OF_RANGE, "amount_usd", f"{text} is outside 0 to {_HIGHEST:,}.")
        else:
            self._texts["amount_usd"] = str(amount)

    def _days(self) -> None:
        days: dict[str, dt.date] = {}
        for name in ("starts_on", "ends_on"):
            text = self._texts[name]
            if not text:
                continue
            day = iso_day(text)
            if day is None:
                self._reject(Reason.UNREADABLE_DATE, name, f"{text!r} is not a date. Enter it as 2026-09-30.")
            elif not is_plausible(day):
                self._reject(Reason.UNREADABLE_DATE, name, f"{text}: {MESSAGE}")
            else:
                days[name] = day
                self._texts[name] = day.isoformat()
        if len(days) == 2 and days["ends_on"] < days["starts_on"]:
            message = f"The last day, {days['ends_on']}, is before the first day, {days['starts_on']}."
            self._reject(Reason.INCONSISTENT, "ends_on", message)

    def _reject(self, reason: Reason, column: str, message: str) -> None:
        problem = self._row.reject(reason, message, column)
        problem.rows = 0 if self.faults else 1  # a row with three faults is rejected once
        self.faults += 1


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha())


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text


def _dollars(text: str) -> Decimal | None:
    """Return an amount to the cent, or None if the text is not clearly an amount."""
    amount = read_amount(text) if len(text) <= _LONGEST else None
    return None if amount is None else amount.quantize(_CENT)


USG_PROGRAMS = UsgPrograms()
