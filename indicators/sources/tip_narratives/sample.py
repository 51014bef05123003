"""Adapter of narratives written for the demonstration, which are of no report."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.sources.base import IndicatorSpec, NarrativeReading, ReadResult, Recognition, SectionReading, SourceSpec
from indicators.sources.checks import unknown_layout
from indicators.sources.documents import Document, FileFault, Media, UnreadableFile
from indicators.sources.tip_narratives import recommendations
from indicators.sources.tip_narratives.blocks import from_text
from indicators.sources.tip_narratives.headings import RECOMMENDATIONS, sample_country, stated_tier
from indicators.sources.tip_narratives.narrative import sections_of

NO_REPORT = 0
"""Year of a sample narrative: it is of no report, and sorts below every real one."""

SAMPLE_SOURCE = SourceSpec(
    key="sample_narratives",
    title="Sample narratives, written for the demonstration",
    publisher="CPC Partnerships",
    license="Written for this demonstration",
    attribution="Sample narrative, written for the demonstration; not from the TIP Report",
    cadence_months=None,
    note="These texts show how narratives are read, rated, and discussed. Nothing in them was observed anywhere. They "
    "state no tier, value, or form of trafficking, and no score counts them.",
)


class SampleNarratives:
    """Adapter that reads sections and recommendations, and neither a tier nor forms of trafficking."""

    key = "sample_narratives"
    source = SAMPLE_SOURCE
    indicators: Sequence[IndicatorSpec] = ()

    def recognize(self, document: Document) -> Recognition | None:
        """Claim a text whose first line calls it a sample narrative."""
        if document.media is not Media.TEXT or not (country := sample_country(document.text)):
            return None
        return Recognition(edition="", because=f"the heading of a sample narrative of {country}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read the narrative. Raises `UnreadableFile` if it is no sample, or states a tier."""
        country = sample_country(document.text)
        if not country:
            raise unknown_layout(
                document,
                "does not begin like a sample narrative",
                "Begin the file with “SAMPLE NARRATIVE:” and the country's name.",
            )
        title, *blocks = from_text(document.text)
        found = NarrativeReading(country, NO_REPORT, tier="", title=title.text, locator=title.locator)
        for section in sections_of(blocks):
            text = "\n\n".join(block.text for block in section.blocks)
            if (stated := stated_tier(text)) is not None:
                raise UnreadableFile(
                    FileFault.WRONG_KIND,
                    f"{document.name} gives {country} a tier ({stated.text}). A sample narrative states no tier.",
                    "Take the sentence out of the file.",
                )
            found.sections.append(SectionReading(section.kind, section.heading, text, section.locator))
            if section.kind == RECOMMENDATIONS:
                found.recommendations += recommendations.split(section.blocks)
        return ReadResult(
            edition="", edition_rank=0, rows_read=1, narratives=[found], layout="sample narrative as text"
        )
