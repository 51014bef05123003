"""Splitting of English paragraphs into sentences without breaking at abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 3_000
"""Characters of the longest sentence that is searched for forms and figures: a longer one is no sentence."""

_END = re.compile(r"[.!?][\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]?[A-Z0-9])")
_LAST_WORD = re.compile(r"[\w.&'-]+$")
_NEXT_WORD = re.compile(r"[\"'\u201c\u2018(\[]?(\w+)")

# A full stop after these never ends a sentence: a name or a number follows.
_TITLES = frozenset(
    (  # noqa: SIM905  # a list of words is easier to read as text
        "dr mr mrs ms st gen col lt sgt capt rev hon prof sen rep gov no nos art arts sec vs approx fig vol pp e.g "
        "i.e cf"
    ).split()
)
# A full stop after these ends a sentence only if the next word usually begins one.
_SHORT = frozenset("u.s u.n u.k u.a.e d.c etc inc ltd co corp jr sr a.m p.m al".split())  # noqa: SIM905  # a list of words is easier to read as text
_BEGINNERS = frozenset(
    (  # noqa: SIM905  # a list of words is easier to read as text
        "a although an as authorities because both children despite due during for foreign from government however if "
        "in it men most ngos observers officials on other over police reports several since some the there these they "
        "this though to traffickers victims when while within women"
    ).split()
)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield each sentence with its offset in `text`."""
    start = 0
    for end in _END.finditer(text):
        if _is_abbreviation(text[start : end.start()], text[end.start()], text[end.end() :]):
            continue
        yield start, text[start : end.end()].rstrip()
        start = end.end()
    if text[start:].strip():
        yield start, text[start:].rstrip()


def _is_abbreviation(before: str, mark: str, after: str) -> bool:
    if mark != ".":
        return False
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    last = word.group().casefold()
    if last in _TITLES or (len(last) == 1 and last.isalpha()):
        return True
    following = _NEXT_WORD.match(after)
    return last in _SHORT and (following is None or following.group(1).casefold() not in _BEGINNERS)
