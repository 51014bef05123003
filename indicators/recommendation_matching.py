"""Proposed matches of a report's recommendations with its next edition, for an analyst to confirm. Pure functions.

Two texts are compared by the words that distinguish recommendations:

1. words are folded: lower case, no accents, a simple stem ("prosecuting", "prosecutions" and "prosecute" are one);
   articles, prepositions and the report's stock phrases ("continue to increase efforts") do not count;
2. a word weighs log(1 + n / d), where d of the n recommendations of both editions use it: "trafficking", which is
   in nearly all of them, weighs little, "fishing" much;
3. similarity is twice the weight of the words that both texts use over the weight of the words of each (Dice's
   measure): 1 for the same words, 0 if none is shared. A truncated text can share only the words it has, so the
   weight of the shared words is taken over its own weight alone.

Pairs are formed from the most similar on; of equally similar ones, the pair with closer positions in the two lists
goes first, then the one that comes earlier. Each text is in at most one pair, and none is formed below `LIKELY`. The
same lists always give the same proposal.
"""

from __future__ import annotations

import enum
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

SAME = 0.9
"""Lowest similarity of a repeated text."""

LIKELY = 0.3
"""Lowest similarity of two versions of one recommendation."""


class Change(enum.StrEnum):
    """Outcome of a recommendation.

    `OPEN`: the text that would show it is missing or truncated.
    """

    NEW = "new"
    REPEATED = "repeated"
    REWORDED = "reworded"
    DROPPED = "dropped"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Text:
    """One recommendation; `cut` if the file truncates it."""

    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """Proposed match of one recommendation, as positions in the two lists.

    Positions start at 0 and are None without a counterpart.
    """

    older: int | None
    newer: int | None
    change: Change
    similarity: float | None = None


# fmt: off
_STOCK = frozenset({
    "a", "an", "and", "any", "all", "are", "as", "at", "be", "been", "by", "for", "from", "has", "have", "in",
    "including", "into", "is", "it", "its", "of", "on", "or", "other", "such", "that", "the", "their", "these",
    "this", "those", "through", "to", "under", "which", "who", "with", "within", "while", "when", "where",
    "continue", "continu", "increase", "increas", "effort", "efforts", "ensure", "ensur", "improve", "improv",
    "strengthen", "enhance", "enhanc", "provide", "provid", "significantly",
})
# fmt: on
_SUFFIXES = ("ations", "ation", "ities", "ions", "ing", "ies", "ion", "ity", "ors", "ers", "ed", "es", "or", "er", "s")
_WORD = re.compile(r"[a-z0-9]+")
_SHORTEST_STEM = 4


def significant_words(text: str) -> list[str]:
    """Return the folded words of a text that count, in order."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [stem for word in _WORD.findall(plain) if word not in _STOCK and (stem := _stem(word)) not in _STOCK]


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            return word[: -len(suffix)]
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST_STEM else word


def weights(texts: Iterable[Sequence[str]]) -> dict[str, float]:
    """Return the weight of each word among these texts, given as their folded words."""
    lists = list(texts)
    used = Counter(word for text in lists for word in set(text))
    return {word: math.log(1 + len(lists) / count) for word, count in used.items()}


def similarity(text: Text, other: Text, weight: dict[str, float]) -> float:
    """Return the similarity of two recommendations, from 0 to 1.

    The result is rounded to four decimals; `weight` is a result of `weights`.
    """
    mine, theirs = set(significant_words(text.text)), set(significant_words(other.text))
    if not mine or not theirs:
        return 1.0 if text.text.split() == other.text.split() else 0.0
    shared, left, right = (_sum(part, weight) for part in (mine & theirs, mine, theirs))
    if text.cut != other.cut:
        return round(shared / (left if text.cut else right), 4)
    return round(2 * shared / (left + right), 4)


def _sum(part: Iterable[str], weight: dict[str, float]) -> float:
    return math.fsum(weight[word] for word in part)


def compare(
    older: Sequence[Text],
    newer: Sequence[Text],
    *,
    older_whole: bool = True,
    newer_whole: bool = True,
    settled: tuple[Collection[int], Collection[int]] = ((), ()),
) -> list[Proposal]:
    """Propose a match for each recommendation of two editions.

    Those of the newer edition come first, in its order, then the rest.

    `older_whole` and `newer_whole` tell whether the edition's list was read completely. A recommendation without a
    counterpart is new or dropped, but `Change.OPEN` if the other edition's list is empty or incomplete: an absent
    text cannot be told from an unread one. `settled` are the positions in the older and the newer list that need no
    proposal; they count for the weight of words, so that settling one does not change the others.
    """
    weight = weights([significant_words(item.text) for item in (*older, *newer)])
    pairs = _pairs(older, newer, weight, settled)
    new = Change.NEW if older_whole and _whole(older) else Change.OPEN
    dropped = Change.DROPPED if newer_whole and _whole(newer) else Change.OPEN
    unsettled = [at for at in range(len(newer)) if at not in settled[1]]
    proposals = [Proposal(*pairs[at]) if at in pairs else Proposal(None, at, new) for at in unsettled]
    taken = {proposal.older for proposal in proposals} | set(settled[0])
    return proposals + [Proposal(at, None, dropped) for at in range(len(older)) if at not in taken]


def _whole(texts: Sequence[Text]) -> bool:
    return bool(texts) and not any(item.cut for item in texts)


def _pairs(
    older: Sequence[Text],
    newer: Sequence[Text],
    weight: dict[str, float],
    settled: tuple[Collection[int], Collection[int]],
) -> dict[int, tuple[int, int, Change, float]]:
    likely = [
        (-likeness, abs(left - right), left, right)
        for left, old in enumerate(older)
        for right, new in enumerate(newer)
        if left not in settled[0] and right not in settled[1] and (likeness := similarity(old, new, weight)) >= LIKELY
    ]
    best: dict[int, tuple[int, int, Change, float]] = {}
    used: set[int] = set()
    for negative, _, left, right in sorted(likely):
        if left in used or right in best:
            continue
        used.add(left)
        change = Change.REPEATED if -negative >= SAME else Change.REWORDED
        best[right] = (left, right, change, -negative)
    return best
