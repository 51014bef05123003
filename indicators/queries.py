"""What other modules may ask of the indicators: each read can be asked as of a publication number.

Reads that only this app's pages need stand in the modules beside: `catalogue`, `values`, `provenance`, `imports`,
`narratives`."""

from indicators.observations.as_of import (
    REVISED_FILES,
    Known,
    current,
    known_values,
    known_values_on,
    loaded_indicators,
    observations,
    publications_of,
    regions,
    states,
)

__all__ = (
    "REVISED_FILES",
    "Known",
    "current",
    "known_values",
    "known_values_on",
    "loaded_indicators",
    "observations",
    "publications_of",
    "regions",
    "states",
)
