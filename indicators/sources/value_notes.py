"""Parts of a value's note: the remark, and the source it was transcribed from.

Forms have both in one text, "by elimination; compiled from: github owner/name, table.csv, commit 0f1e…". The text
stays on record as received; readers see its parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MARK = "compiled from: "
NO_SURVEY_YEAR = "the file does not state the survey's year"
"""Note on a value whose year is that of the report it comes from."""

SHOWN_OF_A_REVISION = 12
_REVISION = re.compile(r",? ?commit ([0-9a-f]{40})")
_REPOSITORY = re.compile(r"\bgithub ([\w.-]+/[\w.-]+)")


@dataclass(frozen=True, slots=True)
class Note:
    """Parts of a note: the remark `remark`, its transcribed `source`, and that source's `revisions`.

    Each is empty if the note has no such part. A revision is shortened to its first digits.
    """

    remark: str
    source: str
    revisions: tuple[str, ...]


def read(text: str) -> Note:
    remark, marked, rest = text.partition(MARK)
    if not marked:
        return Note(_sentence(text), "", ())
    revisions = tuple(dict.fromkeys(revision[:SHOWN_OF_A_REVISION] for revision in _REVISION.findall(rest)))
    source = _REPOSITORY.sub(r"\1 on GitHub", _REVISION.sub("", rest)).replace(" ; ", "; ").strip()
    return Note(_sentence(remark.strip().removesuffix(";")), _sentence(source), revisions)


def _sentence(text: str) -> str:
    """Capitalize the first letter, except of an address or the name of a file or repository."""
    first = text.partition(" ")[0]
    return text if any(sign in first for sign in "/._") else f"{text[:1].upper()}{text[1:]}"
