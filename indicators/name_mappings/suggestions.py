"""Suggestions of countries with similar names, for a person to choose from and never to match by. Pure functions.

Similarity proves nothing: Niger is similar to Nigeria, a region may have the name of a country, and a part of a state
that of the whole. So each suggestion lists the reasons against it, and the countries often confused with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from indicators.countries import CountryIndex, normalize

SHOWN = 4
SIMILAR = 0.7
"""Lowest similarity, of 1, at which a name is suggested."""

LONG = 5
"""Fewest letters of a word that is compared."""

CONFUSED = (
    ("NER", "NGA"),
    ("XKX", "SRB"),
    ("COG", "COD"),
    ("GIN", "GNB", "GNQ", "PNG"),
    ("GUY", "GUF"),
    ("DMA", "DOM"),
    ("PRK", "KOR"),
    ("SDN", "SSD"),
    ("AUT", "AUS"),
    ("SVK", "SVN"),
    ("MLI", "MWI", "MDV"),
    ("MRT", "MUS"),
    ("IRN", "IRQ"),
    ("PSE", "ISR"),
    ("CHN", "TWN", "HKG", "MAC"),
    ("SWZ", "CHE"),
    ("LVA", "LTU"),
    ("WSM", "ASM"),
    ("VGB", "VIR"),
    ("MAF", "SXM"),
    ("GMB", "ZMB"),
)
"""Countries that are often confused with one another."""

_GROUP = re.compile(
    r"\b(regions?|areas?|world|global|average|avarage|total|sub|union|countries|states|economies|income|other|"
    r"rest|north|south|east|west|eastern|western|northern|southern|central|asia|africa|europe|americas?|caribbean|"
    r"pacific|members?|oecd|arab|euro)\b"
)
_SMALL = frozenset(
    {"the", "of", "and", "republic", "democratic", "kingdom", "state", "federal", "islamic", "people", "s"}
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Country that a name may mean: the similar known name, and the reasons against it."""

    code: str
    name: str
    like: str
    cautions: tuple[str, ...] = ()


def suggestions(name: str, index: CountryIndex) -> list[Suggestion]:
    """Return the countries with the names most similar to `name`, closest first.

    Countries that are often confused with them are included.
    """
    wanted = normalize(name)
    if not wanted:
        return []
    best: dict[str, tuple[float, str]] = {}
    for known, codes in index.spellings():
        likeness = _likeness(wanted, known)
        if likeness >= SIMILAR:
            for code in codes:
                best[code] = max(best.get(code, (0.0, "")), (likeness, known))
    ordered = sorted(best, key=lambda code: (-best[code][0], code))[:SHOWN]
    mistaken = [
        other for code in ordered for other in _easily_confused(code) if other in index.rows and other not in ordered
    ]
    return [
        Suggestion(code, index.rows[code].name, best.get(code, (0.0, ""))[1], _cautions(wanted, code, best, index))
        for code in dict.fromkeys([*ordered, *mistaken])
    ]


def reads_like_a_group(name: str) -> bool:
    """Return True if a name contains a word for a region, a total, or a group of countries."""
    return bool(_GROUP.search(normalize(name)))


def _easily_confused(code: str) -> list[str]:
    return [other for group in CONFUSED if code in group for other in group if other != code]


def _likeness(wanted: str, known: str) -> float:
    if len(known) < 4:
        return 0.0  # a code is similar to too many words
    words, others = _distinctive_words(wanted), _distinctive_words(known)
    if words and others and (set(words) <= set(others) or set(others) <= set(words)):
        return 0.9
    if others and all(len(word) >= LONG and _has(words, word) for word in others):
        return 0.8
    return _ratio(" ".join(words), " ".join(others), least=SIMILAR)


def _distinctive_words(text: str) -> list[str]:
    return [word for word in text.split() if word not in _SMALL]


def _has(words: Iterable[str], word: str) -> bool:
    """Return True if a word is spelled as `word` or nearly so."""
    return any(known == word or (len(known) >= LONG and _ratio(known, word, least=0.8) >= 0.8) for known in words)


def _ratio(text: str, other: str, *, least: float) -> float:
    """Return the similarity of two texts in either order, or 0 below `least`."""
    if SequenceMatcher(None, text, other).quick_ratio() < least:
        return 0.0
    return max(SequenceMatcher(None, text, other).ratio(), SequenceMatcher(None, other, text).ratio())


def _cautions(wanted: str, code: str, best: dict[str, tuple[float, str]], index: CountryIndex) -> tuple[str, ...]:
    reasons = []
    if others := [index.rows[other].name for other in _easily_confused(code) if other in index.rows]:
        reasons.append(f"Easily confused with {_joined(others)}")
    like = best.get(code, (0.0, ""))[1]
    words, others = _distinctive_words(wanted), _distinctive_words(like)
    more = [word for word in words if not _has(others, word)]
    if others and more and all(_has(words, word) for word in others):
        reasons.append(f"The name has extra words: {' '.join(more)}")
    if index.rows[code].kind.value != "state":
        reasons.append("Not a state" if index.rows[code].kind.value == "territory" else "A former state")
    return tuple(reasons)


def _joined(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
