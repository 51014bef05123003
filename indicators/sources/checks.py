"""Checks of single values, the same for tables, JSON, and XML.

A source declares its numbers and labels once, with the messages about unreadable ones:

    POINTS = Numbers(unreadable="{text!r} is no score.")

    POINTS.check("43", SCORE)   # 43.0
    POINTS.check("n/a", SCORE)  # Absent(Missing.NOT_COLLECTED)
    POINTS.check("x", SCORE)    # Fault(Reason.UNREADABLE_NUMBER, "'x' is no score.")
    POINTS.check("430", SCORE)  # Fault(Reason.OUT_OF_RANGE, "430 is outside 0 to 100.")

Messages may use `raw` (the cell as text), `text` (the same, trimmed), `cell`, `value`, `spec`, `low`, and `high`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from indicators.sources.base import IndicatorSpec, Missing, Reason
from indicators.sources.documents import Cell, Document, FileFault, UnreadableFile, cell_text

BLANKS: Final = frozenset({"", "-", "..", "n/a", "na", "#n/a"})
WITHHELD: Final = re.compile(r"< ?(\d{1,3}(?:,\d{3})*|\d+)")
"""Count that a publisher withholds, as in `<5`."""


class Fault(NamedTuple):
    """Reason that a value cannot be read, and the message about it."""

    reason: Reason
    message: str


class Absent(NamedTuple):
    """Cell without a value, with the missing reason and the publisher's note."""

    missing: Missing
    note: str = ""


def fold(cell: Cell) -> str:
    """Fold a heading or label for comparison: lower case, single spaces."""
    return " ".join(cell.split()).casefold() if isinstance(cell, str) else cell_text(cell)


def is_blank(cell: Cell, blanks: Collection[str] = BLANKS) -> bool:
    return isinstance(cell, str) and cell.strip().casefold() in blanks


def typed_number(cell: Cell) -> float | None:
    return float(cell) if type(cell) in (int, float) and math.isfinite(cell) else None  # True is no number


def number(cell: Cell) -> float | None:
    if isinstance(cell, str):
        try:
            cell = float(cell)
        except ValueError:
            return None
    return typed_number(cell)


def written_as(pattern: str) -> Callable[[Cell], float | None]:
    """Return a parser of numbers written as `pattern`; commas separate thousands."""
    form = re.compile(pattern)

    def parse(cell: Cell) -> float | None:
        text = cell_text(cell).strip()
        return float(text.replace(",", "").replace("\N{MINUS SIGN}", "-")) if form.fullmatch(text) else None

    return parse


def year(cell: Cell) -> int | None:
    value = number(cell)
    return int(value) if value is not None and value.is_integer() and 1900 <= value <= 2100 else None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of a publisher: their notation, and the messages about invalid ones.

    `blanks` are the signs for no value. `may_be_withheld` reads "<5" as a count that the publisher suppresses.
    """

    unreadable: str = "{raw!r} is not a number."
    outside: str = "{raw} is outside {low:g} to {high:g}."
    parse: Callable[[Cell], float | None] = number
    blanks: Collection[str] = BLANKS
    whole: bool = False
    may_be_withheld: bool = False

    def check(self, cell: Cell, spec: IndicatorSpec | None = None) -> float | Absent | Fault:
        """Return the number in a cell, or an `Absent`.

        The result is a `Fault` if the cell is unreadable or outside the scale of `spec`.
        """
        if isinstance(cell, str) and is_blank(cell, self.blanks):
            return Absent(Missing.NOT_COLLECTED)
        value = self.parse(cell)
        if value is None:
            if self.may_be_withheld and (withheld := WITHHELD.fullmatch(cell_text(cell).strip())):
                note = f"The publisher gives no number, only that it is below {withheld[1]}."
                return Absent(Missing.SUPPRESSED, note)
            return Fault(Reason.UNREADABLE_NUMBER, message(self.unreadable, cell, spec=spec))
        return self.check_range(cell, value, spec) or value

    def check_range(self, cell: Cell, value: float, spec: IndicatorSpec | None) -> Fault | None:
        """Return a fault if the value is outside the scale of `spec`."""
        low, high = (spec.minimum, spec.maximum) if spec else (None, None)
        if (low is None or value >= low) and (high is None or value <= high) and not (self.whole and value % 1):
            return None
        text = message(self.outside, cell, value=value, spec=spec, low=low or 0, high=high or 0)
        return Fault(Reason.OUT_OF_RANGE, text)


@dataclass(frozen=True, slots=True)
class Labels:
    """Categories of a publisher: `find` returns the label for a text."""

    find: Callable[[str], str | None]
    unknown: str = "{raw!r} is not a known label."
    blanks: Collection[str] = BLANKS

    def check(self, cell: Cell, spec: IndicatorSpec | None = None) -> str | Absent | Fault:
        """Return the label for a cell, an `Absent`, or a `Fault` if it is unknown."""
        text = cell_text(cell).strip()
        label = self.find(text)
        if label is not None:
            return label
        if is_blank(text, self.blanks):
            return Absent(Missing.NOT_COLLECTED)
        return Fault(Reason.UNKNOWN_LABEL, message(self.unknown, cell, spec=spec))


def message(wording: str, cell: Cell, **more: Any) -> str:
    """Return the message about a cell; the module's docstring lists the fields."""
    raw = cell_text(cell)
    return wording.format(cell=cell, raw=raw, text=raw.strip(), **more)


def unknown_layout(document: Document, cause: str, remedy: str) -> UnreadableFile:
    """Return the error for a file with another layout, or without an edition."""
    return UnreadableFile(FileFault.UNKNOWN_LAYOUT, f"{document.name} {cause}.", remedy)
