"""What may be done with indicators: the writes that pages, commands, tasks and the REST interface call."""

from indicators.curated.services import stand
from indicators.publications.signals import after_publication

__all__ = (
    "after_publication",
    "stand",
)
