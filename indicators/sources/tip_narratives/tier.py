"""Tier that a narrative states in its own sentence, and country that its opening names."""

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
    """Tier, with the text that states it and its offset."""

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
