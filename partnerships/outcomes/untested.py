"""Measures that are shown without a test, and the reason of each. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Untested:
    """A measure that no test could carry: its indicator, its heading, and why it is only shown."""

    indicator: str
    title: str
    why: str


UNTESTED: Final = (
    Untested(
        "ilab.advancement",
        "Advancement against child labor",
        "The Department of Labor's levels begin in 2016, and 2021 is missing: too few partners have years on both "
        "sides of their signature.",
    ),
    Untested(
        "glotip.child_victims",
        "Child victims detected",
        "Few countries report, counts below 5 are withheld, and detection measures the response: a rise may be good "
        "news.",
    ),
    Untested(
        "wdi.birth_registration",
        "Births registered, percent",
        "Surveys are years apart: one on each side of a signature is no series.",
    ),
)
LEFT_OUT: Final = (
    ("Child labor", "No survey of a partner lies on both sides of its signature."),
    ("Child marriage", "Surveys ask women of 20 to 24 about years long past."),
    ("Rule of law", "The index shares its sources with the Corruption Perceptions Index."),
    ("Convictions", "They are not loaded here."),
)
"""Measures that are neither tested nor shown, and why."""

YEARS_BEFORE: Final = 5
"""Years before the signature from which values are shown."""
