"""Passage of a narrative that a tier is confirmed from: its heading, and the sentences that name a tier."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from indicators.models import ImportState, Narrative
from indicators.narratives.queries import sentences_of

ELISION = "[…]"

_NAMES_A_TIER = re.compile(r"\bTier\s+[123]\b|\bWatch\s*List\b|\bSpecial\s+Case\b|\bminimum\s+standards\b", re.I)


@dataclass(frozen=True, slots=True)
class Part:
    """Part of a passage; `is_marked` if it names a tier."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """Passage of one narrative; `others` are published texts of the country that name another tier.

    `second` is the text under a second heading of the country in the same file.
    """

    narrative: Narrative
    parts: tuple[Part, ...]
    others: tuple[Narrative, ...]
    second: Narrative | None

    @property
    def names_a_tier(self) -> bool:
        return any(part.is_marked for part in self.parts)


def passage_of(country_id: int, year: int) -> Passage | None:
    """Return the passage of the live narrative of a country, or None if no text of it is loaded for this report."""
    rows = Narrative.objects.filter(country=country_id, report_year=year).select_related("country", "file")
    narrative = rows.live().first()
    if narrative is None:
        return None
    second = rows.filter(batch=narrative.batch_id, reasserts=None).exclude(digest=narrative.digest).first()
    # A text that a later one replaced still differs from it; one that was taken back does not count.
    published = rows.filter(batch__state=ImportState.PUBLISHED).exclude(tier=narrative.tier).order_by("-pk")
    others = tuple(row for row in published if row != second)
    return Passage(narrative, tuple(parts_of(_opening(narrative))), others, second)


def _opening(narrative: Narrative) -> str:
    return "\n".join(narrative.sections.filter(kind="intro").values_list("text", flat=True))


def parts_of(text: str) -> list[Part]:
    """Return the sentences of a text that name a tier, and an elision for those in between."""
    parts: list[Part] = []
    for sentence in sentences_of(text):
        if _NAMES_A_TIER.search(sentence):
            parts.append(Part(sentence, is_marked=True))
        elif not parts or parts[-1].is_marked:
            parts.append(Part(ELISION, is_marked=False))
    return parts


def years_with_text() -> Collection[int]:
    """Return the report years of which at least one narrative is loaded."""
    return set(Narrative.objects.live().of_reports().values_list("report_year", flat=True))
