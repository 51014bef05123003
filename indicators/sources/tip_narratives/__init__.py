"""Adapters of country narratives of the TIP Report: text, web page, or JSON, and archives of them."""

from indicators.sources.tip_narratives.archive import TipNarrativeArchive
from indicators.sources.tip_narratives.extraction import TipNarrativeExtraction
from indicators.sources.tip_narratives.pages import TipNarrativePages
from indicators.sources.tip_narratives.sample import NO_REPORT, SAMPLE_SOURCE, SampleNarratives

TIP_NARRATIVES = TipNarrativePages()
TIP_NARRATIVES_JSON = TipNarrativeExtraction()
TIP_NARRATIVES_ARCHIVE = TipNarrativeArchive()
SAMPLE_NARRATIVES = SampleNarratives()

__all__ = [
    "NO_REPORT",
    "SAMPLE_NARRATIVES",
    "SAMPLE_SOURCE",
    "TIP_NARRATIVES",
    "TIP_NARRATIVES_ARCHIVE",
    "TIP_NARRATIVES_JSON",
]
