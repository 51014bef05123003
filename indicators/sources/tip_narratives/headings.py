"""Titles and section headings of country narratives in all wordings of the reports, and the tier that a text states."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicators.sources.tip_narratives.sentences import sentences
from indicators.sources.tip_report import tier_label

# "remained on Tier 2", "was downgraded to Tier 3", "is a Special Case"; not "an otherwise required downgrade to
# Tier 3", which a waiver averted.
_PLACED = re.compile(
    r"\b(?:remain(?:s|ed)?|retain(?:s|ed)|upgraded|downgraded|placed|moved|raised|lowered|reinstated|is|was)\s+"
    r"(?:(?:on|to|at|in|as|from)\s+)?(?:an?\s+)?"
    r"(?P<tier>Tier\s+2\s+Watch\s*List|Tier\s+[123]|Special\s+Case)\b",
    re.I,
)
_CONCLUDES = re.compile(r"\b(?:therefore|thus|accordingly|so)\b", re.I)
_OPENING = re.compile(
    r"\bThe\s+Government\s+of\s+(?:the\s+)?(?P<country>[A-Z][^.;]{1,70}?)\s+"
    r"(?:\([^)]*\)\s+)?(?:does\s+not|fully|meets?)\b[^.;]*\bminimum\s+standards\b"
)
_SPECIAL = re.compile(r"^(?P<country>[A-Z][^.;,]{1,70}?)\s+(?:is|remains|remained)\s+a\s+Special\s+Case\b")


@dataclass(frozen=True, slots=True)
class TierStatement:
    tier: str
    text: str
    offset: int
    sentence: int


def stated_tier(text: str) -> TierStatement | None:
    """Return the tier stated in the text.

    A sentence that concludes ("therefore") takes precedence; otherwise the last one counts.
    """
    statements: list[tuple[bool, TierStatement]] = []
    for number, (offset, sentence) in enumerate(sentences(text), start=1):
        for match in _PLACED.finditer(sentence):
            tier = tier_label(match.group("tier"))
            if tier is not None:
                statement = TierStatement(tier, match.group(), offset + match.start(), number)
                statements.append((bool(_CONCLUDES.search(sentence)), statement))
    concluding = [statement for concludes, statement in statements if concludes]
    if concluding:
        return concluding[-1]
    return statements[-1][1] if statements else None


def opening_country(text: str) -> str:
    """Return the country that a narrative's opening sentence names, or "" if it is no such opening."""
    match = _OPENING.search(text) or _SPECIAL.match(text)
    return match.group("country").strip() if match else ""


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


_SAMPLE = re.compile(r"\A\s*SAMPLE NARRATIVE:[ \t]*(?P<country>[^\s][^\r\n]{0,69})")
"""First line of a narrative written for the demonstration."""


def sample_country(text: str) -> str:
    """Return the country that the first line of a sample narrative names, or "" for any other text."""
    match = _SAMPLE.match(text)
    return match.group("country").strip() if match else ""


@dataclass(frozen=True, slots=True)
class Title:
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
    return kind_of(text) is not None or title_of(text) is not None
