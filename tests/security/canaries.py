"""Planted text: unique strings in every field that people write, each with the visitors who may ever see it.

The rules for rounds in `docs/roles.md` are repeated here, by the readers of each text, and the tests hold every page,
file, and endpoint to them. `field_name` is the label and the field of a model, such as `selection.Note.text`; it
identifies the row.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

WORD = re.compile(r"canary[0-9]{4}x", re.IGNORECASE)
RUNS = (
    re.compile(r"canary[0-9]{4}x<img"),  # a page with unescaped text that a person wrote
    re.compile(r"\s*=canary"),  # a cell that a spreadsheet program would compute
    re.compile(r"<f[ >]"),  # a formula in a sheet
)
"""Patterns of text that would run, in a page, in CSV, and in a workbook."""

OFFICE = frozenset({"analyst", "second analyst", "approver", "administrator"})
"""Visitors who may see the notes of a round, except notes for an agency alone."""
ROUNDS = OFFICE | {"viewer", "api client", "token of selection"}
"""Visitors who may see everything else of a round."""
RANKINGS = ROUNDS
"""Visitors who may see rankings, and the office's assessments of programs and plans."""
PARTNERS = ROUNDS - {"token of selection"}
"""Visitors who may see partnerships."""
LABOR = frozenset({"labor", "labor drafter"})
JUSTICE = frozenset({"justice", "justice drafter"})
INTERIOR = frozenset({"interior"})
TREASURY = frozenset({"treasury"})
ENERGY = frozenset({"energy"})
ON_GHANA = LABOR | JUSTICE | INTERIOR
"""People whose agency was asked about Ghana in the first round: Labor, Justice, and Interior until it was dropped."""
NO_READERS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """A planted string, its model field, and the visitors who may see it."""

    text: str
    field_name: str
    visible_to: frozenset[str]


@dataclass
class Planted:
    """All planted strings, by their text."""

    words: dict[str, Word] = field(default_factory=dict)

    def __call__(self, field_name: str, *visible_to: frozenset[str]) -> str:
        """Return text with a new string for a field and these visitors.

        The text would do harm if a page or a spreadsheet ran it.
        """
        return f"={self.plain(field_name, *visible_to)}<img src=x onerror=x>"

    def plain(self, field_name: str, *visible_to: frozenset[str]) -> str:
        """Return a new string alone, for fields that take no other text.

        Such fields are file names, email addresses, and cells of a matrix.
        """
        text = f"canary{len(self.words) + 1:04d}x"
        self.words[text] = Word(text, field_name, frozenset().union(*visible_to))
        return text

    def found_in(self, text: str) -> list[Word]:
        """Return the planted strings that a text contains."""
        return [self.words[word] for word in sorted({word.lower() for word in WORD.findall(text)})]


def held(response: Any) -> str:
    """Return all text of a response: status line, headers with file names, body, and the parts of a ZIP file."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {unquote(value)}" for name, value in response.items())
    return f"{response.status_code}\n{headers}\n\n" + "\n".join(_texts(data))


def runs(response: Any, whole: str) -> bool:
    """Return whether a response contains code that would run.

    That is markup in a page, or a formula in a CSV file or workbook.
    """
    kind = response["Content-Type"].partition(";")[0]
    page, table, sheet = RUNS
    if kind == "text/html":
        return bool(page.search(whole))
    if kind == "text/csv":
        rows = csv.reader(io.StringIO(whole.partition("\n\n")[2]))
        return any(table.match(cell) for row in rows for cell in row)
    return kind.endswith(".sheet") and bool(sheet.search(whole))


def _texts(data: bytes) -> Iterable[str]:
    yield unquote(data.decode("utf-8", "replace"))
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for name in parts.namelist():
                yield name
                yield from _texts(parts.read(name))
