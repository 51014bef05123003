"""Titles and section headings of country narratives, in all wordings of the reports."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicators.sources.tip_report import tier_label

INTRO = "intro"
RECOMMENDATIONS = "recommendations"
EFFORTS = "efforts"
PROFILE = "profile"

_TIER = r"tier\s+1|tier\s+2\s+watch\s*list|tier\s+2|tier\s+3|special\s+case"

TITLE = re.compile(
    rf"^(?P<country>[A-Z\u00c0-\u00de][^():;]{{1,70}}?)\s*(?:\((?P<tier>{_TIER})\)|:\s*(?P<after>{_TIER}))\W*$", re.I
)

# One pattern for each kind; a heading is a whole block of its own.
KINDS: tuple[tuple[str, str], ...] = (
    (RECOMMENDATIONS, r"(?:prioritized\s+)?recommendations?(?:\s+for\s+.{2,70})?"),
    ("prosecution", r"prosecutions?"),
    ("protection", r"protection"),
    ("prevention", r"prevention"),
    (EFFORTS, r"government\s+efforts"),
    (PROFILE, r"trafficking(?:\s+in\s+persons)?\s+profile"),
)
_HEADINGS = tuple((kind, re.compile(rf"^(?:{pattern})\s*:?$", re.I)) for kind, pattern in KINDS)

REPORT_TITLE = re.compile(
    r"(?:(?P<before>20\d\d)\s+)?trafficking\s+in\s+persons\s+report(?:\s+(?P<after>20\d\d))?"
    r"(?:\s*[-\u2013:]\s*country\s+narratives?)?(?:\s*[-\u2013:]\s*(?P<country>[^\d|]{2,70}?))?\s*(?:$|[|]|\s-\s)",
    re.I,
)
"""Name of the report, with its year and often the country ("2024 Trafficking in Persons Report: Peru")."""


@dataclass(frozen=True, slots=True)
class Title:
    """Title of a narrative: the country as written, and the tier it names."""

    country: str
    tier: str


def title_of(text: str) -> Title | None:
    """Return the title in "GHANA: Tier 2" or "GHANA (Tier 2)", or None."""
    match = TITLE.match(text)
    if match is None:
        return None
    return Title(match.group("country").strip(), tier_label(match.group("tier") or match.group("after")) or "")


def kind_of(text: str) -> str | None:
    """Return the kind of section a block opens, or None if the block is no heading."""
    return next((kind for kind, pattern in _HEADINGS if pattern.match(text)), None)


def is_heading(text: str) -> bool:
    """Return True if a block is a title or the heading of a section."""
    return kind_of(text) is not None or title_of(text) is not None
