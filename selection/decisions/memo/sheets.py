"""Sheets of a memo before its tabs, as the page in the browser shows and prints them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selection.decisions.memo import length


@dataclass(frozen=True, slots=True)
class MemoSheet:
    """Sheet of the memo before its tabs; one with a part that is longer than a page prints on more."""

    sheet: length.Sheet
    of: int
    countries: Sequence[Mapping[str, Any]]

    @property
    def number(self) -> int:
        return self.sheet.first

    @property
    def is_last(self) -> bool:
        return self.sheet.has_rest

    @property
    def called(self) -> str:
        if self.sheet.last > self.sheet.first:
            return f"Pages {self.sheet.first} to {self.sheet.last} of {self.of}"
        return f"Page {self.number} of {self.of}"


def memo_sheets(content: Mapping[str, Any]) -> list[MemoSheet]:
    """Return the sheets of a memo before its tabs: those that its Word document has."""
    found = length.sheets(content)
    return [
        MemoSheet(sheet, found[-1].last, [content["countries"][index] for index in sheet.countries]) for sheet in found
    ]
