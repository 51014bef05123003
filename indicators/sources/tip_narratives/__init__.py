"""Adapters of country narratives of the TIP Report: text, web page, or JSON."""

from indicators.sources.tip_narratives.extraction import TipNarrativeExtraction
from indicators.sources.tip_narratives.pages import TipNarrativePages
from indicators.sources.tip_narratives.sample import NO_REPORT, SAMPLE_SOURCE, SampleNarratives

TIP_NARRATIVES = TipNarrativePages()
TIP_NARRATIVES_JSON = TipNarrativeExtraction()
SAMPLE_NARRATIVES = SampleNarratives()

__all__ = ["NO_REPORT", "SAMPLE_NARRATIVES", "SAMPLE_SOURCE", "TIP_NARRATIVES", "TIP_NARRATIVES_JSON"]
