"""The note of a value, told apart: what it says, and where the value was transcribed from.

Forms carry both in one text, "by elimination; compiled from: github owner/name, table.csv, commit 0f1e…". The text
stays on record as it came; readers see its parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MARK = "compiled from: "
NO_SURVEY_YEAR = "the file does not state the survey's year"
"""The note on a value whose year is that of the report it comes from."""

SHOWN_OF_A_REVISION = 12
_REVISION = re.compile(r",? ?commit ([0-9a-f]{40})")
_REPOSITORY = re.compile(r"\bgithub ([\w.-]+/[\w.-]+)")


@dataclass(frozen=True, slots=True)
class Note:
    """`said` is about the value, `source` is where it was transcribed from, `revisions` which state of that source.

    Each is empty where the note has nothing of it. A revision is cut to its first digits.
    """

    said: str
    source: str
    revisions: tuple[str, ...]


def read(text: str) -> Note:
    """The parts of a note."""
    said, marked, rest = text.partition(MARK)
    if not marked:
        return Note(_sentence(text), "", ())
    revisions = tuple(dict.fromkeys(found[:SHOWN_OF_A_REVISION] for found in _REVISION.findall(rest)))
    source = _REPOSITORY.sub(r"\1 on GitHub", _REVISION.sub("", rest)).replace(" ; ", "; ").strip()
    return Note(_sentence(said.strip().removesuffix(";")), _sentence(source), revisions)


def _sentence(text: str) -> str:
    """The first letter large, except of an address or the name of a file or repository."""
    first = text.partition(" ")[0]
    return text if any(sign in first for sign in "/._") else f"{text[:1].upper()}{text[1:]}"
