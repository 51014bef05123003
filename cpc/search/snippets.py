"""Snippets of passages: the sentence with most of the terms, cut to a readable length. Pure.

PostgreSQL marks the terms in a text with two characters of the private use area, which texts have no reason to hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

START, STOP = "\ue000", "\ue001"
SIGNS, HIDDEN_SIGNS = "/<>&", "\ue002\ue003\ue004\ue005"
"""Signs by which the parser of PostgreSQL takes a text for a path or a tag, and what is put for each of them."""
_SIGNS_BACK = str.maketrans(HIDDEN_SIGNS, SIGNS)
LONGEST = 260
"""Characters of a snippet. A longer sentence is cut around its first marked term."""
BEFORE = 90
"""Characters of a cut sentence before its first marked term."""
_SENTENCE = re.compile(r"(?<=[.!?])[\"\u201d\u2019)]*\s+(?=[\"\u201c\u2018(]*[A-Z\ue000])|\n+")
_MARKED = re.compile(f"{START}([^{START}{STOP}]*){STOP}")
_ADJACENT = re.compile(f"{STOP}\\W{{1,2}}{START}")
_LINKED = 6


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """Part of a snippet; a marked one is a term of the question."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """Sentence with its marked terms; empty if the text has none of them."""

    pieces: tuple[SnippetPart, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pieces)

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def html(self) -> str:
        """Return the text with `mark` around the marked terms, and everything else escaped."""
        return "".join(
            f"<mark>{escape(piece.text)}</mark>" if piece.is_marked else escape(piece.text) for piece in self.pieces
        )

    @property
    def fragment(self) -> str:
        """Return the part of an address by which a browser scrolls to the sentence and marks it, or nothing.

        See the WICG's URL Fragment Text Directives. A browser that does not know them shows the page from the top.
        """
        parts = self.text.strip("… ").split()
        if not parts:
            return ""
        return f":~:text={quote(' '.join(parts[:_LINKED]), safe='').replace('-', '%2D')}"


def snippet_of(headline: str) -> Snippet:
    """Return the best sentence of a text in which PostgreSQL has marked the terms: the one with most of them."""
    sentences = [part for part in _SENTENCE.split(headline) if START in part]
    if not sentences:
        return Snippet()
    best = max(sentences, key=_score)
    return Snippet(tuple(_pieces(_cut(" ".join(best.split())))))


def _score(sentence: str) -> tuple[int, int]:
    """Return how many different terms a sentence has, and how often two follow each other, as in a phrase."""
    return len({term.casefold() for term in _MARKED.findall(sentence)}), len(_ADJACENT.findall(sentence))


def _cut(sentence: str) -> str:
    """Return at most `LONGEST` characters around the first marked term, from word to word."""
    if _length(sentence) <= LONGEST:
        return sentence
    start = sentence.index(START)
    left = 0 if start <= BEFORE else _next_word(sentence, start - BEFORE, start)
    right = len(sentence) if len(sentence) - left <= LONGEST else _last_word(sentence, left + LONGEST)
    cut = sentence[left:right]
    if cut.count(START) > cut.count(STOP):  # the cut is inside a marked term
        cut = cut[: cut.rindex(START)]
    return f"{'… ' if left else ''}{cut.strip()}{' …' if right < len(sentence) else ''}"


def _length(sentence: str) -> int:
    return len(sentence) - sentence.count(START) - sentence.count(STOP)


def _next_word(sentence: str, at: int, before: int) -> int:
    space = sentence.find(" ", at, before)
    return space + 1 if space >= 0 else at


def _last_word(sentence: str, at: int) -> int:
    space = sentence.rfind(" ", at - BEFORE, at)
    return space if space >= 0 else at


def _pieces(sentence: str) -> list[SnippetPart]:
    plain = _MARKED.split(sentence.translate(_SIGNS_BACK))  # every second part was between the marks
    pieces = (SnippetPart(_clean(part), bool(number % 2)) for number, part in enumerate(plain))
    return [piece for piece in pieces if piece.text]


def _clean(part: str) -> str:
    return part.replace(START, "").replace(STOP, "")
