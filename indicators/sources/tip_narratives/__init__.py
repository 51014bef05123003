"""Adapters of country narratives of the TIP Report: text, web page, or JSON."""

from indicators.sources.tip_narratives.extraction import TipNarrativeExtraction
from indicators.sources.tip_narratives.pages import TipNarrativePages

TIP_NARRATIVES = TipNarrativePages()
TIP_NARRATIVES_JSON = TipNarrativeExtraction()

__all__ = ["TIP_NARRATIVES", "TIP_NARRATIVES_JSON"]
