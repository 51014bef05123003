"""Adapter of narratives as text or as a web page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indicators.sources.base import IndicatorSpec, Problem, ReadResult, Reason, Recognition, Severity
from indicators.sources.checks import unknown_layout
from indicators.sources.documents import Document, Media, UnreadableFile
from indicators.sources.tip_narratives import narrative
from indicators.sources.tip_narratives.blocks import Block, from_html, from_text
from indicators.sources.tip_narratives.figures import FIGURES
from indicators.sources.tip_narratives.headings import REPORT_TITLE, opening_country, sample_country, title_of
from indicators.sources.tip_report import SOURCE, TIER, edition_rank

MOST_LINES = 500_000
"""Lines of a text or page to look through: the whole report has a tenth of them."""

_NAMED_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


class TipNarrativePages:
    key = "tip_narratives"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = (TIER, *FIGURES)

    def recognize(self, document: Document) -> Recognition | None:
        """Claim a text or page that has a narrative's opening sentence, unless its first line calls it a sample."""
        if document.media not in (Media.TEXT, Media.HTML) or document.content.count(b"\n") > MOST_LINES:
            return None
        if sample_country(document.text):
            return None
        blocks = _blocks(document)
        openings = [block for block in blocks if opening_country(block.text)]
        if not openings:
            return None
        year = _stated_year(blocks) or _year_in_name(document.name)
        because = f"the opening sentence of a country narrative at {openings[0].locator}"
        return Recognition(edition=str(year or ""), because=because)

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every narrative.

        Raises `UnreadableFile` if there is none or the report's year is not known.
        """
        blocks = _blocks(document)
        stated, named = _stated_year(blocks), _year_in_name(document.name)
        year = int(edition) if re.fullmatch(r"20\d\d", edition) else stated or named
        if year is None:
            raise year_unknown(document)
        layout = "narrative as a page" if document.media is Media.HTML else "narrative as text"
        result = ReadResult(edition=str(year), edition_rank=edition_rank(year), layout=layout)
        if not edition and stated and named and stated != named:
            message = f"The text names the {stated} report, but the file's name gives {named}; the text is used."
            result.problems.append(Problem(Severity.WARNING, Reason.INCONSISTENT, message, raw=document.name))
        for draft in narrative.drafts(blocks, _country_in_title(blocks)):
            narrative.add(result, draft, year)
        if not result.narratives:
            raise unknown_layout(
                document,
                "has no country narrative",
                "Save the whole page of the narrative, starting with the country's name and tier, as text or HTML.",
            )
        return result


def year_unknown(document: Document) -> UnreadableFile:
    return unknown_layout(
        document,
        "does not show the year of the report",
        "Enter the edition as a four-digit year, or put the year in the file's name.",
    )


def year_of(document: Document, edition: str) -> int | None:
    """Return the report's year: the requested edition, else the one in the file's name."""
    return int(edition) if re.fullmatch(r"20\d\d", edition) else _year_in_name(document.name)


def _blocks(document: Document) -> list[Block]:
    return from_html(document.text.encode()) if document.media is Media.HTML else from_text(document.text)


def _preamble(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks before the first narrative's own."""
    start = next((i for i, b in enumerate(blocks) if title_of(b.text) or opening_country(b.text)), len(blocks))
    return list(blocks[:start])


def _stated_year(blocks: Sequence[Block]) -> int | None:
    for block in _preamble(blocks):
        match = REPORT_TITLE.search(block.text)
        if match and (match.group("before") or match.group("after")):
            return int(match.group("before") or match.group("after"))
    return None


def _country_in_title(blocks: Sequence[Block]) -> str:
    for block in _preamble(blocks):
        match = REPORT_TITLE.search(block.text)
        if match and match.group("country"):
            return match.group("country").strip()
    return ""


def _year_in_name(name: str) -> int | None:
    years = set(_NAMED_YEAR.findall(name))
    return int(years.pop()) if len(years) == 1 else None
