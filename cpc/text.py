"""Invisible characters, which text written by people must not contain. Pure.

Control characters, marks that change the direction of writing, and characters without a width can make a title or a
file name read as another one. The models, imports, and the database all use this one rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# The syntax works in both Python and PostgreSQL. Tab, line feed, and carriage return are left out.
HIDDEN = (
    r"[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e"
    r"\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Characters that are always invisible, as a regular expression for the database."""
_HIDDEN = re.compile(f"{HIDDEN}|[\\x00\ud800-\udfff]")
_JOINERS = re.compile("[\u200c\u200d]")
CONTROLS = {0x00: "NUL", 0x08: "BACKSPACE", 0x1B: "ESCAPE", 0x7F: "DELETE"}


def hidden_characters(text: str) -> Iterator[tuple[int, str]]:
    """Yield the position and character of each invisible character in a text.

    A joiner is part of the spelling of Persian or Hindi; after any other letter it counts as invisible.
    """
    for match in _HIDDEN.finditer(text):
        yield match.start(), match.group()
    for match in _JOINERS.finditer(text):
        if not _is_spelled_with_joiners(text[match.start() - 1 : match.start()]):
            yield match.start(), match.group()


def _is_spelled_with_joiners(letter: str) -> bool:
    if not letter or unicodedata.category(letter)[0] not in "LM":
        return False
    return not unicodedata.name(letter, "").startswith(("LATIN", "GREEK", "CYRILLIC", "COMBINING"))


def hidden_fault(text: str) -> str:
    """Return a sentence with the first invisible character, its position, and the remedy; empty if there is none."""
    first = min(hidden_characters(text), default=None)
    if first is None:
        return ""
    position, character = first
    name = unicodedata.name(character, CONTROLS.get(ord(character), "control character")).lower()
    before = without_hidden(text[max(position - 20, 0) : position]).strip()
    where = f"after “{before}”" if before else "at the start"
    return (
        f"The text has an invisible character, U+{ord(character):04X} ({name}), {where}. Delete it, or retype the "
        "text around it."
    )


def without_hidden(text: str) -> str:
    """Return a text without its invisible characters, for file names, which are not typed by hand."""
    positions = {position for position, _ in hidden_characters(text)}
    return "".join(letter for position, letter in enumerate(text) if position not in positions)
