"""Narratives of a whole report as JSON, extracted by a third party from the printed report.

The layout is a list of `{COUNTRY: [{SECTION: text}, ...]}`. The extraction broke ligatures and quotation marks,
left page headings ("116BURMA") inside sentences, and put some countries' sections all into the introduction; this
module repairs what needs no guess. A tier field that disagrees with the text is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from indicators.sources.base import IndicatorSpec, Problem, ReadResult, Reason, Recognition, Severity
from indicators.sources.checks import unknown_layout
from indicators.sources.documents import Document, Media
from indicators.sources.tip_narratives import narrative
from indicators.sources.tip_narratives.blocks import Block
from indicators.sources.tip_narratives.figures import FIGURES
from indicators.sources.tip_narratives.headings import INTRO, kind_of
from indicators.sources.tip_narratives.narrative import Draft, Section
from indicators.sources.tip_narratives.pages import year_of, year_unknown
from indicators.sources.tip_report import SOURCE, TIER, edition_rank, tier_label

_TIER_FIELD = "TIER"
_INTRO_FIELD = "INTRO"

_GLYPHS = str.maketrans(
    {
        "\u0160": "\N{EM DASH}",
        "\u0152": "\N{EN DASH}",
        "\ufb01": "\N{LEFT DOUBLE QUOTATION MARK}",
        "\ufb02": "\N{RIGHT DOUBLE QUOTATION MARK}",
        "\u201a": "\N{LEFT SINGLE QUOTATION MARK}",
        "\u0192": None,  # the glyph of a list marker
    }
)
_EURO = re.compile(r"\u2022(?=\d)")
# "fl" was extracted as "ft": at the start of a word, and inside stems such as "conftict", "reftect", "inftux".
_LIGATURE = re.compile(r"\bft(?=[a-z])|(?<=\bcon)ft|(?<=\bre)ft(?=[aeou])|(?<=\bin)ft|(?<=\blea)ft(?=e)|(?<=f)ft", re.I)
_NO_SPACE = re.compile(r"(?<=[a-z)\u201d])\.(?=[A-Z])")
_HEADING_INSIDE = re.compile(
    r"\b(?:RECOMMENDATIONS\s+FOR\s+[A-Z.,' \u00c0-\u00de-]+?|PROSECUTIONS?|PROTECTION|PREVENTION|TRAFFICKING\s+PROFILE)"
    r"\s*(?=[A-Z][a-z]|The\b|As\b)"
)


class TipNarrativeExtraction:
    key = "tip_narratives_json"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (TIER, *FIGURES)

    def recognize(self, document: Document) -> Recognition | None:
        """Claim a list of countries, each with an introduction and a tier."""
        if document.media is not Media.JSON:
            return None
        records = _records(document)
        if not records:
            return None
        because = f"a list of {len(records)} countries, each with the fields {_INTRO_FIELD} and {_TIER_FIELD}"
        return Recognition(edition=str(year_of(document, "") or ""), because=because)

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every country.

        Raises `UnreadableFile` if the layout or the report's year is not known.
        """
        records = _records(document)
        if not records:
            raise unknown_layout(
                document,
                f"is not a list of countries with the fields {_INTRO_FIELD} and {_TIER_FIELD}",
                "Upload the file as the extraction wrote it.",
            )
        year = year_of(document, edition)
        if year is None:
            raise year_unknown(document)
        result = ReadResult(edition=str(year), edition_rank=edition_rank(year), layout="extraction as JSON")
        pages = _page_headings(name for name, _ in records)
        for index, (name, fields) in enumerate(records):
            country_locator = f'$[{index}]["{name}"]'
            draft = _draft(name, fields, country_locator, pages, result)
            narrative.add(result, draft, year)
        return result


def _records(document: Document) -> list[tuple[str, list[dict[str, str]]]]:
    """Return the countries with their fields; empty if the document has another layout."""
    data: Any = document.json()
    if not isinstance(data, list):
        return []
    records: list[tuple[str, list[dict[str, str]]]] = []
    for entry in data:
        if not (isinstance(entry, dict) and len(entry) == 1):
            return []
        ((name, fields),) = entry.items()
        if not (isinstance(fields, list) and all(_is_field(field) for field in fields)):
            return []
        if not {_INTRO_FIELD, _TIER_FIELD} <= {key for field in fields for key in field}:
            return []
        records.append((name, fields))
    return records


def _is_field(field: Any) -> bool:
    return isinstance(field, dict) and len(field) == 1 and all(isinstance(value, str) for value in field.values())


def _draft(
    name: str, fields: Sequence[dict[str, str]], country_locator: str, pages: re.Pattern[str], result: ReadResult
) -> Draft:
    tier = ""
    sections: list[Section] = []
    for index, field in enumerate(fields):
        ((key, raw),) = field.items()
        locator = f'{country_locator}[{index}]["{key}"]'
        if key == _TIER_FIELD:
            tier = tier_label(raw) or ""
            if not tier:
                message = f"{raw!r} is not a tier."
                problem = Problem(Severity.WARNING, Reason.UNKNOWN_LABEL, message, locator, raw=raw, country=name)
                result.problems.append(problem)
            continue
        kind = INTRO if key == _INTRO_FIELD else kind_of(key)
        if kind is None:
            message = f"{key!r} is not a section of a narrative and was not read."
            problem = Problem(Severity.WARNING, Reason.UNKNOWN_COLUMN, message, locator, column=key, country=name)
            result.problems.append(problem)
            continue
        sections += _parts(kind, "" if kind == INTRO else key, clean_text(raw, pages), locator)
    return Draft(name, name, tier, country_locator, sections)


def _parts(kind: str, heading: str, text: str, locator: str) -> list[Section]:
    """Return a field's text as sections.

    There are several if the extraction left the headings inside.
    """
    marks = list(_HEADING_INSIDE.finditer(text)) if kind == INTRO else []
    sections: list[Section] = []
    starts = [(0, 0, kind, heading), *((m.start(), m.end(), kind_of(_joined(m)) or kind, _joined(m)) for m in marks)]
    ends = [*(start for start, *_ in starts[1:]), len(text)]
    for (_, begin, part_kind, part_heading), end in zip(starts, ends, strict=True):
        content = text[begin:end].strip()
        at = f"{locator}, under {part_heading}" if marks and part_heading else locator
        sections.append(Section(part_kind, part_heading, at, [Block(content, at)] if content else []))
    return sections


def _joined(heading: re.Match[str]) -> str:
    return " ".join(heading.group().split())


def _page_headings(names: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of page headings left in the text: "116BURMA", "BURMA116"."""
    listed = "|".join(re.escape(name) for name in sorted({*names, *_OTHER_SPELLINGS}, key=len, reverse=True))
    number = r"\d{2,3}(?:\d{3})?"
    return re.compile(rf"(?=[A-Z0-9])(?:(?:(?:{listed})\s?)?(?<!\d){number}\s?(?:{listed})|(?:{listed})\s?{number})")


_OTHER_SPELLINGS = ("PAPUA NEW GUINEA", "TIMOR LESTE")


def clean_text(text: str, pages: re.Pattern[str]) -> str:
    """Return the text without page headings, and with repaired ligatures and marks."""
    text = pages.sub(" ", text).translate(_GLYPHS)
    text = _EURO.sub("\N{EURO SIGN}", text)
    text = _LIGATURE.sub(lambda match: match.group()[0] + "l", text)
    text = _NO_SPACE.sub(". ", text)
    return " ".join(text.split())
