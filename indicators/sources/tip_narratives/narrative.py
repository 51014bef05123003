"""Reading of titled sections into narratives: tier, recommendations, forms, and problems of the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from indicators.sources.base import (
    FigureReading,
    NarrativeReading,
    Problem,
    Quality,
    Reading,
    ReadResult,
    Reason,
    SectionReading,
    Severity,
)
from indicators.sources.tip_narratives import recommendations
from indicators.sources.tip_narratives.blocks import Block
from indicators.sources.tip_narratives.figures import figures_in
from indicators.sources.tip_narratives.forms import forms_in
from indicators.sources.tip_narratives.headings import (
    INTRO,
    PROFILE,
    RECOMMENDATIONS,
    TierStatement,
    kind_of,
    opening_country,
    stated_tier,
    title_of,
)
from indicators.sources.tip_report import TIER, edition_rank

FROM_NARRATIVE = "named in a narrative, not confirmed"
"""Note of a tier that one person loaded: it is stated once its origin is on record and a second person agrees."""
SUGGESTED = "read in the country narrative; an analyst has not confirmed it"
READ_KINDS = (PROFILE, INTRO, "prosecution", "protection")
ITEM_SHOWN = 60  # characters of a truncated item quoted in the problem


@dataclass(slots=True)
class Section:
    kind: str
    heading: str
    locator: str
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """Narrative before it is read.

    `heading_tier` is from the title or the extraction's tier field.
    """

    country: str
    title: str
    heading_tier: str
    locator: str
    sections: list[Section]


def drafts(blocks: Sequence[Block], fallback_country: str) -> list[Draft]:
    """Return one draft per title.

    A document without a title is one narrative from its opening sentence on.
    """
    starts = [index for index, block in enumerate(blocks) if title_of(block.text)]
    if not starts:
        opening = next((i for i, block in enumerate(blocks) if opening_country(block.text)), None)
        if opening is None:
            return []
        body = blocks[opening:]
        country = fallback_country or opening_country(blocks[opening].text)
        return [Draft(country, "", "", blocks[opening].locator, sections_of(body))]
    drafts: list[Draft] = []
    for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        block = blocks[start]
        title = title_of(block.text)
        if title is not None:
            sections = sections_of(blocks[start + 1 : end])
            drafts.append(Draft(title.country, block.text, title.tier, block.locator, sections))
    return drafts


def sections_of(blocks: Sequence[Block]) -> list[Section]:
    """Return the sections under one title.

    Recommendations without a heading follow the opening paragraphs.
    """
    sections: list[Section] = []
    for block in blocks:
        kind = kind_of(block.text)
        if kind is not None:
            sections.append(Section(kind, block.text, block.locator))
        elif not sections:
            sections.append(Section(INTRO, "", block.locator, [block]))
        else:
            sections[-1].blocks.append(block)
    if sections and sections[0].kind == INTRO and not any(section.kind == RECOMMENDATIONS for section in sections):
        opening = sections[0].blocks
        at = recommendations.under_no_heading(opening)
        if at < len(opening):
            sections.insert(1, Section(RECOMMENDATIONS, "", opening[at].locator, opening[at:]))
            sections[0].blocks = opening[:at]
    return sections


def add(result: ReadResult, draft: Draft, year: int) -> None:
    """Read one draft into `result`: the narrative, its tier as a reading, and its problems."""
    result.rows_read += 1
    _mark_breaking_off(draft.sections)
    intro = [block for section in draft.sections if section.kind == INTRO for block in section.blocks]
    statement, at = _statement(intro)
    tier = statement.tier if statement else draft.heading_tier
    narrative = NarrativeReading(
        country=draft.country, report_year=year, tier=tier, title=draft.title, locator=draft.locator
    )
    for section in draft.sections:
        cut = bool(section.blocks) and section.blocks[-1].cut
        text = "\n\n".join(block.text for block in section.blocks)
        narrative.sections.append(SectionReading(section.kind, section.heading, text, section.locator, cut))
        if section.kind == RECOMMENDATIONS:
            narrative.recommendations += recommendations.split(section.blocks)
    by_kind = {kind: [b for s in draft.sections if s.kind == kind for b in s.blocks] for kind in READ_KINDS}
    narrative.forms = forms_in(((kind, by_kind[kind]) for kind in (PROFILE, INTRO)), draft.country)
    narrative.figures = figures_in(by_kind.items(), year)
    result.narratives.append(narrative)
    result.readings += [_figure(draft.country, year, figure) for figure in narrative.figures]
    result.problems += _truncation_warnings(narrative)
    if statement and draft.heading_tier and statement.tier != draft.heading_tier:
        message = f"The heading gives {draft.heading_tier}, but the text gives {statement.text!r}; the text is used."
        result.problems.append(_problem(Reason.INCONSISTENT, message, at, draft, raw=draft.heading_tier))
    if not tier:
        message = "Neither the title nor the text states a tier."
        result.problems.append(_problem(Reason.NO_VALUE, message, draft.locator, draft))
        return
    result.readings.append(
        Reading(
            indicator=TIER.code,
            country=draft.country,
            period=str(year),
            locator=at or draft.locator,
            label=tier,
            raw=statement.text if statement else draft.heading_tier,
            edition=str(year),
            edition_rank=edition_rank(year),
            quality=Quality.UNCONFIRMED,
            yields=True,
            note=FROM_NARRATIVE,
        )
    )


def _figure(country: str, year: int, figure: FigureReading) -> Reading:
    return Reading(
        indicator=figure.indicator,
        country=country,
        period=str(year),
        locator=figure.locator,
        value=float(figure.value),
        raw=figure.sentence,
        edition=str(year),
        edition_rank=edition_rank(year),
        quality=Quality.UNCONFIRMED,
        note=SUGGESTED,
    )


def _mark_breaking_off(sections: Sequence[Section]) -> None:
    """Mark the last block of a narrative as cut if it does not end like a sentence."""
    if sections and sections[-1].blocks and not sections[-1].blocks[-1].closed:
        sections[-1].blocks[-1].cut = True


def _statement(intro: Sequence[Block]) -> tuple[TierStatement | None, str]:
    for block in intro:
        statement = stated_tier(block.text)
        if statement is not None:
            return statement, block.locator_of(statement.offset, "sentence", statement.sentence)
    return None, ""


def _truncation_warnings(narrative: NarrativeReading) -> list[Problem]:
    """Return a warning for each truncated section, with its truncated recommendation."""
    problems: list[Problem] = []
    for section in narrative.sections:
        if not section.cut:
            continue
        items = narrative.recommendations if section.kind == RECOMMENDATIONS else []
        broken = bool(items) and items[-1].cut
        message = (
            f"The text ends in the middle of recommendation {len(items)}."
            if broken
            else f"The text ends in the section {section.kind}; the rest of the section is not in the file."
        )
        problems.append(
            Problem(
                severity=Severity.WARNING,
                reason=Reason.TRUNCATED,
                message=message,
                locator=items[-1].locator if broken else section.locator,
                raw=section.text[-ITEM_SHOWN:],
                country=narrative.country,
            )
        )
    return problems


def _problem(reason: Reason, message: str, locator: str, draft: Draft, raw: str = "") -> Problem:
    return Problem(Severity.WARNING, reason, message, locator=locator, raw=raw, country=draft.country)
